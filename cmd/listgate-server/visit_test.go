package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui/uitest"
)

// visitor is a person at a browser without scripts.
type visitor struct {
	t      *testing.T
	base   string
	lang   string
	client *http.Client
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// visit is a browser in which nobody is signed in.
func visit(t *testing.T, at *running) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{t, at.base, "zh", &http.Client{Jar: jar, CheckRedirect: noRedirect}}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// signIn is a browser in which a person of the house is signed in.
func signIn(t *testing.T, at *running, login string) *visitor {
	t.Helper()
	at.h.hire(login)
	v := visit(t, at)
	a := v.post("/signin", "login", login, "password", password)
	require.Equal(t, http.StatusSeeOther, a.status, a.says())
	return v
}

// in is the same browser in another language.
func (v *visitor) in(lang string) *visitor {
	other := *v
	other.lang = lang
	return &other
}

// on is the same browser in another test.
func (v *visitor) on(t *testing.T) *visitor {
	other := *v
	other.t = t
	return &other
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.must(http.MethodGet, path, "", nil)
}

// post sends a form, given as names and values.
func (v *visitor) post(path string, pairs ...string) answer {
	v.t.Helper()
	return v.must(http.MethodPost, path, "application/x-www-form-urlencoded",
		strings.NewReader(formOf(pairs).Encode()))
}

func formOf(pairs []string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// upload sends a form whose last part is a file.
func (v *visitor) upload(path, field string, f file, pairs ...string) answer {
	v.t.Helper()
	kind, body := multipartOf(v.t, field, f, pairs...)
	return v.must(http.MethodPost, path, kind, body)
}

func (v *visitor) must(method, path, kind string, body io.Reader) answer {
	v.t.Helper()
	a, err := v.try(method, path, kind, body)
	require.NoError(v.t, err)
	return a
}

// try is must for more than one at a time.
func (v *visitor) try(method, path, kind string, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, body)
	if err != nil {
		return answer{}, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.AddCookie(&http.Cookie{Name: "listgate-lang", Value: v.lang})
	return do(v.client, r)
}

// do sends a request and reads the answer.
func do(c *http.Client, r *http.Request) (answer, error) {
	got, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, string(body)}, err
}

// tree is the page that came back.
func (a answer) tree() uitest.Node {
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		return uitest.Node{Node: &html.Node{}}
	}
	return uitest.Node{Node: root}
}

// says is what a person reads of the page that came back.
func (a answer) says() string { return a.tree().Text() }

// complains is what the page says is wrong.
func (a answer) complains() string {
	var said []string
	for _, selector := range []string{"[role=alert]", ".problem"} {
		for _, n := range a.tree().All(selector) {
			said = append(said, n.Text())
		}
	}
	return strings.Join(said, " ")
}

// file is a file that is sent.
type file struct {
	name string
	body []byte
}

// multipartOf is a form with texts and, last, a file.
func multipartOf(t *testing.T, field string, f file, pairs ...string) (kind string, b io.Reader) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, w.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := w.CreateFormFile(field, f.name)
	require.NoError(t, err)
	_, err = part.Write(f.body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return w.FormDataContentType(), &out
}

// pipeline is a program with a token.
type pipeline struct {
	t     *testing.T
	base  string
	token string
}

func (h *house) pipeline(at *running) *pipeline { return &pipeline{h.t, at.base, h.token} }

// ask sends a request to the API.
func (p *pipeline) ask(ctx context.Context, method, path string, body io.Reader,
	header ...string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.base+"/api/v1"+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return do(http.DefaultClient, r)
}

func (p *pipeline) get(path string) answer {
	p.t.Helper()
	a, err := p.ask(p.t.Context(), http.MethodGet, path, nil)
	require.NoError(p.t, err)
	return a
}

// pack is a package as a pipeline hands it in.
type pack struct {
	file        string
	body        []byte
	declaration string
	key         string
}

// send hands a package in, in the language of the answer.
func (p *pipeline) send(ctx context.Context, in pack, lang string) (answer, error) {
	var pairs []string
	if in.declaration != "" {
		pairs = []string{"declaration", in.declaration}
	}
	kind, body := multipartOf(p.t, "package", file{in.file, in.body}, pairs...)
	header := []string{"Content-Type", kind}
	if in.key != "" {
		header = append(header, "Idempotency-Key", in.key)
	}
	return p.ask(ctx, http.MethodPost, "/submissions?lang="+lang, body, header...)
}

// submitted is what the API says of a submission.
type submitted struct {
	ID        string
	Case      string
	State     review.CaseState
	Scanned   bool
	Failure   analyzer.Text
	Route     review.Route
	Decisions []struct {
		ID        string
		Measure   review.Measure
		Automated bool
	}
	Links struct{ Report string }
}

// submit hands a package in that has to be taken.
func (p *pipeline) submit(in pack) submitted {
	p.t.Helper()
	a, err := p.send(p.t.Context(), in, "zh")
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusAccepted, a.status, a.body)
	return readJSON[submitted](p.t, a)
}

// state is how a submission stands.
func (p *pipeline) state(caseID string) submitted {
	p.t.Helper()
	a := p.get("/submissions/" + caseID)
	require.Equal(p.t, http.StatusOK, a.status, a.body)
	return readJSON[submitted](p.t, a)
}

// scanned hands a package in and waits for the end of its scan.
func (p *pipeline) scanned(in pack) submitted {
	p.t.Helper()
	s := p.submit(in)
	soon(p.t, func() bool {
		s = p.state(s.Case)
		return s.State != review.CaseReceived && s.State != review.CaseScanning
	}, "the scan of %s does not end", in.file)
	return s
}

// trouble is an error of the API.
type trouble struct {
	Status              int
	Code, Title, Detail string
	Errors              []struct {
		Field, Code string
		Message     analyzer.Text
	}
}

func readJSON[T any](t *testing.T, a answer) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

// atOnce runs all at the same moment, and returns when all have ended.
func atOnce(do ...func()) {
	var line, all sync.WaitGroup
	line.Add(len(do))
	for _, one := range do {
		all.Go(func() {
			line.Done()
			line.Wait()
			one()
		})
	}
	all.Wait()
}
