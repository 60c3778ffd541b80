package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/web/page/lists"
)

func registryCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "registry", Short: "the published lists: import, coverage"}
	c.AddCommand(importCommand(p), &cobra.Command{
		Use:   "coverage",
		Short: "say which batches of each list are held and missing",
		Args:  cobra.NoArgs,
		RunE: withRecords(p, func(ctx context.Context, r *records) error {
			l, err := r.lists.Lookup(ctx)
			if err != nil {
				return err
			}
			for _, list := range registry.Lists() {
				for _, s := range list.Series() {
					held := s.Held(l)
					fmt.Fprintf(p.out, "%s\n%s\n", held.ZH, held.EN)
				}
			}
			return nil
		}),
	})
	return c
}

// importOptions are the flags of registry import.
type importOptions struct {
	list, fetched, by string
	apply, leaveOut   bool
}

func importCommand(p *process) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "preview a list, and with --apply take it in",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withRecords(p, func(ctx context.Context, r *records) error {
				return o.run(ctx, p, r, args[0])
			})(c, nil)
		},
	}
	f := c.Flags()
	f.StringVar(&o.list, "source", "", "`list` that the file is: "+listNames())
	f.StringVar(&o.fetched, "fetched", "", "`day` on which the file was fetched, YYYY-MM-DD")
	f.StringVar(&o.by, "by", "operator", "`name` of who imports, for the ledger")
	f.BoolVar(&o.apply, "apply", false, "take in what the preview says")
	f.BoolVar(&o.leaveOut, "leave-out", false, "agree to leave out the rows that cannot be read")
	return c
}

func listNames() string {
	var names []string
	for _, l := range registry.Lists() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

func (o importOptions) run(ctx context.Context, p *process, r *records, path string) error {
	text, err := readFile(path, maxList)
	if err != nil {
		return err
	}
	f := lists.File{Name: filepath.Base(path), List: registry.List(o.list), Fetched: o.fetched}
	in, err := readList(f, text)
	if err != nil {
		return err
	}
	seen, err := r.lists.Preview(ctx, in)
	if err != nil {
		return err
	}
	printPreview(p, seen)
	if !o.apply {
		fmt.Fprintf(p.out, "nothing was imported: --apply does it\n")
		return nil
	}
	done, err := r.lists.Apply(ctx, in, registry.Consent{
		Fingerprint: seen.Fingerprint(), LeaveOut: o.leaveOut,
		By: registry.Actor{ID: "operator:" + o.by, Name: o.by},
	})
	if err != nil {
		return err
	}
	if done.Unchanged {
		fmt.Fprintf(p.out, "the file was imported before: nothing has changed\n")
		return nil
	}
	fmt.Fprintf(p.out, "imported\n")
	return nil
}

// printPreview says what an import would change, with the first rows of each kind.
func printPreview(p *process, seen registry.Preview) {
	fmt.Fprintf(p.out, "%s sha256 %s\n", seen.Source, seen.SHA256)
	for _, c := range seen.Changes {
		fmt.Fprintf(p.out, "%s: %d added, %d changed, %d withdrawn, %d unchanged\n", c.Series,
			len(c.Added), len(c.Changed), len(c.Withdrawn), c.Unchanged)
		for _, a := range c.Changed[:min(len(c.Changed), mostShown)] {
			fmt.Fprintf(p.out, "  changed %s\n", a.New.Number)
		}
		for _, w := range c.Withdrawn[:min(len(c.Withdrawn), mostShown)] {
			fmt.Fprintf(p.out, "  withdrawn %s\n", w.Number)
		}
	}
	for _, r := range seen.Rejected[:min(len(seen.Rejected), mostShown)] {
		fmt.Fprintf(p.out, "not read: line %d: %s\n", r.Line, r.Why.EN)
	}
	if more := len(seen.Rejected) - mostShown; more > 0 {
		fmt.Fprintf(p.out, "not read: %d more lines\n", more)
	}
}

// mostShown is how many rows of a kind a preview names.
const mostShown = 20
