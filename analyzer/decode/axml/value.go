package axml

import (
	"fmt"
	"strconv"
	"strings"
)

// The types of a Res_value that a manifest uses. Types not listed keep their
// number; colours are integers.
const (
	TypeNull      = 0x00
	TypeReference = 0x01 // Data is a resource id
	TypeString    = 0x03 // Str is the text
	TypeFloat     = 0x04 // Data is an IEEE 754 single
	TypeDynamic   = 0x07 // a reference into a shared library's own table
	TypeInt       = 0x10 // decimal
	TypeHex       = 0x11
	TypeBool      = 0x12
	typeLastInt   = 0x1f
)

// Value is a typed value (Res_value).
type Value struct {
	Type uint8
	Data uint32
	Str  string
}

// IsReference reports whether the value is a resource id to be looked up.
func (v Value) IsReference() bool { return v.Type == TypeReference || v.Type == TypeDynamic }

// Int returns the value as the device would take it for an integer: integers and
// booleans as they are, text where it is a decimal or 0x number.
func (v Value) Int() (int32, bool) {
	if v.Type >= TypeInt && v.Type <= typeLastInt {
		return int32(v.Data), true
	}
	if v.Type != TypeString {
		return 0, false
	}
	digits, base := v.Str, 10
	if rest, ok := strings.CutPrefix(digits, "0x"); ok {
		digits, base = rest, 16
	}
	n, err := strconv.ParseInt(digits, base, 64)
	return int32(n), err == nil && n >= -1<<31 && n < 1<<32
}

// Bool returns the value as a boolean; ok is false where it is none.
func (v Value) Bool() (value, ok bool) {
	switch {
	case v.Type >= TypeInt && v.Type <= typeLastInt:
		return v.Data != 0, true
	case v.Type == TypeString && (v.Str == "true" || v.Str == "false"):
		return v.Str == "true", true
	default:
		return false, false
	}
}

// String writes the value as the device would coerce it to text; references read
// "@0x7f010001".
func (v Value) String() string {
	switch v.Type {
	case TypeNull:
		return ""
	case TypeString:
		return v.Str
	case TypeReference, TypeDynamic:
		return fmt.Sprintf("@0x%08x", v.Data)
	case TypeFloat:
		return formatFloat(v.Data)
	case TypeInt:
		return strconv.Itoa(int(int32(v.Data)))
	case TypeBool:
		return strconv.FormatBool(v.Data != 0)
	default:
		return fmt.Sprintf("0x%x", v.Data)
	}
}
