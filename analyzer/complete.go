package analyzer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
)

// holdsCode reports whether an entry may hold program code or the manifest: a gap
// over it leaves open what the application does.
func holdsCode(e Entry) bool {
	name := e.Name()
	switch base := path.Base(name); {
	case name == "AndroidManifest.xml", base == "Info.plist" && strings.Contains(name, ".app/"):
		return true
	case strings.HasSuffix(base, ".dex"),
		strings.HasPrefix(name, "lib/"),
		strings.HasSuffix(base, ".so"):
		return true
	case strings.HasSuffix(base, ".jsbundle"),
		strings.HasSuffix(base, ".bundle") && strings.HasPrefix(base, "index."):
		return true
	}
	return IsCode(e.Head())
}

// codeMagics are the first bytes of DEX, ELF and Mach-O files, thin and fat; a
// Java class file shares one with fat Mach-O, and is code too.
var codeMagics = [][]byte{
	[]byte("dex\n"), []byte("\x7fELF"), {0xCE, 0xFA, 0xED, 0xFE}, {0xCF, 0xFA, 0xED, 0xFE},
	{
		0xFE,
		0xED,
		0xFA,
		0xCE,
	}, {0xFE, 0xED, 0xFA, 0xCF}, {0xCA, 0xFE, 0xBA, 0xBE}, {0xCA, 0xFE, 0xBA, 0xBF},
}

// IsCode reports whether head begins as a DEX, ELF or Mach-O file does.
func IsCode(head []byte) bool {
	return slices.ContainsFunc(codeMagics, func(m []byte) bool { return bytes.HasPrefix(head, m) })
}

// complete derives the summary fields of the package from its records, merges
// the digests of assets and puts everything in order.
func (f *Facts) complete() {
	f.valid()
	f.unseal()
	carried := f.carried()
	for _, p := range f.Permissions {
		if !within(carried, p.Where.Entry) {
			f.Package.Permissions = append(f.Package.Permissions, p.Name)
		}
	}
	for _, l := range f.Libraries {
		if l.ABI != "" && !within(carried, l.Entry) {
			f.Package.ABIs = append(f.Package.ABIs, l.ABI)
		}
	}
	for _, b := range f.Binaries {
		if !within(carried, b.Entry) && !strings.Contains(b.Entry, Inside) {
			f.Package.ABIs = append(f.Package.ABIs, b.Archs...)
		}
	}
	f.Package.Permissions = sortedSet(f.Package.Permissions)
	f.Package.ABIs = sortedSet(f.Package.ABIs)
	f.Sort()
	f.thin()
	f.mergeAssets()
}

func sortedSet(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// mergeAssets joins the two records of an asset, its name from the directory and
// its digest from a reader.
func (f *Facts) mergeAssets() {
	out := f.Assets[:0]
	for _, a := range f.Assets {
		if n := len(out); n > 0 && out[n-1].Name == a.Name {
			if a.SHA256 != "" {
				out[n-1] = a
			}
			continue
		}
		out = append(out, a)
	}
	f.Assets = out
}

// digestOf returns the SHA-256 of the whole file in hexadecimal.
func digestOf(ctx context.Context, f File) (string, error) {
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for off := int64(0); off < f.Size; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Bytes.ReadAt(buf[:min(int64(len(buf)), f.Size-off)], off)
		h.Write(buf[:n])
		off += int64(n)
		if err != nil && (err != io.EOF || off < f.Size) {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// gate lets goroutines hold a bounded number of bytes together. One that wants
// more than the bound waits until it is alone.
type gate struct {
	mu          sync.Mutex
	changed     sync.Cond
	held, limit int64
}

func newGate(limit int64) *gate {
	g := &gate{limit: limit}
	g.changed.L = &g.mu
	return g
}

func (g *gate) enter(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.held > 0 && g.held+n > g.limit {
		g.changed.Wait()
	}
	g.held += n
}

func (g *gate) leave(n int64) {
	g.mu.Lock()
	g.held -= n
	g.mu.Unlock()
	g.changed.Broadcast()
}
