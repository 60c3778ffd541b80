package zip

import (
	"cmp"
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// maxFillers bounds how many empty local headers are followed in a row.
const maxFillers = 1024

// span is the part of the file from an entry's local header to its last byte.
type span struct {
	name        string
	start, stop int64
}

// checkPlaces finds bytes before the first entry, entries that share bytes with
// each other or with the directory, and local entries that no record names, which
// a loader that unpacks from the front would find.
func (l *listing) checkPlaces() {
	if len(l.spans) == 0 {
		return
	}
	slices.SortStableFunc(l.spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	l.checkPrefix(l.spans[0].start)
	furthest := span{start: l.spans[0].start, stop: l.spans[0].start}
	for _, s := range l.spans {
		if s.start < furthest.stop {
			l.notes.add(analyzer.ZipOverlap, s.name,
				"begins at 0x%x, inside %s", s.start, quote(furthest.name))
		}
		if s.stop > l.end.Directory {
			l.notes.add(analyzer.ZipOverlap, s.name,
				"ends at 0x%x, the directory begins at 0x%x", s.stop, l.end.Directory)
		}
		l.checkHole(furthest.stop, s.start)
		if s.stop > furthest.stop {
			furthest = s
		}
	}
	l.checkHole(furthest.stop, l.end.Directory)
}

// checkPrefix reports bytes before the first entry. Android's build tools fill room
// that they do not need with local headers of no name: that is no prefix.
func (l *listing) checkPrefix(first int64) {
	at := int64(0)
	for range maxFillers {
		next := l.filler(at)
		if next == at {
			break
		}
		at = next
	}
	if at != first {
		l.notes.add(analyzer.ZipPrefix, "",
			"%d bytes before the first entry%s", first, l.prefixKind())
	}
}

// filler returns the end of the empty local header at the offset, or the offset
// where there is none.
func (l *listing) filler(at int64) int64 {
	b, err := l.locals.view(at, localLength)
	if err != nil || order.Uint32(b) != localSignature || order.Uint32(b[18:]) != 0 ||
		order.Uint16(b[26:]) != 0 {
		return at
	}
	return at + localLength + int64(order.Uint16(b[28:]))
}

// prefixKind names a prefix that is itself a program.
func (l *listing) prefixKind() string {
	b, err := l.locals.view(0, 4)
	switch {
	case err != nil:
		return ""
	case string(b) == "dex\n":
		return ", a DEX file"
	case string(b) == "\x7fELF":
		return ", an ELF file"
	default:
		return ""
	}
}

// checkHole looks for a named local header where bytes between entries begin, with
// or without a data descriptor before it.
func (l *listing) checkHole(start, stop int64) {
	for _, descriptor := range []int64{0, 12, 16, 20, 24} {
		at := start + descriptor
		if stop-at < localLength {
			return
		}
		b, err := l.locals.view(at, localLength)
		if err != nil || order.Uint32(b) != localSignature || order.Uint16(b[26:]) == 0 {
			continue
		}
		n := min(int64(order.Uint16(b[26:])), maxQuoted)
		if b, err = l.locals.view(at+localLength, n); err == nil {
			l.notes.add(analyzer.ZipDirectory, "",
				"the local entry %s at 0x%x is in no record", quote(string(b)), at)
		}
		return
	}
}
