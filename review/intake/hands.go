package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// maxHands bounds the releases of one application of which is looked up from whom they
// came; one that waits beside so many is for a person.
const maxHands = 50

// otherHand is what the history says of an update that may be somebody else's.
const otherHand = "签名或者提交账号与本应用的其他版本不同，或者无法核对，须核实是否为同一开发者"

// ask finds out from whom the other releases of the application came, as far as that
// can be told. It reads files, and so stands before any transaction.
func (i *Intake) ask(ctx context.Context, r *result) error {
	app, err := i.Apps.Named(ctx, r.identity.id, r.identity.platform)
	if errors.Is(err, review.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	releases, err := i.Apps.Releases(ctx, app.ID)
	if err != nil {
		return err
	}
	own, err := i.Cases.Case(ctx, r.submission.Case)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, one := range releases {
		wanted[one.ID] = one.ID != own.Release && one.Platform == r.identity.platform
	}
	if len(releases) <= maxHands {
		if r.others, err = i.hands(ctx, app.ID, wanted); err != nil {
			return err
		}
	}
	for _, h := range r.others {
		wanted[h.Release] = !h.Unread && !r.hand.Same(h)
	}
	if slices.Contains(slices.Collect(maps.Values(wanted)), true) {
		r.note = joined(r.note, otherHand)
	}
	return nil
}

// hands tells from whom some releases of an application came.
func (i *Intake) hands(
	ctx context.Context, app string, wanted map[string]bool,
) (out []review.Hand, err error) {
	for f := (review.CaseFilter{App: app, Limit: 200}); ; {
		rows, next, err := i.Cases.Find(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !wanted[row.Release] {
				continue
			}
			h, err := i.handOf(ctx, row.Case)
			if err != nil {
				return nil, err
			}
			out = append(out, h...)
		}
		if f.After = next; next == "" {
			return out, nil
		}
	}
}

// handOf tells from whom the release of a case came; nothing where no scan has told, or
// its report can no longer be read.
func (i *Intake) handOf(ctx context.Context, c review.Case) ([]review.Hand, error) {
	s, err := i.Submissions.Submission(ctx, c.ID)
	if errors.Is(err, review.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("submission of case %s: %w", c.ID, err)
	}
	if s.Scan == nil {
		return nil, nil
	}
	if s.Scan.Failed() {
		return []review.Hand{{Release: c.Release, By: s.By, Unread: true}}, nil
	}
	file, err := i.Files.Open(ctx, s.Scan.Reports["zh"])
	if err != nil {
		return nil, ctx.Err()
	}
	defer file.Close() //nolint:errcheck // only read
	var kept struct {
		Package struct {
			Signers []analyzer.Signer `json:"signers"`
		} `json:"package"`
	}
	if err := json.NewDecoder(io.LimitReader(file, maxReport)).Decode(&kept); err != nil {
		return nil, ctx.Err()
	}
	return []review.Hand{{Release: c.Release, By: s.By, Signers: kept.Package.Signers}}, nil
}
