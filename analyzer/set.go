package analyzer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

const androidManifest = "AndroidManifest.xml"

// member is one of the packages that are installed together, and what its readers
// say of its identity.
type member struct {
	place string
	Package
}

// twin is what two entries of a set's packages have in common that may be the same.
type twin struct {
	name string
	size int64
}

func twinOf(e Entry) twin { return twin{e.Name(), e.Size()} }

// isTwin reports content that another package of the set has under the same name: a
// set may hold the application once in parts and again as a whole. The packages
// before this one are read, so that nothing else looks at the digests meanwhile. A
// manifest is each package's own: what is read beside it, as the signers are, differs.
func (r *run) isTwin(t *task, data []byte) bool {
	if t.entry.Name() == androidManifest {
		return false
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if other, ok := r.twins[twinOf(t.entry)]; ok {
		return other == digest
	}
	t.digest = digest
	return false
}

// join makes the identity of the package out of what its own readers said, or out of
// the packages that are installed together: that of the base, with the translations
// of its label and the signers of all.
func (r *run) join(l *layer) {
	p := &r.facts.Package
	if len(r.set) == 0 {
		p.merge(l.identity.Package)
	} else {
		r.joinSet(l.Claim)
	}
	p.Signers = distinct(p.Signers)
	switch {
	case p.Split != "":
		r.missBase(fmt.Sprintf("split %.100q of %.200q", p.Split, p.ID))
	case l.Contents != nil && slices.ContainsFunc(l.Nested, isInstalled) &&
		!slices.ContainsFunc(r.facts.Parts, isInstalledPart):
		r.missBase("none of the packages in it could be read")
	}
}

func isInstalled(n Nested) bool { return n.Role == Installed }

func isInstalledPart(p Part) bool { return p.Role == Installed }

// missBase reports that what the application does is not in the package.
func (r *run) missBase(why string) {
	r.facts.Add(Gap{Reason: GapMissing, Where: Where{Entry: "base.apk"}, Code: true,
		Detail: why})
}

func (r *run) joinSet(claim Claim) {
	at := max(0, slices.IndexFunc(r.set, func(m member) bool { return m.Split == "" }))
	base, p := r.set[at], &r.facts.Package
	p.merge(base.Package)
	for i, m := range r.set {
		if i == at {
			continue
		}
		r.compare(m, base)
		p.Obfuscated, p.Encrypted = max(p.Obfuscated, m.Obfuscated), p.Encrypted || m.Encrypted
		p.Signers = append(p.Signers, m.Signers...)
		for lang, label := range m.Labels {
			if _, known := p.Labels[lang]; !known && m.ID == p.ID {
				p.merge(Package{Labels: map[string]string{lang: label}})
			}
		}
	}
	r.differ(claim.Entry, "package", claim.ID, base.ID)
	r.differ(claim.Entry, "version code", claim.VersionCode, base.Version.Code)
}

// distinct leaves out repetitions and keeps the order.
func distinct(signers []Signer) (out []Signer) {
	for _, s := range signers {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// compare reports what keeps a device from installing a package beside the base.
func (r *run) compare(m, base member) {
	r.differ(m.place, "package", m.ID, base.ID)
	r.differ(m.place, "version code", m.Version.Code, base.Version.Code)
	if !agree(m.Signers, base.Signers) {
		r.differ(m.place, "signer", names(m.Signers), names(base.Signers))
	}
}

// differ reports what a part says of the whole where that is something else than the
// base says. Not to say it is no contradiction.
func (r *run) differ(place, what, here, there string) {
	if here != "" && there != "" && here != there {
		r.facts.Add(Anomaly{Code: SplitMismatch, Where: Where{Entry: place},
			What: fmt.Sprintf("%s %.200q, of the base %.200q", what, here, there)})
	}
}

// agree reports that two packages have a certificate in common, or none at all. A
// rotated key is one of several.
func agree(a, b []Signer) bool {
	return len(a) == 0 && len(b) == 0 || slices.ContainsFunc(a, func(s Signer) bool {
		return slices.ContainsFunc(b, func(t Signer) bool { return s.SHA256 == t.SHA256 })
	})
}

// names lists certificates for a sentence.
func names(signers []Signer) string {
	var all []string
	for _, s := range distinct(signers) {
		all = append(all, fmt.Sprintf("%s %.16s", s.Scheme, s.SHA256))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}
