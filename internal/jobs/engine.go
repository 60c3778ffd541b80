package jobs

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/listgate/listgate/internal/store"
)

// engine is a River client whose kind of transaction is hidden. What takes a
// context takes the transaction from it: it is called inside store.DB.Do.
type engine struct {
	insert   func(context.Context, river.JobArgs, *river.InsertOpts) (added bool, err error)
	list     func(context.Context, *river.JobListParams) ([]*rivertype.JobRow, error)
	get      func(context.Context, int64) (*rivertype.JobRow, error)
	retry    func(context.Context, int64) error
	executor func(context.Context) riverdriver.Executor

	start, stop, stopNow func(context.Context) error
}

func newEngine(db *store.DB, config *river.Config) (engine, error) {
	if db.Dialect() == store.Postgres {
		return engineOf[pgx.Tx](riverpgxv5.New(db.Pool()), db.PostgresTx, config)
	}
	handle, err := db.Handle()
	if err != nil {
		return engine{}, err
	}
	return engineOf[*sql.Tx](riversqlite.New(handle), db.SQLiteTx, config)
}

func engineOf[Tx any](
	driver riverdriver.Driver[Tx], tx func(context.Context) Tx, config *river.Config,
) (engine, error) {
	client, err := river.NewClient(driver, config)
	if err != nil {
		return engine{}, err
	}
	return engine{
		insert: func(ctx context.Context, a river.JobArgs, o *river.InsertOpts) (bool, error) {
			done, err := client.InsertTx(ctx, tx(ctx), a, o)
			return err == nil && !done.UniqueSkippedAsDuplicate, err
		},
		list: func(ctx context.Context, p *river.JobListParams) ([]*rivertype.JobRow, error) {
			page, err := client.JobListTx(ctx, tx(ctx), p)
			if err != nil {
				return nil, err
			}
			return page.Jobs, nil
		},
		get: func(ctx context.Context, id int64) (*rivertype.JobRow, error) {
			return client.JobGetTx(ctx, tx(ctx), id)
		},
		retry: func(ctx context.Context, id int64) error {
			_, err := client.JobRetryTx(ctx, tx(ctx), id)
			return err
		},
		executor: func(ctx context.Context) riverdriver.Executor {
			return driver.UnwrapExecutor(tx(ctx))
		},
		start: client.Start, stop: client.Stop, stopNow: client.StopAndCancel,
	}, nil
}
