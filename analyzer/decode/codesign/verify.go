package codesign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Program is what a signature is about.
type Program struct {
	// Code is the slice up to where its signature begins.
	Code []byte
	// Files are the contents that the directory has hashes of and that lie outside
	// the signature; nil is a file that is not there. A slot that is left out is not
	// compared.
	Files map[Slot][]byte
}

// Verify compares what is signed with what is there. No error says that all of it
// holds; those that wrap ErrUnsupported say what could not be compared, all others
// what does not hold. A context that is done is the last of them.
func (s *Signature) Verify(ctx context.Context, p Program) (problems []error) {
	best, ok := s.Best()
	if !ok {
		return []error{errors.New("no code directory")}
	}
	add := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	if s.Message != nil {
		add(s.verifyMessage())
	}
	if best.scattered || hashForms[best.Hash].rank == 0 {
		return append(problems, fmt.Errorf("code directory of version 0x%x with hash %d: %w",
			best.Version, best.Hash, ErrUnsupported))
	}
	add(best.verifyPages(ctx, p.Code))
	for _, slot := range []Slot{SlotInfo, SlotRequirements, SlotResources, SlotEntitlements,
		SlotEntitlementsDER} {
		add(s.verifySlot(best, slot, p))
	}
	return problems
}

// verifyMessage compares the message with the first directory, and the hashes of
// the others with those that it names.
func (s *Signature) verifyMessage() error {
	primary := s.slots[slotDirectory]
	if primary == nil {
		return errors.New("the signature is over a code directory that is not there")
	}
	if err := s.Message.Verify(primary); err != nil {
		return fmt.Errorf("signature over the code directory: %w", err)
	}
	if len(s.Message.cdHashes) == 0 {
		if len(s.Directories) > 1 {
			return errors.New("a second code directory that nobody signed")
		}
		return nil
	}
	for _, d := range s.Directories {
		sum := d.Hash.sum(d.raw)
		if !s.Message.names(sum) {
			return fmt.Errorf("the signature does not name the code directory by %s", d.Hash)
		}
	}
	return nil
}

// pagesBetween is how many pages are hashed before the context is asked again.
const pagesBetween = 1024

// verifyPages compares each page of the code with its hash.
func (d Directory) verifyPages(ctx context.Context, code []byte) error {
	if d.Limit > int64(len(code)) {
		return fmt.Errorf("the code directory covers %d bytes, there are %d", d.Limit, len(code))
	}
	if gap := code[d.Limit:]; len(bytes.TrimRight(gap, "\x00")) > 0 {
		return fmt.Errorf("%d bytes of the program are not covered by the signature", len(gap))
	}
	page := d.PageSize
	if page == 0 {
		page = max(d.Limit, 1)
	}
	count := int((d.Limit + page - 1) / page)
	if have := len(d.pages) / d.size; have < count {
		return fmt.Errorf("%d hashes for %d pages", have, count)
	}
	wrong, first := 0, 0
	hash := hashForms[d.Hash].hash.New()
	sum := make([]byte, 0, hash.Size())
	for i := range count {
		if i%pagesBetween == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		start := int64(i) * page
		hash.Reset()
		hash.Write(code[start:min(d.Limit, start+page)])
		sum = hash.Sum(sum[:0])
		if bytes.Equal(sum[:d.size], d.pages[i*d.size:(i+1)*d.size]) {
			continue
		}
		if wrong++; wrong == 1 {
			first = i
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d pages are not those that were signed, the first at 0x%x",
			wrong, count, int64(first)*page)
	}
	return nil
}

var slotNames = map[Slot]string{
	SlotInfo: "Info.plist", SlotRequirements: "the requirements",
	SlotResources: "_CodeSignature/CodeResources", SlotEntitlements: "the entitlements",
	SlotEntitlementsDER: "the entitlements in DER",
}

// verifySlot compares a part, or a file beside the program, with its hash.
func (s *Signature) verifySlot(d Directory, slot Slot, p Program) error {
	content, given := p.Files[slot]
	if slot != SlotInfo && slot != SlotResources {
		content, given = s.slots[slot], true
	}
	sealed := d.sealed(slot)
	switch {
	case !given:
		return nil
	case sealed == nil && content != nil && slot != SlotRequirements && slot != SlotInfo &&
		slot != SlotResources:
		return fmt.Errorf("%s are not covered by the signature", slotNames[slot])
	case sealed == nil:
		return nil
	case content == nil:
		return fmt.Errorf("%s: signed, but not there", slotNames[slot])
	case !bytes.Equal(d.Hash.sum(content), sealed):
		return fmt.Errorf("%s: not what was signed", slotNames[slot])
	}
	return nil
}

// Seals reports whether the directory that a device believes has a hash of the slot.
func (s *Signature) Seals(slot Slot) bool {
	d, ok := s.Best()
	return ok && d.sealed(slot) != nil
}
