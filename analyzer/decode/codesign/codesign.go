// Package codesign reads the code signature of a Mach-O file: what it calls the
// program, which rights it asks for, and whose certificate signed it. It verifies
// nothing.
//
// Sources: Apple, Security framework, CSCommon.h and codedirectory.h; RFC 5652
// (CMS), which Apple writes with indefinite lengths (ITU-T X.690, BER).
package codesign

import (
	"encoding/binary"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// Signature is what one slice's signature says.
type Signature struct {
	Identifier   string // of the code directory, usually the bundle identifier
	TeamID       string
	Entitlements []byte // property list; part of the input
	// SHA256 is the digest of the signer's DER certificate in hexadecimal, empty
	// where the code is signed without one (ad hoc).
	SHA256  string
	Subject string // of that certificate
}

// Magic numbers of the blobs; all fields of a signature are big-endian.
const (
	magicSuperBlob    = 0xfade0cc0
	magicDirectory    = 0xfade0c02
	magicEntitlements = 0xfade7171
	magicCMS          = 0xfade0b01

	maxBlobs = 64
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
	if err := b.Take(int64(len(data))); err != nil {
		return nil, err
	}
	s := &Signature{}
	for i := range count {
		at := int64(binary.BigEndian.Uint32(data[16+8*i:]))
		blob, err := blobAt(data, at)
		if err != nil {
			return nil, err
		}
		if err := s.take(blob, at); err != nil {
			return nil, err
		}
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

func (s *Signature) take(blob []byte, at int64) error {
	switch binary.BigEndian.Uint32(blob) {
	case magicDirectory:
		return s.directory(blob, at)
	case magicEntitlements:
		s.Entitlements = blob[8:]
	case magicCMS:
		if len(blob) > 8 {
			return s.signer(blob[8:], at+8)
		}
	}
	return nil
}

// directory reads the names. Older versions of the structure end before the team.
func (s *Signature) directory(blob []byte, at int64) error {
	const version, identOffset, teamOffset, teamVersion = 8, 20, 48, 0x20200
	if len(blob) < 44 {
		return budget.Malformed("code directory", at, "%d bytes", len(blob))
	}
	var err error
	if s.Identifier, err = textAt(blob, identOffset, at); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(blob[version:]) >= teamVersion && len(blob) >= teamOffset+4 &&
		binary.BigEndian.Uint32(blob[teamOffset:]) != 0 {
		s.TeamID, err = textAt(blob, teamOffset, at)
	}
	return err
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
