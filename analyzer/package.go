package analyzer

// FormatName is the kind of container.
type FormatName string

// The formats of listgate.report/v1; Unknown is recognised as none of them.
const (
	APK     FormatName = "apk"
	AAB     FormatName = "aab"
	XAPK    FormatName = "xapk"
	APKS    FormatName = "apks"
	IPA     FormatName = "ipa"
	APP     FormatName = "app" // a zipped .app outside Payload/
	Unknown FormatName = "unknown"
)

// System is the operating system that a package runs on.
type System string

// The systems; NoSystem where the format was not recognised.
const (
	NoSystem System = ""
	Android  System = "android"
	IOS      System = "ios"
)

// System returns the system that packages of this format run on.
func (n FormatName) System() System {
	switch n {
	case APK, AAB, XAPK, APKS:
		return Android
	case IPA, APP:
		return IOS
	default:
		return NoSystem
	}
}

// Package is the identity of the analysed package. Versions are strings on
// purpose: code names such as "VanillaIceCream" stand where numbers are expected.
type Package struct {
	Format FormatName `json:"format"`
	ID     string     `json:"id"` // application id, CFBundleIdentifier
	// Split is the name of a package that is installed beside its base alone.
	Split   string  `json:"split,omitempty"`
	Version Version `json:"version"`
	// language tag to name; "" is the default language
	Labels      map[string]string `json:"labels"`
	Size        int64             `json:"size"` // bytes
	SHA256      string            `json:"sha256"`
	OS          OS                `json:"os"`
	ABIs        []string          `json:"abis"` // "arm64-v8a"; Mach-O architectures on iOS
	Signers     []Signer          `json:"signers"`
	Permissions []string          `json:"permissions"`
	Packers     []string          `json:"packers"`    // rule ids of packers that hide code
	Obfuscated  float64           `json:"obfuscated"` // share of classes with shrunk names, 0 to 1
	// code that only a device can decrypt (FairPlay)
	Encrypted bool `json:"encrypted"`
}

// Version is what the package says of itself: versionName and versionCode, or
// CFBundleShortVersionString and CFBundleVersion.
type Version struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// OS is the range of system versions.
type OS struct {
	Min    string `json:"min"`
	Target string `json:"target"`
}

// Signer is one certificate that signed the package.
type Signer struct {
	Scheme   string `json:"scheme"` // v1, v2, v3, v3.1, apple
	SHA256   string `json:"sha256"` // of the DER certificate
	Subject  string `json:"subject"`
	Verified bool   `json:"verified"` // the signature covers the bytes and is valid
}

// Text is a sentence or a name in both working languages.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in lang ("zh" or "en"), or the other where that is empty.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}
