package auth

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// The bounds of texts from outside.
const (
	minPassword  = 12  // characters
	maxPassword  = 256 // characters
	maxLogin     = 64  // bytes, folded
	maxName      = 100 // characters
	maxLanguage  = 35  // bytes
	maxActor     = 100 // bytes
	maxCharacter = 4   // bytes of a character
)

// foldLogin returns a login as it is stored and compared: letters, digits and the
// signs of ASCII, without case and width (RFC 8265, UsernameCaseMapped).
func foldLogin(login string) (string, error) {
	switch {
	case login == "":
		return "", &InvalidError{"login", Empty}
	case len(login) > maxLogin*maxCharacter:
		return "", &InvalidError{"login", TooLong}
	case !storable(login):
		return "", &InvalidError{"login", Malformed}
	}
	folded, err := precis.UsernameCaseMapped.String(login)
	switch {
	case err != nil:
		return "", &InvalidError{"login", Malformed}
	case len(folded) > maxLogin:
		return "", &InvalidError{"login", TooLong}
	}
	return folded, nil
}

// readPassword returns a password in the one form of what may be typed in several
// (RFC 8265, OpaqueString), or false for a text that is no password.
func readPassword(password string) (string, bool) {
	if len(password) > maxPassword*maxCharacter || !storable(password) {
		return "", false
	}
	typed, err := precis.OpaqueString.String(password)
	if err != nil || utf8.RuneCountInString(typed) > maxPassword {
		return "", false
	}
	return typed, true
}

// hash holds a new password to the rules and hashes it.
func (a *Accounts) hash(ctx context.Context, login, password string) (string, error) {
	switch {
	case password == "":
		return "", &InvalidError{"password", Empty}
	case len(password) > maxPassword*maxCharacter ||
		utf8.RuneCountInString(password) > maxPassword:
		return "", &InvalidError{"password", TooLong}
	}
	typed, ok := readPassword(password)
	switch {
	case !ok:
		return "", &InvalidError{"password", Malformed}
	case utf8.RuneCountInString(typed) < minPassword:
		return "", &InvalidError{"password", TooShort}
	}
	if folded, err := foldLogin(typed); err == nil && folded == login {
		return "", &InvalidError{"password", IsLogin}
	}
	return a.hasher.Hash(ctx, typed)
}

// cleanName returns a text for people: one line, and nothing that is not seen.
func cleanName(field, name string) (string, error) {
	if len(name) > maxName*maxCharacter {
		return "", &InvalidError{field, TooLong}
	}
	if !storable(name) {
		return "", &InvalidError{field, Malformed}
	}
	name = norm.NFC.String(strings.TrimSpace(name))
	switch {
	case name == "":
		return "", &InvalidError{field, Empty}
	case utf8.RuneCountInString(name) > maxName:
		return "", &InvalidError{field, TooLong}
	case strings.ContainsFunc(name, unseen):
		return "", &InvalidError{field, Malformed}
	}
	return name, nil
}

// unseen reports a character that changes what others look like, or ends a line.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// cleanLanguage returns a language tag in its usual form.
func cleanLanguage(tag string) (string, error) {
	switch {
	case tag == "":
		return "zh-CN", nil
	case len(tag) > maxLanguage:
		return "", &InvalidError{"language", TooLong}
	}
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return "", &InvalidError{"language", Malformed}
	}
	return parsed.String(), nil
}

func (a *Accounts) checkRole(role string) error {
	if role == "" {
		return &InvalidError{"role", Empty}
	}
	if !slices.Contains(a.roles, role) {
		return &InvalidError{"role", Unknown}
	}
	return nil
}

// checkActor holds whoever acts to the form that the ledger keeps.
func checkActor(by string) error {
	switch {
	case by == "":
		return &InvalidError{"by", Empty}
	case len(by) > maxActor:
		return &InvalidError{"by", TooLong}
	case !storable(by) || strings.ContainsFunc(by, unseen):
		return &InvalidError{"by", Malformed}
	}
	return nil
}

// storable reports a text that both databases take.
func storable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
