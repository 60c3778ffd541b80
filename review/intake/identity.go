package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// identity is what a package is, as far as it is known: by the package, else by the
// declaration, else by the bytes and the name of the file.
type identity struct {
	id, name, provider, version string
	platform                    review.Platform
	read                        bool // it is the package that says so
}

func identify(p analyzer.Package, d *review.Declaration, s review.Submission) identity {
	if d == nil {
		d = &review.Declaration{}
	}
	of := identity{
		id:       soundID(cmp.Or(p.ID, d.App.ID, "sha256:"+s.SHA256)),
		provider: oneLine(d.Provider.Name, maxName),
		version:  oneLine(cmp.Or(versionOf(p.Version), d.App.Version), maxName),
		platform: review.Android,
		read:     p.ID != "",
	}
	if p.Format.System() == analyzer.IOS || p.Format.System() == analyzer.NoSystem &&
		strings.EqualFold(path.Ext(s.File), ".ipa") {
		of.platform = review.IOS
	}
	for _, name := range []string{labelOf(p.Labels), d.App.Name, p.ID, d.App.ID, s.File} {
		if of.name == "" {
			of.name = oneLine(name, maxName)
		}
	}
	return of
}

// soundID keeps an id of a package apart from every other, and short: one that
// cannot be shown as it is gets a digest of it behind what can.
func soundID(id string) string {
	shown := oneLine(id, maxID)
	if shown == id {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return oneLine(id, maxID-20) + "#" + hex.EncodeToString(sum[:6])
}

// versionOf reads "1.2.0 (12)".
func versionOf(v analyzer.Version) string {
	if v.Name == "" || v.Code == "" || v.Name == v.Code {
		return cmp.Or(v.Name, v.Code)
	}
	return fmt.Sprintf("%s (%s)", v.Name, v.Code)
}

// labelOf returns the name that a device set to Chinese shows, else one that there
// is.
func labelOf(labels map[string]string) string {
	order := []string{"zh", "zh-CN", "zh-Hans", "zh-Hans-CN", "", "en"}
	for _, tag := range append(order, slices.Sorted(maps.Keys(labels))...) {
		if name := oneLine(labels[tag], maxName); name != "" {
			return name
		}
	}
	return ""
}

// place is the application and the release that a case is about. mended is the
// release where the scan knows better than an earlier one what it is.
type place struct {
	app     review.App
	release review.Release
	mended  []review.Release
}

// place finds or adds application and release of a case, in the transaction that the
// context carries. A submission is a release of its own, of the same version too. It
// returns the case as it is then.
func (i *Intake) place(
	ctx context.Context, c review.Case, of identity,
) (place, review.Case, error) {
	p, err := i.before(ctx, c)
	if err != nil {
		return p, c, err
	}
	if p.release.ID != "" && (!of.read || p.is(of)) {
		p.mend(of)
		return p, c, nil
	}
	if p.release.ID != "" {
		if c, err = i.leave(ctx, c, p, of); err != nil {
			return p, c, err
		}
	}
	app, err := i.app(ctx, of)
	if err != nil {
		return p, c, err
	}
	p.release = review.Release{ID: i.NewID(), App: app.ID, Platform: of.platform,
		Version: of.version, State: review.ReleaseSubmitted}
	if err := i.Apps.Add(ctx, app, p.release); err != nil {
		return p, c, fmt.Errorf("add release %s of %s: %w", of.version, of.id, err)
	}
	p.app, err = i.Apps.App(ctx, app.ID)
	return p, c, err
}

// before returns what the case was about until now; nothing where no scan has ended.
func (i *Intake) before(ctx context.Context, c review.Case) (p place, err error) {
	if c.App == "" {
		return p, nil
	}
	if p.app, err = i.Apps.App(ctx, c.App); err != nil {
		return p, err
	}
	releases, err := i.Apps.Releases(ctx, c.App)
	at := slices.IndexFunc(releases, func(r review.Release) bool { return r.ID == c.Release })
	if at >= 0 {
		p.release = releases[at]
	}
	return p, err
}

// is reports whether the application is that of a package.
func (p *place) is(of identity) bool {
	return p.app.Package == of.id && p.release.Platform == of.platform
}

// mend replaces what was guessed by what the package says.
func (p *place) mend(of identity) {
	if !of.read {
		return
	}
	if p.app.Standing.State == review.AppUnlisted {
		p.app.Name, p.app.Provider = of.name, of.provider
	}
	if p.release.Version != of.version {
		p.release.Version = of.version
		p.mended = []review.Release{p.release}
	}
}

// leave takes a case away from the release that it was about when less was known:
// nobody asks for that one any longer.
func (i *Intake) leave(
	ctx context.Context, c review.Case, p place, of identity,
) (review.Case, error) {
	var err error
	old := p.release
	old.State, err = old.State.After(review.EventWithdraw, review.RoleDeveloper)
	if err != nil {
		return c, err
	}
	note := fmt.Sprintf("此前认定为 %s %s，现按安装包认定为 %s %s", p.app.Package, old.Version, of.id,
		of.version)
	err = i.Cases.Keep(ctx, review.Outcome{Case: c, Releases: []review.Release{old},
		Entries: []review.Entry{{At: i.after(c), By: i.robot(), On: review.EventSupersede,
			From: c.State, To: c.State, Note: note}}})
	if err != nil {
		return c, err
	}
	return i.Cases.Case(ctx, c.ID)
}

// app returns the application of this id on the platform, else a new one.
func (i *Intake) app(ctx context.Context, of identity) (review.App, error) {
	app, err := i.Apps.Named(ctx, of.id, of.platform)
	if !errors.Is(err, review.ErrNotFound) {
		return app, err
	}
	return review.App{
		ID: i.NewID(), Package: of.id, Name: of.name, Provider: of.provider,
		Standing: review.Standing{State: review.AppUnlisted},
	}, nil
}

// undecided are the states in which a case has a release before people.
var undecided = []review.CaseState{
	review.CaseWaiting, review.CaseClaimed, review.CaseAwaiting, review.CaseProposed,
	review.CaseReopened, review.CaseAppealed, review.CaseOnHold,
}

// rival returns the id of a case in which the same version waits for a decision; one
// that could not be scanned is none.
func (i *Intake) rival(ctx context.Context, p place) (string, error) {
	releases, err := i.Apps.Releases(ctx, p.app.ID)
	if err != nil {
		return "", err
	}
	var same []string
	for _, r := range releases {
		if r.ID != p.release.ID && r.Platform == p.release.Platform &&
			r.Version == p.release.Version && r.State == review.ReleaseSubmitted {
			same = append(same, r.ID)
		}
	}
	for filter := (review.CaseFilter{App: p.app.ID, States: undecided}); len(same) > 0; {
		rows, next, err := i.Cases.Find(ctx, filter)
		if err != nil {
			return "", err
		}
		at := slices.IndexFunc(rows, func(r review.Row) bool {
			return slices.Contains(same, r.Release) && r.Rest != review.CaseScanFailed
		})
		if at >= 0 {
			return rows[at].ID, nil
		}
		if next == "" {
			return "", nil
		}
		filter.After = next
	}
	return "", nil
}
