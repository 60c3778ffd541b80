package models

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// headSize is how much of an entry's head is looked at.
const headSize = 64

// magics are byte sequences that name a format at a fixed offset.
var magics = []struct {
	offset int
	magic  string
	format string
}{
	{0, "GGUF", "gguf"},
	{
		0,
		"lmgg",
		"ggml",
	}, {0, "fmgg", "ggml"}, {0, "tjgg", "ggml"}, // little-endian 'ggml', 'ggmf', 'ggjt'
	{4, "TFL3", "tflite"},
	{4, "ET12", "executorch"}, {4, "ET13", "executorch"},
	{0, "LITERTLM", "litertlm"},
	{0, "RKNN", "rknn"},
	{0, "MOC3", "moc3"},
	{0, "7767517\n", "ncnn"},
}

// detect names the format that an entry begins as, "" for none. Formats without
// a magic need their customary name beside a plausible head: a false ONNX is
// refused later, when the whole is there.
func detect(name string, head []byte, size int64) string {
	for _, m := range magics {
		if len(head) >= m.offset+len(m.magic) &&
			string(head[m.offset:m.offset+len(m.magic)]) == m.magic {
			return m.format
		}
	}
	base := path.Base(name)
	switch {
	case isSafetensors(head, size):
		return "safetensors"
	case strings.HasSuffix(base, ".onnx") && len(head) > 2 && head[0] == 0x08:
		return "onnx"
	case base == "coremldata.bin" && strings.Contains(name, ".mlmodelc/") &&
		path.Base(path.Dir(name)) != "analytics":
		return "coreml"
	case strings.HasSuffix(base, ".mlmodel") && len(head) > 2 && head[0] == 0x08:
		return "coreml"
	case strings.HasSuffix(base, ".mnn") && isFlatbuffer(head, size):
		return "mnn"
	default:
		return ""
	}
}

// isSafetensors checks the layout: the length of a JSON header, little endian in
// eight bytes, then the header itself.
func isSafetensors(head []byte, size int64) bool {
	if len(head) < 10 {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && size > 8 && n <= uint64(size-8) && n < 100<<20 &&
		bytes.HasPrefix(head[8:], []byte(`{"`))
}

// isFlatbuffer checks that the root offset points inside the file.
func isFlatbuffer(head []byte, size int64) bool {
	return len(head) >= 8 && int64(binary.LittleEndian.Uint32(head)) < size &&
		binary.LittleEndian.Uint32(head) >= 4
}

// graphField is ModelProto.graph in onnx.proto; the others that may stand at top
// level have numbers below 26.
const graphField = 7

// isONNX walks the top-level fields of a ModelProto and asks for a graph.
func isONNX(data []byte) bool {
	graph := false
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		if n <= 0 || key>>3 == 0 || key>>3 > 25 {
			return false
		}
		data = data[n:]
		switch key & 7 {
		case 0:
			_, n = binary.Uvarint(data)
			if n <= 0 {
				return false
			}
			data = data[n:]
		case 2:
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return false
			}
			data = data[n+int(size):]
			graph = graph || key>>3 == graphField
		default:
			return false
		}
	}
	return graph
}
