package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
)

// endLimit is how long the end of a transaction may take after its context ended.
const endLimit = 30 * time.Second

// transactionKey is the key of a database's transaction in a context.
type transactionKey struct{ db *DB }

// transaction is one open transaction. Of sql and pgx it has the one that its
// database has.
type transaction struct {
	orm   *gorm.DB
	sql   *sql.Tx
	pgx   pgx.Tx
	conn  *sql.Conn // that pgx runs on
	depth int       // of Do within Do
}

// Do runs change in a transaction, which its context carries: what DB.From, the
// ledger and the jobs do by this context is kept together when change returns nil,
// and not at all when it returns an error, panics, or the context ends first.
// An error from the end itself is returned: nothing was kept then, unless the
// connection to Postgres was lost in the middle of it.
//
// Do within Do joins: the inner changes are kept with the outer ones. When the
// inner one fails only what it did is undone, and the outer may go on.
//
// The context is for one goroutine at a time, and for no longer than change runs.
// A transaction holds others back: it reads and writes rows, and does nothing slow.
// It appends to the ledger last.
func (d *DB) Do(ctx context.Context, change func(context.Context) error) error {
	if t := d.transaction(ctx); t != nil {
		return t.nested(ctx, change)
	}
	t, err := d.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	ended := false
	within, cancel := context.WithCancel(context.WithValue(ctx, transactionKey{d}, t))
	defer func() {
		cancel()    // closes rows that were left open
		if !ended { // an error, a panic or the end of the goroutine
			t.rollback(ctx)
		}
		t.release()
	}()
	if err := change(within); err != nil {
		return because(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	ended = true
	if err := t.commit(ctx); err != nil {
		return because(ctx, fmt.Errorf("commit transaction: %w", err))
	}
	return nil
}

// because adds the end of the context to an error that it caused: SQLite says only
// that the transaction was rolled back.
func because(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// From returns the transaction that the context carries, or outside of Do a
// connection that reads and refuses every change.
func (d *DB) From(ctx context.Context) *gorm.DB {
	orm := d.read
	if t := d.transaction(ctx); t != nil {
		orm = t.orm
	}
	return orm.Session(&gorm.Session{NewDB: true, Context: ctx})
}

// SQLiteTx returns the context's transaction on SQLite, else nil.
func (d *DB) SQLiteTx(ctx context.Context) *sql.Tx {
	if t := d.transaction(ctx); t != nil {
		return t.sql
	}
	return nil
}

// PostgresTx returns the context's transaction on Postgres, else nil.
func (d *DB) PostgresTx(ctx context.Context) pgx.Tx {
	if t := d.transaction(ctx); t != nil {
		return t.pgx
	}
	return nil
}

func (d *DB) transaction(ctx context.Context) *transaction {
	t, _ := ctx.Value(transactionKey{d}).(*transaction)
	return t
}

func (d *DB) begin(ctx context.Context) (*transaction, error) {
	handle, err := d.write.DB()
	if err != nil {
		return nil, err
	}
	t := &transaction{}
	var conn gorm.ConnPool
	if d.dialect == SQLite {
		t.sql, err = handle.BeginTx(ctx, nil)
		conn = t.sql
	} else {
		conn, err = t.beginPostgres(ctx, handle)
	}
	if err != nil {
		return nil, err
	}
	t.orm = d.write.Session(&gorm.Session{NewDB: true, Context: ctx})
	t.orm.Statement.ConnPool = &connection{conn}
	return t, nil
}

// beginPostgres takes one connection and begins on the driver's own, so that GORM
// and the jobs, which know nothing of database/sql, stand in one transaction.
func (t *transaction) beginPostgres(ctx context.Context, handle *sql.DB) (gorm.ConnPool, error) {
	conn, err := handle.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(*heldConn)
		if !ok {
			return fmt.Errorf("driver %T", driver)
		}
		t.pgx, err = c.Conn.Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	t.conn = conn
	return conn, nil
}

func (t *transaction) commit(ctx context.Context) error {
	if t.sql != nil {
		return t.sql.Commit()
	}
	return t.end(ctx, t.pgx.Commit)
}

// rollback ends the transaction. Where it fails the connection is lost, and the
// database has rolled back by itself.
func (t *transaction) rollback(ctx context.Context) {
	if t.sql != nil {
		_ = t.sql.Rollback()
		return
	}
	_ = t.end(ctx, t.pgx.Rollback)
}

// end ends a transaction of Postgres. An end that is cut short leaves open what it
// did, so that it outlasts its context. It holds database/sql off the connection.
func (t *transaction) end(ctx context.Context, end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	return t.conn.Raw(func(any) error { return end(ctx) })
}

// release gives the connection back. One that is still in a transaction is closed.
func (t *transaction) release() {
	if t.conn != nil {
		_ = t.conn.Close()
	}
}

// nested runs change behind a savepoint.
func (t *transaction) nested(ctx context.Context, change func(context.Context) error) error {
	t.depth++
	defer func() { t.depth-- }()
	point := fmt.Sprintf("nested_%d", t.depth)
	if err := t.exec(ctx, "SAVEPOINT "+point); err != nil {
		return fmt.Errorf("begin nested transaction: %w", err)
	}
	ended := false
	defer func() {
		if !ended { // where this fails the whole transaction is lost, and says so itself
			_ = t.exec(context.WithoutCancel(ctx), "ROLLBACK TO SAVEPOINT "+point)
		}
	}()
	if err := change(ctx); err != nil {
		return because(ctx, err)
	}
	if err := t.exec(ctx, "RELEASE SAVEPOINT "+point); err != nil {
		return because(ctx, fmt.Errorf("end nested transaction: %w", err))
	}
	ended = true
	return nil
}

func (t *transaction) exec(ctx context.Context, statement string) error {
	return t.orm.WithContext(ctx).Exec(statement).Error
}

// connection is what GORM sees of a transaction. It shows no way to begin or end
// one: GORM's own Transaction then sets a savepoint, and ends nothing.
type connection struct{ gorm.ConnPool }

// errNotYours is returned to who ends a transaction of Do by himself.
var errNotYours = errors.New("a transaction ends with its Do")

// Commit implements gorm.TxCommitter.
func (*connection) Commit() error { return errNotYours }

// Rollback implements gorm.TxCommitter.
func (*connection) Rollback() error { return errNotYours }
