package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// FactsSchema is the version of the stored form; a reader of facts must know it.
const FactsSchema = "listgate.facts/v1"

// Facts says what is in a package, record by record, and knows no rules. Every
// record says where it was read.
type Facts struct {
	Schema      string          `json:"schema"`
	Readers     []ReaderVersion `json:"readers"`
	Package     Package         `json:"package"`
	Parts       []Part          `json:"parts,omitempty"`
	Permissions []Permission    `json:"permissions,omitempty"`
	Usages      []Usage         `json:"usages,omitempty"`
	Components  []Component     `json:"components,omitempty"`
	Metadata    []Metadata      `json:"metadata,omitempty"`
	PlistKeys   []PlistKey      `json:"plist_keys,omitempty"`
	Classes     []ClassTable    `json:"classes,omitempty"`
	Calls       []Call          `json:"calls,omitempty"`
	Libraries   []Library       `json:"libraries,omitempty"`
	Binaries    []Binary        `json:"binaries,omitempty"`
	Frameworks  []Framework     `json:"frameworks,omitempty"`

	Entitlements []Entitlement     `json:"entitlements,omitempty"`
	Profiles     []Profile         `json:"profiles,omitempty"`
	Privacy      []PrivacyManifest `json:"privacy,omitempty"`

	Programs  []Program `json:"programs,omitempty"`
	Modules   []Module  `json:"modules,omitempty"`
	Strings   []String  `json:"strings,omitempty"`
	Models    []Model   `json:"models,omitempty"`
	Assets    []Asset   `json:"assets,omitempty"`
	Anomalies []Anomaly `json:"anomalies,omitempty"`
	Gaps      []Gap     `json:"gaps,omitempty"`

	// Seals are gone when the facts are complete.
	Seals []Seal `json:"-"`
}

// ReaderVersion names the code that made the facts.
type ReaderVersion struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// Where points at the bytes that prove a record. Entry is the path in the package;
// what lies in an archive in it has both paths, joined by Inside. Offset counts bytes
// into the inflated entry; 0 means the entry as a whole. Part names the place inside
// a structured file where an offset says little ("application/activity[3]",
// "NSCameraUsageDescription").
type Where struct {
	Entry  string `json:"entry"`
	Offset int64  `json:"offset,omitempty"`
	Part   string `json:"part,omitempty"`
}

// String reads "classes2.dex@0x1f40", "Payload/A.app/Info.plist#CFBundleName",
// "splits/base-master.apk!/classes.dex@0x1f40".
func (w Where) String() string {
	s := w.Entry
	if w.Offset != 0 {
		s += fmt.Sprintf("@0x%x", w.Offset)
	}
	if w.Part != "" {
		s += "#" + w.Part
	}
	return s
}

func compareWhere(a, b Where) int {
	return cmp.Or(strings.Compare(a.Entry, b.Entry), cmp.Compare(a.Offset, b.Offset),
		strings.Compare(a.Part, b.Part))
}

// Record is one typed fact. The types of this file implement it and no others.
type Record interface {
	addTo(*Facts)
	moved(mover) Record // with the paths that it has in the outermost package
}

// Identity carries the fields of Package that a reader knows; empty fields leave
// what another reader said. Label is the resource that the application's label is,
// 0 where it is none.
type Identity struct {
	Package Package
	Label   uint32
}

// Permission is one uses-permission; MaxSDK is empty where it has no bound.
type Permission struct {
	Name   string `json:"name"`
	MaxSDK string `json:"max_sdk,omitempty"`
	Where  Where  `json:"where"`
}

// Usage is one purpose text of an Info.plist (NSMicrophoneUsageDescription).
type Usage struct {
	Key   string `json:"key"`
	Text  string `json:"text"`
	Where Where  `json:"where"`
}

// Component is one activity, activity-alias, service, receiver or provider of an
// Android manifest, or one extension of an iOS application.
type Component struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name"` // full class name, or the extension's bundle identifier
	Exported bool     `json:"exported,omitempty"`
	Actions  []string `json:"actions,omitempty"` // of its intent filters
	Where    Where    `json:"where"`
}

// Metadata is one meta-data element; Component is empty at application level.
type Metadata struct {
	Name      string `json:"name"`
	Value     string `json:"value,omitempty"`
	Component string `json:"component,omitempty"`
	Where     Where  `json:"where"`
}

// PlistKey is one top-level key of an Info.plist with its value where that is a
// string, number or boolean.
type PlistKey struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	Where Where  `json:"where"`
}

// NameList is many names out of one entry. At[i] is the byte offset of Names[i]
// in the entry; both have the same length.
type NameList struct {
	Names []string `json:"names"`
	At    []uint32 `json:"at"`
}

// Add appends a name and its offset.
func (l *NameList) Add(name string, at uint32) {
	l.Names = append(l.Names, name)
	l.At = append(l.At, at)
}

// ClassTable is what one DEX file defines and what it only refers to. Names are
// in dotted form with $ for inner classes: com.example.Outer$Inner.
type ClassTable struct {
	Entry      string   `json:"entry"`
	Defined    NameList `json:"defined"`
	Referenced NameList `json:"referenced"`
}

// Call counts the invocations of methods of classes in package To by code in
// package From (Java packages, dotted) within one DEX file. Classes are those
// that are called, by their names in To and sorted; they are kept only where From
// lies outside the first two labels of To, so that the calls of libraries among
// themselves do not fill the facts.
type Call struct {
	Entry   string   `json:"entry"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Count   int      `json:"count"`
	Classes []string `json:"classes,omitempty"`
}

// Vendor returns the first two labels of a Java package: the namespace of the one
// who made it.
func Vendor(pkg string) string {
	if i := strings.IndexByte(pkg, '.'); i >= 0 {
		if j := strings.IndexByte(pkg[i+1:], '.'); j >= 0 {
			return pkg[:i+1+j]
		}
	}
	return pkg
}

// WithinPackage reports whether a Java package is parent or below it.
func WithinPackage(pkg, parent string) bool {
	return pkg == parent || strings.HasPrefix(pkg, parent) && pkg[len(parent)] == '.'
}

// Library is one native library of Android, wherever it lies. ELF is false for a
// file under lib/ that is none.
type Library struct {
	Entry   string   `json:"entry"`
	ABI     string   `json:"abi,omitempty"` // of the folder; empty outside lib/
	Machine string   `json:"machine,omitempty"`
	ELF     bool     `json:"elf"`
	Size    int64    `json:"size"`
	SHA256  string   `json:"sha256"`
	SONAME  string   `json:"soname,omitempty"`
	Needed  []string `json:"needed,omitempty"`
	BuildID string   `json:"build_id,omitempty"`
	Exports NameList `json:"exports"` // JNI names among them
	JNI     NameList `json:"jni"`     // Java_… and JNI_OnLoad
}

// Binary is one Mach-O file of iOS, all slices together.
type Binary struct {
	Entry     string   `json:"entry"`
	SHA256    string   `json:"sha256"`
	Size      int64    `json:"size"`
	Archs     []string `json:"archs"`
	Encrypted bool     `json:"encrypted,omitempty"` // a slice says so of its code
	Slices    []Slice  `json:"slices,omitempty"`
	Dylibs    []Dylib  `json:"dylibs,omitempty"`
	RPaths    []string `json:"rpaths,omitempty"` // where @rpath is looked for
	Classes   NameList `json:"classes"`          // Objective-C classes defined here
	Imports   NameList `json:"imports"`          // Objective-C classes bound from elsewhere
	Swift     NameList `json:"swift"`            // nominal types, Module.Type
	// defined external symbols, without the leading underscore
	Symbols NameList `json:"symbols"`
	// Objective-C messages that the code sends
	Selectors NameList `json:"selectors,omitzero"`
}

// Dylib is one load command that names a library.
type Dylib struct {
	Name string `json:"name"` // install name, "@rpath/DeepAR.framework/DeepAR"
	Weak bool   `json:"weak,omitempty"`
	// Version is the one that it was linked against.
	Version string `json:"version,omitempty"`
	At      uint32 `json:"at,omitempty"`
}

// Framework is one embedded framework or bundle with its own Info.plist.
type Framework struct {
	Name    string `json:"name"` // without .framework
	ID      string `json:"id,omitempty"`
	Version string `json:"version,omitempty"`
	Where   Where  `json:"where"`
}

// StringKind says why a string is kept.
type StringKind string

// The kinds of kept strings.
const (
	URLString  StringKind = "url"  // http, https, ws, wss with host and path
	HostString StringKind = "host" // a bare host name
	PathString StringKind = "path" // an absolute URL path, /v1/chat/completions
	// shown to people: CJK texts, resource strings in zh and en
	TextString    StringKind = "text"
	NumberString  StringKind = "number"  // looks like a filing number
	NameString    StringKind = "name"    // class-like, library-like, model or asset name
	ProductString StringKind = "product" // product banner with a version
)

// String is one kept string; Lang is set where the resource table says it.
type String struct {
	Kind  StringKind `json:"kind"`
	Value string     `json:"value"`
	Lang  string     `json:"lang,omitempty"`
	Where Where      `json:"where"`
}

// Model is one machine-learning model found by its content. A large file that looks
// encrypted has the format unknown. Reason names what tells the task, and Confidence
// says how surely; both are empty where nothing tells it.
type Model struct {
	Entry        string            `json:"entry"`
	Format       string            `json:"format"` // gguf, tflite, onnx, …
	SHA256       string            `json:"sha256"` // empty where only the beginning was read
	Size         int64             `json:"size"`
	Parts        []string          `json:"parts,omitempty"` // its other files, from its folder
	Architecture string            `json:"architecture,omitempty"`
	Inputs       []string          `json:"inputs,omitempty"` // "data float32[1,3,224,224]"
	Outputs      []string          `json:"outputs,omitempty"`
	Operators    map[string]int    `json:"operators,omitempty"` // how often each occurs
	Tensors      int               `json:"tensors,omitempty"`
	Parameters   int64             `json:"parameters,omitempty"`
	Quantisation string            `json:"quantisation,omitempty"` // types of the weights
	Names        []string          `json:"names,omitempty"`        // of weights; digits are *
	Task         string            `json:"task,omitempty"`
	Reason       string            `json:"reason,omitempty"`
	Confidence   Confidence        `json:"confidence,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
}

// Asset is one entry by name; SHA256 is set where it is over 1 KiB.
type Asset struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
}

// Anomaly is something that a sound package does not have and a device accepts:
// at best a broken tool, at worst an evasion.
type Anomaly struct {
	Code  AnomalyCode `json:"code"`
	Where Where       `json:"where"`
	What  string      `json:"what"` // the measured detail, in English: "method 0x4a10"
}

// Gap is what could not be read, and why. Silence is never "clean".
type Gap struct {
	Reason GapReason `json:"reason"`
	Where  Where     `json:"where"`
	Detail string    `json:"detail,omitempty"` // the error, in English
	// Code is set where the part may hold program code or a manifest: a check
	// that needs it can then be no better than unclear.
	Code bool `json:"code,omitempty"`
}

func (r Identity) addTo(f *Facts)   { f.Package.merge(r.Package) }
func (r Permission) addTo(f *Facts) { f.Permissions = append(f.Permissions, r) }
func (r Usage) addTo(f *Facts)      { f.Usages = append(f.Usages, r) }
func (r Component) addTo(f *Facts)  { f.Components = append(f.Components, r) }
func (r Metadata) addTo(f *Facts)   { f.Metadata = append(f.Metadata, r) }
func (r PlistKey) addTo(f *Facts)   { f.PlistKeys = append(f.PlistKeys, r) }
func (r ClassTable) addTo(f *Facts) { f.Classes = append(f.Classes, r) }
func (r Call) addTo(f *Facts)       { f.Calls = append(f.Calls, r) }
func (r Library) addTo(f *Facts)    { f.Libraries = append(f.Libraries, r) }
func (r Binary) addTo(f *Facts)     { f.Binaries = append(f.Binaries, r) }
func (r Framework) addTo(f *Facts)  { f.Frameworks = append(f.Frameworks, r) }
func (s String) addTo(f *Facts)     { f.Strings = append(f.Strings, s) }
func (r Model) addTo(f *Facts)      { f.Models = append(f.Models, r) }
func (r Asset) addTo(f *Facts)      { f.Assets = append(f.Assets, r) }
func (r Anomaly) addTo(f *Facts)    { f.Anomalies = append(f.Anomalies, r) }
func (r Gap) addTo(f *Facts)        { f.Gaps = append(f.Gaps, r) }
func (r Part) addTo(f *Facts)       { f.Parts = append(f.Parts, r) }

// Add puts a record where it belongs.
func (f *Facts) Add(r Record) { r.addTo(f) }

// merge takes over what another reader says.
func (r *Identity) merge(from Identity) {
	r.Package.merge(from.Package)
	if from.Label != 0 {
		r.Label = from.Label
	}
}

// merge takes over the fields that from has set.
func (p *Package) merge(from Package) {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&p.ID, from.ID)
	set(&p.Split, from.Split)
	set(&p.Version.Name, from.Version.Name)
	set(&p.Version.Code, from.Version.Code)
	set(&p.OS.Min, from.OS.Min)
	set(&p.OS.Target, from.OS.Target)
	for lang, label := range from.Labels {
		if p.Labels == nil {
			p.Labels = map[string]string{}
		}
		p.Labels[lang] = label
	}
	p.Signers = append(p.Signers, from.Signers...)
	p.Encrypted = p.Encrypted || from.Encrypted
	p.Obfuscated = max(p.Obfuscated, from.Obfuscated)
}

// Sort puts the records into the one order that the same bytes always give, and
// drops exact repetitions of strings, permissions and gaps.
func (f *Facts) Sort() {
	slices.SortStableFunc(f.Strings, func(a, b String) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)),
			strings.Compare(a.Value, b.Value), strings.Compare(a.Lang, b.Lang),
			compareWhere(a.Where, b.Where))
	})
	f.Strings = slices.Compact(f.Strings)
	slices.SortStableFunc(f.Anomalies, func(a, b Anomaly) int {
		return cmp.Or(
			compareWhere(a.Where, b.Where),
			strings.Compare(string(a.Code), string(b.Code)),
		)
	})
	slices.SortStableFunc(f.Gaps, func(a, b Gap) int {
		return cmp.Or(
			compareWhere(a.Where, b.Where),
			strings.Compare(string(a.Reason), string(b.Reason)),
		)
	})
	f.Gaps = slices.Compact(f.Gaps)
	slices.SortStableFunc(f.Assets, func(a, b Asset) int { return strings.Compare(a.Name, b.Name) })
}
