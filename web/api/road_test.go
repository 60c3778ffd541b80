package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/web/api"
)

// handIn hands in a package and returns how it stands.
func (h *house) handIn(t *testing.T, token string, parts ...part) submission {
	t.Helper()
	return h.do(t, upload(t, token, "", parts...)).submission(t, http.StatusAccepted)
}

// scanned hands in a package and scans it.
func (h *house) scanned(t *testing.T, token string, parts ...part) submission {
	t.Helper()
	s := h.handIn(t, token, parts...)
	require.NoError(t, h.intake.Scan(t.Context(), s.Case))
	return h.status(t, token, s.Case)
}

func (h *house) status(t *testing.T, token, id string) submission {
	t.Helper()
	return h.get(t, token, "/submissions/"+id).submission(t, http.StatusOK)
}

// decide has a person claim a case and decide it.
func (h *house) decide(t *testing.T, id string, m review.Measure) review.Decision {
	t.Helper()
	d, err := h.Decide(t.Context(), h.Claims(t, id, desktest.Lin), desktest.Proposal(m, ""))
	require.NoError(t, err)
	return d
}

// say passes on what the developer says.
func (h *house) say(t *testing.T, token, id, body string) answer {
	t.Helper()
	return h.do(t, h.saying(token, id, body))
}

func (h *house) saying(token, id, body string) ask {
	return ask{method: http.MethodPost, path: api.Prefix + "/submissions/" + id + "/events",
		token: token, kind: "application/json", body: []byte(body)}
}

// letter is one letter, as a client reads it.
type letter struct{ ID, Decision, On, At, ZH, EN, SHA256 string }

func (h *house) letters(t *testing.T, token, id string) []letter {
	t.Helper()
	a := h.get(t, token, "/submissions/"+id+"/letters")
	require.Equal(t, http.StatusOK, a.StatusCode)
	var out struct{ Letters []letter }
	require.NoError(t, json.Unmarshal(a.text, &out))
	return out.Letters
}

// TestFromUploadToDecision goes the whole road, with the jobs at work.
func TestFromUploadToDecision(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		s := h.handIn(t, token, part{"package", "a.apk", load(t, "faceswap-android")})
		a := h.get(t, token, "/submissions/"+s.Case+"/report")
		a.refused(t, 409, "conflict", "report", "not-scanned")
		assert.Equal(t, "1", a.Header.Get("Retry-After"))
		assert.Equal(t, "1", h.get(t, token, "/submissions/"+s.Case).Header.Get("Retry-After"))
		assert.Empty(t, h.letters(t, token, s.Case))

		h.work(t)
		require.Eventually(t, func() bool {
			a = h.get(t, token, "/submissions/"+s.Case)
			s = a.submission(t, http.StatusOK)
			return s.Scanned
		}, time.Minute, 20*time.Millisecond)
		assert.Equal(t, "waiting", s.State)
		assert.Empty(t, a.Header.Get("Retry-After"))
		assert.Nil(t, s.Failure)
		assert.NotEmpty(t, s.Route)
		assert.Contains(t, s.Capabilities, "face_swap")
		assert.Empty(t, s.Decisions)
		h.checkReports(t, token, s)

		// What a person decides is seen, and what is only proposed is not.
		on := h.Claims(t, s.Case, desktest.Lin)
		p := desktest.Proposal(review.MeasureRefuse, "")
		asked, err := h.Decide(t.Context(), on, desktest.Proposal(review.MeasureAsk, ""))
		require.NoError(t, err)
		s = h.status(t, token, s.Case)
		assert.Equal(t, "awaiting-developer", s.State)
		require.Len(t, s.Decisions, 1)
		assert.Equal(t, asked.ID, s.Decisions[0].ID)
		assert.NotEmpty(t, s.Decisions[0].Deadline)

		h.say(t, token, s.Case, `{"event":"answered"}`).refused(t, 422, "invalid", "text",
			"note-missing")
		got := h.say(t, token, s.Case, `{"event":"answered","text":"备案编号已更正。"}`)
		assert.Equal(t, "waiting", got.submission(t, http.StatusOK).State)
		h.say(t, token, s.Case, `{"event":"answered","text":"再说一次"}`).refused(t, 409, "conflict",
			"case", "state")

		refused, err := h.Decide(t.Context(), h.Claims(t, s.Case, desktest.Zhou), p)
		require.NoError(t, err)
		h.checkLetters(t, token, s.Case, asked.ID, refused.ID)
		h.say(t, token, s.Case, `{"event":"withdraw"}`).refused(t, 409, "conflict")
		s = h.say(t, token, s.Case, `{"event":"appeal","text":"编号是本公司的。"}`).
			submission(t, http.StatusOK)
		assert.Equal(t, "appealed", s.State)
		history, err := h.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		last := history[len(history)-1]
		assert.Equal(t, "编号是本公司的。", last.Note)
		assert.Equal(t, review.RoleDeveloper, last.By.Role)
	})
}

// checkReports holds both reports to what is kept and to the published schema.
func (h *house) checkReports(t *testing.T, token string, s submission) {
	t.Helper()
	kept, err := h.Submissions.Submission(t.Context(), s.Case)
	require.NoError(t, err)
	for lang, tag := range map[string]string{"zh": "zh-CN", "en": "en"} {
		a := h.get(t, token, "/submissions/"+s.Case+"/report?lang="+lang)
		require.Equal(t, http.StatusOK, a.StatusCode)
		assert.Equal(t, tag, a.Header.Get("Content-Language"))
		assert.Equal(t, "application/json", a.Header.Get("Content-Type"))
		conforms(t, "report.v1.schema.json", a.text)
		want, err := h.Files.Read(t.Context(), kept.Scan.Reports[lang], 64<<20)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(a.text))
		assert.Equal(t, kept.Scan.Reports[lang], sum(string(a.text)))
	}
	accepted := h.do(t, ask{method: http.MethodGet, path: s.Links["report"], token: token,
		header: http.Header{"Accept-Language": {"en-US"}}})
	assert.Equal(t, kept.Scan.Reports["en"], sum(string(accepted.text)))
}

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

// checkLetters looks for one letter on each decision, as it is kept.
func (h *house) checkLetters(t *testing.T, token, id string, decisions ...string) {
	t.Helper()
	kept, err := h.Letters.Letters(t.Context(), id)
	require.NoError(t, err)
	got := h.letters(t, token, id)
	require.Len(t, got, len(decisions))
	require.Len(t, kept, len(decisions))
	for i, l := range got {
		assert.Equal(t, decisions[i], l.Decision)
		assert.Equal(t, letter{kept[i].ID, kept[i].Decision, string(kept[i].On),
			kept[i].At.UTC().Format(time.RFC3339), kept[i].ZH, kept[i].EN, sum(kept[i].ZH)}, l)
	}
}

func TestListedByThePolicy(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		s := h.scanned(t, token, part{"declaration", "", []byte(declaredQuiet)},
			part{"package", "notes.apk", quiet(t)})
		require.Equal(t, "clear", s.Route)
		require.Len(t, s.Decisions, 1)
		assert.Equal(t, "list", s.Decisions[0].Measure)
		assert.Equal(t, "effective", s.Decisions[0].Status)
		assert.True(t, s.Decisions[0].Automated)
		h.checkLetters(t, token, s.Case, s.Decisions[0].ID)
	})
}

func TestProposalIsNotSeen(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		owner := h.account(t, "maker", review.RoleDeveloper)
		token := h.token(t, owner, auth.ScopeSubmit)
		h.AddApp(t, "a-1", review.AppListed, "1.0", "listed", "1.1", "submitted")
		h.Open(t, "c-1", "a-1/1.1")
		require.NoError(t, h.DB.Do(t.Context(), func(ctx context.Context) error {
			return h.DB.From(ctx).Exec("UPDATE submissions SET by_id = ?", owner.ID).Error
		}))
		d := h.decide(t, "c-1", review.MeasureRemove)
		s := h.status(t, token, "c-1")
		assert.Equal(t, "proposed", s.State)
		assert.Empty(t, s.Decisions)
		assert.Empty(t, h.letters(t, token, "c-1"))

		_, err := h.Follow(t.Context(), desk.FollowUp{ActOn: h.As(t, "c-1", desktest.Chen),
			Decision: d.ID, On: review.EventApprove})
		require.NoError(t, err)
		require.Len(t, h.status(t, token, "c-1").Decisions, 1)
		h.checkLetters(t, token, "c-1", d.ID)

		h.Pass(61 * 24 * time.Hour)
		token = h.token(t, owner, auth.ScopeSubmit)
		late := h.say(t, token, "c-1", `{"event":"appeal","text":"晚了"}`)
		late.refused(t, 409, "conflict", "case", "appeal-late")
	})
}

func TestScanThatFailed(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		broken := h.scanned(t, token, part{"package", "a.apk", []byte("no package at all")})
		assert.Equal(t, "scan-failed", broken.State)
		assert.True(t, broken.Scanned)
		require.NotNil(t, broken.Failure)
		assert.NotEmpty(t, broken.Failure.ZH)
		assert.Equal(t, "cannot-tell", broken.Route)
		h.checkReports(t, token, broken)

		// A scan that died left no report, and says why.
		dead := h.handIn(t, token, part{"package", "a.apk", quiet(t)})
		require.NoError(t, h.intake.Dead(t.Context(), dead.Case, "pq: secret cause"))
		a := h.get(t, token, "/submissions/"+dead.Case)
		dead = a.submission(t, http.StatusOK)
		require.NotNil(t, dead.Failure)
		assert.NotContains(t, string(a.text), "secret cause")
		assert.NotContains(t, dead.Links, "report")
		p := h.get(t, token, "/submissions/"+dead.Case+"/report").refused(t, 404, "not-found",
			"report", "no-report")
		assert.Equal(t, *dead.Failure, p.Errors[0].Message)

		// While it is scanned again the earlier end is not the answer.
		require.NoError(t, h.intake.Rescan(t.Context(), dead.Case, desktest.Lin))
		a = h.get(t, token, "/submissions/"+dead.Case)
		dead = a.submission(t, http.StatusOK)
		assert.False(t, dead.Scanned)
		assert.Nil(t, dead.Failure)
		assert.Equal(t, "1", a.Header.Get("Retry-After"))
	})
}

func TestWithdrawn(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		early := h.handIn(t, token, part{"package", "a.apk", quiet(t)})
		a := h.say(t, token, early.Case, `{"event":"withdraw"}`)
		s := a.submission(t, http.StatusOK)
		assert.Equal(t, "closed", s.State)
		assert.False(t, s.Scanned)
		assert.Empty(t, a.Header.Get("Retry-After"), "nothing more will come")
		h.get(t, token, "/submissions/"+early.Case+"/report").refused(t, 404, "not-found",
			"report", "no-report")
		h.say(t, token, early.Case, `{"event":"withdraw","text":"x"}`).refused(t, 409, "conflict",
			"case", "state")
		require.NoError(t, h.intake.Scan(t.Context(), early.Case))
		assert.Equal(t, "closed", h.status(t, token, early.Case).State)
	})
}

// TestEventAndPersonAtOnce has a person act on the case between what the API reads and
// what it does: the developer's word is not about a version of the case.
func TestEventAndPersonAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		var h *house
		meanwhile := func(id string) error { return nil }
		h = open(t, db, func(o *api.Options, _ *http.Server) {
			o.Move = func(ctx context.Context, m desk.Move) error {
				if err := meanwhile(m.Case); err != nil {
					return err
				}
				return h.Move(ctx, m)
			}
		})
		token := h.pipeline(t, "ci")
		s := h.scanned(t, token, part{"package", "a.apk", load(t, "faceswap-android")})
		acts := 0
		meanwhile = func(id string) (err error) {
			if acts++; acts == 1 {
				_, err = h.Claim(t.Context(), id, desktest.Lin)
			}
			return err
		}
		got := h.say(t, token, s.Case, `{"event":"withdraw"}`)
		assert.Equal(t, "closed", got.submission(t, http.StatusOK).State)
		assert.Equal(t, 2, acts)

		s = h.scanned(t, token, part{"package", "a.apk", load(t, "tts-android")})
		meanwhile = func(id string) (err error) {
			if acts++; acts%2 == 0 {
				return h.Drop(t.Context(), id, desktest.Lin)
			}
			_, err = h.Claim(t.Context(), id, desktest.Lin)
			return err
		}
		acts = 0
		h.say(t, token, s.Case, `{"event":"withdraw"}`).refused(t, 409, "conflict", "rev", "stale")
	})
}

func TestEventRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 4001)
	tests := []struct {
		name, kind, body string
		status           int
		code             string
		reason           []string
	}{
		{"no_json", "", `{"event":`, 400, "json", nil},
		{"no_body", "", ``, 400, "json", nil},
		{"two_documents", "", `{"event":"withdraw"} {}`, 400, "json", nil},
		{"something_behind", "", `{"event":"withdraw"}x`, 400, "json", nil},
		{"deeply_nested", "", strings.Repeat("[", 20_000), 400, "json", nil},
		{"list", "", `[]`, 422, "invalid", []string{"body", "type"}},
		{"null", "", `null`, 422, "invalid", []string{"body", "type"}},
		{"empty", "", `{}`, 422, "invalid", []string{"event", "event"}},
		{"another_event", "", `{"event":"reopen","text":"x"}`, 422, "invalid",
			[]string{"event", "event"}},
		{"event_no_text", "", `{"event":["withdraw"]}`, 422, "invalid",
			[]string{"event", "event"}},
		{"unknown_field", "", `{"event":"withdraw","rev":1}`, 422, "invalid",
			[]string{"body", "unknown-field"}},
		{"field_in_another_case", "", `{"Event":"withdraw"}`, 422, "invalid",
			[]string{"body", "unknown-field"}},
		{"text_no_text", "", `{"event":"withdraw","text":null}`, 422, "invalid",
			[]string{"text", "type"}},
		{"text_too_long", "", `{"event":"withdraw","text":"` + long + `"}`, 422, "invalid",
			[]string{"text", "too-long"}},
		{"body_too_long", "", `{"event":"withdraw","text":"` + strings.Repeat(long, 20) + `"}`,
			413, "too-large", nil},
		{"form", "application/x-www-form-urlencoded", "event=withdraw", 415, "media-type",
			[]string{"Content-Type", "media-type"}},
		{"text", "text/plain", `{"event":"withdraw"}`, 415, "media-type", nil},
	}
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		s := h.handIn(t, token, part{"package", "a.apk", quiet(t)})
		before, err := h.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				a := h.saying(token, s.Case, tt.body)
				// The document cannot say that nothing comes behind it.
				a.off = tt.code != "json" || !strings.HasPrefix(tt.body, `{"event":"withdraw"}`)
				if tt.kind != "" {
					a.kind = tt.kind
				}
				h.do(t, a).refused(t, tt.status, tt.code, tt.reason...)
			})
		}
		nul := h.say(t, token, s.Case, `{"event":"withdraw","text":"a\u0000b"}`)
		nul.refused(t, 422, "invalid", "text", "not-text")
		now, err := h.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Equal(t, before, now)
		escaped := strings.Repeat(`\ud83d\ude00`, 4000)
		longest := h.say(t, token, s.Case, `{"event":"withdraw","text":"`+escaped+`"}`)
		assert.Equal(t, http.StatusOK, longest.StatusCode, "4000 characters, as escapes")
	})
}
