package coreml

import (
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// Field numbers of FeatureType, ImageFeatureType and ArrayFeatureType.
const (
	typeImage, typeArray                = 4, 5
	imageWidth, imageHeight, imageSpace = 1, 2, 3
	arrayShape, arrayType               = 1, 2
	grey, greyFloat                     = 10, 40 // of ColorSpace
)

// feature reads a FeatureDescription.
func feature(f protobuf.Field) (p graph.Port, err error) {
	err = f.Walk("FeatureDescription", func(f protobuf.Field) error {
		switch f.Number {
		case featureName:
			p.Name = f.Text()
		case featureType:
			return f.Walk("FeatureType", func(f protobuf.Field) error {
				return featureKind(&p, f)
			})
		}
		return nil
	})
	return p, err
}

// featureKind reads the type of a feature. A picture has the shape channels, height, width.
func featureKind(p *graph.Port, f protobuf.Field) error {
	switch f.Number {
	case typeImage:
		p.Type, p.Shape = "image", []int64{3, -1, -1}
		return f.Walk("ImageFeatureType", func(f protobuf.Field) error {
			switch f.Number {
			case imageWidth:
				p.Shape[2] = f.Int()
			case imageHeight:
				p.Shape[1] = f.Int()
			case imageSpace:
				if f.Value == grey || f.Value == greyFloat {
					p.Shape[0] = 1
				}
			}
			return nil
		})
	case typeArray:
		p.Shape = []int64{}
		return f.Walk("ArrayFeatureType", func(f protobuf.Field) error {
			switch f.Number {
			case arrayShape:
				p.Shape = f.Ints(p.Shape, 16)
			case arrayType:
				p.Type = arrayTypes[f.Value]
			}
			return nil
		})
	}
	if name := plainTypes[f.Number]; name != "" {
		p.Type = name
	}
	return nil
}

// arrayTypes are the values of ArrayDataType.
var arrayTypes = map[uint64]string{
	65568: "float32", 65600: "float64", 131104: "int32", 65552: "float16", 131080: "int8",
}

// plainTypes are the fields of FeatureType without a shape.
var plainTypes = map[int]string{
	1: "int64", 2: "float64", 3: "string", 6: "dictionary", 7: "sequence", 8: "state",
}
