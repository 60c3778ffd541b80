package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/api"
)

// ask is one request; off is one that the document does not allow.
type ask struct {
	method, path, token, kind string
	header                    http.Header
	body                      []byte
	off                       bool
}

// answer is what came back.
type answer struct {
	*http.Response
	text []byte
}

// do sends a request, and holds it and its answer to the document.
func (h *house) do(t *testing.T, a ask) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), a.method, h.url+a.path,
		bytes.NewReader(a.body))
	require.NoError(t, err)
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.kind != "" {
		r.Header.Set("Content-Type", a.kind)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	return h.held(t, r, a, response)
}

// held reads an answer and holds it to the document.
func (h *house) held(t *testing.T, r *http.Request, a ask, response *http.Response) answer {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	in, wrong := theContract(t).requested(r, a.body)
	if in == nil {
		require.Contains(t, []int{404, 405}, response.StatusCode, "%.200s", a.path)
	} else {
		assert.Equal(t, a.off, wrong != nil, "%s %.200s: %.500v", a.method, a.path, wrong)
		if a.method != http.MethodHead {
			assert.NoError(t, answered(in, response.StatusCode, response.Header, text),
				"%s %.200s: %d %.500s", a.method, a.path, response.StatusCode, text)
		}
	}
	got := answer{response, text}
	assert.NotEmpty(t, got.Header.Get("X-Request-Id"))
	assert.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	if got.StatusCode >= 400 && a.method != http.MethodHead {
		got.problem(t)
	}
	return got
}

func (h *house) get(t *testing.T, token, path string) answer {
	t.Helper()
	return h.do(t, ask{method: http.MethodGet, path: api.Prefix + path, token: token})
}

// problem is a document of RFC 9457.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string `json:"request_id"`
	Errors                    []struct {
		Field, Code, Path string
		Line              int
		Message           analyzer.Text
	}
}

// problem reads the document and holds it to what all of them are.
func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"), "%.500s", a.text)
	d := json.NewDecoder(bytes.NewReader(a.text))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&p))
	assert.Equal(t, a.StatusCode, p.Status)
	assert.Equal(t, "urn:listgate:problem:"+p.Code, p.Type)
	assert.Equal(t, a.Header.Get(web.RequestHeader), p.RequestID)
	chinese := a.Header.Get("Content-Language") == "zh-CN"
	assert.Equal(t, chinese, hasHan(p.Title), p.Title)
	for _, e := range p.Errors {
		assert.NotEmpty(t, e.Message.ZH)
		assert.NotEmpty(t, e.Message.EN)
	}
	return p
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

// refused requires a problem: its status, its code and, where they are named, the field
// and the code of its first reason.
func (a answer) refused(t *testing.T, status int, code string, reason ...string) problem {
	t.Helper()
	require.Equal(t, status, a.StatusCode, "%.500s", a.text)
	p := a.problem(t)
	require.Equal(t, code, p.Code, "%.500s", a.text)
	if len(reason) == 2 {
		require.NotEmpty(t, p.Errors, "%.500s", a.text)
		require.Equal(t, reason, []string{p.Errors[0].Field, p.Errors[0].Code})
	}
	return p
}

// submission is listgate.submission/v1, as a client reads it.
type submission struct {
	Schema, ID, Case, State, Received, Route string
	Package                                  struct {
		File, SHA256 string
		Size         int64
	}
	Scanned      bool
	Failure      *analyzer.Text
	Capabilities []string
	Decisions    []struct {
		ID, Measure, Status, Deadline string
		Automated                     bool
	}
	Links map[string]string
}

// submission reads the document of an answer.
func (a answer) submission(t *testing.T, status int) submission {
	t.Helper()
	require.Equal(t, status, a.StatusCode, "%.500s", a.text)
	conforms(t, "submission.v1.schema.json", a.text)
	var s submission
	require.NoError(t, json.Unmarshal(a.text, &s))
	return s
}

// part is one part of a form; a file where it has a file name.
type part struct {
	name, file string
	body       []byte
}

// form makes a form of parts.
func form(t *testing.T, parts ...part) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		create := w.CreateFormField
		if p.file != "" {
			create = func(name string) (io.Writer, error) { return w.CreateFormFile(name, p.file) }
		}
		out, err := create(p.name)
		require.NoError(t, err)
		_, err = out.Write(p.body)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), b.Bytes()
}

// upload is a request that hands in.
func upload(t *testing.T, token, key string, parts ...part) ask {
	t.Helper()
	a := ask{method: http.MethodPost, path: api.Prefix + "/submissions", token: token}
	a.kind, a.body = form(t, parts...)
	if key != "" {
		a.header = http.Header{"Idempotency-Key": {key}}
	}
	return a
}
