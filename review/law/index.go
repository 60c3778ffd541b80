package law

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// Index compiles every edition of a folder, in the order of their ids, into the
// form that is embedded. The same files give the same bytes.
func Index(folder fs.FS) ([]byte, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("editions: %w", err)
	}
	var all []indexed
	for _, d := range entries {
		one, err := fs.Sub(folder, d.Name())
		if err != nil {
			return nil, fmt.Errorf("editions: %w", err)
		}
		e, err := Compile(one)
		if err != nil {
			return nil, err
		}
		if e.ID != d.Name() {
			return nil, fmt.Errorf("edition %s: stands in folder %s", e.ID, d.Name())
		}
		compiled, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("edition %s: %w", e.ID, err)
		}
		all = append(all, indexed{ID: e.ID, Compiled: compiled})
	}
	out, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("editions: %w", err)
	}
	return append(out, '\n'), nil
}
