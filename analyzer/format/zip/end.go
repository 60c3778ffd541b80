package zip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

var order = binary.LittleEndian

// Signatures and fixed lengths of APPNOTE §4.3.
const (
	localSignature     = 0x04034b50
	recordSignature    = 0x02014b50
	endSignature       = 0x06054b50
	end64Signature     = 0x06064b50
	locatorSignature   = 0x07064b50
	directorySignature = 0x05054b50 // "digital signature", after the last record

	localLength   = 30
	recordLength  = 46
	endLength     = 22
	end64Length   = 56
	locatorLength = 20
	maxComment    = math.MaxUint16
)

// Layout is where the parts of an archive lie, in bytes from the start of the file.
type Layout struct {
	// Base is what the directory's offsets count from: 0, or the length of a
	// prefix that they do not include.
	Base int64
	// Directory is the first central record. An APK Signing Block ends here.
	Directory int64
	// End is the end record; its comment is the last of the archive.
	End int64
}

// Locate finds the directory of f without reading it. The errors are those of
// Lister.List.
func Locate(f analyzer.File) (Layout, error) {
	e, err := locate(f)
	return e.Layout, err
}

// end is the end record, with the Zip64 one applied where it asks for it.
type end struct {
	Layout
	count, diskCount int64
	size, offset     int64 // of the directory, as declared
	disks            bool  // a disk number is not 0
	comment          int64
	tail             int64 // bytes after the comment, negative where the comment is cut short
	limit            int64 // where the directory must end
	rivals           int   // other end records that close the file as well
	zip64            bool  // the Zip64 record was applied
	locator          bool  // a Zip64 locator stands before the end record
}

// maxEnds bounds the end records that are followed, from the end of the file on. A
// device follows the last alone; thousands would make each archive inside a package
// cost as much as all the rest of it.
const maxEnds = 64

// locate picks the end record that leads to a directory: the last that closes the
// file, else the last of any; an empty archive only where there is no other.
func locate(f analyzer.File) (end, error) {
	start := max(0, f.Size-endLength-maxComment)
	tail := make([]byte, max(0, f.Size-start))
	if n, err := f.Bytes.ReadAt(tail, start); n < len(tail) {
		return end{}, fmt.Errorf("read the last %d bytes: %w", len(tail), cutShort(err))
	}
	w := newWindow(f, localBlock)
	best, bestRank, seen, closing := end{}, 0, 0, 0
	for i := len(tail) - endLength; i >= 0 && seen < maxEnds; i-- {
		if order.Uint32(tail[i:]) != endSignature {
			continue
		}
		seen++
		e := parseEnd(tail[i:], start+int64(i))
		rank := e.find(w)
		if rank > 0 && e.tail == 0 {
			closing++
		}
		if rank > bestRank {
			best, bestRank = e, rank
		}
	}
	switch {
	case seen == 0:
		return end{}, fmt.Errorf("%w: no end record in the last %d bytes", ErrNotZip, len(tail))
	case bestRank == 0:
		return end{}, budget.Malformed("end record", -1, "it leads to no directory")
	}
	if best.tail == 0 {
		closing--
	}
	best.rivals = closing
	return best, nil
}

func cutShort(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseEnd reads the end record at the start of b, which runs to the end of the
// file.
func parseEnd(b []byte, at int64) end {
	e := end{
		diskCount: int64(order.Uint16(b[8:])),
		count:     int64(order.Uint16(b[10:])),
		size:      int64(order.Uint32(b[12:])),
		offset:    int64(order.Uint32(b[16:])),
		disks:     order.Uint32(b[4:]) != 0,
		comment:   int64(order.Uint16(b[20:])),
		limit:     at,
	}
	e.End = at
	e.tail = int64(len(b)) - endLength - e.comment
	return e
}

// find sets Base and Directory. Its rank is 0 where there is no directory, 1 for
// an empty archive, 2 for a directory, 3 for one whose end record closes the file.
func (e *end) find(w *window) int {
	e.applyZip64(w)
	atEnd := e.limit - e.size
	switch {
	case e.offset < e.limit && w.signed(e.offset, recordSignature):
		e.Directory = e.offset
	case e.size > 0 && w.signed(atEnd, recordSignature):
		e.Directory = atEnd
		e.Base = e.base(w, atEnd-e.offset)
	case e.count == 0 && e.size == 0:
		e.Directory = e.limit
		return 1
	default:
		return 0
	}
	if e.tail == 0 {
		return 3
	}
	return 2
}

// base returns shift where the first record's local header is found with it, and
// 0 where only the directory's own offset was false.
func (e *end) base(w *window, shift int64) int64 {
	r, _, err := readRecord(w, e.Directory, e.limit)
	if err != nil || shift < 0 {
		return 0
	}
	if !w.signed(r.local+shift, localSignature) && w.signed(r.local, localSignature) {
		return 0
	}
	return shift
}

// applyZip64 replaces the fields that the end record leaves to the Zip64 record.
// The record is looked for where the locator says, and before the locator.
func (e *end) applyZip64(w *window) {
	locator, err := w.view(e.End-locatorLength, locatorLength)
	if err != nil || order.Uint32(locator) != locatorSignature {
		return
	}
	e.locator = true
	at := clamp(order.Uint64(locator[8:]))
	if !w.signed(at, end64Signature) {
		at = e.End - locatorLength - end64Length
	}
	b, err := w.view(at, end64Length)
	if err != nil || order.Uint32(b) != end64Signature || at >= e.End {
		return
	}
	e.limit = at
	if e.count != math.MaxUint16 && e.size != math.MaxUint32 && e.offset != math.MaxUint32 {
		return
	}
	e.zip64 = true
	e.diskCount, e.count = clamp(order.Uint64(b[24:])), clamp(order.Uint64(b[32:]))
	e.size, e.offset = clamp(order.Uint64(b[40:])), clamp(order.Uint64(b[48:]))
	e.disks = order.Uint64(b[16:]) != 0
}

// clamp keeps offsets and sizes in range of the signed arithmetic used here.
func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64/2)) }
