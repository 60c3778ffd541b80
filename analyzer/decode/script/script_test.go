package script_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/script"
)

var kinds = []string{"string", "template", "pattern", "text", "attribute"}

func scan(text string, form script.Form) (out []string, err error) {
	err = script.Scan([]byte(text), form, func(l script.Literal) bool {
		s := kinds[l.Kind] + " " + string(l.Text)
		out = append(out, s)
		return true
	})
	return out, err
}

func TestScript(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		want     []string
	}{
		{"strings", `a="x";b='y"';c="z\"'"`, []string{"string x", `string y"`, `string z"'`}},
		{"escapes", `a="\u4e00\u952e\x41\n\0\u{1F600}\ud83d\ude00\q\
b"`, []string{"string 一键A\n\x00😀😀qb"}},
		{"half_a_pair", `"\ud83d!"`, []string{"string \ufffd!"}},
		{"escapes_that_are_none", `"\u12" + "\xg1"`, []string{"string u12", "string xg1"}},
		{"template", "f(`https://${h}/v1/${a?`in ${b}`:{}}/chat`)", []string{"template https://",
			"template /v1/", "template in ", "template ", "template /chat"}},
		{"comments", "// it's \"no\"\n/* 'no' ` */'yes' //\n", []string{"string yes"}},
		{"pattern", `x=/["'/]\/["']/g.test("y")`, []string{`pattern ["'/]\/["']`, "string y"}},
		{"division", `a=b/2;c='x'/d/'y'`, []string{"string x", "string y"}},
		{"pattern_behind_condition", `if(a)/"/.test('x')`, []string{`pattern "`, "string x"}},
		{"division_behind_parentheses", `if((a)/2/b)x='y'`, []string{"string y"}},
		{"pattern_behind_block", `function f(){}/"/.test('x')`, []string{`pattern "`, "string x"}},
		{"division_behind_function", `y=function(){}/"x"/1`, []string{"string x"}},
		{"division_behind_object", `y=({}/1,"https://a.example.com"/1)`,
			[]string{"string https://a.example.com"}},
		{"object_in_condition", `y=a?{b:1}/"x"/1:{c:1}/"z"/1`, []string{"string x", "string z"}},
		{"label_and_case", `a:{}/"/.test('x');switch(b){case 1:{}/'/.test("y")}`,
			[]string{`pattern "`, "string x", "pattern '", "string y"}},
		{"default_parameter", `function f(a=function(){}){}/"/.test('x')`,
			[]string{`pattern "`, "string x"}},
		{"arrow", `f=()=>{}
/"/.test('x')`, []string{`pattern "`, "string x"}},
		{"keywords", `return/"/;typeof/'/;x.return/2;"y"`,
			[]string{`pattern "`, "pattern '", "string y"}},
		{"increments", `a++/2;'x';++/"/.lastIndex`, []string{"string x", `pattern "`}},
		{"optional", `a?.5:"x";b?.c/2;'y';d??/"/`, []string{"string x", "string y", `pattern "`}},
		{"class", `class A extends B{m(){}static x=/"/}"y"`, []string{`pattern "`, "string y"}},
		{"modules", `import"x";import a from 'y';import("z");export*from"w"`,
			[]string{"string x", "string y", "string z", "string w"}},
		{"json", `{"a":"\u6362\u8138","b":["https:\/\/a.example.com"]}`,
			[]string{"string a", "string 换脸", "string b", "string https://a.example.com"}},
		{"first_line", "#!/usr/bin/env node's\n'x'", []string{"string x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := scan(c.in, script.JavaScript)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	const page = `<!DOCTYPE html><!-- "no" <p> --><html><head><title>一键换脸</title>` +
		`<style>a{b:"no"}</style><script>var a="it's";if(a<b)c='</scrip'</SCRIPT>` +
		`<script type="text/template"><p>换脸</p></script></head>` +
		`<body onclick='go("x")'><a href="https://a.example.com/?a=1&amp;b=2">` +
		`&#x6362;&#33080; 1 < 2</a>`
	got, err := scan(page, script.Markup)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]string{"text 一键换脸", "string it's", "string </scrip",
		"attribute text/template", "text 换脸", `attribute go("x")`,
		"attribute https://a.example.com/?a=1&b=2", "text 换脸 1 < 2"}, got))
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	for form, text := range map[script.Form]string{
		script.JavaScript: "#!x\nx=`mark`+/mark/+'mark'",
		script.Markup: "<p a='mark'> mark <script>'mark'</script>" +
			"<script type='x-template'>mark</script>",
	} {
		n := 0
		require.NoError(t, script.Scan([]byte(text), form, func(l script.Literal) bool {
			if string(l.Text) == "mark" {
				n++
				assert.Equal(t, "mark", text[l.At:l.At+4])
			}
			return true
		}))
		assert.Equal(t, 3+int(form)-int(script.JavaScript), n)
	}
}

func TestStopsWhereTheCallerDoes(t *testing.T) {
	t.Parallel()
	n := 0
	require.NoError(t, script.Scan([]byte(`"a";"b"`), script.JavaScript,
		func(script.Literal) bool { n++; return false }))
	assert.Equal(t, 1, n)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	scripts := map[string][]byte{}
	for name, text := range map[string]string{
		"string_without_end": `a="x`, "string_over_lines": "a='x\n'", "ends_in_escape": `"\`,
		"template_without_end": "`a${b}", "open_expression": "`a${b",
		"comment_without_end": "/* a", "pattern_without_end": "a=/x",
		"pattern_over_lines": "a=/x\n/", "open_bracket": "f(", "closes_nothing": "a)",
		"closes_another": "(]", "address_outside": `a;https://b.example.com`,
		"address_behind_quote": `"x"//a.example.com"`,
		"too_deep":             strings.Repeat("[", 1<<17),
	} {
		scripts[name] = []byte(text)
	}
	refused := func(form script.Form) decodetest.Decoder {
		return func(data []byte) (bool, error) {
			return false, script.Scan(data, form, func(script.Literal) bool { return true })
		}
	}
	decodetest.Refused(t, scripts, refused(script.JavaScript))
	decodetest.Refused(t, map[string][]byte{
		"comment": []byte("<!-- a"), "tag": []byte("<a b"), "attribute": []byte("<a b='c"),
		"script": []byte("<script>'</script>"),
	}, refused(script.Markup))
	decodetest.Refused(t, map[string][]byte{"none": nil}, refused(script.None))
}

func TestFormOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		ending, head string
		want         script.Form
	}{
		{".js", "x", script.JavaScript}, {".JSON", "{", script.JavaScript},
		{".html", "x", script.Markup}, {".js", "\x00", script.None},
		{".js", "\xff\xfea\x00", script.None}, {".txt", "hello", script.None},
		{"", "\ufeff !function(e){", script.JavaScript},
		{".bundle", "__d(function(g,r", script.JavaScript},
		{".dat", "\n<!DOCTYPE HTML>", script.Markup},
		{".xml", "<?xml", script.None}, {".CSS", "/*! x", script.None},
	}
	for _, c := range cases {
		assert.Equal(t, c.want, script.FormOf(c.ending, []byte(c.head)), "%s %q", c.ending, c.head)
	}
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{`a="\u4e00";b=/["']/g;if(c)/x/;` + "`a${`b`}`",
		"<p a='b'>&#33080;<script>'x'</script><!-- y -->", `{"a":[1,"b"]}`,
		"function f(a=()=>{}){}/x/"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, form := range []script.Form{script.JavaScript, script.Markup} {
			first := ""
			for range 2 {
				var all strings.Builder
				err := script.Scan(data, form, func(l script.Literal) bool {
					if l.At < 0 || l.At > len(data) || len(l.Text) > 3*len(data) {
						t.Fatalf("a literal of %d bytes at %d of %d", len(l.Text), l.At, len(data))
					}
					fmt.Fprintf(&all, "%d %d %q\n", l.Kind, l.At, l.Text)
					return true
				})
				fmt.Fprint(&all, err)
				if first != "" && first != all.String() {
					t.Fatal("another result for the same bytes")
				}
				first = all.String()
			}
		}
	})
}
