package signer

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/zip"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

var (
	signedField = regexp.MustCompile(`sig=([^;]+)`)
	schemeList  = regexp.MustCompile(`^v[0-9.]+(\+v[0-9.]+)*`)
)

// row is one package of the corpus with what the platform's own tool says of its
// signatures.
type row struct{ file, path, signed string }

// rows reads the list of the corpus; nil where the corpus is not here.
func rows(t *testing.T) []row {
	t.Helper()
	var all []row
	for _, r := range readtest.Corpus(t) {
		signed := signedField.FindStringSubmatch(r.Expected)
		if strings.HasSuffix(r.File, ".apk") && signed != nil {
			all = append(all, row{r.File, r.Path, signed[1]})
		}
	}
	return all
}

// outcome is what the reader says of one package.
type outcome struct {
	signers   []analyzer.Signer
	anomalies []string
	gaps      []string
}

// outcomeOf reads the file as an APK.
func outcomeOf(t *testing.T, f analyzer.File) outcome {
	t.Helper()
	return readContents(t, contentsOf(t, f), budget.New(budget.Limits{}))
}

func contentsOf(t *testing.T, f analyzer.File) *analyzer.Contents {
	t.Helper()
	c, err := zip.Lister{}.List(f, budget.New(budget.Limits{}))
	require.NoError(t, err)
	c.Format = analyzer.APK
	return c
}

func readContents(t *testing.T, c *analyzer.Contents, b *budget.Budget) outcome {
	t.Helper()
	var out outcome
	in := analyzer.Input{Contents: c, Budget: b}
	err := Reader{}.Read(t.Context(), in, func(r analyzer.Record) {
		switch r := r.(type) {
		case analyzer.Identity:
			out.signers = append(out.signers, r.Package.Signers...)
		case analyzer.Anomaly:
			require.Equal(t, analyzer.SignatureInvalid, r.Code)
			out.anomalies = append(out.anomalies, r.Where.String()+" "+r.What)
		case analyzer.Gap:
			require.NotEmpty(t, r.Where.Entry)
			require.False(t, r.Code)
			out.gaps = append(out.gaps, string(r.Reason)+" "+r.Where.String()+" "+r.Detail)
		default:
			require.Fail(t, "unexpected record", "%T", r)
		}
	})
	require.NoError(t, err)
	return out
}

func (o outcome) schemes() map[string]bool {
	all := map[string]bool{}
	for _, s := range o.signers {
		verified, seen := all[s.Scheme]
		all[s.Scheme] = s.Verified && (verified || !seen)
	}
	return all
}

// TestCorpus compares schemes and verdicts with those of the platform's tool. It
// names no scheme that a later one replaces, so there may be more.
func TestCorpus(t *testing.T) {
	t.Parallel()
	lone := " v1: a signature block without a signature file"
	tricks := map[string][]string{
		"apk/androguard-partialsignature.apk":  {"META-INF/CERT.RSA" + lone},
		"malformed/fdroid-issue-1128-poc1.apk": {"META-INF/CIARANG.RSA" + lone},
		"malformed/apksig-v1-only-with-cr-in-entry-name.apk": {
			"META-INF/CERT.SF v1: META-INF/MANIFEST.MF at 0x162: a section without a name"},
		"malformed/fdroid-urzip-badsig.apk": {"META-INF/CERT.SF v1: " +
			"the digest of the manifest's section \"AndroidManifest.xml\" does not match"},
		"malformed/apksig-v3-stripped.apk": {"#apk-signing-block v2: stripped: " +
			"the package was signed with v3 as well, and that is gone"},
		"malformed/apksig-v3-only-with-rsa-pkcs1-sha512-4096-apk-sig-block-size-mismatch.apk": {
			"#apk-signing-block APK Signing Block at 0x2004: its sizes differ: " +
				"10664403795968 at its start, 4084 at its end"},
		"malformed/apkverifier-asn1_unprintable.apk": {"META-INF/CERT.SF v1: stripped: " +
			"the package was signed with v2 as well, and that is gone"},
		"malformed/apktool-GHSA-2hqv-2xv4-5h5w.apk": {
			"#apk-signing-block v2: the SHA-256 digest does not match the package"},
	}
	for _, row := range rows(t) {
		f, err := os.Open(row.path)
		require.NoError(t, err)
		defer f.Close()
		stat, err := f.Stat()
		require.NoError(t, err)
		got := outcomeOf(t, analyzer.File{Bytes: f, Size: stat.Size()})
		assert.Empty(t, got.gaps, row.file)
		if want, ok := tricks[row.file]; ok {
			assert.Empty(t, cmp.Diff(want, got.anomalies), row.file)
		}
		schemes := got.schemes()
		switch list := schemeList.FindString(row.signed); {
		case row.signed == "unsigned":
			assert.Empty(t, got.signers, row.file)
			assert.Empty(t, got.anomalies, row.file)
		case list != "":
			for scheme := range strings.SplitSeq(list, "+") {
				assert.True(t, schemes[scheme], "%s: %s", row.file, scheme)
			}
			assert.NotContains(t, got.verdicts(), false, row.file)
			assert.True(t, len(got.anomalies) == 0 || tricks[row.file] != nil, row.file)
		case strings.Contains(row.signed, "does not verify"):
			assert.NotContains(t, got.verdicts(), true, row.file)
			assert.NotEmpty(t, got.anomalies, row.file)
		default:
			assert.NotEmpty(t, got.anomalies, row.file)
		}
	}
}

func (o outcome) verdicts() []bool {
	var all []bool
	for _, s := range o.signers {
		all = append(all, s.Verified)
	}
	return all
}
