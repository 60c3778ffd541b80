package lists

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// maxFile is how many bytes a list may have.
const maxFile = 64 << 20

// Importer reads a file and takes it in. The file is kept between the preview and
// the import, by its digest, so that what was seen is what is done.
type Importer interface {
	// Read keeps the file and returns it as a source reads it. The error is a
	// *registry.Refused where the file is to blame.
	Read(ctx context.Context, f File, r io.Reader) (registry.Import, error)
	// Again returns the file with this digest that Read kept.
	Again(ctx context.Context, f File, sha256 string) (registry.Import, error)
	Preview(ctx context.Context, in registry.Import) (registry.Preview, error)
	Apply(ctx context.Context, in registry.Import, c registry.Consent) (registry.Applied, error)
}

// File is what a person says of a file.
type File struct {
	Name    string
	List    registry.List
	Fetched string // day; may be empty
}

// importView is the form, and below it what the import would change.
type importView struct {
	Lists    []ui.Option
	Fetched  string
	Today    string
	MaxFile  int64
	Problems []string

	File    File
	SHA256  string
	Preview *registry.Preview
}

func (p page) form(r *ui.Request) error {
	return p.show(r, http.StatusOK, importView{File: File{List: registry.ListAlgorithm}})
}

func (p page) show(r *ui.Request, status int, v importView) error {
	v.Lists = options(r, registry.Lists(), v.File.List)
	v.Today = r.Now.In(review.Zone()).Format("2006-01-02")
	v.MaxFile = maxFile
	return r.Show(status, "import.html", v)
}

func (p page) preview(r *ui.Request) error {
	v := importView{File: File{
		List: registry.List(r.PostForm("list")), Fetched: r.PostForm("fetched"),
	}}
	head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return p.refuse(r, v, r.Say("没有选择文件"))
	}
	if err != nil {
		return broken(err)
	}
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	v.File.Name = head.Filename
	in, err := p.importer.Read(r.Request.Context(), v.File, f)
	if err == nil {
		err = p.compare(r, &v, in)
	}
	return p.answer(r, v, err)
}

// broken is the error of a form that is none, which its sender can mend. That it was too
// long stays what it is.
func broken(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return err
	}
	return &review.Refusal{Problems: []review.Problem{{
		Field: "file", Code: "form", Kind: review.ErrInvalid,
		Message: analyzer.Text{ZH: "表单不完整", EN: "the form is cut short"},
	}}}
}

// compare shows what the import would change.
func (p page) compare(r *ui.Request, v *importView, in registry.Import) error {
	seen, err := p.importer.Preview(r.Request.Context(), in)
	if err != nil {
		return err
	}
	v.SHA256, v.Preview = seen.SHA256, &seen
	return nil
}

func (p page) answer(r *ui.Request, v importView, err error) error {
	if problems, ok := refusedIn(r.Lang, err); ok {
		return p.refuse(r, v, problems...)
	}
	if err != nil {
		return err
	}
	return p.show(r, http.StatusOK, v)
}

func (p page) refuse(r *ui.Request, v importView, problems ...string) error {
	v.Problems = problems
	return p.show(r, http.StatusUnprocessableEntity, v)
}

// apply takes in what was seen. Where it is out of date the new preview is shown.
func (p page) apply(r *ui.Request) error {
	ctx := r.Request.Context()
	v := importView{SHA256: r.PostForm("sha256"), File: File{Name: r.PostForm("name"),
		List: registry.List(r.PostForm("list")), Fetched: r.PostForm("fetched")}}
	in, err := p.importer.Again(ctx, v.File, v.SHA256)
	if err != nil {
		return p.answer(r, v, err)
	}
	done, err := p.importer.Apply(ctx, in, registry.Consent{
		Fingerprint: r.PostForm("fingerprint"), LeaveOut: r.PostForm("leave_out") != "",
		By: registry.Actor{ID: r.Who.ID, Name: r.Who.Name},
	})
	problems, refused := refusedIn(r.Lang, err)
	switch {
	case refused:
		if err := p.compare(r, &v, in); err != nil {
			return p.answer(r, v, err)
		}
		return p.refuse(r, v, problems...)
	case err != nil:
		return err
	case done.Unchanged:
		r.Tell("该文件此前已经导入，没有任何变化")
	default:
		r.Tell("已导入名录")
	}
	return r.Go("/registry/held")
}

// firstFew is how many rows of each kind a preview lists.
const firstFew = 50

// Few are the first rows of a list, for the template.
type Few[T any] struct {
	Rows []T
	More int
}

func few[T any](all []T) Few[T] {
	if len(all) <= firstFew {
		return Few[T]{all, 0}
	}
	return Few[T]{all[:firstFew], len(all) - firstFew}
}

// Changes are those of the preview, cut to what a person reads.
func (v importView) Changes() []change {
	var out []change
	for _, c := range v.Preview.Changes {
		out = append(out, change{c, few(c.Added), few(c.Changed), few(c.Withdrawn), few(c.Unread)})
	}
	return out
}

// Rejected are the rows that were not read, cut likewise.
func (v importView) Rejected() Few[registry.Rejected] { return few(v.Preview.Rejected) }

type change struct {
	registry.Change
	FewAdded     Few[registry.Record]
	FewChanged   Few[registry.Amendment]
	FewWithdrawn Few[registry.Row]
	FewUnread    Few[registry.Row]
}

// Cells are the fields in which a row would differ, each as it was and will be.
func (c change) Cells(a registry.Amendment) []cell { return cellsOf(a.Old.Record, a.New) }

type cell struct {
	Name     ui.Sentence
	Old, New string
}

func cellsOf(o, n registry.Record) []cell {
	all := []cell{
		{ui.Sentence("算法或模型名称"), o.Name, n.Name},
		{ui.Sentence("角色"), string(o.Role), string(n.Role)},
		{ui.Sentence("主体"), o.Entity, n.Entity},
		{ui.Sentence("应用产品"), products(o), products(n)},
		{ui.Sentence("主要用途"), o.Use, n.Use},
		{ui.Sentence("属地"), o.Region, n.Region},
		{ui.Sentence("备注"), o.Remark, n.Remark},
		{ui.Sentence("批次"), o.Batch, n.Batch},
		{ui.Sentence("公布日期"), o.Published, n.Published},
		{ui.Sentence("备案或注销日期"), o.On, n.On},
		{ui.Sentence("公告"), o.Notice, n.Notice},
		{ui.Sentence("编号"), o.Number, n.Number},
	}
	var out []cell
	for _, c := range all {
		if c.Old != c.New {
			out = append(out, c)
		}
	}
	return out
}

// products writes 应用产品 as lists do.
func products(r registry.Record) string {
	var b bytes.Buffer
	for i, p := range r.Products {
		if i > 0 {
			b.WriteString("、")
		}
		b.WriteString(p.Name)
		for j, form := range p.Forms {
			b.WriteString([]string{"（", "、"}[min(j, 1)] + form)
		}
		if len(p.Forms) > 0 {
			b.WriteString("）")
		}
	}
	if r.OpenEnded {
		b.WriteString("等")
	}
	return b.String()
}
