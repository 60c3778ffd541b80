// Package ggml decodes the head of model files from before GGUF: a magic, for some
// a version, and the network's dimensions as 32-bit numbers. Nothing says which
// network they belong to; the dimensions do, for those that were spread.
//
// Sources: convert scripts and loaders of ggerganov/ggml, llama.cpp (to June 2023)
// and whisper.cpp, which still writes this form.
package ggml

import (
	"encoding/binary"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// magics are the first four bytes; those with a version have it behind.
var magics = map[string]struct {
	name    string
	version bool
}{
	"lmgg": {"ggml", false}, "fmgg": {"ggmf", true}, "tjgg": {"ggjt", true},
	"algg": {"ggla", true},
}

// dimensions are how many numbers are looked at: those of whisper, the longest.
const dimensions = 11

// Match reports that a file begins as one does.
func Match(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	_, ok := magics[string(head[:4])]
	return ok
}

// Decode reads the dimensions. Data without a magic gives nil.
func Decode(data []byte) (*graph.Graph, error) {
	if !Match(data) {
		return nil, budget.Malformed("ggml header", 0, "no magic")
	}
	magic := magics[string(data[:4])]
	g := &graph.Graph{Version: magic.name}
	at := 4
	if magic.version {
		if len(data) < 8 {
			return g, budget.Malformed("ggml header", int64(at), "it ends here")
		}
		g.Version += " " + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(data[at:])), 10)
		at += 4
	}
	var n [dimensions]int64
	for i := range n {
		if len(data)-at < 4 {
			return g, budget.Malformed("ggml header", int64(at), "it ends here")
		}
		n[i] = int64(int32(binary.LittleEndian.Uint32(data[at:])))
		at += 4
	}
	g.Architecture = architecture(n)
	if g.Architecture == "" && n[0] > 0 && n[0] < 64 && len(data) >= 8+int(n[0]) {
		// Newer files of whisper.cpp name themselves: "silero-16k".
		g.Meta("name", string(data[8:8+n[0]]))
	}
	return g, nil
}

// The vocabularies and contexts that tell the networks apart.
const (
	whisperAudio, whisperText = 1500, 448
	llamaMultiple             = 256
	gptVocabulary             = 50257
	gptContext                = 1024
	gptjVocabulary            = 50400
)

func architecture(n [dimensions]int64) string {
	vocabulary := n[0] > 1000 && n[0] < 1<<20
	switch {
	case vocabulary && n[1] == whisperAudio && n[5] == whisperText && (n[9] == 80 || n[9] == 128):
		return "whisper"
	case n[0] == gptVocabulary && n[1] == gptContext:
		return "gpt2"
	case n[0] == gptjVocabulary:
		return "gptj"
	case vocabulary && n[2] == llamaMultiple && n[1] >= 64 && n[1]%max(n[3], 1) == 0:
		return "llama"
	}
	return ""
}
