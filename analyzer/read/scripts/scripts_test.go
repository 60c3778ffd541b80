package scripts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/analyzer/read/scripts"
)

// said is what the facts say, a line each.
func said(f *analyzer.Facts) (out []string) {
	for _, p := range f.Programs {
		out = append(out,
			strings.TrimSpace(fmt.Sprintf("program %s %s %s", p.Framework, p.Form, p.Version)))
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

func read(t *testing.T, files string) *analyzer.Facts {
	t.Helper()
	return readtest.Facts(t, readtest.Manifest+files, scripts.Reader{})
}

const address = "url https://api.deepseek.com/v1/chat/completions"

func TestRead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, files string
		want        []string
	}{
		{"minified", "-- assets/www/app.js --\n" +
			`var a="https:\/\/api.deepseek.com/v1/chat/completions",b='\u4e00\u952e\u6362\u8138';`,
			[]string{"text 一键换脸", address}},
		{"comments_say_nothing", "-- assets/a.js --\n" +
			"/* https://a.example.com 换脸 */ // https://b.example.com\nvar a=1;\n", nil},
		{"template", "-- assets/a.js --\nfetch(`${base}/v1/images/generations`)\n",
			[]string{"path /v1/images/generations"}},
		{"bundle_as_text", "-- assets/index.android.bundle --\n" +
			"var __BUNDLE_START_TIME__=1;" +
			"__d(function(){},1,[],\"node_modules/llama.rn/index.js\");\n",
			[]string{"program react-native source", "module llama.rn"}},
		{"bundle_of_another_name", "-- assets/business.bundle --\n" +
			"__d(function(g,r){r(\"x\")});\n", []string{"program react-native source"}},
		{"bytecode", "-- assets/index.android.bundle.yaml --\nversion: 96\nstrings: [\"https://" +
			"api.deepseek.com/v1/chat/completions\", 一键换脸, " +
			"\"../../node_modules/@scope/tts/a.js\", " +
			"\"The package 'react-native-tts' doesn't seem to be linked. Make sure:\"]\n",
			[]string{"program react-native hermes 96", "module @scope/tts",
				"module react-native-tts", "text 一键换脸", address}},
		{"bytecode_under_any_name", "-- res/raw/x.hbc.yaml --\nstrings: [一键换脸]\n",
			[]string{"program react-native hermes 96", "text 一键换脸"}},
		{"mini_program", "-- assets/a.wxapkg.yaml --\nfiles:\n- {name: /app-service.js, text: " +
			"'var a=\"https://api.deepseek.com/v1/chat/completions\"'}\n" +
			"- {name: /a.png, text: \"\\0\"}\n",
			[]string{"program mini-program wxapkg", address}},
		{"uni_app", "-- assets/apps/__UNI__1A2B3C4/www/app-service.js --\nvar a=1\n" +
			"-- assets/apps/__UNI__1A2B3C4/www/manifest.json --\n{}\n",
			[]string{"program uni-app source", "program html5plus source"}},
		{"cordova", "-- assets/www/cordova.js --\nvar a=1\n-- assets/www/cordova_plugins.js --\n" +
			"module.exports=[{\"file\":\"plugins/cordova-plugin-tts/www/tts.js\"}]\n",
			[]string{"program cordova source", "module cordova-plugin-tts"}},
		{"capacitor", "-- assets/capacitor.config.json --\n{}\n" +
			"-- assets/capacitor.plugins.json --\n[{\"pkg\":\"@capacitor-community/" +
			"text-to-speech\",\"classpath\":\"com.example.Tts\"}]\n",
			[]string{"program capacitor source", "module @capacitor-community/text-to-speech",
				"name com.example.Tts"}},
		{"dependencies", "-- assets/app/package.json --\n{\"dependencies\":{" +
			"\"openai\":\"^4.1.0\",\"axios\":\"1.2.3\",\"Bad Name\":\"1\"}}\n",
			[]string{"module axios 1.2.3", "module openai 4.1.0"}},
		{"source_map", "-- assets/a.js.map --\n{\"version\":3," +
			"\"sources\":[\"../node_modules/axios/a.js\"],\"sourcesContent\":[\"fetch('https://a.example.com')\"],\"mappings\":\"\"}\n",
			[]string{"module axios"}},
		{"page", "-- assets/page.html --\n<!-- https://a.example.com --><p>&#x6362;&#33080;</p>" +
			"<script>fetch(\"https://api.deepseek.com/v1/chat/completions\")</script>\n",
			[]string{"text 换脸", address}},
		{"page_without_ending", "-- assets/p --\n<!DOCTYPE html><p>换脸</p>\n", []string{"text 换脸"}},
		{"script_that_cannot_be_followed", "-- assets/a.js --\nvar a='; \"https://api.deepseek.com/v1/" +
			"chat/completions\"\n", []string{address}},
		{"pattern_hides_nothing", "-- assets/a.js --\na=/\"https:..api\\/api.example.com\"/\n",
			nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, cmp.Diff(c.want, said(read(t, c.files))))
		})
	}
}

func TestWhatIsNoScript(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"META-INF/a.js", "assets/notes.md", "assets/a.css",
		"other/noending"} {
		assert.Empty(t, said(read(t, "-- "+file+" --\nvar a='https://a.example.com'\n")), file)
	}
}

// TestOpaque says what is a gap over code, and why.
func TestOpaque(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	for i, v := 0, uint32(1); i < len(noise); i++ {
		v = v*1664525 + 1013904223
		noise[i] = byte(v >> 24)
	}
	noise[0] = 1
	binary := []byte("\x02\x05console\x00https://api.deepseek.com/v1\x00" + strings.Repeat("\x01", 64))
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"assets/app.js", noise, "encrypted or compressed: 8.0 bits a byte"},
		{"assets/app-service.js", []byte(strings.Repeat("QUJD", 100)), "base 64"},
		{"assets/a.wxapkg", append([]byte("V1MMWX"), noise...), "an encrypted package"},
		{"assets/script.jsc", binary, "neither text nor bytecode"},
		{"assets/empty.js", nil, ""},
		{"assets/zeros.js", make([]byte, 4096), ""},
		{"assets/short.js", []byte("\x00\x01"), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := read(t, fmt.Sprintf("-- %s.hex --\n%x\n", c.name, c.data))
			if c.want == "" {
				assert.Empty(t, f.Gaps)
				return
			}
			require.Len(t, f.Gaps, 1)
			assert.Contains(t, f.Gaps[0].Detail, c.want)
			assert.True(t, f.Gaps[0].Code)
			assert.Equal(t, analyzer.GapOpaque, f.Gaps[0].Reason)
		})
	}
	f := read(t, fmt.Sprintf("-- assets/script.jsc.hex --\n%x\n", binary))
	assert.Contains(t, said(f), "url https://api.deepseek.com/v1", "what is in the clear is kept")
}

func TestDamagedBytecode(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.APK}
	e := readtest.File("assets/index.android.bundle",
		[]byte("\xc6\x1f\xbc\x03\xc1\x03\x19\x1f"+strings.Repeat("\xff", 200)))
	_, err := readtest.One(t, scripts.Reader{}, c, e)
	require.ErrorContains(t, err, "bytes declared")
}

func TestIndexedBundle(t *testing.T) {
	t.Parallel()
	const startup = "require(0);\x00__d('https://api.deepseek.com/v1/chat/completions');\x00"
	f := read(t, fmt.Sprintf("-- assets/main.jsbundle.hex --\n"+
		"e5d10bfb u32:1 u32:12 u32:12 u32:%d %x\n", len(startup)-12, startup))
	assert.Equal(t, []string{"program react-native indexed", address}, said(f))
	assert.Equal(t, "0", f.Strings[0].Where.Part)
}

func TestTooManyStringsAreAGap(t *testing.T) {
	t.Parallel()
	var hosts, texts strings.Builder
	for i := range 5001 {
		fmt.Fprintf(&hosts, "\"https://h%d.example.com/\",", i)
	}
	for i := range 20001 {
		fmt.Fprintf(&texts, "\"文字%d\",", i)
	}
	for _, c := range []struct {
		file, content string
		code          bool
	}{
		{"assets/a.js", hosts.String(), true}, {"assets/a.json", hosts.String(), true},
		{"assets/a.js", texts.String(), true}, {"assets/a.json", texts.String(), false},
	} {
		f := read(t, "-- "+c.file+" --\n["+c.content+"1]\n")
		require.Len(t, f.Gaps, 1)
		assert.Equal(t, analyzer.GapBudget, f.Gaps[0].Reason)
		assert.Equal(t, c.code, f.Gaps[0].Code, c.file)
	}
}
