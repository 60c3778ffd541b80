package models_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/apk"
	format "github.com/listgate/listgate/analyzer/format/zip"
	"github.com/listgate/listgate/analyzer/read/models"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, file, content, format string
		anomaly                     bool
	}{
		{"gguf_under_any_name", "a.bin.hex", `"GGUF" u32:3 u64:0 u64:0`, "gguf", false},
		{"gguf_as_picture", "a.png.hex", `"GGUF" u32:3 u64:0 u64:0`, "gguf", true},
		{"old_ggml", "a.bin.hex", `"lmgg" zero:64`, "ggml", false},
		{"tflite", "a.dat.model.yaml", "{format: tflite, name: x}", "tflite", false},
		{"executorch", "a.dat.model.yaml", "{format: executorch, name: forward}",
			"executorch", false},
		{"litertlm", "a.dat.hex", `"LITERTLM" zero:16`, "litertlm", false},
		{"rknn", "a.dat.hex", `"RKNN" zero:16`, "rknn", false},
		{"moc3", "a.dat.hex", `"MOC3" zero:16`, "moc3", false},
		{"mindspore", "a.dat.hex", `u32:28 "MSL2" zero:16`, "mindspore", false},
		{"kaldi", "a.dat.hex", `00 "B<Nnet3> " zero:16`, "kaldi", false},
		{"ncnn_text", "a.dat", "7767517\n1 1\nInput x 0 1 x\n", "ncnn", false},
		{"ncnn_binary", "a.dat.hex", "u32:7767517 u32:1 u32:1 u32:16 u32:0 u32:1 u32:0 u32:" +
			"0xffffff17", "ncnn", false},
		{"tnn", "a.dat", "\"1 1 1 4206624770 ,\"\n\"x 1 3 8 8 ,\"\n\" x ,\"\n\"x ,\"\n\" 0 ,\"\n",
			"tnn", false},
		{"safetensors", "a.dat.model.yaml", "{format: safetensors, weights: [{name: a}]}",
			"safetensors", false},
		{"safetensors_header_too_long", "a.dat.hex", `u64:99 7b 22 61 22 3a 20 31 7d`, "", false},
		{"safetensors_that_is_other_json", "a.dat.hex", `u64:9 7b 22 61 22 3a 20 31 7d 20`, "",
			false},
		{"onnx", "a.dat.model.yaml", "{format: onnx, nodes: [{op: Abs}]}", "onnx", false},
		{"onnx_without_a_graph", "a.onnx.hex", `08 07 12 02 "lg" 42 02 10 11`, "", false},
		{"onnx_that_is_text", "a.onnx.hex", `"just some text"`, "", false},
		{"onnx_cut", "a.onnx.hex", `08 07 3a 7f 00`, "", false},
		{"pytorch", "a.dat.model.yaml", "{format: pytorch, weights: [{name: fc.weight}]}",
			"pytorch", false},
		{"paddle", "a.dat.model.yaml",
			"{format: paddle, version: 1, producer: v2.9, nodes: [{op: relu}]}", "paddle", false},
		{"mnn", "a.dat.model.yaml", "{format: mnn, nodes: [{code: 69, in: [a], out: [b]}]}", "mnn",
			false},
		{"mnn_root_outside", "a.mnn.hex", `u32:99 zero:32`, "", false},
		{"core_ml", "a.dat.model.yaml",
			"{format: coreml, inputs: [{name: image}], outputs: [{name: y}]}", "coreml", false},
		{"core_ml_without_a_kind", "a.mlmodel.hex", `08 07 12 05 0a 03 0a 01 "x"`, "", false},
		{"core_ml_compiled", "m.mlmodelc/coremldata.bin.hex", `62 00 zero:16`, "coreml", false},
		{"core_ml_analytics", "m.mlmodelc/analytics/coremldata.bin.hex", `62 00 zero:16`, "",
			false},
		{"zeroes_named_model", "a.gguf.hex", `zero:64`, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := readtest.Facts(t, readtest.Manifest+
				fmt.Sprintf("-- assets/%s --\n%s\n", c.file, c.content), models.Reader{})
			if c.format == "" {
				assert.Empty(t, facts.Models)
				return
			}
			require.Len(t, facts.Models, 1)
			m := facts.Models[0]
			name := strings.TrimSuffix(strings.TrimSuffix(c.file, ".hex"), ".model.yaml")
			assert.Equal(t, "assets/"+name, m.Entry)
			assert.Equal(t, c.format, m.Format)
			assert.Len(t, m.SHA256, 64)
			assert.Equal(t, c.anomaly, len(facts.Anomalies) == 1)
		})
	}
}

const swapper = `
format: onnx
producer: pytorch
name: main_graph
inputs: [{name: target, shape: [1, 3, 128, 128]}, {name: source, shape: [1, 512]}]
outputs: [{name: output, shape: [1, 3, 128, 128]}]
nodes: [{op: Conv, repeat: 20}, {op: Tanh, out: [output]}]
weights: [{name: styles.0.style1.weight, type: float16, shape: [4, 512]}, {name: buff2fs}]
metadata: {author: someone}
`

// TestRecord shows all that is kept of a model.
func TestRecord(t *testing.T) {
	t.Parallel()
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/e.dat.model.yaml --"+swapper+
		"-- assets/e.dat.data --\nweights\n-- assets/config.json --\n{}\n", models.Reader{})
	require.Len(t, facts.Models, 1)
	m := facts.Models[0]
	m.SHA256, m.Size = "", 0
	want := analyzer.Model{
		Entry: "assets/e.dat", Format: "onnx", Parts: []string{"e.dat.data", "config.json"},
		Architecture: "inswapper",
		Inputs:       []string{"target float32[1,3,128,128]", "source float32[1,512]"},
		Outputs:      []string{"output float32[1,3,128,128]"},
		Operators:    map[string]int{"Conv": 20, "Tanh": 1},
		Tensors:      2, Parameters: 2049, Quantisation: "float16, float32",
		Names: []string{"styles.*.style*.weight", "buff*fs"},
		Task:  "face-swap", Reason: "inputs source, target; weight buff*fs",
		Confidence: analyzer.Confirmed,
		Metadata: map[string]string{"author": "someone", "format.version": "8",
			"format.producer": "pytorch", "format.graph": "main_graph", "opset ai.onnx": "17"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

// TestBroken keeps what was read before a model breaks off, with a gap that is not
// over code.
func TestBroken(t *testing.T) {
	t.Parallel()
	cut := `"GGUF" u32:3 u64:0 u64:9 u64:20 "general.architecture" u32:8 u64:5 "qwen2"`
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/m.hex --\n"+cut+"\n", models.Reader{})
	require.Len(t, facts.Models, 1)
	assert.Equal(t, "qwen2", facts.Models[0].Architecture)
	assert.Equal(t, "text-generation", facts.Models[0].Task)
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, analyzer.GapMalformed, facts.Gaps[0].Reason)
	assert.False(t, facts.Gaps[0].Code)
}

// read gives the reader one entry among others, as a package would.
func read(t testing.TB, e readtest.Entry, others ...string) *analyzer.Facts {
	t.Helper()
	c := &analyzer.Contents{Format: analyzer.APK, Entries: []analyzer.Entry{e}}
	for _, name := range others {
		c.Entries = append(c.Entries, readtest.File(name, []byte("x")))
	}
	facts := &analyzer.Facts{}
	if !(models.Reader{}).Want(c, e) {
		return facts
	}
	in := analyzer.Input{Contents: c, Entry: e, Data: e.Data, Budget: budget.New(budget.Limits{})}
	require.NoError(t, models.Reader{}.Read(t.Context(), in, facts.Add))
	return facts
}

// noise is what an encrypted file looks like.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

// weights are numbers as networks have them: small, around zero.
func weights(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var out []byte
	for len(out) < n {
		f := float32(r.NormFloat64() * 0.05)
		bits := uint32(int32(f * (1 << 30)))
		out = append(out, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
	}
	return out
}

func TestUnknownBlobs(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	with := func(head string) []byte { return append([]byte(head), noise(size)...) }
	cases := []struct {
		name, file string
		data       []byte
		others     []string
		want       analyzer.Confidence
	}{
		{"encrypted", "assets/model.dat", noise(size), nil, analyzer.Possible},
		{"encrypted_with_a_mark", "assets/a", with("SMODEL\x01\x02"), nil, analyzer.Possible},
		{"by_openssl", "assets/a", with("Salted__"), nil, analyzer.Confirmed},
		{"too_small", "assets/a", noise(1 << 19), nil, ""},
		{"weights", "assets/a", weights(size), nil, ""},
		{"zeros", "assets/a", make([]byte, size), nil, ""},
		{"text", "assets/a", []byte(strings.Repeat("a text of many letters ", size/20)), nil, ""},
		{"png", "assets/a", with("\x89PNG\r\n\x1a\n"), nil, ""},
		{"mp4", "assets/a", with("\x00\x00\x00\x20ftypisom"), nil, ""},
		{"webp", "assets/a", with("RIFF\x00\x00\x30\x00WEBP"), nil, ""},
		{"zlib", "assets/a", with("\x78\x9c"), nil, ""},
		{"unity", "assets/a", with("UnityFS\x00"), nil, ""},
		{"library", "lib/arm64-v8a/liba.so", noise(size), nil, ""},
		{"weights_of_ncnn", "assets/a.bin", noise(size), []string{"assets/a.param"}, ""},
		{"weights_of_core_ml", "assets/m.mlmodelc/weights/weight.bin", noise(size),
			[]string{"assets/m.mlmodelc/coremldata.bin"}, ""},
		{"weights_of_mnn", "assets/llm.mnn.weight", noise(size), []string{"assets/llm.mnn"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, readtest.File(c.file, c.data), c.others...)
			if c.want == "" {
				assert.Empty(t, facts.Models)
				return
			}
			require.Len(t, facts.Models, 1)
			m := facts.Models[0]
			assert.Equal(t, "unknown", m.Format)
			assert.Equal(t, c.want, m.Confidence)
			assert.Empty(t, m.Task)
			assert.NotEmpty(t, m.Reason)
		})
	}
}

func TestListsOnly(t *testing.T) {
	t.Parallel()
	r := models.Reader{}
	assert.True(t, r.ListsOnly(readtest.File("a", noise(64))), "what only may be encrypted")
	assert.False(t, r.ListsOnly(readtest.File("a", []byte("GGUF\x03\x00\x00\x00"))))
}

// corpus is what is said of each file of the corpus: format and task.
const corpus = `burn-checkpoint.pt pytorch
coremldemo-Classifier.mlmodel coreml image-classification
csm-voices.safetensors safetensors
dtln_noise_suppression.tflite tflite noise-suppression
for-tests-ggml-tiny.bin ggml speech-recognition
ggml-vocab-bert-bge.gguf gguf text-embedding
ggml-vocab-gpt-2.gguf gguf text-generation
keyword_scrambled.tflite tflite
light_shufflenet.onnx onnx image-classification
mobilenetV3.mnn mnn image-classification
mobilenet_v2_embedder_with_metadata.tflite tflite image-embedding
onnx_operator_conv.onnx onnx
person_detect.tflite tflite image-classification
scrfd_500m-opt2.bin
scrfd_500m-opt2.param ncnn face-detection
slim-320-quant-ADMM-50.mnn mnn object-detection
tiny.gguf gguf text-generation
tiny.safetensors safetensors
tinyllama_1.1b_decoder.ncnn.param ncnn text-generation
`

// TestCorpus reads the model files of the corpus, each by itself.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := readtest.Folder(t)
	if dir == "" {
		return
	}
	want := map[string]string{}
	for line := range strings.Lines(corpus) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = rest
	}
	files, err := os.ReadDir(filepath.Join(dir, "models"))
	require.NoError(t, err)
	seen := 0
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "models", f.Name()))
		require.NoError(t, err)
		facts := read(t, readtest.File("assets/"+f.Name(), data))
		got := ""
		if len(facts.Models) == 1 {
			got = facts.Models[0].Format + " " + facts.Models[0].Task
		}
		assert.Equal(t, want[f.Name()], strings.TrimSpace(got), f.Name())
		seen++
	}
	assert.Equal(t, len(want), seen)
}

// TestExcerpt reads the beginning of a model that the budget does not let be read
// whole, stored or compressed: what it is for is told, and that the rest was not read.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("\x00", 7)
	head := "GGUF\x03\x00\x00\x00\x00" + zeros + "\x01" + zeros + "\x14" + zeros +
		"general.architecture" + "\x08\x00\x00\x00\x05" + zeros + "qwen2"
	data := append([]byte(head), make([]byte, 40<<20)...)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, content := range map[string][]byte{
			"AndroidManifest.xml": []byte("x"), "assets/m.dat": data,
		} {
			f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			require.NoError(t, err)
			_, err = f.Write(content)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		e := analyzer.Engine{Lister: format.Lister{}, Formats: []analyzer.Format{apk.Format{}},
			Readers: []analyzer.Reader{models.Reader{}}}
		file := analyzer.File{Bytes: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
		limits := budget.Limits{Entry: 36 << 20}
		facts, _, err := e.Read(t.Context(), file, analyzer.Options{Limits: limits})
		require.NoError(t, err)
		require.Len(t, facts.Models, 1)
		m := facts.Models[0]
		assert.Equal(t, "text-generation", m.Task)
		assert.Equal(t, int64(len(data)), m.Size)
		assert.Empty(t, m.SHA256)
		require.Len(t, facts.Gaps, 1)
		assert.Equal(t, analyzer.GapBudget, facts.Gaps[0].Reason)
		assert.False(t, facts.Gaps[0].Code, "a model is no code")
	}
}
