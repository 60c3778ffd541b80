package models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/coreml"
	"github.com/listgate/listgate/analyzer/decode/executorch"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/mnn"
	"github.com/listgate/listgate/analyzer/decode/ncnn"
	"github.com/listgate/listgate/analyzer/decode/onnx"
	"github.com/listgate/listgate/analyzer/decode/tflite"
	"github.com/listgate/listgate/analyzer/decode/torch"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// sketch is what was read of a model, whatever its format.
type sketch struct {
	graph.Graph
	format string
	name   string   // of the entry
	tags   []string // KEY=VALUE that only some formats have: signature, method, kind
	parts  []string // other files of the model, from its folder
	beside []string // files beside it that tell of its use
}

// decoder fills a sketch. It returns false where the entry is no model after all,
// and an error where one breaks; what was read before stays.
type decoder func(ctx context.Context, in analyzer.Input, s *sketch) (bool, error)

// plain is the decoder for a format that tells nothing beyond its graph.
func plain(decode func([]byte) (*graph.Graph, error)) decoder {
	return func(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
		g, err := decode(in.Data)
		if g == nil {
			return false, err
		}
		s.Graph = *g
		return true, err
	}
}

func decodeONNX(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := onnx.Decode(in.Data)
	if m == nil {
		return false, nil
	}
	s.Graph, s.parts = m.Graph, m.External
	return true, err
}

func decodeTFLite(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := tflite.Decode(in.Data)
	if m == nil {
		return false, err
	}
	s.Graph = m.Graph
	for _, name := range m.Signatures {
		s.tags = append(s.tags, "signature="+name)
	}
	for _, name := range m.Files {
		s.tags = append(s.tags, "file="+name)
	}
	return true, err
}

func decodeExecuTorch(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	p, err := executorch.Decode(in.Data)
	if p == nil {
		return false, err
	}
	s.Graph = p.Graph
	for _, name := range p.Methods {
		s.tags = append(s.tags, "method="+name)
	}
	return true, err
}

func decodeMNN(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := mnn.Decode(in.Data)
	if m == nil {
		return false, nil
	}
	s.Graph = m.Graph
	return true, err
}

func decodeNCNN(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := ncnn.Decode(in.Data)
	if m == nil {
		return false, err
	}
	s.Graph = m.Graph
	return true, err
}

func decodeLegacyTorch(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	p, err := torch.DecodeLegacy(in.Data)
	if p == nil {
		return false, err
	}
	s.pickle(p)
	return true, err
}

func (s *sketch) pickle(p *torch.Pickle) {
	s.Graph = p.Graph
	for _, c := range p.Classes {
		if tag := "class=" + c; !slices.Contains(s.tags, tag) && len(s.tags) < graph.MaxPorts {
			s.tags = append(s.tags, tag)
		}
	}
}

// maxPickle bounds the pickle of an archive: the largest models have some thousand
// tensors.
const maxPickle = 64 << 20

// errNoPickle is why an archive that begins as one of PyTorch is none.
var errNoPickle = errors.New("no data.pkl")

// decodeTorch reads the pickle of a PyTorch archive and the names of its sources.
func decodeTorch(ctx context.Context, in analyzer.Input, s *sketch) (bool, error) {
	leave, err := in.Budget.Enter()
	if err != nil {
		return true, err
	}
	defer leave()
	file := analyzer.File{Bytes: bytes.NewReader(in.Data), Size: int64(len(in.Data))}
	c, err := zip.Lister{}.List(file, in.Budget)
	if err != nil {
		return true, fmt.Errorf("list PyTorch archive: %w", err)
	}
	var data analyzer.Entry
	for _, e := range c.Entries {
		folder, rest, _ := strings.Cut(e.Name(), "/")
		switch {
		case rest == "data.pkl" && folder != "":
			data = e
		case strings.HasPrefix(rest, "code/"):
			s.Label(strings.TrimSuffix(strings.TrimPrefix(rest, "code/"), ".py"))
		}
	}
	if data == nil {
		return false, errNoPickle
	}
	if data.Size() > maxPickle {
		return true, fmt.Errorf("data.pkl of %d bytes", data.Size())
	}
	if err := in.Budget.Take(data.Size()); err != nil {
		return true, err
	}
	content, err := data.Read(ctx)
	if err != nil {
		return true, fmt.Errorf("read data.pkl: %w", err)
	}
	p, err := torch.Decode(content)
	if p == nil {
		return false, err
	}
	labels := s.Names
	s.pickle(p)
	s.Names = append(s.Names, labels...)
	return true, err
}

func decodeCoreML(_ context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := coreml.Decode(in.Data)
	if m == nil {
		return false, nil
	}
	s.coreML(m)
	return true, err
}

func (s *sketch) coreML(m *coreml.Model) {
	s.Graph = m.Graph
	if m.Kind != "" {
		s.tags = append(s.tags, "kind="+m.Kind)
	}
}

// maxPart bounds the files of a compiled Core ML model that are read beside its
// description.
const maxPart = 32 << 20

// decodeCompiled reads a compiled Core ML model: the inputs and outputs of its
// description, and the operations from the first file that lists them.
func decodeCompiled(ctx context.Context, in analyzer.Input, s *sketch) (bool, error) {
	m, err := coreml.DecodeCompiled(in.Data)
	if m == nil {
		m = &coreml.Model{}
	}
	dir := path.Dir(in.Entry.Name()) + "/"
	for _, part := range []struct {
		name   string
		decode func([]byte) (*coreml.Model, error)
	}{
		{"metadata.json", coreml.DecodeMetadata},
		{"model.mil", coreml.DecodeProgram},
		{"model.espresso.net", coreml.DecodeEspresso},
	} {
		e := in.Contents.Find(dir + part.name)
		if e == nil || e.Size() > maxPart || len(m.Operators) > 0 {
			continue
		}
		data, err := in.Open(ctx, dir+part.name)
		if err != nil {
			return true, fmt.Errorf("%s: %w", part.name, err)
		}
		if about, err := part.decode(data); err == nil {
			m.Join(about)
		}
	}
	s.coreML(m)
	if len(m.Inputs) > 0 {
		err = nil
	}
	return true, err
}
