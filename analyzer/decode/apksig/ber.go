package apksig

import "github.com/listgate/listgate/analyzer/budget"

// Tags of the elements that are looked at, with class and form as they stand in
// the first byte.
const (
	tagInteger   = 0x02
	tagBits      = 0x03
	tagOctets    = 0x04
	tagOID       = 0x06
	tagBMPString = 0x1e
	tagSequence  = 0x30
	tagSet       = 0x31
	tagContext0  = 0xa0

	maxNesting  = 32
	maxElements = 1 << 16
)

// element is one element of BER (ITU-T X.690), which certificates and signature
// blocks are written in. Strings are not judged: certificates are in use whose
// strings break their types, and devices take them.
type element struct {
	tag  byte
	raw  []byte // with its header, and with its end mark where the length is indefinite
	body []byte
}

// berReader reads elements one after another; left bounds the steps.
type berReader struct {
	part string
	left int
}

func newBER(part string) *berReader { return &berReader{part, maxElements} }

func (r *berReader) malformed(format string, args ...any) error {
	return budget.Malformed(r.part, -1, format, args...)
}

// next splits the first element from data.
func (r *berReader) next(data []byte, depth int) (e element, rest []byte, err error) {
	if r.left--; r.left < 0 || depth > maxNesting {
		return e, nil, r.malformed("too many elements")
	}
	if len(data) < 2 || data[0]&0x1f == 0x1f {
		return e, nil, r.malformed("an element is cut short or of an unknown form")
	}
	if data[1] == 0x80 {
		return r.indefinite(data, depth)
	}
	head, n := 2, int(data[1])
	if n > 0x80 {
		octets := n & 0x7f
		if octets > 4 || len(data) < 2+octets {
			return e, nil, r.malformed("a length of %d bytes", octets)
		}
		n = 0
		for _, c := range data[2 : 2+octets] {
			n = n<<8 | int(c)
		}
		head += octets
	}
	if n > len(data)-head {
		return e, nil, r.malformed("an element of %d bytes ends past the end", n)
	}
	return element{data[0], data[:head+n], data[head : head+n]}, data[head+n:], nil
}

// indefinite finds the two zero bytes that end the element, behind its children.
func (r *berReader) indefinite(data []byte, depth int) (element, []byte, error) {
	if data[0]&0x20 == 0 {
		return element{}, nil, r.malformed("a primitive element without a length")
	}
	for rest := data[2:]; ; {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(data) - len(rest)
			return element{data[0], data[:end+2], data[2:end]}, rest[2:], nil
		}
		var err error
		if _, rest, err = r.next(rest, depth+1); err != nil {
			return element{}, nil, err
		}
	}
}

// one reads data as a single element of a tag.
func (r *berReader) one(data []byte, tag byte) (element, error) {
	e, _, err := r.next(data, 0)
	if err == nil && e.tag != tag {
		err = r.malformed("tag 0x%02x, wanted 0x%02x", e.tag, tag)
	}
	return e, err
}

// children splits the body of an element.
func (r *berReader) children(e element) ([]element, error) {
	var all []element
	for rest := e.body; len(rest) > 0; {
		child, after, err := r.next(rest, 0)
		if err != nil {
			return nil, err
		}
		all, rest = append(all, child), after
	}
	return all, nil
}

// fields splits an element that must have these tags first, and may have more.
func (r *berReader) fields(e element, tags ...byte) ([]element, error) {
	all, err := r.children(e)
	if err != nil {
		return nil, err
	}
	if len(all) < len(tags) {
		return nil, r.malformed("%d elements, wanted %d", len(all), len(tags))
	}
	for i, tag := range tags {
		if all[i].tag != tag {
			return nil, r.malformed("element %d: tag 0x%02x, wanted 0x%02x", i, all[i].tag, tag)
		}
	}
	return all, nil
}
