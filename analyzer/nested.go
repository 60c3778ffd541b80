package analyzer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

const (
	// maxArchives bounds the archives inside one package. Each costs a look at its
	// end, however small it is.
	maxArchives = 8192
	// minArchive is the length of an archive's end record.
	minArchive = 22
)

// errContent marks content that cannot be reached or inflated.
var errContent = errors.New("read content")

// layer reads a container: its entries, the parts that its format names, and the
// archives among its entries.
func (r *run) layer(ctx context.Context, l *layer) {
	r.take(l)
	r.readEntries(ctx, l)
	if l.member && r.label == 0 {
		r.label = l.identity.Label
	}
	named := map[string]bool{}
	for _, n := range l.Nested {
		if n.Entry == nil {
			r.view(ctx, l, n)
			continue
		}
		named[n.Entry.Name()] = true
		r.enter(ctx, l, n)
	}
	for _, e := range l.Entries {
		if isArchive(e) && !named[e.Name()] {
			r.enter(ctx, l, Nested{Role: Carried, Entry: e})
		}
	}
}

func isArchive(e Entry) bool {
	return e.Size() >= minArchive && strings.HasPrefix(string(e.Head()), "PK\x03\x04")
}

// take adds what a container said of itself and the name of each entry. What the
// packages of a set have in common is named once.
func (r *run) take(l *layer) {
	for _, a := range l.Anomalies {
		r.facts.Add(a.moved(l.place))
	}
	for _, g := range l.Gaps {
		r.facts.Add(g.moved(l.place))
	}
	for _, e := range l.Entries {
		if l.member && r.listed[e.Name()] {
			continue
		}
		if l.member {
			r.listed[e.Name()] = true
		}
		r.facts.Add(Asset{Name: e.Name(), Size: e.Size()}.moved(l.at(e)))
	}
}

// view reads a part that lies in the same archive: a package where it has a folder of
// its own.
func (r *run) view(ctx context.Context, l *layer, n Nested) {
	c := n.Contents
	folder := l.Within + cmp.Or(c.Within, c.Root)
	c.above, c.Within = l.Within, l.Within+c.Within
	c.whole, c.index = folder, &index{}
	child := &layer{Contents: c, role: n.Role.in(l.role)}
	if folder == l.Within {
		r.layer(ctx, child)
		return
	}
	r.part(ctx, child, Part{Entry: folder, Format: c.Format})
}

// part reads a package inside the package and keeps what it is.
func (r *run) part(ctx context.Context, l *layer, p Part) {
	p.Role = l.role
	i := len(r.facts.Parts)
	r.facts.Add(p)
	r.layer(ctx, l)
	r.facts.Parts[i].describe(l.identity.Package)
	if l.role == Installed && l.identity.Package.ID != "" {
		r.set = append(r.set, member{p.Entry, l.identity.Package})
	}
}

// enter opens and reads an archive. What cannot be opened is a gap over code.
func (r *run) enter(ctx context.Context, l *layer, n Nested) {
	if err := r.tryEnter(ctx, l, n); err != nil {
		r.facts.Add(Gap{Reason: reasonOf(err), Detail: err.Error(), Code: true,
			Where: Where{Entry: l.at(n.Entry)(n.Entry.Name())}})
	}
}

func (r *run) tryEnter(ctx context.Context, l *layer, n Nested) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	leave, err := r.budget.Enter()
	if err != nil {
		return fmt.Errorf("archive inside archives: %w", err)
	}
	defer leave()
	if r.archives++; r.archives > maxArchives {
		return fmt.Errorf("%w: more than %d archives in one package", budget.ErrExhausted,
			maxArchives)
	}
	f, err := r.content(ctx, n.Entry)
	if err != nil {
		return err
	}
	digest, err := digestOf(ctx, f)
	if err != nil {
		return fmt.Errorf("%w: %w", errContent, err)
	}
	p := Part{Entry: l.at(n.Entry)(n.Entry.Name()), Role: n.Role.in(l.role), Size: f.Size,
		SHA256: digest}
	if r.isKnown(p) {
		return nil
	}
	c, err := r.engine.container(f, r.budget)
	if c == nil || err != nil {
		return err
	}
	r.chain = append(r.chain, digest)
	r.descend(ctx, inner{l, n.Entry, c, p})
	r.chain = r.chain[:len(r.chain)-1]
	return nil
}

// content returns the bytes of an archive: where they lie, if that can be, else
// inflated into memory.
func (r *run) content(ctx context.Context, e Entry) (File, error) {
	if f, ok := inPlace(e); ok {
		return f, r.budget.Pass(f.Size)
	}
	if err := r.budget.Take(e.Size()); err != nil {
		return File{}, err
	}
	data, err := e.Read(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", errContent, err)
	}
	return File{Bytes: bytes.NewReader(data), Size: int64(len(data))}, err
}

// isKnown reports an archive whose bytes were read before, or are being read: one
// that contains itself.
func (r *run) isKnown(p Part) bool {
	if slices.Contains(r.chain, p.SHA256) {
		r.facts.Add(Anomaly{Code: ContainsItself, Where: Where{Entry: p.Entry},
			What: "its bytes are those of an archive around it"})
		return true
	}
	first, known := r.seen[p.SHA256]
	if !known {
		r.seen[p.SHA256] = p.Entry
		return false
	}
	for _, other := range r.facts.Parts {
		if other.Entry != first {
			continue
		}
		if p.Role == Installed && other.Role != Installed {
			return false // it counts for the whole, the other did not
		}
		p.Format, p.ID, p.Split, p.Version = other.Format, other.ID, other.Split, other.Version
		p.Signers, p.Same = other.Signers, first
		r.facts.Add(p)
		break
	}
	return true
}

// inner is an opened archive inside a container.
type inner struct {
	outer *layer
	entry Entry
	*Contents
	part Part
}

// descend reads what was opened: a package as such, and of any other archive the
// entries as if they lay in the container, in a folder with the archive's name. Code
// alone makes no package here: an application loads it from where it is.
func (r *run) descend(ctx context.Context, in inner) {
	carried := in.part.Role == Carried
	if in.Format == Unknown || carried && in.Format == APK && in.Find(androidManifest) == nil {
		r.archive(ctx, in)
		return
	}
	in.part.Format = in.Format
	in.Within, in.whole = in.part.Entry+Inside, in.part.Entry
	if carried {
		r.facts.Add(Anomaly{Code: NestedPackage, Where: Where{Entry: in.part.Entry},
			What: "a package of the format " + string(in.Format)})
	} else {
		in.Label = r.label
	}
	r.part(ctx, &layer{Contents: in.Contents, role: in.part.Role,
		member: !carried && in.Format == APK}, in.part)
}

// archive reads the entries of an archive among the data.
func (r *run) archive(ctx context.Context, in inner) {
	folder := in.entry.Name() + Inside
	c := &Contents{Format: in.outer.Format, Root: in.outer.Root, File: in.File,
		Within: in.outer.Within, whole: in.part.Entry, index: &index{}}
	for _, e := range in.Entries {
		c.Entries = append(c.Entries, Renamed{Entry: e, As: folder + e.Name(),
			Path: in.part.Entry + Inside + e.Name()})
	}
	move := func(name string) string {
		if name == "" {
			return c.whole
		}
		return c.place(folder + name)
	}
	code, encrypted := r.seenCode(c), false
	for _, a := range in.Anomalies {
		encrypted = encrypted || a.Code == ZipEncryptionFlag
		if code && a.Code != ManifestMissing {
			r.facts.Add(a.moved(move))
		}
	}
	if encrypted {
		r.facts.Add(Gap{Reason: GapOpaque, Where: Where{Entry: c.whole}, Code: true,
			Detail: "encrypted archive"})
	}
	for _, g := range in.Gaps {
		r.facts.Add(g.moved(move))
	}
	l := &layer{Contents: c, role: Carried}
	r.layer(ctx, l)
	if l.identity.Package.Encrypted {
		in.outer.identity.Package.Encrypted = true
	}
}

// seenCode reports what the entries of an archive are to a device: code in data is an
// anomaly, and what is named as code and is none that is known a gap.
func (r *run) seenCode(c *Contents) bool {
	first, more := "", 0
	for _, e := range c.Entries {
		if !isProgram(e) {
			continue
		}
		if first == "" {
			first = e.Name()
		} else {
			more++
		}
		if head := e.Head(); !IsCode(head) {
			r.facts.Add(Gap{Reason: GapOpaque, Where: Where{Entry: c.pathOf(e)}, Code: true,
				Detail: fmt.Sprintf("begins with % x", head[:min(8, len(head))])})
		}
	}
	if first == "" {
		return false
	}
	what := fmt.Sprintf("code in an archive: %.200q", first[len(first)-len(path.Base(first)):])
	if more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	r.facts.Add(Anomaly{Code: NestedPackage, Where: Where{Entry: c.whole}, What: what})
	return true
}

// isProgram reports what a device would load, by its first bytes or its name. Java's
// own class files are none: no device runs them.
func isProgram(e Entry) bool {
	switch path.Ext(e.Name()) {
	case ".dex", ".so", ".dylib":
		return e.Size() > 0
	case ".class":
		return false
	}
	return IsCode(e.Head())
}

// unwrap reads the one package that an archive of another kind holds.
func (r *run) unwrap(ctx context.Context, l *layer) {
	var only []Entry
	for _, e := range l.Entries {
		if isArchive(e) {
			only = append(only, e)
		}
	}
	if len(only) != 1 {
		return
	}
	r.enter(ctx, l, Nested{Role: Installed, Entry: only[0]})
	if len(r.facts.Parts) > 0 {
		r.facts.Package.Format = r.facts.Parts[0].Format
	}
}
