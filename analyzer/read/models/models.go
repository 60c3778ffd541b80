// Package models finds machine-learning models by their content, in any entry
// and under any name. It names the format; the magic numbers are those of the
// projects' own sources (GGUF, TensorFlow Lite, ExecuTorch, LiteRT-LM, RKNN,
// Live2D, ncnn, safetensors, ONNX, Core ML).
package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/gguf"
)

// Reader emits one Model for each entry whose content is one.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "models" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// Want accepts entries that begin as a model does.
func (Reader) Want(_ *analyzer.Contents, e analyzer.Entry) bool {
	return detect(e.Name(), e.Head(), e.Size()) != ""
}

// Read implements analyzer.Reader.
func (Reader) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	name := in.Entry.Name()
	format := detect(name, in.Data[:min(len(in.Data), headSize)], int64(len(in.Data)))
	if format == "onnx" && !isONNX(in.Data) {
		return nil
	}
	sum := sha256.Sum256(in.Data)
	m := analyzer.Model{
		Entry: name, Format: format, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(in.Data)),
	}
	if format == "gguf" {
		f, err := gguf.Decode(in.Data)
		if err != nil {
			emit(analyzer.Gap{Reason: analyzer.GapMalformed, Detail: err.Error(),
				Where: analyzer.Where{Entry: name}})
		}
		if f != nil {
			m.Architecture = f.Architecture
		}
	}
	emit(m)
	if ext := strings.ToLower(path.Ext(name)); denies[ext] {
		emit(
			analyzer.Anomaly{
				Code:  analyzer.ModelUnderOtherName,
				Where: analyzer.Where{Entry: name},
				What:  format + " under " + ext,
			},
		)
	}
	return nil
}

// denies are endings that promise something that is no model.
var denies = map[string]bool{
	".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".mp3": true,
	".wav": true,
	".mp4": true, ".txt": true, ".so": true, ".ttf": true, ".html": true, ".css": true,
	".js": true, ".xml": true,
}
