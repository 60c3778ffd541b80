package main

import (
	"github.com/spf13/pflag"

	"github.com/listgate/listgate/internal/sandbox"
)

const (
	scanHelpZH = `检查 APK、IPA 安装包（或文件夹中的全部安装包），输出检测发现、深度合成能力与各项义务的核验。

退出状态：0 完成；1 结论在 --fail-on 之列；2 用法错误；3 有安装包无法分析（仍有报告）。`
	scanHelpEN = `Analyse APK and IPA packages, or every package in a folder: findings with
evidence, deep-synthesis capabilities, and a check of each obligation.

Exit status: 0 done; 1 a route is in --fail-on; 2 wrong use; 3 a package could not
be analysed (its report still appears).`
)

// register binds the flags of scan to their fields.
func (o *scanOptions) register(f *pflag.FlagSet, say func(zh, en string) string) {
	for _, s := range []struct {
		to                  *string
		name, value, zh, en string
	}{
		{&o.format, "format", "text",
			"输出形式：text、json 或 ndjson", "output: text, json or ndjson"},
		{&o.declaration, "declaration", "",
			"开发者声明（YAML，格式见 docs/schema）", "the developer's declaration (YAML, see docs/schema)"},
		{&o.factsOut, "facts-out", "",
			"把事实记录存入该文件；检查多个安装包时为文件夹",
			"store the facts in this file; a folder for several packages"},
		{&o.asOf, "as-of", "",
			"以该日的名录为准，YYYY-MM-DD（默认今天，北京时间）",
			"judge as of this day, YYYY-MM-DD (default today, China time)"},
		{&o.stage, "stage", "submission",
			"阶段：submission（上架审核）或 listed（在架），决定建议的措施",
			"submission or listed; it chooses the suggested measure"},
		{&o.law, "law", "",
			"法规版本：内置版本名，或版本文件夹", "edition of the law: an embedded one by name, or a folder"},
	} {
		f.StringVar(s.to, s.name, s.value, say(s.zh, s.en))
	}
	f.BoolVar(&o.isolation.on, "isolate", false, say(
		"在受限的子进程中分析每个安装包（仅限 Linux）",
		"analyse each package in a restricted child process (Linux only)"))
	f.Int64Var(&o.isolation.memory, "isolate-memory", sandbox.DefaultMemory>>20, say(
		"子进程可用的内存（MiB）", "memory of the child process, in MiB"))
	f.DurationVar(&o.isolation.time, "isolate-time", sandbox.DefaultTime, say(
		"子进程可用的时间", "time that the child process may take"))
	f.StringArrayVar(&o.fromFacts, "from-facts", nil, say(
		"读取已存的事实记录，不需要安装包（可重复）", "read stored facts instead of packages (repeatable)"))
	f.StringArrayVar(&o.registry, "registry", nil, say(
		"以该 CSV 名录代替内置名录（可重复）", "use this CSV list instead of the embedded ones (repeatable)"))
	f.StringSliceVar(&o.failOn, "fail-on", []string{"never"}, say(
		"结论属于其中之一时退出状态为 1：clear、review、blocked、cannot-tell，或 never",
		"exit with 1 where a route is one of: clear, review, blocked, cannot-tell; or never"))
}
