package web

import (
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/page/queue"
	"github.com/listgate/listgate/web/page/signin"
	"github.com/listgate/listgate/web/ui"
)

// Parts are what the pages work with; every field is needed.
type Parts struct {
	Accounts Accounts
	Sessions Sessions
	Queue    queue.Desk
	Law      *review.Law
}

// Pages lists the pages of the workbench: a folder of web/page each.
func Pages(p Parts) []ui.Page {
	return []ui.Page{
		signin.New(p.Accounts, p.Sessions),
		queue.New(p.Queue, p.Law),
	}
}
