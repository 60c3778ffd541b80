package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
)

// filings is a list of algorithm filings: a batch that nobody has published.
const filings = "批次,期次,序号,算法名称,角色,主体名称,应用产品,主要用途,备案编号,备注,公告页,数据来源\n" +
	"第九十九批,2026-11,1,清静语音合成算法,服务提供者,清静软件（杭州）有限公司,清静（APP）," +
	"应用于语音合成场景。,网信算备330106128387701260011号,,https://list.example/99,test\n" +
	"第九十九批,2026-11,2,清静图像生成算法,服务技术支持者,清静软件（杭州）有限公司,," +
	"应用于图像生成场景。,网信算备330106128387701260029号,,https://list.example/99,test\n"

// services is a list of another kind.
const services = "期次,序号,属地,模型名称,备案单位,备案号或上线编号,备案时间,类型,公告页,数据来源\n" +
	"2026-11,1,浙江省,清静大模型,清静软件（杭州）有限公司,Zhejiang-QingJing-202611010001," +
	"2026/11/1,备案,https://list.example/g,test\n"

// preview has a person look at what a file would change.
func (v *visitor) preview(list, name, text string) answer {
	v.t.Helper()
	return v.upload("/registry/preview", "file", file{name, []byte(text)},
		"list", list, "fetched", "2026-11-20")
}

// apply takes in what a preview shows.
func (v *visitor) apply(seen answer, more ...string) answer {
	v.t.Helper()
	for _, field := range seen.tree().All("form#apply input[type=hidden]") {
		more = append(more, field.Attr("name"), field.Attr("value"))
	}
	return v.post("/registry/apply", more...)
}

// told is what the next page says once, after a form that was taken.
func (v *visitor) told(a answer) string {
	v.t.Helper()
	require.Equal(v.t, http.StatusSeeOther, a.status, a.complains())
	return v.get(a.header.Get("Location")).says()
}

// unchangedRows is unchanged without the files: a list that was looked at is kept.
func (k *kept) unchangedRows(do func()) {
	k.t.Helper()
	rows := func() map[string]string {
		p := k.picture()
		delete(p, "files")
		return p
	}
	before := rows()
	do()
	assert.Equal(k.t, before, rows(), "something was stored")
}

// TestImport imports lists on the pages: a wrong one is refused, and the same one again
// changes nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		for name, try := range map[string]struct {
			list, file, text string
			want             words
		}{
			"wrong_table": {"algo", "清单.csv", services, words{
				"文件是《生成式人工智能服务清单（备案、登记）》", "the file is the list of generative-AI services"}},
			"wrong_table_the_other_way": {"genai", "清单.csv", filings, words{
				"文件是《境内深度合成服务算法备案清单》", "the file is the list of deep-synthesis"}},
			"no_table": {"algo", "清单.csv", "甲,乙\n1,2\n", words{
				"没有哪种清单的表头是", "no known table has the columns"}},
			"no_list": {"algo", "清单.docx", filings, words{
				"不能读取“.docx”文件", "cannot be read"}},
			"bytes": {"algo", "清单.csv", "PK\x03\x04\x00\xff", words{
				"没有哪种清单的表头是", "no known table has the columns"}},
			"unknown_list": {"nothing", "清单.csv", filings, words{
				"没有名为“nothing”的清单", `there is no list called "nothing"`}},
		} {
			t.Run(name, func(t *testing.T) {
				v := c.who(chen).on(t)
				c.kept.on(t).unchangedRows(func() {
					said := map[string]string{"zh": try.want.zh, "en": try.want.en}
					for lang, said := range said {
						a := v.in(lang).preview(try.list, try.file, try.text)
						assert.Equal(t, http.StatusUnprocessableEntity, a.status)
						assert.Contains(t, a.complains(), said, lang)
						assert.Empty(t, a.tree().All("form#apply"), "it can be taken in")
					}
				})
			})
		}
		t.Run("by_a_reviewer", func(t *testing.T) {
			v := c.who(wang).on(t)
			c.kept.on(t).unchanged(func() {
				a := v.preview("algo", "第九十九批.csv", filings)
				assert.Equal(t, http.StatusForbidden, a.status)
				assert.Contains(t, a.complains(), "您的角色不能进行此操作")
			})
		})
		v := c.who(chen)
		var seen answer
		c.kept.unchangedRows(func() { seen = v.preview("algo", "第九十九批.csv", filings) })
		require.Equal(t, http.StatusOK, seen.status, seen.complains())
		assert.Contains(t, seen.says(), "新增 2，更改 0，撤下 0，不变 0")
		entries := c.kept.count("SELECT count(*) FROM ledger_rows")
		assert.Contains(t, v.told(v.apply(seen)), "已导入名录")
		assert.Equal(t, entries+1, c.kept.count("SELECT count(*) FROM ledger_rows"))
		assert.Contains(t, v.get("/registry?q=网信算备330106128387701260011号").says(), "清静语音合成算法")
		t.Run("again", func(t *testing.T) {
			c.kept.on(t).unchanged(func() {
				v := v.on(t)
				again := v.preview("algo", "第九十九批.csv", filings)
				assert.Contains(t, again.says(), "该文件此前已经导入，没有任何变化")
				assert.Contains(t, v.in("en").preview("algo", "b.csv", filings).says(),
					"was imported before")
				assert.Contains(t, v.told(v.apply(again)), "该文件此前已经导入，没有任何变化")
				assert.Contains(t, v.told(v.apply(seen)), "该文件此前已经导入，没有任何变化")
			})
		})
		t.Run("rows_that_cannot_be_read", func(t *testing.T) {
			v := v.on(t)
			bad := v.preview("algo", "坏.csv", filings+"第九十九批,2026-11,3,算法,,,,,不是编号,,,\n")
			assert.Contains(t, bad.says(), "未能读取 1 行")
			c.kept.on(t).unchanged(func() {
				a := v.apply(bad)
				assert.Equal(t, http.StatusUnprocessableEntity, a.status)
				assert.Contains(t, a.complains(), "有1行无法读取，未同意略去")
			})
			assert.Contains(t, v.told(v.apply(bad, "leave_out", "1")), "已导入名录")
		})
		t.Run("of_a_preview_that_is_out_of_date", func(t *testing.T) {
			v := v.on(t)
			changed := strings.Replace(filings, "清静语音合成算法", "清静语音合成算法二", 1)
			first := v.preview("algo", "甲.csv", changed)
			other := v.preview("algo", "乙.csv", strings.Replace(filings, "语音合成场景", "语音场景", 1))
			require.Contains(t, v.told(v.apply(other)), "已导入名录")
			c.kept.on(t).unchanged(func() {
				a := v.apply(first)
				assert.Equal(t, http.StatusUnprocessableEntity, a.status)
				assert.Contains(t, a.complains(), "预览之后，所持清单或文件已有变化，请重新预览")
			})
		})
		assert.Contains(t, c.h.must("", "ledger", "verify"), "the ledger holds")
	})
}
