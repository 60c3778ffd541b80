package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/config"
)

// TestRedacted prints a database in every way there is.
func TestRedacted(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"sqlite", "sqlite:/srv/listgate.db", "sqlite:/srv/listgate.db"},
		{"no_password", "postgres://u@h/d", "postgres://u@h/d"},
		{"password", "postgres://u:geheim@h:5432/d", "postgres://u:xxxxx@h:5432/d"},
		{"password_with_signs", "postgres://u:geheim%40@geheim@h/d", "postgres://u:xxxxx@h/d"},
		{"parameter", "postgres://h/d?password=geheim&sslmode=require",
			"postgres://h/d?password=xxxxx&sslmode=require"},
		{"other_parameter", "postgres://h/d?sslpassword=geheim", "postgres://h/d?sslpassword=xxxxx"},
		{"parameter_in_capitals", "postgres://h/d?PASSWORD=geheim", "postgres://h/d?PASSWORD=xxxxx"},
		{"socket", "postgres://u@/d?host=/run/pg", "postgres://u@/d?host=%2Frun%2Fpg"},
		{"fragment", "postgres://h/d#geheim", "postgres://h/d"},
		{"no_uri", "postgres://u:geheim@h:port/%zz", "xxxxx"},
		{"no_slashes", "postgres:geheim", "xxxxx"},
		{"something_else", "geheim", "xxxxx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := config.Database(tt.source)
			assert.Equal(t, tt.want, d.String())
			s := config.Settings{Database: d}
			var printed strings.Builder
			slog.New(slog.NewJSONHandler(&printed, nil)).Info("start", "database", d, "all", s)
			slog.New(slog.NewTextHandler(&printed, nil)).Info("start", "database", d, "all", &s)
			text, err := json.Marshal(s)
			require.NoError(t, err)
			printed.Write(text)
			fmt.Fprintf(&printed, "%v %+v %#v %s %q %v %+v %#v %s %v", d, d, d, d, d, s, s, s, &s,
				fmt.Errorf("open %s", d))
			if tt.name != "sqlite" {
				assert.NotContains(t, printed.String(), "geheim")
			}
			assert.Equal(t, tt.source, string(d), "the name itself is still there")
		})
	}
}

// TestSyntaxErrorsQuoteNothing: a file that is broken beside its password.
func TestSyntaxErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"database: [postgres://u:geheim@h/d\n", "database: \"postgres://u:geheim@h/d\n",
		"database postgres://u:geheim@h/d\nlisten: :80\n", "database: a: postgres://u:geheim@h/d\n",
		"database: |geheim\n", "database: *geheim\n", "database: !geheim x\n",
		"database: {a: geheim\n", "database: geheim: {\n",
	} {
		_, err := load(t, file, nil)
		require.Error(t, err, file)
		assert.NotContains(t, err.Error(), "geheim", file)
		assert.Less(t, strings.Count(err.Error(), "\n"), 3, "%s: %v", file, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, mode := range map[string]os.FileMode{"key": 0o600, "keys": 0o644, "open": 0o644} {
		require.NoError(t, os.WriteFile(at(name), []byte("x"), mode))
	}
	sound := []string{"--database=sqlite:" + at("db"), "--blobs=" + at("blobs"), "--store-zh=店",
		"--store-en=Store", "--appeal-zh=京", "--appeal-en=Beijing", "--ledger-origin=a/b",
		"--ledger-key=" + at("key"), "--ledger-keys=" + at("keys"), "--ledger-witness=" + at("w")}
	got, err := load(t, "", nil, sound...)
	require.NoError(t, err)
	require.NoError(t, got.Check())

	got, err = load(t, "", nil)
	require.NoError(t, err)
	var missing []string
	for _, p := range problems(t, got.Check()) {
		assert.Equal(t, "default", p.Source)
		assert.Equal(t, "must be given", p.What)
		missing = append(missing, p.Key)
	}
	assert.Equal(t, []string{"store.zh", "store.en", "appeal.zh", "appeal.en", "ledger.origin",
		"ledger.key", "ledger.keys", "ledger.witness"}, missing)

	got, err = load(t, "", nil, append(sound, "--database=sqlite:"+at("none/db"),
		"--blobs="+at("key"), "--policy="+at("none"), "--ledger-key="+at("open"),
		"--ledger-keys="+folder, "--ledger-witness="+at("none/w"))...)
	require.NoError(t, err)
	var wrong []string
	for _, p := range problems(t, got.Check()) {
		assert.True(t, strings.HasPrefix(p.Source, "flag --"), p.Source)
		wrong = append(wrong, p.Key)
	}
	assert.Equal(t, []string{"database", "blobs", "policy", "ledger.key", "ledger.keys",
		"ledger.witness"}, wrong)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.Flags(set)
	usage := set.FlagUsages()
	assert.Contains(t, usage, `--scan-memory bytes`)
	assert.Contains(t, usage, `(default "2GiB")`)
}
