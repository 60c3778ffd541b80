package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	database "github.com/listgate/listgate/internal/store"
)

const caseColumns = `rev, app_id, release_id, stage, origin, state, rest, claim_by, claim_name,
	claim_role, claim_until, route, severity, capabilities, made, received, published, known,
	opened, due, name, package, provider, version, platform, name_folded, package_folded`

// multiply copies a case n times by SQL, with the words of its name.
func multiply(t testing.TB, db *database.DB, id string, n int) {
	t.Helper()
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
		numbers := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
			SELECT i + 1 FROM n WHERE i < %d) `, n)
		err := db.From(ctx).Exec(copies(numbers, "cases (id, "+caseColumns+")",
			"id || '-' || i, "+caseColumns, "cases", "id"), id).Error
		if err != nil {
			return err
		}
		return db.From(ctx).Exec(copies(numbers, "case_grams (gram, case_id)",
			"gram, case_id || '-' || i", "case_grams", "case_id"), id).Error
	}))
}

func copies(with, into, what, from, key string) string {
	return with + "INSERT INTO " + into + " SELECT " + what + " FROM " + from +
		", n WHERE " + key + " = ?"
}
