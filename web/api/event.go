package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
)

// events are what a program may pass on from a developer.
var events = []review.Event{review.EventAnswered, review.EventAppeal, review.EventWithdraw}

// said is what the developer says.
type said struct {
	event review.Event
	text  string
}

// maxEvent bounds what the developer says, in bytes: 4000 characters, each of which may
// be written as an escape.
const maxEvent = 64 << 10

// event passes on what the developer says to the submission.
func (a *api) event(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	if !s.By.Same(c.Actor) {
		return refuse(review.ErrForbidden, "case", "not-own", analyzer.Text{
			ZH: "只有提交该安装包的账号可以代开发者说明",
			EN: "only the account that handed it in speaks for the developer"})
	}
	if err := ofType(c, "application/json"); err != nil {
		return err
	}
	body := a.incoming(c, maxEvent)
	in, err := hear(body)
	if err != nil {
		return body.fault(err, errTooLong)
	}
	if err := a.pass(c, s, in); err != nil {
		return err
	}
	return a.show(c, http.StatusOK, s)
}

// tries is how often what the developer says is passed on, where the case changes in
// the meantime: what he says is not about a version of the case.
const tries = 4

func (a *api) pass(c *call, s review.Submission, in said) error {
	ctx := c.Request.Context()
	// The account that handed it in speaks for the developer; the desk asks for no other.
	who := c.Actor
	who.Role = review.RoleDeveloper
	var err error
	for range tries {
		var kept review.Case
		if kept, err = a.Cases.Case(ctx, s.Case); err != nil {
			return err
		}
		err = a.Move(ctx, desk.Move{On: in.event, Note: in.text,
			ActOn: desk.ActOn{Case: s.Case, Rev: kept.Rev, Who: who}})
		refusal := new(review.Refusal)
		if !errors.As(err, &refusal) || !refusal.Has("stale") {
			break
		}
	}
	return asText(err)
}

// asText names what the desk calls a note as the document does.
func asText(err error) error {
	var refusal *review.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	named := &review.Refusal{Problems: slices.Clone(refusal.Problems)}
	for i, p := range named.Problems {
		if p.Field == "note" {
			named.Problems[i].Field = "text"
		}
	}
	return named
}

// hear reads one JSON object with exactly what openapi.yaml says.
func hear(r io.Reader) (in said, err error) {
	d := json.NewDecoder(r)
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		if errors.As(err, new(*json.UnmarshalTypeError)) {
			return in, noObject()
		}
		return in, fmt.Errorf("%w: %w", errJSON, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return in, errJSON
	}
	if fields == nil {
		return in, noObject()
	}
	found := unknown(fields)
	event, _ := fields["event"].(string)
	in.event = review.Event(event)
	if !slices.Contains(events, in.event) {
		found = append(found, problemOf("event", "event", "event 须为 answered、appeal 或 withdraw",
			"event is answered, appeal or withdraw"))
	}
	text, given := fields["text"]
	in.text, _ = text.(string)
	if _, ok := text.(string); given && !ok {
		found = append(found, problemOf("text", "type", "text 须为字符串", "text is a string"))
	}
	if len(found) > 0 {
		return in, &review.Refusal{Problems: found}
	}
	return in, nil
}

func noObject() error {
	return invalid("body", "type", "请求内容须为 JSON 对象", "the body is a JSON object")
}

// maxUnknown bounds how many unknown fields are named.
const maxUnknown = 10

// unknown lists fields that an event does not have.
func unknown(fields map[string]any) (found []review.Problem) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "event" && name != "text" && len(found) < maxUnknown {
			found = append(found, problemOf("body", "unknown-field",
				fmt.Sprintf("未知字段：%.60q", name), fmt.Sprintf("unknown field: %.60q", name)))
		}
	}
	return found
}
