package texts_test

import (
	"strings"
	"testing"

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

func TestScriptInOneLine(t *testing.T) {
	t.Parallel()
	script := `var a="https://api.deepseek.com/v1/chat/completions",b='一键换脸',c="x";`
	facts := readtest.Facts(
		t,
		readtest.Manifest+"-- assets/www/app.js --\n"+script+"\n",
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
		{
			"assets/index.android.bundle",
			true,
		}, {"assets/page.html", true}, {"assets/conf.json", true},
		{"assets/a.HTML", true}, {"META-INF/x.txt", false}, {"assets/picture.png", false},
		{"assets/effect.bundle", false},
	}
	for _, c := range cases {
		facts := readtest.Facts(t, readtest.Manifest+"-- "+c.file+" --\n"+line, texts.Reader{})
		assert.Equal(t, c.want, len(facts.Strings) == 1, c.file)
	}
}

func TestTooManyStringsAreAGap(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>换脸</p><p>语音合成</p>\n", 3000)
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/a.html --\n"+page, texts.Reader{})
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, analyzer.GapBudget, facts.Gaps[0].Reason)
}
