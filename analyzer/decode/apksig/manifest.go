package apksig

import (
	"bytes"
	"crypto"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
)

// maxSections bounds the entries of a manifest; a package installs with 65535.
const maxSections = 1 << 17

// sections is a manifest or signature file: a main section and one for each entry.
type sections struct {
	part   string
	data   []byte
	main   span
	names  []string
	byName map[string]span
	folded map[string]span // by fold(name), those that differ from their names
}

// span is a section's bytes, with the blank line that ends it.
type span struct{ from, to int }

// parseSections reads a manifest or a signature file. Lines end with CR LF, LF or
// CR; one that begins with a space goes on with the line before. A name that is
// there twice is an error, as on a device.
func parseSections(part string, data []byte) (*sections, error) {
	s := &sections{part: part, data: data, byName: map[string]span{}, folded: map[string]span{}}
	rest := span{0, len(data)}
	s.main, rest.from = s.section(rest)
	for rest.from < rest.to {
		at := rest.from
		if _, next := s.line(at); s.blank(at, next) {
			rest.from = next
			continue
		}
		var one span
		one, rest.from = s.section(rest)
		name, ok := s.attribute(one, "Name")
		if !ok {
			return nil, budget.Malformed(part, int64(at), "a section without a name")
		}
		if _, taken := s.byName[name]; taken {
			return nil, budget.Malformed(part, int64(at), "%s is there twice", quote(name))
		}
		if len(s.names) == maxSections {
			return nil, limitError(part, maxSections+1, maxSections)
		}
		s.byName[name] = one
		if f := fold(name); f != name {
			s.folded[f] = one
		}
		s.names = append(s.names, name)
	}
	return s, nil
}

// find returns the section of an entry.
func (s *sections) find(name string) (span, bool) {
	one, ok := s.byName[name]
	if !ok && strings.Contains(name, "\uFFFD") {
		one, ok = s.folded[fold(name)]
	}
	return one, ok
}

// fold makes each run of characters that are no UTF-8 one U+FFFD. A tool that signs
// an entry with such a name writes several for one run.
func fold(name string) string {
	const mark = "\uFFFD"
	if utf8.ValidString(name) && !strings.Contains(name, mark+mark) {
		return name
	}
	name = strings.ToValidUTF8(name, mark)
	for strings.Contains(name, mark+mark) {
		name = strings.ReplaceAll(name, mark+mark, mark)
	}
	return name
}

// line returns the end of the line at from without its break, and where the next
// begins.
func (s *sections) line(from int) (end, next int) {
	i := bytes.IndexAny(s.data[from:], "\r\n")
	if i < 0 {
		return len(s.data), len(s.data)
	}
	end = from + i
	next = end + 1
	if s.data[end] == '\r' && next < len(s.data) && s.data[next] == '\n' {
		next++
	}
	return end, next
}

func (s *sections) blank(from, next int) bool {
	return from < next && (s.data[from] == '\r' || s.data[from] == '\n')
}

// section reads up to the first blank line, which belongs to it.
func (s *sections) section(in span) (one span, next int) {
	at := in.from
	for at < in.to {
		_, next := s.line(at)
		done := s.blank(at, next)
		if at = next; done {
			break
		}
	}
	return span{in.from, at}, at
}

// attribute returns the value of a section's attribute; the case of its name does
// not count.
func (s *sections) attribute(in span, key string) (string, bool) {
	for at := in.from; at < in.to; {
		end, next := s.line(at)
		name, value, ok := bytes.Cut(s.data[at:end], []byte(":"))
		at = next
		if !ok || !strings.EqualFold(string(name), key) {
			continue
		}
		value = bytes.Clone(bytes.TrimPrefix(value, []byte(" ")))
		for at < in.to && s.data[at] == ' ' {
			end, next = s.line(at)
			value = append(value, s.data[at+1:end]...)
			at = next
		}
		return string(value), true
	}
	return "", false
}

// jarDigests are the digests of manifests, in the order in which a device looks for
// them.
var jarDigests = []struct {
	name string
	hash crypto.Hash
}{
	{"SHA-512", crypto.SHA512}, {"SHA-384", crypto.SHA384}, {"SHA-256", crypto.SHA256},
	{"SHA1", crypto.SHA1},
}

// verdict is what a digest attribute says of bytes.
type verdict int

const (
	noDigest verdict = iota
	differs
	matches
)

// digestVerdict compares data with the strongest digest of a section whose
// attribute ends in suffix: "-Digest", "-Digest-Manifest".
func (s *sections) digestVerdict(in span, suffix string, data []byte) verdict {
	for _, d := range jarDigests {
		text, ok := s.attribute(in, d.name+suffix)
		if !ok {
			continue
		}
		want, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		h := d.hash.New()
		h.Write(data)
		if err != nil || subtle.ConstantTimeCompare(want, h.Sum(nil)) == 0 {
			return differs
		}
		return matches
	}
	return noDigest
}

// hasDigest reports whether a section says anything of its entry's content.
func (s *sections) hasDigest(in span) bool {
	for _, d := range jarDigests {
		if _, ok := s.attribute(in, d.name+"-Digest"); ok {
			return true
		}
	}
	return false
}

func (s *sections) bytes(in span) []byte { return s.data[in.from:in.to] }

// quote shows a name of the package, cut short.
func quote(name string) string {
	const most = 80
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return fmt.Sprintf("%q", name)
}
