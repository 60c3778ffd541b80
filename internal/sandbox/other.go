//go:build !linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

func run(context.Context, Command, func(io.Reader) error) (Outcome, error) {
	return Outcome{}, fmt.Errorf("isolate an analysis: %w: only on Linux", errors.ErrUnsupported)
}

func enter() (*os.File, error) {
	return nil, fmt.Errorf("enter the sandbox: %w: only on Linux", errors.ErrUnsupported)
}
