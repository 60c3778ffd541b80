package dex

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const corpus = "../../../../shared/corpus/apk"

// fromCorpus returns an entry of a real package, nil where there is no corpus.
func fromCorpus(t testing.TB, pkg, entry string) []byte {
	path := filepath.Join(corpus, pkg)
	if _, err := os.Stat(path); err != nil {
		t.Log("no corpus of real packages here: nothing is read")
		return nil
	}
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	r, err := z.Open(entry)
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, 64<<20))
	require.NoError(t, err)
	return data
}

// TestRealFiles checks counts that dexdump gives for the same files.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pkg            string
		classes, calls int
		class, caller  string
	}{
		{"androguard-a2dp.Vol_137.apk", 1353, 23510, "a2dp.Vol.service", "a2dp.Vol"},
		{"robot-iflytek-tuling.apk", 1049, 24456, "com.iflytek.cloud.SpeechSynthesizer",
			"com.example.robot"},
		{"npm-ApiDemos-debug.apk", 5068, 110184, "io.appium.android.apis.ApiDemos",
			"io.appium.android.apis"},
		{"iflytek-demo02-debug.apk", 913, 24172, "com.iflytek.cloud.SpeechSynthesizer",
			"com.iflytek.voicedemo"},
	} {
		t.Run(c.pkg, func(t *testing.T) {
			data := fromCorpus(t, c.pkg, "classes.dex")
			if data == nil {
				return
			}
			f, err := Decode(data)
			require.NoError(t, err)
			assert.Empty(t, f.Anomalies)
			for step, err := range walk(f) {
				assert.NoError(t, err, step)
			}
			classes, err := names(f, f.Classes)
			require.NoError(t, err)
			assert.Len(t, classes, c.classes)
			assert.Contains(t, classes, c.class)
			code, err := f.Code()
			require.NoError(t, err)
			calls := 0
			for _, x := range code.Calls {
				calls += x.Count
			}
			assert.Equal(t, c.calls, calls)
			assert.True(t, slices.ContainsFunc(code.Calls,
				func(x Call) bool { return x.From == c.caller }))
		})
	}
}

// generated is a file of ten thousand classes, each with some calls and a string.
func generated() []byte {
	s := source{strings: numbered(10000)}
	for i := range 10000 {
		s.methods = append(s.methods, fmt.Sprintf("Lcom/example/lib%d/Library%d;", i%50, i))
		code := []uint16{0x001a, uint16(i)}
		for j := range 20 {
			code = append(code, 0x2071, uint16((i*7+j)%10000), 0, 0x000e)
		}
		s.classes = append(s.classes, class{fmt.Sprintf("Lcom/example/app/part%d/Class%d;", i%100,
			i), code})
	}
	return s.write().data
}

func BenchmarkDecode(b *testing.B) {
	files := map[string][]byte{"generated": generated()}
	if data := fromCorpus(b, "npm-ApiDemos-debug.apk", "classes.dex"); data != nil {
		files["real"] = data
	}
	for name, data := range files {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := Decode(data)
				require.NoError(b, err)
				walk(f)
			}
		})
	}
}
