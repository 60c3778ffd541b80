package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPostgres is what a test fails with where no server can be started.
var ErrNoPostgres = errors.New("no PostgreSQL server was found: run `make test-tools`, " +
	"install Debian's package `postgresql`, or name a server in " + serverVariable)

// supervisor runs the server until its input ends, which it does with the test
// binary, however that ends; then it removes the folder. The arguments are the
// server, the folder and the server's options.
const supervisor = `
server=$1 folder=$2; shift 2
"$server" -D "$folder/data" -k "$folder" "$@" >"$folder/log" 2>&1 </dev/null &
pid=$!
cat >/dev/null
kill -QUIT $pid 2>/dev/null
wait $pid
rm -rf "$folder"`

// options make the server quick and lossy, as a throw-away may be. It listens in
// its folder alone, so that no port can be taken.
var options = []string{
	"-c", "listen_addresses=", "-c", "max_connections=400", "-c", "shared_buffers=64MB",
	"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
	"-c", "autovacuum=off", "-c", "max_wal_size=4GB",
}

// cluster is a running server.
type cluster struct {
	source string    // URI of its maintenance database
	input  io.Closer // the supervisor's input: it stays open as long as this is held
}

// startCluster makes and starts a cluster.
func startCluster() (cluster, error) {
	bin, err := binaries()
	if err != nil {
		return cluster{}, err
	}
	owner, err := serverUser()
	if err != nil {
		return cluster{}, err
	}
	folder, err := os.MkdirTemp("/tmp", "listgate-postgres-") // a socket's path is short
	if err != nil {
		return cluster{}, err
	}
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return cluster{}, err
		}
	}
	initdb := command(owner, filepath.Join(bin, "initdb"), "-D", folder+"/data", "-U", "listgate",
		"-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	initdb.Dir = folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return cluster{}, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	args := append([]string{"-c", supervisor, "sh", filepath.Join(bin, "postgres"), folder},
		options...)
	server := command(owner, "/bin/sh", args...)
	server.Dir = folder
	input, err := server.StdinPipe()
	if err != nil {
		return cluster{}, err
	}
	if err := server.Start(); err != nil {
		return cluster{}, err
	}
	c := cluster{"postgres://listgate@/postgres?host=" + folder, input}
	return c, answers(c.source, folder)
}

// answers waits for the server.
func answers(source, folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, source)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(folder + "/log")
			return fmt.Errorf("start PostgreSQL: %w\n%s", err, log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// command prepares a program that runs as owner, in a group of its own: an
// interrupt from the terminal is for the test, not for the server.
func command(owner *syscall.Credential, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
	c.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	return c
}

// serverUser returns whom the server runs as: it refuses root, who runs it as the
// user that Debian's package makes; anybody else runs it as himself.
func serverUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.Join(ErrNoPostgres, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// binaries returns the folder of the newest installed server.
func binaries() (string, error) {
	best, bin := 0, ""
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is sound
	for _, path := range found {
		folder := filepath.Dir(path)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(folder))); err == nil && v > best {
			best, bin = v, folder
		}
	}
	if bin != "" {
		return bin, nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrNoPostgres
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}
