package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"github.com/listgate/listgate/review"
)

// appRow is a row of apps.
type appRow struct {
	ID       string
	Rev      int
	Package  string
	Name     string
	Provider string
	State    review.AppState
	Standing string
}

// TableName implements schema.Tabler.
func (appRow) TableName() string { return "apps" }

func appRowOf(a review.App) (appRow, error) {
	var b bounds
	b.id("app", a.ID)
	b.text("package", a.Package, maxLine)
	b.text("name", a.Name, maxLine)
	b.text("provider", a.Provider, maxLine)
	b.text("state", string(a.Standing.State), maxID)
	row := appRow{a.ID, a.Rev, a.Package, a.Name, a.Provider, a.Standing.State,
		b.document("standing", a.Standing)}
	return row, b.err
}

func (r appRow) domain() (review.App, error) {
	a := review.App{ID: r.ID, Rev: r.Rev, Package: r.Package, Name: r.Name, Provider: r.Provider}
	if err := json.Unmarshal([]byte(r.Standing), &a.Standing); err != nil {
		return a, fmt.Errorf("standing of application %s: %w", r.ID, err)
	}
	return a, nil
}

// releaseRow is a row of releases.
type releaseRow struct {
	ID       string
	Rev      int
	AppID    string
	Platform review.Platform
	Version  string
	State    review.ReleaseState
}

// TableName implements schema.Tabler.
func (releaseRow) TableName() string { return "releases" }

func releaseRowOf(r review.Release) (releaseRow, error) {
	var b bounds
	b.id("release", r.ID)
	b.id("app", r.App)
	b.text("platform", string(r.Platform), maxID)
	b.text("version", r.Version, maxLine)
	b.text("state", string(r.State), maxID)
	return releaseRow{r.ID, r.Rev, r.App, r.Platform, r.Version, r.State}, b.err
}

func (r releaseRow) domain() review.Release {
	return review.Release{ID: r.ID, Rev: r.Rev, App: r.AppID, Platform: r.Platform,
		Version: r.Version, State: r.State}
}

// packageRow is a row of app_packages.
type packageRow struct {
	Platform review.Platform
	Package  string
	AppID    string
}

// TableName implements schema.Tabler.
func (packageRow) TableName() string { return "app_packages" }

// App implements review.Apps.
func (s Apps) App(ctx context.Context, id string) (review.App, error) {
	a, err := s.app(ctx, id)
	return a, doing("application", id, err)
}

func (t tables) app(ctx context.Context, id string) (review.App, error) {
	if !sound(id) {
		return review.App{}, review.ErrNotFound
	}
	var row appRow
	if err := t.db.From(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return review.App{}, err
	}
	return row.domain()
}

// Named implements review.Apps.
func (s Apps) Named(
	ctx context.Context, packageID string, p review.Platform,
) (review.App, error) {
	var b bounds
	b.text("package", packageID, maxLine)
	b.text("platform", string(p), maxID)
	if b.err != nil {
		return review.App{}, doing("application named", packageID, review.ErrNotFound)
	}
	var row appRow
	err := s.db.From(ctx).Where(
		"id = (SELECT app_id FROM app_packages WHERE platform = ? AND package = ?)", p, packageID,
	).Take(&row).Error
	if err != nil {
		return review.App{}, doing("application named", packageID, err)
	}
	return row.domain()
}

// Releases implements review.Apps, in the order of their ids.
func (s Apps) Releases(ctx context.Context, app string) ([]review.Release, error) {
	if _, err := s.app(ctx, app); err != nil {
		return nil, doing("releases of application", app, err)
	}
	var rows []releaseRow
	err := s.db.From(ctx).Where("app_id = ? AND state NOT IN ('withdrawn', 'superseded')", app).
		Order("id").Find(&rows).Error
	if err != nil {
		return nil, doing("releases of application", app, err)
	}
	out := make([]review.Release, len(rows))
	for i, r := range rows {
		out[i] = r.domain()
	}
	return out, nil
}

// Release returns a release in any state, also one that no decision acts on any
// longer; ErrNotFound where there is none.
func (s Apps) Release(ctx context.Context, id string) (review.Release, error) {
	r, err := s.release(ctx, id)
	return r, doing("release", id, err)
}

func (t tables) release(ctx context.Context, id string) (review.Release, error) {
	if !sound(id) {
		return review.Release{}, review.ErrNotFound
	}
	var row releaseRow
	if err := t.db.From(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return review.Release{}, err
	}
	return row.domain(), nil
}

// Add implements review.Apps. An application that is there stays as it is, and its
// releases are added. Its package id stands for it on the platform of each release: an
// ErrConflict where it stands for another, which Named then returns.
func (s Apps) Add(ctx context.Context, a review.App, releases ...review.Release) error {
	err := s.db.Do(ctx, func(ctx context.Context) error { return s.add(ctx, a, releases) })
	return doing("add application", a.ID, err)
}

func (s Apps) add(ctx context.Context, a review.App, releases []review.Release) error {
	row, err := appRowOf(a)
	if err != nil {
		return err
	}
	once := clause.OnConflict{DoNothing: true}
	if err := s.db.From(ctx).Clauses(once).Create(&row).Error; err != nil {
		return err
	}
	for _, r := range releases {
		if r.App != a.ID {
			return invalid("release", "other-app", "版本属于另一应用",
				"the release is of another application")
		}
		release, err := releaseRowOf(r)
		if err != nil {
			return err
		}
		if err := s.stand(ctx, packageRow{r.Platform, a.Package, a.ID}); err != nil {
			return err
		}
		if err := s.db.From(ctx).Create(&release).Error; err != nil {
			return fmt.Errorf("release %s: %w", r.ID, err)
		}
	}
	return nil
}

// stand lets a package id stand for an application.
func (s Apps) stand(ctx context.Context, p packageRow) error {
	once := clause.OnConflict{DoNothing: true}
	if err := s.db.From(ctx).Clauses(once).Create(&p).Error; err != nil {
		return err
	}
	var owner string
	err := s.db.From(ctx).Model(&packageRow{}).Where("platform = ? AND package = ?",
		p.Platform, p.Package).Pluck("app_id", &owner).Error
	if err == nil && owner != p.AppID {
		err = conflict("package", "app-exists", "该平台上已有此应用："+p.Package,
			"the platform has this application already: "+p.Package)
	}
	return err
}
