package managed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/managed"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/programfile"
)

func said(f *analyzer.Facts) (out []string) {
	for _, p := range f.Programs {
		out = append(out, strings.TrimSpace(fmt.Sprintf("program %s %s %s %s", p.Framework, p.Form,
			p.Version, strings.Join(p.Needed, ","))))
		for _, y := range p.Types.Names {
			out = append(out, "type "+y)
		}
	}
	for _, m := range f.Modules {
		out = append(out, strings.TrimSpace(fmt.Sprintf("module %s %s", m.Name, m.Version)))
	}
	for _, s := range f.Strings {
		out = append(out, string(s.Kind)+" "+s.Value)
	}
	for _, g := range f.Gaps {
		out = append(out, fmt.Sprintf("gap %s %v", g.Reason, g.Code))
	}
	return out
}

const assembly = `name: Assembly-CSharp
version: [1, 2, 0, 0]
references: [mscorlib]
libraries: [CNamaSDK]
types: [FaceUnity.Renderer, System.Linq.Own, UnityEngine.XR.Own, "Own<T>", Player]
strings: ["https://api.deepseek.com/v1/chat/completions", 一键换脸]
`

var code = []string{"type FaceUnity.Renderer", "type UnityEngine.XR.Own", "type Player",
	"module Assembly-CSharp 1.2.0.0", "text 一键换脸",
	"url https://api.deepseek.com/v1/chat/completions"}

func TestRead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, files string
		want        []string
	}{
		{"unity", "-- assets/bin/Data/Managed/Assembly-CSharp.dll.yaml --\n" + assembly,
			append([]string{"program unity cil v4.0.30319 CNamaSDK"}, code...)},
		{"compressed", "-- assemblies/Own.dll.yaml --\ncompressed: true\n" + assembly,
			append([]string{"program dotnet cil v4.0.30319 CNamaSDK"}, code...)},
		{"il2cpp", "-- assets/bin/Data/Managed/Metadata/global-metadata.dat.yaml --\n" +
			"version: 29\n" +
			"assemblies: [Assembly-CSharp]\ntypes: [FaceUnity.Renderer, UnityEngine.XR.Own, " +
			"Player, System.Own]\nliterals: [\"https://api.deepseek.com/v1/chat/completions\", " +
			"一键换脸]\n",
			append([]string{"program unity il2cpp 29"}, strings.Split(strings.ReplaceAll(
				strings.Join(code, "\n"), " 1.2.0.0", ""), "\n")...)},
		{"lists", "-- assets/bin/Data/ScriptingAssemblies.json --\n" +
			"{\"names\":[\"Assembly-CSharp.dll\",\"LLMUnity.dll\"],\"types\":[16,16]}\n" +
			"-- assets/bin/Data/RuntimeInitializeOnLoads.json --\n" +
			"{\"root\":[{\"assemblyName\":\"Unity.Sentis\",\"nameSpace\":\"\"}]}\n",
			[]string{"module Assembly-CSharp", "module LLMUnity", "module Unity.Sentis"}},
		{"engine", "-- assets/bin/Data/data.unity3d.hex --\n" +
			`"UnityFS" 00 00000008 "5.x.x" 00 "2021.3.5f1c1" 00 zero:8` + "\n",
			[]string{"product Unity 2021.3.5f1c1"}},
		{"engine_in_another_file", "-- assets/bin/Data/globalgamemanagers.hex --\n" +
			`zero:48 "6000.0.23f1" 00` + "\n", []string{"product Unity 6000.0.23f1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := readtest.Facts(t, readtest.Manifest+c.files, managed.Reader{})
			assert.Empty(t, cmp.Diff(c.want, said(f)))
		})
	}
}

func TestTermsOfPrograms(t *testing.T) {
	t.Parallel()
	f := readtest.Facts(t, readtest.Manifest+
		"-- assets/bin/Data/Managed/Assembly-CSharp.dll.yaml --\n"+assembly, managed.Reader{})
	terms := map[analyzer.TermKind][]string{}
	for term := range f.Terms {
		terms[term.Kind] = append(terms[term.Kind], term.Value)
	}
	assert.Equal(t, []string{"libCNamaSDK.so"}, terms[analyzer.TermNeeded])
	assert.Equal(t, []string{"assembly:Assembly-CSharp"}, terms[analyzer.TermModule])
	assert.Equal(t, []string{"FaceUnity.Renderer", "UnityEngine.XR.Own", "Player"},
		terms[analyzer.TermType])
}

func one(t *testing.T, name string, data []byte) (*analyzer.Facts, error) {
	t.Helper()
	c := &analyzer.Contents{Format: analyzer.APK}
	return readtest.One(t, managed.Reader{}, c, readtest.File(name, data))
}

func TestStore(t *testing.T) {
	t.Parallel()
	a := programfile.BuildAssembly(programfile.Assembly{Name: "One", Strings: []string{"一键换脸"}})
	b := programfile.BuildAssembly(programfile.Assembly{Name: "Two"})
	store := append([]byte("XABA\x02\x00\x00\x00"), programfile.Compress(a)...)
	f, err := one(t, "assemblies/assemblies.blob", append(store, b...))
	require.NoError(t, err)
	assert.Equal(t, []string{"program dotnet cil v4.0.30319", "module One 0.0.0.0",
		"module Two 0.0.0.0", "text 一键换脸"}, said(f))
	f, err = one(t, "lib/arm64-v8a/libassembly-store.so", append([]byte("\x7fELF"), b...))
	require.NoError(t, err)
	assert.Contains(t, said(f), "module Two 0.0.0.0")
}

// TestEncrypted says what is a gap over code.
func TestEncrypted(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]string{
		"Metadata/global-metadata.dat": "metadata of IL2CPP that begins with",
		"Assembly-CSharp.dll":          "no assembly in it: encrypted",
	} {
		name = "assets/bin/Data/Managed/" + name
		f, err := one(t, name, []byte("\x01\x02 encrypted https://api.deepseek.com/v1 and so on"))
		require.NoError(t, err)
		require.Len(t, f.Gaps, 1, name)
		assert.Contains(t, f.Gaps[0].Detail, reason)
		assert.True(t, f.Gaps[0].Code)
	}
	portable := programfile.BuildAssembly(programfile.Assembly{Name: "Own"})
	f, err := one(t, "assets/x.dll", []byte(strings.Replace(string(portable), "BSJB", "AAAA", 1)))
	require.NoError(t, err)
	require.Len(t, f.Gaps, 1, "the headers promise managed code")
	f, err = one(t, "assets/native.dll", append([]byte("MZ"), make([]byte, 1024)...))
	require.NoError(t, err)
	assert.Empty(t, f.Gaps, "no device loads native code of another system")
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	portable := programfile.BuildAssembly(programfile.Assembly{Name: "Own",
		Strings: []string{"一键换脸"}})
	for n := range len(portable) {
		f, err := one(t, "assets/bin/Data/Managed/Own.dll", portable[:n])
		if err == nil && len(f.Gaps) == 0 {
			assert.GreaterOrEqual(t, n, len(portable)-30, "the first %d bytes", n)
		}
	}
	for name, data := range map[string]string{
		"too_large": "XALZ\x00\x00\x00\x00\xff\xff\xff\x7f" + strings.Repeat("a", 1<<24),
		"broken":    "XALZ\x00\x00\x00\x00\x10\x00\x00\x00\xf0",
		"metadata":  "\xaf\x1b\xb1\xfa" + strings.Repeat("\xff", 300),
	} {
		_, err := one(t, "assemblies/a.blob", []byte(data))
		require.Error(t, err, name)
	}
}

func TestSharedMetadataIsRefused(t *testing.T) {
	t.Parallel()
	root := programfile.BuildAssembly(programfile.Assembly{Name: "Own",
		Strings: []string{strings.Repeat("long ", 1000)}})
	head := "BSJB\x01\x00\x01\x00"
	_, err := one(t, "assets/bin/Data/Managed/Own.dll",
		append([]byte(strings.Repeat(head+strings.Repeat("\x00", 12), 50)), root...))
	require.Error(t, err)
}
