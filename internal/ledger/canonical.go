package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// canonical returns the canonical form of a JSON text, by RFC 8785: members
// sorted by the UTF-16 units of their names, no space, the shortest escapes. So
// that the form is the same for every reader, it refuses what readers differ on:
// numbers other than integers of at most 53 bits, a name that occurs twice, a
// surrogate without its other half, bytes that are no UTF-8, values nested
// deeper than depth.
func canonical(data []byte, depth int) ([]byte, error) {
	switch {
	case !utf8.Valid(data):
		return nil, fault(NotCanonical, "the text is not UTF-8")
	case !json.Valid(data):
		return nil, fault(NotCanonical, "the text is not JSON")
	case hasLoneSurrogate(data):
		return nil, fault(NotCanonical, "a string has half a surrogate pair")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return appendValue(make([]byte, 0, len(data)), dec, depth)
}

func appendValue(out []byte, dec *json.Decoder, depth int) ([]byte, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, fault(NotCanonical, "%w", err)
	}
	switch t := t.(type) {
	case json.Delim:
		if depth == 0 {
			return nil, fault(NotCanonical, "nested too deep")
		}
		if t == '{' {
			return appendObject(out, dec, depth-1)
		}
		return appendArray(out, dec, depth-1)
	case json.Number:
		return appendInteger(out, t.String())
	case string:
		return appendString(out, t), nil
	case bool:
		return strconv.AppendBool(out, t), nil
	}
	return append(out, "null"...), nil
}

func appendInteger(out []byte, number string) ([]byte, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > maxInteger || n < -maxInteger || number == "-0" {
		return nil, fault(NotCanonical, "number %.40s: want an integer of at most 53 bits", number)
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendArray(out []byte, dec *json.Decoder, depth int) ([]byte, error) {
	out = append(out, '[')
	for i := 0; dec.More(); i++ {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, dec, depth); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return append(out, ']'), err
}

// member is one name of an object with the canonical text of its value.
type member struct {
	name  string
	units []uint16
	value []byte
}

func appendObject(out []byte, dec *json.Decoder, depth int) ([]byte, error) {
	var members []member
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, fault(NotCanonical, "%w", err)
		}
		name, ok := t.(string)
		if !ok {
			return nil, fault(NotCanonical, "a member has no name")
		}
		value, err := appendValue(nil, dec, depth)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, utf16.Encode([]rune(name)), value})
	}
	slices.SortFunc(members, func(a, b member) int { return slices.Compare(a.units, b.units) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 {
			if m.name == members[i-1].name {
				return nil, fault(NotCanonical, "the name %.40q occurs twice", m.name)
			}
			out = append(out, ',')
		}
		out = append(appendString(out, m.name), ':')
		out = append(out, m.value...)
	}
	_, err := dec.Token()
	return append(out, '}'), err
}

// shortEscapes are the escapes of RFC 8785 that have a letter.
var shortEscapes = map[byte]byte{
	'"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r',
}

func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		c := s[i]
		switch letter := shortEscapes[c]; {
		case letter != 0:
			out = append(out, '\\', letter)
		case c < 0x20:
			out = append(out, `\u00`...)
			out = hex.AppendEncode(out, []byte{c})
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// hasLoneSurrogate finds a \u escape of half a surrogate pair in a sound JSON
// text; the standard library would put U+FFFD there in silence.
func hasLoneSurrogate(data []byte) bool {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		r, ok := unit(data[i:])
		switch {
		case !ok:
			i++ // an escape of two bytes, which may be an escaped backslash
		case !utf16.IsSurrogate(r):
			i += 5
		default:
			low, _ := unit(data[min(i+6, len(data)):])
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return true
			}
			i += 11
		}
	}
	return false
}

// unit reads \uXXXX at the start of data.
func unit(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(n), err == nil
}
