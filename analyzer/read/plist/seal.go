package plist

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

const sealFolder = "_CodeSignature"

// maxInfo bounds the Info.plist that is read once more beside the list of a bundle.
const maxInfo = 1 << 20

// bundleEndings are those of folders that are signed as one.
var bundleEndings = []string{".app", ".appex", ".framework", ".bundle"}

// isSeal reports the folder in which a bundle has the list of its files.
func isSeal(dir string) bool {
	if dir == sealFolder {
		return true
	}
	return path.Base(dir) == sealFolder &&
		slices.Contains(bundleEndings, path.Ext(path.Dir(dir)))
}

// seal compares the list of a bundle's files, which its signature covers, with the
// files that are there. Their digests are compared when all is read.
func (l reading) seal(program string) {
	dir := path.Dir(path.Dir(l.entry)) + "/"
	files, ok := l.Root["files2"].(map[string]any)
	if !ok {
		files, _ = l.Root["files"].(map[string]any)
	}
	missing := &tally{}
	seal := analyzer.Seal{Where: analyzer.Where{Entry: l.entry}, Files: map[string]string{}}
	for _, name := range sorted(files) {
		d, _ := files[name].(map[string]any)
		switch optional, _ := d["optional"].(bool); {
		case l.contents.Find(dir+name) != nil:
			if sum, ok := d["hash2"].([]byte); ok {
				seal.Files[dir+name] = hex.EncodeToString(sum)
			}
		case !optional && d["cdhash"] == nil && d["symlink"] == nil:
			missing.add(name)
		}
	}
	l.emit(seal)
	l.report(missing, "%d files were signed and are not there, as %s")
	l.report(l.added(dir, program, files), "%d files are not covered by the signature, as %s")
}

// tally counts names and keeps the first.
type tally struct {
	count int
	first string
}

func (t *tally) add(name string) {
	if t.count++; t.count == 1 {
		t.first = name
	}
}

func (l reading) report(t *tally, format string) {
	if t.count > 0 {
		l.emit(analyzer.Anomaly{Code: analyzer.SignatureInvalid,
			Where: analyzer.Where{Entry: l.entry}, What: fmt.Sprintf(format, t.count, t.first)})
	}
}

// added counts the files of a bundle that are not in its list, beside those that no
// list has: the program, which has its own signature, and what Apple's tools leave
// out or a store adds.
func (l reading) added(dir, program string, files map[string]any) *tally {
	t := &tally{}
	for _, e := range l.contents.Entries {
		name, ok := strings.CutPrefix(e.Name(), dir)
		if !ok || strings.HasSuffix(e.Name(), "/") || files[name] != nil || name == program ||
			isUnlisted(name) || inBundle(name, files) {
			continue
		}
		t.add(name)
	}
	return t
}

// programOf returns the name of the bundle's executable: that of the folder where its
// Info.plist names none or cannot be read.
func programOf(ctx context.Context, in analyzer.Input) string {
	dir := path.Dir(path.Dir(in.Entry.Name()))
	info := dir + "/Info.plist"
	base := path.Base(dir)
	name := strings.TrimSuffix(base, path.Ext(base))
	if e := in.Contents.Find(info); e == nil || e.Size() > maxInfo {
		return name
	}
	data, err := in.Open(ctx, info)
	if err != nil {
		return name
	}
	list, err := plist.Decode(data, in.Budget)
	if err != nil {
		return name
	}
	return cmp.Or(text(list.Root["CFBundleExecutable"]), name)
}

// isUnlisted reports files that are left out of every list.
func isUnlisted(name string) bool {
	first, _, nested := strings.Cut(name, "/")
	switch {
	case nested && (first == sealFolder || first == "SC_Info" || first == "_MASReceipt"):
		return true
	case name == "Info.plist", name == "PkgInfo", name == "CodeResources",
		name == "ResourceRules.plist":
		return true
	}
	base := path.Base(name)
	return base == ".DS_Store" || base == "locversion.plist"
}

// inBundle reports a file of a bundle that the list has as a whole.
func inBundle(name string, files map[string]any) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if files[dir] != nil {
			return true
		}
	}
	return false
}
