package uitest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/listgate/listgate/web/ui/uitest"
)

func TestAll(t *testing.T) {
	t.Parallel()
	root, err := html.Parse(strings.NewReader(`<main id="m"><table class="grid stack">
<tr class="a"><td>1<b>2</b></td></tr><tr><td data-x="y z">3</td><td><script>4</script></td></tr>
</table><input name="reason" required></main>`))
	require.NoError(t, err)
	tree := uitest.Node{Node: root}
	for selector, want := range map[string]int{
		"td": 3, "tr.a td": 1, "#m": 1, "main#m table.grid.stack tr": 2, "[data-x]": 1,
		"input[name=reason][required]": 1, "input[name=other]": 0, `[name="reason"]`: 1,
		"table table": 0, "main *": 10, "tr b": 1, "html main tr td": 3, ".grid.none": 0,
	} {
		assert.Len(t, tree.All(selector), want, selector)
	}
	assert.Equal(t, "1 2 3", tree.All("table")[0].Text())
	assert.Equal(t, "y z", tree.All("[data-x]")[0].Attr("data-x"))
	assert.True(t, tree.All("table")[0].Has("stack"))
	assert.False(t, tree.All("table")[0].Has("sta"))
}
