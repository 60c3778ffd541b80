package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	hashes "github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

// TestEveryAccountIsListedOnce lists more accounts than are read at a time.
func TestEveryAccountIsListedOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		accounts, err := auth.NewAccounts(auth.Config{DB: db, Roles: roles(),
			Ledger: ledger.New(store.NewLedger(db), rand.Reader),
			Cost:   hashes.Cost{Memory: 64, Passes: 1, Lanes: 1}})
		require.NoError(t, err)
		for i := range 5 {
			_, err := accounts.Create(t.Context(), "test", auth.Account{Name: "人",
				Login: fmt.Sprint("login", i), Role: "reviewer"}, "correct horse battery")
			require.NoError(t, err)
		}
		for _, page := range []int{1, 2, 5, 6} {
			var seen []string
			require.NoError(t, eachAccount(t.Context(), accounts, page, func(a auth.Account) {
				seen = append(seen, a.Login)
				require.Less(t, len(seen), 100, "it does not end")
			}))
			assert.Equal(t, []string{"login0", "login1", "login2", "login3", "login4"}, seen)
		}
	})
}

// TestWhatStrangersFind tries a whole house: a token that leaked and was taken back, and
// a preview that was never made.
func TestWhatStrangersFind(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		c.h.hire(wang)
		c.h.hire(liu)
		t.Run("revoked_token", func(t *testing.T) {
			asks := func(token string) int {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
					c.at.base+"/api/v1/submissions", http.NoBody)
				require.NoError(t, err)
				r.Header.Set("Authorization", "Bearer "+token)
				a, err := http.DefaultClient.Do(r)
				require.NoError(t, err)
				require.NoError(t, a.Body.Close())
				return a.StatusCode
			}
			leaked := c.h.newToken(wang, "read")
			require.Equal(t, http.StatusOK, asks(leaked))
			listed := c.h.must("", "token", "list", wang)
			assert.NotContains(t, listed, leaked, "it is shown once")
			assert.Contains(t, listed, "\tuntil ")
			id, _, _ := strings.Cut(listed, "\t")
			assert.NotZero(t, c.h.run("", "token", "revoke", liu, id).status, "it is wang's")
			require.Equal(t, http.StatusOK, asks(leaked))
			c.h.must("", "token", "revoke", wang, id)
			assert.Equal(t, http.StatusUnauthorized, asks(leaked))
			assert.Contains(t, c.h.must("", "token", "list", wang), "\trevoked ")
			assert.Equal(t, http.StatusOK, asks(c.h.token), "others hold on")
		})
		t.Run("forged_preview", func(t *testing.T) {
			for name, digest := range map[string]string{
				"no_digest": "x", "path": "../../ledger.key", "unknown": strings.Repeat("0", 64),
				"missing": "",
			} {
				t.Run(name, func(t *testing.T) {
					c.refusedForm(t, chen, "/registry/apply", http.StatusUnprocessableEntity,
						words{"没有预览过这个文件", "no such file was previewed"},
						"list", "algo", "name", "a.csv", "sha256", digest, "fingerprint", "x")
				})
			}
		})
		assert.NotContains(t, c.at.log.String(), `"level":"ERROR"`)
	})
}
