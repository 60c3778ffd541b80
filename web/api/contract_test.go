package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/web/api"
)

// contract is openapi.yaml, to which every exchange is held.
type contract struct {
	doc    *openapi3.T
	router routers.Router
}

var contractOnce = sync.OnceValues(func() (c contract, err error) {
	if c.doc, err = openapi3.NewLoader().LoadFromFile("openapi.yaml"); err != nil {
		return c, err
	}
	c.router, err = legacy.NewRouter(c.doc)
	return c, err
})

func theContract(t testing.TB) contract {
	t.Helper()
	c, err := contractOnce()
	require.NoError(t, err)
	return c
}

// strict leaves nothing out, and reads schemas as JSON Schema 2020-12.
func strict() *openapi3filter.Options {
	return &openapi3filter.Options{
		IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, MultiError: true,
		AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableJSONSchema2020()},
	}
}

// requested returns what validates an answer to the request, nil where the document
// knows no such operation, and what is wrong with the request.
func (c contract) requested(r *http.Request, body []byte) (
	*openapi3filter.RequestValidationInput, error,
) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "", "", ""
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet
	}
	r.Body, r.ContentLength = http.NoBody, 0
	if len(body) > 0 {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	route, params, err := c.router.FindRoute(r)
	if err != nil || strings.HasSuffix(r.URL.Path, "/") { // which the router does not see
		return nil, nil
	}
	in := &openapi3filter.RequestValidationInput{Request: r, Route: route, PathParams: params,
		Options: strict()}
	return in, openapi3filter.ValidateRequest(r.Context(), in)
}

// answered says what is wrong with an answer.
func answered(in *openapi3filter.RequestValidationInput, status int, h http.Header,
	body []byte) error {
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: status,
		Header: h, Options: strict()}
	return openapi3filter.ValidateResponse(in.Request.Context(), out.SetBodyBytes(body))
}

func TestDocumentIsSound(t *testing.T) {
	t.Parallel()
	c := theContract(t)
	require.True(t, c.doc.IsOpenAPI31OrLater())
	require.NoError(t, c.doc.Validate(t.Context()))
	seen := map[string]bool{}
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			assert.NotEmpty(t, op.Summary, at)
			assert.False(t, seen[op.OperationID], "two operations are %s", op.OperationID)
			seen[op.OperationID] = true
		}
	}
}

// TestEveryRouteIsDescribed compares the routes with the document, both ways.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	var described, served []string
	for path, item := range theContract(t).doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+api.Prefix+path)
			if method == http.MethodGet {
				described = append(described, http.MethodHead+" "+api.Prefix+path)
			}
		}
	}
	engine, ok := api.New(api.Options{}).(*gin.Engine)
	require.True(t, ok)
	parameter := regexp.MustCompile(`:([a-z]+)`)
	for _, r := range engine.Routes() {
		served = append(served, r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}"))
	}
	require.NotEmpty(t, served)
	assert.ElementsMatch(t, described, served)
}

// TestValidationFindsWhatIsWrong proves that the tests would find an answer that does
// not hold, a wrong const among them, which the library once let through.
func TestValidationFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const sound = `{"schema":"listgate.submission/v1","id":"1","case":"2","state":"waiting",
		"received":"2026-11-23T02:00:00Z","package":{"file":"a.apk","sha256":"` +
		"0000000000000000000000000000000000000000000000000000000000000000" + `","size":1},
		"scanned":true,"capabilities":[],"decisions":[],"route":"clear",
		"links":{"self":"a","letters":"b","case":"c"}}`
	tests := []struct{ name, old, made string }{
		{"const", "submission/v1", "submission/v2"},
		{"enum", `"waiting"`, `"asleep"`},
		{"reference_to_an_enum", `"clear"`, `"clean"`},
		{"pattern", "02:00:00Z", "02:00:00+08:00"},
		{"type", `"size":1`, `"size":"1"`},
		{"missing_field", `"scanned":true,`, ""},
		{"unknown_field", `"scanned":true,`, `"scanned":true,"secret":1,`},
		{"unknown_inner_field", `"self":"a"`, `"self":"a","other":"b"`},
	}
	r := httptest.NewRequest(http.MethodGet, "/api/v1/submissions/2", nil)
	in, err := theContract(t).requested(r, nil)
	require.NoError(t, err)
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	require.NoError(t, answered(in, 200, header, []byte(sound)))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, sound, tt.old)
			wrong := strings.Replace(sound, tt.old, tt.made, 1)
			assert.Error(t, answered(in, 200, header, []byte(wrong)))
		})
	}
	assert.Error(t, answered(in, 418, header, []byte(sound)), "a status that nobody described")
	assert.Error(t, answered(in, 200, http.Header{"Content-Type": {"text/html"}},
		[]byte(sound)), "a media type that nobody described")
	assert.Error(t, answered(in, 401, http.Header{"Content-Type": {"application/problem+json"}},
		[]byte(`{"type":"urn:listgate:problem:token","title":"x","status":401,"code":"token"}`)),
		"a header that is missing")
}

// TestCodesAreDescribed compares the codes of problems with the document.
func TestCodesAreDescribed(t *testing.T) {
	t.Parallel()
	var described []string
	code := theContract(t).doc.Components.Schemas["Problem"].Value.Properties["code"].Value
	for _, word := range code.Enum {
		described = append(described, word.(string))
	}
	assert.ElementsMatch(t, described, api.Codes())
}

// TestPublishedSchemaIsTheDocuments holds docs/schema to the document: both say what
// listgate.submission/v1 is.
func TestPublishedSchemaIsTheDocuments(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	var doc struct {
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, yaml.Unmarshal(text, &doc))
	all, err := json.Marshal(doc.Components.Schemas)
	require.NoError(t, err)
	all = bytes.ReplaceAll(all, []byte("#/components/schemas/"), []byte("#/$defs/"))
	var schemas map[string]any
	require.NoError(t, json.Unmarshal(all, &schemas))
	want, ok := schemas["Submission"].(map[string]any)
	require.True(t, ok)
	defs := map[string]any{}
	for _, name := range []string{"Decision", "Route", "Severity", "State", "Text", "Time"} {
		defs[name] = schemas[name]
	}
	want["$defs"] = defs
	published, err := os.ReadFile("../../docs/schema/submission.v1.schema.json")
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(published, &got))
	assert.Equal(t, "https://json-schema.org/draft/2020-12/schema", got["$schema"])
	assert.Equal(t, "listgate.submission/v1", got["$id"])
	assert.NotEmpty(t, got["title"])
	for _, own := range []string{"$schema", "$id", "title"} {
		delete(got, own)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("docs/schema/submission.v1.schema.json differs from openapi.yaml:\n%s", diff)
	}
}

// conforms holds a document to a schema of docs/schema.
func conforms(t *testing.T, name string, document []byte) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/schema/" + name)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	require.NoError(t, s.Validate(value))
}
