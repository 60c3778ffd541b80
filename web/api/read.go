package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// at is the address of a submission.
func at(caseID string) string { return Prefix + "/submissions/" + caseID }

// pending reports a case whose scan has not ended. Whoever waits for it asks again in
// a second.
func pending(c review.Case) bool {
	return c.State == review.CaseReceived || c.State == review.CaseScanning
}

// show answers with how a submission stands. It is read behind its case: a scan that
// the case tells of is then there.
func (a *api) show(c *call, status int, s review.Submission) error {
	kept, err := a.Cases.Case(c.Request.Context(), s.Case)
	if err == nil {
		s, err = a.Submissions.Submission(c.Request.Context(), s.Case)
	}
	if err != nil {
		return err
	}
	if pending(kept) {
		c.Header("Retry-After", "1")
	}
	c.JSON(status, stateOf(s, kept))
	return nil
}

func (a *api) status(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	return a.show(c, http.StatusOK, s)
}

// keyed answers with how the submission stands that the account handed in under a key.
// It tells whether an upload arrived whose answer was lost.
func (a *api) keyed(c *call) error {
	key := c.Query("key")
	if key == "" {
		return invalid("key", "key", "须以 key 指明提交的标识", "key names the submission")
	}
	s, err := a.Submissions.Keyed(c.Request.Context(), c.Actor.ID, key)
	if err != nil {
		return err
	}
	c.Header("Content-Location", at(s.Case))
	return a.show(c, http.StatusOK, s)
}

// maxReport bounds a report in bytes.
const maxReport = 64 << 20

// report answers with the stored report, byte for byte.
func (a *api) report(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	if s.Scan == nil {
		s, err = a.ended(c, s)
	}
	if err != nil {
		return err
	}
	digest, ok := s.Scan.Reports[c.lang]
	if !ok {
		return noReport(s.Scan.Failure)
	}
	body, err := a.Files.Read(c.Request.Context(), digest, maxReport)
	if err != nil {
		return fmt.Errorf("report of case %s: %w", s.Case, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != digest {
		return fmt.Errorf("report of case %s: the file has the SHA-256 %x, not %s", s.Case, sum,
			digest)
	}
	patient(c, len(body))
	c.Header("Content-Language", tags[c.lang])
	c.Data(http.StatusOK, "application/json", body)
	return nil
}

// ended returns a submission whose scan has just ended, or says why there is no report
// yet, or that there will be none.
func (a *api) ended(c *call, s review.Submission) (review.Submission, error) {
	kept, err := a.Cases.Case(c.Request.Context(), s.Case)
	if err != nil {
		return s, err
	}
	if pending(kept) {
		c.Header("Retry-After", "1")
		return s, refuse(review.ErrConflict, "report", "not-scanned", analyzer.Text{
			ZH: "尚未检测完成", EN: "the scan has not ended yet"})
	}
	s, err = a.Submissions.Submission(c.Request.Context(), s.Case)
	if err == nil && s.Scan == nil {
		err = noReport(analyzer.Text{})
	}
	return s, err
}

func noReport(why analyzer.Text) error {
	return refuse(review.ErrNotFound, "report", "no-report", analyzer.Text{
		ZH: cmp.Or(why.ZH, "没有检测报告"), EN: cmp.Or(why.EN, "there is no report")})
}

// letter is one letter as a developer is to get it.
type letter struct {
	ID       string       `json:"id"`
	Decision string       `json:"decision"`
	On       review.Event `json:"on,omitempty"`
	At       string       `json:"at"`
	ZH       string       `json:"zh"`
	EN       string       `json:"en"`
	SHA256   string       `json:"sha256"` // of zh, which counts
}

func (a *api) letters(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	all, err := a.Letters.Letters(c.Request.Context(), s.Case)
	if err != nil {
		return err
	}
	out := make([]letter, len(all))
	for i, l := range all {
		sum := sha256.Sum256([]byte(l.ZH))
		out[i] = letter{l.ID, l.Decision, l.On, rfc3339(l.At), l.ZH, l.EN,
			hex.EncodeToString(sum[:])}
	}
	c.JSON(http.StatusOK, struct {
		Letters []letter `json:"letters"`
	}{out})
	return nil
}
