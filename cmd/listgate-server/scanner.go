package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/cmd/isolated"
	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/internal/sandbox"
	"github.com/listgate/listgate/review/intake"
)

// scanner reads packages in child processes.
type scanner struct {
	parent isolated.Parent
	warn   sync.Once
}

func newScanner(s config.Scan, log *slog.Logger) *scanner {
	c := &scanner{}
	c.parent = isolated.Parent{
		Limits: sandbox.Limits{Memory: s.Memory, Time: s.Time},
		Missing: func(protections []string) {
			c.warn.Do(func() {
				log.Warn("the isolation of scans is incomplete on this machine",
					"missing", strings.Join(protections, "; "))
			})
		},
	}
	return c
}

// read is an intake.Analyzer.
func (c *scanner) read(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
	file, ok := f.(*os.File)
	if !ok {
		return nil, errors.New("scan: the package is not an open file")
	}
	st, err := file.Stat()
	if err != nil {
		return nil, err
	}
	doc, _, err := c.parent.Read(ctx, file, st.Size())
	return doc, err
}
