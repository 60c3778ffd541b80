package law_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review/law"
)

func TestEditionCites(t *testing.T) {
	t.Parallel()
	e, err := law.Latest()
	require.NoError(t, err)
	for citation, want := range map[string]bool{
		"dsp 13": true, "dsp 19(1)": true, "algo 24": true, "dsp 999": false, "dsp": false,
		"nothing 1": false, "": false, "dsp ": false,
	} {
		assert.Equal(t, want, e.Cites(citation), citation)
	}
	i, articles, ok := e.Cited("dsp 13")
	require.True(t, ok)
	require.Len(t, articles, 1)
	assert.Equal(t, "互联网信息服务深度合成管理规定", i.Name.ZH)
	assert.Contains(t, articles[0].Text, "互联网应用商店")
}

func TestEditionCitesItsOwnBasis(t *testing.T) {
	t.Parallel()
	e, err := law.Latest()
	require.NoError(t, err)
	require.NotEmpty(t, e.Law.Obligations)
	for _, o := range e.Law.Obligations {
		for _, article := range o.Articles() {
			assert.True(t, e.Cites(article), "%s: %s", o.ID, article)
		}
	}
}
