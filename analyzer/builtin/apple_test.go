package builtin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
)

// TestAppleFixtures holds the fixtures of signed and encrypted programs to what they
// were made for.
func TestAppleFixtures(t *testing.T) {
	t.Parallel()
	const list = "Payload/Hostile.app/_CodeSignature/CodeResources"
	for _, c := range []struct {
		fixture string
		what    []string
	}{
		{"hostile/ipa-file-not-signed", []string{
			list + " signature-invalid 1 files were signed and are not there, as gone.json",
			list + " signature-invalid 1 files are not covered by the signature, as added.js",
			list + " signature-invalid 1 files are not those that were signed, " +
				"as Payload/Hostile.app/Frameworks/libchanged.dylib"}},
		{"hostile/macho-page-not-signed", []string{"Payload/Hostile.app/Hostile " +
			"signature-invalid slice arm64: 1 of 13 pages are not those that were signed, " +
			"the first at 0x4000"}},
		{"hostile/macho-entitlements-differ", []string{"Payload/Hostile.app/Hostile " +
			"entitlements-differ null in the property list, true in DER"}},
		{"personal-voice-ios", nil},
		{"encrypted-slice-ios", nil},
	} {
		var got []string
		for _, a := range analyseFixture(t, c.fixture, 0).Facts.Anomalies {
			got = append(got, a.Where.Entry+" "+string(a.Code)+" "+a.What)
		}
		assert.Equal(t, c.what, got, c.fixture)
	}
	half := analyseFixture(t, "encrypted-slice-ios", 0).Facts
	assert.True(t, half.Package.Encrypted)
	var states []analyzer.FairPlayState
	for _, b := range half.Binaries {
		for _, s := range b.Slices {
			states = append(states, s.FairPlay.State)
		}
	}
	assert.Contains(t, states, analyzer.FairPlayEncrypted)
	voice := analyseFixture(t, "personal-voice-ios", 0)
	assert.Len(t, voice.Facts.Entitlements, 2)
	assert.Len(t, voice.Facts.Privacy, 1)
	var rules []string
	for _, f := range voice.Findings {
		rules = append(rules, f.Rule)
	}
	assert.Contains(t, rules, "apple-personal-voice")
}
