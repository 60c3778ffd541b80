package zip

import (
	"context"
	"fmt"
	"io"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

var _ analyzer.Excerpted = (*entry)(nil)

// First returns the first n bytes of the content, all where it has no more. The
// caller has withdrawn n from the budget. What breaks behind them is not seen.
func (e *entry) First(ctx context.Context, n int64) ([]byte, error) {
	if e.broken != nil {
		return nil, e.broken
	}
	buf := make([]byte, min(n, e.size))
	if e.isStored() {
		src := source{ctx, io.NewSectionReader(e.src, e.data, int64(len(buf)))}
		if got, err := io.ReadFull(src, buf); err != nil {
			return nil, budget.Malformed("stored entry", e.data, "%d of %d bytes: %w",
				got, len(buf), cutShort(err))
		}
		return buf, nil
	}
	z := e.inflate(ctx, &e.reads, e.packed)
	defer release(z, &e.reads)
	if got, err := z.Next(buf, 0); got < len(buf) {
		when := fmt.Sprintf("after %d of the first %d bytes", got, len(buf))
		return nil, e.malformed(when, cutShort(err))
	}
	return buf, nil
}
