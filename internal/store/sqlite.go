package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// busyMillis is how long a connection waits for another process's transaction.
const busyMillis = "15000"

// openSQLite opens one connection that writes and several that only read: SQLite
// has one writer at a time, and waiting in Go is fair where waiting in SQLite is not.
func (d *DB) openSQLite(ctx context.Context, path string) error {
	if path == "" || path == ":memory:" {
		return fmt.Errorf("%w: a file is needed", ErrSource)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	// SQLite would make the file readable by all.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	d.dialect, d.lock = SQLite, path+".migrate.lock"
	if d.write, err = d.openSQLiteHandle(ctx, path, 1, url.Values{
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"}, // what was decided survives a power cut
		"_txlock":       {"immediate"},
		"_foreign_keys": {"on"},
	}); err != nil {
		return err
	}
	d.read, err = d.openSQLiteHandle(ctx, path, max(4, runtime.NumCPU()), url.Values{
		"mode":        {"ro"},
		"_query_only": {"on"},
	})
	return err
}

func (d *DB) openSQLiteHandle(
	ctx context.Context, path string, connections int, options url.Values,
) (*gorm.DB, error) {
	options.Set("_busy_timeout", busyMillis)
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: options.Encode()}
	handle, err := sql.Open("sqlite3", name.String())
	if err != nil {
		return nil, err
	}
	d.close = append(d.close, handle.Close)
	handle.SetMaxOpenConns(connections)
	handle.SetMaxIdleConns(connections)
	if err := handle.PingContext(ctx); err != nil {
		return nil, err
	}
	return session(sqlite.Dialector{DriverName: "sqlite3", Conn: handle})
}
