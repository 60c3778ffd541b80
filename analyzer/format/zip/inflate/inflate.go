// Package inflate decodes deflate streams (RFC 1951) into memory that the caller
// holds, as far as the caller wants, and goes on later where it stopped.
//
// It accepts exactly what zlib's inflate accepts, and says of the rest what zlib
// says: that is what Android's loaders (libziparchive, java.util.zip) and iOS's run
// on. Against Go's compress/flate the difference is that of the code length code,
// where zlib takes no incomplete set; and that a literal/length set without an end
// of block is refused before its block is decoded. What follows the final block is
// not looked at.
//
// The compressed bytes are read in blocks, so that an entry of any size needs the
// memory of what it holds and little more. Most symbols are decoded by Decoder.run,
// which has as much input and room before it as one symbol can need; where either
// runs out, and for everything that is wrong, Decoder.symbol looks at each step.
package inflate

import (
	"errors"
	"fmt"
	"io"

	"github.com/listgate/listgate/analyzer/budget"
)

// History is how far back a match may reach: what Next must be given of the bytes
// before, where there were as many.
const History = 32 << 10

// What is wrong with a stream, in the words of zlib.
var (
	errBlockType = errors.New("invalid block type")
	errStored    = errors.New("invalid stored block lengths")
	errCounts    = errors.New("too many length or distance symbols")
	errLengths   = errors.New("invalid code lengths set")
	errRepeat    = errors.New("invalid bit length repeat")
	errNoEnd     = errors.New("invalid code -- missing end-of-block")
	errLiterals  = errors.New("invalid literal/lengths set")
	errDistances = errors.New("invalid distances set")
	errLiteral   = errors.New("invalid literal/length code")
	errDistance  = errors.New("invalid distance code")
	errTooFar    = errors.New("invalid distance too far back")
)

// errFull is the end of the room, not of the stream.
var errFull = errors.New("no room")

// phase is what the decoder is in the middle of.
type phase uint8

const (
	betweenBlocks phase = iota
	inStored
	inCodes
)

// Decoder inflates one stream after another and keeps its memory between them. New
// makes one. It is not safe for use by several goroutines.
type Decoder struct {
	input
	out   []byte // of the running call
	at    int    // how far out is filled
	total int64  // bytes inflated before out[at]
	err   error  // how the stream ended

	phase    phase
	final    bool
	left     int // bytes that a stored block or a match has still to give
	distance int // of that match
	codes    *codes
	own      codes
	builder  builder
	window   []byte
}

// New returns a decoder that reads blocks of so many bytes, at least minBlock.
func New(block int) *Decoder {
	return &Decoder{input: input{block: max(block, minBlock)}}
}

// Reset begins the stream that src holds. A nil src lets go of the last one.
func (d *Decoder) Reset(src io.Reader) {
	d.input = input{src: src, block: d.block, buffer: d.buffer}
	d.at, d.total, d.err = 0, 0, nil
	d.phase, d.final, d.left = betweenBlocks, false, 0
}

// Next inflates into out behind its first have bytes, which are the last of what
// was inflated before: all of it, or History. It returns how far out is filled,
// whatever the error. No error means that out is full and the stream goes on;
// io.EOF means that it has ended, which is found out also where out is full. An
// error that wraps io.ErrUnexpectedEOF says that the stream is cut short; others
// are a *budget.FormatError, its offset that of the compressed byte, or come from
// the source.
func (d *Decoder) Next(out []byte, have int) (int, error) {
	if int64(have) < min(d.total, History) {
		return have, fmt.Errorf("inflate on after %d bytes: %d of them are there", d.total, have)
	}
	d.out, d.at = out, have
	for d.err == nil {
		err := d.step()
		if errors.Is(err, errFull) {
			break
		}
		d.err = err
	}
	d.total += int64(d.at - have)
	d.out = nil
	return d.at, d.err
}

// step goes to the end of what the decoder is in.
func (d *Decoder) step() error {
	switch d.phase {
	case inStored:
		return d.copyStored()
	case inCodes:
		return d.symbols()
	}
	if d.final {
		return io.EOF
	}
	return d.header()
}

// Windows inflates what is left of the stream in memory that does not grow with it
// and hands it to visit in order, each piece until visit returns. history is what
// Next has inflated of the stream before, or the last History bytes of it. The
// error of visit ends it; otherwise errors are those of Next, and nil stands for
// io.EOF.
func (d *Decoder) Windows(history []byte, visit func(piece []byte) error) error {
	if d.window == nil {
		d.window = make([]byte, History+pieceSize)
	}
	have := copy(d.window, history[max(0, len(history)-History):])
	for {
		n, err := d.Next(d.window, have)
		if n > have {
			if err := visit(d.window[have:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		have = copy(d.window, d.window[n-History:n])
	}
}

// broken returns an error about the byte that holds the next bit.
func (d *Decoder) broken(err error) error {
	return &budget.FormatError{Part: "deflate stream", Offset: d.offset(), Err: err}
}

// cut is the error where the input ended before what was being read.
func (d *Decoder) cut() error {
	if !errors.Is(d.failed, io.EOF) {
		return d.failed
	}
	return &budget.FormatError{
		Part: "deflate stream", Offset: d.before + int64(len(d.in)), Err: io.ErrUnexpectedEOF,
	}
}
