package witness

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/listgate/listgate/internal/ledger"
)

// ErrBackwards says that a checkpoint is smaller than one kept, or of the same
// size with another root, or that the witness itself has lost what it kept.
var ErrBackwards = errors.New("the witness has seen more than this")

// maxLine is the longest line of a witness file, in bytes.
const maxLine = 64 << 10

// torn ends a line whose writing was cut short; such a line is passed over.
const torn = "#torn\n"

// File is a witness in a file: one JSON object a line, added and never changed.
// It may lie on another machine's disk. Several processes may write to it.
type File struct {
	path string
	mu   sync.Mutex
	read int64 // how far the file is known
	last record
}

// record is a line of the file. Only the note is proof; size and root are there
// for Keep and for people.
type record struct {
	Size int64       `json:"size"`
	Root ledger.Hash `json:"root"`
	Note string      `json:"note"`
}

// NewFile returns the witness in a file, which the first Keep creates.
func NewFile(path string) *File { return &File{path: path} }

// Keep implements Witness. A checkpoint of the size and root of the last is kept
// already.
func (f *File) Keep(_ context.Context, c ledger.Checkpoint) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := os.Stat(f.path)
	created := errors.Is(err, os.ErrNotExist)
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	// Another process may be at it. The lock ends with the file.
	if err = lock(file); err == nil {
		err = f.keep(file, c)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keep checkpoint in %s: %w", f.path, err)
	}
	if created {
		return syncFolder(filepath.Dir(f.path))
	}
	return nil
}

// lock holds other processes off the file.
func lock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func (f *File) keep(file *os.File, c ledger.Checkpoint) error {
	unfinished, err := f.catchUp(file)
	if err != nil {
		return err
	}
	known := f.last.Note != ""
	if known && c.Size == f.last.Size && c.Root == f.last.Root {
		return nil
	}
	if known && c.Size <= f.last.Size {
		return fmt.Errorf("%w: size %d, kept %d", ErrBackwards, c.Size, f.last.Size)
	}
	rec := record{c.Size, c.Root, c.Note}
	line, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if len(line) > maxLine {
		return fmt.Errorf("a checkpoint of %d bytes, %d at most", len(line), maxLine)
	}
	added := line
	if unfinished {
		added = append([]byte(torn), line...)
	}
	if _, err := file.Write(added); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	f.last = rec
	f.read, err = file.Seek(0, io.SeekCurrent)
	return err
}

// catchUp reads what was added since, and reports an unfinished last line.
func (f *File) catchUp(file *os.File) (unfinished bool, err error) {
	st, err := file.Stat()
	if err != nil {
		return false, err
	}
	if st.Size() < f.read {
		return false, fmt.Errorf(
			"%w: the file has %d bytes, had %d",
			ErrBackwards,
			st.Size(),
			f.read,
		)
	}
	if _, err := file.Seek(f.read, io.SeekStart); err != nil {
		return false, err
	}
	n, err := eachLine(file, func(r record) error {
		f.last = r
		return nil
	})
	f.read += n
	return f.read < st.Size(), err
}

// Last implements Witness.
func (f *File) Last(context.Context) (signed string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.Open(f.path)
	if errors.Is(err, os.ErrNotExist) && f.read == 0 {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("last kept checkpoint: %w", err)
	}
	_, err = f.catchUp(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("last kept checkpoint in %s: %w", f.path, err)
	}
	return f.last.Note, nil
}

// Kept implements Witness. A file that is not there is an error: nothing kept and
// nothing to be found are not the same.
func (f *File) Kept(ctx context.Context, each func(signed string) error) error {
	file, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("read kept checkpoints: %w", err)
	}
	defer file.Close()
	_, err = eachLine(file, func(r record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(r.Note)
	})
	if err != nil {
		return fmt.Errorf("read kept checkpoints in %s: %w", f.path, err)
	}
	return nil
}

// eachLine reads whole lines and returns how many bytes they have. An unfinished
// last line was never reported as kept, and is left.
func eachLine(r io.Reader, each func(record) error) (read int64, err error) {
	in := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return read, nil
		case err != nil:
			return read, fmt.Errorf("line %d: %w", n, err)
		case !bytes.HasSuffix(line, []byte(torn)):
			var rec record
			if err := json.Unmarshal(line, &rec); err != nil {
				return read, fmt.Errorf("line %d: %w", n, err)
			}
			if err := each(rec); err != nil {
				return read, err
			}
		}
		read += int64(len(line))
	}
}

// syncFolder makes the name of a new file last.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}
