package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const proofSchema = "listgate.proof/v1"

// proof is the document listgate.proof/v1 (docs/schema/proof.v1.schema.json).
type proof struct {
	Schema     string          `json:"schema"`
	Entry      json.RawMessage `json:"entry"`
	Salt       []byte          `json:"salt"`
	LeafIndex  int64           `json:"leaf_index"`
	TreeSize   int64           `json:"tree_size"`
	Inclusion  []Hash          `json:"inclusion"`
	Checkpoint string          `json:"checkpoint"`
	Later      *continuation   `json:"later,omitempty"`
}

// continuation leads from the checkpoint of a proof to a later one.
type continuation struct {
	TreeSize    int64  `json:"tree_size"`
	Consistency []Hash `json:"consistency"`
	Checkpoint  string `json:"checkpoint"`
}

// Proven is what a valid proof shows: that the log signed at Checkpoint, and at
// Later where there is one, that it holds exactly this entry.
type Proven struct {
	Entry      Entry
	Checkpoint Checkpoint
	Later      *Checkpoint
}

// Proof writes the proof document of the row at seq for a checkpoint that covers
// it, and with a later checkpoint that this one is continued by it. A document
// that would not verify is not written: the error then has the fault
// NotIncluded, NotConsistent, Erased or OutOfRange.
func (l *Log) Proof(
	ctx context.Context, seq int64, at Checkpoint, later *Checkpoint,
) ([]byte, error) {
	path, err := l.Prove(ctx, seq, at.Size)
	if err != nil {
		return nil, err
	}
	rows, err := l.storage.Rows(ctx, seq, 1)
	switch {
	case err != nil:
		return nil, fmt.Errorf("prove row %d: %w", seq, err)
	case len(rows) != 1 || rows[0].Seq != seq:
		return nil, faultAt(MissingRow, seq, "there is no such row")
	case rows[0].Erased():
		return nil, &Error{Erased, seq, nil}
	}
	text, err := rows[0].canonical()
	if err != nil {
		return nil, &Error{ChangedEntry, seq, err}
	}
	p := proof{
		proofSchema, text, rows[0].Salt, seq, at.Size, append([]Hash{}, path...), at.Note, nil,
	}
	if err := p.included(text, at); err != nil {
		return nil, err
	}
	if later != nil {
		if p.Later, err = l.continuation(ctx, at, *later); err != nil {
			return nil, err
		}
	}
	return p.encode()
}

func (l *Log) continuation(ctx context.Context, at, later Checkpoint) (*continuation, error) {
	path, err := l.Consistency(ctx, at.Size, later.Size)
	if err != nil {
		return nil, err
	}
	if err := checkConsistent(path, at, later); err != nil {
		return nil, err
	}
	return &continuation{later.Size, append([]Hash{}, path...), later.Note}, nil
}

func (p *proof) encode() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("write proof: %w", err)
	}
	return out.Bytes(), nil
}

// VerifyProof reads a proof document, 1 MiB at most, and checks all of it with the
// log's public keys (several while or after a key is replaced). A proof that does
// not hold gives an *Error with its fault; any other error comes from the reader.
// Beside an error nothing is returned.
func VerifyProof(r io.Reader, keys ...note.Verifier) (*Proven, error) {
	p, err := readProof(r)
	if err != nil {
		return nil, err
	}
	at, err := OpenCheckpoint(p.Checkpoint, keys...)
	if err != nil {
		return nil, err
	}
	if at.Size != p.TreeSize {
		return nil, fault(WrongSize, "tree of %d, checkpoint of %d", p.TreeSize, at.Size)
	}
	e, err := parseEntry(p.Entry)
	if err != nil {
		return nil, err
	}
	if e.Seq != p.LeafIndex || p.LeafIndex >= p.TreeSize {
		return nil, fault(WrongIndex, "entry %d at place %d in a tree of %d",
			e.Seq, p.LeafIndex, p.TreeSize)
	}
	if err := p.included(p.Entry, at); err != nil {
		return nil, err
	}
	out := &Proven{Entry: e, Checkpoint: at}
	if p.Later != nil {
		if out.Later, err = p.Later.verify(at, keys); err != nil {
			return nil, fmt.Errorf("later checkpoint: %w", err)
		}
	}
	return out, nil
}

// included checks the path from the entry to the root.
func (p *proof) included(text []byte, at Checkpoint) error {
	if len(p.Salt) != saltSize {
		return fault(Malformed, "salt of %d bytes, want %d", len(p.Salt), saltSize)
	}
	leaf := leafOf(p.Salt, text)
	err := tlog.CheckRecord(p.Inclusion, at.Size, at.Root, p.LeafIndex, tlog.RecordHash(leaf[:]))
	if err != nil {
		return faultAt(NotIncluded, p.LeafIndex, "in the tree of %d", at.Size)
	}
	return nil
}

func (c *continuation) verify(at Checkpoint, keys []note.Verifier) (*Checkpoint, error) {
	later, err := OpenCheckpoint(c.Checkpoint, keys...)
	switch {
	case err != nil:
		return nil, err
	case later.Origin != at.Origin:
		return nil, fault(ForeignOrigin, "%.80q behind %.80q", later.Origin, at.Origin)
	case later.Size != c.TreeSize:
		return nil, fault(WrongSize, "tree of %d, checkpoint of %d", c.TreeSize, later.Size)
	}
	return &later, checkConsistent(c.Consistency, at, later)
}

// readProof reads the document. What it says must have one reading: the text is
// brought into canonical form, read, written and compared, which leaves no room
// for members that are unknown, doubled or misspelt.
func readProof(r io.Reader) (*proof, error) {
	var in bytes.Buffer
	if _, err := io.CopyN(&in, r, maxProof+1); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read proof: %w", err)
	}
	if in.Len() > maxProof {
		return nil, fault(TooLarge, "over %d bytes", maxProof)
	}
	text, err := canonical(in.Bytes(), maxBodyDepth+2)
	if err != nil {
		return nil, fault(Malformed, "%w", err)
	}
	var p proof
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fault(Malformed, "%w", err)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	again, err := json.Marshal(p)
	if err == nil {
		again, err = canonical(again, maxBodyDepth+2)
	}
	if err != nil || !bytes.Equal(again, text) {
		return nil, fault(Malformed, "members are missing, unknown or misspelt")
	}
	return &p, nil
}

// check holds the document to its bounds.
func (p *proof) check() error {
	if p.Schema != proofSchema {
		return fault(Malformed, "schema %.60q, want %q", p.Schema, proofSchema)
	}
	longest := len(p.Inclusion)
	if p.Inclusion == nil || p.Later != nil && p.Later.Consistency == nil {
		return fault(Malformed, "a path is missing")
	}
	if p.Later != nil {
		longest = max(longest, len(p.Later.Consistency))
	}
	if longest > maxPath {
		return fault(Malformed, "a path of %d hashes, %d at most", longest, maxPath)
	}
	if p.LeafIndex < 0 {
		return fault(WrongIndex, "place %d", p.LeafIndex)
	}
	return nil
}
