package zip

import (
	"io"

	"github.com/listgate/listgate/analyzer"
)

var _ analyzer.InPlace = (*entry)(nil)

// InPlace returns the content of a stored entry where it lies: an archive inside the
// archive is listed and read without a copy.
func (e *entry) InPlace() (analyzer.File, bool) {
	if e.broken != nil || !e.isStored() || e.size > e.archive.size-e.data {
		return analyzer.File{}, false
	}
	return analyzer.File{Bytes: io.NewSectionReader(e.src, e.data, e.size), Size: e.size}, true
}

// FirstName returns the name of the first local entry of an archive that begins with
// head, as far as it is there; ok is false for other bytes.
func FirstName(head []byte) (name string, ok bool) {
	if len(head) < localLength || order.Uint32(head) != localSignature {
		return "", false
	}
	name = string(head[localLength:])
	return name[:min(len(name), int(order.Uint16(head[26:])))], true
}
