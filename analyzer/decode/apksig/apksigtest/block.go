package apksigtest

import (
	"crypto"
	"crypto/sha256"
	_ "crypto/sha512" // one of the digests
	"encoding/binary"
	"slices"
	"testing"
)

// Numbered is an algorithm's or an attribute's id with its bytes.
type Numbered struct {
	ID   uint32
	Data []byte
}

// Parts are what one signer of a scheme is made of.
type Parts struct {
	Digests      []Numbered
	Certificates [][]byte
	SDK          [2]uint32 // in what is signed
	Attributes   []Numbered
	OuterSDK     [2]uint32
	Signatures   []Numbered
	Key          []byte
}

// BlockSigner is one signer of a scheme of the signing block.
type BlockSigner struct {
	Key        *Key
	Algorithms []uint32
	Attributes []Numbered
	// Before changes the parts that are signed, After those that are not; nil for
	// none.
	Before, After func(*Parts)
}

// Scheme is one pair of the block; ID is that of the scheme.
type Scheme struct {
	ID      uint32
	Signers []BlockSigner
}

// The ids of the schemes.
const (
	V2  = 0x7109871a
	V3  = 0xf05368c0
	V31 = 0x1b93ad61
)

const page = 4096

var little = binary.LittleEndian

// Sign puts a signing block of whole pages in front of the archive's directory.
func Sign(t testing.TB, archive []byte, schemes ...Scheme) []byte {
	t.Helper()
	directory, endAt := LayoutOf(archive)
	front := slices.Clone(archive[:directory])
	front = append(front, make([]byte, (page-len(front)%page)%page)...)
	end := slices.Clone(archive[endAt:])
	little.PutUint32(end[16:], uint32(len(front)))
	sections := [][]byte{front, archive[directory:endAt], end}
	var pairs []byte
	for _, s := range schemes {
		pairs = append(pairs, pair(s.ID, s.value(t, sections))...)
	}
	const others = 8 + 12 + 24 // sizes, magic and the padding's head
	padding := make([]byte, (page-(len(pairs)+others)%page)%page)
	pairs = append(pairs, pair(0x42726577, padding)...)
	size := little.AppendUint64(nil, uint64(len(pairs)+24))
	block := slices.Concat(size, pairs, size, []byte("APK Sig Block 42"))
	little.PutUint32(end[16:], uint32(len(front)+len(block)))
	return slices.Concat(front, block, archive[directory:endAt], end)
}

func pair(id uint32, value []byte) []byte {
	out := little.AppendUint64(nil, uint64(len(value)+4))
	return append(little.AppendUint32(out, id), value...)
}

func prefixed(parts ...[]byte) []byte {
	all := slices.Concat(parts...)
	return append(little.AppendUint32(nil, uint32(len(all))), all...)
}

func id(n uint32) []byte { return little.AppendUint32(nil, n) }

func list(all []Numbered) []byte {
	var out []byte
	for _, n := range all {
		out = append(out, prefixed(id(n.ID), prefixed(n.Data))...)
	}
	return prefixed(out)
}

func (s Scheme) value(t testing.TB, sections [][]byte) []byte {
	t.Helper()
	var all []byte
	for _, one := range s.Signers {
		all = append(all, prefixed(one.bytes(t, s.ID, sections))...)
	}
	return prefixed(all)
}

func (s BlockSigner) bytes(t testing.TB, scheme uint32, sections [][]byte) []byte {
	t.Helper()
	p := Parts{Certificates: [][]byte{s.Key.Certificate}, SDK: [2]uint32{28, 35}, Key: s.Key.SPKI,
		Attributes: s.Attributes}
	for _, a := range s.Algorithms {
		p.Digests = append(p.Digests, Numbered{a, contentDigest(a, sections)})
	}
	if s.Before != nil {
		s.Before(&p)
	}
	p.OuterSDK = p.SDK
	signed := p.signed(scheme)
	for _, a := range s.Algorithms {
		p.Signatures = append(p.Signatures, Numbered{a, s.Key.signWith(t, a, signed)})
	}
	if s.After != nil {
		s.After(&p)
	}
	out := prefixed(signed)
	if scheme != V2 {
		out = slices.Concat(out, id(p.OuterSDK[0]), id(p.OuterSDK[1]))
	}
	return slices.Concat(out, list(p.Signatures), prefixed(p.Key))
}

func (p Parts) signed(scheme uint32) []byte {
	var certificates, attributes []byte
	for _, c := range p.Certificates {
		certificates = append(certificates, prefixed(c)...)
	}
	for _, a := range p.Attributes {
		attributes = append(attributes, prefixed(id(a.ID), a.Data)...)
	}
	out := slices.Concat(list(p.Digests), prefixed(certificates))
	if scheme != V2 {
		out = slices.Concat(out, id(p.SDK[0]), id(p.SDK[1]))
	}
	return slices.Concat(out, prefixed(attributes))
}

func (k *Key) signWith(t testing.TB, algorithm uint32, message []byte) []byte {
	t.Helper()
	h := crypto.SHA256
	if strong(algorithm) {
		h = crypto.SHA512
	}
	return k.sign(t, h, algorithm == 0x0101 || algorithm == 0x0102, message)
}

func strong(algorithm uint32) bool {
	return algorithm == 0x0102 || algorithm == 0x0104 || algorithm == 0x0202
}

// contentDigest digests the whole package as one algorithm asks.
func contentDigest(algorithm uint32, sections [][]byte) []byte {
	if algorithm >= 0x0400 {
		all := slices.Concat(sections...)
		return little.AppendUint64(treeRoot(all), uint64(len(all)))
	}
	h := crypto.SHA256.New()
	if strong(algorithm) {
		h = crypto.SHA512.New()
	}
	count, digests := uint32(0), []byte{}
	for _, s := range sections {
		for chunk := range slices.Chunk(s, 1<<20) {
			h.Reset()
			h.Write(slices.Concat([]byte{0xa5}, id(uint32(len(chunk))), chunk))
			digests = h.Sum(digests)
			count++
		}
	}
	h.Reset()
	h.Write(slices.Concat([]byte{0x5a}, id(count), digests))
	return h.Sum(nil)
}

// treeRoot digests level after level, each whole.
func treeRoot(data []byte) []byte {
	for first := true; first || len(data) > page; first = false {
		var next []byte
		for block := range slices.Chunk(data, page) {
			next = append(next, leaf(block)...)
		}
		data = next
	}
	return leaf(data)
}

func leaf(block []byte) []byte {
	padded := make([]byte, 8+page)
	copy(padded[8:], block)
	sum := sha256.Sum256(padded)
	return sum[:]
}

// Lineage is the value of a proof of rotation through the keys, oldest first.
func Lineage(t testing.TB, algorithm uint32, keys ...*Key) []byte {
	t.Helper()
	out := id(1)
	for i, k := range keys {
		signed := slices.Concat(prefixed(k.Certificate), id(algorithm))
		var signature []byte
		if i > 0 {
			signature = keys[i-1].signWith(t, algorithm, signed)
		}
		level := slices.Concat(prefixed(signed), id(0x17), id(algorithm), prefixed(signature))
		out = append(out, prefixed(level)...)
	}
	return out
}
