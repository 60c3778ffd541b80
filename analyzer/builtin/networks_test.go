package builtin_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
)

// TestNetworks reads the models of whole packages, and what they make possible.
func TestNetworks(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fixture      string
		models       []string // entry, format, task
		capabilities []analyzer.CapabilityID
	}{
		{"models-android", []string{
			"assets/a.dat onnx face-swap", "assets/c.dat ncnn super-resolution",
			"assets/d.dat ggml speech-recognition", "assets/e.dat tflite face-detection",
			"assets/f.dat unknown ", "assets/voice/b.dat onnx text-to-speech",
		}, []analyzer.CapabilityID{analyzer.FaceSwap, analyzer.ImageEnhance, analyzer.SpeechSynth}},
		{"models-ios", []string{
			"Payload/Painter.app/One.mlmodelc/coremldata.bin coreml image-generation",
			"Payload/Painter.app/Two.mlmodelc/coremldata.bin coreml segmentation",
		}, []analyzer.CapabilityID{analyzer.ImageGen}},
	}
	for _, c := range cases {
		t.Run(c.fixture, func(t *testing.T) {
			t.Parallel()
			a := analyseFixture(t, c.fixture, 0)
			var models []string
			for _, m := range a.Facts.Models {
				models = append(models, m.Entry+" "+m.Format+" "+m.Task)
			}
			assert.ElementsMatch(t, c.models, models)
			var capabilities []analyzer.CapabilityID
			for _, c := range a.Capabilities {
				capabilities = append(capabilities, c.ID)
			}
			assert.Empty(t, cmp.Diff(c.capabilities, capabilities))
			assert.Empty(t, a.Facts.Gaps)
		})
	}
}

// models are the smallest files by which each format is known: a model that the
// fixtures build, or bytes where a decoder asks for no more than a mark.
var models = map[string]string{
	"gguf": `"GGUF" u32:3 u64:0 u64:0`, "ggml": `"lmgg" zero:60`,
	"litertlm": `"LITERTLM" zero:60`, "rknn": `"RKNN" zero:60`, "moc3": `"MOC3" zero:60`,
	"ncnn":      `"7767517" 0a "1 1" 0a "Input x 0 1 x" 0a`,
	"mindspore": `u32:28 "MSL2" zero:60`, "kaldi": `00 "B<Nnet3> " zero:60`,
	"tnn":     `22 "1 1 1 4206624770 ," 22 0a`,
	"paddle":  "{format: paddle, version: 1, producer: v2.9, nodes: [{op: relu}]}",
	"pytorch": "{format: pytorch, weights: [{name: fc.weight}]}",
	"tflite":  "{format: tflite, name: x}", "executorch": "{format: executorch, name: forward}",
	"safetensors": "{format: safetensors, weights: [{name: a}]}",
	"onnx":        "{format: onnx, nodes: [{op: Abs}]}",
	"mnn":         "{format: mnn, nodes: [{code: 69, in: [a], out: [b]}]}",
	"coreml":      "{format: coreml, inputs: [{name: image}], outputs: [{name: y}]}",
}

// model packs a model of a format.
func (h *host) model(format string) bool {
	text := models[format]
	if text == "" {
		return false
	}
	if text[0] == '{' {
		h.files["assets/x.dat.model.yaml"] = text
	} else {
		h.files["assets/x.dat.hex"] = text
	}
	return true
}

const (
	photo = "{name: input, shape: [1, 3, 128, 128]}"
	drawn = "{name: output, shape: [1, 3, 128, 128]}"
)

// networks are models that are surely, and that are probably, for a task. Their
// files have names that say nothing.
var networks = map[analyzer.TermKind]map[string]string{
	analyzer.TermModelTask: {
		"text-generation": "{format: gguf, metadata: {general.architecture: llama}}",
		"text-to-speech": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: input}, " +
			"{name: input_lengths}, {name: scales}]}",
		"voice-conversion": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: phone}, " +
			"{name: phone_lengths}, {name: pitch}, {name: pitchf}]}",
		"voice-cloning": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: text_seq}, " +
			"{name: pred_semantic}, {name: ref_audio}]}",
		"music-generation": "{format: safetensors, weights: [{name: enc_to_dec_proj.weight}, " +
			"{name: audio_encoder.x}, {name: text_encoder.x}]}",
		"face-swap": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: target, " +
			"shape: [1, 3, 128, 128]}, {name: source, shape: [1, 512]}], outputs: [" + drawn + "]}",
		"face-reenactment": "{format: pytorch, " +
			"weights: [{name: dense_motion_network.hourglass.x}]}",
		"lip-sync": "{format: pytorch, classes: [__torch__.models.wav2lip.Wav2Lip]}",
		"face-restoration": "{format: pytorch, weights: [{name: stylegan_decoder.x}, " +
			"{name: conv_body_down.0}]}",
		"face-editing": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: target}, " +
			"{name: target_with_background}, {name: direction}]}",
		"image-generation": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: sample}, " +
			"{name: timestep}, {name: encoder_hidden_states}]}",
		"image-editing": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: image, " +
			"shape: [1, 3, 64, 64]}, {name: mask, shape: [1, 1, 64, 64]}], " +
			"outputs: [" + drawn + "]}",
		"super-resolution": "{format: tflite, inputs: [{name: x, shape: [1, 50, 50, 3]}], " +
			"outputs: [{name: y, shape: [1, 200, 200, 3]}]}",
		"video-generation": "{format: gguf, metadata: {general.architecture: wan}}",
	},
	analyzer.TermModelHint: {
		"text-generation": "{format: onnx, nodes: [{op: Attention}], inputs: [{name: input_ids}, " +
			"{name: position_ids}], outputs: [{name: logits}]}",
		"text-to-speech": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: phoneme_ids}], " +
			"outputs: [{name: audio}]}",
		"vocoder": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: mel}], " +
			"outputs: [{name: waveform}]}",
		"face-swap": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: source, " +
			"shape: [1, 3, 112, 112]}, {name: target, shape: [1, 3, 256, 256]}], " +
			"outputs: [" + drawn + "]}",
		"image-generation": "{format: onnx, nodes: [{op: Conv}], inputs: [{name: latent_sample, " +
			"shape: [1, 4, 64, 64]}], outputs: [" + drawn + "]}",
		"image-editing": "{format: onnx, nodes: [{op: Conv, repeat: 9}, " +
			"{op: InstanceNormalization, repeat: 6}], inputs: [" + photo + "], " +
			"outputs: [" + drawn + "]}",
		"super-resolution": "{format: tflite, inputs: [{name: x, shape: [1, 50, 50, 3]}], " +
			"nodes: [{code: 3, in: [x], attributes: {stride: 2}}], " +
			"outputs: [{name: y, shape: [1, 200, 200, 3]}]}",
	},
}

// network packs a model of a task.
func (h *host) network(kind analyzer.TermKind, task string) bool {
	text := networks[kind][task]
	h.files["assets/x.dat.model.yaml"] = text
	return text != ""
}
