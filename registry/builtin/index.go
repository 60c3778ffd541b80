package builtin

import (
	"bytes"
	_ "embed"
	"encoding/gob"
	"fmt"

	"github.com/listgate/listgate/registry"
)

//go:embed rows.index
var rowsIndex []byte

// index is what the rows are compiled into.
type index struct {
	Totals    []total
	Snapshots []registry.Snapshot
}

func encode(x index) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(x); err != nil {
		return nil, fmt.Errorf("encode the index: %w", err)
	}
	return b.Bytes(), nil
}

func decode(b []byte) (index, error) {
	var x index
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&x); err != nil {
		return index{}, fmt.Errorf("decode the index: %w", err)
	}
	return x, nil
}
