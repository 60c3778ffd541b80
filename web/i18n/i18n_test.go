package i18n_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/web/i18n"
)

func read(t *testing.T, files map[string]string) (*i18n.Catalog, error) {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return i18n.Read(m)
}

func TestSay(t *testing.T) {
	t.Parallel()
	c, err := read(t, map[string]string{
		"en/a.yaml": "待审核: Waiting\n\"%d 件\": {one: \"%d case\", other: \"%d cases\"}\n",
		"en/b.yaml": "\"%s 有 %d 件\": \"%[2]d for %[1]s\"\n\"100%\": \"100%\"\n",
	})
	require.NoError(t, err)
	cases := []struct {
		name, lang, sentence string
		args                 []any
		want                 string
	}{
		{"source", "zh", "待审核", nil, "待审核"},
		{"translated", "en", "待审核", nil, "Waiting"},
		{"unknown_sentence", "en", "没有这句", nil, "没有这句"},
		{"unknown_language", "fr", "待审核", nil, "待审核"},
		{"one", "en", "%d 件", []any{1}, "1 case"},
		{"many", "en", "%d 件", []any{2}, "2 cases"},
		{"source_with_number", "zh", "%d 件", []any{2}, "2 件"},
		{"other_order", "en", "%s 有 %d 件", []any{"王", 3}, "3 for 王"},
		{"percent_without_arguments", "en", "100%", nil, "100%"},
		{"argument_is_no_sentence", "en", "%s 有 %d 件", []any{"{{.}}%d", 1}, "1 for {{.}}%d"},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, one.want, c.Say(one.lang, one.sentence, one.args...))
		})
	}
	assert.Equal(t, []string{"zh", "en"}, c.Languages())
	assert.True(t, c.Knows("待审核"))
	assert.False(t, c.Knows("没有这句"))
}

func TestMatch(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load()
	require.NoError(t, err)
	for accept, want := range map[string]string{
		"": "zh", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "en-GB": "en", "de,en;q=0.5": "en", "fr": "en",
		"zh-TW": "zh", "en;q=0.2,zh;q=0.1": "en", "\x00;;;": "zh", "zh-CN": "zh", "en-US": "en",
	} {
		assert.Equal(t, want, c.Match(accept), accept)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"no_language":      {"nowhere!/a.yaml": "待审核: x"},
		"no_yaml":          {"en/a.yaml": "\t: ["},
		"a_sentence_twice": {"en/a.yaml": "待审核: x\n待审核: y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, files)
			assert.Error(t, err)
		})
	}
}
