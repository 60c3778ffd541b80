package mnn

import (
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// shape notes what the operator with parameter p does to the size of a picture,
// and counts its weights.
func (d *decoder) shape(name string, p flatbuf.Table) {
	switch name {
	case "Convolution", "ConvInt8", "ConvolutionDepthwise", "DepthwiseConvInt8":
		d.out.Scale(d.convolution(p), true)
	case "Deconvolution", "DeconvolutionDepthwise":
		d.out.Scale(d.convolution(p), false)
	case "Pooling", "PoolInt8":
		d.out.Scale(max(p.Int(poolStrideX, 4, 1), p.Int(poolStrideY, 4, 1)), true)
	case "Interp", "Resize", "Cubic":
		d.out.Scale(2, false)
	case "DepthToSpace":
		d.out.Shuffle(p.Int(blockSize, 4, 1))
	case "SpaceToDepth":
		d.out.Scale(p.Int(blockSize, 4, 1), true)
	}
}

// convolution notes channels and weights and returns the stride.
func (d *decoder) convolution(p flatbuf.Table) int64 {
	c := p.Sub(convCommon)
	in, out := c.Int(convIn, 4, 0), c.Int(convOut, 4, 0)
	if c.Int(convGroup, 4, 1) <= 1 {
		d.out.Convolution(in, out)
	}
	kind, n := weights(p)
	if n == 0 {
		n = graph.Product([]int64{in, out, c.Int(kernelX, 4, 1), c.Int(kernelY, 4, 1)}) /
			max(c.Int(convGroup, 4, 1), 1)
	}
	d.out.External = d.out.External || p.Vector(convExternal, 8).Len() > 0
	d.out.Weight("", kind, n)
	return max(c.Int(strideX, 4, 1), c.Int(strideY, 4, 1))
}

// weights returns how a convolution's weights are stored, and how many there are
// where they are stored plainly.
func weights(p flatbuf.Table) (string, int64) {
	if n := p.Vector(convWeight, 4).Len(); n > 0 {
		return "float32", int64(n)
	}
	switch q := p.Sub(convQuantised); q.Int(quantType, 4, 0) {
	case 1, 2, 4:
		return "int8", 0
	case 3:
		return "float16", int64(len(q.Bytes(quantBuffer)) / 2)
	}
	if n := p.Sub(convSymmetric).Vector(0, 1).Len(); n > 0 {
		return "int8", int64(n)
	}
	return "", 0
}

// types are the values of DataType.
var types = []string{
	"", "float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64", "int64",
	"bool", "qint8", "quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16", "complex128",
	"float16",
}

func typeName(n int64) string {
	if n >= 0 && n < int64(len(types)) {
		return types[n]
	}
	return ""
}
