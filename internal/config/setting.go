package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// setting is one line of the list of settings.
type setting struct {
	key   string // in a file; a dot stands between a group and a name
	usage string // with the kind of value in back quotes
	set   func(*Settings, string) error
	show  func(*Settings) string
}

// flag is the setting's name as a flag, without hyphens before it.
func (s setting) flag() string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(s.key)
}

// variable is its name in the environment.
func (s setting) variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// settings are all of them, in the order of printing.
var settings = []setting{
	{"database", "`URI` of the database: sqlite:FILE or postgres://…",
		func(s *Settings, v string) error { s.Database = Database(v); return checkDatabase(v) },
		func(s *Settings) string { return s.Database.String() }},
	text("blobs", "`folder` of packages, facts and documents",
		func(s *Settings) *string { return &s.Blobs }, present),
	text("listen", "`host:port` to listen at",
		func(s *Settings) *string { return &s.Listen }, checkListen),
	{"base_url", "`URL` by which people reach the server; over https cookies are secure",
		func(s *Settings, v string) error {
			s.BaseURL = strings.TrimSuffix(v, "/")
			return checkBase(s.BaseURL)
		},
		func(s *Settings) string { return s.BaseURL }},
	{"proxies", "`addresses` of what stands before the server, whose word for where a " +
		"request comes from is believed: IP addresses or networks, with commas between",
		setProxies, func(s *Settings) string { return strings.Join(s.Proxies, ",") }},
	text("store.zh", "`name` of the store's operator in letters, in Chinese",
		func(s *Settings) *string { return &s.Store.ZH }, short),
	text("store.en", "`name` of the store's operator in letters, in English",
		func(s *Settings) *string { return &s.Store.EN }, short),
	text("appeal.zh", "`address` to appeal to in letters, in Chinese",
		func(s *Settings) *string { return &s.Appeal.ZH }, short),
	text("appeal.en", "`address` to appeal to in letters, in English",
		func(s *Settings) *string { return &s.Appeal.EN }, short),
	text("policy", "`file` of the store's policy; empty: the one that is built in",
		func(s *Settings) *string { return &s.Policy }, nil),
	text("law", "`edition` of the law; empty: the newest",
		func(s *Settings) *string { return &s.Law }, short),
	text("ledger.origin", "`name` of the ledger, which its keys share: example.store/ledger",
		func(s *Settings) *string { return &s.Ledger.Origin }, checkOrigin),
	text("ledger.key", "`file` with the ledger's private key",
		func(s *Settings) *string { return &s.Ledger.Key }, nil),
	text("ledger.keys", "`file` with all public keys that the ledger has had",
		func(s *Settings) *string { return &s.Ledger.Keys }, nil),
	text("ledger.witness", "`file` outside the database that keeps the ledger's checkpoints",
		func(s *Settings) *string { return &s.Ledger.Witness }, nil),
	size("upload_limit", "`bytes` of the largest package that is taken",
		func(s *Settings) *int64 { return &s.UploadLimit }, bounds[int64]{1 << 20, 1 << 40}),
	size("scan.memory", "`bytes` of memory for the analysis of one package",
		func(s *Settings) *int64 { return &s.Scan.Memory }, bounds[int64]{64 << 20, 1 << 40}),
	{"scan.time", "`time` for the analysis of one package",
		func(s *Settings, v string) error { return setTime(&s.Scan.Time, v) },
		func(s *Settings) string { return s.Scan.Time.String() }},
	number("scan.concurrent", "`number` of packages that one process analyses at once",
		func(s *Settings) *int { return &s.Scan.Concurrent }, bounds[int]{1, 1024}),
	{"log.level", "`level` of what is logged: debug, info, warn or error", setLevel,
		func(s *Settings) string { return strings.ToLower(s.Log.Level.String()) }},
	text("log.format", "`form` of the log: text or json",
		func(s *Settings) *string { return &s.Log.Format }, oneOf("text", "json")),
	text("language", "`language` of who has chosen none: zh-CN or en",
		func(s *Settings) *string { return &s.Language }, oneOf("zh-CN", "en")),
}

// bounds are the least and the most that a value may be.
type bounds[T int | int64] struct{ least, most T }

// text is a setting of one line. A check takes what is not empty as it is; nil
// takes all.
func text(key, usage string, at func(*Settings) *string, check func(string) error) setting {
	return setting{key, usage,
		func(s *Settings, v string) error {
			*at(s) = v
			if check == nil {
				return nil
			}
			return check(v)
		},
		func(s *Settings) string { return *at(s) }}
}

// number is a setting that is a whole number.
func number(key, usage string, at func(*Settings) *int, b bounds[int]) setting {
	return setting{key, usage,
		func(s *Settings, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < b.least || n > b.most {
				return fmt.Errorf("%.64q: want a number of %d to %d", v, b.least, b.most)
			}
			*at(s) = n
			return nil
		},
		func(s *Settings) string { return strconv.Itoa(*at(s)) }}
}

// size is a setting in bytes.
func size(key, usage string, at func(*Settings) *int64, b bounds[int64]) setting {
	return setting{key, usage,
		func(s *Settings, v string) error {
			n, err := parseSize(v)
			if err != nil {
				return err
			}
			if n < b.least || n > b.most {
				return fmt.Errorf("%.64q: want %s to %s", v, showSize(b.least), showSize(b.most))
			}
			*at(s) = n
			return nil
		},
		func(s *Settings) string { return showSize(*at(s)) }}
}

// units are those of sizes, the largest first.
var units = []struct {
	name string
	size int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}

func parseSize(v string) (int64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(v, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > (1<<62)/u.size {
			break
		}
		return n * u.size, nil
	}
	return 0, fmt.Errorf("%.64q: want a size such as 512MiB or 4GiB", v)
}

func showSize(n int64) string {
	for _, u := range units {
		if n%u.size == 0 && n >= u.size {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func setTime(at *time.Duration, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < time.Second || d > 24*time.Hour {
		return fmt.Errorf("%.64q: want a time of 1s to 24h, such as 90s or 10m", v)
	}
	*at = d
	return nil
}

func setLevel(s *Settings, v string) error {
	if err := oneOf("debug", "info", "warn", "error")(v); err != nil {
		return err
	}
	return s.Log.Level.UnmarshalText([]byte(v))
}

func oneOf(words ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(words, v) {
			return fmt.Errorf("%.64q: want one of %s", v, strings.Join(words, ", "))
		}
		return nil
	}
}

// checkLine holds any value to the form of a text that is printed.
func checkLine(v string) error {
	switch {
	case !utf8.ValidString(v):
		return errors.New("is not UTF-8")
	case len(v) > maxValue:
		return fmt.Errorf("%d bytes, %d at most", len(v), maxValue)
	case strings.ContainsFunc(v, unicode.IsControl):
		return errors.New("has control characters")
	}
	return nil
}

func present(v string) error {
	if v == "" {
		return errors.New("is empty")
	}
	return nil
}

func short(v string) error {
	if n := utf8.RuneCountInString(v); n > maxShort {
		return fmt.Errorf("%d characters, %d at most", n, maxShort)
	}
	return nil
}

// The bounds of values.
const (
	maxValue = 4096 // bytes
	maxShort = 300  // characters
)

// checkDatabase never quotes the name: it may hold a password.
func checkDatabase(v string) error {
	errForm := errors.New("want sqlite:FILE or postgres://…")
	scheme, rest, _ := strings.Cut(v, ":")
	switch scheme {
	case "sqlite":
		if file := strings.TrimPrefix(rest, "//"); file == "" || file == ":memory:" {
			return errForm
		}
	case "postgres", "postgresql":
		if !strings.HasPrefix(rest, "//") {
			return errForm
		}
	default:
		return errForm
	}
	return nil
}

func checkListen(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%.64q: want host:port", v)
	}
	return nil
}

// checkBase wants a URL that paths can be put behind.
func checkBase(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" ||
		u.User != nil || u.Path != "" || strings.ContainsAny(v, "?#") {
		return errors.New("want http://HOST or https://HOST, without a path")
	}
	return nil
}

func checkOrigin(v string) error {
	if strings.ContainsAny(v, " +") || strings.Contains(v, "://") || len(v) > maxOrigin {
		return fmt.Errorf("%.64q: want a name such as example.store/ledger", v)
	}
	return nil
}

// maxOrigin is what a key's name may be, in bytes.
const maxOrigin = 200

// setProxies reads addresses and networks.
func setProxies(s *Settings, v string) error {
	s.Proxies = nil
	for one := range strings.SplitSeq(v, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if _, _, err := net.ParseCIDR(one); err != nil && net.ParseIP(one) == nil {
			return fmt.Errorf("%.64q: want an IP address or a network", one)
		}
		s.Proxies = append(s.Proxies, one)
	}
	return nil
}
