// Package ber reads elements of BER (ITU-T X.690), in which certificates and
// signature blocks are written, the strict DER among them. It is bounded in depth
// and steps, and judges no strings: certificates are in use whose strings break
// their types, and devices take them.
package ber

import "github.com/listgate/listgate/analyzer/budget"

// Tags of the elements that are looked at, with class and form as they stand in
// the first byte.
const (
	TagInteger   = 0x02
	TagBits      = 0x03
	TagOctets    = 0x04
	TagOID       = 0x06
	TagBMPString = 0x1e
	TagSequence  = 0x30
	TagSet       = 0x31
	TagContext0  = 0xa0
)

const (
	maxNesting  = 32
	maxElements = 1 << 16
)

// Element is one element.
type Element struct {
	Tag  byte
	Raw  []byte // with its header, and with its end mark where the length is indefinite
	Body []byte
}

// Reader reads elements one after another, at most 65,536 of them.
type Reader struct {
	Part string // what is read, for errors
	at   int64
	left int
}

// New returns a reader of the named part of a format, which begins at byte at of
// the file for errors; negative where that says nothing.
func New(part string, at int64) *Reader { return &Reader{part, at, maxElements} }

// Malformed returns a *budget.FormatError that names the part.
func (r *Reader) Malformed(format string, args ...any) error {
	return budget.Malformed(r.Part, r.at, format, args...)
}

// Next splits the first element from data.
func (r *Reader) Next(data []byte, depth int) (e Element, rest []byte, err error) {
	if r.left--; r.left < 0 || depth > maxNesting {
		return e, nil, r.Malformed("too many elements")
	}
	if len(data) < 2 || data[0]&0x1f == 0x1f {
		return e, nil, r.Malformed("an element is cut short or of an unknown form")
	}
	if data[1] == 0x80 {
		return r.indefinite(data, depth)
	}
	head, n := 2, int(data[1])
	if n > 0x80 {
		octets := n & 0x7f
		if octets > 4 || len(data) < 2+octets {
			return e, nil, r.Malformed("a length of %d bytes", octets)
		}
		n = 0
		for _, c := range data[2 : 2+octets] {
			n = n<<8 | int(c)
		}
		head += octets
	}
	if n > len(data)-head {
		return e, nil, r.Malformed("an element of %d bytes ends past the end", n)
	}
	return Element{data[0], data[:head+n], data[head : head+n]}, data[head+n:], nil
}

// indefinite finds the two zero bytes that end the element, behind its children.
func (r *Reader) indefinite(data []byte, depth int) (Element, []byte, error) {
	if data[0]&0x20 == 0 {
		return Element{}, nil, r.Malformed("a primitive element without a length")
	}
	for rest := data[2:]; ; {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(data) - len(rest)
			return Element{data[0], data[:end+2], data[2:end]}, rest[2:], nil
		}
		var err error
		if _, rest, err = r.Next(rest, depth+1); err != nil {
			return Element{}, nil, err
		}
	}
}

// One reads data as a single element of a tag.
func (r *Reader) One(data []byte, tag byte) (Element, error) {
	e, _, err := r.Next(data, 0)
	if err == nil && e.Tag != tag {
		err = r.Malformed("tag 0x%02x, wanted 0x%02x", e.Tag, tag)
	}
	return e, err
}

// Children splits the body of an element.
func (r *Reader) Children(e Element) ([]Element, error) {
	var all []Element
	for rest := e.Body; len(rest) > 0; {
		child, after, err := r.Next(rest, 0)
		if err != nil {
			return nil, err
		}
		all, rest = append(all, child), after
	}
	return all, nil
}

// Fields splits an element that must have these tags first, and may have more.
func (r *Reader) Fields(e Element, tags ...byte) ([]Element, error) {
	all, err := r.Children(e)
	if err != nil {
		return nil, err
	}
	if len(all) < len(tags) {
		return nil, r.Malformed("%d elements, wanted %d", len(all), len(tags))
	}
	for i, tag := range tags {
		if all[i].Tag != tag {
			return nil, r.Malformed("element %d: tag 0x%02x, wanted 0x%02x", i, all[i].Tag, tag)
		}
	}
	return all, nil
}
