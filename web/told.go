package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// said is a sentence to be shown once: it waits in a cookie, in no language yet, and
// is shown only where the catalog knows it, so that nobody can put words there.
type said struct {
	Sentence string `json:"s"`
	Args     []any  `json:"a,omitempty"` // whole numbers and texts
}

// The bounds of what waits.
const (
	toldCookie = "listgate-told"
	toldFor    = 2 * time.Minute
	maxTold    = 5
	maxArgs    = 5
	maxArg     = 200  // bytes
	maxCookie  = 3000 // bytes
)

// Tell implements ui.Frame.
func (f *reply) Tell(sentence string, args ...any) {
	one := said{Sentence: sentence}
	for _, a := range args {
		if _, ok := a.(int); !ok {
			a = clip(fmt.Sprint(a))
		}
		one.Args = append(one.Args, a)
	}
	f.tell = append(f.tell, one)
	text, err := json.Marshal(f.tell)
	if err != nil {
		return
	}
	value := base64.RawURLEncoding.EncodeToString(text)
	if len(value) <= maxCookie {
		f.setCookie(f.c, toldCookie, value, toldFor)
	}
}

// clip cuts what is told, or logged, to its bound, between characters.
func clip(s string) string {
	for i := range s {
		if i > maxArg {
			return s[:i] + "…"
		}
	}
	return s
}

// hear takes what waits in the cookie; what does not hold is nothing.
func (f *reply) hear() {
	value, err := f.c.Cookie(toldCookie)
	if err != nil || len(value) > maxCookie {
		return
	}
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return
	}
	var list []said
	if err := json.Unmarshal(text, &list); err != nil || len(list) > maxTold {
		return
	}
	for _, s := range list {
		if f.catalog.Knows(s.Sentence) && len(s.Args) <= maxArgs {
			f.told = append(f.told, s)
		}
	}
}

func (f *reply) sentence(s said) string {
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		if n, ok := a.(float64); ok { // as it comes back from the cookie
			a = int(n)
		}
		args[i] = a
	}
	return f.Say(s.Sentence, args...)
}

// forget deletes the cookie once what it holds is shown.
func (f *reply) forget() {
	if len(f.told) > 0 || len(f.tell) > 0 {
		f.setCookie(f.c, toldCookie, "", 0)
	}
}
