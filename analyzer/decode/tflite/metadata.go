package tflite

import (
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// metadataBufferName is the entry of Model.metadata whose buffer is a FlatBuffer of
// metadata_schema.fbs.
const metadataBufferName = "TFLITE_METADATA"

// Fields of ModelMetadata, SubGraphMetadata, TensorMetadata and AssociatedFile.
const (
	aboutName, aboutDescription, aboutVersion   = 0, 1, 2
	aboutSubgraphs, aboutAuthor, aboutLicence   = 3, 4, 5
	aboutFiles                                  = 6
	aboutInputs, aboutOutputs, aboutGraphFiles  = 2, 3, 4
	aboutTensorName, aboutTensorDoc, tensorFile = 0, 1, 6
)

// metadata reads what the model says of itself.
func (d *decoder) metadata() {
	list := d.root.Vector(modelMetadata, 4)
	for i := range min(list.Len(), 64) {
		t := list.Table(i)
		name := t.String(metadataName)
		at := t.Int(metadataBuffer, 4, 0)
		if name != metadataBufferName || at < 0 || at >= int64(d.buffers.Len()) {
			continue
		}
		d.about(d.buffers.Table(int(at)).Bytes(bufferContent))
		return
	}
}

// about reads a ModelMetadata. A broken one is no defect of the model.
func (d *decoder) about(data []byte) {
	_, t := flatbuf.Read("TFLite metadata", data)
	for field, key := range map[int]string{
		aboutName: "name", aboutDescription: "about", aboutVersion: "version",
		aboutAuthor: "author", aboutLicence: "license",
	} {
		if s := t.String(field); s != "" {
			d.out.Meta(key, s)
		}
	}
	d.files(t.Vector(aboutFiles, 4))
	graphs := t.Vector(aboutSubgraphs, 4)
	if graphs.Len() == 0 {
		return
	}
	g := graphs.Table(0)
	d.files(g.Vector(aboutGraphFiles, 4))
	d.ports("input ", g.Vector(aboutInputs, 4))
	d.ports("output ", g.Vector(aboutOutputs, 4))
}

// ports keeps the descriptions of inputs or outputs.
func (d *decoder) ports(key string, list flatbuf.Vector) {
	for i := range min(list.Len(), graph.MaxPorts) {
		t := list.Table(i)
		d.files(t.Vector(tensorFile, 4))
		name := t.String(aboutTensorName)
		if doc := t.String(aboutTensorDoc); doc != "" {
			d.out.Meta(key+name, doc)
		}
	}
}

func (d *decoder) files(list flatbuf.Vector) {
	for i := range min(list.Len(), maxFiles) {
		if s := list.Table(i).String(0); s != "" && len(d.out.Files) < maxFiles {
			d.out.Files = append(d.out.Files, graph.Text(s))
		}
	}
}
