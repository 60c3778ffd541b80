package facts

import (
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
)

// Bounds of what is kept of one string. A text longer than maxText runes is cut:
// rules look for words, not for chapters.
const (
	maxURL   = 2048
	maxText  = 2000
	maxPath  = 256
	maxName  = 200
	maxLinks = 64 // URLs out of one string: a page, not a crawl list
)

// Keep decides what of one string found in a package is kept, and emits it:
//
//   - each http, https, ws or wss URL inside it (url);
//   - a bare host name, with the path behind it (host, path);
//   - an API path, /v1/chat/completions; v1/chat/completions as Retrofit has it
//     is given its slash (path);
//   - a text with Han characters (text, lang as given);
//   - each candidate for a filing number (number);
//   - names of classes, native libraries and model files (name);
//   - a product banner that ends in a version (product).
//
// Anything else is dropped. where is the place of the string itself.
func Keep(value, lang string, where analyzer.Where, emit func(analyzer.Record)) {
	if len(value) < 4 {
		return
	}
	s := survey(value)
	put := func(kind analyzer.StringKind, v string) {
		emit(analyzer.String{Kind: kind, Value: v, Where: where})
	}
	if s.high && !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "�")
	}
	if s.scheme {
		keepURLs(value, put)
	}
	if s.han {
		emit(
			analyzer.String{
				Kind:  analyzer.TextString,
				Value: cut(strings.TrimSpace(value), maxText),
				Lang:  lang,
				Where: where,
			},
		)
	}
	keepNumbers(value, s, put)
	if s.scheme || s.high || len(value) > maxPath {
		return
	}
	if s.space {
		if isBanner(value) {
			put(analyzer.ProductString, value)
		}
		return
	}
	keepToken(value, s, put)
}

// marks is what one pass over a string tells.
type marks struct {
	slash, dot, digit, space, high, han, scheme, dash bool
}

func survey(s string) marks {
	var m marks
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '/':
			m.slash = true
			m.scheme = m.scheme || i >= 3 && s[i-1] == ':' && i+1 < len(s) && s[i+1] == '/'
		case c == '.':
			m.dot = true
		case c == '-':
			m.dash = true
		case c >= '0' && c <= '9':
			m.digit = true
		case c <= ' ':
			m.space = true
		case c >= 0x80:
			m.high = true
		}
	}
	if m.high {
		m.han = hasHan(s)
	}
	return m
}

// hasHan reports a character of the CJK Unified Ideographs or Extension A block.
func hasHan(s string) bool {
	for _, r := range s {
		if r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF {
			return true
		}
	}
	return false
}

func keepURLs(s string, put func(analyzer.StringKind, string)) {
	for n := 0; n < maxLinks; n++ {
		i := strings.Index(s, "://")
		if i < 0 {
			return
		}
		start := i
		for start > 0 && isLetter(s[start-1]) {
			start--
		}
		end := i + 3
		for end < len(s) && end-start < maxURL && isURLByte(s[end]) {
			end++
		}
		url := strings.TrimRight(s[start:end], ".,;:)]}'\"*")
		if scheme := strings.ToLower(s[start:i]); isWebScheme(scheme) {
			if host, _ := analyzer.SplitURL(url); isAddressable(host) {
				put(analyzer.URLString, url)
			}
		}
		s = s[end:]
	}
}

func isWebScheme(s string) bool {
	return s == "https" || s == "http" || s == "wss" || s == "ws"
}

// isAddressable accepts a host with a dot and a letter or digit; format
// directives (%s, {host}) are no host.
func isAddressable(host string) bool {
	return strings.Contains(host, ".") && !strings.ContainsAny(host, "%{}$<>|()") && len(host) >= 4
}

func keepToken(s string, m marks, put func(analyzer.StringKind, string)) {
	switch {
	case m.slash && isAPIPath(s):
		put(analyzer.PathString, withSlash(s))
	case !m.dot:
	case m.slash:
		host, rest, _ := strings.Cut(s, "/")
		if isHost(host) {
			put(analyzer.HostString, host)
			put(analyzer.PathString, cut("/"+rest, maxPath))
		} else if isFileName(s) {
			put(analyzer.NameString, cut(s, maxName))
		}
	case isHost(s):
		put(analyzer.HostString, s)
	case len(s) <= maxName && (isFileName(s) || isClassName(s)):
		put(analyzer.NameString, s)
	case m.digit && isBanner(s):
		put(analyzer.ProductString, s)
	}
}

func withSlash(s string) string {
	if strings.HasPrefix(s, "/") {
		return s
	}
	return "/" + s
}

// cut returns the first n runes of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
