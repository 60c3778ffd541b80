package number

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUSCC is wrapped by every refusal of USCC.
var ErrUSCC = errors.New("not a unified social credit code")

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// USCC returns nil where s is a unified social credit code (统一社会信用代码) of
// GB 32100-2015: 18 characters of its alphabet, which has no I, O, S, V and Z,
// the last one the check character. The error wraps ErrUSCC.
func USCC(s string) error {
	if len(s) != 18 {
		return fmt.Errorf("%w: %d characters, it has 18", ErrUSCC, len(s))
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return fmt.Errorf("%w: character %d is outside the alphabet", ErrUSCC, i+1)
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	if want := usccAlphabet[(31-sum%31)%31]; s[17] != want {
		return fmt.Errorf("%w: the check character is %q, it should be %q", ErrUSCC, s[17], want)
	}
	return nil
}
