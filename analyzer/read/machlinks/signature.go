package machlinks

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/codesign"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

// signature names who signed the application: the certificate in the code
// signature of its main executable. The signature itself is not verified.
func (r reading) signature(ctx context.Context) error {
	if r.in.Contents.Root == "" || !slices.ContainsFunc(r.file.Slices, isSigned) || !r.isMain(ctx) {
		return nil
	}
	for _, s := range r.file.Slices {
		if !isSigned(s) {
			continue
		}
		blob := r.in.Data[s.Signature.At : s.Signature.At+s.Signature.Size]
		sign, err := codesign.Decode(blob, r.in.Budget)
		if err != nil {
			r.emit(analyzer.Gap{Reason: analyzer.GapNotVerified, Where: r.where(s.Signature.At),
				Detail: err.Error()})
			return nil
		}
		if sign.SHA256 == "" {
			continue // signed for this machine only, without a certificate
		}
		r.emit(analyzer.Identity{Package: analyzer.Package{Signers: []analyzer.Signer{
			{Scheme: "apple", SHA256: sign.SHA256, Subject: sign.Subject}}}})
		r.emit(analyzer.Gap{Reason: analyzer.GapNotVerified, Where: r.where(s.Signature.At),
			Detail: "Apple code signature"})
		return nil
	}
	return nil
}

func isSigned(s macho.Slice) bool { return s.Signature.Size > 0 && s.Type == "execute" }

// maxList bounds the Info.plist that is read once more for each program beside it.
const maxList = 1 << 20

// isMain reports whether the entry is the program that the application's
// Info.plist names, or its folder where that cannot be read.
func (r reading) isMain(ctx context.Context) bool {
	root := r.in.Contents.Root
	rel, ok := strings.CutPrefix(r.in.Entry.Name(), root)
	if !ok || strings.Contains(rel, "/") {
		return false
	}
	main := strings.TrimSuffix(path.Base(root), ".app")
	if e := r.in.Contents.Find(root + "Info.plist"); e == nil || e.Size() > maxList {
		return rel == main
	}
	if data, err := r.in.Open(ctx, root+"Info.plist"); err == nil && data != nil {
		if list, err := plist.Decode(data, r.in.Budget); err == nil {
			if exe, ok := list.Root["CFBundleExecutable"].(string); ok && exe != "" {
				main = exe
			}
		}
	}
	return rel == main
}
