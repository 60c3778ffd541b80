package zip

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// deflateRatio is the most that deflate can expand: 258 bytes in two bits.
const deflateRatio = 1032

var errLocalHeader = errors.New("no local header")

// local is a local header, as far as it is compared with the directory.
type local struct {
	name          string // its first bytes, cut at maxQuoted
	sameName      bool
	flags, method uint16
	crc           uint32
	packed, size  int64
	data          int64 // offset of the content in the file
}

// place finds the content of the record, checks it against its local header and
// settles the sizes. The span is what the entry takes up in the file.
func (l *listing) place(name string, r record) (*entry, span) {
	e := &entry{archive: l.archive, name: name, packed: r.packed}
	at := l.end.Base + r.local
	h, err := readLocal(l.locals, at, r)
	if err != nil {
		e.broken = &budget.FormatError{Part: "local header", Offset: at, Err: err}
		e.size = min(r.size, inflatedBound(min(r.packed, l.size)))
		l.notes.add(analyzer.ZipLocalHeader, name, "%v at 0x%x", err, at)
		l.gap(analyzer.GapUnreadable, name, e.broken)
		return e, span{name: name, start: at, stop: at}
	}
	e.data = h.data
	l.checkLocal(name, r, h)
	l.checkRecord(name, r)
	l.settle(e, r)
	return e, span{name: name, start: at, stop: e.data + e.packed}
}

func readLocal(w *window, at int64, r record) (local, error) {
	b, err := w.view(at, localLength)
	if err != nil || order.Uint32(b) != localSignature {
		return local{}, errLocalHeader
	}
	h := local{
		flags: order.Uint16(b[6:]), method: order.Uint16(b[8:]), crc: order.Uint32(b[14:]),
		packed: int64(order.Uint32(b[18:])), size: int64(order.Uint32(b[22:])),
	}
	name, extra := int64(order.Uint16(b[26:])), int64(order.Uint16(b[28:]))
	h.data = at + localLength + name + extra
	if b, err = w.view(at+localLength, name+extra); err != nil {
		return local{}, fmt.Errorf("local header: %w", err)
	}
	h.sameName = string(b[:name]) == r.name
	if !h.sameName {
		h.name = string(b[:min(name, maxQuoted)])
	}
	if h.size == math.MaxUint32 || h.packed == math.MaxUint32 {
		wide := record{size: h.size, packed: h.packed}
		wide.applyZip64(b[name:])
		h.size, h.packed = wide.size, wide.packed
	}
	return h, nil
}

// settle decides how many bytes the entry has and where they can be, whatever the
// record declares.
func (l *listing) settle(e *entry, r record) {
	left := max(0, l.size-e.data)
	if r.packed > left {
		l.notes.add(analyzer.ZipSize, e.name,
			"compressed size %d, the file has %d bytes left", r.packed, left)
		e.packed = left
	}
	e.size = r.size
	switch {
	case r.method != methodDeflate && (r.method == methodStored || r.size == r.packed):
		l.settleStored(e, r, left)
	case r.method == methodDeflate:
		l.settleDeflate(e, r)
	default:
		e.guess = true
		e.size = min(r.size, max(left, inflatedBound(e.packed)))
	}
}

// settleStored believes the inflated size, as Android does, where the file has
// that many bytes.
func (l *listing) settleStored(e *entry, r record, left int64) {
	e.stored = true
	encrypted := r.flags&flagEncrypted != 0 && r.packed == r.size+12
	if r.size != r.packed && !encrypted {
		l.notes.add(analyzer.ZipSize, e.name,
			"stored, compressed size %d, size %d", r.packed, r.size)
	}
	if e.size > left {
		e.size = e.packed
	}
	e.packed = max(e.packed, e.size)
}

// settleDeflate bounds the inflated size by what the compressed bytes can hold, and
// finds compressed bytes that cannot be needed for it: room to hide something in,
// or empty blocks to tire a reader.
func (l *listing) settleDeflate(e *entry, r record) {
	bound := inflatedBound(e.packed)
	if r.size > bound {
		l.notes.add(analyzer.ZipSize, e.name,
			"size %d, but %d compressed bytes hold at most %d", r.size, e.packed, bound)
		e.size = bound
	}
	if slack := e.packed - r.size; slack > r.size && slack > maxSlack {
		l.notes.add(analyzer.ZipSize, e.name,
			"compressed size %d for a size of %d", r.packed, r.size)
	}
}

func inflatedBound(packed int64) int64 {
	if packed > math.MaxInt64/2/deflateRatio {
		return math.MaxInt64 / 2
	}
	return packed*deflateRatio + 64
}

// checkLocal compares what a loader could take from either header. Sizes and
// checksum may be missing locally where a data descriptor follows, and the extra
// fields, times, versions and other flags are nobody's business.
func (l *listing) checkLocal(name string, r record, h local) {
	var lies []string
	differ := func(what string, there, here any) {
		lies = append(lies, fmt.Sprintf("%s %v, in the directory %v", what, there, here))
	}
	if !h.sameName {
		differ("name", quote(h.name), quote(r.name))
	}
	if h.method != r.method {
		differ("method", h.method, r.method)
	}
	if (h.flags^r.flags)&flagEncrypted != 0 {
		differ("encryption bit", h.flags&flagEncrypted, r.flags&flagEncrypted)
	}
	streamed := (h.flags|r.flags)&flagDescriptor != 0
	given := func(there int64) bool { return !streamed || there != 0 && there != math.MaxUint32 }
	if h.packed != r.packed && given(h.packed) {
		differ("compressed size", h.packed, r.packed)
	}
	if h.size != r.size && given(h.size) {
		differ("size", h.size, r.size)
	}
	if h.crc != r.crc && given(int64(h.crc)) {
		differ("checksum", fmt.Sprintf("%08x", h.crc), fmt.Sprintf("%08x", r.crc))
	}
	if lies != nil {
		l.notes.add(analyzer.ZipLocalHeader, name, "%s", strings.Join(lies, "; "))
	}
}

// checkRecord finds what the record alone betrays.
func (l *listing) checkRecord(name string, r record) {
	if r.flags&flagEncrypted != 0 {
		l.notes.add(analyzer.ZipEncryptionFlag, name, "flags 0x%04x", r.flags)
	}
	if r.sentinels > 0 && !r.large {
		l.notes.add(analyzer.ZipZip64, name,
			"%d fields are in a Zip64 field and would fit without", r.sentinels)
	}
	switch {
	case r.method == methodStored || r.method == methodDeflate:
	case r.size == r.packed:
		l.notes.add(analyzer.ZipMethod, name, "method %d, read as stored", r.method)
	default:
		l.notes.add(analyzer.ZipMethod, name,
			"method %d, inflated where it inflates, else read as stored", r.method)
	}
}
