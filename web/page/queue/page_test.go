package queue_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/web/page/queue"
	"github.com/listgate/listgate/web/ui/uitest"
)

// desk answers with what a test gives it, and keeps what it was asked.
type desk struct {
	rows   []review.Row
	next   string
	counts map[review.CaseState]int
	err    error
	asked  []review.CaseFilter
}

func (d *desk) Find(
	_ context.Context, f review.CaseFilter,
) (rows []review.Row, next string, err error) {
	d.asked = append(d.asked, f)
	if f.Limit > 100 { // those that the person has
		return nil, "", nil
	}
	return d.rows, d.next, d.err
}

func (d *desk) Counts(context.Context) (map[review.CaseState]int, error) { return d.counts, nil }

func (d *desk) ClaimNext(context.Context, review.Actor) (review.Case, error) {
	if len(d.rows) == 0 {
		return review.Case{}, review.ErrNotFound
	}
	return d.rows[0].Case, d.err
}

// list is what was asked for the list.
func (d *desk) list(t *testing.T) review.CaseFilter {
	t.Helper()
	require.NotEmpty(t, d.asked)
	return d.asked[len(d.asked)-1]
}

// row is a case that waits, with an edit.
func row(edit func(*review.Row)) review.Row {
	r := review.Row{Name: "魔法相机", Package: "com.example.magic", Version: "2.1",
		Platform: review.Android}
	r.ID, r.State, r.Route, r.Severity = "case-1", review.CaseWaiting, review.Review, "B"
	r.Origin, r.Due = review.OriginSubmission, uitest.Clock().Add(48*time.Hour)
	edit(&r)
	return r
}

func visit(t *testing.T, d *desk, v uitest.Visit) uitest.Answer {
	t.Helper()
	edition, err := law.Latest()
	require.NoError(t, err)
	if v.Path == "" {
		v.Path = "/cases"
	}
	return uitest.Go(t, queue.New(d, edition.Law), v)
}

func TestRow(t *testing.T) {
	t.Parallel()
	other := review.Actor{ID: "acc-2", Name: "李"}
	until := uitest.Clock().Add(time.Minute)
	cases := []struct {
		name    string
		edit    func(*review.Row)
		want    []string
		without []string
	}{
		{"plain", func(*review.Row) {}, []string{"2026-11-28 14:30", "魔法相机", "com.example.magic",
			"2.1", "Android", "需人工审核", "B", "上架申请", "待审核", "领取案件"},
			[]string{"已逾期", "今天"}},
		{"overdue", func(r *review.Row) { r.Due = uitest.Clock() }, []string{"已逾期"}, nil},
		{"due_today", func(r *review.Row) { r.Due = uitest.Clock().Add(570 * time.Minute) },
			[]string{"2026-11-26", "今天"}, []string{"已逾期", "2026-11-27"}},
		{"due_tomorrow", func(r *review.Row) { r.Due = uitest.Clock().Add(10 * time.Hour) }, nil,
			[]string{"今天", "已逾期"}},
		{"decided_is_not_overdue", func(r *review.Row) {
			r.State, r.Due = review.CaseDecided, uitest.Clock().Add(-time.Hour)
		}, nil, []string{"已逾期", "领取案件"}},
		{"no_day", func(r *review.Row) { r.Due = time.Time{} }, []string{"—"}, []string{"已逾期"}},
		{"not_scanned", func(r *review.Row) {
			r.State, r.Name, r.Package, r.Version, r.Platform = review.CaseScanning, "", "", "", ""
			r.Route, r.Severity = "", ""
		}, []string{"未命名", "检测中"}, []string{"领取案件"}},
		{"mine", func(r *review.Row) {
			r.State, r.Claim = review.CaseClaimed, review.Claim{By: uitest.Reviewer(), Until: until}
		}, []string{"审核中", "我"}, []string{"领取案件"}},
		{"of_another", func(r *review.Row) {
			r.State, r.Claim = review.CaseClaimed, review.Claim{By: other, Until: until}
		}, []string{"李"}, []string{"领取案件"}},
		{"held_back_for_another_case", func(r *review.Row) {
			r.State, r.Rival = review.CaseScanFailed, "case-0"
		}, []string{"同一版本另案待决", "领取案件"}, []string{"检测失败"}},
		{"capabilities", func(r *review.Row) {
			r.Capabilities = []analyzer.CapabilityID{"face_swap", "not_in_the_law"}
		}, []string{"人脸替换", "not_in_the_law"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := visit(t, &desk{rows: []review.Row{row(c.edit)}}, uitest.Visit{})
			require.NoError(t, got.Err)
			rows := got.Tree.All("tbody tr")
			require.Len(t, rows, 1)
			text := rows[0].Text()
			for _, w := range c.want {
				assert.Contains(t, text, w)
			}
			for _, w := range c.without {
				assert.NotContains(t, text, w)
			}
			assert.Equal(t, "/cases/case-1", rows[0].All("th a")[0].Attr("href"))
			assert.Equal(t, slices.Contains(c.want, "已逾期"), rows[0].Has("overdue"))
		})
	}
}

func TestTabs(t *testing.T) {
	t.Parallel()
	d := &desk{counts: map[review.CaseState]int{"waiting": 3, "appealed": 2, "closed": 999,
		"decided": 2}}
	got := visit(t, d, uitest.Visit{})
	var tabs []string
	for _, tab := range got.Tree.All(".tabs a") {
		tabs = append(tabs, tab.Text())
	}
	want := []string{"待审核 5", "我的 0", "待审批 0", "待开发者说明 0", "处理中 0", "已决定 1000+"}
	assert.Empty(t, cmp.Diff(want, tabs))

	seen := map[review.CaseState]bool{}
	for _, tab := range got.Tree.All(".tabs a") {
		d := &desk{}
		got := visit(t, d, uitest.Visit{Path: tab.Attr("href")})
		require.NoError(t, got.Err)
		assert.Equal(t, tab.Attr("href"), got.Tree.All(".tabs [aria-current]")[0].Attr("href"))
		assert.Len(t, got.Tree.All(".empty"), 1)
		for _, s := range d.list(t).States {
			seen[s] = true
		}
	}
	for _, s := range review.CaseStates() {
		assert.True(t, seen[s], "a case that is %s stands in no tab", s)
	}
}

func TestWhoReadsHasNothingToClaim(t *testing.T) {
	t.Parallel()
	auditor := review.Actor{ID: "acc-9", Name: "审计", Role: review.RoleAuditor}
	d := &desk{rows: []review.Row{row(func(*review.Row) {})}}
	got := visit(t, d, uitest.Visit{Who: &auditor, Path: "/cases?tab=mine"})
	assert.Empty(t, got.Tree.All("main form[method=post]"))
	assert.NotContains(t, got.Tree.All(".tabs")[0].Text(), "我的")
	assert.Empty(t, d.list(t).Claimed)
}

func TestFilter(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, query string
		want        review.CaseFilter
	}{
		{"mine", "tab=mine", review.CaseFilter{Claimed: "acc-1",
			States: []review.CaseState{review.CaseClaimed}}},
		{"approve", "tab=approve&route=blocked&text=%E7%9B%B8%E6%9C%BA+&after=k&severity=B" +
			"&capability=face_swap", review.CaseFilter{
			States: []review.CaseState{review.CaseProposed}, Routes: []review.Route{review.Blocked},
			Severities: []review.Severity{review.SeverityB}, Capability: "face_swap",
			Text: "相机", After: "k"}},
		{"unknown_is_left_out", "tab=%3Cem%3E&route=nowhere&severity=Z&capability=x&text=" +
			strings.Repeat("x", 201),
			review.CaseFilter{States: []review.CaseState{review.CaseWaiting,
				review.CaseScanFailed, review.CaseReopened, review.CaseAppealed}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{next: "behind", rows: []review.Row{row(func(*review.Row) {})}}
			got := visit(t, d, uitest.Visit{Path: "/cases?" + c.query})
			require.NoError(t, got.Err)
			c.want.Limit = 50
			assert.Empty(t, cmp.Diff(c.want, d.list(t)))
			next, err := url.Parse(got.Tree.All("a[rel=next]")[0].Attr("href"))
			require.NoError(t, err)
			assert.Equal(t, "behind", next.Query().Get("after"))
			assert.Equal(t, c.want.Text, next.Query().Get("text"))
			assert.Equal(t, string(c.want.Capability), next.Query().Get("capability"))
			assert.Len(t, got.Tree.All("select[name=capability] option[selected]"), 1)
			assert.Equal(t, c.want.After != "", len(got.Tree.All("a[rel=first]")) == 1)
			assert.Equal(t, c.want.Text, got.Tree.All("input[name=text]")[0].Attr("value"))
		})
	}
	got := visit(t, &desk{}, uitest.Visit{Path: "/cases?text=x"})
	assert.Contains(t, got.Tree.All(".empty")[0].Text(), "没有符合筛选条件的案件")
}

func TestClaimNext(t *testing.T) {
	t.Parallel()
	post := uitest.Visit{Method: http.MethodPost, Path: "/cases/next"}
	got := visit(t, &desk{rows: []review.Row{row(func(*review.Row) {})}}, post)
	require.NoError(t, got.Err)
	assert.Equal(t, "/cases/case-1", got.Header.Get("Location"))

	got = visit(t, &desk{}, post)
	require.NoError(t, got.Err)
	assert.Equal(t, "/cases", got.Header.Get("Location"))
	assert.Equal(t, []string{"现在没有可以领取的案件"}, got.Told)

	lost := errors.New("no database")
	got = visit(t, &desk{rows: []review.Row{{}}, err: lost}, post)
	assert.ErrorIs(t, got.Err, lost)
	assert.ErrorIs(t, visit(t, &desk{err: lost}, uitest.Visit{}).Err, lost)
}
