package arsc

import (
	"errors"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// entryCost is what a protoEntry costs in memory, about.
const entryCost = 96

// maxConfigurations bounds the values of one resource that are compared; the most
// that real ones have are several hundred.
const maxConfigurations = 4096

// ProtoTable is the resource table of a module of an app bundle: the ResourceTable
// message of aapt2's Resources.proto. It answers as a Table does, and like one it is
// not safe for use by several goroutines.
type ProtoTable struct {
	entries []protoEntry
	byID    map[uint32]int // the first entry of an id
	left    int            // values that may still be looked at
	err     error
}

// protoEntry is one resource: the Entry message, read when it is asked for.
type protoEntry struct {
	id      uint32
	textual bool
	message protobuf.Field
}

// errEnough ends a walk that has found what it looked for.
var errEnough = errors.New("enough")

// DecodeProto reads the structure of the table in data. The errors are those of
// Decode.
func DecodeProto(data []byte, b *budget.Budget) (*ProtoTable, error) {
	t := &ProtoTable{byID: map[uint32]int{}, left: len(data)/4 + 64<<10}
	err := protobuf.Walk("resource table", 0, data, func(f protobuf.Field) error {
		if f.Number != 2 || f.Type != protobuf.Length {
			return nil
		}
		return t.readPackage(f, b)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (t *ProtoTable) readPackage(f protobuf.Field, b *budget.Budget) error {
	id, err := protoID("package", f, 0xff)
	if err != nil {
		return err
	}
	return f.Walk("package", func(f protobuf.Field) error {
		if f.Number != 3 || f.Type != protobuf.Length {
			return nil
		}
		kind, err := protoID("type", f, 0xff)
		if err != nil {
			return err
		}
		return t.readType(f, id<<24|kind<<16, b)
	})
}

// readType keeps the place of each entry of a type.
func (t *ProtoTable) readType(f protobuf.Field, base uint32, b *budget.Budget) error {
	name, first := "", len(t.entries)
	err := f.Walk("type", func(f protobuf.Field) error {
		switch {
		case f.Type != protobuf.Length:
		case f.Number == 2:
			name = f.Text()
		case f.Number == 3:
			id, err := protoID("entry", f, 0xffff)
			if err != nil {
				return err
			}
			if err := b.Take(entryCost); err != nil {
				return err
			}
			if _, taken := t.byID[base|id]; !taken {
				t.byID[base|id] = len(t.entries)
			}
			t.entries = append(t.entries, protoEntry{id: base | id, message: f})
		}
		return nil
	})
	textual := isTextual(name)
	for i := range t.entries[first:] {
		t.entries[first+i].textual = textual
	}
	return err
}

// protoID returns the id of a package, type or entry: a message in its first field.
func protoID(part string, f protobuf.Field, highest uint64) (id uint32, err error) {
	err = f.Walk(part, func(f protobuf.Field) error {
		if f.Number != 1 || f.Type != protobuf.Length {
			return nil
		}
		err := f.Walk(part, func(f protobuf.Field) error {
			if f.Number != 1 || f.Type != protobuf.Varint {
				return nil
			}
			if f.Value > highest {
				return budget.Malformed(part, f.At, "id 0x%x", f.Value)
			}
			id = uint32(f.Value)
			return nil
		})
		if err == nil {
			err = errEnough // it stands before all else
		}
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return id, err
}

// Err returns the error that ended a reading early.
func (t *ProtoTable) Err() error { return t.err }

// protoValue is the value of an entry in one configuration. Bag holds the texts of
// an array or of plurals, and is empty for all other values of several parts.
type protoValue struct {
	lang  string
	rank  int
	value Value
	at    int64 // of its text
	isBag bool
	bag   []Text // without ID and Lang
}

// values yields the values of an entry in the order of the file.
func (t *ProtoTable) values(e protoEntry, yield func(protoValue) bool) error {
	return e.message.Walk("entry", func(f protobuf.Field) error {
		if f.Number != 6 || f.Type != protobuf.Length {
			return nil
		}
		if t.left--; t.left < 0 {
			return errVisits
		}
		var v protoValue
		err := f.Walk("configuration value", func(f protobuf.Field) error {
			switch {
			case f.Type != protobuf.Length:
				return nil
			case f.Number == 1:
				return v.configure(f)
			case f.Number == 2:
				return v.read(f)
			}
			return nil
		})
		if err == nil && !yield(v) {
			err = errEnough
		}
		return err
	})
}

// configure reads a Configuration: the language, and how much besides it asks for.
func (v *protoValue) configure(f protobuf.Field) error {
	return f.Walk("configuration", func(f protobuf.Field) error {
		if f.Number != 3 || f.Type != protobuf.Length {
			v.rank++
			return nil
		}
		base, rest, _ := strings.Cut(f.Text(), "-")
		v.lang = modern(letters([]byte(base)...))
		for _, part := range strings.Split(rest, "-") {
			if s := letters([]byte(part)...); s != "" {
				v.lang += "-" + s
			}
		}
		return nil
	})
}

// read reads a Value message: an Item, or a CompoundValue.
func (v *protoValue) read(f protobuf.Field) error {
	return f.Walk("value", func(f protobuf.Field) (err error) {
		switch {
		case f.Type != protobuf.Length:
		case f.Number == 4:
			v.value, v.at, err = protoItem(f)
		case f.Number == 5:
			v.isBag = true
			err = f.Walk("compound value", v.compound)
		}
		return err
	})
}

// compound collects the texts of an Array or a Plural: a list of messages, in each
// of which an Item stands in the last field.
func (v *protoValue) compound(f protobuf.Field) error {
	item := map[int]int{4: 3, 5: 4}[f.Number] // array, plural
	if item == 0 || f.Type != protobuf.Length {
		return nil
	}
	return f.Walk("list", func(f protobuf.Field) error {
		if f.Number != 1 || f.Type != protobuf.Length {
			return nil
		}
		return f.Walk("element", func(f protobuf.Field) error {
			if f.Number != item || f.Type != protobuf.Length {
				return nil
			}
			value, at, err := protoItem(f)
			if value.Type == TypeString {
				v.bag = append(v.bag, Text{Value: value.Str, Offset: at, Bag: true})
			}
			return err
		})
	})
}

// protoItem reads an Item: a text, a reference, or what no text can be made of.
func protoItem(f protobuf.Field) (v Value, at int64, err error) {
	err = f.Walk("item", func(f protobuf.Field) error {
		if f.Type != protobuf.Length {
			return nil
		}
		switch f.Number {
		case 1:
			v = Value{Type: TypeReference}
			return f.Walk("reference", func(f protobuf.Field) error {
				if f.Number == 2 && f.Type == protobuf.Varint {
					v.Data = uint32(f.Value)
				}
				return nil
			})
		case 2, 3, 4: // String, RawString, StyledString
			return f.Walk("text", func(f protobuf.Field) error {
				if f.Number == 1 && f.Type == protobuf.Length {
					text := strings.ToValidUTF8(string(f.Bytes), "\uFFFD")
					v, at = Value{Type: TypeString, Str: text}, f.At
				}
				return nil
			})
		case 7:
			return f.Walk("primitive", func(f protobuf.Field) error {
				v = Value{Type: primitives[f.Number], Data: uint32(f.Value)}
				return nil
			})
		}
		return nil
	})
	return v, at, err
}

// primitives are the types of numbers and booleans among a Primitive's fields.
var primitives = map[int]uint8{6: 0x10, 7: 0x11, 8: 0x12}

// of returns the values of a resource, bags left out.
func (t *ProtoTable) of(id uint32) []protoValue {
	i, ok := t.byID[id]
	if !ok || t.err != nil {
		return nil
	}
	var all []protoValue
	t.end(t.values(t.entries[i], func(v protoValue) bool {
		if !v.isBag {
			all = append(all, v)
		}
		return len(all) < maxConfigurations
	}))
	return all
}

// end keeps the first error that is one.
func (t *ProtoTable) end(err error) {
	if t.err == nil && err != nil && !errors.Is(err, errEnough) {
		t.err = err
	}
}

// Resolve answers as Table.Resolve does.
func (t *ProtoTable) Resolve(id uint32, lang string) (v Value, ok bool) {
	v = Value{Type: TypeReference, Data: id}
	for range maxReferences {
		found := false
		var best protoValue
		for _, c := range t.of(v.Data) {
			x, y := suits(c.lang, lang), suits(best.lang, lang)
			if !found || x > y || x == y && c.rank < best.rank {
				best, found = c, true
			}
		}
		if !found {
			return v, false
		}
		if v = best.value; !isReference(v) {
			return v, true
		}
	}
	return v, false
}

// Languages answers as Table.Languages does.
func (t *ProtoTable) Languages(id uint32) map[string]Value {
	values := map[string]Value{}
	ids := []uint32{id}
	for i := 0; i < len(ids) && i < maxReferences; i++ {
		for _, c := range t.of(ids[i]) {
			if to := c.value; isReference(to) && !slices.Contains(ids, to.Data) {
				ids = append(ids, to.Data)
			}
			if _, known := values[c.lang]; known {
				continue
			}
			if v, ok := t.Resolve(id, c.lang); ok {
				values[c.lang] = v
			}
		}
	}
	return values
}

// Strings yields the texts of the table in file order, as Table.Strings does; a text
// that stands in the file twice is given twice.
func (t *ProtoTable) Strings(yield func(Text) bool) {
	for _, e := range t.entries {
		if !e.textual || t.err != nil {
			continue
		}
		more := true
		t.end(t.values(e, func(v protoValue) bool {
			if v.value.Type == TypeString {
				v.bag = append(v.bag, Text{Value: v.value.Str, Offset: v.at})
			}
			for _, text := range v.bag {
				text.ID, text.Lang = e.id, v.lang
				if more = more && yield(text); !more {
					return false
				}
			}
			return true
		}))
		if !more {
			return
		}
	}
}
