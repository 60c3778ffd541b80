package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
)

const benchLeaves = 100_000

// BenchmarkAppend appends 1e5 entries, one a call as decisions do.
func BenchmarkAppend(b *testing.B) {
	entries := ledgertest.Entries(benchLeaves)
	for b.Loop() {
		log := ledger.New(&ledgertest.Memory{}, ledgertest.Salts(1))
		for _, e := range entries {
			_, err := log.Append(b.Context(), e)
			require.NoError(b, err)
		}
	}
	b.ReportMetric(float64(b.N*benchLeaves)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkProve proves one row in a log of 1e5.
func BenchmarkProve(b *testing.B) {
	log, _ := filled(b, benchLeaves)
	seq := int64(0)
	for b.Loop() {
		_, err := log.Prove(b.Context(), seq, benchLeaves)
		require.NoError(b, err)
		seq = (seq + 7919) % benchLeaves
	}
}

// BenchmarkVerify reads a log of 1e5 rows anew.
func BenchmarkVerify(b *testing.B) {
	log, _ := filled(b, benchLeaves)
	for b.Loop() {
		_, err := log.Verify(b.Context())
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N*benchLeaves)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkVerifyProof is what an outsider's check of one proof costs.
func BenchmarkVerifyProof(b *testing.B) {
	signer, key := keyPair(b, origin, 1)
	log, _ := filled(b, benchLeaves)
	doc, err := log.Proof(b.Context(), 4711, checkpoint(b, log, signer), nil)
	require.NoError(b, err)
	for b.Loop() {
		_, err := ledger.VerifyProof(reader(doc), key)
		require.NoError(b, err)
	}
}
