package apksig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// mustBeCovered reports whether a device refuses a package in which v1 does not
// sign this entry. It looks at no folders and at nothing under META-INF/.
func mustBeCovered(name string) bool {
	return !strings.HasSuffix(name, "/") && !strings.HasPrefix(name, metaFolder)
}

// tally counts entries with one fault and names the first of them.
type tally struct {
	count int
	first []string
}

func (t *tally) add(name string) {
	if t.count++; t.count <= 3 {
		t.first = append(t.first, quote(name))
	}
}

func (t *tally) text(what string) string {
	if t.count == 0 {
		return ""
	}
	return fmt.Sprintf("%d entries %s: %s", t.count, what, strings.Join(t.first, ", "))
}

// uncovered reports the entries that the signature file leaves out.
func (j *jar) uncovered(sf *sections) error {
	var missed tally
	for _, e := range j.archive.Entries {
		if _, ok := sf.find(e.Name()); !ok && mustBeCovered(e.Name()) {
			missed.add(e.Name())
		}
	}
	if missed.count > 0 {
		return errors.New(missed.text("not covered by the signature file"))
	}
	return nil
}

// verifyEntries compares every entry with the manifest. All are withdrawn from the
// budget before the first is read, so that the same package is always verified as
// far.
func (j *jar) verifyEntries(m *sections) error {
	var missed, absent tally
	var read []Entry
	there := make(map[string]bool, len(j.archive.Entries))
	for _, e := range j.archive.Entries {
		name := e.Name()
		there[name], there[fold(name)] = true, true
		section, ok := m.find(name)
		switch {
		case ok && m.hasDigest(section):
			read = append(read, e)
		case mustBeCovered(name):
			missed.add(name)
		}
	}
	for _, name := range m.names {
		if !there[name] && !there[fold(name)] && m.hasDigest(m.byName[name]) {
			absent.add(name)
		}
	}
	err := faults(missed.text("not covered"), absent.text("of the manifest are not there"))
	if err != nil {
		return err
	}
	for _, e := range read {
		if err := j.budget.Take(e.Size()); err != nil {
			return fmt.Errorf("read %s: %w", quote(e.Name()), err)
		}
	}
	return j.compareEntries(m, read)
}

func (j *jar) compareEntries(m *sections, entries []Entry) error {
	var changed, broken tally
	for _, e := range entries {
		section, _ := m.find(e.Name())
		data, err := e.Read(j.ctx)
		var malformed *budget.FormatError
		switch {
		case errors.As(err, &malformed):
			broken.add(e.Name())
		case err != nil:
			return &readError{err}
		case m.digestVerdict(section, "-Digest", data) != matches:
			changed.add(e.Name())
		}
	}
	return faults(changed.text("do not match the manifest"), broken.text("cannot be read"))
}

// faults is nil where all texts are empty.
func faults(texts ...string) error {
	texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	if len(texts) == 0 {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}
