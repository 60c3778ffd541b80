package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/analyzer"
)

// The exit statuses of listgate, the first that holds.
const (
	exitDone    = 0
	exitFailOn  = 1 // a report's route is in --fail-on
	exitUsage   = 2 // wrong use
	exitUnread  = 3 // a package could not be analysed; its report still appears
	exitStopped = 130
)

// exit is an error that carries a status; a nil cause says that all is said.
type exit struct {
	status int
	cause  error
}

func (e *exit) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.cause.Error()
}

func (e *exit) Unwrap() error { return e.cause }

// usage is an error of the call: exit status 2.
func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

// run is the whole command as a function: it returns the exit status.
func run(ctx context.Context, p *process) int {
	root := rootCommand(p)
	root.SetArgs(p.args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var e *exit
	if !errors.As(err, &e) {
		e = &exit{exitUsage, err} // cobra's own errors are about the call
	}
	if e.cause != nil {
		fmt.Fprintf(p.err, "listgate: %v\n", e.cause)
	}
	return e.status
}

func rootCommand(p *process) *cobra.Command {
	lang := langOf(p.args, p.env("LISTGATE_LANG"))
	say := func(zh, en string) string { return analyzer.Text{ZH: zh, EN: en}.In(lang) }
	root := &cobra.Command{
		Use: "listgate",
		Short: say("检查安装包的深度合成能力及其合规材料，供应用商店上架审核与开发者自查",
			"Inspect app packages for deep synthesis and for what the law asks of it"),
		Version:       version,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.PersistentFlags().
		String("lang", lang, say("输出语言：zh 或 en", "language of the output: zh or en"))
	root.AddCommand(scanCommand(p, say), factsCommand(p, say), verifyCommand(p, say))
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	return root
}

// langOf finds the language before the flags are parsed: the help is written in
// it too. The last --lang wins, as with any flag.
func langOf(args []string, fallback string) string {
	lang := "zh"
	if fallback == "en" {
		lang = "en"
	}
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			lang = v
		} else if a == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	return lang
}

// language reads --lang and refuses another value.
func language(c *cobra.Command) (string, error) {
	lang, err := c.Flags().GetString("lang")
	if err != nil {
		return "", err
	}
	if lang != "zh" && lang != "en" {
		return "", usage("--lang %q: want zh or en", lang)
	}
	return lang, nil
}
