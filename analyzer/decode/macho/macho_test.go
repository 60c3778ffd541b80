package macho

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func decode(t *testing.T, data []byte) *File {
	t.Helper()
	f, err := Decode(data, budget.New(budget.Limits{}))
	require.NoError(t, err)
	return f
}

func names(list []Name) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, n.Name)
	}
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		arch    string
		program program
		imports []string
	}{
		{"arm64_plain", "arm64", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x0100000c}, nil},
		{"arm64_library_at_zero", "arm64", program{order: binary.LittleEndian, wide: true,
			cpu: 0x0100000c}, nil},
		{"arm64_chained", "arm64", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x0100000c, format: ptr64}, []string{"AVSpeechSynthesizer"}},
		{"arm64_chained_offset", "arm64", *arm64(), []string{"AVSpeechSynthesizer"}},
		{"arm64e", "arm64e", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x0100000c, sub: 0x80000002, format: ptrARM64E}, []string{"AVSpeechSynthesizer"}},
		{"arm64e_signed", "arm64e", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x0100000c, sub: 2, format: ptrARM64EUserland}, []string{"AVSpeechSynthesizer"}},
		{"arm64e_24", "arm64e", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x0100000c, sub: 2, format: ptrARM64EUserland24}, []string{"AVSpeechSynthesizer"}},
		{"armv7", "armv7", *armv7(), nil},
		{"i386", "i386", program{order: binary.LittleEndian, base: 0x4000, cpu: 7, sub: 3}, nil},
		{"x86_64", "x86_64", program{order: binary.LittleEndian, wide: true, base: 1 << 32,
			cpu: 0x01000007, sub: 0x80000003}, nil},
		{"big_endian", "cpu 0x12/0x0", program{order: binary.BigEndian, base: 0x4000, cpu: 18},
			nil},
		{"big_endian_chained", "cpu 0x1000012/0x0", program{order: binary.BigEndian, wide: true,
			base: 1 << 32, cpu: 0x01000012, format: ptr64Offset}, []string{"AVSpeechSynthesizer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := c.program.build()
			f := decode(t, data)
			require.Len(t, f.Slices, 1)
			assert.Empty(t, f.Oddities)
			s := f.Slices[0]
			assert.Equal(t, c.arch, s.Arch)
			assert.Equal(t, []string{"dylib", "ios", "12.1", "@rpath/Demo.framework/Demo"},
				[]string{s.Type, s.Platform, s.MinOS, s.ID})
			assert.Equal(t, []string{"DemoSynthesizer"}, names(s.Classes))
			assert.Equal(t, append([]string{"NSObject", "NSString"}, c.imports...),
				names(s.Imports))
			assert.Equal(t, []string{"Demo.Speak", "Demo.Outer.Voice"}, names(s.Swift))
			assert.Equal(t, []string{"demo_start", "$s4Demo5SpeakVMn", "demo_stop"},
				names(s.Symbols)[:3])
			require.Len(t, s.Dylibs, 2)
			assert.Equal(t, Dylib{"@rpath/Other.framework/Other", true, "0.0", s.Dylibs[1].At},
				s.Dylibs[1])
			assert.Equal(t, "DemoSynthesizer", string(data[s.Classes[0].At:s.Classes[0].At+15]))
			assert.Equal(t, Range{atSign, programEnd - atSign}, s.Signature)
			assert.Len(t, s.Strings, 3)
			assert.True(t, s.Strings[2].Wide)
		})
	}
}

func TestDecodeUniversal(t *testing.T) {
	t.Parallel()
	data := universal(armv7().build(), arm64().build())
	f := decode(t, data)
	assert.Empty(t, f.Oddities)
	require.Len(t, f.Slices, 2)
	for i, arch := range []string{"armv7", "arm64"} {
		s := f.Slices[i]
		assert.Equal(t, arch, s.Arch)
		assert.EqualValues(t, (i+1)<<14, s.At)
		assert.Equal(t, "DemoSynthesizer", string(data[s.Classes[0].At:s.Classes[0].At+15]))
		assert.EqualValues(t, s.At+atStrings, s.Strings[0].At)
	}
}

func TestDecodeEncrypted(t *testing.T) {
	t.Parallel()
	p := arm64()
	p.crypt = 1
	plain := p.build()
	secret := append([]byte(nil), plain...)
	for i := range 0x1000 {
		secret[0x800+i] = byte(i*i>>3) ^ byte(i)*151 | 0x80
	}
	f := decode(t, plain)
	require.Len(t, f.Oddities, 1)
	assert.False(t, f.Oddities[0].Lost)
	assert.True(t, f.Slices[0].Plain)
	assert.Equal(t, []string{"DemoSynthesizer"}, names(f.Slices[0].Classes))
	f = decode(t, secret)
	s := f.Slices[0]
	assert.False(t, s.Plain)
	assert.EqualValues(t, 1, s.CryptID)
	assert.Equal(t, Range{0x800, 0x1000}, s.Encrypted)
	assert.Empty(t, s.Strings)
	assert.Equal(t, []string{"DemoSynthesizer"}, names(s.Classes),
		"the symbol table stays readable")
	assert.Equal(t, []string{"Demo.Speak"}, names(s.Swift))
}

func TestDecodeArchive(t *testing.T) {
	t.Parallel()
	member := func(name string, body []byte) string {
		pad := func(s string, n int) string { return s + strings.Repeat(" ", n-len(s)) }
		long := name + strings.Repeat("\x00", 20-len(name))
		size := len(long) + len(body)
		return pad("#1/20", 16) + pad("0", 12) + pad("0", 6) + pad("0", 6) + pad("644", 8) +
			pad(itoa(size), 10) + "`\n" + long + string(body) + strings.Repeat("\n", size%2)
	}
	data := []byte(archiveMark + member("__.SYMDEF", []byte("odd")) + member("a.o",
		arm64().build()) + member("b.o", armv7().build()))
	f := decode(t, data)
	require.Len(t, f.Slices, 2)
	assert.Empty(t, f.Oddities)
	assert.Equal(t, "arm64", f.Slices[0].Arch)
	for n := len(archiveMark) + 1; n < len(data); n += 97 {
		f, err := Decode(data[:n], budget.New(budget.Limits{}))
		assert.True(t, err != nil || lost(f), "cut to %d", n)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func lost(f *File) bool {
	for _, o := range f.Oddities {
		if o.Lost {
			return true
		}
	}
	return false
}

// commandAt returns where the first command of a kind lies in an arm64 program.
func commandAt(data []byte, kind uint32) int {
	for at := 32; ; at += int(binary.LittleEndian.Uint32(data[at+4:])) {
		if binary.LittleEndian.Uint32(data[at:]) == kind {
			return at
		}
	}
}

func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	set := func(kind uint32, off int, v uint32) []byte {
		data := arm64().build()
		at := 0
		if kind != 0 {
			at = commandAt(data, kind)
		}
		binary.LittleEndian.PutUint32(data[at+off:], v)
		return data
	}
	const huge = 0xfffffff0
	wild := arm64().build()
	binary.LittleEndian.PutUint64(wild[atList:], 0x7fffff0)
	for _, c := range []struct {
		name    string
		data    []byte
		lost    bool
		classes int
	}{
		{"commands_counted_too_many", set(0, 16, huge), true, 1},
		{"commands_past_the_end", set(0, 20, huge), true, 1},
		{"command_of_size_0", set(lcIDDylib, 4, 0), true, 1},
		{"command_past_the_end", set(lcUUID, 4, huge), true, 1},
		{"segment_past_the_end", set(lcSegment64, 48, huge), true, 1},
		{"sections_counted_too_many", set(lcSegment64, 64, huge), true, 1},
		{"symbols_counted_too_many", set(lcSymtab, 12, huge), true, 1},
		{"symbol_names_past_the_end", set(lcSymtab, 16, huge), true, 1},
		{"library_name_outside", set(lcLoadDylib, 8, huge), true, 1},
		{"signature_past_the_end", set(lcCodeSignature, 8, huge), true, 1},
		{"encrypted_past_the_end", set(lcEncryption64, 16, 1), false, 1},
		{"class_pointer_wild", wild, true, 1},
		{"no_load_commands", set(0, 16, 0), true, 0},
		{"fixups_past_the_end", set(lcChainedFixups, 8, huge), true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := decode(t, c.data)
			assert.NotEmpty(t, f.Oddities)
			assert.Equal(t, c.lost, lost(f))
			assert.Len(t, f.Slices[0].Classes, c.classes)
		})
	}
}

func TestDecodeRefused(t *testing.T) {
	t.Parallel()
	table := universal(arm64().build())
	past := append([]byte(nil), table...)
	binary.BigEndian.PutUint32(past[16:], 0xfffffff0)
	for name, data := range map[string][]byte{"empty": nil, "text": []byte("#!/bin/sh\n"),
		"java_class":          {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 0},
		"header_alone":        arm64().build()[:31],
		"universal_table_cut": table[:20], "universal_slice_outside": past,
		"archive_empty": []byte(archiveMark)} {
		f, err := Decode(data, budget.New(budget.Limits{}))
		var malformed *budget.FormatError
		require.ErrorAs(t, err, &malformed, name)
		assert.Nil(t, f)
	}
}

// A table whose names all end at the same zero costs quadratic time to a plain
// reader.
func TestDecodeRepeatedNames(t *testing.T) {
	t.Parallel()
	data := arm64().build()
	const count = 1 << 18
	at := commandAt(data, lcSymtab)
	symbols := len(data)
	data = append(data, make([]byte, count*16)...)
	long := len(data)
	data = append(data, append([]byte("_"+strings.Repeat("x", maxName-3)), 0)...)
	for i := range count {
		binary.LittleEndian.PutUint32(data[symbols+16*i:], uint32(1+i%512))
		data[symbols+16*i+4] = 0x0f
	}
	for i, v := range []uint32{uint32(symbols), count, uint32(long - 1), uint32(len(data) - long +
		1)} {
		binary.LittleEndian.PutUint32(data[at+8+4*i:], v)
	}
	f := decode(t, data)
	assert.True(t, lost(f))
}

// Sections that all name the same bytes cost a reader their product.
func TestDecodeRepeatedSections(t *testing.T) {
	t.Parallel()
	const count, text = 4000, 1 << 16
	size := 72 + 80*count
	head := make([]byte, 32+size+text)
	le := binary.LittleEndian
	copy(head, arm64().build()[:16])
	le.PutUint32(head[16:], 1)
	le.PutUint32(head[20:], uint32(size))
	le.PutUint32(head[32:], lcSegment64)
	le.PutUint32(head[36:], uint32(size))
	le.PutUint64(head[32+32:], 1<<30)
	le.PutUint64(head[32+48:], uint64(len(head)))
	le.PutUint32(head[32+64:], count)
	for i := range count {
		at := 32 + 72 + 80*i
		copy(head[at:], "__cstring")
		copy(head[at+16:], "__TEXT")
		le.PutUint64(head[at+40:], text)
		le.PutUint32(head[at+48:], uint32(32+size))
		le.PutUint32(head[at+64:], cstringSection)
	}
	f := decode(t, head)
	assert.True(t, lost(f))
	assert.NotEmpty(t, f.Slices[0].Strings)
	assert.Less(t, len(f.Slices[0].Strings), 100)
}

func TestDecodeBudget(t *testing.T) {
	t.Parallel()
	f, err := Decode(arm64().build(), budget.New(budget.Limits{Bytes: 200}))
	require.ErrorIs(t, err, budget.ErrExhausted)
	assert.Nil(t, f)
}

func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"thin": arm64().build(), "armv7": armv7().build(),
		"universal": universal(armv7().build(), arm64().build())} {
		for n := 0; n < len(data); n++ {
			f, err := Decode(data[:n], budget.New(budget.Limits{}))
			if !assert.True(t, err != nil || lost(f), "%s cut to %d", name, n) {
				break
			}
		}
	}
}

func TestSwiftNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"_TtC4Demo5Voice": "Demo.Voice",
		"_TtCC4Demo5Outer5Voice":                              "Demo.Outer.Voice",
		"_TtC4DemoP33_EE94245E31B338131CE9DD2B45BC61994Inner": "",
		"_TtC4DemoP33_EE94245E31B338131CE9DD2B45BC61995Inner": "Demo.Inner",
		"_TtC4Demo": "", "_TtGC4Demo1aSi_": "", "NSObject": "", "_TtC999Demo": ""} {
		assert.Equal(t, want, swiftClass(name), name)
	}
	for name, want := range map[string]string{"$s4Demo5VoiceVMn": "Demo.Voice",
		"$s4Demo5OuterC5VoiceOMa": "Demo.Outer.Voice",
		"$s4Demo5VoiceV":          "", "$s4Demo0A5VoiceVMn": "", "$sSo8NSStringCMa": "",
		"demo": ""} {
		assert.Equal(t, want, swiftSymbol(name), name)
	}
}

func FuzzDecode(f *testing.F) {
	encrypted := arm64()
	encrypted.crypt = 1
	for _, seed := range [][]byte{arm64().build(), armv7().build(), encrypted.build(),
		universal(armv7().build(), arm64().build()), []byte(archiveMark)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Decode(data, budget.New(budget.Limits{Bytes: 64 << 20}))
		if err != nil {
			var malformed *budget.FormatError
			require.True(t, errors.As(err, &malformed) || errors.Is(err, budget.ErrExhausted),
				"%v", err)
			require.Nil(t, file)
			return
		}
		require.NotEmpty(t, file.Slices)
		size := int64(len(data))
		for _, s := range file.Slices {
			require.LessOrEqual(t, s.At+s.Size, size)
			require.LessOrEqual(t, s.Signature.At+s.Signature.Size, size)
			for _, list := range [][]Name{s.Classes, s.Imports, s.Swift, s.Symbols} {
				for _, n := range list {
					require.Less(t, n.At, size)
					require.NotEmpty(t, n.Name)
				}
			}
			for _, sec := range s.Strings {
				require.LessOrEqual(t, sec.At+sec.Size, size)
			}
		}
		again, err := Decode(data, budget.New(budget.Limits{}))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(file.Slices, again.Slices))
	})
}
