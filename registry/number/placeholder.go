package number

import "strings"

// placeholderDigits tells whether a whole run is made up: masked by X, one digit
// over and over, or counted up or down.
func placeholderDigits(s string) bool {
	if i := strings.IndexByte(s, 'X'); i >= 0 {
		return strings.Count(s, "X") >= 3
	}
	if len(s) < 4 {
		return false
	}
	for _, step := range []byte{0, 1, 9} {
		if steady(s, step) {
			return true
		}
	}
	return false
}

// placeholderSerial does so for the serial of an ICP number, whose first two or
// four digits are a year.
func placeholderSerial(s string) bool {
	if placeholderDigits(s) {
		return true
	}
	switch len(s) {
	case 8:
		return s[2:] == "000000"
	case 10:
		return placeholderDigits(s[4:])
	}
	return false
}

// steady tells whether each digit is the one before it plus step, modulo 10.
func steady(s string, step byte) bool {
	for i := 1; i < len(s); i++ {
		if (s[i-1]-'0'+step)%10 != s[i]-'0' {
			return false
		}
	}
	return true
}
