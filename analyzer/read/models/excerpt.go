package models

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/safetensors"
)

// excerptSize is how much is read of a model that is too large to be read whole: the
// head of a language model with its vocabulary has some ten megabytes.
const excerptSize = 32 << 20

// headless are the formats of which the beginning tells nothing: their directory or
// their names may lie anywhere.
var headless = map[string]bool{"pytorch": true, "mnn": true}

var _ analyzer.Excerpter = Reader{}

// Excerpt implements analyzer.Excerpter for the formats that begin with what they are.
func (Reader) Excerpt(e analyzer.Entry) int64 {
	f := detect(&analyzer.Contents{}, e.Name(), e.Head(), e.Size())
	if f == nil || headless[f.name] {
		return 0
	}
	if n := safetensors.Header(e.Head(), e.Size()); n > 0 {
		return min(n, excerptSize)
	}
	return excerptSize
}
