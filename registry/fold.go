package registry

import "strings"

// foldName maps a name to the form in which two spellings of it are equal:
// half-width, lower case, one kind of bracket and middle dot, no spaces and no
// quotation marks. The lists mix all of these, and notices insert spaces.
func foldName(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = foldRune(r); r {
		case ' ', '"', '\'':
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// foldRemark does so but keeps quotation marks, which delimit former names.
func foldRemark(s string) string {
	return strings.Map(func(r rune) rune {
		if r = foldRune(r); r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

func foldRune(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	switch r {
	case '〔', '【', '﹙', '[':
		return '('
	case '〕', '】', '﹚', ']':
		return ')'
	case '・', '•', '‧', '∙', '｡':
		return '·'
	case '“', '”', '„', '「', '」', '『', '』':
		return '"'
	case '‘', '’', '`':
		return '\''
	case '\t', '\n', '\r', 0xA0, 0x3000, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF:
		return ' '
	}
	if r >= 0x2000 && r <= 0x200A {
		return ' '
	}
	return r
}

// trades are the words of a company's name that say where it sits, what form it
// has and what it trades in; what is left is its own name. Longer words precede
// their parts.
var trades = strings.NewReplacer(separated(`
有限责任公司 股份有限公司 集团有限公司 有限公司 股份公司 分公司 集团 公司 企业管理 企业服务 企业
人工智能 智能 科技 技术 信息安全 信息 网络安全 网络 互联网 计算机 系统 软件 数字 数据 大数据 云计算
电子商务 电子 商务 通信 移动 文化 传媒 传播 教育 影视 广告 娱乐 媒体 新媒体 出版 发展 服务 管理 咨询
投资 控股 产业 实业 创新 创意 健康 医疗 汽车 金融 工业 研究院 研究所 研究 实验室 中心 大学 医院 国际
中国 广播电视 在线 生活 贸易 设计 工程 物联网 供应链 旅行 旅游 人力资源
内蒙古 黑龙江 北京 天津 上海 重庆 河北 山西 辽宁 吉林 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南
广东 广西 海南 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门
石家庄 哈尔滨 呼和浩特 乌鲁木齐 深圳 广州 杭州 南京 苏州 成都 武汉 西安 厦门 福州 泉州 宁波 温州
合肥 济南 青岛 烟台 郑州 长沙 南昌 南宁 桂林 昆明 贵阳 海口 三亚 大连 沈阳 长春 太原 兰州 西宁 银川
拉萨 珠海 佛山 东莞 中山 惠州 汕头 无锡 常州 南通 徐州 扬州 嘉兴 绍兴 金华 芜湖 唐山 保定 秦皇岛
`)...)

func separated(words string) []string {
	var pairs []string
	for _, w := range strings.Fields(words) {
		pairs = append(pairs, w, "|")
	}
	return pairs
}

// kin returns what the own names of two companies share, at least two Chinese
// characters or three others, or nothing. It hints at a group and proves none.
func kin(a, b string) string {
	best := ""
	for _, x := range ownNames(a) {
		for _, y := range ownNames(b) {
			if s := longestCommon(x, y); len(s) > len(best) {
				best = s
			}
		}
	}
	return best
}

func ownNames(s string) [][]rune {
	const most = 200
	folded := []rune(foldName(s))
	folded = folded[:min(len(folded), most)]
	var parts [][]rune
	for _, p := range strings.FieldsFunc(trades.Replace(string(folded)), func(r rune) bool {
		return r == '|' || r == '(' || r == ')' || r == '市' || r == '省'
	}) {
		parts = append(parts, []rune(p))
	}
	return parts
}

// longestCommon returns the longest run that both hold, where it is long enough
// to be a name: three bytes hold one Chinese character or three Latin letters.
func longestCommon(a, b []rune) string {
	best := ""
	for i := range a {
		for j := range b {
			n := 0
			for i+n < len(a) && j+n < len(b) && a[i+n] == b[j+n] {
				n++
			}
			s := string(a[i : i+n])
			if n >= 2 && len(s) >= 3 && len(s) > len(best) {
				best = s
			}
		}
	}
	return best
}
