// Package store opens the database, brings its tables up to date, and carries a
// transaction from the change that opens it to everything that belongs to it.
//
// Two databases are supported and behave alike: SQLite for one machine, Postgres
// for many. A domain's store takes its connection from DB.From and changes rows
// inside DB.Do, so that rows, ledger entries and jobs are kept together or not at
// all:
//
//	err := db.Do(ctx, func(ctx context.Context) error {
//		if err := db.From(ctx).Create(&row).Error; err != nil {
//			return err
//		}
//		_, err := log.Append(ctx, entry) // package ledger over NewLedger(db)
//		return err
//	})
//
// # Tables
//
// Tables are made by the numbered files in migrations, one sequence for each
// database with the same names, tables and columns. A column is an integer, a
// text or bytes, and nothing else: times are integers (Millis), dates and documents
// are texts. SQLite tables are STRICT, so that both databases refuse the same.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Dialect is a kind of database.
type Dialect string

// The dialects; each is also the scheme of its data source names.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// ErrSource is the error of a data source name that is not understood.
var ErrSource = errors.New("want sqlite:FILE or postgres://…")

// DB is an open database. It may be used by many at the same time.
type DB struct {
	dialect Dialect
	write   *gorm.DB
	read    *gorm.DB // refuses every change
	pool    *pgxpool.Pool
	lock    string // file that holds migrations apart; SQLite only
	close   []func() error
}

// Open opens "sqlite:FILE" or "postgres://…" (any form of libpq's connection URI;
// pool_max_conns bounds each of two pools). The folder of the file must be there;
// tables are made by Migrate alone.
func Open(ctx context.Context, source string) (*DB, error) {
	db := &DB{}
	var err error
	scheme, rest, _ := strings.Cut(source, ":")
	switch scheme {
	case "sqlite":
		err = db.openSQLite(ctx, strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		err = db.openPostgres(ctx, source)
	default: // the name may hold a password
		err = ErrSource
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

// Close closes the database once what runs has ended.
func (d *DB) Close() error {
	var errs []error
	for i := len(d.close) - 1; i >= 0; i-- {
		errs = append(errs, d.close[i]())
	}
	d.close = nil
	return errors.Join(errs...)
}

// Dialect returns the kind of database, for the rare statement that differs.
func (d *DB) Dialect() Dialect { return d.dialect }

// Ping asks the database whether it answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.read.WithContext(ctx).Exec("SELECT 1").Error; err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	return nil
}

// Pool returns the connections of a Postgres database, nil for SQLite. What is
// done through it stands outside every transaction of Do.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Handle returns the handle that writes, with the same caution as Pool. SQLite's
// has one connection: who waits on it inside Do waits for ever.
func (d *DB) Handle() (*sql.DB, error) { return d.write.DB() }

// session opens GORM over a driver. Transactions are Do's: GORM opens none of its
// own. It logs nothing: errors are returned, and rows may hold personal data.
func session(dialector gorm.Dialector) (*gorm.DB, error) {
	return gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		Logger:                 logger.Discard,
	})
}
