package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// GenerateKey makes an Ed25519 key pair for the log of a name, which all its keys
// share: without a scheme, as example.store/ledger, and without spaces or plus
// signs. It returns the contents of two key files, with a line's end; the private
// one is for its owner's eyes alone.
func GenerateKey(random io.Reader, name string) (private, public string, err error) {
	if len(name) > maxKeyName {
		return "", "", fmt.Errorf("generate key: name over %d bytes", maxKeyName)
	}
	private, public, err = note.GenerateKey(random, name)
	if err != nil {
		return "", "", fmt.Errorf("generate key %s: %w", name, err)
	}
	if _, err := note.NewVerifier(public); err != nil {
		return "", "", fmt.Errorf("generate key %q: no name for a key", name)
	}
	return private + "\n", public + "\n", nil
}

// ReadVerifiers reads a file of public keys: one a line, a hundred at most; empty
// lines and lines that begin with # are for people.
func ReadVerifiers(path string) ([]note.Verifier, error) {
	lines, err := readKeys(path)
	if err != nil {
		return nil, err
	}
	keys := make([]note.Verifier, len(lines))
	for i, line := range lines {
		if strings.HasPrefix(line, "PRIVATE+KEY+") {
			return nil, fmt.Errorf("%s: key %d is private, want the public one", path, i+1)
		}
		if keys[i], err = note.NewVerifier(line); err != nil {
			return nil, fmt.Errorf("%s: key %d: %w", path, i+1, err)
		}
	}
	return keys, nil
}

// ReadSigner reads a file with one private key. The error never quotes it.
func ReadSigner(path string) (note.Signer, error) {
	lines, err := readKeys(path)
	if err != nil {
		return nil, err
	}
	if len(lines) != 1 {
		return nil, fmt.Errorf("%s: %d keys, want one", path, len(lines))
	}
	s, err := note.NewSigner(lines[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// readKeys reads the lines of a key file that are keys.
func readKeys(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var text bytes.Buffer
	n, err := io.CopyN(&text, f, maxKeyFile+1)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case n > maxKeyFile:
		return nil, fmt.Errorf("%s: over %d bytes, not a key file", path, maxKeyFile)
	}
	var keys []string
	for line := range strings.Lines(text.String()) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			keys = append(keys, line)
		}
	}
	if len(keys) == 0 || len(keys) > maxKeys {
		return nil, fmt.Errorf("%s: %d keys, want 1 to %d", path, len(keys), maxKeys)
	}
	return keys, nil
}
