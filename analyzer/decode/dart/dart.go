// Package dart finds the strings of compiled Dart programs: of snapshots, which the
// ahead-of-time compiler puts into the constant data of a library (libapp.so, the
// binary App of App.framework), and of kernel files, which debug builds carry.
//
// A snapshot begins with a magic number, its length, its kind, a hash that names the
// compiler's version, and the features it was built with; then come clusters of
// objects whose layout changes with every version, and behind them an image of
// read-only objects (runtime/vm/app_snapshot.cc, image_snapshot.cc). The layout of a
// string has not changed: in clusters its length, doubled and with a bit for its
// width, as a variable-length number before its characters; in the image a tag, its
// doubled length and its characters. Both say by themselves where they hold: clusters
// of strings follow each other without a gap, and the tags of an image's strings are
// the same, whatever their values.
package dart

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// snapshotMagic begins every snapshot, little-endian 0xdcdcf5f5.
const snapshotMagic = "\xf5\xf5\xdc\xdc"

// Sizes of a snapshot's head.
const (
	hashAt       = 20 // behind magic, length and kind
	hashSize     = 32
	maxFeatures  = 1024
	maxSnapshots = 64
)

// Snapshot is one snapshot of a file.
type Snapshot struct {
	At       int    // where its magic lies
	Kind     int    // as the runtime counts them
	Hash     string // of the compiler's version, 32 hexadecimal digits
	Features []string

	clusters, image span
}

// span is a part of the file.
type span struct{ from, to int }

// File is the snapshots of a file, in their order.
type File struct {
	Snapshots []Snapshot

	data []byte
}

// String is one string. At is where its first character lies.
type String struct {
	Text string
	At   int
}

// Has reports whether a library of that name holds a snapshot.
func Has(name string, data []byte) bool {
	if !MayHold(name, data[:min(len(data), headSize)]) {
		return false
	}
	_, ok := next(data, 0)
	return ok
}

// Decode finds the snapshots of a file of any format. Every error is a
// *budget.FormatError.
func Decode(data []byte) (*File, error) {
	f := &File{data: data}
	for at := 0; len(f.Snapshots) < maxSnapshots; {
		s, ok := next(data, at)
		if !ok {
			break
		}
		f.Snapshots = append(f.Snapshots, s)
		at = max(s.clusters.to, s.At+1)
	}
	if len(f.Snapshots) == 0 {
		return nil, budget.Malformed("snapshot", 0, "no snapshot of Dart in it")
	}
	for i := range f.Snapshots {
		end := len(data)
		if i+1 < len(f.Snapshots) {
			end = f.Snapshots[i+1].At
		}
		f.Snapshots[i].image = image(data, f.Snapshots[i].clusters.to, end)
	}
	return f, nil
}

// next returns the first sound head of a snapshot from a place on.
func next(data []byte, at int) (Snapshot, bool) {
	for {
		i := bytes.Index(data[at:], []byte(snapshotMagic))
		if i < 0 || len(data)-at-i < hashAt+hashSize {
			return Snapshot{}, false
		}
		at += i
		if s, ok := head(data, at); ok {
			return s, true
		}
		at++
	}
}

func head(data []byte, at int) (Snapshot, bool) {
	length := binary.LittleEndian.Uint64(data[at+4:])
	kind := binary.LittleEndian.Uint64(data[at+12:])
	hash := data[at+hashAt : at+hashAt+hashSize]
	if length > uint64(len(data)-at-4) || kind > 16 || bytes.ContainsFunc(hash, isNotHex) {
		return Snapshot{}, false
	}
	rest := data[at+hashAt+hashSize:]
	rest = rest[:min(len(rest), maxFeatures)]
	end := bytes.IndexByte(rest, 0)
	if end < 0 {
		return Snapshot{}, false
	}
	return Snapshot{At: at, Kind: int(kind), Hash: string(hash),
		Features: strings.Fields(string(rest[:end])),
		clusters: span{at + hashAt + hashSize + end + 1, at + 4 + int(length)}}, true
}

func isNotHex(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }

// image returns where the image behind a snapshot's clusters lies, which begins with
// its size after some padding, at the most up to end.
func image(data []byte, from, end int) span {
	const padding = 128
	for at := (from + 3) &^ 3; at+4 <= min(end, from+padding); at += 4 {
		size := int(binary.LittleEndian.Uint32(data[at:]))
		if size == 0 {
			continue
		}
		if size <= end-at {
			end = at + size
		}
		break
	}
	return span{from, max(from, end)}
}

// headSize is how much of a file MayHold looks at.
const headSize = 64

// elfSections is how many sections a library of Dart's own writer has at most; other
// linkers write twice as many.
const elfSections = 16

// MayHold reports the names and the first bytes of libraries that may hold a snapshot:
// those that Flutter's builds write, and ELF files of few sections under any name.
func MayHold(name string, head []byte) bool {
	for _, known := range []string{"libapp.so", "App.framework/App", "vm_snapshot_data",
		"isolate_snapshot_data"} {
		if name == known || strings.HasSuffix(name, "/"+known) {
			return true
		}
	}
	if !bytes.HasPrefix(head, []byte("\x7fELF")) || len(head) < headSize {
		return false
	}
	count := 48 // of section headers, by the width of the file
	if head[4] == 2 {
		count = 60
	}
	return binary.LittleEndian.Uint16(head[count:]) <= elfSections
}
