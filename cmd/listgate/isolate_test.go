package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
)

// bigPackage is read whole where memory allows it.
const bigPackage = `A package with a native library of 120 MiB of zeros.

Expected: a library that is none.

-- manifest.yaml --
package: com.example.big
versionCode: 1
versionName: "1.0"
minSdk: 24
label: {"": Big}
-- dex/classes.dex.yaml --
classes:
  - name: com.example.big.Main
-- lib/arm64-v8a/libbig.so.zero --
120MiB
`

// TestIsolateStatic runs the command as it is shipped: without cgo, which starts
// threads by other system calls, and without the race detector, which allocates many
// times what the command does.
func TestIsolateStatic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "listgate")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))

	app, err := fixtures.Load("tts-android")
	require.NoError(t, err)
	big, err := fixtures.Build([]byte(bigPackage))
	require.NoError(t, err)
	in, stored := filepath.Join(dir, "in"), filepath.Join(dir, "stored")
	require.NoError(t, os.Mkdir(in, 0o700))
	require.NoError(t, os.Mkdir(stored, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(in, "app.apk"), app, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(in, "big.apk"), big, 0o600))

	scan := func(flags ...string) (status int, reports [][]byte) {
		args := append([]string{"scan", "--isolate", "--lang=en", "--format=ndjson", in}, flags...)
		c := exec.CommandContext(t.Context(), binary, args...)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		out, err := c.Output()
		if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) {
			require.NoError(t, err)
		}
		assert.Empty(t, stderr.String())
		return c.ProcessState.ExitCode(), bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	}

	status, reports := scan()
	require.Equal(t, exitDone, status)
	require.Len(t, reports, 2)
	assert.Contains(t, string(reports[1]), "library-not-elf")

	// A package that takes more memory than there is costs its own report, no other.
	status, reports = scan("--isolate-memory", "32", "--facts-out", stored)
	require.Equal(t, exitUnread, status)
	require.Len(t, reports, 2)
	assert.Contains(t, string(reports[0]), "iflytek-msc")
	assert.Regexp(t, `"sha256":"[0-9a-f]{64}","os"`, string(reports[1]))
	assert.Contains(t, string(reports[1]), `"route":"cannot-tell"`)
	assert.Contains(t, string(reports[1]),
		"the analysis used up its time or memory: out of memory: 33554432 bytes allowed")
	kept, err := os.ReadDir(stored)
	require.NoError(t, err)
	assert.Len(t, kept, 1, "nothing is kept of a package that was not read")
}
