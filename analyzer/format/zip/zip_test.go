package zip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

const text = "the quick brown fox jumps over the lazy dog, " +
	"the quick brown fox jumps over the lazy dog"

// sound is an archive with what ordinary build tools leave in one.
func sound() forgery {
	return forgery{
		items: []item{
			deflated("AndroidManifest.xml", text),
			stored("classes.dex", "dex\n035\x00 and so on"),
			stored("res/", ""),
			deflated("res/empty", ""),
			streamed(deflated("res/streamed.xml", text+text)),
			stored("文件.txt", "text").with(func(h *header) { h.flags = 1 << 11 }),
			stored("aligned.so", "\x7fELF").inLocal(func(h *header) { h.extra = make([]byte, 7) }),
		},
		block:   []byte("an APK Signing Block of any content"),
		comment: []byte("a channel"),
	}
}

// streamed leaves sizes and checksum to a data descriptor.
func streamed(i item) item {
	i.flags |= flagDescriptor
	i.after = put(nil, uint32(0x08074b50), i.crc, i.packed, i.size)
	return i.inLocal(func(h *header) { h.crc, h.packed, h.size = 0, 0, 0 })
}

func list(t *testing.T, b []byte) *analyzer.Contents {
	t.Helper()
	c, err := Lister{}.List(file(b), budget.New(budget.Limits{}))
	require.NoError(t, err)
	return c
}

func names(c *analyzer.Contents) []string {
	var out []string
	for _, e := range c.Entries {
		out = append(out, e.Name())
	}
	return out
}

func TestListSound(t *testing.T) {
	t.Parallel()
	c := list(t, sound().bytes())
	assert.Empty(t, c.Anomalies)
	assert.Empty(t, c.Gaps)
	assert.Equal(t, int64(len(sound().bytes())), c.File.Size)
	assert.Equal(t, analyzer.Unknown, c.Format)
	want := []string{"AndroidManifest.xml", "classes.dex", "res/", "res/empty", "res/streamed.xml",
		"文件.txt", "aligned.so"}
	assert.Empty(t, cmp.Diff(want, names(c)))
	for name, content := range map[string]string{
		"AndroidManifest.xml": text, "classes.dex": "dex\n035\x00 and so on", "res/": "",
		"res/empty":        "",
		"res/streamed.xml": text + text, "文件.txt": "text", "aligned.so": "\x7fELF",
	} {
		e := c.Find(name)
		require.NotNil(t, e, name)
		got, err := e.Read(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, content, string(got), name)
		assert.Equal(t, int64(len(content)), e.Size(), name)
		assert.Equal(t, content[:min(64, len(content))], string(e.Head()), name)
	}
}

func TestListErrors(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"empty": nil, "text": []byte("not a zip"), "long_text": bytes.Repeat([]byte("text"), 1<<16),
		"end_too_far_back": append(sound().bytes(), make([]byte, 1<<17)...),
	} {
		c, err := Lister{}.List(file(b), budget.New(budget.Limits{}))
		assert.ErrorIs(t, err, ErrNotZip, name)
		assert.Nil(t, c, name)
		_, err = Locate(file(b))
		assert.ErrorIs(t, err, ErrNotZip, name)
	}
	lost := sound()
	lost.end = func(e *ending) { e.offset, e.size = 1<<31, 1<<30 }
	_, err := Lister{}.List(file(lost.bytes()), budget.New(budget.Limits{}))
	var malformed *budget.FormatError
	assert.ErrorAs(t, err, &malformed)
	_, err = Lister{}.List(analyzer.File{Bytes: failing{}, Size: 100}, budget.New(budget.Limits{}))
	assert.ErrorIs(t, err, errFailing)
	_, err = Lister{}.List(analyzer.File{Bytes: bytes.NewReader(nil), Size: 100},
		budget.New(budget.Limits{}))
	assert.Error(t, err)
}

var errFailing = errors.New("disk on fire")

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errFailing }

func TestListEmptyArchive(t *testing.T) {
	t.Parallel()
	c := list(t, forgery{}.bytes())
	assert.Empty(t, c.Entries)
	assert.Empty(t, c.Anomalies)
	assert.Empty(t, c.Gaps)
}

func TestListBudget(t *testing.T) {
	t.Parallel()
	c, err := Lister{}.List(file(sound().bytes()), budget.New(budget.Limits{Entries: 2}))
	require.NoError(t, err)
	assert.Len(t, c.Entries, 2)
	require.Len(t, c.Gaps, 1)
	assert.Equal(t, analyzer.GapBudget, c.Gaps[0].Reason)
	assert.True(t, c.Gaps[0].Code)
}

func TestListFlood(t *testing.T) {
	t.Parallel()
	var f forgery
	for i := range 3 * maxNotes {
		f.items = append(f.items, stored(fmt.Sprintf("/%d", i), ""))
	}
	c := list(t, f.bytes())
	require.Len(t, c.Anomalies, maxNotes+1)
	assert.Equal(t, analyzer.Anomaly{Code: analyzer.ZipName, What: "128 more"},
		c.Anomalies[maxNotes])
}

func TestLocate(t *testing.T) {
	t.Parallel()
	f := sound()
	b := f.bytes()
	l, err := Locate(file(b))
	require.NoError(t, err)
	assert.Zero(t, l.Base)
	assert.True(t, bytes.HasSuffix(b[:l.Directory], f.block))
	assert.Equal(t, int64(len(b)-endLength-len(f.comment)), l.End)

	f.prefix, f.relative = []byte("prefix"), true
	l, err = Locate(file(f.bytes()))
	require.NoError(t, err)
	assert.Equal(t, int64(6), l.Base)
}

// TestLocateBounded follows the last end records alone: a device follows one.
func TestLocateBounded(t *testing.T) {
	t.Parallel()
	fake := put(nil, uint32(endSignature), uint64(0), uint32(1), uint32(1<<30), uint16(0))
	comment := func(n int) []byte {
		return forgery{items: []item{stored("a", "x")}, comment: bytes.Repeat(fake, n)}.bytes()
	}
	_, err := Locate(file(comment(maxEnds - 1)))
	require.NoError(t, err)
	_, err = Locate(file(comment(maxEnds)))
	var format *budget.FormatError
	require.ErrorAs(t, err, &format)
}

func TestEntry_Read(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		item item
	}{
		{"longer_than_declared", deflated("a", text).with(func(h *header) { h.size-- })},
		{"shorter_than_declared", deflated("a", text).with(func(h *header) { h.size++ })},
		{"size_beyond_any_ratio", deflated("a", text).with(func(h *header) { h.size = 1 << 31 })},
		{"not_deflate", stored("a", text).with(func(h *header) { h.method = 8 })},
		{"stream_cut_short", deflated("a", text).with(func(h *header) { h.packed -= 9 })},
		{"unreachable", stored("a", text).inCentral(func(h *header) { h.offset = 3 })},
		{"unknown_method_stored_past_the_end", stored("a", text).with(func(h *header) {
			h.method, h.size = 5, 1000
		})},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := list(t, one(c.item).bytes()).Find("a")
			require.NotNil(t, e)
			b, err := e.Read(t.Context())
			var malformed *budget.FormatError
			require.ErrorAs(t, err, &malformed)
			assert.Nil(t, b)
			assert.LessOrEqual(t, e.Size(), int64(len(c.item.data)*deflateRatio+64))
		})
	}
}

func TestEntry_ReadCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, e := range list(t, sound().bytes()).Entries {
		b, err := e.Read(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Nil(t, b)
	}
}

func TestEntry_Concurrent(t *testing.T) {
	t.Parallel()
	odd := deflated("odd", strings.Repeat(text, 3000)).with(func(h *header) { h.method = 77 })
	entries := list(t, forgery{items: []item{odd, deflated("even", text)}}.bytes()).Entries
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, e := range entries {
				b, err := e.Read(t.Context())
				assert.NoError(t, err)
				assert.Equal(t, text[:64], string(e.Head()))
				assert.Equal(t, text[:64], string(b[:64]))
			}
		})
	}
	group.Wait()
}
