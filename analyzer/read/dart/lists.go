package dart

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// assets finds the packages that assets come from: packages/NAME/… in every form of
// the list.
func (r *reading) assets() error {
	prefix := []byte("packages/")
	data := r.in.Data
	for at := 0; ; {
		i := bytes.Index(data[at:], prefix)
		if i < 0 {
			return nil
		}
		at += i + len(prefix)
		if end := bytes.IndexByte(data[at:min(len(data), at+65)], '/'); end > 0 {
			r.module(string(data[at:at+end]), at)
		}
	}
}

// rule separates the entries of the list of licences.
var rule = []byte("\n" + strings.Repeat("-", 80) + "\n")

// notices reads the list of licences: each entry begins with the packages that it is
// of, a line each, then a blank line. Parts of the engine that are no package of Dart's
// have names like those.
func (r *reading) notices() error {
	r.licences(r.in.Data, true)
	return nil
}

func (r *reading) licences(data []byte, placed bool) {
	for at := 0; at < len(data); {
		end := bytes.Index(data[at:], rule)
		if end < 0 {
			end = len(data) - at
		}
		names, _, found := bytes.Cut(data[at:at+end], []byte("\n\n"))
		line := at
		for name := range bytes.SplitSeq(names, []byte("\n")) {
			place := 0
			if placed {
				place = line
			}
			if found {
				r.module(string(name), place)
			}
			line += len(name) + 1
		}
		at += end + len(rule)
	}
}

// packedNotices unpacks the list before it reads it. It declares its length at its
// end, modulo 4 GiB; what is longer is cut, and said to be.
func (r *reading) packedNotices() error {
	data := r.in.Data
	const most = 32 << 20
	if len(data) < 18 {
		return budget.Malformed("list of licences", 0, "%d bytes", len(data))
	}
	size := int64(binary.LittleEndian.Uint32(data[len(data)-4:]))
	if size > most {
		return budget.Malformed("list of licences", int64(len(data)-4), "%d bytes", size)
	}
	if err := r.in.Budget.Take(size); err != nil {
		return fmt.Errorf("unpack the list of licences: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return budget.Malformed("list of licences", 0, "%v", err)
	}
	text := make([]byte, size)
	n, err := io.ReadFull(z, text)
	r.licences(text[:n], false)
	if err != nil {
		return budget.Malformed("list of licences", 0, "unpack: %v", err)
	}
	return nil
}

// releases are the hashes of compilers, by the release of Flutter that has them first.
var releases = map[string]string{
	"1ce86630892e2dca9a8543fdb8ed8e22": "3.38", "97ff04a728735e6b6b098bdf983faaba": "3.35",
	"830f4f59e7969c70b595182826435c19": "3.32", "d91c0e6f35f0eb2e44124e8f42aa44a7": "3.29",
	"f956f595844a2f845a55707faaaa51e4": "3.27", "80a49c7111088100a233b2ae788e1f48": "3.24",
	"d20a1be77c3d3c41b2a5accaee1ce549": "3.22", "ee1eb666c76a5cb7746faf39d0b97547": "3.19",
	"f71c76320d35b65f1164dbaa6d95fe09": "3.16", "7dbbeeb8ef7b91338640dca3927636de": "3.13",
	"16ad76edd19b537bf6ea64fdd31977a7": "3.12", "90b56a561f70cd55e972cb49b79b3d8b": "3.10",
	"aa64af18e7d086041ac127cc4bc50c5e": "3.10", "adb4292f3ec25074ca70abcd2d5c7251": "3.7",
	"501ef5cbd64ca70b6b42672346af6a8a": "3.7", "b6d0a1f034d158b0d37b51d559379697": "3.3",
	"9cf77f4405212c45daf608e1cd646852": "2.5", "659a72e41e3276e882709901c27de33d": "2.4",
	"7a5b240780941844bae88eca5dbaa7b8": "2.3", "e4a09dbf2bb120fe4674e0576617a0dc": "2.2",
	"5b97292b25f0a715613b7a28e0734f77": "2.0", "8ee4ef7a67df9845fba331734198a953": "1.22",
	"04645b6182fad3d68350d84669869ce5": "1.20", "be7d304ff826e2dfac63538e227c3cc5": "1.17",
}

// versionOf names the release of a compiler's hash, or the hash.
func versionOf(hash string) string {
	if release, known := releases[hash]; known {
		return release
	}
	return hash
}
