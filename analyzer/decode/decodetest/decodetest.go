// Package decodetest builds models for the tests of their decoders and holds every
// decoder to the same properties.
package decodetest

import (
	"errors"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/fixtures/modelfile"
)

// Model builds the model that the YAML describes.
func Model(t testing.TB, description string) []byte {
	t.Helper()
	var m modelfile.Model
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(description), &m, yaml.Strict()))
	data, err := modelfile.Build(m)
	require.NoError(t, err)
	return data
}

// Decoder decodes and tells only whether it gave something, and the error.
type Decoder func(data []byte) (given bool, err error)

// Truncated asks for an error for every prefix, the last bytes aside, which may be
// padding or numbers that nobody reads.
func Truncated(t *testing.T, data []byte, slack int, decode Decoder) {
	t.Helper()
	require.Greater(t, len(data), slack)
	given, err := decode(data)
	require.NoError(t, err, "the whole")
	require.True(t, given, "the whole")
	for n := range len(data) - slack {
		_, err := decode(data[:n])
		var f *budget.FormatError
		if !assert.True(t, errors.As(err, &f), "the first %d of %d bytes: %v", n, len(data), err) {
			return
		}
	}
}

// Refused asks for nothing but a FormatError.
func Refused(t *testing.T, cases map[string][]byte, decode Decoder) {
	t.Helper()
	require.NotEmpty(t, cases)
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given, err := decode(data)
			var f *budget.FormatError
			assert.True(t, errors.As(err, &f), "%v", err)
			assert.False(t, given)
		})
	}
}

// Fuzz runs the decoder over the seeds and what becomes of them: it gives something
// or an error of the right type, and the same for the same bytes.
func Fuzz(f *testing.F, seeds [][]byte, decode Decoder) {
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s)
		f.Add(s[:len(s)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		given, err := decode(data)
		again, twice := decode(data)
		var format *budget.FormatError
		switch {
		case !given && err == nil:
			t.Fatal("neither a model nor an error")
		case err != nil && !errors.As(err, &format):
			t.Fatalf("an error of another type: %v", err)
		case given != again || (err == nil) != (twice == nil):
			t.Fatal("another result for the same bytes")
		}
	})
}
