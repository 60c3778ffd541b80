// Package lists is the page of the published lists: what is held of each and what is
// missing, a search over the rows with all that they ever said, and the import of a
// file, seen before it is done.
package lists

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

//go:embed *.html
var files embed.FS

// Registry answers from the lists that are held.
type Registry interface {
	Search(ctx context.Context, q registry.Query) (rows []registry.Row, next string, err error)
	Versions(ctx context.Context, s registry.Series, number string) ([]registry.Row, error)
	Snapshots(
		ctx context.Context, s registry.Series, after string,
	) (list []registry.Imported, next string, err error)
	// Held returns what answers questions now, without rows.
	Held(ctx context.Context) ([]registry.Snapshot, error)
}

// New returns the page.
func New(r Registry, in Importer) ui.Page {
	p := page{r, in}
	may := []review.Role{review.RoleSenior, review.RoleAdmin}
	return ui.Page{Name: "lists", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/registry", Do: p.search},
		{Method: http.MethodGet, Path: "/registry/row", Do: p.versions},
		{Method: http.MethodGet, Path: "/registry/held", Do: p.held},
		{Method: http.MethodGet, Path: "/registry/import", May: may, Do: p.form},
		{Method: http.MethodPost, Path: "/registry/preview", May: may, Body: maxFile + 1<<20,
			Do: p.preview},
		{Method: http.MethodPost, Path: "/registry/apply", May: may, Do: p.apply},
	}}
}

type page struct {
	registry Registry
	importer Importer
}

// searchView is what the search shows.
type searchView struct {
	Query    registry.Query
	Series   []ui.Option
	Fields   []ui.Option
	Rows     []registry.Row
	Asked    bool
	Problems []string
	Paging   ui.Paging
	Import   bool // who asks may import
}

func (p page) search(r *ui.Request) error {
	q := registry.Query{
		Text: r.Query("q"), Field: registry.Field(r.Query("field")),
		Series: registry.Series(r.Query("series")), State: registry.State(r.Query("state")),
		After: r.Query("after"),
	}
	v := searchView{Query: q, Asked: q.Text != "" || q.Series != "", Import: mayImport(r.Who)}
	v.Series = options(r, series(), q.Series)
	v.Fields = options(r, fields(), q.Field)
	status := http.StatusOK
	if v.Asked {
		rows, next, err := p.registry.Search(r.Request.Context(), q)
		if problems, ok := refusedIn(r.Lang, err); ok {
			status, v.Problems = http.StatusUnprocessableEntity, problems
		} else if err != nil {
			return err
		}
		v.Rows, v.Paging = rows, paging(r.Request.URL, q.After, next)
	}
	return r.Show(status, "search.html", v)
}

// rowView is a number of a series with all that its lists ever said of it.
type rowView struct {
	Series   registry.Series
	Number   string
	Versions []registry.Row
}

func (p page) versions(r *ui.Request) error {
	v := rowView{Series: registry.Series(r.Query("series")), Number: r.Query("number")}
	var err error
	v.Versions, err = p.registry.Versions(r.Request.Context(), v.Series, v.Number)
	if err == nil && len(v.Versions) == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return err
	}
	return r.Show(http.StatusOK, "row.html", v)
}

// heldView is what is held of every series, and the imports that brought it.
type heldView struct {
	Series  []heldSeries
	Imports []registry.Imported
	Paging  ui.Paging
	Import  bool
}

// heldSeries is one series: its sentence, its batches and its newest notice.
type heldSeries struct {
	Series    registry.Series
	Said      registry.Text
	Batches   []registry.Batch
	Complete  bool
	Published string
}

func (p page) held(r *ui.Request) error {
	ctx := r.Request.Context()
	snapshots, err := p.registry.Held(ctx)
	if err != nil {
		return err
	}
	after := r.Query("after")
	imports, next, err := p.registry.Snapshots(ctx, "", after)
	if errors.Is(err, registry.ErrNotFound) {
		err = review.ErrNotFound
	}
	if err != nil {
		return err
	}
	v := heldView{Imports: imports, Import: mayImport(r.Who)}
	v.Paging = paging(r.Request.URL, after, next)
	for _, s := range series() {
		v.Series = append(v.Series, heldOf(s, snapshots))
	}
	return r.Show(http.StatusOK, "held.html", v)
}

// heldOf unites the snapshots of a series.
func heldOf(s registry.Series, snapshots []registry.Snapshot) heldSeries {
	out := heldSeries{Series: s, Said: s.Held(registry.NewMemory(snapshots...))}
	out.Complete = true
	for _, snap := range snapshots {
		if snap.Series == s {
			out.Batches = append(out.Batches, snap.Coverage.Batches...)
			out.Complete = out.Complete && snap.Coverage.Complete
			out.Published = max(out.Published, snap.Published)
		}
	}
	out.Complete = out.Complete && len(out.Batches) > 0
	return out
}

// series are those that lists are published of, in the order in which they are shown.
func series() []registry.Series {
	var all []registry.Series
	for _, l := range registry.Lists() {
		all = append(all, l.Series()...)
	}
	return all
}

func fields() []registry.Field {
	return []registry.Field{registry.FieldNumber, registry.FieldName, registry.FieldEntity,
		registry.FieldProduct}
}

var fieldNames = map[registry.Field]ui.Sentence{
	registry.FieldNumber: ui.Sentence("编号"), registry.FieldName: ui.Sentence("算法或模型名称"),
	registry.FieldEntity: ui.Sentence("主体"), registry.FieldProduct: ui.Sentence("应用产品"),
}

// options are values to choose from, by their names.
func options[T ~string](r *ui.Request, values []T, chosen T) []ui.Option {
	var out []ui.Option
	for _, v := range values {
		label := string(v)
		switch v := any(v).(type) {
		case registry.Series:
			label = ui.TextIn(r.Lang, v.Name())
		case registry.List:
			label = ui.TextIn(r.Lang, v.Name())
		case registry.Field:
			label = r.Say(string(fieldNames[v]))
		}
		out = append(out, ui.Option{Value: string(v), Label: label, Chosen: v == chosen})
	}
	return out
}

// paging leads on in a list; the address keeps what was asked.
func paging(at *url.URL, after, next string) ui.Paging {
	var p ui.Paging
	to := func(after string) string {
		q := at.Query()
		q.Del("after")
		if after != "" {
			q.Set("after", after)
		}
		return at.Path + "?" + q.Encode()
	}
	if after != "" {
		p.First = to("")
	}
	if next != "" {
		p.Next = to(next)
	}
	return p
}

func mayImport(who review.Actor) bool {
	return who.Role == review.RoleSenior || who.Role == review.RoleAdmin
}

// refusedIn returns what the registry says to a person.
func refusedIn(lang string, err error) (problems []string, ok bool) {
	var refused *registry.Refused
	if !errors.As(err, &refused) {
		return nil, false
	}
	return []string{ui.TextIn(lang, refused.Why)}, true
}
