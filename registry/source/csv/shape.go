package csv

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/registry"
)

// shape is one of the tables: its columns in the official words, other names
// under which a column was published, and how a row becomes a record.
type shape struct {
	title   registry.Text
	columns []string
	aliases map[string]string
	record  func(fields) (parsed, *registry.Text)
}

// parsed is a record with the key of its number.
type parsed struct {
	registry.Record
	number string
}

func shapes() []shape {
	return []shape{
		{
			title: registry.Text{ZH: "算法备案清单", EN: "algorithm filings"},
			columns: []string{"批次", "期次", "序号", "算法名称", "角色", "主体名称", "应用产品",
				"主要用途", "备案编号", "备注", "公告页", "数据来源"},
			record: filing,
		},
		{
			title: registry.Text{ZH: "算法备案注销公告", EN: "algorithm cancellations"},
			columns: []string{"公告日期", "算法名称", "角色或类别", "主体名称", "应用产品",
				"备案编号", "注销时间", "公告附件", "数据来源"},
			record: cancellation,
		},
		{
			title: registry.Text{ZH: "生成式人工智能服务清单", EN: "generative-AI services"},
			columns: []string{"期次", "序号", "属地", "模型名称", "备案单位", "备案号或上线编号",
				"备案时间", "类型", "公告页", "数据来源"},
			aliases: map[string]string{
				"大模型名称": "模型名称", "备案号": "备案号或上线编号", "备案编号": "备案号或上线编号", "上线编号": "备案号或上线编号",
			},
			record: service,
		},
	}
}

// recognise finds the table whose columns the header names, each exactly once and
// in any order. Where none fits, the error names the nearest and what differs.
func recognise(header []string) (shape, map[string]int, error) {
	var nearest shape
	most := -1
	for _, s := range shapes() {
		column := s.place(header)
		if len(column) == len(s.columns) && len(header) == len(s.columns) {
			return s, column, nil
		}
		if len(column) > most {
			nearest, most = s, len(column)
		}
	}
	if most < len(nearest.columns)/2 {
		return shape{}, nil, malformed("header", 0, text("没有哪种清单的表头是%.200q（文件是否为UTF-8编码？）",
			"no known table has the columns %.200q (is the file UTF-8?)", few(header)))
	}
	column := nearest.place(header)
	var lacking, foreign []string
	for _, c := range nearest.columns {
		if _, ok := column[c]; !ok {
			lacking = append(lacking, c)
		}
	}
	for i, h := range header {
		if at, ok := column[nearest.name(h)]; !ok || at != i {
			foreign = append(foreign, h)
		}
	}
	return shape{}, nil, malformed("header", 0, text("最接近%[1]s，但缺少%[3]q，另有%.200[4]q",
		"nearest to the table of %[2]s, but it lacks %[3]q and has besides %.200[4]q",
		nearest.title.ZH, nearest.title.EN, lacking, few(foreign)))
}

// few bounds what is quoted of a header.
func few(columns []string) []string { return columns[:min(len(columns), 20)] }

// place maps the columns of the shape to their first places in the header.
func (s shape) place(header []string) map[string]int {
	column := map[string]int{}
	for i, h := range header {
		name := s.name(h)
		if _, twice := column[name]; !twice && slices.Contains(s.columns, name) {
			column[name] = i
		}
	}
	return column
}

func (s shape) name(header string) string {
	h := strings.TrimSpace(header)
	if a, ok := s.aliases[h]; ok {
		return a
	}
	return h
}

// fields is one row by the names of its columns.
type fields struct {
	row    []string
	column map[string]int
}

func (f fields) get(name string) string { return strings.TrimSpace(f.row[f.column[name]]) }
