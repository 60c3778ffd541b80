package sandbox

import (
	"errors"
	"fmt"
	"runtime"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// allowed are the system calls that reading an open file, computing and writing to
// an open pipe take: those of the Go runtime and, where a program is linked with it,
// of the C library for a thread. All others fail with EPERM. The list is of amd64 and
// arm64 together; a name that an architecture does not have is left out. What
// narrowed names is allowed with some arguments alone.
var allowed = []string{
	"read", "pread64", "write", "close", "fstat", "lseek",
	"mmap", "munmap", "mprotect", "madvise", "mincore", "brk", "clone", "tgkill", "fcntl",
	"futex", "nanosleep", "clock_nanosleep", "clock_gettime", "gettimeofday",
	"sched_yield", "sched_getaffinity", "getpid", "gettid", "getrandom",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
	"set_robust_list", "rseq", "exit", "exit_group",
}

// deadly are the calls that no sound child makes: one that does is under someone
// else's command, and ends at once.
var deadly = []string{
	"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg",
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
	"mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "kexec_load",
	"init_module", "finit_module", "delete_module", "add_key", "request_key", "keyctl",
	"open_by_handle_at", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp",
}

// filterCalls installs the filters in all threads; those to come inherit them. Of
// what several filters say of one call the strictest holds.
func filterCalls() error {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return fmt.Errorf("no list of system calls for %s", runtime.GOARCH)
	}
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	runtime.LockOSThread() // no_new_privs is of the thread that installs the filter
	defer runtime.UnlockOSThread()
	for _, p := range append(narrowed(), policy(info)) {
		err := seccomp.LoadFilter(seccomp.Filter{
			NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: p,
		})
		if err != nil {
			return err
		}
	}
	// The call that installs a filter can fail for another thread without an error,
	// and a filter in force refuses even a path that nothing is read from.
	if _, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0); !errors.Is(err, unix.EPERM) {
		return errors.New("the filter is not in force")
	}
	return nil
}

func policy(info *arch.Info) seccomp.Policy {
	return seccomp.Policy{
		DefaultAction: seccomp.ActionErrno, // EPERM
		Syscalls: []seccomp.SyscallGroup{
			{Names: known(info, allowed), Action: seccomp.ActionAllow},
			// The C library starts threads by clone where it is told that there is no
			// clone3, whose flags a filter cannot see.
			{Names: []string{"clone3"}, Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)},
			{Names: known(info, deadly), Action: seccomp.ActionKillProcess},
		},
	}
}

// narrowed are the filters of calls that are allowed with some arguments alone:
// memory that is private and never executed, threads but no processes, signals to
// itself, flags of descriptors. Each has a filter of its own, because the library
// looks for the next call of a filter by what it read last, an argument.
func narrowed() []seccomp.Policy {
	refuse := func(call string, a seccomp.Action, where ...seccomp.Condition) seccomp.Policy {
		group := seccomp.SyscallGroup{Action: a}
		for _, w := range where { // any of them
			group.NamesWithCondtions = append(group.NamesWithCondtions, seccomp.NameWithConditions{
				Name: call, Conditions: seccomp.ArgumentConditions{w},
			})
		}
		return seccomp.Policy{
			DefaultAction: seccomp.ActionAllow, Syscalls: []seccomp.SyscallGroup{group},
		}
	}
	code := seccomp.Condition{Argument: 2, Operation: seccomp.BitsSet, Value: unix.PROT_EXEC}
	shared := seccomp.Condition{Argument: 3, Operation: seccomp.BitsSet, Value: unix.MAP_SHARED}
	process := seccomp.Condition{Operation: seccomp.BitsNotSet, Value: unix.CLONE_THREAD}
	other := seccomp.Condition{Operation: seccomp.NotEqual, Value: uint64(unix.Getpid())}
	beyond := seccomp.Condition{Argument: 1, Operation: seccomp.GreaterThan, Value: unix.F_SETFL}
	return []seccomp.Policy{
		refuse("mmap", seccomp.ActionErrno, code, shared),
		refuse("mprotect", seccomp.ActionErrno, code),
		refuse("clone", seccomp.ActionKillProcess, process),
		refuse("tgkill", seccomp.ActionErrno, other),
		refuse("fcntl", seccomp.ActionErrno, beyond),
	}
}

func known(info *arch.Info, names []string) (here []string) {
	for _, name := range names {
		if _, ok := info.SyscallNames[name]; ok {
			here = append(here, name)
		}
	}
	return here
}
