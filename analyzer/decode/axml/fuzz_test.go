package axml_test

import (
	"bytes"
	"testing"

	"github.com/shogo82148/androidbinary"
	"github.com/shogo82148/androidbinary/apk"
	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

func seed(f *testing.F) {
	seeds := [][]byte{sample(true).bytes(), sample(false).bytes(), wideAttributes(), []byte(plain)}
	for _, s := range seeds {
		f.Add(s)
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
}

func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		b := budget.New(budget.Limits{Bytes: 64 << 20})
		doc, err := axml.Decode(data, b)
		if (err == nil) != (doc != nil) {
			t.Fatalf("document %v beside error %v", doc, err)
		}
		if err != nil {
			return
		}
		if doc.Root == nil {
			t.Fatal("a document without a root")
		}
	})
}

// FuzzValidate holds the validator to its promise: what it accepts, the library
// reads in proportion, and our decoder reads too.
func FuzzValidate(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) { checkValidated(t, data) })
}

// checkValidated returns whether the validator accepts the data.
func checkValidated(t *testing.T, data []byte) bool {
	if axml.Validate(data) != nil {
		return false
	}
	doc, err := axml.Decode(data, budget.New(budget.Limits{}))
	if err != nil || doc.Root == nil {
		t.Fatalf("validated, but not decoded: %v", err)
	}
	x, err := androidbinary.NewXMLFile(bytes.NewReader(data))
	if err != nil {
		return true
	}
	if n := x.Reader().Len(); n > 1<<20+40*len(data) {
		t.Fatalf("%d bytes of text out of %d", n, len(data))
	}
	_ = x.Decode(&apk.Manifest{}, nil, nil)
	return true
}

// TestEveryFieldPatched writes the values that counts and sizes lie with over
// every field of a sound file.
func TestEveryFieldPatched(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, utf8 := range []bool{true, false} {
		sound := sample(utf8).bytes()
		for off := 0; off+4 <= len(sound); off += 2 {
			for _, v := range []uint32{0, 1, 2, 0x7fff, 0xffff, 1 << 20, 1 << 31, none} {
				data := bytes.Clone(sound)
				le.PutUint32(data[off:], v)
				_, _ = axml.Decode(data, budget.New(budget.Limits{}))
				if checkValidated(t, data) {
					accepted++
				}
			}
		}
	}
	assert.Positive(t, accepted)
}
