package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLintByKind(t *testing.T) {
	t.Parallel()
	as := func(kind, match string) string {
		s := strings.Replace(sound, "kind: sdk", "kind: "+kind, 1)
		head, tail, _ := strings.Cut(s, "match:\n")
		_, tail, _ = strings.Cut(tail, "version:")
		return head + "match: {any: [" + match + "]}\nversion:" + tail
	}
	tests := []struct{ name, kind, match, want string }{
		{
			"endpoint_asks_for_a_class",
			"endpoint",
			"{fact: class, is: a.B, strength: weak}",
			`endpoint/example.yaml:7: match.any[0].fact: a rule of kind endpoint asks for ` +
				`[host url-path] only`,
		},
		{
			"text_asks_for_a_host",
			"text",
			"{fact: host, is: a.b, strength: weak}",
			`text/example.yaml:7: match.any[0].fact: a rule of kind text asks for [text] only`,
		},
		{
			"packer_with_techniques",
			"packer",
			"{fact: library, is: liba.so, strength: weak}",
			"packer/example.yaml:5: techniques: a packer has no techniques and no " +
				"features\npacker/example.yaml:1: effect: \"\" must be one of [hides-dex " +
				"hides-methods hides-dex-and-methods hides-native-symbols none]",
		},
		{
			"kind_of_no_folder",
			"gadget",
			"{fact: library, is: liba.so, strength: weak}",
			`gadget/example.yaml:2: kind: "gadget" must be a known kind and equal the folder`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.kind+"/example.yaml", []byte(as(tt.kind, tt.match)))
			require.Error(t, err)
			assert.Equal(t, tt.want, err.Error())
		})
	}
}
