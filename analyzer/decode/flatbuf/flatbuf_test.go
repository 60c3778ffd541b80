package flatbuf_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
)

func TestTable(t *testing.T) {
	t.Parallel()
	b, root := flatbuf.Read("test", sound())
	assert.Equal(t, int64(-2), root.Int(0, 1, 7))
	assert.Equal(t, int64(7), root.Int(1, 4, 7), "a field that is left out")
	assert.Equal(t, int64(7), root.Int(99, 4, 7), "a field that the table does not know")
	assert.Equal(t, "text", root.String(2))
	texts := root.Vector(3, 4)
	require.Equal(t, 2, texts.Len())
	assert.Equal(t, "text", texts.String(0))
	assert.Equal(t, "text", texts.String(1), "two offsets may lead to one place")
	assert.Equal(t, "", texts.String(2))
	assert.Equal(t, []int64{5, -1}, root.Vector(4, 4).Ints(9))
	assert.Equal(t, []int64{5}, root.Vector(4, 4).Ints(1))
	assert.True(t, root.Has(0))
	assert.False(t, root.Has(1))
	assert.False(t, root.Sub(1).Has(0))
	require.NoError(t, b.Err())
}

// sound is a root with an int8 (0), a text (2), a list of texts (3) and of int32 (4).
func sound() []byte {
	var b []byte
	u16 := func(v ...uint16) {
		for _, n := range v {
			b = binary.LittleEndian.AppendUint16(b, n)
		}
	}
	u32 := func(v ...uint32) {
		for _, n := range v {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
	}
	u32(20)                         // 0: the root
	u16(14, 17, 16, 0, 4, 8, 12, 0) // 4: its vtable
	u32(16, 20, 28, 36)             // 20: the vtable is 16 before; fields 2, 3, 4
	b = append(b, 0xfe, 0, 0, 0)    // 36: field 0
	u32(0)                          // 40
	u32(4)                          // 44: "text"
	b = append(b, "text"...)        // 48
	u32(0)                          // 52: its end
	u32(2, 0, 0)                    // 56: two texts
	u32(2, 5, 0xffffffff)           // 68: two numbers
	binary.LittleEndian.PutUint32(b[24:], 44-24)
	binary.LittleEndian.PutUint32(b[28:], 56-28)
	binary.LittleEndian.PutUint32(b[32:], 68-32)
	// An offset leads forward only, so both texts are one behind the list.
	at := uint32(len(b))
	u32(4)
	b = append(b, "text"...)
	binary.LittleEndian.PutUint32(b[60:], at-60)
	binary.LittleEndian.PutUint32(b[64:], at-64)
	return b
}

func TestBroken(t *testing.T) {
	t.Parallel()
	change := func(at int, v uint32) []byte {
		b := sound()
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	cases := map[string][]byte{
		"empty":                  nil,
		"root_outside":           change(0, 1<<31),
		"root_at_itself":         change(0, 0),
		"vtable_before_the_file": change(20, 1<<30),
		"vtable_behind_the_file": change(20, 0x80000000),
		"vtable_too_long":        change(4, 17<<16|0xfffe),
		"vtable_of_odd_length":   change(4, 17<<16|13),
		"table_too_long":         change(4, 0xffff<<16|14),
		"field_behind_the_table": change(8, 999),
		"text_outside":           change(24, 1<<30),
		"text_too_long":          change(44, 1<<30),
		"list_too_long":          change(56, 1<<30),
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := walk(data)
			var f *budget.FormatError
			assert.True(t, errors.As(err, &f), "%v", err)
		})
	}
}

// TestAmplified enters one table millions of times.
func TestAmplified(t *testing.T) {
	t.Parallel()
	const n = 2000
	// The root at 12 has one field, a list of n offsets that all lead to one table.
	b := []byte{12, 0, 0, 0, 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0}
	b = binary.LittleEndian.AppendUint32(b, n)
	end := len(b) + 4*n
	for len(b) < end {
		b = binary.LittleEndian.AppendUint32(b, uint32(end-len(b)))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(end-4)) // the root's vtable
	b = append(b, 0, 0, 0, 0)
	buf, root := flatbuf.Read("test", b)
	list := root.Vector(0, 4)
	require.Equal(t, n, list.Len())
	list.Table(0)
	require.NoError(t, buf.Err())
	for range n {
		for i := range list.Len() {
			list.Table(i)
		}
	}
	require.Error(t, buf.Err(), "four million tables out of %d bytes", len(b))
}

// walk touches everything that the sound buffer has.
func walk(data []byte) error {
	b, root := flatbuf.Read("test", data)
	root.Int(0, 1, 0)
	root.Int(0, 8, 0)
	root.Float(0, 0)
	root.Bytes(2)
	_ = root.String(2)
	texts := root.Vector(3, 4)
	for i := range min(texts.Len(), 100) {
		_ = texts.String(i)
		texts.Table(i).Int(0, 4, 0)
	}
	root.Vector(4, 4).Ints(100)
	root.Vector(4, 8).Ints(100)
	root.Sub(4).Sub(0).Int(0, 2, 0)
	return b.Err()
}

func FuzzRead(f *testing.F) {
	f.Add(sound())
	f.Add(sound()[:50])
	f.Fuzz(func(t *testing.T, data []byte) {
		err := walk(data)
		var format *budget.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Fatal(err)
		}
	})
}
