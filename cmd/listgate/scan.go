package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/builtin"
)

// scanOptions are the flags of scan.
type scanOptions struct {
	format, declaration, factsOut, asOf, stage, law, lang string
	fromFacts, registry, failOn                           []string
	isolation                                             isolation
}

func scanCommand(p *process, say func(zh, en string) string) *cobra.Command {
	var o scanOptions
	c := &cobra.Command{
		Use:   "scan PATH…",
		Short: say("检查 APK、IPA 安装包并输出报告", "analyse packages and report"),
		Long:  say(scanHelpZH, scanHelpEN),
		Example: "  listgate scan app.apk\n" +
			"  listgate scan --format ndjson --fail-on blocked,cannot-tell incoming/\n" +
			"  listgate scan --declaration declaration.yaml --lang en app.ipa",
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			if o.lang, err = language(c); err != nil {
				return err
			}
			return scan(c.Context(), p, o, args)
		},
	}
	o.register(c.Flags(), say)
	return c
}

// routes are the values of --fail-on beside never.
var routes = []string{
	string(review.Clear),
	string(review.Review),
	string(review.Blocked),
	string(review.CannotTell),
}

// validate refuses wrong use before anything is read.
func (o scanOptions) validate(args []string) error {
	if builtin.Form(o.format) == nil {
		return usage("--format %q: want text, json or ndjson", o.format)
	}
	for _, r := range o.failOn {
		if r != "never" && !slices.Contains(routes, r) {
			return usage("--fail-on %q: want never or some of %s", r, strings.Join(routes, ","))
		}
	}
	if len(o.failOn) > 1 && slices.Contains(o.failOn, "never") {
		return usage("--fail-on: never stands alone")
	}
	if o.stage != string(review.StageSubmission) && o.stage != string(review.StageListed) {
		return usage("--stage %q: want submission or listed", o.stage)
	}
	if o.asOf != "" {
		if _, err := time.Parse(time.DateOnly, o.asOf); err != nil {
			return usage("--as-of %q: want a day as YYYY-MM-DD", o.asOf)
		}
	}
	if len(args) == 0 && len(o.fromFacts) == 0 {
		return usage("scan: name a package or a folder")
	}
	if len(o.fromFacts) > 0 && o.factsOut != "" {
		return usage("--facts-out: the facts are read from a file already")
	}
	return o.isolation.validate(len(o.fromFacts) > 0)
}

// scanner is one run of the command.
type scanner struct {
	process *process
	options scanOptions
	room    *room
	out     report.Writer
	several bool
	worst   int
	warned  bool // that isolation is incomplete
}

func scan(ctx context.Context, p *process, o scanOptions, args []string) error {
	if err := o.validate(args); err != nil {
		return err
	}
	room, err := openRoom(p, o)
	if err != nil {
		return err
	}
	s := &scanner{process: p, options: o, room: room}
	inputs := append(slices.Clone(o.fromFacts), args...)
	if len(o.fromFacts) == 0 {
		inputs, err = collect(args, func(f analyzer.File) bool { return s.recognise(ctx, f) })
		if err != nil {
			return err
		}
	}
	s.several = len(inputs) > 1
	if err := s.checkFactsOut(); err != nil {
		return err
	}
	s.out = builtin.Form(o.format).Open(p.out, report.Options{Lang: o.lang, Color: p.color()})
	for i, path := range inputs {
		if err := s.one(ctx, path, i, len(inputs)); err != nil {
			return errors.Join(err, s.out.Close())
		}
	}
	if err := s.out.Close(); err != nil {
		return &exit{exitUnread, fmt.Errorf("write report: %w", err)}
	}
	if s.worst != exitDone {
		return &exit{s.worst, nil}
	}
	return nil
}

// one reports on one input; an error ends the run.
func (s *scanner) one(ctx context.Context, path string, i, n int) error {
	started := s.process.now()
	a, err := s.analyse(ctx, path, i, n)
	if ctx.Err() != nil {
		return &exit{exitStopped, fmt.Errorf("stopped at %s", path)}
	}
	if a == nil {
		fmt.Fprintf(s.process.err, "listgate: %v\n", err)
		s.worst = exitUnread
		return nil
	}
	d, err := report.Build(report.Input{
		Tool: "listgate " + version, Path: path, Lang: s.options.lang, Analysis: a, Law: s.room.law,
		Registry: s.room.registry, Coverage: s.room.coverage, Declaration: s.room.declaration,
		AsOf: s.room.asOf, Stage: review.Stage(s.options.stage),
		Seconds: s.process.now().Sub(started).Seconds(),
	})
	if err != nil {
		return &exit{exitUnread, err}
	}
	if err := s.storeFacts(a.Facts); err != nil {
		return &exit{exitUnread, err}
	}
	switch {
	case d.Failed():
		s.worst = exitUnread
	case s.worst == exitDone && slices.Contains(s.options.failOn, string(d.Route)):
		s.worst = exitFailOn
	}
	if err := s.out.Write(d); err != nil {
		return &exit{exitUnread, fmt.Errorf("write report: %w", err)}
	}
	return nil
}

// analyse reads the package, or the stored facts; nil means that there is
// nothing to report on.
func (s *scanner) analyse(ctx context.Context, path string, i, n int) (*analyzer.Analysis, error) {
	if len(s.options.fromFacts) > 0 {
		f, err := readFacts(path)
		if err != nil {
			return nil, err
		}
		return s.room.engine.Judge(f), nil
	}
	f, err := openPackage(path)
	if err != nil {
		fmt.Fprintf(s.process.err, "listgate: %v\n", err)
		return s.room.engine.Judge(unopened(err)), nil
	}
	defer f.close()
	if s.options.isolation.on {
		return s.isolated(ctx, f.File)
	}
	bar := newProgress(s.process, path, i, n)
	defer bar.finish()
	return s.room.engine.Analyze(ctx, f.File, analyzer.Options{Progress: bar.show})
}

// unopened is what is known of a package that cannot be opened: its report must
// not be missing among the others. The path is the report's to say.
func unopened(err error) *analyzer.Facts {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = fmt.Errorf("%s: %w", path.Op, path.Err)
	}
	return &analyzer.Facts{
		Schema:  analyzer.FactsSchema,
		Package: analyzer.Package{Format: analyzer.Unknown},
		Gaps:    []analyzer.Gap{{Reason: analyzer.GapUnreadable, Detail: err.Error(), Code: true}},
	}
}

func readFacts(path string) (*analyzer.Facts, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := facts.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// checkFactsOut wants a folder where several packages are scanned.
func (s *scanner) checkFactsOut() error {
	if s.options.factsOut == "" {
		return nil
	}
	st, err := os.Stat(s.options.factsOut)
	if s.several && (err != nil || !st.IsDir()) {
		return usage(
			"--facts-out %s: several packages are scanned, name an existing folder",
			s.options.factsOut,
		)
	}
	return nil
}

// storeFacts writes the facts beside their final name first: a reader never sees
// half a document, and what stood there before stays until the new one is whole.
func (s *scanner) storeFacts(f *analyzer.Facts) error {
	path := s.options.factsOut
	if path == "" || f.Package.SHA256 == "" || f.Readers == nil { // nothing was read
		return nil
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, f.Package.SHA256+".facts.zst")
	}
	part := path + ".part"
	out, err := os.Create(part)
	if err != nil {
		return fmt.Errorf("store facts: %w", err)
	}
	err = facts.Write(out, f)
	if err := errors.Join(err, out.Close()); err != nil {
		return errors.Join(fmt.Errorf("store facts: %w", err), os.Remove(part))
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("store facts: %w", err)
	}
	return nil
}
