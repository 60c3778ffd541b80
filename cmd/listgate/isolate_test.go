package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
)

// TestIsolateStatic runs the command as it is shipped: without cgo, which starts
// threads by other system calls than the test program does.
func TestIsolateStatic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, app := filepath.Join(dir, "listgate"), filepath.Join(dir, "app.apk")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	data, err := fixtures.Load("tts-android")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(app, data, 0o600))
	scan := exec.CommandContext(t.Context(), binary, "scan", "--isolate", "--lang", "en", app)
	out, err = scan.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "Route: review")
	assert.NotContains(t, string(out), "isolation is incomplete")
}
