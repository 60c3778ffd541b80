package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

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

// limit sets what the kernel counts. Memory is what it calls data: private memory
// that can be written. A bound on addresses would be no use, since the runtime
// reserves far more of them than it touches. A bound on processes would count the
// threads of everything that the user runs: the filter of system calls forbids to
// start one.
func limit(o order) error {
	held, err := dataHeld()
	if err != nil {
		return fmt.Errorf("read the memory in use: %w", err)
	}
	for _, l := range []struct {
		name     string
		resource int
		value    uint64
	}{
		{"memory", unix.RLIMIT_DATA, held + uint64(o.Memory)},
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

// dataHeld is the sixth number of statm: the pages of data and stacks.
func dataHeld() (uint64, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 6 {
		return 0, fmt.Errorf("statm: %d fields", len(fields))
	}
	pages, err := strconv.ParseUint(fields[5], 10, 40)
	return pages * uint64(os.Getpagesize()), err
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
