package arch

import (
	"path"
	"slices"
	"strings"
)

// rule says what the folders that match may import of this module.
type rule struct {
	folder string   // a path, or one ending in /** for it and all below
	ours   []string // likewise; beside the folder itself
	never  []string // prefixes of import paths outside the module
}

// technology is what the domain never imports.
var technology = []string{
	"gorm.io/",
	"github.com/gin-gonic/",
	"github.com/mattn/",
	"net/http",
	"net",
}

// web is what a store never imports.
var web = []string{"github.com/gin-gonic/", "net/http"}

// database is what a page never imports.
var database = []string{"gorm.io/", "github.com/mattn/", "github.com/jackc/", "database/sql"}

// decoders are what a decoder may stand on: the budget, and the parts that several
// formats share, which are formats themselves.
var decoders = []string{
	"analyzer/budget",
	"analyzer/decode/reschunk",
	"analyzer/decode/ber",
	"analyzer/decode/flatbuf",
	"analyzer/decode/protobuf",
	"analyzer/decode/graph",
}

// rules is the import table of the design, most specific folder first.
var rules = []rule{
	{"analyzer/budget", nil, []string{"*"}},
	{"registry/number", nil, []string{"*"}},
	{"analyzer/decode/**", decoders, technology},
	{
		"analyzer/format/**",
		[]string{"analyzer", "analyzer/budget", "analyzer/format/**"},
		technology,
	},
	{
		"analyzer/read/**",
		[]string{
			"analyzer",
			"analyzer/budget",
			"analyzer/decode/**",
			"analyzer/facts",
			"analyzer/format/zip",
			"registry/number",
		},
		technology,
	},
	{"analyzer/facts", []string{"analyzer", "analyzer/budget", "registry/number"}, technology},
	{"analyzer/rule", []string{"analyzer", "analyzer/budget"}, technology},
	{"analyzer/rules", []string{"analyzer", "analyzer/budget", "analyzer/rule"}, technology},
	{"analyzer/builtin", []string{"analyzer/**"}, technology},
	{"analyzer", []string{"analyzer/budget"}, technology},
	{"analyzer/**", []string{"analyzer/**", "registry/number"}, technology},
	{
		"registry/store",
		[]string{
			"registry",
			"registry/number",
			"internal/store",
			"internal/ledger",
			"internal/jobs",
		},
		web,
	},
	{
		"review/store",
		[]string{
			"review",
			"review/notice",
			"analyzer",
			"registry",
			"registry/number",
			"internal/store",
			"internal/ledger",
			"internal/jobs",
		},
		web,
	},
	{"registry/**", []string{"registry/**", "analyzer/budget"}, technology},
	{"review/law", []string{"review", "analyzer"}, technology},
	{"review", []string{"analyzer", "registry", "registry/number"}, technology},
	{
		"review/**",
		[]string{"review/**", "analyzer", "analyzer/facts", "registry", "registry/number"},
		technology,
	},
	{"internal/**", []string{"internal/**"}, nil},
	{
		"web/page/**",
		[]string{"web/ui", "review/**", "registry/**", "analyzer/**", "internal/auth"},
		database,
	},
	{
		"web/**",
		[]string{"web/**", "review/**", "registry/**", "analyzer/**", "internal/auth",
			"internal/config"},
		database,
	},
	{"fixtures/**", []string{"fixtures/**"}, technology},
	{
		"cmd/listgate",
		[]string{
			"analyzer/**",
			"registry/**",
			"review/**",
			"internal/ledger",
			"internal/sandbox",
			"internal/config",
			"cmd/isolated",
		},
		technology,
	},
	{"cmd/isolated", []string{"analyzer/**", "internal/sandbox"}, technology},
	{
		"cmd/listgate-server",
		[]string{
			"analyzer/**", "registry/**", "review/**", "web/**", "internal/**", "fixtures/**",
			"cmd/isolated",
		},
		nil,
	},
}

// stores are the rooms that the table names beside the domain; nobody but the
// program that wires imports them.
var stores = []string{"review/store", "registry/store"}

// Allowed reports whether a file in dir may import path, and the rule that says
// so; ok is false for a folder that no rule covers.
func Allowed(dir, imported string) (allowed, ok bool) {
	for _, r := range rules {
		if !covers(r.folder, dir) {
			continue
		}
		ours, local := strings.CutPrefix(imported, Module+"/")
		if !local {
			return !matchesAny(r.never, imported), true
		}
		if ours == dir {
			return true, true
		}
		for _, o := range r.ours {
			if covers(o, ours) && (!slices.Contains(stores, ours) || wires(dir, r, ours)) {
				return true, true
			}
		}
		return false, true
	}
	return false, false
}

// wires reports a folder that may import a store.
func wires(dir string, r rule, store string) bool {
	return dir == "cmd/listgate-server" || slices.Contains(r.ours, store)
}

func covers(pattern, dir string) bool {
	if base, ok := strings.CutSuffix(pattern, "/**"); ok {
		return dir == base || strings.HasPrefix(dir, base+"/")
	}
	return pattern == dir
}

// matchesAny reports an import that a list of prefixes forbids; "*" forbids all
// but the standard library, an entry without a slash is one exact path.
func matchesAny(never []string, imported string) bool {
	for _, n := range never {
		switch {
		case n == "*":
			if strings.Contains(strings.Split(imported, "/")[0], ".") {
				return true
			}
		case strings.HasSuffix(n, "/"):
			if strings.HasPrefix(imported, n) {
				return true
			}
		case imported == n, path.Dir(imported) == n && n != "net":
			return true
		}
	}
	return false
}
