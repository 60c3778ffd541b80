// Package scriptpack lists what containers of scripts hold: packages of mini-programs
// (.wxapkg), whose index names each file, and the indexed bundles of React Native,
// whose modules have numbers (RAM bundles).
package scriptpack

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
)

// File is one file of a container, inside its bounds. Files may share bytes.
type File struct {
	Name     string
	At, Size int
}

// Marks of the containers.
const (
	miniFirst, miniSecond = 0xbe, 0xed
	miniHead              = 14
	// miniEncrypted begins a package that a host encrypted for one mini-program.
	miniEncrypted = "V1MMWX"

	indexedMagic = "\xe5\xd1\x0b\xfb"
	indexedHead  = 12
	// maxFiles bounds the files of a container, maxName the length of a name.
	maxFiles = 1 << 17
	maxName  = 4096
)

// IsMini reports the first bytes of a package of a mini-program.
func IsMini(head []byte) bool {
	return len(head) >= miniHead && head[0] == miniFirst && head[13] == miniSecond
}

// IsEncrypted reports the first bytes of one that cannot be read.
func IsEncrypted(head []byte) bool { return bytes.HasPrefix(head, []byte(miniEncrypted)) }

// IsIndexed reports the first bytes of an indexed bundle.
func IsIndexed(head []byte) bool { return bytes.HasPrefix(head, []byte(indexedMagic)) }

// Mini lists a package of a mini-program. The error is a *budget.FormatError; the files
// before it are returned beside it.
func Mini(data []byte) (files []File, err error) {
	if !IsMini(data) || len(data) < miniHead+4 {
		return nil, budget.Malformed("package head", 0, "no package of a mini-program")
	}
	u32 := func(at int) uint64 { return uint64(binary.BigEndian.Uint32(data[at:])) }
	count := u32(miniHead)
	at := miniHead + 4
	if count > maxFiles {
		return nil, budget.Malformed("index", miniHead, "%d files", count)
	}
	for range count {
		bad := func(format string, args ...any) ([]File, error) {
			return files, budget.Malformed("index", int64(at), format, args...)
		}
		if at+4 > len(data) {
			return bad("ends past the package")
		}
		size := u32(at)
		if size > maxName || uint64(at)+12+size > uint64(len(data)) {
			return bad("a name of %d bytes", size)
		}
		f := File{Name: string(data[at+4 : at+4+int(size)])}
		from, length := u32(at+4+int(size)), u32(at+8+int(size))
		if from+length > uint64(len(data)) {
			return bad("%.200q ends past the package", f.Name)
		}
		f.At, f.Size = int(from), int(length)
		files = append(files, f)
		at += 12 + int(size)
	}
	return files, nil
}

// Indexed lists an indexed bundle: the code that runs first, "", and the modules by
// their numbers. The error is a *budget.FormatError; the files before it are returned
// beside it.
func Indexed(data []byte) (files []File, err error) {
	if !IsIndexed(data) || len(data) < indexedHead {
		return nil, budget.Malformed("bundle head", 0, "no indexed bundle")
	}
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(data[at:])) }
	count, startup := u32(4), u32(8)
	base := indexedHead + 8*count
	if count > maxFiles || base+startup > uint64(len(data)) {
		return nil, budget.Malformed("bundle head", 4, "%d modules, %d bytes of code before them",
			count, startup)
	}
	trimmed := func(name string, at, size uint64) File {
		n := len(bytes.TrimRight(data[at:at+size], "\x00"))
		return File{Name: name, At: int(at), Size: n}
	}
	files = append(files, trimmed("", base, startup))
	for i := range int(count) {
		at, size := u32(indexedHead+8*i), u32(indexedHead+8*i+4)
		if size == 0 {
			continue
		}
		if base+at+size > uint64(len(data)) {
			return files, budget.Malformed("table of modules", int64(indexedHead+8*i),
				"module %d ends past the bundle", i)
		}
		files = append(files, trimmed(strconv.Itoa(i), base+at, size))
	}
	return files, nil
}
