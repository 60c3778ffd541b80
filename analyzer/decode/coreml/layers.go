package coreml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// Field numbers of NeuralNetworkLayer, ConvolutionLayerParams, UpsampleLayerParams,
// Pipeline and of MIL's Program, Function, Block and Operation.
const (
	layerName, layerFirst                 = 1, 100
	convOut, convKernel, convGroups       = 1, 2, 10
	convStride, convDeconvolution         = 30, 60
	upsampleScale                         = 1
	programFunctions, functionBlocks      = 2, 3
	blockOperations, operationType        = 3, 1
	operationBlocks, entryKey, entryValue = 4, 1, 2
	maxBlocks                             = 8 // inside one another
)

// kind reads what makes a model of its kind: the layers of a neural network, the
// operations of a program, the models of a pipeline.
func (d *decoder) kind(name string, f protobuf.Field) error {
	switch name {
	case "neuralNetwork", "neuralNetworkClassifier", "neuralNetworkRegressor":
		return f.Walk("NeuralNetwork", func(f protobuf.Field) error {
			if f.Number == 1 {
				return f.Walk("NeuralNetworkLayer", d.layer)
			}
			return nil
		})
	case "mlProgram":
		return f.Walk("Program", func(f protobuf.Field) error {
			if f.Number == programFunctions {
				return entry(f, func(f protobuf.Field) error {
					return f.Walk("Function", d.function)
				})
			}
			return nil
		})
	case "pipeline":
		return f.Walk("Pipeline", d.pipeline)
	case "pipelineClassifier", "pipelineRegressor":
		return f.Walk("Pipeline", func(f protobuf.Field) error {
			if f.Number == 1 {
				return f.Walk("Pipeline", d.pipeline)
			}
			return nil
		})
	}
	return nil
}

// pipeline reads the models one after another; one inside another is not followed.
func (d *decoder) pipeline(f protobuf.Field) error {
	if f.Number != 1 || d.nested || d.models == maxModels {
		return nil
	}
	d.models++
	d.nested = true
	defer func() { d.nested = false }()
	return f.Walk("Model", d.model)
}

func (d *decoder) layer(f protobuf.Field) error {
	switch {
	case f.Number == layerName:
		d.out.Label(graph.Text(f.Text()))
	case f.Number < layerFirst:
	default:
		name := d.kinds["-"+strconv.Itoa(f.Number)]
		if name == "" {
			name = "layer " + strconv.Itoa(f.Number)
		}
		d.out.Operator(name)
		switch name {
		case "convolution":
			return d.convolution(f)
		case "upsample", "resizeBilinear":
			d.out.Scale(2, false)
		case "pooling":
			return d.pooling(f)
		}
	}
	return nil
}

func (d *decoder) convolution(f protobuf.Field) error {
	var out, in, stride, groups int64 = 0, 0, 1, 1
	transposed := false
	err := f.Walk("ConvolutionLayerParams", func(f protobuf.Field) error {
		switch f.Number {
		case convOut:
			out = f.Int()
		case convKernel:
			in = f.Int()
		case convGroups:
			groups = f.Int()
		case convStride:
			if list := f.Ints(nil, 4); len(list) > 0 {
				stride = slices.Max(list)
			}
		case convDeconvolution:
			transposed = f.Value != 0
		}
		return nil
	})
	if groups <= 1 {
		d.out.Convolution(in, out)
	}
	d.out.Scale(stride, !transposed)
	return err
}

// pooling reads the strides of a PoolingLayerParams; a global one has a field 60.
func (d *decoder) pooling(f protobuf.Field) error {
	stride := int64(1)
	err := f.Walk("PoolingLayerParams", func(f protobuf.Field) error {
		if f.Number == 20 {
			if list := f.Ints(nil, 4); len(list) > 0 {
				stride = slices.Max(list)
			}
		}
		return nil
	})
	d.out.Scale(stride, true)
	return err
}

// entry follows the value of a map's entry.
func entry(f protobuf.Field, visit func(protobuf.Field) error) error {
	return f.Walk("entry", func(f protobuf.Field) error {
		if f.Number == entryValue && f.Type == protobuf.Length {
			return visit(f)
		}
		return nil
	})
}

func (d *decoder) function(f protobuf.Field) error {
	if f.Number == functionBlocks {
		return entry(f, func(f protobuf.Field) error { return d.block(f, 0) })
	}
	return nil
}

func (d *decoder) block(f protobuf.Field, depth int) error {
	return f.Walk("Block", func(f protobuf.Field) error {
		if f.Number != blockOperations {
			return nil
		}
		return f.Walk("Operation", func(f protobuf.Field) error {
			switch f.Number {
			case operationType:
				d.operation(graph.Text(f.Text()))
			case operationBlocks:
				if depth < maxBlocks {
					return d.block(f, depth+1)
				}
			}
			return nil
		})
	})
}

// operation counts an operation of the Model Intermediate Language; constants are
// the weights and parameters of the others.
func (d *decoder) operation(name string) { count(&d.out.Graph, name, 1) }

func count(g *graph.Graph, name string, n int) {
	if name == "const" || strings.HasPrefix(name, "constexpr_") || n <= 0 {
		return
	}
	g.Operator(name)
	g.Operators[name] += n - 1
	if strings.HasPrefix(name, "upsample") || name == "pixel_shuffle" ||
		name == "conv_transpose" || strings.HasPrefix(name, "resize") {
		g.Picture.Up += n
	}
}
