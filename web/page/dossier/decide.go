package dossier

import (
	"net/http"
	"slices"
	"unicode"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/ui"
)

// decide makes a decision, or with "check" says what is missing for it, or with
// "fill" puts into the form what the report says. The two change nothing but the form.
func (p page) decide(r *ui.Request) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	values, err := posted(r)
	if err != nil {
		return err
	}
	ctx := r.Request.Context()
	d, err := p.cases.Dossier(ctx, r.Who, id, r.Lang)
	if err != nil {
		return err
	}
	reading := values.reader()
	in := readInput(reading)
	if what := reading.word("fill"); what != "" {
		f := filled{Form: &in, Filled: what}
		f.Wrong = in.fill(view{Dossier: d}, what)
		return r.Show(http.StatusOK, "page.html", newView(r, d, f))
	}
	proposal, wrong := in.proposal(d.Known)
	f := filled{
		Form: &in, Check: reading.word("check") != "", Wrong: append(reading.wrong, wrong...),
	}
	on := desk.ActOn{Case: id, Rev: in.Rev, Who: r.Who}
	if !f.Check && len(f.Wrong) == 0 {
		made, err := p.acts.Decide(ctx, on, proposal)
		if err != nil {
			return p.refused(r, err, f)
		}
		tell(r, made)
		return r.Go(casePath(id))
	}
	missing, err := p.acts.Missing(ctx, on, proposal)
	if err != nil {
		return p.refused(r, err, f)
	}
	f.Wrong = append(f.Wrong, besides(missing, f.Wrong)...)
	status := http.StatusOK
	if !f.Check {
		status = statusOf(f.Wrong)
	}
	return r.Show(status, "page.html", newView(r, d, f))
}

// besides leaves out what is said of a field that could not be read: it rests on that
// alone.
func besides(missing []review.Problem, unread ui.Problems) []review.Problem {
	return slices.DeleteFunc(missing, func(p review.Problem) bool {
		return slices.ContainsFunc(unread,
			func(u review.Problem) bool { return u.Field == p.Field })
	})
}

func tell(r *ui.Request, made review.Decision) {
	if made.Status() == review.StatusProposed {
		r.Tell("已提请第二人审批：%s", r.Text(made.Event()))
		return
	}
	r.Tell("决定已生效：%s", r.Text(made.Event()))
}

// hanIn counts Chinese characters, as the rule for reasons does.
func hanIn(text string) int {
	n := 0
	for _, c := range text {
		if unicode.Is(unicode.Han, c) {
			n++
		}
	}
	return n
}
