package analyzer

// Slice is the program for one architecture in a Mach-O file; the objects of a
// static archive are one slice for each architecture.
type Slice struct {
	Arch     string   `json:"arch"`
	Type     string   `json:"type"` // execute, dylib, bundle, object, …
	Platform string   `json:"platform,omitempty"`
	MinOS    string   `json:"min_os,omitempty"`
	UUID     string   `json:"uuid,omitempty"`
	FairPlay FairPlay `json:"fairplay,omitzero"`
	// Signature is empty where the slice has none.
	Signature CodeSignature `json:"signature,omitzero"`
}

// FairPlay is what a slice says of its encryption by a store, and whether it is so.
type FairPlay struct {
	State   FairPlayState `json:"state"`
	CryptID uint32        `json:"cryptid"`
	At      int64         `json:"at"` // of the range, in the entry
	Size    int64         `json:"size"`
}

// FairPlayState is whether the code of a slice is encrypted.
type FairPlayState string

// The states.
const (
	FairPlayReady     FairPlayState = "ready"     // made to be encrypted, and is not
	FairPlayEncrypted FairPlayState = "encrypted" // only a device can decrypt it
	FairPlayMarked    FairPlayState = "marked"    // said to be encrypted, but in the clear
)

// CodeSignature is what is signed of one slice, by whom, and whether it holds.
type CodeSignature struct {
	Identifier string `json:"identifier"`
	Team       string `json:"team,omitempty"`
	Hash       string `json:"hash"`   // function of the directory that a device believes
	CDHash     string `json:"cdhash"` // its name of the code, in hexadecimal
	AdHoc      bool   `json:"ad_hoc,omitempty"`
	// Certificate is the SHA-256 of the signer's, Chain the names from it upwards. No
	// root is trusted: the chain says who it claims to be.
	Certificate string   `json:"certificate,omitempty"`
	Chain       []string `json:"chain,omitempty"`
	// Verified is set where the code, its entitlements and the files beside it are
	// those of the directory, and the signature over that holds where there is one.
	Verified bool `json:"verified"`
}

// Entitlement is one right that a signed program asks for. Value is text, or JSON
// where it is a list or a dictionary.
type Entitlement struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	Where Where  `json:"where"`
}

// ProfileType is how an application with a provisioning profile may be spread.
type ProfileType string

// The types.
const (
	DevelopmentProfile ProfileType = "development"
	AdHocProfile       ProfileType = "ad-hoc"     // to the devices that it names
	EnterpriseProfile  ProfileType = "enterprise" // to all devices of a company
	StoreProfile       ProfileType = "store"
)

// Profile is one provisioning profile: for whom and where Apple lets code be used.
type Profile struct {
	Name         string      `json:"name,omitempty"`
	UUID         string      `json:"uuid,omitempty"`
	Type         ProfileType `json:"type"`
	Team         string      `json:"team,omitempty"`
	TeamName     string      `json:"team_name,omitempty"`
	Prefix       string      `json:"prefix,omitempty"` // of the application's identifier
	AppID        string      `json:"app_id,omitempty"` // with the prefix; may end in *
	Platforms    []string    `json:"platforms,omitempty"`
	Created      string      `json:"created,omitempty"` // RFC 3339, UTC
	Expires      string      `json:"expires,omitempty"`
	Devices      int         `json:"devices,omitempty"`
	Certificates []string    `json:"certificates,omitempty"` // SHA-256 of those that may sign
	Entitlements []string    `json:"entitlements,omitempty"` // keys of what may be asked for
	Verified     bool        `json:"verified"`               // its signature holds
	Where        Where       `json:"where"`
}

// PrivacyManifest is what an application or a library says that it collects.
type PrivacyManifest struct {
	Tracking  bool           `json:"tracking,omitempty"`
	Domains   []string       `json:"domains,omitempty"` // that it tracks by
	Collected []CollectedUse `json:"collected,omitempty"`
	Accessed  []AccessedUse  `json:"accessed,omitempty"`
	Where     Where          `json:"where"`
}

// CollectedUse is one type of data that is collected, and what for.
type CollectedUse struct {
	Type     string   `json:"type"`
	Linked   bool     `json:"linked,omitempty"` // to the person
	Tracking bool     `json:"tracking,omitempty"`
	Purposes []string `json:"purposes,omitempty"`
}

// AccessedUse is one kind of system interface that needs a reason, with the reasons.
type AccessedUse struct {
	Type    string   `json:"type"`
	Reasons []string `json:"reasons,omitempty"`
}

func (r Entitlement) addTo(f *Facts)     { f.Entitlements = append(f.Entitlements, r) }
func (r Profile) addTo(f *Facts)         { f.Profiles = append(f.Profiles, r) }
func (r PrivacyManifest) addTo(f *Facts) { f.Privacy = append(f.Privacy, r) }
