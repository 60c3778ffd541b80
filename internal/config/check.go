package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Check lists what keeps a server from running on these settings: what has no
// default and was not given, and files that are not there. Load has looked at the
// form of each value; Check looks at the disk. Its error is of type Problems.
func (s *Settings) Check() error {
	checks := map[string]func(*Settings) error{
		"database":       (*Settings).databaseFolder,
		"blobs":          func(s *Settings) error { return folderOrParent(s.Blobs) },
		"store.zh":       func(s *Settings) error { return given(s.Store.ZH) },
		"store.en":       func(s *Settings) error { return given(s.Store.EN) },
		"appeal.zh":      func(s *Settings) error { return given(s.Appeal.ZH) },
		"appeal.en":      func(s *Settings) error { return given(s.Appeal.EN) },
		"policy":         (*Settings).policyFile,
		"ledger.origin":  func(s *Settings) error { return given(s.Ledger.Origin) },
		"ledger.key":     func(s *Settings) error { return secretFile(s.Ledger.Key) },
		"ledger.keys":    func(s *Settings) error { return readable(s.Ledger.Keys) },
		"ledger.witness": func(s *Settings) error { return parent(s.Ledger.Witness) },
	}
	var problems Problems
	for _, set := range settings {
		check := checks[set.key]
		if check == nil {
			continue
		}
		if err := check(s); err != nil {
			problems = append(problems, Problem{set.key, s.source(set.key), err.Error()})
		}
	}
	return problems.orNil()
}

// errGiven is the error of a setting that has no default.
var errGiven = errors.New("must be given")

func given(v string) error {
	if v == "" {
		return errGiven
	}
	return nil
}

func (s *Settings) databaseFolder() error {
	path, ok := strings.CutPrefix(string(s.Database), "sqlite:")
	if !ok {
		return nil
	}
	return parent(strings.TrimPrefix(path, "//"))
}

func (s *Settings) policyFile() error {
	if s.Policy == "" {
		return nil
	}
	return readable(s.Policy)
}

// parent wants the folder of a file that is made when it is missing.
func parent(path string) error {
	if path == "" {
		return errGiven
	}
	return folder(filepath.Dir(path))
}

func folder(path string) error {
	stat, err := os.Stat(path)
	if err == nil && !stat.IsDir() {
		err = fmt.Errorf("%s: not a folder", path)
	}
	return err
}

func folderOrParent(path string) error {
	err := folder(path)
	if errors.Is(err, os.ErrNotExist) {
		return parent(filepath.Clean(path))
	}
	return err
}

func readable(path string) error {
	if path == "" {
		return errGiven
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a file", path)
	}
	return err
}

// secretFile wants a file that nobody but its owner reads.
func secretFile(path string) error {
	if err := readable(path); err != nil {
		return err
	}
	stat, err := os.Stat(path)
	if err == nil && stat.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("%s: may be read by others: chmod 600", path)
	}
	return err
}
