// Package ledger is the page of an entry of the ledger: what it says, its proof to
// take away, and how to verify that without this server.
package ledger

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/ui"
)

// Cases shows cases. *desk.Desk does.
type Cases interface {
	Dossier(ctx context.Context, who review.Actor, caseID, lang string) (desk.Dossier, error)
}

// Proofs proves entries. A desk.Ledger does.
type Proofs interface {
	Proof(ctx context.Context, seq int64) ([]byte, error)
}

//go:embed *.html
var files embed.FS

type page struct {
	cases  Cases
	proofs Proofs
}

// New returns the page.
func New(cases Cases, proofs Proofs) ui.Page {
	p := page{cases, proofs}
	may := []review.Role{review.RoleReviewer, review.RoleSenior, review.RoleAuditor,
		review.RoleAdmin}
	return ui.Page{Name: "ledger", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/cases/:id/ledger/:seq", May: may, Do: p.show},
		{Method: http.MethodGet, Path: "/cases/:id/ledger/:seq/proof", May: may, Do: p.proof},
	}}
}

// view is what page.html shows.
type view struct {
	desk.LedgerEntry
	Case string
	Name string
	JSON string // empty where the body was erased
	File string // of the proof
	What analyzer.Text
}

// kinds are those of the entries about a case; another is shown as it is.
var kinds = map[string]analyzer.Text{
	"decision": {ZH: "决定", EN: "decision"}, "approval": {ZH: "审批", EN: "approval"},
	"effect": {ZH: "执行", EN: "effect"}, "notice": {ZH: "信函", EN: "letter"},
	"erasure": {ZH: "删除", EN: "erasure"},
}

func (p page) show(r *ui.Request) error {
	e, d, err := p.entry(r)
	if err != nil {
		return err
	}
	v := view{LedgerEntry: e, Case: d.Case.ID, Name: d.App.Name, File: proofFile(e.Seq)}
	if v.What = kinds[e.Kind]; v.What == (analyzer.Text{}) {
		v.What = analyzer.Text{ZH: e.Kind, EN: e.Kind}
	}
	var pretty bytes.Buffer
	if len(e.Body) > 0 {
		if err := json.Indent(&pretty, e.Body, "", "  "); err != nil {
			return fmt.Errorf("entry %d of the ledger: %w", e.Seq, err)
		}
	}
	v.JSON = pretty.String()
	return r.Show(http.StatusOK, "page.html", v)
}

func (p page) proof(r *ui.Request) error {
	e, _, err := p.entry(r)
	if err != nil {
		return err
	}
	proof, err := p.proofs.Proof(r.Request.Context(), e.Seq)
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", `attachment; filename="`+proofFile(e.Seq)+`"`)
	r.Data(http.StatusOK, "application/json", proof)
	return nil
}

func proofFile(seq int64) string { return fmt.Sprintf("proof-%d.json", seq) }

// entry returns an entry of the case; one of another case is not found here.
func (p page) entry(r *ui.Request) (desk.LedgerEntry, desk.Dossier, error) {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return desk.LedgerEntry{}, desk.Dossier{}, err
	}
	seq, err := strconv.ParseInt(r.Param("seq"), 10, 64)
	if err != nil {
		return desk.LedgerEntry{}, desk.Dossier{}, review.ErrNotFound
	}
	d, err := p.cases.Dossier(r.Request.Context(), r.Who, id, r.Lang)
	if err != nil {
		return desk.LedgerEntry{}, d, err
	}
	i := slices.IndexFunc(d.Ledger, func(e desk.LedgerEntry) bool { return e.Seq == seq })
	if i < 0 {
		return desk.LedgerEntry{}, d, review.ErrNotFound
	}
	return d.Ledger[i], d, nil
}
