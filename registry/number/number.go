// Package number reads the public numbers that a filing, a registration or an
// application carries: the algorithm filing number, the two kinds of
// generative-AI number, the filing number of an application and that of a
// website, and the unified social credit code of GB 32100-2015.
//
// The official lists are not spelled evenly and applications copy them freely, so
// a lenient spelling (full-width digits, stray spaces, a missing 号) is accepted,
// named in Lenient and written canonically in Normal. What only looks like such a
// number comes back with WellFormed false and a reason: a report must show it.
//
// The package is a leaf: it imports only the standard library and anyone may
// import it.
package number

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The kinds of numbers.
const (
	KindAlgorithm  = "algorithm"        // 网信算备 + 21 digits + 号
	KindFiled      = "genai-filed"      // Region-Name-YYYYMMDD[NNNN], 备案, of a model
	KindRegistered = "genai-registered" // Region-Name-YYYYMMDDSNNNN, 登记, of an application
	KindApp        = "app-filing"       // 京ICP备…号-1A, of an application
	KindWebsite    = "website-filing"   // 京ICP备…号 or …号-1, of a website or its holder
)

// The outcomes of the check digit, for advice only: the rule was inferred from
// published numbers, and no official text of it is known.
const (
	CheckOK    = "ok"
	CheckWrong = "wrong"
	CheckNone  = "none" // the kind has none, or the number is not well-formed
)

// ErrNoNumber is wrapped by Parse where the text is no candidate of any kind.
var ErrNoNumber = errors.New("no public number")

// Number is one candidate. Placeholders (12345678, XXXX) are not well-formed.
type Number struct {
	Kind        string   `json:"kind"`
	Text        string   `json:"text"`   // as written
	Normal      string   `json:"normal"` // canonical; without spaces and half-width where malformed
	WellFormed  bool     `json:"wellformed"`
	Reason      string   `json:"reason,omitempty"`    // why it is not well-formed
	ReasonZH    string   `json:"reason_zh,omitempty"` // the same in Chinese
	CheckDigit  string   `json:"check_digit"`         // CheckOK, CheckWrong, CheckNone
	Placeholder bool     `json:"placeholder,omitempty"`
	Lenient     []string `json:"lenient,omitempty"` // what the spelling was forgiven
	Fields      Fields   `json:"fields"`
}

// Fields are the parts of a number; those that its kind has not are empty.
type Fields struct {
	Division string `json:"division,omitempty"` // algorithm: 6 digits, the filer's when first filed
	Entity   string `json:"entity,omitempty"`   // algorithm: 7 digits, one filer
	Class    string `json:"class,omitempty"`    // algorithm: 01 generation and synthesis
	Year     string `json:"year,omitempty"`     // algorithm: 2 digits, of the application
	Serial   string `json:"serial,omitempty"`   // 3 digits; generative AI 4 or none; ICP 8 or 10
	Check    string `json:"check,omitempty"`    // algorithm: the last digit
	Region   string `json:"region,omitempty"`   // generative AI: as written
	Name     string `json:"name,omitempty"`     // generative AI: as written
	Date     string `json:"date,omitempty"`     // generative AI: YYYYMMDD
	Province string `json:"province,omitempty"` // ICP: 京
	Suffix   string `json:"suffix,omitempty"`   // ICP: 1A, 1
}

// Key returns the form under which two spellings of one number are equal: the
// lists spell one region in several cases, and none of them is corrected.
func (n Number) Key() string { return strings.ToLower(n.Normal) }

// Found is a number in a text: text[Start:End] is its Text.
type Found struct {
	Number
	Start, End int
}

// limits of one text and one candidate, in bytes and numbers.
const (
	maxCandidate = 600
	maxFound     = 10_000
)

// Parse reads text that is one number and nothing else but surrounding space. The
// error wraps ErrNoNumber where it is no candidate of any kind; a malformed
// candidate is no error.
func Parse(text string) (Number, error) {
	s := strings.TrimFunc(text, isSpace)
	if len(s) > maxCandidate {
		return Number{}, fmt.Errorf("%w: %d bytes", ErrNoNumber, len(s))
	}
	for _, match := range []matcher{matchAlgorithm, matchBare, matchICP, matchGenAI} {
		if n, end, ok := match(cursor{s: s, whole: true}); ok && end == len(s) {
			return n, nil
		}
	}
	return Number{}, fmt.Errorf("%w: %q", ErrNoNumber, s)
}

// FindAll returns the candidates in any text, in order and without overlap, at
// most 10 000 of them. A generative-AI number is looked for only behind the name
// of a region, as its shape alone is that of many file names. The time is linear
// in the text.
func FindAll(text string) []Found {
	var all []Found
	before := rune(0) // the rune in front of the cursor, width folded
	for i := 0; i < len(text) && len(all) < maxFound; {
		r, size := utf8.DecodeRuneInString(text[i:])
		match := matcherAt(fold(r), before, text[:i])
		if match != nil {
			if n, end, ok := match(cursor{s: text, i: i}); ok {
				all = append(all, Found{Number: n, Start: i, End: end})
				before, _ = utf8.DecodeLastRuneInString(text[:end])
				before, i = fold(before), end
				continue
			}
		}
		before = fold(r)
		i += size
	}
	return all
}

type matcher func(cursor) (Number, int, bool)

// matcherAt chooses by the rune under the cursor and the one in front of it.
func matcherAt(r, before rune, front string) matcher {
	switch {
	case r == '网':
		return matchAlgorithm
	case r > utf8.RuneSelf:
		if isProvince(r) {
			return matchICP
		}
		return nil
	case !isLetter(r) || isLetter(before) || isDigit(before):
		return nil
	case r == 'I' || r == 'i':
		return matchICP
	case fileName(before, front):
		return nil
	default:
		return matchGenAI
	}
}

// fileName tells whether the text in front shows that a word is part of a path,
// a host or an identifier.
func fileName(before rune, front string) bool {
	switch before {
	case '-', '_', '.', '@', '&', '%', '$', '\\':
		return true
	case '/':
		if len(front) < 2 {
			return true
		}
		r, _ := utf8.DecodeLastRuneInString(front[:len(front)-1])
		return r < utf8.RuneSelf
	}
	return false
}

func (n Number) malformed(en, zh string) Number {
	n.WellFormed, n.CheckDigit, n.Reason, n.ReasonZH = false, CheckNone, en, zh
	return n
}

func (n Number) placeholder() Number {
	n = n.malformed("a placeholder, not a number that was given", "占位号码，不是实际核发的编号")
	n.Placeholder = true
	return n
}
