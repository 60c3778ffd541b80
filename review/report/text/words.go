package text

var chinese = map[string]string{
	"unnamed": "（无标识）", "summary": "汇总", "version": "版本", "route": "结论", "suggestion": "建议措施",
	"capabilities": "深度合成能力", "findings": "检测发现", "disclosures": "应用内披露", "checks": "核验",
	"anomalies": "异常", "gaps": "未检测部分", "remedy": "补正",
	"steps": "步骤", "step": "%s（%s）", "law": "法规版本",
	"models": "模型", "sealed": "格式未知，疑似加密",
	"rules": "规则", "registry": "名录", "as of": "截至", "more": "另有 %d 项",
	"parts": "内含安装包", "split": "拆分包",
	"signers": "签名", "verified": "有效", "unverified": "未证实有效",
	"no capability": "未发现深度合成能力",
	"not analysed":  "安装包未能分析，不知道有无深度合成能力",
	"rest unknown":  "已读取的部分中未发现深度合成能力，其余不明", "and": "、", "encrypted": "代码已加密", "packers": "加固",
	"waiting":  "以下各项须有开发者声明才能核验（--declaration FILE）",
	"met list": "已满足", "not applicable list": "不适用",

	"clear": "未见问题（clear）", "review": "需人工审核（review）", "blocked": "存在未满足的义务（blocked）",
	"cannot-tell": "无法判断（cannot-tell）",

	"confirmed": "已证实", "probable": "很可能", "possible": "可能",
	"invoked": "自有代码调用", "bundled": "仅随包附带", "unknown": "调用情况不明",

	"met": "满足", "unmet": "未满足", "unclear": "待查明", "not-applicable": "不适用",
	"passed": "通过", "failed": "未通过", "advice": "提示", "not-asked": "未核",

	"sdk": "SDK", "engine": "引擎", "os-framework": "系统框架", "endpoint": "服务接口",
	"model-format": "模型格式", "model-file": "模型文件", "text": "文字", "packer": "加固",

	"algorithm": "算法备案号", "genai-filed": "生成式AI备案号", "genai-registered": "生成式AI上线编号",
	"app-filing": "APP备案号", "website-filing": "网站备案号", "malformed": "格式不符", "check digit": "校验位",
	"label text": "标识用语", "link": "公示链接",
}

var english = map[string]string{
	"unnamed": "(no identity)", "summary": "Summary", "version": "version", "route": "Route",
	"suggestion":   "Suggested measure",
	"capabilities": "Deep-synthesis capabilities", "findings": "Findings",
	"disclosures": "Shown in the package",
	"checks":      "Checks", "anomalies": "Anomalies", "gaps": "Not read", "remedy": "Remedy",
	"steps": "Steps", "step": "%s (%s)",
	"models": "Models", "sealed": "unknown format, looks encrypted",
	"law": "law edition", "rules": "rules", "registry": "registry", "as of": "as of",
	"more":    "%d more",
	"waiting": "these wait for the developer's declaration (--declaration FILE)",
	"parts":   "packages inside", "split": "split",
	"signers": "signature", "verified": "valid",
	"unverified": "not shown to be valid", "no capability": "no deep-synthesis capability found",
	"not analysed": "not known: the package could not be analysed",
	"rest unknown": "none found in what could be read; the rest is not known", "and": ", ",
	"encrypted": "the code is encrypted", "packers": "packer", "met list": "met",
	"not applicable list": "not applicable",

	"clear": "clear", "review": "review: a person must look",
	"blocked":     "blocked: an obligation is unmet",
	"cannot-tell": "cannot tell",

	"invoked": "called by own code", "bundled": "shipped, no call seen", "unknown": "use unknown",

	"sdk": "SDK", "engine": "engine", "os-framework": "system framework", "endpoint": "service",
	"model-format": "model format", "model-file": "model file", "text": "text", "packer": "packer",

	"algorithm": "algorithm filing", "genai-filed": "generative-AI filing",
	"genai-registered": "generative-AI registration",
	"app-filing":       "APP filing", "website-filing": "website filing", "malformed": "malformed",
	"check digit": "check digit",
	"label text":  "label wording", "link": "public list",
	"not-asked": "not asked", "not-applicable": "not applicable",
}
