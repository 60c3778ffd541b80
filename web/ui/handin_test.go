package ui_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// part is one part of a form; a file where it has a file name.
type part struct{ name, file, body string }

func form(t *testing.T, parts ...part) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var out io.Writer
		var err error
		if p.file == "" {
			out, err = w.CreateFormField(p.name)
		} else {
			out, err = w.CreateFormFile(p.name, p.file)
		}
		require.NoError(t, err)
		_, err = io.WriteString(out, p.body)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), b.String()
}

func TestReadHandedIn(t *testing.T) {
	t.Parallel()
	kind, body := form(t, part{"declaration", "d.yaml", "schema: x"}, part{"key", "", "k-1"},
		part{"package", "应用.apk", "PK-bytes"})
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	h, err := ui.ReadHandedIn(r)
	require.NoError(t, err)
	assert.Equal(t, "应用.apk", h.File)
	assert.Equal(t, "schema: x", h.Declaration)
	assert.Equal(t, "k-1", h.Fields["key"])
	got, err := io.ReadAll(h.Package)
	require.NoError(t, err)
	assert.Equal(t, "PK-bytes", string(got))
}

func TestReadHandedInRefuses(t *testing.T) {
	t.Parallel()
	sound := part{"package", "a.apk", "PK"}
	tests := []struct {
		name  string
		kind  string
		parts []part
		cut   int // bytes to take off the end
		want  string
	}{
		{"other_type", "application/json", []part{sound}, 0, "multipart/form-data"},
		{"no_boundary", "multipart/form-data", []part{sound}, 0, "boundary"},
		{"no_package", "", []part{{"declaration", "", "x"}}, 0, "named package"},
		{"text_too_long", "", []part{{"declaration", "", strings.Repeat("x", 3<<20)}, sound}, 0,
			"over 2 MiB"},
		{"package_is_not_last", "", []part{sound, {"declaration", "", "x"}}, 0, "the last"},
		{"cut_in_a_text", "", []part{{"declaration", "", "xxxxxxxxxxxxxxxx"}}, 70, "cut short"},
		{"cut_in_the_package", "", []part{{"package", "a.apk", strings.Repeat("P", 500)}}, 200,
			"cut short"},
		{"two_declarations", "", []part{
			{"declaration", "", "x"}, {"declaration", "d.yaml", "y"}, sound,
		}, 0, "two declarations"},
		{"many_parts", "", append(slices.Repeat([]part{{"x", "", ""}}, 101), sound), 0,
			"too many parts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			kind, body := form(t, tt.parts...)
			if tt.kind != "" {
				kind = tt.kind
			}
			r := httptest.NewRequest("POST", "/", strings.NewReader(body[:len(body)-tt.cut]))
			r.Header.Set("Content-Type", kind)
			h, err := ui.ReadHandedIn(r)
			if err == nil {
				_, err = io.Copy(io.Discard, h.Package)
			}
			require.ErrorContains(t, err, tt.want)
			assert.ErrorIs(t, err, review.ErrInvalid)
		})
	}
}

// TestReadHandedInTellsWhy keeps apart what is wrong with a form and what is wrong
// with its way here.
func TestReadHandedInTellsWhy(t *testing.T) {
	t.Parallel()
	kind, body := form(t, part{"declaration", "", "schema: x"},
		part{"package", "a.apk", strings.Repeat("P", 9000)})
	for _, cause := range []error{&http.MaxBytesError{Limit: 9}, os.ErrDeadlineExceeded} {
		for _, at := range []int{10, 150, 8000} {
			sent := io.MultiReader(strings.NewReader(body[:at]), iotest.ErrReader(cause))
			r := httptest.NewRequest("POST", "/", sent)
			r.Header.Set("Content-Type", kind)
			h, err := ui.ReadHandedIn(r)
			if err == nil {
				_, err = io.Copy(io.Discard, h.Package)
			}
			require.ErrorIs(t, err, cause, at)
			assert.NotErrorIs(t, err, review.ErrInvalid)
		}
	}
}
