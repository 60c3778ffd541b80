package analyzer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnseal(t *testing.T) {
	t.Parallel()
	f := &Facts{Package: Package{Signers: []Signer{{Scheme: "apple", Verified: true}}}}
	f.Add(Binary{Entry: "a", SHA256: "01"})
	f.Add(Asset{Name: "b", SHA256: "02"})
	f.Add(Asset{Name: "c"})
	f.Add(Model{Entry: "d", SHA256: "04"})
	f.Add(Seal{Where: Where{Entry: "list"},
		Files: map[string]string{"a": "01", "b": "02", "c": "03", "d": "04", "e": "05"}})
	f.complete()
	assert.Empty(t, f.Anomalies, "what was not digested is not judged")
	assert.Nil(t, f.Seals)
	assert.True(t, f.Package.Signers[0].Verified)
	f.Add(Seal{Where: Where{Entry: "list"}, Files: map[string]string{"a": "00", "b": "00"}})
	f.complete()
	require.Len(t, f.Anomalies, 1)
	assert.Equal(t, Anomaly{Code: SignatureInvalid, Where: Where{Entry: "list"},
		What: "2 files are not those that were signed, as a"}, f.Anomalies[0])
	assert.False(t, f.Package.Signers[0].Verified)
}
