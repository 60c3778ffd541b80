package store

import (
	"context"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// Session settings that a data source name does not override.
const (
	keyReadOnly = "default_transaction_read_only"
	keyIdle     = "idle_in_transaction_session_timeout"
	idleLimit   = "60s" // a process that hangs must not hold the ledger back for ever
)

// openPostgres opens one pool that writes, shared by GORM and the jobs, and one
// that only reads.
func (d *DB) openPostgres(ctx context.Context, source string) error {
	d.dialect = Postgres
	var err error
	d.pool, d.write, err = d.openPool(ctx, source, map[string]string{keyIdle: idleLimit})
	if err != nil {
		return err
	}
	_, d.read, err = d.openPool(ctx, source, map[string]string{keyReadOnly: "on"})
	return err
}

func (d *DB) openPool(
	ctx context.Context, source string, settings map[string]string,
) (*pgxpool.Pool, *gorm.DB, error) {
	config, err := pgxpool.ParseConfig(source)
	if err != nil {
		return nil, nil, err
	}
	if !strings.Contains(source, "pool_max_conns=") {
		config.MaxConns = max(config.MaxConns, 8, int32(4*runtime.NumCPU()))
	}
	parameters := config.ConnConfig.RuntimeParams
	parameters["timezone"] = "UTC"
	if parameters["application_name"] == "" {
		parameters["application_name"] = "listgate"
	}
	for key, value := range settings {
		parameters[key] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	d.close = append(d.close, func() error { pool.Close(); return nil })
	if err := pool.Ping(ctx); err != nil {
		return nil, nil, err
	}
	handle := openHeld(pool)
	d.close = append(d.close, handle.Close)
	orm, err := session(postgres.New(postgres.Config{Conn: handle}))
	return pool, orm, err
}
