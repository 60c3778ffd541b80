package facts_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

func sample() *analyzer.Facts {
	f := &analyzer.Facts{
		Schema:  analyzer.FactsSchema,
		Readers: []analyzer.ReaderVersion{{Name: "r", Version: 2}},
	}
	f.Package = analyzer.Package{
		Format: analyzer.APK,
		ID:     "com.example",
		Labels: map[string]string{"": "<例>"},
	}
	table := analyzer.ClassTable{Entry: "classes.dex"}
	table.Defined.Add("com.example.A", 0x70)
	f.Add(table)
	f.Add(
		analyzer.Gap{
			Reason: analyzer.GapBudget,
			Where:  analyzer.Where{Entry: "x", Offset: 3, Part: "p"},
		},
	)
	return f
}

func TestReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	var stored bytes.Buffer
	require.NoError(t, facts.Write(&stored, sample()))
	plain, err := facts.Marshal(sample())
	require.NoError(t, err)
	assert.Contains(t, string(plain), "<例>", "no escapes for HTML")
	for name, doc := range map[string][]byte{"compressed": stored.Bytes(), "plain": plain} {
		got, err := facts.Read(bytes.NewReader(doc))
		require.NoError(t, err, name)
		if diff := cmp.Diff(sample(), got); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ doc, want string }{
		"empty":         {"", "EOF"},
		"not_json":      {"hello world", "invalid character"},
		"unknown_field": {`{"schema":"listgate.facts/v1","verdict":"bad"}`, "unknown field"},
		"another_schema": {
			`{"schema":"listgate.facts/v9","readers":[],"package":{}}`,
			"unknown facts schema",
		},
		"trailing_bytes": {`{"schema":"listgate.facts/v1"} {}`, "after the document"},
		"lists_that_lie": {
			`{"schema":"listgate.facts/v1",
			  "classes":[{"entry":"c","defined":{"names":["a"],"at":[]}}]}`,
			"c: 1 names and 0 offsets",
		},
		"broken_frame":  {"\x28\xB5\x2F\xFD\xff\xff\xff\xff", "read facts"},
		"deeply_nested": {strings.Repeat("[", 1<<20), "read facts"},
		"wrong_types":   {`{"schema":["listgate.facts/v1"]}`, "cannot unmarshal"},
		"negative_offset": {
			`{"schema":"listgate.facts/v1","libraries":[{"entry":"l","elf":true,"size":1,
			  "sha256":"","exports":{"names":["a"],"at":[-1]},"jni":{}}]}`,
			"cannot unmarshal",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := facts.Read(strings.NewReader(c.doc))
			require.ErrorContains(t, err, c.want)
			assert.Nil(t, got)
		})
	}
	_, err := facts.Read(strings.NewReader(cases["another_schema"].doc))
	require.ErrorIs(t, err, facts.ErrSchema)
}

// TestReadIsBounded gives a frame of a kilobyte that inflates beyond the bound.
func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	enc, err := zstd.NewWriter(&bomb)
	require.NoError(t, err)
	block := bytes.Repeat([]byte{' '}, 1<<20)
	for range facts.MaxDocument>>20 + 2 {
		_, err := enc.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, enc.Close())
	_, err = facts.Read(&bomb)
	require.Error(t, err)
}

func FuzzRead(f *testing.F) {
	var stored bytes.Buffer
	if err := facts.Write(&stored, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(stored.Bytes())
	f.Add([]byte(`{"schema":"listgate.facts/v1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := facts.Read(bytes.NewReader(data))
		if (got == nil) == (err == nil) {
			t.Fatal("a document beside an error, or neither")
		}
		if err != nil {
			return
		}
		doc, err := facts.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := facts.Read(bytes.NewReader(doc)); err != nil || !cmp.Equal(got, again) {
			t.Fatalf("does not survive a round trip: %v", err)
		}
	})
}
