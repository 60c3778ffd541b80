// Package config reads what a server is told: from flags, else the environment,
// else a YAML file, else the default. Each setting has one name in three forms:
//
//	scan:               --scan-memory 2GiB        LISTGATE_SCAN_MEMORY=2GiB
//	  memory: 2GiB
//
// It is strict: a name that there is not is an error, as is a value that is not
// understood, and each error says which setting it is about and where it stands.
// An environment variable without a value is not set.
//
// What is secret is never printed: not by String, not by an error, not by a log.
package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Settings are all settings of a server.
type Settings struct {
	Database Database
	Blobs    string // folder of packages, facts and documents
	Listen   string // host:port; an empty host is all addresses of the machine
	BaseURL  string // as people see it, without a slash at its end
	// Proxies are the addresses that stand before the server and say, in
	// X-Forwarded-For, where a request comes from; nobody else is believed.
	Proxies []string
	Store   Name // of the operator, in letters
	Appeal  Appeal
	Policy  string // file; empty: the policy that is built in
	Law     string // edition; empty: the newest
	Ledger  Ledger
	// UploadLimit bounds one package, in bytes as they are sent. Packages are
	// compressed already; what they inflate to is bounded apart from it.
	UploadLimit int64
	Scan        Scan
	Log         Log
	Language    string // of who has chosen none: zh-CN or en

	sources map[string]string // of what is not the default, by key
}

// Name is a name in two languages.
type Name struct{ ZH, EN string }

// Appeal is how to appeal, in letters: an address, a page, or both. Within how many
// days is the policy's to say.
type Appeal struct{ ZH, EN string }

// Ledger is how the ledger is signed and witnessed.
type Ledger struct {
	Origin  string // its name, which all its keys share: example.store/ledger
	Key     string // file with the private key
	Keys    string // file with all public keys that it has had
	Witness string // file outside the database that keeps the checkpoints
}

// Scan bounds the analysis of packages.
type Scan struct {
	Memory     int64         // of one, in bytes
	Time       time.Duration // of one
	Concurrent int           // at the same time, in one process
}

// Log is what is logged, and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Database is a data source name, which may hold a password. Every way to print it
// leaves that out; string(d) is the name itself, for store.Open alone.
type Database string

// String returns the name without what is secret in it.
func (d Database) String() string {
	scheme, rest, _ := strings.Cut(string(d), ":")
	if scheme == "sqlite" {
		return string(d)
	}
	uri, err := url.Parse(string(d))
	if err != nil || uri.Host == "" && uri.Path == "" || !strings.HasPrefix(rest, "//") {
		return redacted
	}
	if _, ok := uri.User.Password(); ok {
		uri.User = url.UserPassword(uri.User.Username(), redacted)
	}
	query := uri.Query()
	for key := range query {
		if !slices.Contains(harmless, key) {
			query.Set(key, redacted)
		}
	}
	uri.RawQuery, uri.Fragment = query.Encode(), ""
	return uri.String()
}

// redacted stands for what is secret.
const redacted = "xxxxx"

// harmless are the parameters of a database's URI that may be seen; libpq knows
// several that hold secrets.
var harmless = []string{"host", "port", "dbname", "user", "sslmode", "application_name",
	"connect_timeout", "pool_max_conns", "target_session_attrs"}

// GoString implements fmt.GoStringer.
func (d Database) GoString() string { return fmt.Sprintf("%q", d.String()) }

// MarshalText implements encoding.TextMarshaler.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LogValue implements slog.LogValuer.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Secure reports a server that people reach over HTTPS, whose cookies go over
// nothing else.
func (s *Settings) Secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// String prints the settings as a file of settings, each with where it comes from,
// without what is secret.
func (s *Settings) String() string {
	var out strings.Builder
	group := ""
	for _, set := range settings {
		source := s.source(set.key)
		key, indent := set.key, ""
		if above, below, ok := strings.Cut(set.key, "."); ok {
			if above != group {
				fmt.Fprintf(&out, "%s:\n", above)
			}
			group, key, indent = above, below, "  "
		}
		fmt.Fprintf(&out, "%s%s: %s # %s\n", indent, key, quote(set.show(s)), source)
	}
	return out.String()
}

// quote returns a text as a YAML scalar.
func quote(text string) string {
	plain := strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._")
	if text != "" && plain == "" {
		return text
	}
	return fmt.Sprintf("%q", text)
}

// source says where a setting comes from.
func (s *Settings) source(key string) string {
	if from, ok := s.sources[key]; ok {
		return from
	}
	return "default"
}

// defaults are the settings of a server that was told nothing.
func defaults() *Settings {
	return &Settings{
		Database: "sqlite:listgate.db", Blobs: "blobs",
		Listen: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080",
		UploadLimit: 4 << 30, // what the largest stores take
		Scan: Scan{Memory: 2 << 30, Time: 10 * time.Minute,
			Concurrent: max(1, runtime.NumCPU()/2)},
		Log:      Log{slog.LevelInfo, "text"},
		Language: "zh-CN",
	}
}
