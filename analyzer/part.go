package analyzer

import "strings"

// Role is what a part of a package is to the whole.
type Role string

// The roles.
const (
	Installed Role = "installed" // one application with the rest: a split, a module
	Carried   Role = "carried"   // among the data: the application decides what becomes of it
)

// in returns the role of a part in a container of its own role: what is inside a
// package that is carried is carried.
func (r Role) in(outer Role) Role {
	if outer == Carried {
		return Carried
	}
	return r
}

// Part is a package inside the package. An archive that is no package has no part:
// its entries stand with the others under the archive's name.
type Part struct {
	// Entry is the archive, or a folder with a slash at its end: the module of a
	// bundle, a second iOS application.
	Entry   string     `json:"entry"`
	Role    Role       `json:"role"`
	Format  FormatName `json:"format"`
	ID      string     `json:"id,omitempty"`
	Split   string     `json:"split,omitempty"`
	Version Version    `json:"version"`
	Size    int64      `json:"size,omitempty"`
	SHA256  string     `json:"sha256,omitempty"`
	Signers []Signer   `json:"signers,omitempty"`
	// Same is the place of identical bytes that were read in its stead.
	Same string `json:"same,omitempty"`
}

// Inside separates the path of an archive from a path in it, as in JAR addresses:
// "splits/base-master.apk!/classes.dex".
const Inside = "!/"

// folder is what the paths of all that is in the part begin with.
func (p Part) folder() string {
	if strings.HasSuffix(p.Entry, "/") {
		return p.Entry
	}
	return p.Entry + Inside
}

// describe takes over what the part's readers said of it.
func (p *Part) describe(from Package) {
	p.ID, p.Split, p.Version, p.Signers = from.ID, from.Split, from.Version, from.Signers
}

// carried returns the folders of the parts that are not installed with the package,
// and the programs that lie beside it.
func (f *Facts) carried() map[string]bool {
	folders := map[string]bool{}
	for _, p := range f.Parts {
		if p.Role == Carried {
			folders[p.folder()] = true
		}
	}
	for _, a := range f.Anomalies {
		if a.Code == CodeOutside {
			folders[a.Where.Entry] = true
		}
	}
	return folders
}

// within reports a path that is one of the folders or lies in one.
func within(folders map[string]bool, path string) bool {
	if len(folders) == 0 {
		return false
	}
	for i, c := range []byte(path) {
		if c == '/' && folders[path[:i+1]] {
			return true
		}
	}
	return folders[path]
}

// inner returns what gives an entry the path that it has in the innermost package or
// archive that holds it: what the device, or the code that unpacks it, would call it.
func (f *Facts) inner() func(entry string) string {
	modules := map[string]bool{}
	for _, p := range f.Parts {
		if folder, ok := strings.CutSuffix(p.Entry, "/"); ok && p.Format == AAB {
			modules[folder] = true
		}
	}
	return func(entry string) string {
		if i := strings.LastIndex(entry, Inside); i >= 0 {
			return entry[i+len(Inside):]
		}
		if folder, rest, ok := strings.Cut(entry, "/"); ok && modules[folder] {
			return InstalledPath(rest)
		}
		return entry
	}
}

// InstalledPath returns the path that an entry of a bundle's module has in the APK
// that is built of the module: manifest, dex and root are folders of the bundle
// alone.
func InstalledPath(entry string) string {
	folder, rest, ok := strings.Cut(entry, "/")
	if ok && (folder == "dex" || folder == "root" || entry == "manifest/AndroidManifest.xml") {
		return rest
	}
	return entry
}
