package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// maxIndex is the largest index in bytes that Unpack inflates.
const maxIndex = 32 << 20

// Pack compiles rules and writes them as one compressed index: zstd over JSON,
// without the examples.
func Pack(rules []Rule) ([]byte, error) {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	if _, err := Compile(sorted); err != nil {
		return nil, err
	}
	payload, err := json.Marshal(sorted)
	if err != nil {
		return nil, fmt.Errorf("pack rules: %w", err)
	}
	w, err := zstd.NewWriter(
		nil,
		zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1),
	)
	if err != nil {
		return nil, fmt.Errorf("pack rules: %w", err)
	}
	return w.EncodeAll(payload, nil), nil
}

// Unpack reads what Pack wrote.
func Unpack(index []byte) (*Set, error) {
	r, err := zstd.NewReader(
		nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(maxIndex),
	)
	if err != nil {
		return nil, fmt.Errorf("unpack rules: %w", err)
	}
	defer r.Close()
	payload, err := r.DecodeAll(index, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack rules: %w", err)
	}
	var rules []Rule
	if err := json.Unmarshal(payload, &rules); err != nil {
		return nil, fmt.Errorf("unpack rules: %w", err)
	}
	return compile(rules, payload)
}
