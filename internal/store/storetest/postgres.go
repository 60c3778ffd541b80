package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// serverVariable names a server to use instead of a throw-away cluster: a
// connection URI of a role that may create databases.
const serverVariable = "LISTGATE_TEST_POSTGRES"

// server is the server of this test binary.
var server = sync.OnceValues(func() (cluster, error) {
	if given := os.Getenv(serverVariable); given != "" {
		return cluster{source: given}, nil
	}
	return startCluster()
})

// template is a migrated database that others are copied from.
var template = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := "listgate_template_" + strings.ToLower(rand.Text())
	source, err := create(ctx, name, "template0")
	if err != nil {
		return "", err
	}
	return name, migrate(source)
})

func emptyPostgres(t testing.TB) string {
	t.Helper()
	return freshPostgres(t, "template0")
}

func migratedPostgres(t testing.TB) string {
	t.Helper()
	if os.Getenv(serverVariable) != "" { // a template would stay there for ever
		source := emptyPostgres(t)
		require.NoError(t, migrate(source))
		return source
	}
	name, err := template()
	require.NoError(t, err)
	return freshPostgres(t, name)
}

// freshPostgres makes a database and drops it behind the test.
func freshPostgres(t testing.TB, from string) string {
	t.Helper()
	name := "listgate_" + strings.ToLower(rand.Text())
	source, err := create(t.Context(), name, from)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		require.NoError(t, execute(ctx, "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	return source
}

// creating keeps one copy at a time: Postgres refuses a template that is in use.
var creating sync.Mutex

// create makes a database and returns its data source name.
func create(ctx context.Context, name, from string) (string, error) {
	creating.Lock()
	defer creating.Unlock()
	err := execute(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s ENCODING 'UTF8'", name, from))
	if err != nil {
		return "", err
	}
	given, err := server()
	if err != nil {
		return "", err
	}
	uri, err := url.Parse(given.source)
	if err != nil {
		return "", fmt.Errorf("%s: not a URI", serverVariable)
	}
	uri.Path = "/" + name
	return uri.String(), nil
}

func execute(ctx context.Context, statement string) error {
	given, err := server()
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, given.source)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
