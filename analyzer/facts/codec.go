package facts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/listgate/listgate/analyzer"
)

// ErrSchema is wrapped where a document is of a schema that is not known here.
var ErrSchema = errors.New("unknown facts schema")

// MaxDocument bounds a stored document, inflated. The largest of real packages,
// hundreds of megabytes with sixty DEX files, stay below 32 MiB; whoever reads one
// needs several times its size.
const MaxDocument = 64 << 20

// zstdMagic begins every Zstandard frame (RFC 8878 §3.1.1).
var zstdMagic = []byte{0x28, 0xB5, 0x2F, 0xFD}

// Marshal returns the canonical document: JSON with two-space indentation and a
// final newline. Equal facts give equal bytes.
func Marshal(f *analyzer.Facts) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("encode facts: %w", err)
	}
	return buf.Bytes(), nil
}

// Digest returns the SHA-256 of the canonical document in hexadecimal; it names
// the facts in a report and in a store.
func Digest(f *analyzer.Facts) (string, error) {
	doc, err := Marshal(f)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), nil
}

// Write stores the canonical document as one Zstandard frame.
func Write(w io.Writer, f *analyzer.Facts) error {
	doc, err := Marshal(f)
	if err != nil {
		return err
	}
	enc, err := zstd.NewWriter(w)
	if err != nil {
		return fmt.Errorf("compress facts: %w", err)
	}
	if _, err := enc.Write(doc); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	return nil
}

// Read reads a document, compressed or plain. It wraps ErrSchema for a schema
// that this version does not read; unknown fields and trailing bytes are errors.
func Read(r io.Reader) (*analyzer.Facts, error) {
	head := make([]byte, len(zstdMagic))
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	src := io.MultiReader(bytes.NewReader(head[:n]), r)
	if bytes.Equal(head, zstdMagic) {
		dec, err := zstd.NewReader(
			src,
			zstd.WithDecoderMaxMemory(MaxDocument),
			zstd.WithDecoderConcurrency(1),
		)
		if err != nil {
			return nil, fmt.Errorf("decompress facts: %w", err)
		}
		defer dec.Close()
		src = dec
	}
	limited := &io.LimitedReader{R: src, N: MaxDocument + 1}
	dec := json.NewDecoder(limited)
	dec.DisallowUnknownFields()
	var f analyzer.Facts
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("read facts: document over %d bytes", MaxDocument)
	}
	if f.Schema != analyzer.FactsSchema {
		return nil, fmt.Errorf(
			"read facts: %w: %q, this version reads %q",
			ErrSchema,
			f.Schema,
			analyzer.FactsSchema,
		)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read facts: bytes after the document")
	}
	if err := check(&f); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return &f, nil
}

// check refuses a document whose parallel lists differ in length: a rule that
// matched a name could not say where it stands.
func check(f *analyzer.Facts) error {
	for _, t := range f.Classes {
		if err := checkLists(t.Entry, t.Defined, t.Referenced); err != nil {
			return err
		}
	}
	for _, l := range f.Libraries {
		if err := checkLists(l.Entry, l.Exports, l.JNI); err != nil {
			return err
		}
	}
	for _, b := range f.Binaries {
		if err := checkLists(b.Entry, b.Classes, b.Imports, b.Swift, b.Symbols,
			b.Selectors); err != nil {
			return err
		}
	}
	for _, p := range f.Programs {
		if err := checkLists(p.Entry, p.Types); err != nil {
			return err
		}
	}
	return nil
}

func checkLists(entry string, lists ...analyzer.NameList) error {
	for _, l := range lists {
		if len(l.Names) != len(l.At) {
			return fmt.Errorf("%s: %d names and %d offsets", entry, len(l.Names), len(l.At))
		}
	}
	return nil
}
