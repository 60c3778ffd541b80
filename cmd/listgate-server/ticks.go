package main

import (
	"context"
	"log/slog"
	"time"
)

// tick is something that is done again and again. Many processes may do it at the
// same time; each does what is left to do.
type tick struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// run does it at once and then every so often, until the context ends. What fails is
// logged and done again.
func (t tick) run(ctx context.Context, log *slog.Logger) {
	clock := time.NewTicker(t.every)
	defer clock.Stop()
	for {
		if err := t.do(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "periodic work failed", "what", t.name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
		}
	}
}
