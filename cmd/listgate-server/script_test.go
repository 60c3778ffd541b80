package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
)

// operatorSettings is what each script finds as listgate.yaml.
const operatorSettings = `
blobs: blobs
store: {zh: 示例应用商店, en: Example App Store}
appeal: {zh: 申诉中心 appeal@store.example, en: appeal@store.example}
ledger:
  origin: store.example/ledger
  key: ledger.key
  keys: ledger.pub
  witness: witness.jsonl
`

// TestScripts runs the command as an operator does, on an empty database each; every
// script tells one story.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			storetest.EmptySources(t, func(t *testing.T, source string) {
				runScript(t, script, source)
			})
		})
	}
}

func runScript(t *testing.T, script, source string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Files: []string{script}, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LISTGATE_DATABASE", source)
			e.Setenv("LISTGATE_CONFIG", "listgate.yaml")
			settings := filepath.Join(e.WorkDir, "listgate.yaml")
			return os.WriteFile(settings, []byte(operatorSettings), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": wantStatus},
	})
}

// wantStatus is "status N PROGRAM ARG…": the program ends with exactly that status;
// stdout and stderr are checked behind it as after exec.
func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("run: %v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
