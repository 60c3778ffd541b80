package archives

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// dexHeader is the length of a DEX header, whose endian_tag lies at tagOffset
// (dex-format, header_item).
const (
	dexHeader = 0x70
	tagOffset = 40
	endianTag = 0x12345678
)

// tailLength is where the end record of a ZIP archive can lie: its own length and
// the longest comment (APPNOTE 4.3.16).
const tailLength = 22 + 1<<16

// mayHide reports the data files of an Android application.
func mayHide(c *analyzer.Contents, e analyzer.Entry) bool {
	data := strings.HasPrefix(e.Name(), "assets/") || strings.HasPrefix(e.Name(), "res/raw/")
	return data && c.Format.System() == analyzer.Android && e.Size() >= dexHeader &&
		!analyzer.IsCode(e.Head())
}

// lookBehind finds a DEX file inside other bytes and an archive at their end.
func (s *search) lookBehind(data []byte) error {
	if at := dexIn(data); at >= 0 {
		s.found("DEX file behind other bytes")
		return nil
	}
	tail := data[max(0, len(data)-tailLength):]
	if !bytes.Contains(tail, []byte("PK\x05\x06")) || !bytes.Contains(data, []byte("PK\x01\x02")) {
		return nil
	}
	err := s.lookZip("archive behind other bytes", data)
	if errors.Is(err, errList) && s.ctx.Err() == nil && !errors.Is(err, budget.ErrExhausted) {
		return nil // data that happens to hold the marks
	}
	return err
}

// dexIn returns the offset of a DEX header in data, negative where there is none.
func dexIn(data []byte) int {
	magic := []byte("dex\n0")
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], magic)
		if i < 0 || len(data)-at-i < dexHeader {
			return -1
		}
		at += i
		if data[at+7] == 0 && binary.LittleEndian.Uint32(data[at+tagOffset:]) == endianTag {
			return at
		}
	}
}
