package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/config"
)

// load reads settings as a command would. The file, if any, is settings.yaml in a
// folder of the test, which errors name as FILE.
func load(t *testing.T, file string, env []string, args ...string) (*config.Settings, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "settings.yaml")
		require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
		env = append([]string{"LISTGATE_CONFIG=" + path}, env...)
	}
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	set.Bool("verbose", false, "a flag of the command")
	config.Flags(set)
	require.NoError(t, set.Parse(args))
	return config.Load(set, env)
}

// problems returns the problems of an error, with FILE for the file's path.
func problems(t *testing.T, err error) []config.Problem {
	t.Helper()
	var found config.Problems
	require.ErrorAs(t, err, &found)
	for i, p := range found {
		if at := strings.Index(p.Source, "settings.yaml"); at >= 0 {
			found[i].Source = "FILE" + p.Source[at+len("settings.yaml"):]
		}
	}
	return found
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := load(t, "", nil)
	require.NoError(t, err)
	assert.Equal(t, config.Database("sqlite:listgate.db"), got.Database)
	assert.EqualValues(t, 4<<30, got.UploadLimit)
	assert.Equal(t, "zh-CN", got.Language)
	assert.GreaterOrEqual(t, got.Scan.Concurrent, 1)
	assert.False(t, got.Secure())
}

const whole = `
# A store.
database: postgres://listgate:geheim@db.example/listgate
blobs: /srv/blobs
listen: ":8443"
base_url: https://review.example/
proxies: 10.0.0.1, 10.1.0.0/16
store:
  zh: 示例应用商店
  en: Example Store
appeal: {zh: 北京市, en: Beijing}
policy: policy.yaml
law: 2026-11-01
ledger:
  origin: example.store/ledger
  key: ledger.key
  keys: ledger.pub
  witness: /mnt/witness/checkpoints
upload_limit: 8 GiB
scan:
  memory: 512MiB
  time: 90s
  concurrent: 3
log:
  level: warn
  format: json
language: en
`

func wholeSettings() *config.Settings {
	return &config.Settings{
		Database: "postgres://listgate:geheim@db.example/listgate",
		Blobs:    "/srv/blobs", Listen: ":8443", BaseURL: "https://review.example",
		Proxies: []string{"10.0.0.1", "10.1.0.0/16"},
		Store:   config.Name{ZH: "示例应用商店", EN: "Example Store"},
		Appeal:  config.Appeal{ZH: "北京市", EN: "Beijing"},
		Policy:  "policy.yaml", Law: "2026-11-01",
		Ledger: config.Ledger{Origin: "example.store/ledger", Key: "ledger.key",
			Keys: "ledger.pub", Witness: "/mnt/witness/checkpoints"},
		UploadLimit: 8 << 30,
		Scan:        config.Scan{Memory: 512 << 20, Time: 90 * time.Second, Concurrent: 3},
		Log:         config.Log{Level: slog.LevelWarn, Format: "json"},
		Language:    "en",
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	got, err := load(t, whole, nil)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(wholeSettings(), got, cmpopts.IgnoreUnexported(config.Settings{})))
	assert.True(t, got.Secure())
	for _, empty := range []string{"# nothing\n", "\n", "---\n", "store:\n  zh: 店\n"} {
		_, err := load(t, empty, nil)
		require.NoError(t, err, empty)
	}
}

// TestPrintIsAFile: what String prints can be read again, but for what is secret.
func TestPrintIsAFile(t *testing.T) {
	t.Parallel()
	got, err := load(t, whole, nil)
	require.NoError(t, err)
	again, err := load(t, got.String(), nil)
	require.NoError(t, err)
	want := wholeSettings()
	want.Database = "postgres://listgate:xxxxx@db.example/listgate"
	assert.Empty(t, cmp.Diff(want, again, cmpopts.IgnoreUnexported(config.Settings{})))
	plain, err := load(t, "\n\n\nlisten: :80\n", nil)
	require.NoError(t, err)
	assert.Contains(t, plain.String(), "settings.yaml:4\n")
	assert.Contains(t, plain.String(), "language: \"zh-CN\" # default\n")
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		env, args  []string
		want       string
	}{
		{"default", "", nil, nil, "info"},
		{"file", "log: {level: debug}", nil, nil, "debug"},
		{"environment", "", []string{"LISTGATE_LOG_LEVEL=warn"}, nil, "warn"},
		{"environment_over_file", "log: {level: debug}", []string{"LISTGATE_LOG_LEVEL=warn"}, nil,
			"warn"},
		{"empty_environment", "log: {level: debug}", []string{"LISTGATE_LOG_LEVEL="}, nil,
			"debug"},
		{"flag", "", nil, []string{"--log-level", "error"}, "error"},
		{"flag_over_file", "log: {level: debug}", nil, []string{"--log-level=error"}, "error"},
		{"flag_over_environment", "", []string{"LISTGATE_LOG_LEVEL=warn"},
			[]string{"--log-level=error"}, "error"},
		{"flag_over_all", "log: {level: debug}", []string{"LISTGATE_LOG_LEVEL=warn"},
			[]string{"--log-level=error"}, "error"},
		{"flag_that_says_the_default", "log: {level: debug}", nil, []string{"--log-level=info"},
			"info"},
		{"others_beside_it", "log: {format: json}", []string{"LISTGATE_LOG_LEVEL=warn", "HOME=/"},
			[]string{"--verbose"}, "warn"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, tt.file, tt.env, tt.args...)
			require.NoError(t, err)
			assert.Equal(t, tt.want, strings.ToLower(got.Log.Level.String()))
			if strings.Contains(tt.file, "json") {
				assert.Equal(t, "json", got.Log.Format)
			}
		})
	}
}

// TestEverySettingHasAllNames reads each by its flag and by its variable.
func TestEverySettingHasAllNames(t *testing.T) {
	t.Parallel()
	values := map[string]string{}
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.Flags(set)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" {
			values[f.Name] = f.DefValue
		}
	})
	require.Len(t, values, 22)
	for flag, value := range values {
		env := "LISTGATE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
		switch {
		case flag == "proxies":
			value = "10.0.0.1"
		case value == "":
			value = "x"
		}
		got, err := load(t, "", nil, "--"+flag+"="+value)
		require.NoError(t, err)
		assert.Contains(t, got.String(), "# flag --"+flag+"\n")
		got, err = load(t, "", []string{env + "=" + value})
		require.NoError(t, err)
		assert.Contains(t, got.String(), "# environment variable "+env+"\n")
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	tests := []struct {
		name, file string
		env, args  []string
		want       []config.Problem
	}{
		{"unknown_in_file", "\nlistenn: :80\n", nil, nil, []config.Problem{
			{"listenn", "FILE:2", "no such setting"}}},
		{"unknown_in_group", "ledger:\n  key: a\n  kee: b\n", nil, nil, []config.Problem{
			{"ledger.kee", "FILE:3", "no such setting"}}},
		{"unknown_group", "ledgers:\n  key: a\n", nil, nil, []config.Problem{
			{"ledgers", "FILE:1", "no such setting"}}},
		{"key_with_a_dot", "ledger.key: a\n", nil, nil, []config.Problem{
			{"ledger.key", "FILE:1", "no such setting"}}},
		{"group_that_is_none", "ledger: a\n", nil, nil, []config.Problem{
			{"ledger", "FILE:1", "want names with values below it"}}},
		{"setting_that_is_a_group", "listen:\n  host: a\n", nil, nil, []config.Problem{
			{"listen", "FILE:1", "want one value"}}},
		{"list", "listen: [a, b]\n", nil, nil, []config.Problem{
			{"listen", "FILE:1", "want one value"}}},
		{"anchor", "listen: &a x\n", nil, nil, []config.Problem{
			{"listen", "FILE:1", "want one value"}}},
		{"unknown_variable", "", []string{"LISTGATE_LISTENN=:80"}, nil, []config.Problem{
			{"LISTGATE_LISTENN", "environment variable LISTGATE_LISTENN", "no such setting"}}},
		{"value_of_a_file", "scan:\n  memory: much\n", nil, nil, []config.Problem{
			{"scan.memory", "FILE:2", `"much": want a size such as 512MiB or 4GiB`}}},
		{"value_of_a_variable", "", []string{"LISTGATE_SCAN_TIME=soon"}, nil, []config.Problem{
			{"scan.time", "environment variable LISTGATE_SCAN_TIME",
				`"soon": want a time of 1s to 24h, such as 90s or 10m`}}},
		{"value_of_a_flag", "", nil, []string{"--scan-concurrent=0"}, []config.Problem{
			{"scan.concurrent", "flag --scan-concurrent", `"0": want a number of 1 to 1024`}}},
		{"overridden_value_is_not_read", "scan: {memory: much}\n", nil,
			[]string{"--scan-memory=1GiB"}, nil},
		{"all_at_once", "language: fr\nlog: {level: loud}\nextra: 1\n", nil, nil, []config.Problem{
			{"extra", "FILE:3", "no such setting"},
			{"log.level", "FILE:2", `"loud": want one of debug, info, warn, error`},
			{"language", "FILE:1", `"fr": want one of zh-CN, en`}}},
		{"size_over_the_word", "", nil, []string{"--upload-limit=9223372036854775807TiB"},
			[]config.Problem{{"upload_limit", "flag --upload-limit",
				`"9223372036854775807TiB": want a size such as 512MiB or 4GiB`}}},
		{"size_out_of_bounds", "", nil, []string{"--upload-limit=1B"}, []config.Problem{
			{"upload_limit", "flag --upload-limit", `"1B": want 1MiB to 1TiB`}}},
		{"size_below_nothing", "", nil, []string{"--upload-limit=-1GiB"}, []config.Problem{
			{"upload_limit", "flag --upload-limit",
				`"-1GiB": want a size such as 512MiB or 4GiB`}}},
		{"listen", "", nil, []string{"--listen=8080"}, []config.Problem{
			{"listen", "flag --listen", `"8080": want host:port`}}},
		{"port", "", nil, []string{"--listen=:70000"}, []config.Problem{
			{"listen", "flag --listen", `":70000": want host:port`}}},
		{"base_with_a_path", "", nil, []string{"--base-url=https://a.example/b"}, []config.Problem{
			{"base_url", "flag --base-url",
				"want http://HOST or https://HOST, without a path"}}},
		{"base_of_another_scheme", "", nil, []string{"--base-url=javascript:alert(1)"},
			[]config.Problem{{"base_url", "flag --base-url",
				"want http://HOST or https://HOST, without a path"}}},
		{"origin", "", nil, []string{"--ledger-origin=https://a"}, []config.Problem{
			{"ledger.origin", "flag --ledger-origin",
				`"https://a": want a name such as example.store/ledger`}}},
		{"proxies", "", nil, []string{"--proxies=10.0.0.1,nearby"}, []config.Problem{
			{"proxies", "flag --proxies", `"nearby": want an IP address or a network`}}},
		{"two_lines", "store:\n  zh: |\n    a\n    b\n", nil, nil, []config.Problem{
			{"store.zh", "FILE:2", "has control characters"}}},
		{"bad_bytes", "", []string{"LISTGATE_STORE_ZH=\xff"}, nil, []config.Problem{
			{"store.zh", "environment variable LISTGATE_STORE_ZH", "is not UTF-8"}}},
		{"too_long", "", nil, []string{"--policy=" + long}, []config.Problem{
			{"policy", "flag --policy", "5000 bytes, 4096 at most"}}},
		{"long_name", "", nil, []string{"--store-zh=" + long[:301]}, []config.Problem{
			{"store.zh", "flag --store-zh", "301 characters, 300 at most"}}},
		{"no_database", "", nil, []string{"--database=mysql://u:geheim@h/d"}, []config.Problem{
			{"database", "flag --database", "want sqlite:FILE or postgres://…"}}},
		{"database_in_memory", "", nil, []string{"--database=sqlite::memory:"}, []config.Problem{
			{"database", "flag --database", "want sqlite:FILE or postgres://…"}}},
		{"no_yaml", "a: [\n", nil, nil, []config.Problem{
			{"config", "FILE", "line 1 is not YAML: sequence end token ']' not found"}}},
		{"no_names", "- a\n", nil, nil, []config.Problem{
			{"config", "FILE", "want names with values"}}},
		{"two_documents", "listen: :80\n---\nlisten: :81\n", nil, nil, []config.Problem{
			{"config", "FILE", "2 documents, want one"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, tt.file, tt.env, tt.args...)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			assert.Nil(t, got)
			assert.Empty(t, cmp.Diff(tt.want, problems(t, err)))
			assert.NotContains(t, err.Error(), "geheim")
			for _, p := range tt.want {
				assert.Contains(t, err.Error(), p.Key+" (")
			}
		})
	}
}

func TestTwice(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"listen: :80\nlisten: :81\n", "log: {}\nlog: {level: info}\n",
		"log:\n  level: info\n  level: warn\n"} {
		_, err := load(t, file, nil)
		require.Error(t, err, file)
	}
}

func TestForeignVariables(t *testing.T) {
	t.Parallel()
	_, err := load(t, "", []string{"LISTGATE_LANG=en", "LISTGATE_TOKEN=lg_x", "LISTGATE_SERVER=x",
		"LISTGATE_TEST_POSTGRES=x", "LISTGATE_PORT=tcp://10.0.0.1:80", "LISTGATE_UNKNOWN=",
		"LISTGATE_PORT_80_TCP_ADDR=10.0.0.1", "LISTGATE_SERVICE_HOST=10.0.0.1", "OTHER=x", "NONE"})
	require.NoError(t, err)
}

func TestFileThatIsNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	large := filepath.Join(folder, "large")
	require.NoError(t, os.WriteFile(large, []byte(strings.Repeat("#", 257<<10)), 0o600))
	for _, path := range []string{filepath.Join(folder, "missing"), folder, large} {
		_, err := load(t, "", nil, "--config", path)
		found := problems(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, "config", found[0].Key)
		assert.Equal(t, "flag --config", found[0].Source)
		assert.Contains(t, found[0].What, path)
		_, err = load(t, "", []string{"LISTGATE_CONFIG=" + path})
		assert.Equal(t, "environment variable LISTGATE_CONFIG", problems(t, err)[0].Source)
	}
}
