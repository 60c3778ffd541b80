package axml

import (
	"fmt"
	"math"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// The types of a Value that only the form of a bundle says by a field of its own.
const (
	typeAttribute = 0x02
	typeDimension = 0x05
	typeFraction  = 0x06
	typeARGB8     = 0x1c
	typeRGB8      = 0x1d
	typeARGB4     = 0x1e
	typeRGB4      = 0x1f
)

// DecodeProto reads XML as an app bundle holds it: the XmlNode message of aapt2's
// Resources.proto. The bounds and errors are those of Decode. A value is the one
// that the build tool compiled, else the text as it was written.
func DecodeProto(data []byte, b *budget.Budget) (*Document, error) {
	if err := b.Take(int64(len(data))); err != nil {
		return nil, err
	}
	d := &protoDecoder{budget: b}
	root, err := d.node(protobuf.Field{Type: protobuf.Length, Bytes: data}, nil)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, budget.Malformed("document", 0, "no element")
	}
	return &Document{Root: root}, nil
}

type protoDecoder struct {
	budget *budget.Budget
	depth  int
}

// node reads an XmlNode. It returns the element that the node is, or adds the text
// that it is to parent.
func (d *protoDecoder) node(f protobuf.Field, parent *Element) (e *Element, err error) {
	err = f.Walk("node", func(f protobuf.Field) error {
		switch {
		case f.Type != protobuf.Length:
		case f.Number == 1:
			e, err = d.element(f)
			return err
		case f.Number == 2 && parent != nil:
			if s := strings.TrimSpace(text(f)); s != "" {
				parent.Text = append(parent.Text, s)
			}
		}
		return nil
	})
	return e, err
}

// element reads an XmlElement with all that is in it.
func (d *protoDecoder) element(f protobuf.Field) (*Element, error) {
	if d.depth >= maxDepth {
		return nil, budget.Malformed("node", f.At, "more than %d elements deep", maxDepth)
	}
	if err := d.budget.Take(elementCost); err != nil {
		return nil, err
	}
	d.depth++
	defer func() { d.depth-- }()
	e := &Element{Offset: f.At}
	err := f.Walk("element", func(f protobuf.Field) error {
		if f.Type != protobuf.Length {
			return nil
		}
		switch f.Number {
		case 2:
			e.Namespace = text(f)
		case 3:
			e.Name = text(f)
		case 4:
			return d.attribute(e, f)
		case 5:
			child, err := d.node(f, e)
			if child != nil {
				e.Children = append(e.Children, child)
			}
			return err
		}
		return nil
	})
	return e, err
}

// attribute reads an XmlAttribute. As in the binary form, its id goes before its
// name.
func (d *protoDecoder) attribute(e *Element, f protobuf.Field) error {
	if err := d.budget.Take(attributeCost); err != nil {
		return err
	}
	a := Attribute{Offset: f.At}
	compiled := false
	err := f.Walk("attribute", func(f protobuf.Field) error {
		switch {
		case f.Number == 5 && f.Type == protobuf.Varint:
			a.ID = uint32(f.Value)
		case f.Type != protobuf.Length:
		case f.Number == 1:
			a.Namespace = text(f)
		case f.Number == 2:
			a.Name = text(f)
		case f.Number == 3:
			a.RawValue, a.Offset = text(f), f.At
		case f.Number == 6:
			v, at, err := protoItem(f)
			if a.Value = v; v.Type == TypeString {
				a.Offset = at
			}
			compiled = true
			return err
		}
		return nil
	})
	if !compiled {
		a.Value = Value{Type: TypeString, Str: a.RawValue}
	}
	if known := attributeName(a.ID); known != "" {
		a.Namespace, a.Name = AndroidNS, known
	}
	e.Attributes = append(e.Attributes, a)
	return err
}

// protoItem reads an Item and where its text stands. What has no value of its own
// is null.
func protoItem(f protobuf.Field) (v Value, at int64, err error) {
	err = f.Walk("value", func(f protobuf.Field) error {
		if f.Type != protobuf.Length {
			return nil
		}
		switch f.Number {
		case 1:
			v, err = protoReference(f)
			return err
		case 2, 3, 4, 5: // String, RawString, StyledString, FileReference
			return f.Walk("text", func(f protobuf.Field) error {
				if f.Number == 1 && f.Type == protobuf.Length {
					v, at = Value{Type: TypeString, Str: text(f)}, f.At
				}
				return nil
			})
		case 7:
			return f.Walk("primitive", func(f protobuf.Field) error {
				v = protoPrimitive(f)
				return nil
			})
		}
		return nil
	})
	return v, at, err
}

// protoReference reads a Reference; one to an attribute of the theme is told apart,
// and one that has no id keeps its name.
func protoReference(f protobuf.Field) (Value, error) {
	v, name := Value{Type: TypeReference}, ""
	err := f.Walk("reference", func(f protobuf.Field) error {
		switch {
		case f.Number == 1 && f.Type == protobuf.Varint && f.Value == 1:
			v.Type = typeAttribute
		case f.Number == 2 && f.Type == protobuf.Varint:
			v.Data = uint32(f.Value)
		case f.Number == 3 && f.Type == protobuf.Length:
			name = text(f)
		}
		return nil
	})
	if v.Type == TypeReference && v.Data == 0 && name != "" {
		return Value{Type: TypeString, Str: fmt.Sprintf("@%s", name)}, err
	}
	return v, err
}

// primitives are the types of the fields of a Primitive.
var primitives = map[int]uint8{3: TypeFloat, 6: TypeInt, 7: TypeHex, 8: TypeBool, 9: typeARGB8,
	10: typeRGB8, 11: typeARGB4, 12: typeRGB4, 13: typeDimension, 14: typeFraction}

func protoPrimitive(f protobuf.Field) Value {
	v := Value{Type: primitives[f.Number], Data: uint32(f.Value)}
	if v.Type == TypeNull {
		return Value{}
	}
	if v.Type == TypeBool && f.Value != 0 {
		v.Data = math.MaxUint32
	}
	return v
}

func text(f protobuf.Field) string { return strings.ToValidUTF8(string(f.Bytes), "\uFFFD") }
