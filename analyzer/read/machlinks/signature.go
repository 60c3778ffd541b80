package machlinks

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/codesign"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

// Bounds of the files beside a program that its signature is about: an Info.plist
// has some kilobytes, the list of an application's resources some megabytes.
const (
	maxList      = 1 << 20
	maxResources = 32 << 20
)

// signatures reads and verifies the signature of each slice, and returns them in the
// order of the slices.
func (r reading) signatures(ctx context.Context) ([]analyzer.CodeSignature, error) {
	out := make([]analyzer.CodeSignature, len(r.file.Slices))
	v := verifier{reading: r, left: int64(len(r.in.Data)),
		rights: rights{reading: r, seen: map[string]bool{}}}
	for i, s := range r.file.Slices {
		if s.Signature.Size == 0 {
			continue
		}
		if !v.opened {
			v.open(ctx)
		}
		var err error
		if out[i], err = v.verify(ctx, s); err != nil {
			return out, err
		}
	}
	if v.isProgram {
		r.signers(out)
	}
	return out, nil
}

// signers names who signed the application: those whose certificates are in the
// signatures of its main executable.
func (r reading) signers(signatures []analyzer.CodeSignature) {
	var signers []analyzer.Signer
	for _, s := range signatures {
		if s.Certificate == "" {
			continue
		}
		i := slices.IndexFunc(signers,
			func(o analyzer.Signer) bool { return o.SHA256 == s.Certificate })
		if i >= 0 {
			signers[i].Verified = signers[i].Verified && s.Verified
			continue
		}
		signers = append(signers, analyzer.Signer{Scheme: "apple", SHA256: s.Certificate,
			Subject: s.Chain[0], Verified: s.Verified})
	}
	if len(signers) > 0 {
		r.emit(analyzer.Identity{Package: analyzer.Package{Signers: signers}})
	}
}

// verifier holds what the slices of one file share.
type verifier struct {
	reading
	rights rights
	// left bounds the bytes that are hashed: sound slices do not overlap.
	left      int64
	opened    bool
	isProgram bool // the application's own
	files     map[codesign.Slot][]byte
}

// open finds the files beside the program that its bundle's signature is about.
func (v *verifier) open(ctx context.Context) {
	v.opened = true
	dir, name := path.Split(v.in.Entry.Name())
	ext := path.Ext(strings.TrimSuffix(dir, "/"))
	if !slices.Contains([]string{".app", ".appex", ".framework", ".bundle", ".xctest"}, ext) {
		return
	}
	info := v.beside(ctx, dir+"Info.plist", maxList)
	if name != v.executable(dir, info) {
		return
	}
	v.isProgram = dir == v.in.Contents.Root
	v.files = map[codesign.Slot][]byte{}
	v.compare(codesign.SlotInfo, dir+"Info.plist", info)
	const resources = "_CodeSignature/CodeResources"
	v.compare(codesign.SlotResources, dir+resources, v.beside(ctx, dir+resources, maxResources))
}

// compare takes a file up, or says that it could not be read.
func (v *verifier) compare(slot codesign.Slot, name string, data []byte) {
	if data == nil && v.in.Contents.Find(name) != nil {
		v.emit(analyzer.Gap{Reason: analyzer.GapNotVerified, Where: analyzer.Where{Entry: name},
			Detail: "too large to compare with the signature of " + v.in.Entry.Name()})
		return
	}
	v.files[slot] = data
}

// beside reads a file of the bundle; nil where it is not there, too large or cannot
// be read.
func (v *verifier) beside(ctx context.Context, name string, most int64) []byte {
	e := v.in.Contents.Find(name)
	if e == nil || e.Size() > most {
		return nil
	}
	data, err := v.in.Open(ctx, name)
	if err != nil {
		return nil
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

// executable returns the name of a bundle's program, which is that of the folder
// where its Info.plist names none or cannot be read.
func (v *verifier) executable(dir string, info []byte) string {
	if info != nil {
		if list, err := plist.Decode(info, v.in.Budget); err == nil {
			if exe, ok := list.Root["CFBundleExecutable"].(string); ok && exe != "" {
				return exe
			}
		}
	}
	base := path.Base(dir)
	return strings.TrimSuffix(base, path.Ext(base))
}

// verify reads the signature of one slice. A damaged signature is one that does not
// hold; the error is the context's.
func (v *verifier) verify(ctx context.Context, s macho.Slice) (analyzer.CodeSignature, error) {
	blob := v.in.Data[s.Signature.At : s.Signature.At+s.Signature.Size]
	sign, err := codesign.Decode(blob, v.in.Budget)
	if err != nil {
		v.problem(s, err)
		return analyzer.CodeSignature{}, nil
	}
	out := summary(sign)
	if s.Type == "execute" {
		v.rights.read(sign, s)
	}
	if best, _ := sign.Best(); best.Limit > v.left {
		v.problem(s, errOverlap)
		return out, nil
	} else if v.left -= best.Limit; best.Limit < 0 {
		return out, nil
	}
	problems := sign.Verify(ctx, codesign.Program{
		Code: v.in.Data[s.At:max(s.At, s.Signature.At)], Files: v.filesOf(s)})
	if ctx.Err() != nil {
		return out, context.Cause(ctx)
	}
	for _, p := range problems {
		v.problem(s, p)
	}
	out.Verified = len(problems) == 0
	return out, nil
}

var errOverlap = errors.New("the directory covers more than the file has")

// filesOf gives a program outside a bundle the list that it holds itself.
func (v *verifier) filesOf(s macho.Slice) map[codesign.Slot][]byte {
	if v.files == nil && s.Info.Size > 0 {
		return map[codesign.Slot][]byte{
			codesign.SlotInfo: v.in.Data[s.Info.At : s.Info.At+s.Info.Size]}
	}
	return v.files
}

func summary(sign *codesign.Signature) analyzer.CodeSignature {
	best, _ := sign.Best()
	out := analyzer.CodeSignature{Identifier: best.Identifier, Team: best.TeamID,
		Hash: best.Hash.String(), CDHash: best.CDHash(), AdHoc: best.IsAdHoc()}
	if sign.Message != nil {
		out.Certificate, _ = sign.Message.Signer()
		for _, c := range sign.Message.Chain {
			out.Chain = append(out.Chain, codesign.Name(c))
		}
	}
	return out
}

// problem tells a signature that does not verify from one that is not known to.
func (v *verifier) problem(s macho.Slice, err error) {
	what, at := "slice "+s.Arch+": "+err.Error(), v.where(s.Signature.At)
	if errors.Is(err, codesign.ErrUnsupported) || errors.Is(err, budget.ErrExhausted) {
		v.emit(analyzer.Gap{Reason: analyzer.GapNotVerified, Where: at, Detail: what})
		return
	}
	v.emit(analyzer.Anomaly{Code: analyzer.SignatureInvalid, Where: at, What: what})
}
