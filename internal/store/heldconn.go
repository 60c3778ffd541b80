package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// errLost is the error of a connection that broke within a transaction.
var errLost = errors.New("the connection to the database was lost")

// openHeld opens database/sql over a pool whose connections stay with whoever took
// them. Without it database/sql gives a connection back, and the pool closes it,
// as soon as one statement was not sent because its context had ended: under the
// transaction, which is then ended on a connection that is being closed.
func openHeld(pool *pgxpool.Pool) *sql.DB {
	handle := sql.OpenDB(heldConnector{stdlib.GetPoolConnector(pool)})
	handle.SetMaxIdleConns(0) // the pool keeps what is idle
	return handle
}

type heldConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c heldConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("driver %T", conn), conn.Close())
	}
	return &heldConn{inner}, nil
}

// heldConn never says driver.ErrBadConn to a statement.
type heldConn struct{ *stdlib.Conn }

// PrepareContext implements driver.ConnPrepareContext.
func (c *heldConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.Conn.PrepareContext(ctx, query)
	return s, held(ctx, err)
}

// ExecContext implements driver.ExecerContext.
func (c *heldConn) ExecContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Result, error) {
	r, err := c.Conn.ExecContext(ctx, query, args)
	return r, held(ctx, err)
}

// QueryContext implements driver.QueryerContext.
func (c *heldConn) QueryContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Rows, error) {
	r, err := c.Conn.QueryContext(ctx, query, args)
	return r, held(ctx, err)
}

func held(ctx context.Context, err error) error {
	if !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return errLost
}
