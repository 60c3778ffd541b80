package zip

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"

	"github.com/listgate/listgate/analyzer"
)

// forgery describes an archive byte for byte, so that any part of it can lie.
type forgery struct {
	prefix   []byte // before everything
	relative bool   // offsets do not count the prefix
	items    []item
	block    []byte // between the last entry and the directory
	after    []byte // between the directory and the end records
	zip64    bool   // write a Zip64 end record and locator
	end      func(*ending)
	comment  []byte
	trailer  []byte
}

// item is one entry; local and central change what the two headers say of it.
type item struct {
	header
	data           []byte
	before         []byte // in front of the local header
	after          []byte // behind the data: a data descriptor
	local, central func(*header)
	unlisted       bool // no central record
	unplaced       bool // no local header and data
}

type header struct {
	name          string
	flags, method uint16
	crc           uint32
	packed, size  uint32
	extra         []byte
	offset        uint32
}

type ending struct {
	disk, onDisk, count uint16
	size, offset        uint32
	comment             uint16
}

func stored(name, content string) item {
	i := item{data: []byte(content)}
	i.name, i.crc = name, crc32.ChecksumIEEE(i.data)
	i.packed, i.size = uint32(len(content)), uint32(len(content))
	return i
}

func deflated(name, content string) item {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err = w.Write([]byte(content)); err != nil {
		panic(err)
	}
	if err = w.Close(); err != nil {
		panic(err)
	}
	i := stored(name, content)
	i.method, i.data, i.packed = 8, b.Bytes(), uint32(b.Len())
	return i
}

// with changes both headers of the item.
func (i item) with(change func(*header)) item {
	change(&i.header)
	return i
}

func (i item) inLocal(change func(*header)) item {
	i.local = change
	return i
}

func (i item) inCentral(change func(*header)) item {
	i.central = change
	return i
}

func (f forgery) bytes() []byte {
	out := bytes.Clone(f.prefix)
	base := 0
	if f.relative {
		base = len(f.prefix)
	}
	var directory []byte
	records := 0
	for _, i := range f.items {
		out = append(out, i.before...)
		h := i.header
		h.offset = uint32(len(out) - base)
		if !i.unplaced {
			out = append(i.appendLocal(out, h), i.data...)
			out = append(out, i.after...)
		}
		if !i.unlisted {
			directory = i.appendCentral(directory, h)
			records++
		}
	}
	out = append(out, f.block...)
	e := ending{onDisk: uint16(records), count: uint16(records), size: uint32(len(directory)),
		offset: uint32(len(out) - base), comment: uint16(len(f.comment))}
	out = append(append(out, directory...), f.after...)
	if f.zip64 {
		out = e.appendZip64(out)
	}
	if f.end != nil {
		f.end(&e)
	}
	out = put(out, uint32(endSignature), e.disk, e.disk, e.onDisk, e.count, e.size, e.offset,
		e.comment)
	return append(append(out, f.comment...), f.trailer...)
}

func (i item) appendLocal(out []byte, h header) []byte {
	if i.local != nil {
		i.local(&h)
	}
	out = put(out, uint32(localSignature), uint16(20), h.flags, h.method, uint32(0),
		h.crc, h.packed, h.size, uint16(len(h.name)), uint16(len(h.extra)))
	return append(append(out, h.name...), h.extra...)
}

func (i item) appendCentral(out []byte, h header) []byte {
	if i.central != nil {
		i.central(&h)
	}
	out = put(out, uint32(recordSignature), uint16(20), uint16(20), h.flags, h.method, uint32(0),
		h.crc, h.packed, h.size, uint16(len(h.name)), uint16(len(h.extra)),
		uint16(0), uint16(0), uint16(0), uint32(0), h.offset)
	return append(append(out, h.name...), h.extra...)
}

func (e ending) appendZip64(out []byte) []byte {
	at := uint64(len(out))
	out = put(out, uint32(end64Signature), uint64(end64Length-12), uint16(45), uint16(45),
		uint32(0), uint32(0), uint64(e.onDisk), uint64(e.count), uint64(e.size), uint64(e.offset))
	return put(out, uint32(locatorSignature), uint32(0), at, uint32(1))
}

func put(out []byte, fields ...any) []byte {
	for _, f := range fields {
		var err error
		if out, err = binary.Append(out, binary.LittleEndian, f); err != nil {
			panic(err)
		}
	}
	return out
}

func file(b []byte) analyzer.File {
	return analyzer.File{Bytes: bytes.NewReader(b), Size: int64(len(b))}
}
