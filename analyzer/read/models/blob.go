package models

import (
	"bytes"
	"fmt"
	"math"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// minBlob is the size in bytes from which a file that nobody can read is named:
// below it a network that makes something hardly fits.
const minBlob = 1 << 20

// unknown is the format of a large file that looks encrypted.
const unknown = "unknown"

// How the bytes of a large file are sampled. 64 KiB of an even distribution have
// 7.997 bits a byte; weights of every type that is stored plainly, textures and
// programs stay below 7.9.
const (
	samples   = 16
	sample    = 4 << 10
	minBits   = 7.98
	headZeros = 24 // zero bytes in a head that is not encrypted
)

// known are the first bytes of formats whose content is compressed, and as even as
// that of an encrypted file.
var known = []string{
	"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh", "\xfd7zXZ", "7z\xbc\xaf",
	"Rar!", "\x04\x22\x4d\x18", "\x02\x21\x4c\x18", "MSCF", "LZIP", "\x5d\x00\x00", "BVXN",
	"bvx2", "pbze", "\x89LZO",
	"\x89PNG", "\xff\xd8\xff", "GIF8", "BM", "II*\x00", "MM\x00*", "\x0a\x00\x00", "8BPS",
	"\xabKTX", "PVR\x03", "\x13\xab\xa1\x5c", "DDS ", "sB", "CCZ!", "PKM ", "\xff\x0a", "CgBI",
	"OggS", "ID3", "fLaC", "MThd", "FSB5", "BKHD", "AKPK", "#!AMR", "\xff\xfb", "\xff\xf3",
	"\xff\xf2", "\xff\xf1", "\xff\xf9", "\x1a\x45\xdf\xa3", "FLV", "\x00\x00\x01\xba",
	"\x00\x00\x01\xb3", "\x47\x40", "CWS", "FWS", "ZWS", "caff", "@UTF", "CRID", "MPQ",
	"wOF2", "wOFF", "OTTO", "true", "ttcf", "\x00\x01\x00\x00", "%PDF", "BOMStore", "bplist",
	"SQLite format 3", "UnityFS", "UnityRaw", "UnityWeb", "UnityArchive", "GDPC", "UCAS",
	"\xc1\x83\x2a\x9e", "RIFX", "!<arch>", "xar!", "\x7fELF", "dex\n", "\xc6\x1f\xbc\x03",
}

// isKnown reports a head of a compressed format: a mark at the front, the box type
// of a media file behind a length, or the head of a zlib stream.
func isKnown(head []byte) bool {
	for _, m := range known {
		if bytes.HasPrefix(head, []byte(m)) {
			return true
		}
	}
	if len(head) < 12 {
		return true
	}
	switch string(head[4:8]) {
	case "ftyp", "moov", "mdat", "free", "wide", "skip", "jP  ":
		return true
	}
	if riff := string(head[:4]) == "RIFF"; riff {
		return true
	}
	zlib := head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
	return zlib
}

// isBlob reports an entry that may be encrypted: large, of no format that is known
// here, and no part of a model.
func isBlob(c *analyzer.Contents, e analyzer.Entry) bool {
	if e.Size() < minBlob || !strings.HasPrefix(e.Name(), c.Root) ||
		strings.HasPrefix(e.Name(), "lib/") || path.Ext(e.Name()) == ".so" {
		return false
	}
	head := e.Head()
	return !isKnown(head) && !analyzer.IsCode(head) &&
		bytes.Count(head, []byte{0}) < headZeros && !isPrintable(head) && !isPart(c, e.Name())
}

func isPrintable(head []byte) bool {
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			return false
		}
	}
	return true
}

// entropy returns the bits of information in a byte of samples of the data.
func entropy(data []byte) float64 {
	var count [256]int
	total := 0
	step := max((len(data)-sample)/(samples-1), 1)
	for i := range samples {
		at := min(i*step, max(len(data)-sample, 0))
		for _, b := range data[at:min(at+sample, len(data))] {
			count[b]++
			total++
		}
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(total)
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// salted begins what OpenSSL's command encrypts with a password.
const salted = "Salted__"

// blob emits a large file that looks encrypted.
func blob(in analyzer.Input, emit func(analyzer.Record)) {
	bits := entropy(in.Data)
	if bits < minBits {
		return
	}
	m := modelOf(in, unknown)
	m.Confidence = analyzer.Possible
	m.Reason = fmt.Sprintf("%.3f bits a byte and no header that is known", bits)
	if bytes.HasPrefix(in.Data, []byte(salted)) {
		m.Confidence = analyzer.Confirmed
		m.Reason = "encrypted with a password by OpenSSL"
	}
	emit(m)
}
