package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlockabi "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// maxFiles bounds the descriptors: the standard streams, the file, the poller's.
const maxFiles = 32

func enter() (*os.File, error) {
	var o order
	if err := json.Unmarshal([]byte(os.Getenv(settings)), &o); err != nil {
		return nil, fmt.Errorf("enter the sandbox: not started as a child: %w", err)
	}
	answer := os.NewFile(statusFile, "status")
	if err := limit(o); err != nil {
		return nil, fmt.Errorf("enter the sandbox: %w", err)
	}
	var s status
	for _, protection := range []struct {
		name  string
		setUp func() error
	}{
		{"out-of-memory score", offerToKiller},
		{"landlock", closeFiles},
		{"seccomp", filterCalls},
	} {
		if err := protection.setUp(); err != nil {
			s.Missing = append(s.Missing, fmt.Sprintf("%s: %.200v", protection.name, err))
		}
	}
	if err := json.NewEncoder(answer).Encode(s); err != nil {
		return nil, fmt.Errorf("enter the sandbox: %w", err)
	}
	if err := answer.Close(); err != nil {
		return nil, fmt.Errorf("enter the sandbox: %w", err)
	}
	if o.Require && len(s.Missing) > 0 {
		return nil, fmt.Errorf("enter the sandbox: %w", ErrUnprotected)
	}
	return os.NewFile(inputFile, "input"), nil
}

// arena is what the runtime reserves of addresses at one time.
const arena = 64 << 20

// limit sets what the kernel counts. Memory is what it calls data: private memory
// that can be written. It lets one request of any size through where the addresses
// were reserved before, as the runtime does, so these are bounded too: by what more
// is reserved from here on, since the runtime begins with far more than it touches.
//
// A bound on processes would count the threads of everything that the user runs: the
// filter of system calls forbids to start one.
func limit(o order) error {
	addresses, data, err := held()
	if err != nil {
		return fmt.Errorf("read the memory in use: %w", err)
	}
	more := uint64(o.Memory)
	for _, l := range []struct {
		name     string
		resource int
		value    uint64
	}{
		{"memory", unix.RLIMIT_DATA, data + more},
		{"addresses", unix.RLIMIT_AS, addresses + more + arena},
		{"processor time", unix.RLIMIT_CPU, uint64(o.CPU)},
		{"files written", unix.RLIMIT_FSIZE, 0},
		{"core dumps", unix.RLIMIT_CORE, 0},
		{"locked memory", unix.RLIMIT_MEMLOCK, 0},
		{"open files", unix.RLIMIT_NOFILE, maxFiles},
	} {
		if err := lower(l.resource, l.value); err != nil {
			return fmt.Errorf("limit %s: %w", l.name, err)
		}
	}
	return nil
}

// lower sets a limit that the parent's own may already be below.
func lower(resource int, value uint64) error {
	var held unix.Rlimit
	if err := unix.Getrlimit(resource, &held); err != nil {
		return err
	}
	value = min(value, held.Max)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value})
}

// held returns the bytes of addresses, and of data and stacks: the first and the
// sixth number of statm, in pages.
func held() (addresses, data uint64, err error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0, err
	}
	var n [6]uint64
	_, err = fmt.Sscan(string(statm), &n[0], &n[1], &n[2], &n[3], &n[4], &n[5])
	page := uint64(os.Getpagesize())
	return n[0] * page, n[5] * page, err
}

// offerToKiller makes the child the first that the kernel ends when the machine
// runs out of memory, before the server.
func offerToKiller() error {
	return os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
}

// closeFiles gives up every file that is not open: to read, to write, to execute,
// to list; and TCP, and signals to others, where the kernel's landlock has them. It
// takes the privileges of set-user-ID programs from all threads too.
func closeFiles() error {
	abi, err := landlockabi.LandlockGetABIVersion()
	if err != nil {
		return fmt.Errorf("not in this kernel: %w", err)
	}
	if abi < 1 {
		return errors.New("not in this kernel")
	}
	return landlock.V11.BestEffort().Restrict()
}
