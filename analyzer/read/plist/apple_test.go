package plist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/plist"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/machofile"
)

const profileEntry = "embedded.mobileprovision"

// profile signs a provisioning profile with a key that lives as long as the test.
func profile(t *testing.T, keys string) []byte {
	t.Helper()
	k, err := machofile.NewKey("ec", "Provisioning Profile Signing", "Apple")
	require.NoError(t, err)
	data, err := k.Message([]byte(`<?xml version="1.0"?><plist version="1.0"><dict>
<key>Name</key><string>Demo Profile</string><key>UUID</key><string>0123</string>
<key>TeamIdentifier</key><array><string>TEAM123456</string></array>
<key>TeamName</key><string>示例公司</string>
<key>ApplicationIdentifierPrefix</key><array><string>TEAM123456</string></array>
<key>ExpirationDate</key><date>2027-01-31T08:00:00Z</date>
<key>DeveloperCertificates</key><array><data>AAEC</data></array>`+keys+`</dict></plist>`), true)
	require.NoError(t, err)
	return data
}

const allowed = `<key>Entitlements</key><dict><key>application-identifier</key>
<string>TEAM123456.com.example.*</string>`

func TestReadProfile(t *testing.T) {
	t.Parallel()
	const devices = `<key>ProvisionedDevices</key>
<array><string>a</string><string>b</string></array>`
	debug := allowed + `<key>get-task-allow</key><true/></dict>`
	release := allowed + `<key>get-task-allow</key><false/></dict>`
	for _, c := range []struct {
		name, keys string
		kind       analyzer.ProfileType
		devices    int
	}{
		{"development", debug + devices, analyzer.DevelopmentProfile, 2},
		{"ad_hoc", release + devices, analyzer.AdHocProfile, 2},
		{"enterprise", release + `<key>ProvisionsAllDevices</key><true/>`,
			analyzer.EnterpriseProfile, 0},
		{"store", release, analyzer.StoreProfile, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, app(map[string]string{"Info.plist": list, "Demo": program,
				profileEntry: string(profile(t, c.keys))}))
			assert.Empty(t, facts.Anomalies)
			require.Len(t, facts.Profiles, 1)
			assert.Empty(t, cmp.Diff(analyzer.Profile{Name: "Demo Profile", UUID: "0123",
				Type: c.kind, Team: "TEAM123456", TeamName: "示例公司", Prefix: "TEAM123456",
				AppID: "TEAM123456.com.example.*", Expires: "2027-01-31T08:00:00Z",
				Devices: c.devices, Verified: true,
				Certificates: []string{
					"ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc"},
				Entitlements: []string{"application-identifier", "get-task-allow"},
				Where:        analyzer.Where{Entry: root + profileEntry}}, facts.Profiles[0]))
		})
	}
}

func TestReadProfileTampered(t *testing.T) {
	t.Parallel()
	bad := strings.Replace(string(profile(t, "")), "TEAM123456", "TEAM000000", 1)
	facts := read(t, app(map[string]string{profileEntry: bad}))
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.SignatureInvalid, facts.Anomalies[0].Code)
	assert.False(t, facts.Profiles[0].Verified)
	data := profile(t, "")
	for n := range len(data) {
		c := app(map[string]string{profileEntry: string(data[:n])})
		err := plist.Reader{}.Read(t.Context(), analyzer.Input{Contents: c, Entry: c.Entries[0],
			Data: data[:n], Budget: budget.New(budget.Limits{})}, func(analyzer.Record) {})
		require.Error(t, err, "cut to %d", n)
	}
}

func TestReadPrivacy(t *testing.T) {
	t.Parallel()
	const where = "Frameworks/A.framework/PrivacyInfo.xcprivacy"
	facts := read(t, app(map[string]string{where: `{NSPrivacyTracking = 1;
NSPrivacyTrackingDomains = ("track.example.com");
NSPrivacyCollectedDataTypes = ({NSPrivacyCollectedDataType = NSPrivacyCollectedDataTypeAudioData;
NSPrivacyCollectedDataTypePurposes = (NSPrivacyCollectedDataTypePurposeAnalytics);}, oops);
NSPrivacyAccessedAPITypes = ({NSPrivacyAccessedAPIType = NSPrivacyAccessedAPICategoryDiskSpace;
NSPrivacyAccessedAPITypeReasons = ("E174.1");});}`}))
	require.Len(t, facts.Privacy, 1)
	assert.Empty(t, cmp.Diff(analyzer.PrivacyManifest{Domains: []string{"track.example.com"},
		Collected: []analyzer.CollectedUse{{Type: "NSPrivacyCollectedDataTypeAudioData",
			Purposes: []string{"NSPrivacyCollectedDataTypePurposeAnalytics"}}},
		Accessed: []analyzer.AccessedUse{{Type: "NSPrivacyAccessedAPICategoryDiskSpace",
			Reasons: []string{"E174.1"}}},
		Where: analyzer.Where{Entry: root + where}}, facts.Privacy[0]))
	require.Len(t, facts.Strings, 1)
	assert.Equal(t, analyzer.HostString, facts.Strings[0].Kind)
}

func TestReadPlurals(t *testing.T) {
	t.Parallel()
	facts := read(t, app(map[string]string{"zh-Hans.lproj/Localizable.stringsdict": `{n = {
NSStringLocalizedFormatKey = "生成%#@v@"; v = {NSStringFormatSpecTypeKey = NSStringPluralRuleType;
NSStringFormatValueTypeKey = d; other = "%d 张图片由AI生成";};};}`}))
	var got []string
	for _, s := range facts.Strings {
		assert.Equal(t, "zh-Hans", s.Lang)
		assert.Equal(t, "n", s.Where.Part)
		got = append(got, s.Value)
	}
	assert.Equal(t, []string{"%d 张图片由AI生成", "生成%#@v@"}, got)
}

func TestWantApple(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.IPA, Root: root}
	for name, want := range map[string]bool{
		profileEntry: true, "PlugIns/A.appex/" + profileEntry: true, "data/" + profileEntry: false,
		"PrivacyInfo.xcprivacy": true, "A.bundle/PrivacyInfo.xcprivacy": true,
		"en.lproj/A.stringsdict": true, "fr.lproj/A.stringsdict": false,
	} {
		assert.Equal(t, want, plist.Reader{}.Want(c, readtest.Entry{Path: root + name}), name)
	}
}

const sealEntry = "_CodeSignature/CodeResources"

func TestReadSeal(t *testing.T) {
	t.Parallel()
	files := func(more map[string]string) map[string]string {
		all := map[string]string{"Info.plist": list, "Demo": program, "PkgInfo": "APPL",
			"a.json": "{}", "SC_Info/Demo.sinf": "x", "PlugIns/A.appex/A": program,
			sealEntry: `<plist><dict><key>files2</key><dict>
<key>a.json</key><dict><key>hash2</key><data>Cgs=</data></dict>
<key>PlugIns/A.appex</key><dict><key>cdhash</key><data>AA==</data></dict>
<key>fr.lproj/a.strings</key><dict><key>optional</key><true/></dict></dict></dict></plist>`}
		for name, text := range more {
			all[name] = text
		}
		return all
	}
	sound := read(t, app(files(nil)))
	assert.Empty(t, sound.Anomalies)
	require.Len(t, sound.Seals, 1)
	assert.Equal(t, map[string]string{root + "a.json": "0a0b"}, sound.Seals[0].Files)
	added := read(t, app(files(map[string]string{"b.js": "", "Frameworks/c.dylib": program})))
	require.Len(t, added.Anomalies, 1)
	assert.Contains(t, added.Anomalies[0].What, "2 files are not covered by the signature, as ")
	gone := files(nil)
	delete(gone, "a.json")
	missing := read(t, app(gone))
	require.Len(t, missing.Anomalies, 1)
	assert.Equal(t, "1 files were signed and are not there, as a.json", missing.Anomalies[0].What)
	assert.Equal(t, root+sealEntry, missing.Anomalies[0].Where.Entry)
}
