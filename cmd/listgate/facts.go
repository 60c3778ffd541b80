package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
)

func factsCommand(p *process, say func(zh, en string) string) *cobra.Command {
	return &cobra.Command{
		Use:   "facts PACKAGE",
		Short: say("输出安装包的事实记录（JSON）", "print the facts of a package (JSON)"),
		Long: say(`输出从安装包读到的事实记录（JSON，格式见 docs/schema/facts.v1.schema.json），不作任何判断。

退出状态：0 完成；2 用法错误；3 安装包无法分析（仍有记录）。`,
			`Print what was read from a package, without any judgement (JSON, schema in
docs/schema/facts.v1.schema.json).

Exit status: 0 done; 2 wrong use; 3 the package could not be analysed (the facts still appear).`),
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := language(c); err != nil {
				return err
			}
			return printFacts(c.Context(), p, args[0])
		},
	}
}

func printFacts(ctx context.Context, p *process, path string) error {
	engine, err := analyzers.Engine()
	if err != nil {
		return err
	}
	f, err := openPackage(path)
	if err != nil {
		return usage("%v", err)
	}
	defer f.close()
	bar := newProgress(p, path, 0, 1)
	doc, _, err := engine.Read(ctx, f.File, analyzer.Options{Progress: bar.show})
	bar.finish()
	if err != nil {
		return &exit{exitUnread, err}
	}
	out, err := facts.Marshal(doc)
	if err != nil {
		return &exit{exitUnread, err}
	}
	if _, err := p.out.Write(out); err != nil {
		return &exit{exitUnread, fmt.Errorf("write facts: %w", err)}
	}
	if !(&analyzer.Analysis{Facts: doc}).Analysed() {
		return &exit{exitUnread, nil}
	}
	return nil
}
