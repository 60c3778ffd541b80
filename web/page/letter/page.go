// Package letter is the page of a letter to a developer: both languages side by side,
// as they were written, with their digests held against the ledger.
package letter

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/ui"
)

// Cases shows cases. *desk.Desk does.
type Cases interface {
	Dossier(ctx context.Context, who review.Actor, caseID, lang string) (desk.Dossier, error)
}

//go:embed *.html
var files embed.FS

type page struct{ cases Cases }

// New returns the page.
func New(cases Cases) ui.Page {
	p := page{cases}
	may := []review.Role{review.RoleReviewer, review.RoleSenior, review.RoleAuditor,
		review.RoleAdmin, review.RoleDeveloper}
	get := func(path string, do func(*ui.Request) error) ui.Route {
		return ui.Route{Method: http.MethodGet, Path: path, May: may, Do: do}
	}
	return ui.Page{Name: "letter", Files: files, Routes: []ui.Route{
		get("/cases/:id/letters/:letter", p.show),
		get("/cases/:id/letters/:letter/zh.txt", func(r *ui.Request) error {
			return p.text(r, "zh", func(l review.Letter) string { return l.ZH })
		}),
		get("/cases/:id/letters/:letter/en.txt", func(r *ui.Request) error {
			return p.text(r, "en", func(l review.Letter) string { return l.EN })
		}),
	}}
}

// view is what page.html shows.
type view struct {
	review.Letter
	Name     string
	Versions []version
	Facts    string // digest
	// Seq is the entry of the ledger that records the letter; Recorded reports that
	// there is one, Same that it names these very texts.
	Seq            int64
	Recorded, Same bool
}

// version is the letter in one language.
type version struct {
	Lang, Tag string
	Title     ui.Sentence
	Text      string
	Digest    string
}

func (p page) show(r *ui.Request) error {
	l, d, err := p.letter(r)
	if err != nil {
		return err
	}
	v := view{Letter: l, Name: d.App.Name, Facts: digest(string(l.Facts)), Versions: []version{
		{"zh", "zh-CN", ui.Sentence("中文本（以此为准）"), l.ZH, digest(l.ZH)},
		{"en", "en", ui.Sentence("英文本"), l.EN, digest(l.EN)},
	}}
	for _, e := range d.Ledger {
		var body recorded
		if json.Unmarshal(e.Body, &body) == nil && body.Letter == l.ID {
			v.Seq, v.Recorded = e.Seq, true
			v.Same = body.ZH == v.Versions[0].Digest && body.EN == v.Versions[1].Digest
		}
	}
	return r.Show(http.StatusOK, "page.html", v)
}

// recorded is what the ledger holds of a letter: listgate.letter/v1.
type recorded struct {
	Letter string `json:"letter"`
	ZH     string `json:"zh_sha256"`
	EN     string `json:"en_sha256"`
}

// text answers with the very bytes over which the digest is taken.
func (p page) text(r *ui.Request, lang string, of func(review.Letter) string) error {
	l, _, err := p.letter(r)
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", `attachment; filename="letter-`+l.ID+`-`+lang+`.txt"`)
	r.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(of(l)))
	return nil
}

func (p page) letter(r *ui.Request) (review.Letter, desk.Dossier, error) {
	id, letter := r.Param("id"), r.Param("letter")
	for _, one := range []string{id, letter} {
		if err := ui.CheckID(one); err != nil {
			return review.Letter{}, desk.Dossier{}, err
		}
	}
	d, err := p.cases.Dossier(r.Request.Context(), r.Who, id, r.Lang)
	if err != nil {
		return review.Letter{}, d, err
	}
	i := slices.IndexFunc(d.Letters, func(l review.Letter) bool { return l.ID == letter })
	if i < 0 {
		return review.Letter{}, d, review.ErrNotFound
	}
	return d.Letters[i], d, nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
