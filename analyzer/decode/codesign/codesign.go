// Package codesign reads the code signature of a Mach-O file and verifies it: that
// the directory of hashes is the one that was signed, and that the program, its
// entitlements and the files beside it have these hashes. The certificate chain is
// followed as far as the signature holds it; which root is to be trusted is not
// judged here.
//
// Sources: Apple, Security framework, CSCommon.h and codedirectory.h; XNU,
// bsd/kern/kern_cs.c and ubc_subr.c; RFC 5652 (CMS), which Apple writes with
// indefinite lengths (ITU-T X.690, BER).
package codesign

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// ErrUnsupported is wrapped where a signature uses what is not verified here: it
// may hold on a device all the same.
var ErrUnsupported = errors.New("not supported")

// Slot is the place of a part in a signature, and, negated, of its hash in the code
// directory.
type Slot uint32

// The slots whose content counts.
const (
	SlotInfo            Slot = 1 // Info.plist of the bundle, or the section of that name
	SlotRequirements    Slot = 2
	SlotResources       Slot = 3 // _CodeSignature/CodeResources
	SlotEntitlements    Slot = 5
	SlotEntitlementsDER Slot = 7
)

// Signature is what one slice's signature says. Byte slices are part of the input.
type Signature struct {
	// Directories are the hashes by different functions, as the signature has them.
	Directories     []Directory
	Entitlements    []byte // property list
	EntitlementsDER []byte // the same in DER; see DecodeEntitlements
	// Message is the signature over the first directory; nil where the code is
	// signed without a certificate (ad hoc).
	Message *Message

	slots map[Slot][]byte // parts whole, with their headers
}

// Magic numbers of the blobs; all fields of a signature are big-endian.
const (
	magicSuperBlob    = 0xfade0cc0
	magicDirectory    = 0xfade0c02
	magicEntitlements = 0xfade7171
	magicDER          = 0xfade7172
	magicCMS          = 0xfade0b01

	slotDirectory Slot = 0
	slotAlternate Slot = 0x1000 // and up to four after it
	slotCMS       Slot = 0x10000
	maxAlternates      = 5
	maxBlobs           = 64
)

// Decode reads the bytes that LC_CODE_SIGNATURE points at. The error is a
// *budget.FormatError where they are at fault; the signature is nil then.
func Decode(data []byte, b *budget.Budget) (*Signature, error) {
	const part = "code signature"
	if len(data) < 12 || binary.BigEndian.Uint32(data) != magicSuperBlob {
		return nil, budget.Malformed(part, 0, "no signature in %d bytes", len(data))
	}
	size, count := binary.BigEndian.Uint32(data[4:]), int(binary.BigEndian.Uint32(data[8:]))
	if uint64(size) > uint64(len(data)) || size < 12 {
		return nil, budget.Malformed(part, 4, "%d bytes of %d", size, len(data))
	}
	data = data[:size]
	if count > maxBlobs || 12+8*count > len(data) {
		return nil, budget.Malformed(part, 8, "%d parts", count)
	}
	s := &Signature{slots: map[Slot][]byte{}}
	for i := range count {
		slot := Slot(binary.BigEndian.Uint32(data[12+8*i:]))
		at := int64(binary.BigEndian.Uint32(data[16+8*i:]))
		blob, err := blobAt(data, at)
		if err != nil {
			return nil, err
		}
		if s.slots[slot] != nil {
			return nil, budget.Malformed(part, at, "two parts of kind 0x%x", uint32(slot))
		}
		s.slots[slot] = blob
		if err := s.take(slot, blob, at); err != nil {
			return nil, err
		}
	}
	if err := s.open(b); err != nil {
		return nil, err
	}
	return s, nil
}

// blobAt returns one part with its header of magic and length.
func blobAt(data []byte, at int64) ([]byte, error) {
	if at > int64(len(data))-8 {
		return nil, budget.Malformed("code signature", at, "a part starts past the end")
	}
	size := int64(binary.BigEndian.Uint32(data[at+4:]))
	if size < 8 || size > int64(len(data))-at {
		return nil, budget.Malformed("code signature", at, "a part of %d bytes", size)
	}
	return data[at : at+size], nil
}

// take reads one part. A part whose mark is not that of its slot is no such part, as
// for the kernel.
func (s *Signature) take(slot Slot, blob []byte, at int64) error {
	magic := binary.BigEndian.Uint32(blob)
	switch {
	case slot == slotDirectory, slot >= slotAlternate && slot < slotAlternate+maxAlternates:
		if magic != magicDirectory {
			return budget.Malformed("code directory", at, "mark 0x%08x", magic)
		}
		d, err := decodeDirectory(blob, at)
		if err != nil {
			return err
		}
		s.Directories = append(s.Directories, d)
	case slot == SlotEntitlements && magic == magicEntitlements:
		s.Entitlements = blob[8:]
	case slot == SlotEntitlementsDER && magic == magicDER:
		s.EntitlementsDER = blob[8:]
	}
	return nil
}

// open reads the message, once it is known to be the only one.
func (s *Signature) open(b *budget.Budget) error {
	blob := s.slots[slotCMS]
	if len(blob) <= 8 || binary.BigEndian.Uint32(blob) != magicCMS {
		return nil
	}
	var err error
	s.Message, err = OpenMessage(blob[8:], b)
	return err
}

// Best returns the directory that a device believes: the one with the strongest
// hash. False where there is none at all.
func (s *Signature) Best() (best Directory, ok bool) {
	for _, d := range s.Directories {
		if !ok || d.Hash.rank() > best.Hash.rank() {
			best, ok = d, true
		}
	}
	return best, ok
}

// textAt returns the zero-ended text whose offset stands in a field.
func textAt(blob []byte, field int, at int64) (string, error) {
	off := binary.BigEndian.Uint32(blob[field:])
	if uint64(off) >= uint64(len(blob)) {
		return "", budget.Malformed("code directory", at+int64(field), "a name starts past the end")
	}
	text, _, ended := strings.Cut(string(blob[off:]), "\x00")
	if !ended {
		return "", budget.Malformed("code directory", at+int64(field), "a name without an end")
	}
	return strings.ToValidUTF8(text, "�"), nil
}
