package apksig

import (
	"errors"
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

const (
	metaFolder   = "META-INF/"
	manifestName = metaFolder + "MANIFEST.MF"
	// maxMeta bounds the manifest, a signature file and a signature block; those of
	// a package of 65535 entries take about 10 MiB.
	maxMeta = 32 << 20
)

// jar is the JAR signature of a package.
type jar struct {
	*verifier
	skipContent  bool
	blocks       []jarBlock
	files        map[string]Entry // signature files, by name without ending
	manifestFile Entry
	manifest     *sections
	coverage     error // what the manifest leaves open; set with manifest
}

// jarBlock is a signature block file and the name it shares with its signature file.
type jarBlock struct {
	entry Entry
	stem  string
}

// verifyJAR verifies v1. Where covered is set, a later scheme covers the file and
// the digests of entries are not verified.
func (v *verifier) verifyJAR(covered bool) (Result, error) {
	j := &jar{verifier: v, skipContent: covered}
	j.find()
	var r Result
	if len(j.blocks) > maxSigners {
		r.problem(V1, j.blocks[maxSigners].entry.Name(),
			limitError("signature blocks", int64(len(j.blocks)), maxSigners))
		j.blocks = j.blocks[:maxSigners]
	}
	for _, b := range j.blocks {
		file := j.files[b.stem]
		delete(j.files, b.stem)
		if file == nil {
			r.problem(V1, b.entry.Name(), errors.New("a signature block without a signature file"))
			continue
		}
		signers, err := j.verifyPair(b.entry, file)
		if v.fatal(err) {
			return Result{}, err
		}
		if err != nil {
			r.problem(V1, file.Name(), err)
		}
		r.Signers = append(r.Signers, signers...)
	}
	return r, nil
}

// find sorts out the files of META-INF. The case of their names does not count, and
// a signature file without a block is none.
func (j *jar) find() {
	j.files = map[string]Entry{}
	for _, e := range j.archive.Entries {
		name := e.Name()
		if len(name) > maxMetaName || !strings.HasPrefix(name, metaFolder) {
			continue
		}
		upper := strings.ToUpper(name)
		rest := upper[len(metaFolder):]
		if strings.Contains(rest, "/") {
			continue
		}
		if upper == manifestName && j.manifestFile == nil {
			j.manifestFile = e
		}
		dot := strings.LastIndexByte(rest, '.')
		if dot < 0 {
			continue
		}
		switch stem := rest[:dot]; rest[dot:] {
		case ".SF":
			if j.files[stem] == nil {
				j.files[stem] = e
			}
		case ".RSA", ".DSA", ".EC":
			j.blocks = append(j.blocks, jarBlock{e, stem})
		}
	}
}

const maxMetaName = 1 << 10

// read withdraws and reads a file of META-INF.
func (j *jar) read(e Entry) ([]byte, error) {
	if e.Size() > maxMeta {
		return nil, limitError(quote(e.Name()), e.Size(), maxMeta)
	}
	return j.readEntry(e)
}

// readEntry reads an entry. Bytes that are at fault are a verdict; all other errors
// are the file's, and fatal.
func (j *jar) readEntry(e Entry) ([]byte, error) {
	if err := j.budget.Take(e.Size()); err != nil {
		return nil, fmt.Errorf("read %s: %w", quote(e.Name()), err)
	}
	data, err := e.Read(j.ctx)
	var malformed *budget.FormatError
	if err != nil && !errors.As(err, &malformed) {
		return nil, &readError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", quote(e.Name()), err)
	}
	return data, nil
}

// verifyPair verifies a signature block and its signature file. The error is about
// a signature that names no signer.
func (j *jar) verifyPair(block, file Entry) ([]Signer, error) {
	raw, err := j.read(block)
	if err != nil {
		return nil, err
	}
	signed, err := parseSignedData(raw)
	if err != nil {
		return nil, err
	}
	content, err := j.read(file)
	if err != nil {
		return nil, err
	}
	own, verdict, err := signed.verdict(content)
	if err != nil {
		return nil, err
	}
	if verdict == nil {
		verdict = j.verifyFile(file, content)
	}
	if j.fatal(verdict) {
		return nil, verdict
	}
	return []Signer{{
		Scheme: V1, SHA256: own.digest(), Subject: own.name(), File: file.Name(), Err: verdict,
	}}, nil
}

// verdict returns the first signer whose signature is valid, else the first and
// why it is not.
func (s *signedData) verdict(content []byte) (certificate, error, error) {
	var first certificate
	var firstErr error
	found := false
	for _, info := range s.signers {
		c, ok := s.certificateOf(info)
		if !ok {
			continue
		}
		err := info.verify(c, content)
		if err == nil {
			return c, nil, nil
		}
		if !found {
			first, firstErr, found = c, fmt.Errorf("signature of the signature file: %w", err), true
		}
	}
	if !found {
		return first, nil, budget.Malformed("signature block", -1, "no certificate of a signer")
	}
	return first, firstErr, nil
}

// verifyFile verifies what a signature file says of the package: the schemes that
// it names, the manifest, and through it the entries.
func (j *jar) verifyFile(file Entry, content []byte) error {
	if err := j.readManifest(); err != nil {
		return err
	}
	sf, err := parseSections(file.Name(), content)
	if err != nil {
		return err
	}
	if _, ok := sf.attribute(sf.main, "Signature-Version"); !ok {
		return budget.Malformed(sf.part, -1, "no Signature-Version")
	}
	if err := j.demandSchemes(sf); err != nil {
		return err
	}
	if err := j.verifyManifest(sf); err != nil {
		return err
	}
	if j.skipContent {
		return nil
	}
	if err := j.uncovered(sf); err != nil {
		return err
	}
	return j.coverage
}

// demandSchemes holds the signature file's list of schemes against the signing
// block: without it a block could be cut out unseen.
func (j *jar) demandSchemes(sf *sections) error {
	list, _ := sf.attribute(sf.main, "X-Android-APK-Signed")
	for id := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(id) {
		case "2":
			if err := j.demand(V2); err != nil {
				return err
			}
		case "3":
			if err := j.demand(V3); err != nil {
				return err
			}
		}
	}
	return nil
}

// readManifest reads the manifest, once for all signers.
func (j *jar) readManifest() error {
	if j.manifest != nil {
		return nil
	}
	if j.manifestFile == nil {
		return fmt.Errorf("no %s", manifestName)
	}
	data, err := j.read(j.manifestFile)
	if err != nil {
		return err
	}
	m, err := parseSections(manifestName, data)
	if err != nil {
		return err
	}
	if !j.skipContent {
		j.coverage = j.verifyEntries(m)
	}
	j.manifest = m
	return nil
}

// verifyManifest compares the manifest with the digest of its whole, or, where that
// does not match, each section with its own, as a device does.
func (j *jar) verifyManifest(sf *sections) error {
	m := j.manifest
	whole := "-Digest-Manifest"
	if by, _ := sf.attribute(sf.main, "Created-By"); strings.Contains(by, "signtool") {
		whole = "-Digest"
	} else if sf.digestVerdict(sf.main, whole+"-Main-Attributes", m.bytes(m.main)) == differs {
		return errors.New("the digest of the manifest's main section does not match")
	}
	if sf.digestVerdict(sf.main, whole, m.data) == matches {
		return nil
	}
	for _, name := range sf.names {
		section, ok := m.byName[name]
		if !ok {
			return fmt.Errorf("the signature file names %s, the manifest does not", quote(name))
		}
		if sf.digestVerdict(sf.byName[name], "-Digest", m.bytes(section)) != matches {
			return fmt.Errorf("the digest of the manifest's section %s does not match", quote(name))
		}
	}
	if len(sf.names) == 0 {
		return errors.New("the digest of the manifest does not match")
	}
	return nil
}
