package torch_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/torch"
)

const lips = `
format: pytorch
classes: [__torch__.models.wav2lip.Wav2Lip]
weights:
  - {name: audio_encoder.0.conv_block.0.weight, shape: [32, 1, 3, 3]}
  - {name: face_decoder_blocks.0.bias, shape: [512]}
`

func decode(data []byte) (bool, error) {
	p, err := torch.Decode(data)
	return p != nil, err
}

// pickle returns data.pkl of the archive.
func pickle(t testing.TB) []byte {
	t.Helper()
	data := decodetest.Model(t, lips)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	f, err := z.Open("archive/data.pkl")
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	var b bytes.Buffer
	_, err = io.Copy(&b, f)
	require.NoError(t, err)
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := torch.Decode(pickle(t))
	require.NoError(t, err)
	want := &torch.Pickle{
		Graph: graph.Graph{
			Architecture: "Wav2Lip", Tensors: 2, Parameters: 800,
			Types: map[string]int64{"float32": 800},
			Names: []string{"audio_encoder.0.conv_block.0.weight", "face_decoder_blocks.0.bias"},
		},
		Classes: []string{
			"__torch__.models.wav2lip.Wav2Lip", "torch._utils._rebuild_tensor_v2",
			"torch.FloatStorage", "torch._utils._rebuild_tensor_v2", "torch.FloatStorage",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func legacy() []byte {
	magic := "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
	return []byte(magic + "\x80\x02M\xe9\x03." + "\x80\x02}X\x0d\x00\x00\x00little_endian\x88s." +
		"\x80\x02}X\x0a\x00\x00\x00fc1.weight" +
		"((X\x07\x00\x00\x00storagectorch\nHalfStorage\nK\x04tQt\x86s.")
}

func TestDecodeLegacy(t *testing.T) {
	t.Parallel()
	require.True(t, torch.Legacy(legacy()))
	p, err := torch.DecodeLegacy(legacy())
	require.NoError(t, err)
	assert.Contains(t, p.Names, "fc1.weight")
	assert.Equal(t, map[string]int64{"float16": 4}, p.Types)
	_, err = torch.DecodeLegacy(pickle(t))
	require.Error(t, err)
}

// TestDecodeProtocol4 takes class names from the stack.
func TestDecodeProtocol4(t *testing.T) {
	t.Parallel()
	p, err := torch.Decode([]byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00" +
		"\x8c\x02os\x94\x8c\x06system\x94\x93\x94."))
	require.NoError(t, err)
	assert.Equal(t, []string{"os.system"}, p.Classes, "it is named, not called")
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":       nil,
		"text":        []byte("cos\nsystem\n."),
		"protocol_9":  []byte("\x80\x09."),
		"a_png":       []byte("\x89PNG\r\n\x1a\n"),
		"just_a_mark": []byte("\x80"),
	}, decode)
	for name, data := range map[string]string{
		"unknown_opcode":  "\x80\x02\xff.",
		"no_stop":         "\x80\x02}",
		"text_behind":     "\x80\x02X\xff\xff\xff\x7f.",
		"text_far_behind": "\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff.",
		"line_unended":    "\x80\x02cos.system",
	} {
		_, err := torch.Decode([]byte(data))
		require.Error(t, err, name)
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, pickle(t), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{pickle(f), []byte("\x80\x04\x8c\x02os\x93.")}, decode)
}

func FuzzDecodeLegacy(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{legacy()}, func(data []byte) (bool, error) {
		p, err := torch.DecodeLegacy(data)
		return p != nil, err
	})
}
