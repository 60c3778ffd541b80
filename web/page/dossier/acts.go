package dossier

import (
	"net/http"
	"time"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/ui"
)

func (p page) claim(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	c, err := p.cases.Claim(r.Request.Context(), id, r.Who)
	if err != nil {
		return p.refused(r, err, filled{})
	}
	r.Tell("已领取，有效至 %s；打开本页期间自动续期", clock(c.Claim.Until))
	return r.Go(casePath(id))
}

func (p page) drop(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	if err := p.cases.Drop(r.Request.Context(), id, r.Who); err != nil {
		return p.refused(r, err, filled{})
	}
	r.Tell("已放弃领取")
	return r.Go(casePath(id))
}

// renew is the sign of life of an open page, which its script gives.
func (p page) renew(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	if _, err := p.cases.Renew(r.Request.Context(), id, r.Who); err != nil {
		return err
	}
	r.Status(http.StatusNoContent)
	return nil
}

func (p page) rescan(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	if err := p.scans.Rescan(r.Request.Context(), id, r.Who); err != nil {
		return p.refused(r, err, filled{})
	}
	r.Tell("已重新排队检测")
	return r.Go(casePath(id))
}

// transfer is a move of the case that a person asked for.
type transfer struct {
	On   review.Event
	Note string
}

func (p page) move(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	values, err := posted(r)
	if err != nil {
		return err
	}
	in := values.reader()
	t := transfer{review.Event(in.word("on")), in.prose("note")}
	f := filled{Moved: &t, Wrong: in.wrong}
	if len(in.wrong) > 0 {
		return p.answer(r, statusOf(f.Wrong), f)
	}
	on := desk.ActOn{Case: id, Rev: in.number("rev"), Who: r.Who}
	err = p.acts.Move(r.Request.Context(), desk.Move{ActOn: on, On: t.On, Note: t.Note})
	if err != nil {
		return p.refused(r, err, f)
	}
	r.Tell("已完成：%s", r.Text(t.On))
	return r.Go(casePath(id))
}

// followUp is an act on a decision that a person asked for.
type followUp struct {
	Decision    string
	On          review.Event
	Note        string
	WorkingDays string
}

func (p page) follow(r *ui.Request) error {
	id, decision := r.Param("id"), r.Param("decision")
	for _, one := range []string{id, decision} {
		if err := ui.CheckID(one); err != nil {
			return err
		}
	}
	values, err := posted(r)
	if err != nil {
		return err
	}
	in := values.reader()
	on := review.Event(in.word("on"))
	f := filled{Follow: &followUp{decision, on, in.prose("note"), in.word("working_days")}}
	if f.Wrong = in.wrong; len(in.wrong) > 0 {
		return p.answer(r, statusOf(f.Wrong), f)
	}
	made, err := p.acts.Follow(r.Request.Context(), desk.FollowUp{
		ActOn:    desk.ActOn{Case: id, Rev: in.number("rev"), Who: r.Who},
		Decision: decision, On: on, Note: f.Follow.Note, WorkingDays: in.number("working_days"),
	})
	if err != nil {
		return p.refused(r, err, f)
	}
	r.Tell("已完成：%s（%s）", r.Text(on), r.Text(made.Event()))
	return r.Go(casePath(id))
}

// clock shows a time in China.
func clock(at time.Time) string { return at.In(review.Zone()).Format("2006-01-02 15:04") }
