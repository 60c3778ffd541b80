package review_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

func TestDisclose(t *testing.T) {
	t.Parallel()
	at := analyzer.Where{Entry: "resources.arsc", Offset: 12}
	f := &analyzer.Facts{Strings: []analyzer.String{
		{Kind: analyzer.NumberString, Value: "京ICP备12345678号-1A", Where: at},
		{Kind: analyzer.NumberString, Value: numberSwap, Where: at},
		{Kind: analyzer.TextString, Value: "算法备案：" + numberSwap, Where: at},
		{Kind: analyzer.TextString, Value: "内容由AI生成，仅供参考", Where: at},
		{Kind: analyzer.TextString, Value: "内容由AI生成，仅供参考", Where: at},
		{Kind: analyzer.TextString, Value: strings.Repeat("很长的说明", 20) + "内容由AI生成", Where: at},
		{Kind: analyzer.TextString, Value: "AI生成图片", Where: at},
		{Kind: analyzer.URLString, Value: "https://beian.cac.gov.cn/#/index", Where: at},
		{Kind: analyzer.URLString, Value: "https://beian.cac.gov.cn.evil.example/", Where: at},
		{Kind: analyzer.HostString, Value: "beian.miit.gov.cn", Where: at},
	}}
	d := review.Disclose(f, edition(t))
	if assert.Len(t, d.Numbers, 2) {
		assert.Equal(t, review.Disclosed{Kind: registry.Algorithm, Number: numberSwap,
			WellFormed: true, CheckDigit: registry.Passed, Where: at}, d.Numbers[0])
		assert.Equal(t, registry.AppFiling, d.Numbers[1].Kind)
		assert.False(t, d.Numbers[1].WellFormed, "a placeholder is shown, not believed")
	}
	assert.Equal(t, []string{"内容由AI生成，仅供参考"}, d.LabelTexts)
	assert.Equal(t, []string{"https://beian.cac.gov.cn/#/index", "beian.miit.gov.cn"}, d.Links)
	assert.Empty(t, review.Disclose(nil, edition(t)))
	assert.Empty(t, review.Disclose(f, nil))
}

func TestDiscloseIsBounded(t *testing.T) {
	t.Parallel()
	f := &analyzer.Facts{}
	for i := range 1000 {
		f.Strings = append(f.Strings,
			analyzer.String{Kind: analyzer.TextString,
				Value: "由AI生成" + strings.Repeat("。", i%30) + string(rune('一'+i))},
			analyzer.String{Kind: analyzer.URLString, Value: "https://beian.cac.gov.cn/" + string(rune('一'+i))})
	}
	d := review.Disclose(f, edition(t))
	assert.LessOrEqual(t, len(d.LabelTexts), 50)
	assert.LessOrEqual(t, len(d.Links), 50)
	assert.NotEmpty(t, d.LabelTexts)
	assert.NotEmpty(t, d.Links)
}
