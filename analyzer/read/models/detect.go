package models

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/coreml"
	"github.com/listgate/listgate/analyzer/decode/executorch"
	"github.com/listgate/listgate/analyzer/decode/ggml"
	"github.com/listgate/listgate/analyzer/decode/gguf"
	"github.com/listgate/listgate/analyzer/decode/mnn"
	"github.com/listgate/listgate/analyzer/decode/ncnn"
	"github.com/listgate/listgate/analyzer/decode/onnx"
	"github.com/listgate/listgate/analyzer/decode/paddle"
	"github.com/listgate/listgate/analyzer/decode/safetensors"
	"github.com/listgate/listgate/analyzer/decode/tflite"
	"github.com/listgate/listgate/analyzer/decode/tnn"
	"github.com/listgate/listgate/analyzer/decode/torch"
)

// headSize is how much of an entry's head is looked at.
const headSize = 64

// format is one format of models. Sure says that what matches is one; the others
// have no magic, and their decoder decides.
type format struct {
	name   string
	sure   bool
	match  func(head []byte, size int64) bool
	decode decoder // nil where nothing beyond the name is read
}

// formats are tried in order: those with a magic first.
var formats = []format{
	{"gguf", true, headOnly(gguf.Match), plain(gguf.Decode)},
	{"ggml", true, headOnly(ggml.Match), plain(ggml.Decode)},
	{"tflite", true, headOnly(tflite.Match), decodeTFLite},
	{"executorch", true, headOnly(executorch.Match), decodeExecuTorch},
	{"litertlm", true, magic(0, "LITERTLM"), nil},
	{"rknn", true, magic(0, "RKNN"), nil},
	{"moc3", true, magic(0, "MOC3"), nil},
	{"mindspore", true, magic(4, "MSL0", "MSL1", "MSL2"), nil},
	{"kaldi", true, magic(0, "\x00B<TransitionModel> ", "\x00B<Nnet3> "), nil},
	{"ncnn", true, headOnly(ncnn.Match), decodeNCNN},
	{"pytorch", true, headOnly(torch.Legacy), decodeLegacyTorch},
	{"pytorch", false, headOnly(isTorchArchive), decodeTorch},
	{"tnn", true, headOnly(tnn.Match), plain(tnn.Decode)},
	{"safetensors", false, safetensors.Match, plain(safetensors.Decode)},
	{"paddle", false, paddle.Match, plain(paddle.Decode)},
	{"onnx", false, onnx.Match, decodeONNX},
	{"coreml", false, headOnly(coreml.Match), decodeCoreML},
	{"mnn", false, mnn.Match, decodeMNN},
}

// compiledCoreML is the folder of a compiled Core ML model, told by the file that
// describes it. No magic marks that, so the folder around it must be one.
var compiledCoreML = format{"coreml", false, nil, decodeCompiled}

func headOnly(match func([]byte) bool) func([]byte, int64) bool {
	return func(head []byte, _ int64) bool { return match(head) }
}

func magic(at int, marks ...string) func([]byte, int64) bool {
	return func(head []byte, _ int64) bool {
		for _, m := range marks {
			if len(head) > at && bytes.HasPrefix(head[at:], []byte(m)) {
				return true
			}
		}
		return false
	}
}

// detect returns the format that an entry begins as, nil for none. Its name is not
// asked; only the parts of a compiled Core ML model are told by the folder's files.
func detect(c *analyzer.Contents, name string, head []byte, size int64) *format {
	for i := range formats {
		if formats[i].match(head, size) {
			return &formats[i]
		}
	}
	if path.Base(name) == descriptionFile && isCompiled(c, path.Dir(name)) {
		return &compiledCoreML
	}
	return nil
}

const descriptionFile = "coremldata.bin"

// isCompiled reports the folder of a compiled Core ML model.
func isCompiled(c *analyzer.Contents, dir string) bool {
	for _, f := range []string{"metadata.json", "model.mil", "model.espresso.net"} {
		if c.Find(dir+"/"+f) != nil {
			return true
		}
	}
	return strings.HasSuffix(dir, ".mlmodelc")
}

// localHeader is the fixed part of a ZIP entry's local header (APPNOTE 4.3.7).
const localHeader = 30

// torchFiles are names in a PyTorch archive, behind its folder: one of them comes
// first.
var torchFiles = []string{
	"/data.pkl", "/constants.pkl", "/bytecode.pkl", "/version", "/byteorder", "/.format_version",
	"/.data/serialization_id", "/data/0", "/constants/0", "/code/__torch__", "/extra/",
	"/.storage_alignment",
}

// isTorchArchive reports a ZIP archive whose first entry is of PyTorch: by its name,
// or by the padding that aligns its content, an extra field "FB".
func isTorchArchive(head []byte) bool {
	if len(head) < localHeader+4 || !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	n := int(binary.LittleEndian.Uint16(head[26:]))
	extra := int(binary.LittleEndian.Uint16(head[28:]))
	name := string(head[localHeader:min(len(head), localHeader+n)])
	for _, f := range torchFiles {
		if i := strings.IndexByte(name, '/'); i > 0 && strings.HasPrefix(name[i:], f) {
			return true
		}
	}
	end := localHeader + n
	return extra > 4 && end+2 <= len(head) && string(head[end:end+2]) == "FB"
}
