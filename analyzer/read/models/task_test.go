package models

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// TestSignatures holds every stanza to its form, and to being reached by a model
// that has just what it asks for.
func TestSignatures(t *testing.T) {
	t.Parallel()
	list, err := signatures()
	require.NoError(t, err)
	require.Greater(t, len(list), 100)
	sure := []analyzer.Confidence{analyzer.Confirmed, analyzer.Probable, analyzer.Possible}
	used := map[string]bool{}
	for i, s := range list {
		where := s.task + " from " + s.from
		assert.Contains(t, taskWords, s.task, where)
		assert.Contains(t, sure, s.sure, where)
		assert.NotEmpty(t, s.from, "stanza %d", i)
		require.NotEmpty(t, s.conditions, where)
		used[s.task] = true
		m := example(s)
		_, ok := s.holds(viewOf(m))
		assert.True(t, ok, "%s: does not hold for %+v", where, m)
		v, err := taskOf(m)
		require.NoError(t, err)
		assert.Equal(t, s.task, v.task, "%s: another stanza comes first", where)
		assert.NotEmpty(t, v.reason, where)
	}
	for _, w := range taskWords {
		assert.True(t, used[w], "no stanza gives %s", w)
		text := analyzer.TaskText(w)
		assert.True(t, text.ZH != "" && text.EN != "", "%s has no text", w)
	}
}

// example makes the smallest model that a stanza asks for.
func example(s signature) *sketch {
	m := &sketch{format: "onnx", name: "assets/x.dat"}
	m.Operators = map[string]int{}
	larger := false
	for _, c := range s.conditions {
		larger = larger || c.key == "picture" && c.words[0] == "larger"
	}
	for _, c := range s.conditions {
		first := strings.ReplaceAll(c.words[0], "*", "")
		switch c.key {
		case "format":
			m.format = c.words[0]
		case "arch":
			m.Architecture = c.words[0]
		case "file":
			m.name = "assets/" + first
		case "folder":
			m.beside = c.words[:1]
		case "meta":
			m.tags = append(m.tags, first)
		case "weight":
			m.Names = append(m.Names, c.words...)
		case "any-weight":
			m.Names = append(m.Names, c.words[0])
		case "op":
			for _, w := range c.words {
				name, n := atLeast(w)
				m.Operators[operatorNamed(name)] = n
			}
		case "picture":
		default:
			m.port(c, larger)
		}
	}
	return m
}

// port adds what a condition on inputs or outputs asks for.
func (s *sketch) port(c condition, larger bool) {
	words := c.words
	if strings.HasPrefix(c.key, "any-") || strings.HasPrefix(c.key, "only-") {
		words = words[:1]
	}
	key := strings.TrimPrefix(strings.TrimPrefix(c.key, "any-"), "only-")
	for _, w := range words {
		switch key {
		case "input":
			s.Input(graph.Port{Name: strings.ReplaceAll(w, "*", "x")})
		case "output":
			s.Output(graph.Port{Name: strings.ReplaceAll(w, "*", "x")})
		case "in":
			s.Input(shaped(w, 64))
		case "out":
			if larger {
				s.Output(shaped(w, 128))
				continue
			}
			s.Output(shaped(w, 64))
		}
	}
}

func shaped(form string, side int64) graph.Port {
	word, number, _ := strings.Cut(form, ":")
	n, _ := strconv.ParseInt(number, 10, 64)
	p := graph.Port{Name: form, Type: "float32"}
	switch word {
	case "picture":
		if n == 0 {
			n = 3
		}
		p.Shape = []int64{1, n, side, side}
	case "photo":
		p.Type, p.Shape = "image", []int64{3, side, side}
	case "strip":
		p.Shape = []int64{1, 3, 32, 320}
	case "latent":
		p.Shape = []int64{1, 4, side, side}
	case "mask":
		p.Shape = []int64{1, 21, side, side}
	case "vector":
		if n == 0 {
			n = 77
		}
		p.Shape = []int64{1, n}
	case "classes":
		p.Shape, p.From = []int64{1, 9}, "Softmax"
	case "number":
		p.Shape = []int64{1}
	case "boxes":
		p.Shape = []int64{1, 84, 8400}
	case "characters":
		p.Shape = []int64{1, 40, 100}
	case "alphabet":
		p.Shape = []int64{1, -1, 6625}
	case "form":
		p.Shape = []int64{1}
		for d := range strings.SplitSeq(number, "x") {
			n, _ := strconv.ParseInt(d, 10, 64)
			p.Shape = append(p.Shape, n)
		}
	}
	return p
}

func operatorNamed(word string) string {
	for line := range strings.Lines(operatorWords) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == word {
			return words[1]
		}
	}
	return word
}

func TestOperatorWordsAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for line := range strings.Lines(operatorWords) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		for _, w := range words[1:] {
			assert.True(t, seen[w] == "" || seen[w] == words[0], "%s is %s and %s", w, seen[w],
				words[0])
			seen[w] = words[0]
		}
	}
	require.Greater(t, len(seen), 100)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no_key":      "task: x\njust words",
		"unknown_key": "task: x\ncolour: blue",
	} {
		_, err := parse(text)
		assert.Error(t, err, name)
	}
}

// port reads "name float32[1,3,?] < Softmax".
func port(text string) graph.Port {
	text, from, _ := strings.Cut(text, " < ")
	name, rest, ok := strings.Cut(text, " ")
	p := graph.Port{Name: name, From: from}
	if !ok {
		return p
	}
	kind, dims, _ := strings.Cut(strings.TrimSuffix(rest, "]"), "[")
	p.Type, p.Shape = kind, []int64{}
	for d := range strings.SplitSeq(dims, ",") {
		n, err := strconv.ParseInt(d, 10, 64)
		if d != "" {
			if err != nil {
				n = -1
			}
			p.Shape = append(p.Shape, n)
		}
	}
	return p
}

// TestTaskOf is a table of networks that are spread, as their files describe them.
func TestTaskOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, format, arch string
		in, out, names     []string
		operators          map[string]int
		picture            graph.Picture
		task               string
		sure               analyzer.Confidence
	}{
		{name: "inswapper_128",
			in:  []string{"target float32[1,3,128,128]", "source float32[1,512]"},
			out: []string{"output float32[1,3,128,128]"}, names: []string{"buff2fs"},
			task: "face-swap", sure: analyzer.Confirmed},
		{name: "simswap_256", in: []string{"source float32[1,512]", "target float32[1,3,256,256]"},
			out: []string{"output float32[1,3,256,256] < Add"}, task: "face-swap",
			sure: analyzer.Confirmed},
		{name: "a_style_vector_is_no_face", in: []string{"content float32[1,256,256,3]",
			"style_bottleneck float32[1,1,1,100]"}, out: []string{"out float32[1,384,384,3]"},
			task: "image-editing", sure: analyzer.Confirmed},
		{name: "wav2lip", in: []string{"source float32[?,1,80,16]", "target float32[?,6,96,96]"},
			out: []string{"output float32[?,3,96,96]"}, task: "lip-sync", sure: analyzer.Confirmed},
		{name: "wav2lip_checkpoint", format: "pytorch", names: []string{
			"audio_encoder.0.conv_block.0.weight", "face_encoder_blocks.0.0.conv_block.0.weight",
			"face_decoder_blocks.0.0.conv_block.0.weight"}, task: "lip-sync",
			sure: analyzer.Confirmed},
		{name: "gfpgan_checkpoint", format: "pytorch", names: []string{
			"stylegan_decoder.style_convs.0.weight", "conv_body_down.0.conv1.weight"},
			task: "face-restoration", sure: analyzer.Confirmed},
		{name: "real_esrgan_checkpoint", format: "pytorch", names: []string{"conv_first.weight",
			"body.0.rdb1.conv1.weight"}, task: "super-resolution", sure: analyzer.Confirmed},
		{name: "dynamic_upscaler", in: []string{"input float32[?,3,?,?]"},
			out:     []string{"output float32[?,3,?,?] < DepthToSpace"},
			picture: graph.Picture{In: 3, Out: 3, Up: 1}, task: "super-resolution",
			sure: analyzer.Confirmed},
		{name: "upscaler_by_size", in: []string{"input float32[1,50,50,3]"},
			out:     []string{"output float32[1,200,200,3] < CONV_2D"},
			picture: graph.Picture{In: 3, Out: 3, Down: 2, Up: 4}, task: "super-resolution",
			sure: analyzer.Probable},
		{name: "segmentation_enlarges_too", in: []string{"input float32[1,256,256,3]"},
			out:     []string{"output float32[1,256,256,21] < RESIZE_BILINEAR"},
			picture: graph.Picture{In: 3, Out: 21, Down: 5, Up: 2}, task: "segmentation",
			sure: analyzer.Probable},
		{name: "three_classes_are_no_picture", in: []string{"input float32[1,256,256,3]"},
			out: []string{"output float32[1,256,256,3] < SOFTMAX"}, task: "segmentation",
			sure: analyzer.Probable},
		{name: "selfie", format: "tflite", in: []string{"input float32[1,256,256,3]"},
			out: []string{"mask float32[1,256,256,1] < LOGISTIC"}, task: "segmentation",
			sure: analyzer.Probable},
		{name: "cyclegan", in: []string{"input float32[1,3,256,256]"},
			out:       []string{"output float32[1,3,256,256] < Tanh"},
			operators: map[string]int{"Conv": 20, "InstanceNormalization": 23, "ConvTranspose": 2},
			picture:   graph.Picture{In: 3, Out: 3, Down: 2, Up: 2}, task: "image-editing",
			sure: analyzer.Probable},
		{name: "denoiser", in: []string{"input float32[1,3,256,256]"},
			out:       []string{"output float32[1,3,256,256] < Conv"},
			operators: map[string]int{"Conv": 20}, picture: graph.Picture{In: 3, Out: 3},
			task: "image-editing", sure: analyzer.Possible},
		{name: "stylegan", in: []string{"z float32[1,512]"},
			out:     []string{"image float32[1,3,256,256] < Tanh"},
			picture: graph.Picture{In: 512, Out: 3, Up: 6}, task: "image-generation",
			sure: analyzer.Confirmed},
		{name: "diffusion_unet", in: []string{"sample float32[2,4,64,64]", "timestep int64[1]",
			"encoder_hidden_states float32[2,77,768]"},
			out:  []string{"out_sample float32[2,4,64,64]"},
			task: "image-generation", sure: analyzer.Confirmed},
		{name: "vae_decoder", in: []string{"latent_sample float32[1,4,64,64]"},
			out: []string{"sample float32[1,3,512,512]"}, task: "image-generation",
			sure: analyzer.Probable},
		{name: "vae_encoder_makes_nothing", in: []string{"sample float32[1,3,512,512]"},
			out: []string{"latent_sample float32[1,4,64,64]"}, task: ""},
		{name: "piper", in: []string{"input int64[?,?]", "input_lengths int64[?]",
			"scales float32[3]"}, out: []string{"output float32[?,1,?,?]"},
			task: "text-to-speech", sure: analyzer.Confirmed},
		{name: "vits", in: []string{"x int64[?,?]", "x_length int64[?]", "noise_scale float32[1]",
			"length_scale float32[1]", "noise_scale_w float32[1]"}, out: []string{"y"},
			task: "text-to-speech", sure: analyzer.Confirmed},
		{name: "rvc", in: []string{"phone float32[1,?,256]", "phone_lengths int64[1]",
			"pitch int64[1,?]", "pitchf float32[1,?]", "ds int64[1]", "rnd float32[1,192,?]"},
			out: []string{"audio"}, task: "voice-conversion", sure: analyzer.Confirmed},
		{name: "vits_checkpoint", format: "pytorch", names: []string{"enc_p.encoder.attn_layers.0",
			"dec.ups.0.weight", "flow.flows.0.pre.weight"}, task: "text-to-speech",
			sure: analyzer.Confirmed},
		{name: "rvc_checkpoint", format: "pytorch", names: []string{"enc_p.emb_pitch.weight",
			"dec.m_source.l_linear.weight", "emb_g.weight", "enc_p.encoder.x", "dec.ups.0.weight",
			"flow.flows.0"}, task: "voice-conversion", sure: analyzer.Confirmed},
		{name: "whisper_encoder", in: []string{"mel"},
			out: []string{"n_layer_cross_k", "n_layer_cross_v"}, task: "speech-recognition",
			sure: analyzer.Confirmed},
		{name: "whisper_checkpoint", format: "safetensors", names: []string{
			"model.encoder.conv1.weight", "model.encoder.conv2.weight",
			"model.decoder.layers.0.encoder_attn.q_proj.weight",
			"model.decoder.layers.0.self_attn.q_proj.weight"},
			task: "speech-recognition", sure: analyzer.Confirmed},
		{name: "transducer_joiner", in: []string{"encoder_out", "decoder_out"},
			out: []string{"logit"}, task: "speech-recognition", sure: analyzer.Confirmed},
		{name: "silero", in: []string{"input", "sr", "state"}, out: []string{"output", "stateN"},
			task: "voice-activity", sure: analyzer.Confirmed},
		{name: "llm_with_past", in: []string{"input_ids int64[?,?]", "attention_mask",
			"past_key_values.0.key", "past_key_values.0.value"}, out: []string{"logits",
			"present.0.key"}, task: "text-generation", sure: analyzer.Confirmed},
		{name: "seq2seq_decoder_with_past", in: []string{"input_ids", "encoder_hidden_states",
			"past_key_values.0.decoder.key"}, out: []string{"logits", "present.0.decoder.key"},
			task: "text-translation", sure: analyzer.Probable},
		{name: "llama_checkpoint", format: "safetensors", names: []string{
			"model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight"},
			task: "text-generation", sure: analyzer.Confirmed},
		{name: "bert", in: []string{"input_ids", "attention_mask", "token_type_ids"},
			out: []string{"last_hidden_state"}, task: "text-embedding", sure: analyzer.Confirmed},
		{name: "bert_of_gguf", format: "gguf", arch: "bert", task: "text-embedding",
			sure: analyzer.Confirmed},
		{name: "qwen2_of_gguf", format: "gguf", arch: "qwen2", task: "text-generation",
			sure: analyzer.Confirmed},
		{name: "an_architecture_to_come", format: "gguf", arch: "zeta9", task: ""},
		{name: "yolo", in: []string{"images float32[1,3,640,640]"},
			out: []string{"output0 float32[1,84,8400]"}, task: "object-detection",
			sure: analyzer.Probable},
		{name: "resnet", in: []string{"data float32[1,3,224,224]"},
			out: []string{"prob float32[1,1000]"}, task: "image-classification",
			sure: analyzer.Probable},
		{name: "arcface", in: []string{"data float32[1,3,112,112]"},
			out: []string{"fc1 float32[1,512]"}, task: "face-recognition", sure: analyzer.Probable},
		{name: "paddle_ocr", in: []string{"x float32[?,3,48,?]"},
			out: []string{"softmax float32[?,?,6625]"}, task: "text-recognition",
			sure: analyzer.Probable},
		{name: "any_dense_network", in: []string{"x float32[1,10]"},
			out: []string{"y float32[1,3]"}, task: ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &sketch{format: c.format, name: "assets/model.dat"}
			if s.format == "" {
				s.format = "onnx"
			}
			s.Architecture, s.Operators, s.Names = c.arch, c.operators, c.names
			s.Picture = c.picture
			for _, p := range c.in {
				s.Input(port(p))
			}
			for _, p := range c.out {
				s.Output(port(p))
			}
			v, err := taskOf(s)
			require.NoError(t, err)
			assert.Equal(t, c.task, v.task, v.reason)
			assert.Equal(t, c.sure, v.sure, v.reason)
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	cases := map[string][]string{
		"x float32[1,3,224,224]": {"form:3x224x224", "picture", "picture:3"},
		"x float32[1,224,224,3]": {"form:3x224x224", "picture", "picture:3"},
		"x float32[3,48,64]":     {"form:3x48x64", "picture", "picture:3"},
		"x float32[?,3,?,?]":     {"form:3x-1x-1", "picture", "picture:3"},
		"x float32[1,3,32,320]":  {"form:3x32x320", "picture", "picture:3", "strip"},
		"x float32[1,3,8,8]":     {"form:3x8x8"},
		"x float32[1,512]":       {"form:512", "vector", "vector:512"},
		"x float32[]":            {"form:", "number"},
		"x int64[1,77]":          {"form:77", "ids", "vector:77"},
		"x float32[1,4,64,64]":   {"form:4x64x64", "latent"},
		"x float32[1,1,80,16]":   {"form:80x16"},
		"x float32[1,96,96,1]":   {"form:96x96", "picture", "picture:1"},
		"x float32[1,49,40,1]":   {"form:49x40"},
		"x":                      nil,
	}
	for text, want := range cases {
		assert.ElementsMatch(t, want, forms(port(text), ""), text)
	}
	assert.True(t, slices.Contains(forms(port("x float32[1,5]"), "softmax"), "classes"))
}

func TestCollapse(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "model.layers.*.mlp.w*", collapse("Model.layers.12.mlp.w1"))
	assert.Equal(t, "", collapse(""))
}
