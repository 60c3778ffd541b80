//go:build !race

package sandbox_test

import (
	"strings"
	"testing"

	"github.com/listgate/listgate/internal/sandbox"
)

// TestRunOutOfMemory is not for the race detector, which itself allocates many times
// what the program does and ends it in its own words.
func TestRunOutOfMemory(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"allocates-at-once", "allocates-slowly", "recurses"} {
		c := failing{name, quick, sandbox.ErrMemory, 0, 2, "268435456 bytes allowed"}
		t.Run(strings.ReplaceAll(name, "-", "_"), c.run)
	}
}
