package ber_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/ber"
)

func TestNext(t *testing.T) {
	t.Parallel()
	long := append([]byte{0x04, 0x82, 0x01, 0x00}, bytes.Repeat([]byte{7}, 256)...)
	cases := []struct {
		name       string
		in         []byte
		tag        byte
		body, rest []byte
	}{
		{"short_length", []byte{0x04, 2, 1, 2, 9}, 0x04, []byte{1, 2}, []byte{9}},
		{"long_length", long, 0x04, bytes.Repeat([]byte{7}, 256), []byte{}},
		{"empty", []byte{0x30, 0}, 0x30, []byte{}, []byte{}},
		{
			"indefinite",
			[]byte{0x30, 0x80, 0x02, 1, 5, 0, 0, 9},
			0x30,
			[]byte{0x02, 1, 5},
			[]byte{9},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, rest, err := ber.New("test", 0).Next(c.in, 0)
			require.NoError(t, err)
			assert.Equal(t, c.tag, e.Tag)
			assert.Equal(t, c.body, e.Body)
			assert.Equal(t, c.rest, rest)
			assert.Equal(t, c.in[:len(c.in)-len(rest)], e.Raw)
		})
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string][]byte{
		"nothing": {}, "one_byte": {0x04}, "cut": {0x04, 5, 1}, "length_cut": {0x04, 0x82, 1},
		"length_too_wide": {0x04, 0x85, 0, 0, 0, 0, 1, 0}, "high_tag": {0x1f, 0x81, 1, 0},
		"primitive_without_length": {0x04, 0x80, 0, 0}, "no_end_mark": {0x30, 0x80, 0x02, 1, 5},
		"nested_too_deep": bytes.Repeat([]byte{0x30, 0x80}, 100),
	} {
		_, _, err := ber.New("test", 4).Next(in, 0)
		var f *budget.FormatError
		require.True(t, errors.As(err, &f), name)
		assert.Equal(t, "test", f.Part)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	r := ber.New("test", -1)
	e, err := r.One([]byte{0x30, 6, 0x02, 1, 5, 0x04, 1, 9}, ber.TagSequence)
	require.NoError(t, err)
	all, err := r.Fields(e, ber.TagInteger)
	require.NoError(t, err)
	assert.Len(t, all, 2, "more than the named fields may stand there")
	_, err = r.Fields(e, ber.TagOctets)
	require.Error(t, err)
	_, err = r.Fields(e, ber.TagInteger, ber.TagOctets, ber.TagOctets)
	require.Error(t, err)
	_, err = r.One([]byte{0x31, 0}, ber.TagSequence)
	require.Error(t, err)
}

// TestStepsAreBounded splits more elements than a signature ever has.
func TestStepsAreBounded(t *testing.T) {
	t.Parallel()
	many := bytes.Repeat([]byte{0x05, 0}, 1<<17)
	_, err := ber.New("test", 0).Children(ber.Element{Body: many})
	require.Error(t, err)
}

func FuzzNext(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x02, 1, 5, 0, 0, 9})
	f.Add([]byte{0x04, 0x82, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, rest, err := ber.New("test", 0).Next(data, 0)
		if err == nil && len(e.Raw)+len(rest) != len(data) {
			t.Fatal("bytes were lost")
		}
	})
}
