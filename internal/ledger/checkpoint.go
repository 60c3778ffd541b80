package ledger

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a signed statement of the size and root of a log: a C2SP
// tlog-checkpoint. It carries its time, where it has one, in an extension line.
type Checkpoint struct {
	Origin string // the log's name, which is also the name of its keys
	Size   int64
	Root   Hash
	Time   time.Time // zero where none was signed
	Note   string    // the signed note whole
}

const timeLine = "time "

// Checkpoint signs the size and root that the log has now. The signers are keys
// of this log: all of one name, which becomes the origin; several while a key is
// being replaced. A zero time is left out.
func (l *Log) Checkpoint(
	ctx context.Context, at time.Time, signers ...note.Signer,
) (Checkpoint, error) {
	if len(signers) == 0 {
		return Checkpoint{}, errors.New("sign a checkpoint: no key")
	}
	c := Checkpoint{Origin: signers[0].Name()}
	for _, s := range signers {
		if s.Name() != c.Origin {
			return c, fault(ForeignOrigin, "keys of two logs: %.80q and %.80q", c.Origin, s.Name())
		}
	}
	if !at.IsZero() {
		c.Time = at.UTC().Truncate(time.Millisecond)
	}
	size, err := l.storage.Size(ctx)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	f, err := l.frontier(ctx, size)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	c.Size, c.Root = size, f.root()
	signed, err := note.Sign(&note.Note{Text: c.text()}, signers...)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	c.Note = string(signed)
	return c, nil
}

// text is what is signed.
func (c Checkpoint) text() string {
	root := base64.StdEncoding.EncodeToString(c.Root[:])
	text := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, root)
	if !c.Time.IsZero() {
		text += timeLine + c.Time.Format(timeLayout) + "\n"
	}
	return text
}

// OpenCheckpoint reads a signed checkpoint. One of the keys must have signed it in
// the name of its origin: the error's fault is else UnknownKey, BadSignature or
// ForeignOrigin, and Malformed for what is no checkpoint.
func OpenCheckpoint(signed string, keys ...note.Verifier) (Checkpoint, error) {
	n, err := note.Open([]byte(signed), verifierList(keys))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return Checkpoint{}, fault(UnknownKey, "checkpoint: no signature by a given key%s",
			signatories(unverified.Note.UnverifiedSigs))
	case errors.As(err, &invalid):
		return Checkpoint{}, fault(BadSignature, "checkpoint: key %.80q", invalid.Name)
	case err != nil:
		return Checkpoint{}, fault(Malformed, "checkpoint: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	c.Note = signed
	for _, s := range n.Sigs {
		if s.Name == c.Origin {
			return c, nil
		}
	}
	return Checkpoint{}, fault(ForeignOrigin,
		"checkpoint of the log %.80q, signed by the key %.80q", c.Origin, n.Sigs[0].Name)
}

// signatories names who signed, for the person who gave the wrong key.
func signatories(sigs []note.Signature) string {
	if len(sigs) == 0 {
		return ""
	}
	return fmt.Sprintf("; it is signed by %.80q, key %08x", sigs[0].Name, sigs[0].Hash)
}

// verifierList lists each key once: note refuses one that is given twice.
func verifierList(keys []note.Verifier) note.Verifiers {
	type id struct {
		name string
		hash uint32
	}
	seen := map[id]bool{}
	var once []note.Verifier
	for _, k := range keys {
		if i := (id{k.Name(), k.KeyHash()}); !seen[i] {
			seen[i] = true
			once = append(once, k)
		}
	}
	return note.VerifierList(once...)
}

// parseCheckpoint reads the text of a checkpoint. Extension lines that it does not
// know are signed too and say nothing to it.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || lines[0] == "" {
		return Checkpoint{}, fault(Malformed, "checkpoint: want origin, size and root")
	}
	c := Checkpoint{Origin: lines[0]}
	var err error
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.Size < 0 || c.Size > maxInteger ||
		strconv.FormatInt(c.Size, 10) != lines[1] {
		return Checkpoint{}, fault(Malformed, "checkpoint: size %.40q", lines[1])
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil || c.Root.String() != lines[2] {
		return Checkpoint{}, fault(Malformed, "checkpoint: root %.60q", lines[2])
	}
	for _, line := range lines[3:] {
		stamp, ok := strings.CutPrefix(line, timeLine)
		switch {
		case line == "":
			return Checkpoint{}, fault(Malformed, "checkpoint: an empty line")
		case !ok:
			continue
		case !c.Time.IsZero():
			return Checkpoint{}, fault(Malformed, "checkpoint: two times")
		}
		if c.Time, err = time.Parse(timeLayout, stamp); err != nil {
			return Checkpoint{}, fault(Malformed, "checkpoint: %w", err)
		}
	}
	return c, nil
}

// Continues reports by a consistency proof over the stored hashes whether the log
// still is the one that an earlier checkpoint was signed for; the fault is
// DroppedTail or Rewritten. It is quick: Verify reads every row as well.
func (l *Log) Continues(ctx context.Context, earlier Checkpoint) error {
	size, err := l.storage.Size(ctx)
	if err != nil {
		return fmt.Errorf("compare with a checkpoint: %w", err)
	}
	if size < earlier.Size {
		return faultAt(DroppedTail, size, "a checkpoint of size %d was signed", earlier.Size)
	}
	f, err := l.frontier(ctx, size)
	if err != nil {
		return fmt.Errorf("compare with a checkpoint: %w", err)
	}
	proof, err := l.Consistency(ctx, earlier.Size, size)
	if err != nil {
		return fmt.Errorf("compare with a checkpoint: %w", err)
	}
	if err := checkConsistent(proof, earlier, Checkpoint{Size: size, Root: f.root()}); err != nil {
		return fault(Rewritten, "a checkpoint of size %d says otherwise", earlier.Size)
	}
	return nil
}

// checkConsistent checks that the later tree continues the earlier.
func checkConsistent(proof []Hash, earlier, later Checkpoint) error {
	holds := false
	switch {
	case earlier.Size > later.Size:
	case earlier.Size == later.Size:
		holds = len(proof) == 0 && earlier.Root == later.Root
	case earlier.Size == 0:
		holds = len(proof) == 0 && earlier.Root == emptyRoot
	default:
		holds = tlog.CheckTree(proof, later.Size, later.Root, earlier.Size, earlier.Root) == nil
	}
	if !holds {
		return fault(NotConsistent, "tree of %d behind a tree of %d", later.Size, earlier.Size)
	}
	return nil
}
