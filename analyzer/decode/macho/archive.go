package macho

import (
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// archiveHeader is the size of a member's header: name 16, date 12, owner 6,
// group 6, mode 8, size 10, all decimal text, and a mark of 2.
const archiveHeader = 60

// archive reads the objects of a static archive (ar(5), BSD form). Members that
// are no objects, such as the table of symbols, are passed over.
func (f *File) archive(data []byte, r Range, b *budget.Budget) error {
	end := r.At + r.Size
	for at := r.At + int64(len(archiveMark)); at < end; {
		if end-at < archiveHeader || string(data[at+58:at+60]) != "`\n" {
			f.odd(at, true, "no header of an archive member")
			return nil
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(data[at+48:at+58])), 10, 64)
		body := at + archiveHeader
		if err != nil || size < 0 || size > end-body {
			f.odd(at, true, "an archive member ends past the archive")
			return nil
		}
		// The name #1/20 says that the name is the first 20 bytes of the content.
		skip, err := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(string(data[at:at+16]),
			"#1/")), 10, 64)
		if err != nil || skip < 0 || skip > size || string(data[at:at+3]) != "#1/" {
			skip = 0
		}
		member := Range{body + skip, size - skip}
		if Match(data[member.At:end]) && member.Size >= 8 &&
			string(data[member.At:member.At+8]) != archiveMark {
			if err := b.Take(512); err != nil {
				return err
			}
			if err := f.slice(data, member, b); err != nil {
				return err
			}
		}
		at = body + size + size&1
	}
	return nil
}
