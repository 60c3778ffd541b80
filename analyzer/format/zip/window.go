package zip

import (
	"io"

	"github.com/listgate/listgate/analyzer"
)

const (
	directoryBlock = 64 << 10
	localBlock     = 4 << 10
)

// window reads blocks and hands out views into the last one, so that records that
// lie together cost one read.
type window struct {
	src   io.ReaderAt
	size  int64
	block int64
	start int64
	buf   []byte
}

func newWindow(f analyzer.File, block int64) *window {
	return &window{src: f.Bytes, size: f.Size, block: block}
}

// view returns n bytes at off, valid until the next call. The error is
// io.ErrUnexpectedEOF where the file ends before that.
func (w *window) view(off, n int64) ([]byte, error) {
	if off < 0 || off > w.size || n > w.size-off {
		return nil, io.ErrUnexpectedEOF
	}
	if off >= w.start && off+n <= w.start+int64(len(w.buf)) {
		return w.buf[off-w.start:][:n], nil
	}
	want := min(max(n, w.block), w.size-off)
	if int64(cap(w.buf)) < want {
		w.buf = make([]byte, want)
	}
	got, err := w.src.ReadAt(w.buf[:want], off)
	w.start, w.buf = off, w.buf[:got]
	switch {
	case int64(got) >= n:
		return w.buf[:n], nil
	case err == nil || err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	default:
		return nil, err
	}
}

// signed reports whether the four bytes at off are the signature.
func (w *window) signed(off int64, signature uint32) bool {
	b, err := w.view(off, 4)
	return err == nil && order.Uint32(b) == signature
}
