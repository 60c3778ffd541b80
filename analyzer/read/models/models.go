// Package models finds machine-learning models by their content, in any entry and
// under any name, and reads what they tell of themselves: the network's inputs,
// outputs, operators and weights, its metadata, how its weights are stored, and
// from these what it is for (see taskOf). Large files that look encrypted are
// listed as models of unknown format.
//
// The formats are those of the decoders under analyzer/decode; RKNN, LiteRT-LM,
// Live2D, MindSpore Lite and Kaldi are told by their marks alone.
package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// Reader emits one Model for each entry whose content is one.
type Reader struct{}

var _ analyzer.Inventory = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "models" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 2 }

// Want accepts entries that begin as a model does, and large ones that may be
// encrypted.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return detect(c, e.Name(), e.Head(), e.Size()) != nil || isBlob(c, e)
}

// ListsOnly implements analyzer.Inventory: what only may be a model leaves nothing
// open where it cannot be read.
func (Reader) ListsOnly(e analyzer.Entry) bool {
	f := detect(&analyzer.Contents{}, e.Name(), e.Head(), e.Size())
	return f == nil || !f.sure
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	name := in.Entry.Name()
	head := in.Data[:min(len(in.Data), headSize)]
	f := detect(in.Contents, name, head, in.Entry.Size())
	if f == nil {
		blob(in, emit)
		return nil
	}
	s := &sketch{format: f.name, name: name}
	if f.decode != nil {
		ok, err := f.decode(ctx, in, s)
		if !ok && !f.sure {
			return nil
		}
		if err != nil && !in.Excerpt { // an excerpt ends where it is cut
			emit(analyzer.Gap{Reason: analyzer.GapMalformed, Detail: err.Error(),
				Where: analyzer.Where{Entry: name}})
		}
	}
	s.parts, s.beside = partsOf(in.Contents, s), besides(in.Contents, name)
	m := modelOf(in, f.name)
	if err := fill(&m, s); err != nil {
		return err
	}
	emit(m)
	if ext := strings.ToLower(path.Ext(name)); denies[ext] {
		emit(
			analyzer.Anomaly{
				Code:  analyzer.ModelUnderOtherName,
				Where: analyzer.Where{Entry: name},
				What:  f.name + " under " + ext,
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

func modelOf(in analyzer.Input, format string) analyzer.Model {
	m := analyzer.Model{Entry: in.Entry.Name(), Format: format, Size: in.Entry.Size()}
	if !in.Excerpt {
		sum := sha256.Sum256(in.Data)
		m.SHA256 = hex.EncodeToString(sum[:])
	}
	return m
}

// Bounds of what is kept of one model.
const (
	maxPorts     = 32
	maxOperators = 32
	maxNames     = 48
	maxPairs     = 48
	maxName      = 120 // bytes
	maxValue     = 256
)

// fill puts what was read into the record, with what the model is for.
func fill(m *analyzer.Model, s *sketch) error {
	v, err := taskOf(s)
	if err != nil {
		return err
	}
	m.Parts = s.parts
	m.Architecture = cut(cmp.Or(s.Architecture, v.is), maxName)
	m.Inputs, m.Outputs = ports(s.Inputs), ports(s.Outputs)
	m.Operators = common(s.Operators)
	m.Tensors, m.Parameters, m.Quantisation = s.Tensors, s.Parameters, s.Stored()
	for _, n := range collapsed(s.Names) {
		if len(m.Names) < maxNames && len(n) <= maxName {
			m.Names = append(m.Names, n)
		}
	}
	m.Task, m.Reason, m.Confidence = v.task, cut(v.reason, maxValue), v.sure
	m.Metadata = pairs(s)
	return nil
}

func ports(list []graph.Port) []string {
	var out []string
	for _, p := range list[:min(len(list), maxPorts)] {
		if text := cut(p.String(), maxName); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// common keeps the operators that occur most.
func common(all map[string]int) map[string]int {
	if len(all) <= maxOperators {
		return all
	}
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b], all[a]), strings.Compare(a, b))
	})
	out := map[string]int{}
	for _, n := range names[:maxOperators] {
		out[n] = all[n]
	}
	return out
}

// pairs keeps the metadata, the shortest keys first, and what the format says of
// itself.
func pairs(s *sketch) map[string]string {
	out := map[string]string{}
	for key, value := range map[string]string{
		"format.version": s.Version, "format.producer": s.Producer, "format.graph": s.Graph.Name,
	} {
		if value != "" {
			out[key] = cut(value, maxValue)
		}
	}
	keys := slices.SortedFunc(maps.Keys(s.Metadata), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	for _, k := range keys {
		if len(out) < maxPairs && len(k) <= maxName {
			out[k] = cut(s.Metadata[k], maxValue)
		}
	}
	for _, t := range s.tags {
		key, value, _ := strings.Cut(t, "=")
		if before := out["format."+key]; before != "" {
			value = before + ", " + value
		}
		out["format."+key] = cut(value, maxValue)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// cut bounds a text to n bytes, at the beginning of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
