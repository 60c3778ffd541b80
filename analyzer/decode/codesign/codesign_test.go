package codesign_test

import (
	"bytes"
	"context"
	"debug/macho"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/codesign"
	"github.com/listgate/listgate/fixtures/machofile"
)

var rights = map[string]any{
	"application-identifier": "TEAM123456.com.example.demo", "get-task-allow": true,
	"groups": []any{"a", "b"}, "deep": map[string]any{"n": 300},
}

func key(t testing.TB, kind string) *machofile.Key {
	t.Helper()
	k, err := machofile.NewKey(kind, "Apple Distribution: Demo", "TEAM123456")
	require.NoError(t, err)
	return k
}

// signing is what most tests sign.
func signing(k *machofile.Key) *machofile.Signing {
	return &machofile.Signing{Identifier: "com.example.demo", Team: "TEAM123456",
		Entitlements: rights, Key: k, Info: []byte("info"), Resources: []byte("resources")}
}

// signed builds a thin program and returns its code and its signature.
func signed(t testing.TB, s *machofile.Signing) (code, blob []byte) {
	t.Helper()
	data, err := machofile.Build(machofile.Image{Strings: []string{"hello"}, Signing: s})
	require.NoError(t, err)
	return split(t, data)
}

func split(t testing.TB, data []byte) (code, blob []byte) {
	t.Helper()
	f, err := macho.NewFile(bytes.NewReader(data))
	require.NoError(t, err)
	for _, l := range f.Loads {
		if raw := l.Raw(); binary.LittleEndian.Uint32(raw) == 0x1d {
			at := binary.LittleEndian.Uint32(raw[8:])
			return data[:at:at], data[at : at+binary.LittleEndian.Uint32(raw[12:])]
		}
	}
	t.Fatal("no signature")
	return nil, nil
}

func decode(t testing.TB, blob []byte) *codesign.Signature {
	t.Helper()
	s, err := codesign.Decode(blob, budget.New(budget.Limits{}))
	require.NoError(t, err)
	return s
}

var beside = map[codesign.Slot][]byte{codesign.SlotInfo: []byte("info"),
	codesign.SlotResources: []byte("resources")}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"rsa", "ec"} {
		k := key(t, kind)
		code, blob := signed(t, signing(k))
		s := decode(t, blob)
		require.Len(t, s.Directories, 1)
		d, ok := s.Best()
		require.True(t, ok)
		assert.Equal(t, "com.example.demo", d.Identifier)
		assert.Equal(t, "TEAM123456", d.TeamID)
		assert.Equal(t, int64(len(code)), d.Limit)
		assert.Equal(t, "sha256", d.Hash.String())
		assert.Len(t, d.CDHash(), 40)
		assert.False(t, d.IsAdHoc())
		require.NotNil(t, s.Message)
		digest, subject := s.Message.Signer()
		assert.Len(t, digest, 64)
		assert.Equal(t, "CN=Apple Distribution: Demo,OU=TEAM123456", subject)
		assert.Equal(t, "TEAM123456", s.Message.Team())
		require.Len(t, s.Message.Chain, 2)
		assert.Equal(t, "Test Authority", s.Message.Chain[1].Subject.CommonName)
		assert.Contains(t, string(s.Entitlements), "get-task-allow")
		got, err := codesign.DecodeEntitlements(s.EntitlementsDER, budget.New(budget.Limits{}))
		require.NoError(t, err)
		want := map[string]any{"application-identifier": "TEAM123456.com.example.demo",
			"get-task-allow": true, "groups": []any{"a", "b"},
			"deep": map[string]any{"n": int64(300)}}
		assert.Empty(t, cmp.Diff(want, got))
		assert.Empty(t, s.Verify(t.Context(), codesign.Program{Code: code, Files: beside}))
	}
}

func TestDecodeAdHoc(t *testing.T) {
	t.Parallel()
	s := signing(nil)
	s.Hashes = []string{"sha1", "sha256"}
	code, blob := signed(t, s)
	got := decode(t, blob)
	assert.Nil(t, got.Message)
	d, _ := got.Best()
	assert.True(t, d.IsAdHoc())
	assert.Equal(t, codesign.SHA256, d.Hash, "a device believes the stronger hash")
	assert.Empty(t, got.Verify(t.Context(), codesign.Program{Code: code}))
}

// TestVerifyTampered changes one thing after the signature was made.
func TestVerifyTampered(t *testing.T) {
	t.Parallel()
	k := key(t, "ec")
	two := signing(k)
	two.Hashes = []string{"sha256", "sha1"}
	sound, soundBlob := signed(t, signing(k))
	other, otherBlob := signed(t, &machofile.Signing{Identifier: "com.example.other", Key: k})
	_ = other
	for _, c := range []struct {
		name, want string
		change     func(code, blob []byte) ([]byte, []byte)
		files      map[codesign.Slot][]byte
	}{
		{"page", "1 of ", func(code, blob []byte) ([]byte, []byte) {
			code[len(code)-1] ^= 1
			return code, blob
		}, nil},
		{"code_cut", "covers", func(code, blob []byte) ([]byte, []byte) {
			return code[:len(code)-1], blob
		}, nil},
		{"code_longer", "not covered", func(code, blob []byte) ([]byte, []byte) {
			return append(code, "more"...), blob
		}, nil},
		{"info", "Info.plist: not what was signed", nil,
			map[codesign.Slot][]byte{codesign.SlotInfo: []byte("other")}},
		{"info_gone", "Info.plist: signed, but not there", nil,
			map[codesign.Slot][]byte{codesign.SlotInfo: nil}},
		{"resources", "CodeResources: not what was signed", nil,
			map[codesign.Slot][]byte{codesign.SlotResources: {}}},
		{"entitlements", "the entitlements: not what was signed",
			replaced("get-task-allow", "get-task-allox"), nil},
		{"entitlements_der", "the entitlements in DER: not what was signed",
			replaced("get-task-allow\x01", "get-task-allox\x01"), nil},
		{"identifier", "signature over the code directory",
			replaced("com.example.demo\x00", "com.example.evil\x00"), nil},
		{"directory_of_another", "", func(code, _ []byte) ([]byte, []byte) {
			return code, otherBlob
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, blob := bytes.Clone(sound), bytes.Clone(soundBlob)
			if c.change != nil {
				code, blob = c.change(code, blob)
			}
			problems := decode(t, blob).Verify(t.Context(),
				codesign.Program{Code: code, Files: c.files})
			require.NotEmpty(t, problems)
			assert.ErrorContains(t, problems[0], c.want)
			assert.NotErrorIs(t, problems[0], codesign.ErrUnsupported)
		})
	}
}

func replaced(old, now string) func(code, blob []byte) ([]byte, []byte) {
	return func(code, blob []byte) ([]byte, []byte) {
		return code, bytes.Replace(blob, []byte(old), []byte(now), 1)
	}
}

// Two directories: the message names both, and a change of either is found.
func TestVerifyAlternates(t *testing.T) {
	t.Parallel()
	s := signing(key(t, "ec"))
	s.Hashes = []string{"sha1", "sha256"}
	code, blob := signed(t, s)
	first := bytes.LastIndex(blob, []byte("com.example.demo\x00"))
	bad := bytes.Clone(blob)
	copy(bad[first:], "com.example.evil")
	problems := decode(t, bad).Verify(t.Context(), codesign.Program{Code: code})
	require.Len(t, problems, 1)
	assert.ErrorContains(t, problems[0], "does not name the code directory by sha256")
}

func TestVerifyChain(t *testing.T) {
	t.Parallel()
	k := key(t, "ec")
	k.Bare = true
	code, blob := signed(t, signing(k))
	s := decode(t, blob)
	assert.Len(t, s.Message.Chain, 1)
	assert.Empty(t, s.Verify(t.Context(), codesign.Program{Code: code}))
	// Another authority of the same name did not issue the certificate.
	k.Strangers = [][]byte{key(t, "ec").Authority.Raw}
	code, blob = signed(t, signing(k))
	problems := decode(t, blob).Verify(t.Context(), codesign.Program{Code: code})
	require.Len(t, problems, 1)
	assert.ErrorContains(t, problems[0], `certificate "Apple Distribution: Demo"`)
}

func TestVerifyStops(t *testing.T) {
	t.Parallel()
	code, blob := signed(t, signing(nil))
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	problems := decode(t, blob).Verify(ctx, codesign.Program{Code: code})
	require.Len(t, problems, 1)
	assert.ErrorIs(t, problems[0], cause)
}

func TestVerifyUnsupported(t *testing.T) {
	t.Parallel()
	code, blob := signed(t, signing(nil))
	at := bytes.Index(blob, []byte("com.example.demo\x00")) - 88
	blob[at+36], blob[at+37] = 32, 9
	problems := decode(t, blob).Verify(t.Context(), codesign.Program{Code: code})
	require.Len(t, problems, 1)
	assert.ErrorIs(t, problems[0], codesign.ErrUnsupported)
}

func TestMessage(t *testing.T) {
	t.Parallel()
	k := key(t, "rsa")
	content := bytes.Repeat([]byte("content "), 100)
	data, err := k.Message(content, true)
	require.NoError(t, err)
	m, err := codesign.OpenMessage(data, budget.New(budget.Limits{}))
	require.NoError(t, err)
	assert.Equal(t, content, m.Content)
	require.NoError(t, m.Verify(m.Content))
	require.Error(t, m.Verify([]byte("other")))
	for n := range len(data) {
		_, err := codesign.OpenMessage(data[:n], budget.New(budget.Limits{}))
		require.Error(t, err, "cut to %d", n)
	}
}

func superBlob(count uint32, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, 0xfade0cc0)
	out = binary.BigEndian.AppendUint32(out, uint32(12+len(body)))
	return append(binary.BigEndian.AppendUint32(out, count), body...)
}

func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	_, sound := signed(t, signing(key(t, "ec")))
	directory := bytes.Index(sound, []byte{0xfa, 0xde, 0x0c, 0x02})
	message := bytes.Index(sound, []byte{0xfa, 0xde, 0x0b, 0x01})
	patched := func(at int, v uint32) []byte {
		b := bytes.Clone(sound)
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
	nested := bytes.Repeat([]byte{0x30, 0x80}, 100)
	for name, data := range map[string][]byte{
		"empty": nil, "other_magic": patched(0, 0xfade0cc1), "longer_than_all": patched(4, 1<<30),
		"parts_counted_too_many":  patched(8, 0xffffffff),
		"part_outside":            patched(16, 0xfffffff0),
		"part_too_long":           patched(directory+4, 0xffffff),
		"part_without_a_header":   superBlob(1, "\x00\x00\x00\x00\x00\x00\x00\x14\xfa\xde\x0c\x02"),
		"two_directories":         patched(20, 0),
		"identifier_outside":      patched(directory+20, 0xfffffff0),
		"team_outside":            patched(directory+48, 0xfffffff0),
		"hashes_outside":          patched(directory+16, 0xfffffff0),
		"pages_counted_too_many":  patched(directory+28, 0xffffffff),
		"special_counted_too_big": patched(directory+24, 0xffffffff),
		"hash_of_wrong_size":      patched(directory+36, 0x14020010),
		"page_of_2^255":           patched(directory+36, 0x200200ff),
		"version_of_tomorrow":     patched(directory+8, 0x30000),
		"other_mark_as_directory": patched(directory, 0xfade0c03),
		"cms_is_text":             patched(message+8, 0x68656c6c),
		"cms_length_of_4_gib":     patched(message+8, 0x3084ffff),
		"cms_nested_deep":         bytes.Replace(sound, sound[message+8:message+208], nested, 1),
	} {
		s, err := codesign.Decode(data, budget.New(budget.Limits{}))
		var malformed *budget.FormatError
		require.ErrorAs(t, err, &malformed, name)
		assert.Nil(t, s, name)
	}
}

func TestDecodeEntitlementsHostile(t *testing.T) {
	t.Parallel()
	deep := []byte{0x0c, 1, 'v'}
	for range 40 {
		deep = append([]byte{0x30, byte(len(deep))}, deep...)
	}
	pair := append([]byte{0x30, byte(3 + len(deep)), 0x0c, 1, 'k'}, deep...)
	whole := func(pairs ...byte) []byte {
		dict := append([]byte{0xb0, byte(len(pairs))}, pairs...)
		return append([]byte{0x70, byte(3 + len(dict)), 2, 1, 1}, dict...)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "nested": whole(pair...),
		"key_twice": whole(0x30, 6, 0x0c, 1, 'k', 1, 1, 1, 0x30, 6, 0x0c, 1, 'k', 1, 1, 1),
		"no_value":  whole(0x30, 3, 0x0c, 1, 'k'), "other_tag": whole(0x30, 5, 0x0c, 1, 'k', 5, 0),
		"number_of_9_bytes": whole(0x30, 14, 0x0c, 1, 'k', 2, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1),
	} {
		_, err := codesign.DecodeEntitlements(data, budget.New(budget.Limits{}))
		var malformed *budget.FormatError
		require.ErrorAs(t, err, &malformed, name)
	}
}

func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	_, data := signed(t, signing(key(t, "ec")))
	data = data[:binary.BigEndian.Uint32(data[4:])]
	for n := range len(data) {
		_, err := codesign.Decode(data[:n], budget.New(budget.Limits{}))
		require.Error(t, err, "cut to %d", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, k := range []*machofile.Key{nil, key(f, "ec")} {
		code, blob := signed(f, signing(k))
		f.Add(blob, code[:256])
	}
	f.Fuzz(func(t *testing.T, data, code []byte) {
		s, err := codesign.Decode(data, budget.New(budget.Limits{Bytes: 1 << 20}))
		if err != nil {
			requireKnown(t, err)
			require.Nil(t, s)
			return
		}
		s.Verify(t.Context(), codesign.Program{Code: code, Files: beside})
		if s.EntitlementsDER != nil {
			_, err := codesign.DecodeEntitlements(s.EntitlementsDER, budget.New(budget.Limits{}))
			requireKnown(t, err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, attached := range []bool{false, true} {
		data, err := key(f, "ec").Message([]byte("content"), attached)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := codesign.OpenMessage(data, budget.New(budget.Limits{Bytes: 1 << 20}))
		requireKnown(t, err)
		if err == nil {
			require.NotEmpty(t, m.Chain)
			_ = m.Verify(m.Content)
		}
	})
}

func requireKnown(t *testing.T, err error) {
	t.Helper()
	var malformed *budget.FormatError
	require.True(t, err == nil || errors.As(err, &malformed) ||
		errors.Is(err, budget.ErrExhausted), "%v", err)
}
