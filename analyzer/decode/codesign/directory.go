package codesign

import (
	"crypto"
	_ "crypto/sha1" // of signatures for devices before iOS 11
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/binary"
	"encoding/hex"

	"github.com/listgate/listgate/analyzer/budget"
)

// Hash is a hash function of a code directory, by its number there.
type Hash uint8

// The functions; the third is SHA-256 cut to 20 bytes.
const (
	SHA1            Hash = 1
	SHA256          Hash = 2
	SHA256Truncated Hash = 3
	SHA384          Hash = 4
	SHA512          Hash = 5
)

type hashForm struct {
	name string
	hash crypto.Hash
	size int
	rank int // the higher the more a device believes it
}

var hashForms = map[Hash]hashForm{
	SHA1: {"sha1", crypto.SHA1, 20, 1}, SHA256Truncated: {"sha256-160", crypto.SHA256, 20, 2},
	SHA256: {"sha256", crypto.SHA256, 32, 3}, SHA384: {"sha384", crypto.SHA384, 48, 4},
	SHA512: {"sha512", crypto.SHA512, 64, 0}, // no kernel takes it
}

// String returns the usual name, "" for a number that is none.
func (h Hash) String() string { return hashForms[h].name }

func (h Hash) rank() int { return hashForms[h].rank }

// sum hashes to the size that a directory stores; nil for no known function.
func (h Hash) sum(data []byte) []byte {
	form, ok := hashForms[h]
	if !ok {
		return nil
	}
	w := form.hash.New()
	w.Write(data)
	return w.Sum(nil)[:form.size]
}

// Directory is the list of hashes that a signature is about.
type Directory struct {
	Version    uint32
	Flags      uint32
	Identifier string // usually the bundle identifier
	TeamID     string
	Hash       Hash
	Limit      int64 // bytes of the slice, from its start, that the hashes are of
	PageSize   int64 // 0 is one page for all
	ExecFlags  uint64

	raw            []byte
	scattered      bool
	pages, special []byte // hashes; of the special slots the last comes first
	size           int    // of one hash
}

// Flags of a code directory and of its executable segment.
const (
	FlagAdHoc        = 0x2     // signed without a certificate
	FlagLinkerSigned = 0x20000 // by the linker, to be replaced
)

// IsAdHoc reports that the code says to be signed without a certificate.
func (d Directory) IsAdHoc() bool { return d.Flags&FlagAdHoc != 0 }

// CDHash is the name of the code for a device: the first 20 bytes of the
// directory's own hash, in hexadecimal.
func (d Directory) CDHash() string {
	sum := d.Hash.sum(d.raw)
	return hex.EncodeToString(sum[:min(len(sum), cdHashSize)])
}

const cdHashSize = 20

// Places of the fields, and the version that has them first.
const (
	directoryMinimum = 44
	fieldVersion     = 8
	fieldFlags       = 12
	fieldHashes      = 16
	fieldIdentifier  = 20
	fieldSpecial     = 24
	fieldPages       = 28
	fieldLimit       = 32
	fieldHashSize    = 36
	fieldHash        = 37
	fieldPageSize    = 39
	fieldScatter     = 44
	fieldTeam        = 48
	fieldLimit64     = 56
	fieldExecFlags   = 80

	oldestVersion  = 0x20001
	scatterVersion = 0x20100
	teamVersion    = 0x20200
	limit64Version = 0x20300
	execVersion    = 0x20400
	newestVersion  = 0x2f000

	maxPageBits = 31
)

// decodeDirectory reads one directory and finds its hashes. Fields that the version
// has and the bytes do not are taken as absent.
func decodeDirectory(blob []byte, at int64) (Directory, error) {
	const part = "code directory"
	d := Directory{raw: blob}
	if len(blob) < directoryMinimum {
		return d, budget.Malformed(part, at, "%d bytes", len(blob))
	}
	u32 := func(off int) uint32 { return binary.BigEndian.Uint32(blob[off:]) }
	d.Version, d.Flags = u32(fieldVersion), u32(fieldFlags)
	if d.Version < oldestVersion || d.Version > newestVersion {
		return d, budget.Malformed(part, at+fieldVersion, "version 0x%x", d.Version)
	}
	has := func(version uint32, end int) bool { return d.Version >= version && len(blob) >= end }
	var err error
	if d.Identifier, err = textAt(blob, fieldIdentifier, at); err != nil {
		return d, err
	}
	if has(teamVersion, fieldTeam+4) && u32(fieldTeam) != 0 {
		if d.TeamID, err = textAt(blob, fieldTeam, at); err != nil {
			return d, err
		}
	}
	d.Limit = int64(u32(fieldLimit))
	if has(limit64Version, fieldLimit64+8) {
		if wide := binary.BigEndian.Uint64(blob[fieldLimit64:]); wide > 0 && wide < 1<<62 {
			d.Limit = int64(wide)
		}
	}
	if has(execVersion, fieldExecFlags+8) {
		d.ExecFlags = binary.BigEndian.Uint64(blob[fieldExecFlags:])
	}
	d.scattered = has(scatterVersion, fieldScatter+4) && u32(fieldScatter) != 0
	d.Hash, d.size = Hash(blob[fieldHash]), int(blob[fieldHashSize])
	if bits := blob[fieldPageSize]; bits > maxPageBits {
		return d, budget.Malformed(part, at+fieldPageSize, "pages of 2^%d bytes", bits)
	} else if bits > 0 {
		d.PageSize = 1 << bits
	}
	return d, d.findHashes(at)
}

// findHashes finds the hashes: those of the special slots lie before the offset,
// those of the pages behind it.
func (d *Directory) findHashes(at int64) error {
	if form, ok := hashForms[d.Hash]; ok && form.size != d.size {
		return budget.Malformed("code directory", at+fieldHashSize, "hashes of %d bytes by %s",
			d.size, d.Hash)
	}
	offset := int64(binary.BigEndian.Uint32(d.raw[fieldHashes:]))
	special := int64(binary.BigEndian.Uint32(d.raw[fieldSpecial:])) * int64(d.size)
	pages := int64(binary.BigEndian.Uint32(d.raw[fieldPages:])) * int64(d.size)
	if offset > int64(len(d.raw)) || special > offset || pages > int64(len(d.raw))-offset {
		return budget.Malformed("code directory", at+fieldHashes, "hashes end past the directory")
	}
	d.special, d.pages = d.raw[offset-special:offset], d.raw[offset:offset+pages]
	return nil
}

// sealed returns the hash of a special slot; nil where the directory has none, or
// only zeros in its place.
func (d Directory) sealed(slot Slot) []byte {
	end := len(d.special) - (int(slot)-1)*d.size
	if slot < 1 || d.size == 0 || end < d.size {
		return nil
	}
	sum := d.special[end-d.size : end]
	for _, c := range sum {
		if c != 0 {
			return sum
		}
	}
	return nil
}
