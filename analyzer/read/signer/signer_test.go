package signer

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/apksig/apksigtest"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func inMemory(b []byte) analyzer.File {
	return analyzer.File{Bytes: bytes.NewReader(b), Size: int64(len(b))}
}

func TestReader_Want(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		format analyzer.FormatName
		names  []string
		want   []string
	}{
		{"manifest", analyzer.APK, []string{"classes.dex", "AndroidManifest.xml", "resources.arsc",
			"assets/AndroidManifest.xml"}, []string{"AndroidManifest.xml"}},
		{"no_manifest", analyzer.APK, []string{"resources.arsc", "classes2.dex", "classes.dex"},
			[]string{"classes.dex"}},
		{"table_alone", analyzer.APK, []string{"x", "resources.arsc"}, []string{"resources.arsc"}},
		{"bundle", analyzer.AAB, []string{"AndroidManifest.xml", "classes.dex", "BundleConfig.pb"},
			[]string{"BundleConfig.pb"}},
		{"ios", analyzer.IPA, []string{"AndroidManifest.xml", "classes.dex"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			contents := ziptest.Archive(t, c.names...)
			contents.Format = c.format
			var got []string
			for _, e := range contents.Entries {
				if (Reader{}).Want(contents, e) {
					got = append(got, e.Name())
				}
			}
			assert.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

func TestReader_Read(t *testing.T) {
	t.Parallel()
	key := apksigtest.EC(t, "who")
	files := apksigtest.SignJAR(t, apksigtest.Files(),
		apksigtest.JARSigner{Key: key, Name: "CERT"})
	scheme := func(id, algorithm uint32, after func(*apksigtest.Parts)) apksigtest.Scheme {
		return apksigtest.Scheme{ID: id, Signers: []apksigtest.BlockSigner{{
			Key: key, Algorithms: []uint32{algorithm}, After: after,
		}}}
	}
	signer := func(scheme string, verified bool) analyzer.Signer {
		return analyzer.Signer{
			Scheme: scheme, SHA256: key.SHA256(), Subject: "CN=who", Verified: verified,
		}
	}
	broken := func(p *apksigtest.Parts) { p.Signatures[0].Data[5] ^= 1 }
	unknown := func(p *apksigtest.Parts) { p.Signatures[0].ID = 0x9999 }
	noKey := func(p *apksigtest.Parts) { p.Key = nil }
	cases := []struct {
		name    string
		files   []apksigtest.File
		schemes []apksigtest.Scheme
		want    outcome
	}{
		{name: "unsigned", files: apksigtest.Files(), schemes: nil, want: outcome{}},
		{name: "all", files: files, schemes: []apksigtest.Scheme{
			scheme(apksigtest.V2, 0x0201, nil), scheme(apksigtest.V31, 0x0202, nil),
			scheme(apksigtest.V3, 0x0423, nil),
		}, want: outcome{signers: []analyzer.Signer{
			signer("v1", true), signer("v2", true), signer("v3", true), signer("v3.1", true),
		}}},
		{name: "v2_broken", files: files, schemes: []apksigtest.Scheme{
			scheme(apksigtest.V2, 0x0201, broken),
		}, want: outcome{
			signers: []analyzer.Signer{signer("v1", true), signer("v2", false)},
			anomalies: []string{"#apk-signing-block v2: signed data, algorithm 0x0201: " +
				"the signature does not match"},
		}},
		{name: "v3_unknown", files: apksigtest.Files(), schemes: []apksigtest.Scheme{
			scheme(apksigtest.V3, 0x0201, unknown), scheme(apksigtest.V2, 0x0201, noKey),
		}, want: outcome{
			signers: []analyzer.Signer{signer("v2", false), signer("v3", false)},
			gaps: []string{
				"signature-unchecked APK Signing Block public key: not supported: " +
					"asn1: syntax error: sequence truncated",
				"signature-unchecked APK Signing Block " +
					"signature algorithm 0x9999: not supported"},
		}},
		{name: "v1_broken", files: append(files[:len(files):len(files)],
			apksigtest.File{Name: "classes2.dex"}), schemes: nil, want: outcome{
			signers: []analyzer.Signer{signer("v1", false)},
			anomalies: []string{"META-INF/CERT.SF v1: " +
				`1 entries not covered by the signature file: "classes2.dex"`},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := apksigtest.Archive(t, c.files)
			if c.schemes != nil {
				b = apksigtest.Sign(t, b, c.schemes...)
			}
			got := outcomeOf(t, inMemory(b))
			assert.Empty(t, cmp.Diff(c.want, got, cmp.AllowUnexported(outcome{})))
		})
	}
}

// TestReader_ReadBundle verifies the signature of a bundle over the entries of its
// modules, which are not among those of the bundle.
func TestReader_ReadBundle(t *testing.T) {
	t.Parallel()
	key := apksigtest.EC(t, "uploader")
	files := []apksigtest.File{{Name: "BundleConfig.pb", Content: []byte("config")},
		{Name: "base/manifest/AndroidManifest.xml", Content: []byte("a manifest")},
		{Name: "base/dex/classes.dex", Content: []byte("code")}}
	signed := apksigtest.SignJAR(t, files, apksigtest.JARSigner{Key: key, Name: "UPLOAD"})
	more := apksigtest.File{Name: "camera/dex/classes.dex", Content: []byte("more code")}
	for name, c := range map[string]struct {
		files    []apksigtest.File
		verified bool
	}{"whole": {signed, true}, "module_added": {append(slices.Clone(signed), more), false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contents := contentsOf(t, inMemory(apksigtest.Archive(t, c.files)))
			contents.Format = analyzer.AAB
			contents.Entries = slices.DeleteFunc(contents.Entries, func(e analyzer.Entry) bool {
				return strings.HasPrefix(e.Name(), "base/")
			})
			got := readContents(t, contents, budget.New(budget.Limits{}))
			assert.Equal(t, []analyzer.Signer{{Scheme: "v1", SHA256: key.SHA256(),
				Subject: "CN=uploader", Verified: c.verified}}, got.signers)
			assert.Equal(t, c.verified, got.anomalies == nil)
		})
	}
}

func TestReader_ReadGaps(t *testing.T) {
	t.Parallel()
	key := apksigtest.EC(t, "who")
	files := apksigtest.SignJAR(t, apksigtest.Files(), apksigtest.JARSigner{Key: key, Name: "C"})
	c := ziptest.Archive(t, "AndroidManifest.xml")
	c.Format = analyzer.APK
	c.File = analyzer.File{}
	got := readContents(t, c, budget.New(budget.Limits{}))
	assert.Empty(t, cmp.Diff([]string{"unreadable APK Signing Block " +
		"the package's own bytes are not at hand"}, got.gaps))

	c = contentsOf(t, inMemory(apksigtest.Archive(t, files)))
	got = readContents(t, c, budget.New(budget.Limits{Bytes: 9000}))
	require.Len(t, got.signers, 1)
	assert.False(t, got.signers[0].Verified)
	require.Len(t, got.gaps, 1)
	assert.Contains(t, got.gaps[0], `signature-unchecked META-INF/C.SF read "classes.dex": budget`)
	assert.Empty(t, got.anomalies)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Reader{}.Read(ctx, analyzer.Input{Contents: c, Budget: budget.New(budget.Limits{})},
		func(r analyzer.Record) { require.Fail(t, "record", "%v", r) })
	assert.ErrorIs(t, err, context.Canceled)
}
