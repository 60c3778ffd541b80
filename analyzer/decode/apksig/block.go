package apksig

import (
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// The signing block: size, pairs, size again, magic. Neither size counts the first
// field.
const (
	blockMagic   = "APK Sig Block 42"
	blockTrailer = 8 + int64(len(blockMagic))
	blockMin     = 8 + blockTrailer
	// maxBlock bounds the block; those of real packages are a few kilobytes, with
	// padding and the stores' own records a few hundred.
	maxBlock = 32 << 20

	blockPart = "APK Signing Block"
)

// blockSchemes are the ids of pairs that hold signatures. All others, as padding
// (0x42726577) and the records of stores, are none.
var blockSchemes = map[uint32]string{0x7109871a: V2, 0xf05368c0: V3, 0x1b93ad61: V31}

var little = binary.LittleEndian

// block is a signing block of which only the values of signature schemes are kept.
type block struct {
	start   int64
	schemes map[string]pair
}

// pair is a value and its place in the file.
type pair struct {
	value []byte
	at    int64
}

// findBlock reads the signing block in front of the directory, nil where there is
// none. Of two pairs with one id the first counts, as on a device.
func (v *verifier) findBlock() (*block, error) {
	end := v.archive.Directory
	if end < blockMin || end > v.archive.Size {
		return nil, nil
	}
	trailer := make([]byte, blockTrailer)
	if err := v.readAt(trailer, end-blockTrailer); err != nil {
		return nil, err
	}
	if string(trailer[8:]) != blockMagic {
		return nil, nil
	}
	size := little.Uint64(trailer)
	if size < uint64(blockTrailer) || size > uint64(end-8) {
		return nil, budget.Malformed(blockPart, end-blockTrailer,
			"%d bytes in front of the directory at 0x%x", size, end)
	}
	if size > maxBlock {
		return nil, limitError(blockPart, int64(size), maxBlock)
	}
	if err := v.budget.Take(int64(size)); err != nil {
		return nil, err
	}
	start := end - int64(size) - 8
	data := make([]byte, size+8)
	if err := v.readAt(data, start); err != nil {
		return nil, err
	}
	return parseBlock(data, start)
}

// parseBlock reads a whole block that lies at start; its trailer was looked at.
func parseBlock(data []byte, start int64) (*block, error) {
	if int64(len(data)) < blockMin {
		return nil, budget.Malformed(blockPart, start, "%d bytes", len(data))
	}
	pairs := data[:int64(len(data))-blockTrailer]
	first, last := little.Uint64(data), little.Uint64(data[len(pairs):])
	if first != last || first != uint64(len(data)-8) {
		return nil, budget.Malformed(blockPart, start,
			"its sizes differ: %d at its start, %d at its end", first, last)
	}
	b := &block{start: start, schemes: map[string]pair{}}
	for at := 8; at < len(pairs); {
		if len(pairs)-at < 12 {
			return nil, budget.Malformed(blockPart, start+int64(at), "a pair is cut short")
		}
		n := little.Uint64(pairs[at:])
		if n < 4 || n > uint64(len(pairs)-at-8) {
			return nil, budget.Malformed(blockPart, start+int64(at), "a pair of %d bytes", n)
		}
		value := pairs[at+12 : at+8+int(n)]
		scheme := blockSchemes[little.Uint32(pairs[at+8:])]
		if _, taken := b.schemes[scheme]; scheme != "" && !taken {
			b.schemes[scheme] = pair{value, start + int64(at) + 12}
		}
		at += 8 + int(n)
	}
	return b, nil
}
