package axml

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// names.tsv lists the public attributes of the system that a manifest may hold:
// resource id in hexadecimal and name (AOSP, core/res/res/values/public*.xml).
//
//go:embed names.tsv
var namesTSV string

var names = sync.OnceValue(func() map[uint32]string {
	m := map[uint32]string{}
	for line := range strings.Lines(namesTSV) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseUint(id, 16, 32)
		if err == nil && name != "" {
			m[uint32(n)] = name
		}
	}
	return m
})

// attributeName returns the name of a system attribute, empty for other ids.
func attributeName(id uint32) string {
	if id>>16 != 0x0101 {
		return ""
	}
	return names()[id]
}
