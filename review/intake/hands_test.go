package intake_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

// signedBy has the packages of a version carry the signature of a certificate.
func (r *room) signedBy(certificates map[string]string) {
	read := r.Analyzer
	r.Analyzer = func(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
		facts, err := read(ctx, f)
		if err == nil && certificates[facts.Package.Version.Name] != "" {
			facts.Package.Signers = []analyzer.Signer{{Scheme: "v2", Verified: true,
				SHA256: certificates[facts.Package.Version.Name]}}
		}
		return facts, err
	}
}

// TestUpdateByAnotherHandGoesToAPerson hands in what calls itself a version of an
// application that another has listed: the policy does not put it in its place.
func TestUpdateByAnotherHandGoesToAPerson(t *testing.T) {
	t.Parallel()
	other := review.Actor{ID: "other", Name: "他人", Role: review.RoleDeveloper}
	for _, tt := range []struct {
		name    string
		signers map[string]string // by version
		by      review.Actor
		lose    bool // the report on the listed release
		listed  bool
	}{
		{"unsigned_of_another_account", nil, other, false, false},
		{"unsigned_of_the_account", nil, maker, false, true},
		{"other_certificate", map[string]string{"2.1": "aa", "2.2": "bb"}, maker, false, false},
		{"signature_taken_off", map[string]string{"2.1": "aa"}, maker, false, false},
		{"same_certificate", map[string]string{"2.1": "aa", "2.2": "aa"}, other, false, true},
		{"report_is_lost", map[string]string{"2.1": "aa", "2.2": "aa"}, maker, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				r := newRoom(t, db)
				r.signedBy(tt.signers)
				first := r.scanned(t, steps.upload(t))
				require.Equal(t, review.CaseDecided, first.State)
				if tt.lose {
					lost, err := blob.ParseDigest(r.submission(t, first.ID).Scan.Reports["zh"])
					require.NoError(t, err)
					require.NoError(t, r.blobs.Delete(t.Context(), lost))
				}
				u := app{steps.id, "2.2"}.upload(t)
				u.By = tt.by
				second := r.scanned(t, u)
				assert.Equal(t, first.App, second.App)
				assert.Equal(t, review.Clear, second.Route)
				if tt.listed {
					assert.Equal(t, review.CaseDecided, second.State)
					assert.Equal(t, 1, r.count(t, "releases", "state = 'superseded'"))
					assert.Zero(t, r.count(t, "case_entries", "note LIKE '%同一开发者%'"))
					return
				}
				assert.Equal(t, review.CaseWaiting, second.State)
				assert.Empty(t, second.Decisions)
				assert.Equal(t, 1, r.count(t, "releases",
					"state = 'listed' AND version = '2.1 (7)'"))
				assert.Equal(t, 1, r.count(t, "case_entries",
					"case_id = ? AND note LIKE '%须核实是否为同一开发者%'", second.ID), "it is said")
			})
		})
	}
}

// TestABrokenUploadIsNobodysRelease hands in a package again that arrived broken, from
// another account.
func TestABrokenUploadIsNobodysRelease(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		broken := steps.upload(t)
		broken.Body = io.LimitReader(broken.Body, 100)
		broken.By = review.Actor{ID: "other", Name: "他人", Role: review.RoleDeveloper}
		require.Equal(t, review.CaseScanFailed, r.scanned(t, broken).State)
		assert.Equal(t, review.CaseDecided, r.scanned(t, steps.upload(t)).State)
		assert.Zero(t, r.count(t, "case_entries", "note LIKE '%同一开发者%'"))
	})
}
