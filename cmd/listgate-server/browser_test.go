package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
	"github.com/listgate/listgate/internal/browser"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store/storetest"
)

// seat is a person before a browser.
type seat struct {
	*testing.T
	tab *browser.Tab
}

// sit starts a browser and signs a person in.
func sit(t *testing.T, at *running, login string) seat {
	t.Helper()
	tab, end, err := browser.Open(t.Context(), at.base, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(end)
	require.NoError(t, tab.SignIn(login, password))
	return seat{t, tab}
}

// do does steps; say says what for.
func (d seat) do(say string, steps ...chromedp.Action) {
	d.Helper()
	if err := d.tab.Run(steps...); err != nil {
		body, _ := d.tab.Text("body")
		require.NoError(d, err, "%s\n%s", say, body)
	}
}

// sees wants a text in the first element of a selector.
func (d seat) sees(selector, want string) {
	d.Helper()
	got, err := d.tab.Text(selector)
	require.NoError(d, err, selector)
	require.Contains(d, got, want, selector)
}

// lacks wants no such element.
func (d seat) lacks(selector string) {
	d.Helper()
	var n int
	d.do("count", chromedp.Evaluate(
		fmt.Sprintf("document.querySelectorAll(%q).length", selector), &n))
	require.Zero(d, n, selector)
}

// waits reloads until an element is there: a scan ends when it ends.
func (d seat) waits(selector string) {
	d.Helper()
	d.do("wait for "+selector, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

// handIn uploads a package with a declaration, and waits for its scan.
func (d seat) handIn(path, declaration string) (address string) {
	d.Helper()
	require.NoError(d, d.tab.Visit("/upload"))
	d.do("upload", browser.Fill("#declaration", declaration),
		chromedp.SetUploadFiles("#package", []string{path}, chromedp.ByQuery),
		browser.Press("form#upload button.primary"))
	d.waits("#findings")
	d.do("where", chromedp.Evaluate("location.pathname", &address))
	return address
}

// build makes a package from a description of the demo.
func build(t *testing.T, name string) (path, declaration string) {
	t.Helper()
	description, err := demoFiles.ReadFile("demo/" + name + ".txtar")
	require.NoError(t, err)
	body, err := fixtures.Build(description)
	require.NoError(t, err)
	text, err := demoFiles.ReadFile("demo/" + name + ".yaml")
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), name+".apk")
	require.NoError(t, os.WriteFile(path, body, 0o600))
	return path, string(text)
}

const (
	suspensionReason = "声明称不提供生成合成服务，安装包中却有语音合成组件，声明与实际不符，建议暂停下载。"
	suspensionRemedy = "更正声明，提交算法备案编号和标识材料。"
)

// TestBrowser walks the main job: an application is listed; its next version, just
// built, shows what its declaration denies; one person proposes a suspension and is
// refused as the second, another approves; letter, ledger and proof are there.
func TestBrowser(t *testing.T) {
	t.Parallel()
	storetest.EmptySources(t, func(t *testing.T, source string) {
		h := newHouse(t, source)
		at := h.serve()
		chen := sit(t, at, chen)
		first, declaration := build(t, "voicechat-1")
		listed := chen.handIn(first, declaration)
		chen.sees("#decisions", "准予上架")
		chen.sees("#decisions", "自动决定")

		second, declaration := build(t, "voicechat-2")
		address := chen.handIn(second, declaration)
		require.NotEqual(t, listed, address)
		chen.sees("#finding-iflytek-msc", "com.iflytek.cloud.SpeechSynthesizer")
		chen.sees("#finding-iflytek-msc", "classes.dex@0x")
		chen.sees("#check-TR-01", "声明")
		chen.lacks("form#decide")
		chen.do("claim", browser.Press("form#claim button"))
		chen.incomplete()
		chen.propose()
		chen.sees("#pending", "您是提出人，不能作为第二人审批")
		chen.lacks("form#approve")
		chen.approvesAllTheSame()

		zhao := sit(t, at, zhao)
		require.NoError(t, zhao.tab.Visit("/cases?tab=approve"))
		zhao.sees("table.grid", "声伴")
		require.NoError(t, zhao.tab.Visit(address))
		zhao.do("approve", browser.Press("form#approve button"))
		zhao.sees("#decisions", "暂停")
		zhao.sees("#head", "已暂停")
		zhao.letterAndProof(h)
	})
}

// incomplete sends the form empty: it says what is missing, and keeps what is there.
func (d seat) incomplete() {
	d.Helper()
	d.do("empty form", browser.Fill("#reason", "理由"),
		chromedp.Click("form#decide .acts button.primary", chromedp.ByQuery),
		chromedp.WaitVisible("#missing", chromedp.ByQuery))
	d.sees("#missing", "缺漏")
	d.sees("#f-grounds", "至少须有一项依据")
	d.sees("#f-evidence", "至少须引用一项证据")
	var kept string
	d.do("kept", chromedp.Value("#reason", &kept, chromedp.ByQuery))
	assert.Equal(d, "理由", kept)
}

// choose ticks a box or a radio button by its value.
func choose(name, value string) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf(
		"document.querySelector(`input[name=%s][value=%q]`).click()", name, value), nil)
}

func (d seat) propose() {
	d.Helper()
	d.do("propose", choose("measure", "suspend"), choose("scope", "downloads"),
		choose("obligations", "TR-01"),
		chromedp.Evaluate("document.querySelector('input[name=evidence]').click()", nil),
		browser.Fill("#reason", suspensionReason), browser.Fill("#remedy_zh", suspensionRemedy),
		browser.Fill("#working_days", "5"),
		browser.Press("form#decide .acts button.primary"))
}

// approvesAllTheSame sends what the page does not offer.
func (d seat) approvesAllTheSame() {
	d.Helper()
	d.do("approve one's own", chromedp.Evaluate(
		"document.querySelector('form#retract input[name=on]').value = 'approve'", nil),
		browser.Press("form#retract button"))
	d.sees("#refused", "提出人不能作为第二人审批")
	d.sees("#pending", "暂停")
}

// letterAndProof reads the letter in both languages, and has the proof verified.
func (d seat) letterAndProof(h *house) {
	d.Helper()
	var letter, proof string
	d.do("links", attribute(`#letters a[href*="/letters/"]`, &letter),
		attribute(`#ledger a[href$="/proof"]`, &proof))
	require.NoError(d, d.tab.Visit(letter))
	d.sees("main", suspensionReason)
	d.sees("main", "This is a translation; the Chinese letter counts.")
	var body string
	d.do("proof", chromedp.Evaluate(fmt.Sprintf("fetch(%q).then(r => r.text())", proof), &body,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
			return p.WithAwaitPromise(true)
		}))
	path := filepath.Join(d.TempDir(), "proof.json")
	require.NoError(d, os.WriteFile(path, []byte(body), 0o600))
	seq, _, _ := strings.Cut(strings.TrimPrefix(proof[strings.Index(proof, "/ledger/"):],
		"/ledger/"), "/")
	assert.Equal(d, h.must("", "ledger", "proof", seq), body, "the command writes the same")
	verifies(d.T, h, path)
}

func attribute(selector string, value *string) chromedp.Action {
	return chromedp.AttributeValue(selector, "href", value, nil, chromedp.ByQuery)
}

// verifies has the command that anybody can run verify a proof.
func verifies(t *testing.T, h *house, path string) {
	t.Helper()
	proof, err := os.Open(path)
	require.NoError(t, err)
	defer proof.Close()
	keys, err := ledger.ReadVerifiers(h.path("ledger.pub"))
	require.NoError(t, err)
	proven, err := ledger.VerifyProof(proof, keys...)
	require.NoError(t, err)
	assert.Contains(t, string(proven.Entry.Body), suspensionReason)
}
