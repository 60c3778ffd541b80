package web

import (
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/page/dossier"
	"github.com/listgate/listgate/web/page/ledger"
	"github.com/listgate/listgate/web/page/letter"
	"github.com/listgate/listgate/web/page/lists"
	"github.com/listgate/listgate/web/page/queue"
	"github.com/listgate/listgate/web/page/signin"
	"github.com/listgate/listgate/web/page/upload"
	"github.com/listgate/listgate/web/ui"
)

// Intake takes packages in and has them scanned again. *intake.Intake does.
type Intake interface {
	upload.Intake
	dossier.Scans
}

// Parts are what the pages work with; every field is needed.
type Parts struct {
	Accounts Accounts
	Sessions Sessions
	Desk     *desk.Desk
	Law      *review.Law // in force now: it names capabilities
	Intake   Intake
	MaxSize  int64 // of a package, bytes
	Registry lists.Registry
	Importer lists.Importer
}

// Pages lists the pages of the workbench: a folder of web/page each.
func Pages(p Parts) []ui.Page {
	return []ui.Page{
		signin.New(p.Accounts, p.Sessions),
		queue.New(p.Desk, p.Law),
		dossier.New(p.Desk, p.Desk, p.Intake),
		letter.New(p.Desk),
		ledger.New(p.Desk, p.Desk.Ledger),
		upload.New(p.Intake, p.MaxSize),
		lists.New(p.Registry, p.Importer),
	}
}
