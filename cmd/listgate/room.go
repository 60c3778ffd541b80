package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the day is China's, on machines without a zone database too

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/source/csv"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
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
	asOf        string
}

func openRoom(p *process, o scanOptions) (*room, error) {
	r := &room{asOf: o.asOf}
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
	if r.registry, err = openRegistry(o.registry, o.lang); err != nil {
		return nil, err
	}
	r.coverage = report.CoverageOf(r.registry)
	if o.declaration != "" {
		data, err := readLimited(o.declaration, maxDeclaration)
		if err != nil {
			return nil, usage("--declaration: %v", err)
		}
		if r.declaration, err = declaration.Parse(bytes.NewReader(data)); err != nil {
			return nil, usage("--declaration %s: %v", o.declaration, err)
		}
	}
	return r, nil
}

// openLaw loads an embedded edition by name, or one from a folder.
func openLaw(name string) (*review.Law, error) {
	edition, err := openEdition(name)
	if err != nil {
		return nil, err
	}
	return edition.Law, nil
}

func openEdition(name string) (*law.Edition, error) {
	if name == "" {
		return law.Latest()
	}
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return law.Compile(os.DirFS(name))
	}
	return law.Load(name)
}

// openRegistry reads the given lists, or the embedded ones where none is given.
func openRegistry(paths []string, lang string) (registry.Lookup, error) {
	if len(paths) == 0 {
		return registries.Embedded()
	}
	var snapshots []registry.Snapshot
	for _, path := range paths {
		list, err := readList(path, lang)
		if err != nil {
			return nil, usage("--registry %s: %v", path, err)
		}
		snapshots = append(snapshots, list...)
	}
	return registry.NewMemory(snapshots...), nil
}

// readList reads one list and sets beside it what is known of the published
// totals. A rejected row refuses the list: half a list would answer for a whole.
func readList(path, lang string) ([]registry.Snapshot, error) {
	data, err := readLimited(path, maxList)
	if err != nil {
		return nil, err
	}
	list, rejected, err := csv.Read(bytes.NewReader(data), filepath.Base(path), nil)
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		return nil, fmt.Errorf(
			"line %d: %s (%d rows rejected)",
			rejected[0].Line,
			analyzer.Text(rejected[0].Why).In(lang),
			len(rejected),
		)
	}
	for i := range list {
		if list[i], err = registries.WithTotals(list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}
