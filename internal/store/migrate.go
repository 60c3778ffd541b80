package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// The errors of a database whose tables are not those of this program.
var (
	// ErrOld: Migrate has to be run.
	ErrOld = errors.New("the tables are older than this program: migrate first")
	// ErrNew: a newer program has migrated them.
	ErrNew = errors.New("the tables are newer than this program: use the newer program")
)

// Migrate brings the tables up to date: the files of migrations first, then the
// tables of the jobs' library. Each step is a transaction. Only one process
// migrates a database at a time, the others wait. It changes nothing where all is
// up to date, and returns ErrNew for tables that it does not know.
func (d *DB) Migrate(ctx context.Context) error {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("migrate: wait for others: %w", err)
	}
	return errors.Join(d.migrate(ctx), unlock())
}

func (d *DB) migrate(ctx context.Context) error {
	own, err := d.migrations()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have, want, err := own.GetVersions(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	} else if have > want {
		return fmt.Errorf("migrate from version %d to %d: %w", have, want, ErrNew)
	}
	if _, err := own.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	jobs, err := d.jobMigrations()
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if err := jobs.up(ctx); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// Current returns nil where the tables are those of this program, else ErrOld or
// ErrNew, or what kept it from asking.
func (d *DB) Current(ctx context.Context) error {
	own, err := d.migrations()
	if err != nil {
		return fmt.Errorf("version of the tables: %w", err)
	}
	have, want, err := own.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("version of the tables: %w", err)
	case have < want:
		return fmt.Errorf("version %d of %d: %w", have, want, ErrOld)
	case have > want:
		return fmt.Errorf("version %d of %d: %w", have, want, ErrNew)
	}
	jobs, err := d.jobMigrations()
	if err != nil {
		return fmt.Errorf("version of the jobs' tables: %w", err)
	}
	return jobs.current(ctx)
}

// migrations is the sequence of this dialect.
func (d *DB) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+string(d.dialect))
	if err != nil {
		return nil, err
	}
	handle, err := d.write.DB()
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, handle, files,
		goose.WithTableName("schema_version"), goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithDisableGlobalRegistry(true))
}

// jobMigrator hides what kind of transaction the jobs' library migrates in.
type jobMigrator struct {
	up      func(context.Context) error
	current func(context.Context) error
}

func (d *DB) jobMigrations() (jobMigrator, error) {
	if d.dialect == Postgres {
		return newJobMigrator[pgx.Tx](riverpgxv5.New(d.pool))
	}
	handle, err := d.write.DB()
	if err != nil {
		return jobMigrator{}, err
	}
	return newJobMigrator(riversqlite.New(handle))
}

func newJobMigrator[Tx any](driver riverdriver.Driver[Tx]) (jobMigrator, error) {
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	m, err := rivermigrate.New(driver, quiet)
	if err != nil {
		return jobMigrator{}, err
	}
	return jobMigrator{
		up: func(ctx context.Context) error {
			_, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
			return err
		},
		current: func(ctx context.Context) error {
			result, err := m.Validate(ctx, nil)
			if err != nil {
				return fmt.Errorf("version of the jobs' tables: %w", err)
			}
			if !result.OK {
				return fmt.Errorf("tables of the jobs: %w", ErrOld)
			}
			return nil
		},
	}, nil
}

// migrationLock is the number of the lock in Postgres: any that is ours alone.
const migrationLock = 0x6c67_6d69_6772

// lockMigrations waits until no other process migrates this database.
func (d *DB) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	if d.dialect == SQLite {
		return lockFile(ctx, d.lock)
	}
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		conn.Release()
		return nil, err
	}
	return func() error {
		defer conn.Release()
		_, err := conn.Exec(
			context.WithoutCancel(ctx),
			"SELECT pg_advisory_unlock($1)",
			migrationLock,
		)
		return err
	}, nil
}

// lockFile holds a file's lock, which ends with the process at the latest. The file
// stays: who removed it would take the lock from under one who waits.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file.Close, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, file.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), file.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
