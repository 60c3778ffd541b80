package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
)

// verifier is the command that outsiders verify with.
type verifier string

func buildVerifier(t *testing.T) verifier {
	t.Helper()
	path := filepath.Join(t.TempDir(), "listgate")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../listgate").
		CombinedOutput()
	require.NoError(t, err, "%s", out)
	return verifier(path)
}

// verify verifies a proof as an outsider does, by a public key and nothing else.
func (v verifier) verify(t *testing.T, key string, proof []byte, lang string) ran {
	t.Helper()
	var out, said bytes.Buffer
	c := exec.CommandContext(t.Context(), string(v), "verify", "--lang", lang, "--key", key, "-")
	c.Dir, c.Env = t.TempDir(), []string{}
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(proof), &out, &said
	require.NoError(t, start(c))
	_ = c.Wait() // the status says how it ended
	return ran{c.ProcessState.ExitCode(), out.String(), said.String()}
}

// TestProof takes the proof of a decision away, from the page and from the command: an
// outsider verifies it, and nothing else.
func TestProof(t *testing.T) {
	t.Parallel()
	outside := buildVerifier(t)
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		s := c.p.scanned(voicePack(t, 1))
		path := "/cases/" + s.Case
		v := c.who(wang)
		require.Equal(t, 303, v.post(path+"/decide", refusal(v.claim(s.Case))...).status)
		seq := regexp.MustCompile(regexp.QuoteMeta(path) + `/ledger/(\d+)`).
			FindStringSubmatch(v.get(path).body)
		require.NotEmpty(t, seq, "the page of the case does not lead to its ledger entry")
		a := v.get(path + "/ledger/" + seq[1] + "/proof")
		require.Equal(t, 200, a.status, a.says())
		assert.Contains(t, a.header.Get("Content-Disposition"), "proof-"+seq[1]+".json")
		byPage := []byte(a.body)
		byCommand := []byte(c.h.must("", "ledger", "proof", seq[1]))
		key := c.h.path("ledger.pub")
		for _, proof := range [][]byte{byPage, byCommand} {
			r := outside.verify(t, key, proof, "zh")
			assert.Zero(t, r.status, r.out+r.err)
			assert.Contains(t, r.out, "证明有效")
			assert.Contains(t, r.out, s.Case)
			assert.Contains(t, r.out, "没有提交声明，不予上架")
			assert.Contains(t, outside.verify(t, key, proof, "en").out, "The proof holds")
		}
		t.Run("changed_by_one_byte", func(t *testing.T) { proofIsChanged(t, outside, key, byPage) })
		t.Run("by_another_key", func(t *testing.T) {
			other := emptyHouse(t, source)
			other.must("", "ledger", "keygen")
			r := outside.verify(t, other.path("ledger.pub"), byPage, "zh")
			assert.Equal(t, 1, r.status)
			assert.Contains(t, r.out, "证明无效")
		})
		t.Run("of_an_entry_of_another_case", func(t *testing.T) {
			a := v.on(t).get(path + "/ledger/0/proof")
			assert.Equal(t, 404, a.status)
		})
		t.Run("of_no_entry", func(t *testing.T) {
			r := c.h.run("", "ledger", "proof", "99999")
			assert.Equal(t, exitFailed, r.status)
			assert.Contains(t, r.err, "99999")
			assert.Empty(t, r.out)
		})
		assert.Equal(t, 404, v.get(path+"/ledger/99999/proof").status)
	})
}

// proofIsChanged changes one bit in each part of a proof.
func proofIsChanged(t *testing.T, outside verifier, key string, proof []byte) {
	t.Helper()
	for part, place := range map[string]struct {
		behind string
		by     int
	}{
		"reason": {"没有提交声", 2}, "case": {`"case": "`, 4}, "salt": {`"salt": "`, 3},
		"place": {`"leaf_index": `, 0}, "size": {`"tree_size": `, 0},
		"path":      {"\"inclusion\": [\n    \"", 3},
		"signature": {"— test.listgate.example/ledger ", 12},
	} {
		at := bytes.Index(proof, []byte(place.behind))
		require.Positive(t, at, "the proof has no %s: %s", part, proof)
		changed := bytes.Clone(proof)
		changed[at+len(place.behind)+place.by] ^= 1
		r := outside.verify(t, key, changed, "en")
		assert.Equal(t, 1, r.status, "%s: %s%s", part, r.out, r.err)
		assert.Contains(t, r.out, "The proof does not hold", part)
	}
}
