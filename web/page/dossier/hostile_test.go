package dossier

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestArticlesAreFew packs as many articles into a form as fit.
func TestArticlesAreFew(t *testing.T) {
	t.Parallel()
	form := sent{}
	for i := range 500 {
		var many strings.Builder
		for j := range 300 {
			many.WriteString(strconv.FormatInt(int64(300*i+j), 36) + ",")
		}
		form["articles"] = append(form["articles"], many.String())
	}
	began := time.Now()
	reading := form.reader()
	assert.Len(t, readInput(reading).Articles, maxValues)
	assert.Contains(t, codes(reading.wrong), "articles too-many")
	assert.Less(t, time.Since(began), 2*time.Second)
}
