package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/source/csv"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/law"
)

// Bounds of the files that a person hands to the command.
const (
	maxDeclaration = 1 << 20
	maxList        = 64 << 20
)

// room is what packages are judged with in one run: the same for each of them.
type room struct {
	engine      *analyzer.Engine
	law         *review.Law
	registry    registry.Lookup
	coverage    analyzer.Text
	declaration *review.Declaration
	asOf, lang  string
}

func openRoom(p *process, o scanOptions, lang string) (*room, error) {
	r := &room{lang: lang, asOf: o.asOf}
	var err error
	if r.asOf == "" {
		china, err := time.LoadLocation("Asia/Shanghai")
		if err != nil {
			return nil, fmt.Errorf("load the time zone of China: %w", err)
		}
		r.asOf = p.now().In(china).Format(time.DateOnly)
	}
	if r.engine, err = analyzers.Engine(); err != nil {
		return nil, err
	}
	if r.law, err = openLaw(o.law); err != nil {
		return nil, usage("--law %s: %v", o.law, err)
	}
	if r.registry, r.coverage, err = openRegistry(o.registry); err != nil {
		return nil, err
	}
	if o.declaration != "" {
		data, err := readLimited(o.declaration, maxDeclaration)
		if err != nil {
			return nil, usage("--declaration: %v", err)
		}
		if r.declaration, err = declaration.Parse(data); err != nil {
			return nil, usage("--declaration %s: %v", o.declaration, err)
		}
	}
	return r, nil
}

// openLaw loads an embedded edition by name, or one from a folder.
func openLaw(name string) (*review.Law, error) {
	if name == "" {
		return law.Latest()
	}
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return law.Read(os.DirFS(name))
	}
	return law.Load(name)
}

// openRegistry reads the given lists, or the embedded ones where none is given.
func openRegistry(paths []string) (registry.Lookup, analyzer.Text, error) {
	held, err := embeddedOr(paths)
	if err != nil {
		return nil, analyzer.Text{}, err
	}
	return held, analyzer.Text(registry.Coverages(held)), nil
}

func embeddedOr(paths []string) (registry.Lookup, error) {
	if len(paths) == 0 {
		return registries.Embedded()
	}
	var snapshots []registry.Snapshot
	for _, path := range paths {
		data, err := readLimited(path, maxList)
		if err != nil {
			return nil, usage("--registry: %v", err)
		}
		s, rejected, err := csv.Read(bytes.NewReader(data), filepath.Base(path), budget.New(budget.Limits{}))
		if err != nil {
			return nil, usage("--registry %s: %v", path, err)
		}
		if len(rejected) > 0 {
			return nil, usage("--registry %s: line %d: %s (%d rows rejected)", path, rejected[0].Line, rejected[0].Reason, len(rejected))
		}
		snapshots = append(snapshots, s...)
	}
	return registry.NewMemory(snapshots...), nil
}
