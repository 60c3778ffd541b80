package elf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const corpus = "../../../../shared/corpus/sdk-libs/android"

// TestRealFiles checks what readelf gives for the same files.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path    string
		machine Machine
		soname  string
		needed  int
		exports int
		one     string
		buildID string
	}{
		{"iflytek-msc/arm64-v8a/libmsc.so", ARM64, "libmsc.so", 5, 2678, "QTTSSessionBegin",
			"c4645f638acc5cf34aa0cfc1be55fe5f8f87004b"},
		{"faceunity/armeabi-v7a/libCNamaSDK_UNITY_PLUGIN.so", ARM, "libCNamaSDK_UNITY_PLUGIN.so",
			9, 4249,
			"UnityPluginLoad", "a5e50f7a80c2594de8ecce3e5abb8c3bfeff9dbc"},
		{"sherpa-onnx/arm64-v8a/libsherpa-onnx-jni.so", ARM64, "libsherpa-onnx-jni.so", 6, 126,
			"Java_com_k2fsa_sherpa_onnx_OfflineTts_generateImpl",
			"2818a484d8893e2ec5421ae500a5ee4f4380f859"},
		{"llama.rn/arm64-v8a/libggml-htp-v73.so", Hexagon, "libggml-htp-v73.so", 2, 67, "_init",
			""},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(corpus, c.path))
			if os.IsNotExist(err) {
				t.Log("no corpus of real libraries here: nothing is read")
				return
			}
			require.NoError(t, err)
			f, err := Decode(data)
			require.NoError(t, err)
			assert.Empty(t, f.Anomalies)
			assert.Equal(t, c.machine, f.Machine)
			assert.Equal(t, c.soname, f.SONAME)
			assert.Len(t, f.Needed, c.needed)
			assert.Len(t, f.Exports, c.exports)
			assert.Contains(t, exported(f), c.one)
			assert.Equal(t, c.buildID, f.BuildID)
		})
	}
}
