package facts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

func kept(value string) []string {
	var out []string
	facts.Keep(value, "", analyzer.Where{Entry: "e"}, func(r analyzer.Record) {
		s := r.(analyzer.String)
		out = append(out, fmt.Sprintf("%s %s", s.Kind, s.Value))
	})
	return out
}

func TestKeep(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		want     []string
	}{
		{
			"url",
			"https://api.deepseek.com/v1/chat/completions",
			[]string{"url https://api.deepseek.com/v1/chat/completions"},
		},
		{
			"url_inside_json",
			`{"u":"wss://x.example.com/a?b=1","v":2}`,
			[]string{"url wss://x.example.com/a?b=1"},
		},
		{
			"two_urls",
			"http://a.com/x http://b.cn",
			[]string{"url http://a.com/x", "url http://b.cn"},
		},
		{"url_of_a_format", "https://%s/path", nil},
		{"url_of_another_scheme", "content://com.example.provider", nil},
		{
			"url_at_the_end_of_a_sentence",
			"见 https://beian.cac.gov.cn。",
			[]string{"url https://beian.cac.gov.cn", "text 见 https://beian.cac.gov.cn。"},
		},
		{"bare_host", "api.openai.com", []string{"host api.openai.com"}},
		{
			"host_with_path",
			"api.openai.com/v1/images",
			[]string{"host api.openai.com", "path /v1/images"},
		},
		{"java_package_is_no_host", "com.example.app", nil},
		{"class_name", "com.example.app.Client", []string{"name com.example.app.Client"}},
		{"api_path", "/v1/chat/completions", []string{"path /v1/chat/completions"}},
		{"relative_api_path", "v1/chat/completions", []string{"path /v1/chat/completions"}},
		{"lone_endpoint", "/text2audio", []string{"path /text2audio"}},
		{"lone_word", "/main", nil},
		{"file_system_path", "/system/framework/services", nil},
		{"library_path", "/system/lib64/libc.so", []string{"name /system/lib64/libc.so"}},
		{"source_path", "/buildbot/src/foo.cpp", nil},
		{"library_name", "libmsc.so", []string{"name libmsc.so"}},
		{"model_name", "inswapper_128.onnx", []string{"name inswapper_128.onnx"}},
		{"banner", "DeepAR 5.2.0", []string{"product DeepAR 5.2.0"}},
		{"sentence_with_a_number", "the call took about 5.2", nil},
		{"mesh_line", "v -0.02 0.14 1.25", nil},
		{"number_list", "vn 0.1 0.2", nil},
		{"text", "一键换脸", []string{"text 一键换脸"}},
		{"short", "abc", nil},
		{"words", "hello world", nil},
		{"mime_type", "application/json", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, kept(c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeepCutsLongTexts(t *testing.T) {
	t.Parallel()
	got := kept(strings.Repeat("字", 5000))
	assert.Equal(t, []string{"text " + strings.Repeat("字", 2000)}, got)
}

func TestKeepRuns(t *testing.T) {
	t.Parallel()
	data := []byte("\x00\x01abc\x00https://a.example.com/v1/x\x00\xff语音合成引擎\x00libmsc.so\x00")
	var got []string
	stopped := facts.KeepRuns(
		facts.Span{Entry: "lib.so", Base: 0x100, Data: data},
		100,
		func(r analyzer.Record) {
			s := r.(analyzer.String)
			got = append(got, fmt.Sprintf("%s %s %s", s.Kind, s.Value, s.Where))
		},
	)
	assert.False(t, stopped)
	want := []string{
		"url https://a.example.com/v1/x lib.so@0x106",
		"text 语音合成引擎 lib.so@0x122",
		"name libmsc.so lib.so@0x135",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeepRunsStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	data := []byte(strings.Repeat("libmsc.so\x00", 50))
	n := 0
	assert.True(
		t,
		facts.KeepRuns(facts.Span{Entry: "x", Data: data}, 10, func(analyzer.Record) { n++ }),
	)
	assert.Equal(t, 10, n)
}

func FuzzKeepRuns(f *testing.F) {
	for _, s := range []string{"https://a.b/c", "网信算备110108105858001230019号", "\xff\xfe\x00abcdef", "v1/", "a.b.C", ".....com"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		facts.KeepRuns(facts.Span{Entry: "e", Data: data}, 1000, func(r analyzer.Record) {
			s := r.(analyzer.String)
			if s.Value == "" || s.Where.Entry != "e" {
				t.Fatalf("kept %+v", s)
			}
		})
	})
}
