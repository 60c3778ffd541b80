package zip

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// trick is one defect, the anomaly that it gives, and what is read all the same.
type trick struct {
	name    string
	archive forgery
	want    []string // "code entry: what"
	content map[string]string
	gaps    int
}

func TestListTricks(t *testing.T) {
	t.Parallel()
	for _, c := range allTricks() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			contents := list(t, c.archive.bytes())
			var got []string
			for _, a := range contents.Anomalies {
				got = append(got, fmt.Sprintf("%s %s: %s", a.Code, a.Where.Entry, a.What))
			}
			assert.Empty(t, cmp.Diff(c.want, got))
			assert.Len(t, contents.Gaps, c.gaps)
			for name, want := range c.content {
				e := contents.Find(name)
				require.NotNil(t, e, name)
				assert.Equal(t, int64(len(want)), e.Size())
				assert.Equal(t, want[:min(64, len(want))], string(e.Head()))
				b, err := e.Read(t.Context())
				require.NoError(t, err)
				assert.Equal(t, want, string(b))
			}
		})
	}
}

func allTricks() (all []trick) {
	for _, group := range [][]trick{methodTricks(), headerTricks(), nameTricks(), endTricks(),
		placeTricks()} {
		all = append(all, group...)
	}
	return all
}

func one(i item) forgery { return forgery{items: []item{i}} }

func methodTricks() []trick {
	setMethod := func(m uint16) func(*header) { return func(h *header) { h.method = m } }
	encrypt := func(h *header) { h.flags |= flagEncrypted }
	plain, packed, whole := stored("a", text), deflated("a", text), map[string]string{"a": text}
	junk := strings.Repeat("\x03\x00\x08\x00\xff\xff", 40)
	return []trick{
		{name: "unknown_method_equal_sizes",
			archive: one(plain.with(setMethod(0x4a10))), content: whole,
			want: []string{"zip-method a: method 18960, read as stored"}},
		{name: "unknown_method_that_inflates",
			archive: one(packed.with(setMethod(21))), content: whole,
			want: []string{"zip-method a: method 21, " +
				"inflated where it inflates, else read as stored"}},
		{name: "unknown_method_stored_with_false_compressed_size",
			archive: one(stored("a", junk).with(func(h *header) { h.method, h.packed = 99, 9 })),
			content: map[string]string{"a": junk},
			want: []string{"zip-method a: method 99, " +
				"inflated where it inflates, else read as stored"}},
		{name: "encryption_bit_on_deflate",
			archive: one(packed.with(encrypt)), content: whole,
			want: []string{"zip-encryption-flag a: flags 0x0001"}},
		{name: "encryption_bit_on_stored",
			archive: one(plain.with(encrypt)), content: whole,
			want: []string{"zip-encryption-flag a: flags 0x0001"}},
		{name: "encryption_bit_in_directory_only",
			archive: one(plain.inCentral(encrypt)), content: whole,
			want: []string{"zip-local-header a: encryption bit 0, in the directory 1",
				"zip-encryption-flag a: flags 0x0001"}},
	}
}

func headerTricks() []trick {
	plain, packed, whole := stored("a", text), deflated("a", text), map[string]string{"a": text}
	return []trick{
		{name: "local_name", content: whole,
			archive: one(plain.inLocal(func(h *header) { h.name = "other" })),
			want:    []string{`zip-local-header a: name "other", in the directory "a"`}},
		{name: "local_method", content: whole,
			archive: one(packed.inLocal(func(h *header) { h.method = 0 })),
			want:    []string{"zip-local-header a: method 0, in the directory 8"}},
		{name: "local_sizes", content: whole,
			archive: one(plain.inLocal(func(h *header) { h.packed, h.size = 1, 2 })),
			want: []string{"zip-local-header a: compressed size 1, in the directory 88; " +
				"size 2, in the directory 88"}},
		{name: "local_sizes_missing_without_descriptor", content: whole,
			archive: one(plain.inLocal(func(h *header) { h.packed, h.size = 0, 0 })),
			want: []string{"zip-local-header a: compressed size 0, in the directory 88; " +
				"size 0, in the directory 88"}},
		{name: "local_checksum", content: map[string]string{"a": "x"},
			archive: one(stored("a", "x").inLocal(func(h *header) { h.crc = 0 })),
			want:    []string{"zip-local-header a: checksum 00000000, in the directory 8cdc1683"}},
		{name: "checksum_false_everywhere", content: whole,
			archive: one(plain.with(func(h *header) { h.crc = 1 }))},
		{name: "no_local_header", gaps: 1,
			archive: one(plain.inCentral(func(h *header) { h.offset = 7 })),
			want:    []string{"zip-local-header a: no local header at 0x7"}},
		{name: "local_offset_past_the_end", gaps: 1,
			archive: one(plain.inCentral(func(h *header) { h.offset = 1 << 31 })),
			want:    []string{"zip-local-header a: no local header at 0x80000000"}},
		{name: "stored_compressed_size_too_small", content: whole,
			archive: one(plain.with(func(h *header) { h.packed = 3 })),
			want:    []string{"zip-size a: stored, compressed size 3, size 88"}},
		{name: "stored_size_past_the_end", content: whole,
			archive: one(plain.with(func(h *header) { h.size = 1 << 30 })),
			want:    []string{"zip-size a: stored, compressed size 88, size 1073741824"}},
		{name: "compressed_size_for_nothing",
			archive: one(item{data: make([]byte, 4000),
				header: header{name: "a", method: 8, packed: 4000, size: 1}}),
			want: []string{"zip-size a: compressed size 4000 for a size of 1"}},
		{name: "compressed_size_past_the_end", content: map[string]string{"a": "abc"},
			archive: one(item{data: []byte("\x01\x03\x00\xfc\xffabc"),
				header: header{name: "a", method: 8, packed: 1 << 20, size: 3}}),
			want: []string{"zip-size a: compressed size 1048576, the file has 77 bytes left",
				"zip-overlap a: ends at 0x6c, the directory begins at 0x27"}},
	}
}

func nameTricks() []trick {
	return []trick{
		{name: "nul", archive: one(stored("classes.dex\x00.txt", "x")),
			want: []string{"zip-name classes.dex\x00.txt: control byte 0x00 at 11"}},
		{name: "carriage_return", archive: one(stored("a\r", "x")),
			want: []string{"zip-name a\r: control byte 0x0d at 1"}},
		{name: "absolute", archive: one(stored("/a", "x")),
			want: []string{"zip-name /a: absolute"}},
		{name: "climbs", archive: one(stored("b/../../a", "x")),
			want: []string{"zip-name b/../../a: climbs"}},
		{name: "climbs_with_backslash", archive: one(stored(`..\a`, "x")),
			want: []string{`zip-name ..\a: climbs`}},
		{name: "dots_that_do_not_climb", archive: one(stored("a..b/...", "x"))},
		{name: "empty", archive: one(stored("", "x")), want: []string{"zip-name : empty name"}},
		{name: "slash_with_content", archive: one(stored("classes.dex/", "dex\n")),
			want:    []string{"zip-slash classes.dex/: size 4, compressed size 4"},
			content: map[string]string{"classes.dex/": "dex\n"}},
		{name: "folder_deflated_to_nothing", archive: one(deflated("a/", ""))},
		{name: "duplicate",
			archive: forgery{items: []item{stored("a", "first"), stored("a", "second")}},
			want:    []string{"zip-duplicate a: record 1, shadowed by record 0"},
			content: map[string]string{"a": "first"}},
		{name: "folder_twice", archive: forgery{items: []item{stored("a/", ""), stored("a/", "")}}},
		{name: "file_and_folder",
			archive: forgery{items: []item{stored("a", "x"), stored("a/b/c", "")}},
			want:    []string{`zip-duplicate a: a file, and the folder of "a/b/c"`}},
		{name: "not_utf8", archive: one(stored("caf\xe9", "x")),
			content: map[string]string{"caf\uFFFD": "x"}},
		{name: "two_names_that_decode_to_one",
			archive: forgery{items: []item{stored("\xe9", "1"), stored("\xe8", "2"),
				stored("\uFFFD", "3")}},
			content: map[string]string{"\uFFFD": "1", "\uFFFD\uFFFD1": "2", "\uFFFD\uFFFD2": "3"}},
	}
}

func endTricks() []trick {
	items := []item{stored("a", text), stored("b", "B")}
	both := map[string]string{"a": text, "b": "B"}
	change := func(f func(*ending)) forgery { return forgery{items: items, end: f} }
	largest := strings.Repeat("c", math.MaxUint16)
	fake := string(put(nil, uint32(endSignature), uint64(0), uint64(0), uint16(0)))
	return []trick{
		{name: "largest_comment", archive: forgery{items: items, comment: []byte(largest)},
			want: []string{"zip-comment : comment of 65535 bytes"}, content: both},
		{name: "empty_archive_in_comment", archive: forgery{items: items, comment: []byte(fake)},
			want:    []string{"zip-directory : 1 more end records that close the file"},
			content: both},
		{name: "comment_missing", archive: change(func(e *ending) { e.comment = 5 }),
			want: []string{"zip-directory : comment of 5 bytes, 5 of them missing"}, content: both},
		{name: "trailer", archive: forgery{items: items, trailer: []byte("tail")},
			want: []string{"zip-trailer : 4 bytes after the archive"}, content: both},
		{name: "count_too_small", archive: change(func(e *ending) { e.count, e.onDisk = 1, 1 }),
			want: []string{"zip-directory : 1 entries declared, 2 found"}, content: both},
		{name: "count_too_large", archive: change(func(e *ending) { e.count, e.onDisk = 9, 9 }),
			want: []string{"zip-directory : 9 entries declared, 2 found"}, content: both, gaps: 1},
		{name: "counts_differ", archive: change(func(e *ending) { e.onDisk = 1 }),
			want: []string{"zip-directory : 2 entries declared, 1 on this disk"}, content: both},
		{name: "disk_number", archive: change(func(e *ending) { e.disk = 3 }),
			want: []string{"zip-directory : disk numbers that are not 0"}, content: both},
		{name: "directory_size", archive: change(func(e *ending) { e.size = 3 }),
			want:    []string{"zip-directory : directory of 3 bytes declared, 94 found"},
			content: both},
		{name: "directory_offset", archive: change(func(e *ending) { e.offset += 3 }),
			want:    []string{"zip-directory : directory declared at 0x9a, found at 0x97"},
			content: both},
		{name: "bytes_after_directory", archive: forgery{items: items, after: []byte("hidden")},
			want:    []string{"zip-directory : 6 bytes between the directory and the end record"},
			content: both},
		{name: "zip64_record_unasked", archive: forgery{items: items, zip64: true},
			want:    []string{"zip-zip64 : Zip64 end record for 2 entries and a directory at 0x97"},
			content: both},
		{name: "zip64_record_unneeded", archive: forgery{items: items, zip64: true,
			end: func(e *ending) {
				e.count, e.onDisk = math.MaxUint16, math.MaxUint16
				e.size, e.offset = math.MaxUint32, math.MaxUint32
			}},
			want:    []string{"zip-zip64 : Zip64 end record for 2 entries and a directory at 0x97"},
			content: both},
		{name: "zip64_field_unneeded", archive: one(stored("a", "x").inCentral(func(h *header) {
			h.size, h.packed = math.MaxUint32, math.MaxUint32
			h.extra = put(nil, uint16(1), uint16(16), uint64(1), uint64(1))
		})), want: []string{"zip-zip64 a: 2 fields are in a Zip64 field and would fit without"},
			content: map[string]string{"a": "x"}},
	}
}

func placeTricks() []trick {
	items := []item{stored("a", text), stored("b", "B")}
	both := map[string]string{"a": text, "b": "B"}
	filler := stored("", "").with(func(h *header) { h.extra = make([]byte, 50) })
	filler.unlisted = true
	hidden := streamed(stored("classes2.dex", "dex\n"))
	hidden.unlisted = true
	twin := items[0].inCentral(func(h *header) { h.name, h.offset = "z", 0 })
	twin.unplaced = true
	return []trick{
		{name: "prefix_counted", archive: forgery{prefix: []byte("dex\n035\x00"), items: items},
			want:    []string{"zip-prefix : 8 bytes before the first entry, a DEX file"},
			content: both},
		{name: "prefix_not_counted",
			archive: forgery{prefix: []byte("\x7fELF…"), relative: true, items: items},
			want:    []string{"zip-prefix : 7 bytes before the first entry, an ELF file"},
			content: both},
		{name: "filler_in_front", archive: forgery{items: append([]item{filler, filler}, items...)},
			content: both},
		{name: "local_entry_in_no_record", content: both,
			archive: forgery{items: []item{items[0], hidden, items[1]}},
			want: []string{`zip-directory : ` +
				`the local entry "classes2.dex" at 0x77 is in no record`}},
		{name: "two_records_one_place", archive: forgery{items: append([]item{twin}, items...)},
			want: []string{`zip-local-header z: name "a", in the directory "z"`,
				`zip-overlap a: begins at 0x0, inside "z"`},
			content: map[string]string{"a": text, "z": text}},
		{name: "runs_into_the_directory",
			archive: one(stored("a", "abc").with(func(h *header) { h.packed, h.size = 9, 9 })),
			want:    []string{"zip-overlap a: ends at 0x28, the directory begins at 0x22"},
			content: map[string]string{"a": "abcPK\x01\x02\x14\x00"}},
	}
}
