package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// packageEndings are names under which a file in a folder is always reported on,
// even where its content is no package: a broken upload must not pass in silence.
var packageEndings = []string{".apk", ".aab", ".apks", ".xapk", ".apkm", ".ipa"}

// collect lists the packages that the arguments name: a file as it is given, a
// folder walked in name order. In a folder a file counts by its ending or, where
// that says nothing, by its content. Links are not followed in a walk. A folder
// below that cannot be read is listed itself.
func collect(args []string, recognise func(analyzer.File) bool) ([]string, error) {
	var paths []string
	for _, arg := range args {
		st, err := os.Stat(arg)
		if err != nil {
			return nil, usage("%v", err)
		}
		if !st.IsDir() {
			paths = append(paths, arg)
			continue
		}
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil && d != nil && d.IsDir() {
				paths = append(paths, path) // reported on as unreadable, and the walk goes on
				return fs.SkipDir
			}
			if err != nil {
				return err
			}
			if d.Type().IsRegular() && isCandidate(path, recognise) {
				paths = append(paths, path)
			}
			return nil
		})
		if err != nil {
			return nil, &exit{exitUnread, fmt.Errorf("walk %s: %w", arg, err)}
		}
	}
	return paths, nil
}

func isCandidate(path string, recognise func(analyzer.File) bool) bool {
	ext := strings.ToLower(filepath.Ext(path))
	if slices.Contains(packageEndings, ext) {
		return true
	}
	f, err := openPackage(path)
	if err != nil {
		return false
	}
	defer f.close()
	head := make([]byte, 4)
	if _, err := f.Bytes.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte("PK")) {
		return false
	}
	return recognise(f.File)
}

// openFile is a package on disk.
type openFile struct {
	analyzer.File
	close func()
}

func openPackage(path string) (openFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return openFile{}, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		f.Close()
		return openFile{}, err
	}
	return openFile{analyzer.File{Bytes: f, Size: st.Size()}, func() { f.Close() }}, nil
}

// readLimited reads a small file that a person wrote; one over limit bytes is
// refused before it is read.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var buf bytes.Buffer
	n, err := io.CopyN(&buf, f, limit+1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if n > limit {
		return nil, fmt.Errorf("read %s: over %d bytes", path, limit)
	}
	return buf.Bytes(), nil
}
