package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/ui"
)

// margin is how much a form has beside its package.
const margin = 3 << 20

// submit takes in a package. One that says beforehand that it is too large is refused
// before it is sent.
func (a *api) submit(c *call) error {
	if c.Request.ContentLength > a.MaxSize+margin {
		return intake.ErrTooLarge
	}
	ui.AllowTime(c.Writer, a.MaxSize+margin)
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, a.MaxSize+margin)
	in, err := ui.ReadHandedIn(c.Request)
	if err != nil {
		return err
	}
	s, again, err := a.Submit(c.Request.Context(), intake.Upload{
		File: in.File, Body: in.Package, Declaration: in.Declaration, By: c.Actor,
		Key: c.GetHeader("Idempotency-Key"),
	})
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return intake.ErrTooLarge
	}
	if err != nil {
		return err
	}
	kept, err := a.Cases.Case(c.Request.Context(), s.Case)
	if err != nil {
		return err
	}
	c.Header("Location", Prefix+"/submissions/"+s.Case)
	if again {
		c.Header("Idempotency-Replayed", "true")
	}
	c.JSON(http.StatusAccepted, stateOf(s, kept))
	return nil
}

// events are what a program may pass on from a developer.
var events = []review.Event{review.EventAnswered, review.EventAppeal, review.EventWithdraw}

// event passes on what the developer says to the submission.
func (a *api) event(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	var in struct {
		Event review.Event `json:"event"`
		Text  string       `json:"text"`
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 64<<10)
	d := json.NewDecoder(c.Request.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return invalid("body", "json", "请求内容不是所要求的 JSON",
			"the body is not the JSON that is asked for")
	}
	if !slices.Contains(events, in.Event) {
		return invalid("event", "event", "event 须为 answered、appeal 或 withdraw",
			"event is answered, appeal or withdraw")
	}
	kept, err := a.Cases.Case(c.Request.Context(), s.Case)
	if err != nil {
		return err
	}
	// The account that handed it in speaks for the developer; the desk asks for no other.
	who := c.Actor
	who.Role = review.RoleDeveloper
	err = a.Move(c.Request.Context(), desk.Move{
		ActOn: desk.ActOn{Case: s.Case, Rev: kept.Rev, Who: who}, On: in.Event, Note: in.Text,
	})
	if err != nil {
		return err
	}
	return a.status(c)
}

func invalid(field, code, zh, en string) error {
	return &review.Refusal{Problems: []review.Problem{{Field: field, Code: code,
		Message: analyzer.Text{ZH: zh, EN: en}, Kind: review.ErrInvalid}}}
}
