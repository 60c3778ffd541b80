package arsc_test

import (
	"bytes"
	"testing"

	"github.com/shogo82148/androidbinary"
	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/arsc"
)

func seed(f *testing.F) {
	n := 0
	for _, layout := range forms {
		f.Add(sample(layout))
		n++
	}
	if n == 0 {
		f.Fatal("no seeds")
	}
}

// exhaust reads all that a table gives.
func exhaust(t *testing.T, data []byte) {
	table, err := arsc.Decode(data, budget.New(budget.Limits{Bytes: 64 << 20}))
	if (err == nil) != (table != nil) {
		t.Fatalf("table %v beside error %v", table, err)
	}
	if err != nil {
		return
	}
	size := 0
	for s := range table.Strings {
		size += len(s.Value)
		table.Resolve(s.ID, s.Lang)
	}
	table.Languages(0x7f010000)
	_ = table.Err()
}

func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(exhaust)
}

// FuzzValidate holds the validator to its promise: what it accepts, the library
// reads without harm, and our decoder reads too.
func FuzzValidate(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) { checkValidated(t, data) })
}

// checkValidated returns whether the validator accepts the data.
func checkValidated(t *testing.T, data []byte) bool {
	if arsc.Validate(data) != nil {
		return false
	}
	if _, err := arsc.Decode(data, budget.New(budget.Limits{})); err != nil {
		t.Fatalf("validated, but not decoded: %v", err)
	}
	defer func() { _ = recover() }() // the library panics on references by design
	table, err := androidbinary.NewTableFile(bytes.NewReader(data))
	if err != nil {
		return true
	}
	_, _ = table.GetResource(0x7f010000, &androidbinary.ResTableConfig{})
	return true
}

// TestEveryFieldPatched writes the values that counts and sizes lie with over
// every field of a sound table.
func TestEveryFieldPatched(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, layout := range []form{wide, sparse} {
		sound := sample(layout)
		for off := 0; off+4 <= len(sound); off += 2 {
			for _, v := range []uint32{0, 1, 0x7fff, 0xffff, 1 << 20, none} {
				data := bytes.Clone(sound)
				le.PutUint32(data[off:], v)
				exhaust(t, data)
				if checkValidated(t, data) {
					accepted++
				}
			}
		}
	}
	assert.Positive(t, accepted)
}
