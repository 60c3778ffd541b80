package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

const demoHelp = `Serve a workbench with real content: the public lists that come with the
program, accounts in different roles, and packages in different states of review. All of
it lies in one folder; a second run finds it again. The accounts' password is printed, so
this is for one's own machine: it listens on 127.0.0.1.`

func demoCommand(p *process) *cobra.Command {
	var dir, packages string
	c := &cobra.Command{
		Use:   "demo",
		Short: "serve a workbench with real content, for a first look",
		Long:  demoHelp,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := demoSettings(c.Flags(), dir); err != nil {
				return err
			}
			return withSettings(p, func(ctx context.Context, s *config.Settings) error {
				if err := demoFolder(ctx, p, s, dir); err != nil {
					return err
				}
				return inOffice(ctx, p, s, func(o *office) error {
					return o.demo(ctx, p, packages)
				})
			})(c, nil)
		},
	}
	c.Flags().StringVar(&dir, "dir", "var", "`folder` of the demo")
	c.Flags().StringVar(&packages, "packages", "", "`folder` of packages to take in as well")
	return c
}

// demoSettings gives the settings that were not given the demo's.
func demoSettings(f *pflag.FlagSet, dir string) error {
	for name, value := range map[string]string{
		"database":       "sqlite:" + filepath.Join(dir, "listgate.db"),
		"blobs":          filepath.Join(dir, "blobs"),
		"ledger-origin":  "demo.listgate.example/ledger",
		"ledger-key":     filepath.Join(dir, "ledger.key"),
		"ledger-keys":    filepath.Join(dir, "ledger.pub"),
		"ledger-witness": filepath.Join(dir, "witness.jsonl"),
		"store-zh":       "示例应用商店", "store-en": "Example App Store",
		"appeal-zh": "示例应用商店申诉中心 appeal@store.example",
		"appeal-en": "Appeals of the Example App Store, appeal@store.example",
		"log-level": "warn",
	} {
		if f.Changed(name) {
			continue
		}
		if err := f.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// demoFolder makes what the demo lacks in its folder: keys, tables, lists.
func demoFolder(ctx context.Context, p *process, s *config.Settings, dir string) error {
	if host, _, err := net.SplitHostPort(s.Listen); err != nil || !net.ParseIP(host).IsLoopback() {
		return usage("--listen %s: the demo's passwords are known; it listens on 127.0.0.1 alone",
			s.Listen)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := generateKeys(s.Ledger); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	r, err := openTables(ctx, p, s)
	if err != nil {
		return err
	}
	return errors.Join(r.migrate(ctx), r.demoAccounts(ctx), r.close())
}

// demoPassword is that of all accounts of the demo.
const demoPassword = "listgate-demo"

// demoPeople are the accounts of the demo.
var demoPeople = []auth.Account{
	{Login: "wang", Name: "王审核", Role: string(review.RoleReviewer)},
	{Login: "liu", Name: "刘审核", Role: string(review.RoleReviewer)},
	{Login: "chen", Name: "陈主管", Role: string(review.RoleSenior)},
	{Login: "zhao", Name: "赵主管", Role: string(review.RoleSenior)},
	{Login: "sun", Name: "孙审计", Role: string(review.RoleAuditor)},
	{Login: "admin", Name: "管理员", Role: string(review.RoleAdmin)},
}

func (r *records) demoAccounts(ctx context.Context) error {
	for _, a := range demoPeople {
		_, err := r.accounts.ByLogin(ctx, a.Login)
		if errors.Is(err, auth.ErrNotFound) {
			_, err = r.accounts.Create(ctx, "demo", a, demoPassword)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demo fills the workbench and serves it until the context ends.
func (o *office) demo(ctx context.Context, p *process, packages string) error {
	at, err := o.listen(ctx) // a taken address is known before anything is made
	if err != nil {
		return fmt.Errorf("%w: --listen names another address (make demo DEMO_LISTEN=…)", err)
	}
	return o.working(ctx, func(ctx context.Context) error {
		fmt.Fprintf(p.out, "Filling the workbench…\n")
		if err := o.tell(ctx); err != nil {
			return errors.Join(fmt.Errorf("fill the workbench: %w", err), at.Close())
		}
		if packages != "" {
			if err := o.takeFolder(ctx, p, packages); err != nil {
				return errors.Join(err, at.Close())
			}
		}
		demoWelcome(p, at.Addr().String())
		return o.serveAt(ctx, at)
	})
}

func demoWelcome(p *process, addr string) {
	fmt.Fprintf(p.out, "\nListgate is at http://%s/\n\n", addr)
	for _, a := range demoPeople {
		fmt.Fprintf(p.out, "  %-6s %-9s %s\n", a.Login, a.Role, a.Name)
	}
	fmt.Fprintf(p.out, "\nEverybody's password is %s. Stop with Ctrl-C; a second run finds all of "+
		"it again.\n", demoPassword)
}

// takeFolder hands in every file of a folder. What was handed in before, by its
// bytes, is not handed in again.
func (o *office) takeFolder(ctx context.Context, p *process, folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		s, err := o.takeFile(ctx, path)
		if err != nil {
			fmt.Fprintf(p.err, "%s: %v\n", path, err)
			return ctx.Err()
		}
		fmt.Fprintf(p.out, "%s: case %s\n", path, s.Case)
		return nil
	})
}

func (o *office) takeFile(ctx context.Context, path string) (review.Submission, error) {
	text, err := readFile(path, o.settings.UploadLimit)
	if err != nil {
		return review.Submission{}, err
	}
	sum := sha256.Sum256(text)
	s, _, err := o.intake.Submit(ctx, intake.Upload{
		File: filepath.Base(path), Body: bytes.NewReader(text), By: demoPipeline,
		Key: "file:" + hex.EncodeToString(sum[:]),
	})
	return s, err
}

// demoPipeline hands in the demo's packages.
var demoPipeline = review.Actor{ID: "demo", Name: "示例上架流水线", Role: review.RolePipeline}
