package machlinks_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/machlinks"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/machofile"
)

const (
	info      = "{CFBundleExecutable = Demo;}"
	resources = "{files = {};}"
)

// signing is what the tests sign, with a key that lives as long as the test.
func signing(t *testing.T) *machofile.Signing {
	t.Helper()
	k, err := machofile.NewKey("ec", "Apple Distribution: Demo", "TEAM123456")
	require.NoError(t, err)
	return &machofile.Signing{Identifier: "com.example.demo", Team: "TEAM123456", Key: k,
		Info: []byte(info), Resources: []byte(resources),
		Entitlements: map[string]any{"aps-environment": "production", "get-task-allow": false,
			"groups": []any{"a"}}}
}

func readSigned(t *testing.T, program []byte) *analyzer.Facts {
	t.Helper()
	return readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{"Demo": program,
		"Info.plist": []byte(info), "_CodeSignature/CodeResources": []byte(resources)}))
}

func TestReadSignature(t *testing.T) {
	t.Parallel()
	s := signing(t)
	im := image()
	im.Signing = s
	facts := readSigned(t, build(t, im))
	assert.Empty(t, facts.Gaps)
	assert.Empty(t, facts.Anomalies)
	require.Len(t, facts.Package.Signers, 1, "one certificate signed both slices")
	signer := facts.Package.Signers[0]
	assert.Equal(t, "CN=Apple Distribution: Demo,OU=TEAM123456", signer.Subject)
	assert.Equal(t, "apple", signer.Scheme)
	assert.True(t, signer.Verified)
	require.Len(t, facts.Binaries[0].Slices, 2)
	for _, slice := range facts.Binaries[0].Slices {
		sign := slice.Signature
		assert.Len(t, sign.CDHash, 40)
		sign.CDHash = ""
		assert.Empty(t, cmp.Diff(analyzer.CodeSignature{Identifier: "com.example.demo",
			Team: "TEAM123456", Hash: "sha256", Certificate: signer.SHA256,
			Chain: []string{signer.Subject, "CN=Test Authority"}, Verified: true}, sign))
	}
	rights := map[string]string{}
	for _, e := range facts.Entitlements {
		rights[e.Key] = e.Value
		assert.Equal(t, "entitlements/"+e.Key, e.Where.Part)
	}
	assert.Len(t, facts.Entitlements, 3, "slices and forms that agree say it once")
	assert.Empty(t, cmp.Diff(map[string]string{"aps-environment": "production",
		"get-task-allow": "false", "groups": `["a"]`}, rights))
}

// TestReadSignatureBroken has one thing in each case that was not signed.
func TestReadSignatureBroken(t *testing.T) {
	t.Parallel()
	s := signing(t)
	im := image()
	im.Archs, im.Signing = []string{"arm64"}, s
	sound := build(t, im)
	program := func(old, now string) []byte {
		return bytes.Replace(sound, []byte(old), []byte(now), 1)
	}
	for _, c := range []struct {
		name, what, file string
		content          []byte
	}{
		{"page", "slice arm64: 1 of ", "Demo", program("plain\x00", "plaim\x00")},
		{"info", "Info.plist: not what was signed", "Info.plist",
			[]byte("{CFBundleExecutable = \"Demo\";}")},
		{"resources_gone", "CodeResources: signed, but not there",
			"_CodeSignature/CodeResources", nil},
		{"entitlements", "the entitlements: not what was signed", "Demo",
			program("<false/>", "<true/> ")},
		{"identifier", "signature over the code directory", "Demo",
			program("com.example.demo\x00", "com.example.evil\x00")},
		{"no_signature_at_all", "code signature at 0x0", "Demo",
			program("\xfa\xde\x0c\xc0", "nope")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"Demo": sound, "Info.plist": []byte(info),
				"_CodeSignature/CodeResources": []byte(resources)}
			files[c.file] = c.content
			if c.content == nil {
				delete(files, c.file)
			}
			facts := readtest.Run(t, machlinks.Reader{}, app(files))
			require.NotEmpty(t, facts.Anomalies)
			assert.Contains(t, texts(facts.Anomalies), c.what)
			for _, s := range facts.Package.Signers {
				assert.False(t, s.Verified)
			}
		})
	}
}

func texts(anomalies []analyzer.Anomaly) (all string) {
	for _, a := range anomalies {
		all += a.What + "\n"
	}
	return all
}

func TestReadAdHoc(t *testing.T) {
	t.Parallel()
	im := image()
	im.FileType = "dylib"
	im.Signing = &machofile.Signing{Identifier: "voice", Hashes: []string{"sha1", "sha256"}}
	facts := readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{
		"Frameworks/Voice.dylib": build(t, im)}))
	assert.Empty(t, facts.Anomalies)
	assert.Empty(t, facts.Package.Signers)
	for _, slice := range facts.Binaries[0].Slices {
		assert.True(t, slice.Signature.AdHoc)
		assert.True(t, slice.Signature.Verified)
	}
}

// A device believes the DER, a reader of the property list would not see it.
func TestReadEntitlementsDiffer(t *testing.T) {
	t.Parallel()
	s := signing(t)
	s.DER = map[string]any{"aps-environment": "production", "hidden": true}
	im := image()
	im.Archs, im.Signing = []string{"arm64"}, s
	facts := readSigned(t, build(t, im))
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.EntitlementsDiffer, facts.Anomalies[0].Code)
	var keys []string
	for _, e := range facts.Entitlements {
		keys = append(keys, e.Key)
	}
	assert.Equal(t, []string{"aps-environment", "get-task-allow", "groups", "hidden"}, keys)
}

func TestReadFairPlay(t *testing.T) {
	t.Parallel()
	im := image()
	im.CryptID, im.Encrypted = 1, []string{"arm64"}
	facts := readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{"Demo": build(t, im)}))
	require.Len(t, facts.Binaries[0].Slices, 2)
	var states []analyzer.FairPlayState
	for _, s := range facts.Binaries[0].Slices {
		states = append(states, s.FairPlay.State)
	}
	assert.Equal(t, []analyzer.FairPlayState{analyzer.FairPlayReady, analyzer.FairPlayEncrypted},
		states)
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, "the code of slice arm64 is encrypted", facts.Gaps[0].Detail)
	assert.Contains(t, facts.Binaries[0].Classes.Names, "DemoVoice", "armv7 can be read")
}
