package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
)

// counter is where a house is tried: one that serves, and the people before it.
type counter struct {
	t    *testing.T
	h    *house
	at   *running
	kept *kept
	p    *pipeline

	mu     sync.Mutex
	people map[string]*visitor // who signed in, by login
}

// openCounter sets up a house and starts it.
func openCounter(t *testing.T, source string, more ...string) *counter {
	t.Helper()
	h := newOffice(t, source, more...)
	at := h.serve()
	return &counter{
		t: t, h: h, at: at, kept: h.kept(), p: h.pipeline(at), people: map[string]*visitor{},
	}
}

// who is a person at a browser, signed in.
func (c *counter) who(login string) *visitor {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.people[login] == nil {
		c.people[login] = signIn(c.t, c.at, login)
	}
	return c.people[login]
}

// words are what is said of a refusal in each language.
type words struct{ zh, en string }

// refused does something that has to be refused, in both languages, with a status and
// the words; nothing that is kept changes by it.
func (c *counter) refused(t *testing.T, status int, want words, do func(lang string) answer) {
	t.Helper()
	c.kept.on(t).unchanged(func() {
		for lang, said := range map[string]string{"zh": want.zh, "en": want.en} {
			a := do(lang)
			assert.Equal(t, status, a.status, "%s: %s", lang, a.complains())
			assert.Contains(t, a.complains(), said, lang)
		}
	})
}

// refusedForm is refused for a form that a person sends.
func (c *counter) refusedForm(
	t *testing.T, login, path string, status int, want words, pairs ...string,
) {
	t.Helper()
	v := c.who(login).on(t)
	c.refused(t, status, want, func(lang string) answer {
		return v.in(lang).post(path, pairs...)
	})
}

// rev is the version of a case that a form on its page names.
func (v *visitor) rev(caseID, form string) string {
	v.t.Helper()
	fields := v.get("/cases/" + caseID).tree().All("form#" + form + " input[name=rev]")
	require.Len(v.t, fields, 1, "the form %s is not on the page", form)
	return fields[0].Attr("value")
}

// claim claims a case and returns the version that the form of its decision names.
func (v *visitor) claim(caseID string) (rev string) {
	v.t.Helper()
	a := v.post("/cases/" + caseID + "/claim")
	require.Equal(v.t, http.StatusSeeOther, a.status, a.says())
	return v.rev(caseID, "decide")
}

// refusal is a sound decision to refuse an application that speaks.
func refusal(rev string) []string {
	return []string{"rev", rev, "measure", "refuse", "obligations", "ST-01",
		"evidence", "finding:iflytek-msc", "reason", "安装包中有语音合成组件，没有提交声明，不予上架。"}
}

// without leaves a field out of a form.
func without(form []string, name string) []string {
	var out []string
	for i := 0; i < len(form); i += 2 {
		if form[i] != name {
			out = append(out, form[i], form[i+1])
		}
	}
	return out
}

// with puts another value into a form.
func with(form []string, name, value string) []string {
	return append(without(form, name), name, value)
}

// TestDecisionIsRefused tries decisions that do not hold.
func TestDecisionIsRefused(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		s := c.p.scanned(voicePack(t, 1))
		require.Equal(t, review.CaseWaiting, s.State)
		path := "/cases/" + s.Case
		rev := c.who(wang).claim(s.Case)
		t.Run("without_a_ground", func(t *testing.T) {
			c.refusedForm(t, wang, path+"/decide", http.StatusUnprocessableEntity,
				words{"至少须有一项依据：条文或者义务", "at least one ground is needed"},
				without(refusal(rev), "obligations")...)
		})
		t.Run("keeps_what_was_written", func(t *testing.T) {
			a := c.who(wang).on(t).post(path+"/decide", without(refusal(rev), "obligations")...)
			reason := a.tree().All("textarea#reason")
			require.Len(t, reason, 1)
			assert.Contains(t, reason[0].Text(), "没有提交声明，不予上架")
			assert.Contains(t, a.says(), "尚未保存，填写的内容仍在")
		})
		t.Run("on_an_unknown_ground", func(t *testing.T) {
			c.refusedForm(t, wang, path+"/decide", http.StatusUnprocessableEntity,
				words{"法规中没有义务 XX-99", "has no obligation XX-99"},
				with(refusal(rev), "obligations", "XX-99")...)
		})
		t.Run("on_evidence_of_another_case", func(t *testing.T) {
			c.refusedForm(t, wang, path+"/decide", http.StatusUnprocessableEntity,
				words{"案件中没有这项证据：检测发现 faceplusplus", "the case holds no such evidence"},
				with(refusal(rev), "evidence", "finding:faceplusplus")...)
		})
		t.Run("claim_on_a_claimed_case", func(t *testing.T) {
			c.refusedForm(t, liu, path+"/claim", http.StatusConflict,
				words{"案件已由 王审核 领取，有效至", "王审核 has claimed the case until"})
		})
		t.Run("by_who_has_not_claimed_it", func(t *testing.T) {
			c.refusedForm(t, liu, path+"/decide", http.StatusConflict,
				words{"案件已由 王审核 领取", "王审核 has claimed the case"}, refusal(rev)...)
		})
		t.Run("of_a_stale_version", func(t *testing.T) {
			// The person gave the case back and took it again in another window.
			require.Equal(t, http.StatusSeeOther, c.who(wang).on(t).post(path+"/drop").status)
			fresh := c.who(wang).on(t).claim(s.Case)
			require.NotEqual(t, rev, fresh)
			c.refusedForm(t, wang, path+"/decide", http.StatusConflict,
				words{"案件已被他人更改，请重新载入", "the case was changed by another; load it again"},
				refusal(rev)...)
			a := c.who(wang).on(t).post(path+"/decide", refusal(fresh)...)
			assert.Equal(t, http.StatusSeeOther, a.status, a.says())
		})
		t.Run("of_a_case_that_is_decided", func(t *testing.T) {
			c.refusedForm(t, wang, path+"/decide", http.StatusConflict,
				words{"作出决定前须先领取案件", "a case is claimed before it is decided"},
				refusal(rev)...)
		})
		assert.EqualValues(t, 1, c.kept.count("SELECT count(*) FROM case_decisions"))
		assert.EqualValues(t, 1, c.kept.count("SELECT count(*) FROM letters"))
		assert.Contains(t, c.h.must("", "ledger", "verify"), "the ledger holds")
	})
}

// proposal hands in an application that is listed, and its next version that shows
// what its declaration denies; a person proposes to suspend it.
func (c *counter) proposal(login string) (caseID, decision string) {
	c.t.Helper()
	var s submitted
	for _, name := range []string{"voicechat-1", "voicechat-2"} {
		s = c.p.scanned(demoPack(c.t, name))
	}
	require.Equal(c.t, review.CaseWaiting, s.State)
	v := c.who(login)
	a := v.post("/cases/"+s.Case+"/decide", "rev", v.claim(s.Case), "measure", "suspend",
		"scope", "updates", "articles", "dsp 13", "obligations", "TR-01",
		"evidence", "finding:iflytek-msc", "working_days", "5",
		"reason", "声明称不提供生成合成服务，安装包中却有语音合成组件，建议暂停更新。",
		"remedy_zh", "更正声明，提交算法备案编号。", "remedy_en", "Correct the declaration.")
	require.Equal(c.t, http.StatusSeeOther, a.status, a.says())
	require.Equal(c.t, review.CaseProposed, c.p.state(s.Case).State)
	forms := c.who(zhao).get("/cases/" + s.Case).tree().All("form#approve")
	require.Len(c.t, forms, 1)
	path := strings.Split(forms[0].Attr("action"), "/")
	return s.Case, path[4] // /cases/CASE/decisions/DECISION/follow
}

// demoPack is a package of the demo with its declaration.
func demoPack(t *testing.T, name string) pack {
	t.Helper()
	body, err := chapter{name: name}.build()
	require.NoError(t, err)
	text, err := chapter{declaration: name + ".yaml"}.declared()
	require.NoError(t, err)
	return pack{file: name + ".apk", body: body, declaration: text}
}

// TestSecondPersonIsRefused tries approvals that do not hold.
func TestSecondPersonIsRefused(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		id, decision := c.proposal(chen)
		path := "/cases/" + id + "/decisions/" + decision + "/follow"
		rev := c.who(zhao).rev(id, "approve")
		t.Run("same_person", func(t *testing.T) {
			c.refusedForm(t, chen, path, http.StatusForbidden,
				words{"提出人不能作为第二人审批", "who proposed is not the second person"},
				"rev", rev, "on", "approve")
		})
		t.Run("same_person_rejects", func(t *testing.T) {
			c.refusedForm(t, chen, path, http.StatusForbidden,
				words{"提出人不能作为第二人审批", "who proposed is not the second person"},
				"rev", rev, "on", "reject", "note", "这项提议的理由并不充分，不予批准。")
		})
		t.Run("reviewer", func(t *testing.T) {
			c.refusedForm(t, liu, path, http.StatusForbidden, words{"审核员", "reviewer"},
				"rev", rev, "on", "approve")
		})
		t.Run("administrator", func(t *testing.T) {
			c.refusedForm(t, admin, path, http.StatusForbidden,
				words{"您的角色不能进行此操作", "Your role may not do this"}, "rev", rev, "on", "approve")
		})
		t.Run("stranger", func(t *testing.T) {
			c.kept.on(t).unchanged(func() {
				a := visit(t, c.at).post(path, "rev", rev, "on", "approve")
				assert.Equal(t, http.StatusSeeOther, a.status)
				assert.Contains(t, a.header.Get("Location"), "/signin")
			})
		})
		t.Run("stale_version", func(t *testing.T) {
			c.refusedForm(t, zhao, path, http.StatusConflict,
				words{"案件已被他人更改，请重新载入", "the case was changed by another; load it again"},
				"rev", "1", "on", "approve")
		})
		t.Run("rejection_without_a_reason", func(t *testing.T) {
			c.refusedForm(t, zhao, path, http.StatusUnprocessableEntity,
				words{"没有写明理由", "no reason is given"}, "rev", rev, "on", "reject")
		})
		a := c.who(zhao).post(path, "rev", rev, "on", "approve")
		assert.Equal(t, http.StatusSeeOther, a.status, a.says())
		t.Run("twice", func(t *testing.T) {
			c.refusedForm(t, zhao, path, http.StatusConflict,
				words{"案件已被他人更改", "the case was changed by another"},
				"rev", rev, "on", "approve")
		})
		assert.Contains(t, c.h.must("", "ledger", "verify"), "the ledger holds")
	})
}

// TestBrokenPackage hands in what is no package: it is kept, said in words, and cannot
// be listed.
func TestBrokenPackage(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		for name, in := range map[string]pack{
			"no_package_at_all": noisePack(1), "cut_short": cutPack(t, 2),
		} {
			t.Run(name, func(t *testing.T) {
				s := c.p.scanned(in)
				require.Equal(t, review.CaseScanFailed, s.State)
				assert.Contains(t, s.Failure.ZH, "安装包无法分析：不是可识别的安装包格式")
				assert.Contains(t, s.Failure.EN, "the package could not be analysed: not a package")
				v := c.who(wang).on(t)
				for lang, said := range map[string]string{
					"zh": s.Failure.ZH, "en": s.Failure.EN,
				} {
					assert.Contains(t, v.in(lang).get("/cases/"+s.Case).says(), said)
				}
				rev := v.claim(s.Case)
				evidence := v.get("/cases/" + s.Case).tree().All("input[name=evidence]")
				require.NotEmpty(t, evidence, "there is nothing to point at")
				c.refusedForm(t, wang, "/cases/"+s.Case+"/decide", http.StatusConflict,
					words{"未经分析的版本不能上架", "a release that was not analysed is not listed"},
					"rev", rev, "measure", "list", "obligations", "ST-01",
					"evidence", evidence[0].Attr("value"),
					"reason", "安装包无法分析，仍然准予上架试一试。")
				require.Equal(t, http.StatusSeeOther, v.post("/cases/"+s.Case+"/drop").status)
			})
		}
		assert.Zero(t, c.kept.count("SELECT count(*) FROM case_decisions"))
	})
}
