package texts_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/analyzer/read/texts"
)

func values(f *analyzer.Facts) []string {
	var out []string
	for _, s := range f.Strings {
		out = append(out, string(s.Kind)+" "+s.Value)
	}
	return out
}

func TestTextInOneLine(t *testing.T) {
	t.Parallel()
	script := `var a="https://api.deepseek.com/v1/chat/completions",b='一键换脸',c="x";`
	facts := readtest.Facts(
		t,
		readtest.Manifest+"-- assets/www/app.conf --\n"+script+"\n",
		texts.Reader{},
	)
	assert.Equal(
		t,
		[]string{"text 一键换脸", "url https://api.deepseek.com/v1/chat/completions"},
		values(facts),
	)
	require.Len(t, facts.Strings, 2)
	at := facts.Strings[1].Where.Offset
	assert.Equal(t, "https", script[at:at+5], "the offset points at the bytes")
}

func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	const line = "https://a.example.com/x\n"
	cases := []struct {
		file string
		want bool
	}{
		{"assets/index.android.bundle", false}, {"assets/page.html", false},
		{"assets/conf.json", false}, {"assets/a.TXT", true}, {"META-INF/x.txt", false},
		{"assets/picture.png", true},
		{"assets/noending", true}, {"res/raw/noending", true}, {"other/noending", false},
		{"assets/style.css", false},
	}
	for _, c := range cases {
		facts := readtest.Facts(t, readtest.Manifest+"-- "+c.file+" --\n"+line, texts.Reader{})
		assert.Equal(t, c.want, len(facts.Strings) == 1, c.file)
	}
}

func TestTooManyStringsAreAGap(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>换脸</p><p>语音合成</p>\n", 3000)
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/a.md --\n"+page, texts.Reader{})
	assert.Len(t, facts.Strings, 2, "a value is kept once")
	assert.Empty(t, facts.Gaps)
	var padded strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&padded, "\"https://h%d.example.com/\";", i)
	}
	padded.WriteString("\"语音合成\";\"https://api.deepseek.com/v1\"\n")
	facts = readtest.Facts(t, readtest.Manifest+"-- assets/a.txt --\n"+padded.String(),
		texts.Reader{})
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, analyzer.GapBudget, facts.Gaps[0].Reason)
	assert.True(t, facts.Gaps[0].Code, "an address may be behind the padding")
	assert.Equal(t, "text 语音合成", values(facts)[0], "one kind does not crowd out another")
}

func TestWideText(t *testing.T) {
	t.Parallel()
	const script = "var u=\"https://api.deepseek.com/v1\"，'一键换脸'"
	for name, order := range map[string]binary.AppendByteOrder{
		"fffe": binary.LittleEndian, "feff": binary.BigEndian,
	} {
		data := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(script)) {
			data = order.AppendUint16(data, u)
		}
		facts := readtest.Facts(t, fmt.Sprintf("%s-- assets/a.js.hex --\n%x\n",
			readtest.Manifest, data), texts.Reader{})
		require.Equal(t, []string{"text 一键换脸", "url https://api.deepseek.com/v1"},
			values(facts), name)
		at := facts.Strings[1].Where.Offset
		assert.Equal(t, order.AppendUint16(nil, 'h'), data[at:at+2], name)
	}
}

func TestEndTagIsNoPath(t *testing.T) {
	t.Parallel()
	facts := readtest.Facts(t, readtest.Manifest+
		"-- assets/a.xml --\n<api/v1><x>1</x></api/v1/chat>\n", texts.Reader{})
	assert.NotContains(t, values(facts), "path /api/v1/chat")
}
