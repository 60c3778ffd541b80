package protobuf_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

const sound = "\x08\x96\x01" + // 1: 150
	"\x12\x07testing" + // 2: a text
	"\x1d\x01\x00\x00\x00" + // 3: four bytes
	"\x21\x02\x00\x00\x00\x00\x00\x00\x00" + // 4: eight bytes
	"\x2a\x03\x01\x02\x03" + // 5: packed numbers
	"\x82\x01\x02\x08\x05" // 16: a message

func walk(data []byte) (fields []string, err error) {
	err = protobuf.Walk("test", 100, data, func(f protobuf.Field) error {
		fields = append(fields, fmt.Sprintf("%d@%d %d %q", f.Number, f.At, f.Value, f.Bytes))
		return nil
	})
	return fields, err
}

func TestWalk(t *testing.T) {
	t.Parallel()
	got, err := walk([]byte(sound))
	require.NoError(t, err)
	want := []string{
		`1@101 150 ""`, `2@105 0 "testing"`, `3@113 1 ""`, `4@118 2 ""`,
		`5@128 0 "\x01\x02\x03"`, `16@134 0 "\b\x05"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	var list []int64
	inner := 0
	err := protobuf.Walk("test", 0, []byte(sound), func(f protobuf.Field) error {
		switch f.Number {
		case 1, 5:
			list = f.Ints(list, 3)
		case 2:
			assert.Equal(t, "testing", f.Text())
		case 16:
			return f.Walk("inner", func(f protobuf.Field) error {
				inner = int(f.Int())
				assert.Equal(t, int64(35), f.At)
				return nil
			})
		}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, []int64{150, 1, 2}, list)
	assert.Equal(t, 5, inner)
}

func TestWalkRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"field_0":          "\x00\x01",
		"endless_key":      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"number_too_high":  "\xf8\xff\xff\xff\x7f\x01",
		"group":            "\x0b\x0c",
		"reserved_type":    "\x0e",
		"length_behind":    "\x12\x08testing",
		"length_enormous":  "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"four_bytes_cut":   "\x1d\x01\x00",
		"eight_bytes_cut":  "\x21\x01\x00",
		"number_cut":       "\x08\x96",
		"length_cut":       "\x12\x96",
		"text_of_any_kind": "hello world",
	} {
		_, err := walk([]byte(data))
		var f *budget.FormatError
		assert.True(t, errors.As(err, &f), "%s: %v", name, err)
	}
}

func TestWalkEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	stop, n := errors.New("enough"), 0
	err := protobuf.Walk("test", 0, []byte(sound), func(protobuf.Field) error {
		n++
		return stop
	})
	require.ErrorIs(t, err, stop)
	assert.Equal(t, 1, n)
}

func FuzzWalk(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("\x08\x96"))
	f.Fuzz(func(t *testing.T, data []byte) {
		total := 0
		err := protobuf.Walk("test", 0, data, func(f protobuf.Field) error {
			total += len(f.Bytes)
			f.Ints(nil, 10)
			return nil
		})
		if total > len(data) {
			t.Fatal("more bytes than there are")
		}
		var format *budget.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Fatal(err)
		}
	})
}
