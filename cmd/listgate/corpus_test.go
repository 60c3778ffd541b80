package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corpus is the folder of real packages beside the tree. Vendors own some of
// them: they are never part of it.
const corpus = "../../../shared/corpus"

// row is one line of the corpus' table of measured facts.
type row struct{ file, expected string }

// corpusRows reads the table; nil where this machine has no corpus, and says so.
func corpusRows(t *testing.T) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, "MANIFEST.tsv"))
	if os.IsNotExist(err) {
		t.Log("no corpus of real packages on this machine: the fixtures alone are tested")
		return nil
	}
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	lines, err := r.ReadAll()
	require.NoError(t, err)
	var rows []row
	for _, l := range lines[1:] {
		rows = append(rows, row{l[0], l[len(l)-1]})
	}
	require.Greater(t, len(rows), 100)
	return rows
}

// firstRoad leaves out what is a gap that says so: bundles, and renamed traps.
func firstRoad(r row) bool {
	return (strings.HasPrefix(r.file, "apk/") || strings.HasPrefix(r.file, "ipa/")) &&
		!strings.HasSuffix(r.file, ".aab") && !strings.HasSuffix(r.file, ".apks")
}

// sdkNames are the words of the table for a product, and what a finding says.
var sdkNames = map[string]string{
	"iflytek": "iflytek-msc", "faceunity": "faceunity-nama", "deepar": "deepar",
	"llama.cpp": "llama-cpp",
	"sherpa":    "sherpa-onnx", "openai-style": "openai-compatible",
	"com.gordonlu.openai": "gordonlu-openai",
}

// identity is what the table says of one, in the words of a report.
func identity(expected string) map[string]string {
	id := regexp.MustCompile(`(?:^|; )id=([^;]+)`).FindStringSubmatch(expected)
	version := regexp.MustCompile(`version=(.*?) ?\(([^)]*)\)(?:;|$)`).FindStringSubmatch(expected)
	if id == nil || strings.Contains(expected, "aapt fails") {
		return nil
	}
	want := map[string]string{"id": strings.TrimSpace(id[1])}
	if version != nil {
		want["name"], want["code"] = version[1], version[2]
	}
	if lowest := regexp.MustCompile(`; min=(?:iOS ` +
		`)?([\w.]+)`).FindStringSubmatch(expected); lowest != nil {
		want["min"] = lowest[1]
	}
	return want
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, r := range corpusRows(t) {
		if !firstRoad(r) {
			continue
		}
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			out, status := output(t, "scan", "--format", "json", filepath.Join(corpus, r.file))
			require.Zero(t, status)
			var d struct {
				Package struct {
					ID      string
					Version struct{ Name, Code string }
					OS      struct{ Min string }
				}
				Findings     []struct{ Rule string }
				Capabilities []struct{ ID, Confidence string }
				Gaps         []struct{ Where, Why string }
			}
			require.NoError(t, json.Unmarshal(out, &d))
			got := map[string]string{
				"id":   d.Package.ID,
				"name": d.Package.Version.Name,
				"code": d.Package.Version.Code,
				"min":  d.Package.OS.Min,
			}
			for key, want := range identity(r.expected) {
				assert.Equal(t, want, got[key], key)
			}
			for _, g := range d.Gaps {
				assert.NotContains(t, g.Why, "panicked")
			}
			verdict := strings.ToLower(
				r.expected[max(0, strings.Index(r.expected, "deep-synthesis:")):],
			)
			for _, c := range d.Capabilities {
				if strings.Contains(verdict, "deep-synthesis: no") ||
					strings.Contains(verdict, "synthesis no") {
					assert.Equal(
						t,
						"possible",
						c.Confidence,
						"%s on a package that synthesises nothing",
						c.ID,
					)
				}
			}
			if !strings.Contains(verdict, "deep-synthesis: yes") {
				return
			}
			assert.NotEmpty(t, d.Capabilities)
			for word, rule := range sdkNames {
				if strings.Contains(verdict, word) {
					assert.Contains(t, d.Findings, struct{ Rule string }{rule})
				}
			}
		})
	}
}

// TestCorpusMalformed asks for an end and a report, whatever the package.
func TestCorpusMalformed(t *testing.T) {
	t.Parallel()
	for _, r := range corpusRows(t) {
		if !strings.HasPrefix(r.file, "malformed/") {
			continue
		}
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			out, status := output(t, "scan", "--format", "json", filepath.Join(corpus, r.file))
			assert.Contains(t, []int{exitDone, exitUnread}, status)
			assert.True(t, json.Valid(out))
			assert.NotContains(t, string(out), "panicked")
		})
	}
}
