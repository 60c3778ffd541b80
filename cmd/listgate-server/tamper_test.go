package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/listgate/listgate/internal/store/storetest"
)

// ledgerTables hold the ledger.
var ledgerTables = []string{"ledger_rows", "ledger_hashes"}

// changeLedger changes the ledger behind the program's back; what it returns puts all
// back as it was.
func (k *kept) changeLedger(statements ...string) (restore func()) {
	k.t.Helper()
	for _, table := range ledgerTables {
		k.exec("CREATE TABLE " + table + "_before AS SELECT * FROM " + table)
	}
	for _, s := range statements {
		k.exec(s)
	}
	return func() {
		for _, table := range ledgerTables {
			k.exec("DELETE FROM " + table)
			k.exec("INSERT INTO " + table + " SELECT * FROM " + table + "_before")
			k.exec("DROP TABLE " + table + "_before")
		}
	}
}

// TestTamperedLedger changes the ledger by SQL, as somebody does who has the database:
// verify ends with an error that names the row.
func TestTamperedLedger(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		s := c.p.scanned(voicePack(t, 1))
		v := c.who(wang)
		require.Equal(t, 303,
			v.post("/cases/"+s.Case+"/decide", refusal(v.claim(s.Case))...).status)
		c.h.must("", "ledger", "publish")
		sound := c.h.must("", "ledger", "verify")
		size := c.kept.count("SELECT count(*) FROM ledger_rows")
		assert.Contains(t, sound, fmt.Sprintf("the ledger holds: %d entries", size))
		row := c.kept.count("SELECT min(seq) FROM ledger_rows WHERE kind = 'decision'")
		last := size - 1
		require.Less(t, row, last)
		at := func(statement string, n int64) string {
			return strings.ReplaceAll(statement, "ROW", fmt.Sprint(n))
		}
		for name, try := range map[string]struct {
			statement string
			row       int64
			want      string
		}{
			"reason": {"UPDATE ledger_rows SET body = replace(body, '不予上架', '准予上架') " +
				"WHERE seq = ROW", row, "changed-entry"},
			"time": {"UPDATE ledger_rows SET at = at + 1 WHERE seq = ROW", row,
				"changed-entry"},
			"kind": {"UPDATE ledger_rows SET kind = 'effect' WHERE seq = ROW", row,
				"changed-entry"},
			"subject": {"UPDATE ledger_rows SET subject = 'x' WHERE seq = ROW", row,
				"changed-entry"},
			"dropped": {"DELETE FROM ledger_rows WHERE seq = ROW", row, "missing-row"},
			"last_dropped": {"DELETE FROM ledger_rows WHERE seq = ROW", last,
				"dropped-tail"},
			"erased_in_silence": {"UPDATE ledger_rows SET body = NULL, salt = NULL " +
				"WHERE seq = ROW", row, "silent-erasure"},
		} {
			t.Run(name, func(t *testing.T) {
				restore := c.kept.on(t).changeLedger(at(try.statement, try.row))
				r := c.h.run("", "ledger", "verify")
				assert.Equal(t, exitFailed, r.status)
				assert.Empty(t, r.out)
				assert.Contains(t, r.err, "the ledger does not hold: "+
					fmt.Sprintf("ledger row %d: %s", try.row, try.want))
				restore()
				assert.Equal(t, sound, c.h.must("", "ledger", "verify"))
			})
		}
		t.Run("everything_behind_it_dropped_as_well", func(t *testing.T) {
			// Nothing is left that says so but what the witness keeps.
			restore := c.kept.on(t).changeLedger(
				at("DELETE FROM ledger_rows WHERE seq >= ROW", row),
				at("DELETE FROM ledger_hashes WHERE idx >= ROW", tlog.StoredHashIndex(0, row)))
			r := c.h.run("", "ledger", "verify")
			assert.Equal(t, exitFailed, r.status)
			assert.Contains(t, r.err, fmt.Sprintf("ledger row %d: dropped-tail", row))
			assert.Contains(t, r.err, fmt.Sprintf("a checkpoint of size %d is kept outside", size))
			restore()
		})
		t.Run("no_proof_of_it", func(t *testing.T) {
			restore := c.kept.on(t).changeLedger(
				at("UPDATE ledger_rows SET body = replace(body, '不予上架', '准予上架') "+
					"WHERE seq = ROW", row))
			r := c.h.run("", "ledger", "proof", fmt.Sprint(row))
			assert.Equal(t, exitFailed, r.status)
			assert.Empty(t, r.out)
			assert.Contains(t, r.err, fmt.Sprintf("ledger row %d: not-included", row))
			for lang, said := range map[string]string{
				"zh": fmt.Sprintf("台账第 %d 条与台账不符，不能出具证明", row),
				"en": fmt.Sprintf("row %d of the ledger does not hold and is not proven", row),
			} {
				a := v.on(t).in(lang).get(fmt.Sprintf("/cases/%s/ledger/%d/proof", s.Case, row))
				assert.Equal(t, 409, a.status)
				assert.Contains(t, a.complains(), said)
			}
			assert.Contains(t, c.at.log.String(), "an entry of the ledger cannot be proven")
			restore()
		})
		assert.Equal(t, sound, c.h.must("", "ledger", "verify"))
	})
}
