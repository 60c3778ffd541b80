package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/read/readtest"
)

// firstRoad leaves out what is a gap that says so: bundles, and renamed traps.
func firstRoad(r readtest.Row) bool {
	return (strings.HasPrefix(r.File, "apk/") || strings.HasPrefix(r.File, "ipa/")) &&
		!strings.HasSuffix(r.File, ".aab") && !strings.HasSuffix(r.File, ".apks")
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
	for _, r := range readtest.Corpus(t) {
		if !firstRoad(r) {
			continue
		}
		t.Run(r.File, func(t *testing.T) {
			t.Parallel()
			out, status := output(t, "scan", "--format", "json", r.Path)
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
			for key, want := range identity(r.Expected) {
				assert.Equal(t, want, got[key], key)
			}
			for _, g := range d.Gaps {
				assert.NotContains(t, g.Why, "panicked")
			}
			verdict := strings.ToLower(
				r.Expected[max(0, strings.Index(r.Expected, "deep-synthesis:")):],
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
	for _, r := range readtest.Corpus(t) {
		if !strings.HasPrefix(r.File, "malformed/") {
			continue
		}
		t.Run(r.File, func(t *testing.T) {
			t.Parallel()
			out, status := output(t, "scan", "--format", "json", r.Path)
			assert.Contains(t, []int{exitDone, exitUnread}, status)
			assert.True(t, json.Valid(out))
			assert.NotContains(t, string(out), "panicked")
		})
	}
}
