package ledger

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, in, want string }{
		{"space_and_order", " { \"b\" : [ 1 , true ],\n\"a\":null } ", `{"a":null,"b":[1,true]}`},
		{"empty", `{"a":{},"b":[],"":""}`, `{"":"","a":{},"b":[]}`},
		// The names of RFC 8785 section 3.2.3: a name beyond U+FFFF sorts by its surrogates.
		{
			"order_by_utf16_units",
			`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`,
			`{"\r":2,"1":4,"` + "\u0080" + `":6,"ö":7,"€":1,"😀":5,"` + "\ufb33" + `":3}`,
		},
		{
			"escapes", `"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\u003c\u2028\u007f"`,
			`"€$\u000f\nA'B\"\\\\\"/<` + "\u2028\u007f" + `"`,
		},
		{"escaped_backslash_before_u", `"\\ud800"`, `"\\ud800"`},
		{"largest_integers", `[9007199254740991,-9007199254740991,0]`,
			`[9007199254740991,-9007199254740991,0]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := canonical([]byte(c.in), maxBodyDepth)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
			again, err := canonical(got, maxBodyDepth)
			require.NoError(t, err)
			assert.Equal(t, got, again)
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", maxBodyDepth+1) + strings.Repeat("]", maxBodyDepth+1)
	cases := []struct{ name, in string }{
		{"nothing", ""},
		{"half_a_text", `{"a":`},
		{"two_texts", `{} {}`},
		{"fraction", `[1.0]`},
		{"exponent", `[1e3]`},
		{"minus_zero", `[-0]`},
		{"integer_over_53_bits", `[9007199254740992]`},
		{"integer_over_64_bits", `[99999999999999999999]`},
		{"name_twice", `{"a":1,"b":2,"\u0061":3}`},
		{"lone_high_surrogate", `"\ud800"`},
		{"lone_low_surrogate", `"\udc00"`},
		{"high_before_other", `"\ud800\u0041"`},
		{"high_before_text", `"\ud800xxxxxx"`},
		{"lone_surrogate_behind_a_backslash", `"\\\ud800"`},
		{"lone_surrogate_in_a_name", `{"\udfff":1}`},
		{"bytes_no_utf8", "\"\xff\""},
		{"surrogate_as_bytes", "\"\xed\xa0\x80\""},
		{"too_deep", deep},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := canonical([]byte(c.in), maxBodyDepth)
			require.ErrorIs(t, err, NotCanonical)
			assert.Nil(t, got)
		})
	}
	_, err := canonical([]byte(deep[1:len(deep)-1]), maxBodyDepth)
	require.NoError(t, err, "the bound itself is allowed")
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		`{"b":[1,"\ud83d\ude00",{"x":null}],"a":-5}`, `"\\\ud800"`, `[1e3]`,
		`{"a":1,"a":2}`, `[[[]]]`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := canonical(in, maxBodyDepth)
		if err != nil {
			require.Nil(t, out)
			return
		}
		again, err := canonical(out, maxBodyDepth)
		require.NoError(t, err)
		require.Equal(t, string(out), string(again), "the canonical form is its own")
		require.Equal(t, value(t, in), value(t, out), "the meaning is kept")
	})
}

func value(t *testing.T, text []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&v))
	return v
}
