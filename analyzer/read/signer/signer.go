// Package signer reads who signed an Android package, under each signature scheme,
// and whether the signatures hold.
package signer

import (
	"context"
	"errors"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/apksig"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// Where a record points that is about the signing block, which is no entry: an
// anomaly belongs to the package as a whole, a gap does not.
const (
	blockPart  = "apk-signing-block"
	blockEntry = "APK Signing Block"
)

// Reader emits one Identity with the signers, an Anomaly for each signature that
// does not verify and a Gap for each that could not be verified.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "signer" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// bundleConfig is the entry of an app bundle beside which its signature is read.
const bundleConfig = "BundleConfig.pb"

// Want accepts one entry of an APK: the manifest, or the code or the resource table
// that makes it an APK without one. The signatures are read beside it. A bundle has
// the JAR signature of those who upload it.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	if c.Format == analyzer.AAB {
		return e.Name() == bundleConfig
	}
	if c.Format != analyzer.APK {
		return false
	}
	names := []string{"AndroidManifest.xml", "classes.dex", "resources.arsc"}
	for i, name := range names {
		if e.Name() != name {
			continue
		}
		for _, better := range names[:i] {
			if c.Find(better) != nil {
				return false
			}
		}
		return true
	}
	return false
}

// Read implements analyzer.Reader. The error is the context's.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	result, err := verify(ctx, in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		emit(gap(analyzer.GapUnreadable, "", err))
		return nil
	}
	var signers []analyzer.Signer
	for _, s := range result.Signers {
		signers = append(signers, analyzer.Signer{
			Scheme: s.Scheme, SHA256: s.SHA256, Subject: s.Subject, Verified: s.Err == nil,
		})
	}
	if len(signers) > 0 {
		emit(analyzer.Identity{Package: analyzer.Package{Signers: signers}})
	}
	for _, s := range result.Signers {
		if s.Err != nil {
			emit(failure(s.Scheme, s.File, s.Err))
		}
	}
	for _, p := range result.Problems {
		emit(failure(p.Scheme, p.File, p.Err))
	}
	return nil
}

func verify(ctx context.Context, in analyzer.Input) (apksig.Result, error) {
	c := in.Contents
	if c.File.Bytes == nil {
		return apksig.Result{}, errors.New("the package's own bytes are not at hand")
	}
	layout, err := zip.Locate(c.File)
	if err != nil {
		return apksig.Result{}, err
	}
	if c.Format == analyzer.AAB { // the entries of modules are not among its own
		if c, err = (zip.Lister{}).List(c.File, in.Budget); err != nil {
			return apksig.Result{}, err
		}
	}
	a := apksig.Archive{
		Bytes: c.File.Bytes, Size: c.File.Size, Directory: layout.Directory, End: layout.End,
		Entries: make([]apksig.Entry, len(c.Entries)),
	}
	for i, e := range c.Entries {
		a.Entries[i] = e
	}
	return apksig.Verify(ctx, a, in.Budget)
}

// failure tells a signature that does not verify from one that is not known to.
func failure(scheme, file string, err error) analyzer.Record {
	if errors.Is(err, apksig.ErrUnsupported) || errors.Is(err, budget.ErrExhausted) {
		return gap(analyzer.GapNotVerified, file, err)
	}
	where := analyzer.Where{Entry: file}
	if file == "" {
		where.Part = blockPart
	}
	what := err.Error()
	if scheme != "" {
		what = scheme + ": " + what
	}
	return analyzer.Anomaly{Code: analyzer.SignatureInvalid, Where: where, What: what}
}

func gap(reason analyzer.GapReason, file string, err error) analyzer.Gap {
	if file == "" {
		file = blockEntry
	}
	return analyzer.Gap{Reason: reason, Where: analyzer.Where{Entry: file}, Detail: err.Error()}
}
