package lists_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/source/csv"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/page/lists"
	"github.com/listgate/listgate/web/ui/uitest"
)

// office holds rows in memory and compares imports with them, as a registry does.
type office struct {
	rows    []registry.Row
	imports []registry.Imported
	kept    map[string]string // by digest
	applied *registry.Consent
	err     error
}

func (o *office) Search(
	_ context.Context, q registry.Query,
) (rows []registry.Row, next string, err error) {
	if o.err != nil {
		return nil, "", o.err
	}
	for _, r := range o.rows {
		if strings.Contains(r.Name, q.Text) {
			rows = append(rows, r)
		}
	}
	return rows, "more", nil
}

func (o *office) Versions(
	_ context.Context, s registry.Series, number string,
) (rows []registry.Row, err error) {
	for _, r := range o.rows {
		if r.Series == s && r.Number == number {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (o *office) Snapshots(
	context.Context, registry.Series, string,
) ([]registry.Imported, string, error) {
	return o.imports, "", nil
}

func (o *office) Held(context.Context) (all []registry.Snapshot, err error) {
	for _, i := range o.imports {
		all = append(all, i.Snapshot)
	}
	return all, nil
}

func (o *office) Read(
	_ context.Context, f lists.File, r io.Reader,
) (registry.Import, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return registry.Import{}, err
	}
	in, err := read(f, string(text))
	if err == nil && len(in.Snapshots) > 0 {
		o.kept = map[string]string{in.Snapshots[0].SHA256: string(text)}
	}
	return in, err
}

func (o *office) Again(_ context.Context, f lists.File, sha256 string) (registry.Import, error) {
	return read(f, o.kept[sha256])
}

func read(f lists.File, text string) (registry.Import, error) {
	snapshots, rejected, err := csv.Read(strings.NewReader(text), f.Name, nil)
	if err != nil {
		why := registry.Text{ZH: "不是名录", EN: err.Error()}
		return registry.Import{}, &registry.Refused{Why: why}
	}
	return registry.Import{List: f.List, Fetched: f.Fetched, Snapshots: snapshots,
		Rejected: rejected}, nil
}

func (o *office) Preview(_ context.Context, in registry.Import) (registry.Preview, error) {
	if err := in.Check(); err != nil {
		return registry.Preview{}, err
	}
	p := registry.Preview{List: in.List, Source: in.Snapshots[0].Source,
		SHA256: in.Snapshots[0].SHA256, Rejected: in.Rejected}
	for _, s := range in.Snapshots {
		p.Changes = append(p.Changes, registry.Compare(o.rows, s, in.Rejected))
	}
	return p, nil
}

func (o *office) Apply(
	ctx context.Context, in registry.Import, c registry.Consent,
) (registry.Applied, error) {
	p, err := o.Preview(ctx, in)
	if err == nil {
		err = c.Check(p)
	}
	if err == nil {
		o.applied = &c
	}
	return registry.Applied{}, err
}

const header = "批次,期次,序号,算法名称,角色,主体名称,应用产品,主要用途,备案编号,备注,公告页,数据来源\n"

const line = "第一批,2023-06,1,变脸算法,服务提供者,示例科技有限公司,变脸相机（APP）,换脸。," +
	"网信算备110108105858001230019号,,https://www.example.cn/a,test\n"

func held() *office {
	snapshots, _, err := csv.Read(strings.NewReader(header+line), "algo.csv", nil)
	if err != nil {
		return nil
	}
	r := snapshots[0].Records[0]
	return &office{
		rows: []registry.Row{{ID: r.ID(), Record: r, From: uitest.Clock(), Snapshot: "s-1"}},
		imports: []registry.Imported{{ID: "s-1", Snapshot: snapshots[0], At: uitest.Clock(),
			By:     registry.Actor{ID: "a-1", Name: "管理员"},
			Counts: registry.Counts{Rows: 1, Added: 1}}},
	}
}

func senior() *review.Actor {
	return &review.Actor{ID: "a-2", Name: "陈主管", Role: review.RoleSenior}
}

func TestPages(t *testing.T) {
	t.Parallel()
	const hostile = "<em>坏</em>\u202e" + "长"
	bad := held()
	bad.rows[0].Name = hostile + strings.Repeat("名", 3000)
	bad.rows[0].Ended = registry.Withdrawn
	bad.rows[0].Until = uitest.Clock().Add(time.Hour)
	number := url.QueryEscape(bad.rows[0].Number)
	for name, o := range map[string]*office{"empty": {}, "full": held(), "hostile": bad} {
		for _, path := range []string{
			"/registry", "/registry?q=" + url.QueryEscape("算"), "/registry?series=algorithm",
			"/registry/held", "/registry/import",
			"/registry/row?series=algorithm&number=" + number,
		} {
			for _, lang := range []string{"zh", "en"} {
				got := uitest.Go(t, lists.New(o, o),
					uitest.Visit{Path: path, Lang: lang, Who: senior()})
				if name == "empty" && strings.HasPrefix(path, "/registry/row") {
					require.ErrorIs(t, got.Err, review.ErrNotFound)
					continue
				}
				require.NoError(t, got.Err, "%s %s %s", name, path, lang)
				assert.Equal(t, http.StatusOK, got.Status)
				assert.Empty(t, got.Tree.All("main em"))
				assert.NotContains(t, got.Body, "\u202e")
			}
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	o := held()
	got := uitest.Go(t, lists.New(o, o), uitest.Visit{Path: "/registry?q=" + url.QueryEscape("变脸")})
	require.NoError(t, got.Err)
	rows := got.Tree.All("table.grid tbody tr")
	require.Len(t, rows, 1)
	assert.Contains(t, rows[0].Text(), "网信算备110108105858001230019号")
	assert.Empty(t, got.Tree.All(`a[href="/registry/import"]`), "a reviewer imports nothing")
	next := got.Tree.All(`a[rel=next]`)
	require.Len(t, next, 1)
	assert.Contains(t, next[0].Attr("href"), "after=more")

	o.err = &registry.Refused{Why: registry.Text{ZH: "太短", EN: "too short"}}
	got = uitest.Go(t, lists.New(o, o), uitest.Visit{Path: "/registry?q=x", Lang: "en"})
	require.NoError(t, got.Err)
	assert.Equal(t, http.StatusUnprocessableEntity, got.Status)
	assert.Contains(t, got.Tree.All("main")[0].Text(), "too short")
}

// send hands in a file as a browser does.
func send(t *testing.T, o *office, list registry.List, text string) uitest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("list", string(list)))
	require.NoError(t, w.WriteField("fetched", "2026-11-20"))
	if text != "" {
		f, err := w.CreateFormFile("file", "algo.csv")
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return uitest.Go(t, lists.New(o, o), uitest.Visit{Method: http.MethodPost, Lang: "en",
		Path: "/registry/preview", Who: senior(), Body: b.String(),
		ContentType: w.FormDataContentType()})
}

func TestPreviewAndApply(t *testing.T) {
	t.Parallel()
	o := held()
	changed := strings.ReplaceAll(line, "换脸。", "换脸与配音。")
	got := send(t, o, registry.ListAlgorithm, header+changed)
	require.NoError(t, got.Err)
	assert.Equal(t, http.StatusOK, got.Status)
	changes := got.Tree.All("#changes")[0].Text()
	assert.Contains(t, changes, "换脸与配音。")
	assert.Contains(t, changes, "0 added, 1 changed, 0 withdrawn, 0 unchanged")
	form := url.Values{}
	for _, in := range got.Tree.All("form#apply input[type=hidden]") {
		form.Set(in.Attr("name"), in.Attr("value"))
	}
	done := uitest.Go(t, lists.New(o, o), uitest.Visit{Method: http.MethodPost, Lang: "en",
		Path: "/registry/apply", Form: form, Who: senior()})
	require.NoError(t, done.Err)
	assert.Equal(t, http.StatusSeeOther, done.Status)
	assert.Equal(t, []string{"The list was imported"}, done.Told)
	require.NotNil(t, o.applied)
	assert.Equal(t, "陈主管", o.applied.By.Name)

	form.Set("fingerprint", "another")
	late := uitest.Go(t, lists.New(o, o), uitest.Visit{Method: http.MethodPost, Lang: "en",
		Path: "/registry/apply", Form: form, Who: senior()})
	require.NoError(t, late.Err)
	assert.Equal(t, http.StatusUnprocessableEntity, late.Status)
	assert.Contains(t, late.Tree.All(".notice.bad")[0].Text(), "since the preview")
	assert.Len(t, late.Tree.All("form#apply"), 1, "the new preview can be agreed to")
}

func TestPreviewRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, want string
		list             registry.List
	}{
		{"no_file", "", "No file was chosen", registry.ListAlgorithm},
		{"another_table", header + line, "nothing was imported", registry.ListGenAI},
		{"no_table", "a,b\n1,2\n", "header", registry.ListAlgorithm},
		{"unknown_list", header + line, "no list called", "rumours"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := send(t, held(), tt.list, tt.text)
			require.NoError(t, got.Err)
			assert.Equal(t, http.StatusUnprocessableEntity, got.Status)
			assert.Contains(t, got.Tree.All(".notice.bad")[0].Text(), tt.want)
		})
	}
}

func TestRejectedRowsAreLeftOutByConsentAlone(t *testing.T) {
	t.Parallel()
	o := held()
	got := send(t, o, registry.ListAlgorithm, header+line+"第一批,2023-06\n")
	require.NoError(t, got.Err)
	assert.Contains(t, got.Tree.All("#changes")[0].Text(), "line 3")
	assert.Len(t, got.Tree.All("input[name=leave_out]"), 1)
}
