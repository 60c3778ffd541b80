package managed

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/cli"
	"github.com/listgate/listgate/analyzer/decode/il2cpp"
	"github.com/listgate/listgate/analyzer/facts"
)

// metadata reads what lies beside code that Unity compiled to native. A file under its
// name without its magic is one that a protector encrypted.
func (r *reading) metadata(ctx context.Context) error {
	data := r.in.Data
	r.program.Form = "il2cpp"
	if !bytes.HasPrefix(data, []byte(il2cpp.Magic)) {
		r.emit(r.program)
		r.gap(analyzer.GapOpaque, fmt.Sprintf("metadata of IL2CPP that begins with % x: "+
			"encrypted, %.1f bits a byte", data[:min(8, len(data))], facts.Entropy(data)))
		facts.KeepRuns(facts.Span{Entry: r.in.Entry.Name(), Data: data}, len(data), r.sieve.Add)
		return nil
	}
	f, err := il2cpp.Decode(data)
	if err != nil {
		r.emit(r.program)
		return err
	}
	r.program.Version = fmt.Sprint(f.Version)
	f.Assemblies(func(s il2cpp.String) bool {
		r.module(s.Text, "", s.At)
		return true
	})
	untyped := f.Types(func(y il2cpp.Type) bool {
		r.typ(y.Namespace, y.Name, y.At)
		return true
	})
	if untyped != nil { // the literals are what the program does
		r.emit(analyzer.Gap{Reason: analyzer.GapUnsupported, Detail: untyped.Error(),
			Where: analyzer.Where{Entry: r.in.Entry.Name(), Part: "types"}})
	}
	r.emit(r.program)
	n := 0
	err = f.Literals(func(s il2cpp.String) bool {
		r.literal(s.Text, s.At)
		n++
		return n%1024 != 0 || ctx.Err() == nil
	})
	return errors.Join(err, ctx.Err())
}

func (r *reading) literal(text string, at int) {
	if facts.Worth([]byte(text)) {
		r.sieve.Keep(text, at)
	}
}

// maxShare bounds the bytes of all metadata for each byte that they lie in: parts of
// a sound file are not shared.
const maxShare = 2

// assemblies reads all assemblies of an entry, plain ones and compressed ones.
func (r *reading) assemblies(ctx context.Context) error {
	r.program.Form = "cil"
	blocks, more, compressed := r.compressed(ctx)
	found, err := r.plain(ctx, stretch{data: r.in.Data, without: blocks})
	if found+more == 0 && err == nil && compressed == nil {
		if isLoaded(r.in.Entry.Name()) || isPortable(r.in.Data) && r.managed() {
			r.gap(analyzer.GapOpaque, fmt.Sprintf("no assembly in it: encrypted, or not "+
				"managed code; %.1f bits a byte", facts.Entropy(r.in.Data)))
		}
		return nil
	}
	r.emit(r.program)
	return errors.Join(err, compressed, ctx.Err())
}

// managed reports a Portable Executable whose headers promise managed code.
func (r *reading) managed() bool {
	data := r.in.Data
	if len(data) < 0x40 {
		return false
	}
	at := int(le.Uint32(data[0x3c:]))
	if at < 0 || at > len(data)-0x100 {
		return false
	}
	directory := at + 24 + 96 + 14*8 // of the narrow optional header
	if le.Uint16(data[at+24:]) == 0x20b {
		directory += 16
	}
	return directory+4 <= len(data) && le.Uint32(data[directory:]) != 0
}

// stretch is bytes that hold assemblies: the entry without its compressed blocks, or
// an inflated block, whose place in the entry is that of all that is in it.
type stretch struct {
	data    []byte
	without []block
	inside  bool
	place   int
}

// block is where a compressed assembly lies.
type block struct{ from, to int }

// where returns the place in the entry of a place in the stretch.
func (s stretch) where(at int) int {
	if s.inside {
		return s.place
	}
	return at
}

// next returns where the next root of metadata lies that is in no block.
func (s *stretch) next(from int) int {
	for {
		at := cli.Find(s.data, from)
		for len(s.without) > 0 && s.without[0].to <= at {
			s.without = s.without[1:]
		}
		if at < 0 || len(s.without) == 0 || at < s.without[0].from {
			return at
		}
		from = s.without[0].to
	}
}

// plain reads every root of metadata of a stretch.
func (r *reading) plain(ctx context.Context, s stretch) (found int, err error) {
	left := maxShare*len(s.data) + 4096
	for at := s.next(0); at >= 0 && ctx.Err() == nil; at = s.next(at + 1) {
		m, failed := cli.Decode(s.data, at)
		found++
		if left -= m.Size(); left < 0 {
			return found, budget.Malformed("metadata", int64(at), "longer than the file")
		}
		where := s.where
		r.assembly(m, where(at), where)
		failed = errors.Join(failed, m.Strings(func(l cli.String) bool {
			r.literal(l.Text, where(l.At))
			return true
		}))
		err = cmp.Or(err, failed)
	}
	return found, err
}

func (r *reading) assembly(m *cli.Metadata, at int, where func(int) int) {
	r.module(m.Name, m.Version, at)
	r.program.Version = max(r.program.Version, m.Runtime)
	for _, l := range m.Libraries {
		if !slices.Contains(r.program.Needed, l) && len(r.program.Needed) < maxModules {
			r.program.Needed = append(r.program.Needed, l)
		}
	}
	for _, y := range m.Types {
		r.typ(y.Namespace, y.Name, where(y.At))
	}
}

// compressed reads the compressed assemblies of an entry and returns where they lie.
func (r *reading) compressed(ctx context.Context) (blocks []block, found int, err error) {
	data := r.in.Data
	at, size := cli.FindCompressed(data, 0)
	for at >= 0 && ctx.Err() == nil {
		if size <= 0 || size > 255*(len(data)-at) {
			at, size = cli.FindCompressed(data, at+1)
			continue
		}
		if err := r.in.Budget.Take(int64(size)); err != nil {
			return blocks, found, fmt.Errorf("inflate an assembly: %w", err)
		}
		out, end, failed := cli.Inflate(data, at, make([]byte, 0, size))
		if failed != nil { // the first is said: there may be as many as marks
			err = cmp.Or(err, failed)
			at, size = cli.FindCompressed(data, at+1)
			continue
		}
		blocks = append(blocks, block{at, end})
		n, bad := r.plain(ctx, stretch{data: out, inside: true, place: at})
		found, err = found+n, cmp.Or(err, bad)
		at, size = cli.FindCompressed(data, end)
	}
	return blocks, found, err
}
