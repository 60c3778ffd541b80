package dossier

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// trick is a place in a package that no form brings back as it is.
const trick = "lib/a\r\nb\u202e.so "

var known = review.Known{
	review.PointFinding: {"faceunity-nama"}, review.PointCheck: {"FI-01"},
	review.PointGap: {trick, "assets/a:b.bin"},
}

func fields(pairs ...string) sent {
	out := sent{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = append(out[pairs[i]], pairs[i+1])
	}
	return out
}

// codes are the problems as field and code.
func codes(all ui.Problems) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.Field+" "+p.Code)
	}
	return out
}

func TestProposalOfAForm(t *testing.T) {
	t.Parallel()
	five := 5
	cases := []struct {
		name  string
		form  sent
		want  review.Proposal
		wrong []string
	}{
		{name: "empty", form: fields()},
		{
			name: "refusal", form: fields("measure", "refuse", "obligations", "FI-01",
				"obligations", "FI-01", "articles", "dsp 19(1)， dsp 23(1)(四)；algo 24",
				"articles", "", "evidence", "finding:faceunity-nama", "evidence", "check:FI-01",
				"reason", " 未备案\r\n不予上架 ", "remedy_zh", "办理备案", "remedy_en", "file", "note", "内部"),
			want: review.Proposal{
				Act: review.Act{Measure: review.MeasureRefuse},
				Grounds: review.Grounds{Obligations: []string{"FI-01"},
					Articles: []string{"dsp 19(1)", "dsp 23(1)(四)", "algo 24"}},
				Evidence: []review.Pointer{{Kind: review.PointFinding, ID: "faceunity-nama"},
					{Kind: review.PointCheck, ID: "FI-01"}},
				Reason: "未备案\n不予上架", Note: "内部",
				Remedy: analyzer.Text{ZH: "办理备案", EN: "file"},
			},
		},
		{
			name: "suspension", form: fields("measure", "suspend", "scope", "versions", "versions",
				"r-1", "function", "换脸", "working_days", "5", "consequence", "remove",
				"emergency", "yes", "authority", "网信办", "reference", "12号"),
			want: review.Proposal{
				Act:      review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeVersions},
				Versions: []string{"r-1"}, WorkingDays: &five,
				Consequence: &review.Act{Measure: review.MeasureRemove},
				Emergency: &review.Emergency{Order: &review.Order{Authority: "网信办",
					Reference: "12号"}},
			},
		},
		{
			name: "consequence_with_scope", form: fields("measure", "warn", "consequence",
				"suspend/updates"),
			want: review.Proposal{
				Act: review.Act{Measure: review.MeasureWarn},
				Consequence: &review.Act{Measure: review.MeasureSuspend,
					Scope: review.ScopeUpdates},
			},
		},
		{
			name: "what_the_measure_has_no_use_for", form: fields("measure", "list", "scope",
				"downloads", "versions", "r", "function", "f", "working_days", "x",
				"consequence", "remove", "emergency", "yes", "remedy_zh", "改",
				"conditions", "一\r\n\r\n 二 ", "cures", "yes"),
			want: review.Proposal{Act: review.Act{Measure: review.MeasureList},
				Conditions: []string{"一", "二"}, Cures: true},
		},
		{
			name: "function", form: fields("measure", "suspend", "scope", "function",
				"versions", "r-1", "function", "换脸"),
			want: review.Proposal{Function: "换脸",
				Act: review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeFunction}},
		},
		{
			name: "unknown_words_are_left_to_the_rules", form: fields("measure", "destroy",
				"evidence", "gap:nowhere", "evidence", "nothing"),
			want: review.Proposal{Act: review.Act{Measure: "destroy"},
				Evidence: []review.Pointer{{Kind: "gap", ID: "nowhere"}, {Kind: "nothing"}}},
		},
		{
			name: "days_no_number", form: fields("measure", "ask", "working_days", "五"),
			want:  review.Proposal{Act: review.Act{Measure: review.MeasureAsk}},
			wrong: []string{"working_days term-not-a-number"},
		},
		{
			name: "days_beyond_numbers", form: fields("measure", "ask", "working_days",
				"99999999999999999999999"),
			want:  review.Proposal{Act: review.Act{Measure: review.MeasureAsk}},
			wrong: []string{"working_days term-not-a-number"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reading := c.form.reader()
			got, wrong := readInput(reading).proposal(known)
			assert.Equal(t, c.wrong, codes(append(reading.wrong, wrong...)))
			assert.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

func TestHostileForms(t *testing.T) {
	t.Parallel()
	many := sent{}
	for i := range 5000 {
		for _, name := range []string{"evidence", "obligations", "articles", "versions"} {
			many[name] = append(many[name], "x"+strconv.Itoa(i))
		}
	}
	cases := []struct {
		name  string
		form  sent
		check func(t *testing.T, in input)
		wrong []string
	}{
		{
			name: "thousands_of_values", form: many,
			check: func(t *testing.T, in input) {
				assert.Len(t, in.Evidence, maxValues)
				assert.Len(t, in.Obligations, maxValues)
			},
			wrong: []string{"versions too-many", "obligations too-many", "articles too-many",
				"evidence too-many"},
		},
		{
			name: "control_characters", form: fields("reason", "未\x00备案\x1b[31m",
				"measure", "refu\x00se", "note", "一\n二\t三"),
			check: func(t *testing.T, in input) {
				assert.Equal(t, "未备案[31m", in.Reason)
				assert.Equal(t, "refuse", in.Measure)
				assert.Equal(t, "一\n二\t三", in.Note)
			},
			wrong: []string{"measure control", "reason control"},
		},
		{
			name: "no_text", form: fields("reason", "a\xff\xfeb"),
			check: func(t *testing.T, in input) { assert.Equal(t, "a\uFFFDb", in.Reason) },
			wrong: []string{"reason control"},
		},
		{
			name: "too_long_is_kept_to_be_shortened", form: fields("remedy_zh",
				strings.Repeat("改", maxProse+1), "authority", strings.Repeat("a", maxWord+1)),
			check: func(t *testing.T, in input) {
				assert.Len(t, in.RemedyZH, 3*(maxProse+1))
				assert.Len(t, in.Authority, maxWord+1)
			},
			wrong: []string{"remedy_zh too-long", "authority too-long"},
		},
		{
			name: "numbers", form: fields("rev", "1e3"),
			check: func(t *testing.T, in input) { assert.Equal(t, -1, in.Rev) },
		},
		{
			name: "a_line_has_no_breaks", form: fields("function", " 换\r\n脸 "),
			check: func(t *testing.T, in input) { assert.Equal(t, "换脸", in.Function) },
			wrong: []string{"function control"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reading := c.form.reader()
			in := readInput(reading)
			assert.Equal(t, c.wrong, codes(reading.wrong))
			for _, p := range reading.wrong {
				assert.ErrorIs(t, p.Kind, review.ErrInvalid)
				assert.NotEmpty(t, p.Message.ZH)
				assert.NotEmpty(t, p.Message.EN)
			}
			c.check(t, in)
		})
	}
}

// TestTokensComeBack sends every pointer through a form as a browser does.
func TestTokensComeBack(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很长", 5000)
	all := review.Known{
		review.PointGap:     {trick, "assets/a:b.bin", long, "", "\x00", "sha256:00", " "},
		review.PointFinding: {"faceunity-nama"},
	}
	seen := map[string]bool{}
	for kind, ids := range all {
		for _, id := range ids {
			p := review.Pointer{Kind: kind, ID: id}
			token := tokenOf(p)
			assert.LessOrEqual(t, len(token), maxWord)
			assert.False(t, seen[token], "%q stands for two", token)
			seen[token] = true
			form, err := url.ParseQuery(url.Values{"evidence": {token}}.Encode())
			require.NoError(t, err)
			reading := sent(form).reader()
			got, _ := readInput(reading).proposal(all)
			require.Len(t, got.Evidence, 1, "%q", token)
			assert.Equal(t, p, got.Evidence[0])
			assert.Empty(t, reading.wrong)
		}
	}
}
