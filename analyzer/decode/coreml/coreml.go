// Package coreml decodes Core ML models: the specification that tools write
// (.mlmodel, and inside .mlpackage), and the parts of the folder that it is
// compiled to (.mlmodelc): coremldata.bin, metadata.json, model.mil and
// model.espresso.net. Weights are not read.
//
// Sources: mlmodel/format/*.proto of apple/coremltools for the specification. The
// compiled form has no public description: coremldata.bin holds the specification's
// ModelDescription behind a header, and is told by it.
package coreml

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// kinds.txt has the field number and the name of the kinds of models (from 200 on
// in Model) and of layers (in NeuralNetworkLayer, with a leading hyphen).
//
//go:embed kinds.txt
var kinds string

// Model is a decoded model or part of one.
type Model struct {
	graph.Graph
	Kind      string // neuralNetwork, mlProgram, pipeline, textClassifier, …
	Predicted string // the output that a classifier or regressor predicts
}

// Field numbers of Model, ModelDescription and FeatureDescription.
const (
	modelVersion, modelDescription               = 1, 2
	firstKind, lastKind                          = 200, 3100
	descriptionInput, descriptionOutput          = 1, 10
	descriptionPredicted, descriptionMetadata    = 11, 100
	featureName, featureDoc, featureType         = 1, 2, 3
	metadataDoc, metadataVersion, metadataAuthor = 1, 2, 3
	metadataUser                                 = 100
	maxVersion                                   = 64 // the published ones end at 10
	maxModels                                    = 64 // of a pipeline
)

// Match reports that a file begins as a specification does: the version, then the
// description with an input. Decode decides.
func Match(head []byte) bool {
	if len(head) < 10 || head[0] != modelVersion<<3 || head[1] == 0 || head[1] > maxVersion ||
		head[2] != modelDescription<<3|protobuf.Length {
		return false
	}
	at := 3
	for at < len(head) && head[at] >= 0x80 && at < 8 {
		at++
	}
	at++
	if at+3 >= len(head) {
		return false
	}
	// The first input (or, where there is none, the first output) and its name.
	first := head[at] == descriptionInput<<3|protobuf.Length ||
		head[at] == descriptionOutput<<3|protobuf.Length
	named := head[at+2] == featureName<<3|protobuf.Length ||
		head[at+3] == featureName<<3|protobuf.Length
	return first && named
}

// Decode reads a specification. What a file that breaks has told before is in the
// model beside the error. Data that is none gives nil.
func Decode(data []byte) (*Model, error) {
	d := &decoder{kinds: kindNames()}
	err := protobuf.Walk("Model", 0, data, d.model)
	if d.out.Kind == "" || len(d.out.Inputs)+len(d.out.Outputs) == 0 {
		if err == nil {
			err = budget.Malformed("Model", 0, "no description and kind of model")
		}
		return nil, err
	}
	return &d.out, err
}

type decoder struct {
	out    Model
	kinds  map[string]string
	models int
	nested bool
}

func kindNames() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(kinds) {
		number, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[number] = name
	}
	return out
}

func (d *decoder) model(f protobuf.Field) error {
	switch {
	case f.Number == modelVersion && !d.nested:
		if f.Type != protobuf.Varint || f.Value == 0 || f.Value > maxVersion {
			return budget.Malformed("Model", f.At, "specification version %d", f.Value)
		}
		d.out.Version = strconv.FormatUint(f.Value, 10)
	case f.Number == modelDescription && !d.nested:
		return f.Walk("ModelDescription", d.description)
	case f.Number >= firstKind && f.Number <= lastKind:
		name := d.kinds[strconv.Itoa(f.Number)]
		if name == "" || f.Type != protobuf.Length {
			return budget.Malformed("Model", f.At, "no kind of model has the number %d", f.Number)
		}
		if !d.nested {
			d.out.Kind = name
		}
		d.out.Operator("model " + name)
		return d.kind(name, f)
	case f.Number > lastKind:
		return budget.Malformed("Model", f.At, "no field has the number %d", f.Number)
	}
	return nil
}

func (d *decoder) description(f protobuf.Field) error {
	switch f.Number {
	case descriptionInput, descriptionOutput:
		p, err := feature(f)
		if err != nil {
			return err
		}
		if f.Number == descriptionInput {
			d.out.Input(p)
		} else {
			d.out.Output(p)
		}
	case descriptionPredicted:
		d.out.Predicted = graph.Text(f.Text())
	case descriptionMetadata:
		return f.Walk("Metadata", d.metadata)
	}
	return nil
}

func (d *decoder) metadata(f protobuf.Field) error {
	put := func(key, value string) {
		if value != "" {
			d.out.Meta(key, value)
		}
	}
	switch f.Number {
	case metadataDoc:
		put("about", f.Text())
	case metadataVersion:
		put("version", f.Text())
	case metadataAuthor:
		put("author", f.Text())
	case metadataUser:
		var key, value string
		err := f.Walk("userDefined", func(f protobuf.Field) error {
			switch f.Number {
			case 1:
				key = f.Text()
			case 2:
				value = f.Text()
			}
			return nil
		})
		if strings.HasPrefix(key, "com.github.apple.coremltools.version") {
			d.out.Producer = "coremltools " + graph.Text(value)
		}
		put(key, value)
		return err
	}
	return nil
}
