package analyzer

import (
	"fmt"
	"maps"
	"slices"
)

// Seal is a list of files with their SHA-256 that somebody signed. It is compared with
// what was read of the package, and not kept.
type Seal struct {
	Where Where
	Files map[string]string // entry to digest, in hexadecimal
}

func (r Seal) addTo(f *Facts) { f.Seals = append(f.Seals, r) }

func (r Seal) moved(m mover) Record {
	files := make(map[string]string, len(r.Files))
	for entry, digest := range r.Files {
		files[m(entry)] = digest
	}
	return Seal{Where: r.Where.moved(m), Files: files}
}

// unseal compares the files whose digests are known with the lists that were signed:
// what no reader digested is not inflated for that.
func (f *Facts) unseal() {
	if len(f.Seals) == 0 {
		return
	}
	defer f.unverify()
	read := f.digests()
	for _, s := range f.Seals {
		wrong, first := 0, ""
		for _, entry := range slices.Sorted(maps.Keys(s.Files)) {
			if have := read[entry]; have == "" || have == s.Files[entry] {
				continue
			}
			if wrong++; wrong == 1 {
				first = entry
			}
		}
		if wrong > 0 {
			f.Add(Anomaly{Code: SignatureInvalid, Where: s.Where,
				What: fmt.Sprintf("%d files are not those that were signed, as %s", wrong, first)})
		}
	}
}

// unverify takes back that an application's signature holds whose list of files does
// not.
func (f *Facts) unverify() {
	broken := slices.ContainsFunc(f.Anomalies, func(a Anomaly) bool {
		return a.Code == SignatureInvalid && slices.ContainsFunc(f.Seals,
			func(s Seal) bool { return s.Where.Entry == a.Where.Entry })
	})
	for i := range f.Package.Signers {
		if s := &f.Package.Signers[i]; broken && s.Scheme == "apple" {
			s.Verified = false
		}
	}
	f.Seals = nil
}

// digests returns what is known of whole entries.
func (f *Facts) digests() map[string]string {
	read := map[string]string{}
	for _, b := range f.Binaries {
		read[b.Entry] = b.SHA256
	}
	for _, l := range f.Libraries {
		read[l.Entry] = l.SHA256
	}
	for _, m := range f.Models {
		read[m.Entry] = m.SHA256
	}
	for _, a := range f.Assets {
		if a.SHA256 != "" {
			read[a.Name] = a.SHA256
		}
	}
	return read
}
