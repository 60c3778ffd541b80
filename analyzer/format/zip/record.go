package zip

import (
	"errors"
	"io"
	"math"

	"github.com/listgate/listgate/analyzer/budget"
)

// Methods that the loaders know, and the flag bits that matter here.
const (
	methodStored   = 0
	methodDeflate  = 8
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
)

// errSignature says that there is no record at the offset.
var errSignature = errors.New("no record signature")

// record is one central directory record, with Zip64 values applied.
type record struct {
	name          string // as the bytes are
	flags, method uint16
	crc           uint32
	packed, size  int64 // compressed and inflated, as declared
	local         int64 // offset of the local header, from Base
	sentinels     int   // fields left to the Zip64 field
	large         bool  // one of them does not fit in 32 bits
}

// readRecord reads the record at off and returns the offset of the next. limit is
// where the directory must end. The error wraps errSignature where the directory
// ends at off, and is a *budget.FormatError where the record breaks off.
func readRecord(w *window, off, limit int64) (record, int64, error) {
	b, err := w.view(off, 4)
	if err != nil || off > limit-4 || order.Uint32(b) != recordSignature {
		return record{}, off, errSignature
	}
	broken := func(err error) (record, int64, error) {
		return record{}, off, &budget.FormatError{Part: "central record", Offset: off, Err: err}
	}
	if b, err = w.view(off, recordLength); err != nil {
		return broken(err)
	}
	r := record{
		flags: order.Uint16(b[8:]), method: order.Uint16(b[10:]), crc: order.Uint32(b[16:]),
		packed: int64(order.Uint32(b[20:])), size: int64(order.Uint32(b[24:])),
		local: int64(order.Uint32(b[42:])),
	}
	name, extra := int64(order.Uint16(b[28:])), int64(order.Uint16(b[30:]))
	next := off + recordLength + name + extra + int64(order.Uint16(b[32:]))
	if next > limit {
		return broken(io.ErrUnexpectedEOF)
	}
	if b, err = w.view(off+recordLength, name+extra); err != nil {
		return broken(err)
	}
	r.name = string(b[:name])
	r.applyZip64(b[name:])
	return r, next, nil
}

// applyZip64 replaces the fields that are all ones by those of the Zip64 extra
// field (APPNOTE §4.5.3), which holds them in this order and leaves out the others.
func (r *record) applyZip64(extra []byte) {
	var wide []*int64
	for _, field := range []*int64{&r.size, &r.packed, &r.local} {
		if *field == math.MaxUint32 {
			wide = append(wide, field)
		}
	}
	if len(wide) == 0 {
		return
	}
	values := extraField(extra, 1)
	for _, field := range wide {
		if len(values) < 8 {
			return
		}
		*field = clamp(order.Uint64(values))
		values = values[8:]
		r.sentinels++
		r.large = r.large || *field >= math.MaxUint32
	}
}

// extraField returns the content of the first extra field with the id, nil where
// there is none.
func extraField(extra []byte, id uint16) []byte {
	for len(extra) >= 4 {
		n := int(order.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return nil
		}
		if order.Uint16(extra) == id {
			return extra[4:][:n]
		}
		extra = extra[4+n:]
	}
	return nil
}
