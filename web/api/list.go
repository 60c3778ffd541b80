package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// listed is a submission as a list shows it.
type listed struct {
	Case     string           `json:"case"`
	State    review.CaseState `json:"state"`
	Received string           `json:"received"`
	// Name is that of the application, or of the file where no scan has told it.
	Name     string          `json:"name"`
	Package  string          `json:"package,omitempty"`
	Version  string          `json:"version,omitempty"`
	Platform review.Platform `json:"platform,omitempty"`
	Route    review.Route    `json:"route,omitempty"`
	Severity review.Severity `json:"severity,omitempty"`
	Links    listedLinks     `json:"links"`
}

type listedLinks struct {
	Self string `json:"self"`
}

// The length of a page.
const (
	usualPage = 50
	maxPage   = 200
)

// list answers with one page of the submissions of all accounts.
func (a *api) list(c *call) error {
	if c.Own {
		return refuse(review.ErrForbidden, "case", "own-only", analyzer.Text{
			ZH: "该账号只能查看自己提交的内容", EN: "the account sees only what it handed in"})
	}
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	rows, next, err := a.Cases.Find(c.Request.Context(), f)
	if err != nil {
		return err
	}
	out := struct {
		Submissions []listed `json:"submissions"`
		Next        string   `json:"next,omitempty"`
	}{[]listed{}, next}
	for _, r := range rows {
		if r.Origin == review.OriginSubmission {
			out.Submissions = append(out.Submissions, listed{r.ID, r.State,
				rfc3339(r.Times.Received), r.Name, r.Package, r.Version, r.Platform, r.Route,
				r.Severity, listedLinks{at(r.ID)}})
		}
	}
	if next != "" {
		q := url.Values{"limit": {strconv.Itoa(f.Limit)}, "after": {next}}
		for _, s := range f.States {
			q.Add("state", string(s))
		}
		c.Header("Link", "<"+Prefix+"/submissions?"+q.Encode()+`>; rel="next"`)
	}
	c.JSON(http.StatusOK, out)
	return nil
}

// filterOf reads what is to be listed.
func filterOf(c *call) (f review.CaseFilter, err error) {
	f = review.CaseFilter{After: c.Query("after"), Limit: usualPage}
	for _, word := range c.QueryArray("state") {
		s := review.CaseState(word)
		if !slices.Contains(review.CaseStates(), s) {
			return f, invalid("state", "state", fmt.Sprintf("没有这种状态：%.40q", word),
				fmt.Sprintf("there is no state %.40q", word))
		}
		if !slices.Contains(f.States, s) {
			f.States = append(f.States, s)
		}
	}
	if text, given := c.GetQuery("limit"); given {
		f.Limit, err = strconv.Atoi(text)
		if err != nil || f.Limit < 1 || f.Limit > maxPage {
			return f, invalid("limit", "limit", fmt.Sprintf("limit 须为 1 至 %d", maxPage),
				fmt.Sprintf("limit is 1 to %d", maxPage))
		}
	}
	return f, nil
}
