package zip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/zip/inflate"
)

const (
	headLength = 64
	// probeLimit is how far an unknown method is inflated before it is believed to
	// be deflate, and how many compressed bytes Head looks at. Other bytes break
	// deflate's tables long before.
	probeLimit = 1 << 20
	headBlock  = 4 << 10
	readBlock  = 64 << 10
	readStep   = 1 << 20 // between two looks at the context
)

const deflateStream = "deflate stream"

// entry is one file of the archive.
type entry struct {
	*archive
	name   string
	size   int64
	packed int64 // bytes at data
	data   int64
	broken error // why the content cannot be reached
	stored bool
	guess  bool // an unknown method: probe decides

	probing, heading sync.Once
	head             []byte
}

var _ analyzer.Entry = (*entry)(nil)

func (e *entry) Name() string { return e.name }

func (e *entry) Size() int64 { return e.size }

// Head is safe for concurrent use. It gives up where the first MiB of compressed
// bytes yields nothing.
func (e *entry) Head() []byte {
	e.heading.Do(func() {
		n := min(e.size, headLength)
		if e.broken != nil || n == 0 {
			return
		}
		buf := make([]byte, n)
		if e.isStored() {
			got, _ := e.src.ReadAt(buf, e.data)
			e.head = buf[:got]
			return
		}
		z := e.inflate(context.Background(), &e.heads, min(e.packed, probeLimit))
		defer release(z, &e.heads)
		got, _ := z.Next(buf, 0)
		e.head = buf[:got]
	})
	return e.head
}

// Read returns exactly Size() bytes, or an error: a *budget.FormatError where the
// stream breaks, ends early or goes on, as Android's loader refuses it too. A false
// checksum is no error: the loaders do not look at it.
func (e *entry) Read(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %q: %w", e.name, err)
	}
	if e.broken != nil {
		return nil, e.broken
	}
	if e.isStored() {
		return e.readStored(ctx)
	}
	z := e.inflate(ctx, &e.reads, e.packed)
	defer release(z, &e.reads)
	buf := make([]byte, e.size)
	n, err := z.Next(buf, 0)
	switch {
	case err == nil:
		return nil, budget.Malformed(deflateStream, e.data,
			"goes on after the declared %d bytes", e.size)
	case int64(n) < e.size:
		return nil, e.malformed(fmt.Sprintf("after %d of %d bytes", n, e.size), cutShort(err))
	case !errors.Is(err, io.EOF):
		return nil, e.malformed(fmt.Sprintf("after all %d bytes", e.size), err)
	}
	return buf, nil
}

func (e *entry) readStored(ctx context.Context) ([]byte, error) {
	if left := e.archive.size - e.data; e.size > left {
		return nil, budget.Malformed("stored entry", e.data,
			"%d bytes are left of %d", left, e.size)
	}
	buf := make([]byte, e.size)
	src := source{ctx, io.NewSectionReader(e.src, e.data, e.size)}
	if n, err := io.ReadFull(src, buf); err != nil {
		err = fmt.Errorf("after %d of %d bytes: %w", n, e.size, cutShort(err))
		return nil, &budget.FormatError{Part: "stored entry", Offset: e.data, Err: err}
	}
	return buf, nil
}

// malformed says where in the file the compressed bytes are wrong.
func (e *entry) malformed(when string, err error) error {
	at := e.data
	var inside *budget.FormatError
	if errors.As(err, &inside) {
		at, err = at+inside.Offset, inside.Err
	}
	return &budget.FormatError{
		Part: deflateStream, Offset: at, Err: fmt.Errorf("%s: %w", when, err),
	}
}

// isStored settles an unknown method: it is deflate where it inflates, to the
// declared size if the whole fits in the probe.
func (e *entry) isStored() bool {
	if !e.guess {
		return e.stored
	}
	e.probing.Do(func() {
		z := e.inflate(context.Background(), &e.reads, e.packed)
		defer release(z, &e.reads)
		n := int64(0)
		err := z.Windows(nil, func(piece []byte) error {
			if n += int64(len(piece)); n > min(e.size, probeLimit-1) {
				return errEnough
			}
			return nil
		})
		whole := err == nil && n == e.size
		more := n >= probeLimit && e.size >= probeLimit-1
		e.stored = !whole && !more
	})
	return e.stored
}

// errEnough ends a probe.
var errEnough = errors.New("enough to tell")

// inflate returns a decoder over the first n compressed bytes, to be released.
func (e *entry) inflate(ctx context.Context, pool *sync.Pool, n int64) *inflate.Decoder {
	z, _ := pool.Get().(*inflate.Decoder)
	if z == nil {
		block := readBlock
		if pool == &e.heads {
			block = headBlock
		}
		z = inflate.New(block)
	}
	z.Reset(source{ctx, io.NewSectionReader(e.src, e.data, n)})
	return z
}

// release lets go of the context and keeps the memory.
func release(z *inflate.Decoder, pool *sync.Pool) {
	z.Reset(nil)
	pool.Put(z)
}

// source reads in steps and stops when the context does, also where compressed
// bytes yield no content.
type source struct {
	ctx context.Context
	io.Reader
}

func (s source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p[:min(len(p), readStep)])
}
