package models_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/models"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

func TestModels(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, file, content, format string
		anomaly                     bool
	}{
		{"gguf_under_any_name", "a.bin", `"GGUF" u32:3 u64:0 u64:0`, "gguf", false},
		{"gguf_as_picture", "a.png", `"GGUF" u32:3 u64:0 u64:0`, "gguf", true},
		{"old_ggml", "a.bin", `"lmgg" zero:16`, "ggml", false},
		{"tflite", "a.dat", `u32:28 "TFL3" zero:16`, "tflite", false},
		{"executorch", "a.dat", `u32:28 "ET12" zero:16`, "executorch", false},
		{"litertlm", "a.dat", `"LITERTLM" zero:16`, "litertlm", false},
		{"rknn", "a.dat", `"RKNN" zero:16`, "rknn", false},
		{"moc3", "a.dat", `"MOC3" zero:16`, "moc3", false},
		{"ncnn_text", "a.dat", `"7767517" 0a "75 83" 0a`, "ncnn", false},
		{"safetensors", "a.dat", `u64:8 7b 22 61 22 3a 20 31 7d`, "safetensors", false},
		{"safetensors_header_too_long", "a.dat", `u64:99 7b 22 61 22 3a 20 31 7d`, "", false},
		{"onnx", "a.onnx", `08 07 12 02 "lg" 3a 02 08 01`, "onnx", false},
		{"onnx_without_a_graph", "a.onnx", `08 07 12 02 "lg"`, "", false},
		{"onnx_that_is_text", "a.onnx", `"just some text"`, "", false},
		{"onnx_cut", "a.onnx", `08 07 3a 7f 00`, "", false},
		{"mnn", "a.mnn", `u32:16 zero:32`, "mnn", false},
		{"mnn_root_outside", "a.mnn", `u32:99 zero:32`, "", false},
		{"core_ml_source", "a.mlmodel", `08 07 12 00`, "coreml", false},
		{"core_ml_compiled", "m.mlmodelc/coremldata.bin", `62 00 zero:16`, "coreml", false},
		{"core_ml_analytics", "m.mlmodelc/analytics/coremldata.bin", `62 00 zero:16`, "", false},
		{"zeroes_named_model", "a.gguf", `zero:64`, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := readtest.Facts(t, readtest.Manifest+
				fmt.Sprintf("-- assets/%s.hex --\n%s\n", c.file, c.content), models.Reader{})
			if c.format == "" {
				assert.Empty(t, facts.Models)
				return
			}
			require.Len(t, facts.Models, 1)
			m := facts.Models[0]
			assert.Equal(t, "assets/"+c.file, m.Entry)
			assert.Equal(t, c.format, m.Format)
			assert.Len(t, m.SHA256, 64)
			assert.Equal(t, c.anomaly, len(facts.Anomalies) == 1)
		})
	}
}

func TestGGUFArchitecture(t *testing.T) {
	t.Parallel()
	sound := `"GGUF" u32:3 u64:0 u64:1 u64:20 "general.architecture" u32:8 u64:5 "qwen2"`
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/m.hex --\n"+sound+"\n", models.Reader{})
	require.Len(t, facts.Models, 1)
	assert.Equal(t, "qwen2", facts.Models[0].Architecture)
	cut := `"GGUF" u32:3 u64:0 u64:9 u64:20 "general.architecture" u32:8 u64:5 "qwen2"`
	facts = readtest.Facts(t, readtest.Manifest+"-- assets/m.hex --\n"+cut+"\n", models.Reader{})
	require.Len(t, facts.Models, 1)
	assert.Equal(t, "qwen2", facts.Models[0].Architecture, "what was read before the end stays")
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, analyzer.GapMalformed, facts.Gaps[0].Reason)
}
