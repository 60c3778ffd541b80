package archives

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/listgate/listgate/analyzer"
)

// headLength is how much of a compressed file is unpacked: enough for every mark.
const headLength = 64

// maxWindow bounds the memory of a Zstandard decoder.
const maxWindow = 8 << 20

// opener begins to unpack a compressed file.
type opener func(data []byte) (io.ReadCloser, error)

// openerOf returns nil for a kind that is not unpacked here.
func openerOf(kind string) opener {
	switch kind {
	case "gzip":
		return func(data []byte) (io.ReadCloser, error) {
			return gzip.NewReader(bytes.NewReader(data))
		}
	case "zstd":
		return func(data []byte) (io.ReadCloser, error) {
			d, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1),
				zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}
	case "bzip2":
		return func(data []byte) (io.ReadCloser, error) {
			return io.NopCloser(bzip2.NewReader(bytes.NewReader(data))), nil
		}
	}
	return nil
}

// lookStream unpacks the beginning of a compressed file: code shows by it, and a
// container inside a compressed file is not followed. What merely shares the mark
// and does not unpack is data.
func (s *search) lookStream(inside, kind string, open opener, data []byte) error {
	r, err := open(data)
	if err != nil {
		return nil
	}
	head := make([]byte, headLength)
	n, err := io.ReadFull(r, head)
	err = errors.Join(unlessShort(err), r.Close())
	switch head = head[:n]; {
	case analyzer.IsCode(head):
		s.found(prefix(inside) + kind)
	case kindOf(head) != "":
		s.close("%s%s inside %s, not unpacked", prefix(inside), kindOf(head), kind)
	case err != nil && n > 0:
		return fmt.Errorf("unpack %s: %w", kind, err)
	}
	return nil
}

func unlessShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
