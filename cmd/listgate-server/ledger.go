package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/internal/ledger"
)

func ledgerCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "keys, verification and proofs of the ledger"}
	c.AddCommand(
		&cobra.Command{
			Use:   "keygen",
			Short: "make the key pair that ledger.key and ledger.keys name",
			Args:  cobra.NoArgs,
			RunE: withSettings(p, func(_ context.Context, s *config.Settings) error {
				if err := generateKeys(s.Ledger); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s: private, for this machine alone\n%s: public, to publish\n",
					s.Ledger.Key, s.Ledger.Keys)
				return nil
			}),
		},
		&cobra.Command{
			Use:   "verify",
			Short: "recompute the ledger and compare it with every checkpoint kept outside",
			Args:  cobra.NoArgs,
			RunE: withRecords(p, func(ctx context.Context, r *records) error {
				return verifyLedger(ctx, p, r)
			}),
		},
		&cobra.Command{
			Use:   "publish",
			Short: "sign a checkpoint now and have the witness keep it",
			Args:  cobra.NoArgs,
			RunE: withRecords(p, func(ctx context.Context, r *records) error {
				n, err := r.notary()
				if err != nil {
					return err
				}
				at, err := n.Publish(ctx)
				if err == nil {
					fmt.Fprintf(p.out, "%s", at.Note)
				}
				return err
			}),
		},
		proofCommand(p),
	)
	return c
}

// generateKeys makes a key pair and overwrites nothing.
func generateKeys(s config.Ledger) error {
	if s.Origin == "" || s.Key == "" || s.Keys == "" {
		return usage("ledger.origin, ledger.key and ledger.keys have to be set")
	}
	for _, path := range []string{s.Key, s.Keys} { // a half of a pair helps nobody
		switch _, err := os.Lstat(path); {
		case err == nil:
			return fmt.Errorf("%s: %w; it is not overwritten", path, fs.ErrExist)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	private, public, err := ledger.GenerateKey(rand.Reader, s.Origin)
	if err != nil {
		return err
	}
	if err := writeNew(s.Key, private, 0o600); err != nil {
		return err
	}
	return writeNew(s.Keys, public, 0o644)
}

// writeNew writes a file that is not there yet.
func writeNew(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// verifyLedger says that the ledger holds, or names the row that does not.
func verifyLedger(ctx context.Context, p *process, r *records) error {
	n, err := r.notary()
	if err != nil {
		return err
	}
	seen, err := n.Verify(ctx)
	var fault *ledger.Error
	if errors.As(err, &fault) {
		return fmt.Errorf("the ledger does not hold: %w", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the witness keeps no checkpoint; `ledger publish` signs the first, "+
			"but where there was one, what it kept is lost", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "the ledger holds: %d entries, root %s, %d checkpoints kept outside agree\n",
		seen.Size, seen.Root, seen.Checkpoints)
	return nil
}

func proofCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "proof SEQ",
		Short: "write the proof of an entry, for `listgate verify`",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			seq, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || seq < 0 {
				return usage("%q is not the place of an entry", args[0])
			}
			return withRecords(p, func(ctx context.Context, r *records) error {
				n, err := r.notary()
				if err != nil {
					return err
				}
				proof, err := n.Proof(ctx, seq)
				if err == nil {
					_, err = p.out.Write(proof)
				}
				return err
			})(c, nil)
		},
	}
}
