package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"

	"github.com/listgate/listgate/internal/sandbox"
)

// childArg makes this test program a child that does what the next argument names,
// without the protections that the ones behind it name.
const childArg = "sandbox-child"

// TestMain is also main of each child.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != childArg {
		os.Exit(m.Run())
	}
	os.Exit(childMain(os.Args[2], os.Args[3:]))
}

func childMain(what string, without []string) int {
	if what == "parent" {
		return parentMain()
	}
	do, ok := children[what]
	if !ok {
		fmt.Fprintln(os.Stderr, "no child of this name:", what)
		return 9
	}
	if what == "stays-outside" {
		return do(nil)
	}
	for _, w := range without {
		pretendMissing(w)
	}
	input, err := sandbox.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 8
	}
	return do(input)
}

// pretendMissing makes a kernel without a protection of this one.
func pretendMissing(protection string) {
	calls := map[string]string{"landlock": "landlock_create_ruleset", "seccomp": "seccomp"}
	enosys := seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)
	err := seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true, Flag: seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls: []seccomp.SyscallGroup{
				{Names: []string{calls[protection]}, Action: enosys},
			},
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(7)
	}
}

// say prints a result of the child, nil or an error.
func say(name string, err error) {
	fmt.Fprintf(os.Stdout, "%s: %v\n", name, err)
}

var ballast = make([][]byte, 8)

// children are what a hostile file may make of a reader.
var children = map[string]func(input *os.File) int{
	"copies": func(input *os.File) int {
		st, err := input.Stat()
		if err != nil {
			return 4
		}
		_, err = io.Copy(os.Stdout, io.NewSectionReader(input, 0, st.Size()))
		say("copied", err)
		return 0
	},
	"environment": func(*os.File) int {
		fmt.Fprintln(os.Stdout, strings.Join(os.Environ(), "\n"))
		return 0
	},
	"works-in-many-threads": func(*os.File) int {
		inThreads(func(i int) { ballast[i] = bytes.Repeat([]byte{1}, 1<<20) })
		runtime.GC()
		time.Sleep(time.Millisecond)
		say("done", nil)
		return 0
	},
	"opens": func(*os.File) int {
		tryFiles()
		return 0
	},
	"opens-in-threads": func(*os.File) int {
		refused := make([]error, 8)
		inThreads(func(i int) { _, refused[i] = os.ReadFile("/etc/passwd") })
		for _, err := range refused {
			say("read", err)
		}
		return 0
	},
	"maps": func(*os.File) int {
		tryMemory()
		return 0
	},
	"signals": func(*os.File) int {
		say("parent", syscall.Kill(os.Getppid(), syscall.SIGTERM))
		say("group", syscall.Kill(0, syscall.SIGTERM))
		say("thread", unix.Tgkill(os.Getppid(), os.Getppid(), unix.SIGTERM))
		return 0
	},
	"raises-limit": func(*os.File) int {
		free := unix.Rlimit{Cur: 1 << 40, Max: 1 << 40}
		say("limit", unix.Setrlimit(unix.RLIMIT_DATA, &free))
		say("death", unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0))
		say("group", unix.Setpgid(0, 0))
		_, err := unix.FcntlInt(0, unix.F_SETOWN, os.Getppid())
		say("owner", err)
		return 0
	},
	"writes-input": func(input *os.File) int {
		_, err := input.Write([]byte("x"))
		say("write", err)
		return 0
	},
	"connects": func(*os.File) int {
		_, err := net.DialTimeout("tcp", "127.0.0.1:9", time.Second)
		say("connect", err)
		return 0
	},
	"executes": func(*os.File) int {
		say("exec", syscall.Exec("/bin/true", []string{"true"}, nil))
		return 0
	},
	"starts": func(*os.File) int {
		say("start", exec.Command("/bin/true").Run())
		return 0
	},
	"forks": func(*os.File) int {
		pid, _, err := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
		if pid == 0 {
			select {}
		}
		say("fork", err)
		return 0
	},
	"forks-and-shares": func(*os.File) int {
		flags := uintptr(syscall.SIGCHLD | unix.CLONE_VM | unix.CLONE_VFORK)
		_, _, err := syscall.RawSyscall(syscall.SYS_CLONE, flags, 0, 0)
		say("fork", err)
		return 0
	},
	"traces": func(*os.File) int {
		say("trace", syscall.PtraceAttach(os.Getppid()))
		return 0
	},
	"allocates-at-once": func(*os.File) int {
		ballast[0] = bytes.Repeat([]byte{1}, 512<<20)
		say("allocated", nil)
		return 0
	},
	"allocates-slowly": func(*os.File) int {
		for {
			ballast = append(ballast, bytes.Repeat([]byte{1}, 1<<16))
		}
	},
	"recurses":    func(*os.File) int { return recurse(1) },
	"spins":       func(*os.File) int { spin(); return 0 },
	"sleeps":      func(*os.File) int { time.Sleep(time.Hour); return 0 },
	"writes":      func(*os.File) int { return endless(os.Stdout) },
	"complains":   func(*os.File) int { return endless(os.Stderr) },
	"crashes":     func(*os.File) int { var p *int; return *p },
	"aborts":      func(*os.File) int { panic("a\x1b[31mred\u202eline") },
	"ends-with-3": func(*os.File) int { fmt.Fprintln(os.Stderr, "a word\nthe last"); return 3 },
	"kills-itself": func(*os.File) int {
		say("kill", unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGKILL))
		time.Sleep(time.Hour)
		return 0
	},
	"ignores-signals": func(*os.File) int {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGXCPU)
		say("ready", nil)
		spin()
		return 0
	},
	"closes-output": func(*os.File) int {
		say("closed", os.Stdout.Close())
		spin()
		return 0
	},
	"half-then-crashes": func(*os.File) int {
		fmt.Fprint(os.Stdout, "half")
		var p *int
		return *p
	},
	"stays-outside": func(*os.File) int { say("done", nil); return 0 },
}

func tryFiles() {
	_, err := os.ReadFile("/etc/passwd")
	say("read", err)
	_, err = os.ReadDir("/")
	say("list", err)
	_, err = os.Open("/proc/self/maps")
	say("proc", err)
	say("write", os.WriteFile("/tmp/sandbox-was-here", []byte("x"), 0o600))
	say("append", appendTo("/dev/shm/sandbox-was-here"))
	say("folder", os.Mkdir("/tmp/sandbox-was-here", 0o700))
	say("remove", os.Remove("/etc/hostname"))
	_, err = unix.MemfdCreate("m", 0)
	say("memory file", err)
}

func appendTo(name string) error {
	_, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return err
}

func tryMemory() {
	const private = unix.MAP_PRIVATE | unix.MAP_ANON
	page, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, private)
	say("data", err)
	say("made code", unix.Mprotect(page, unix.PROT_READ|unix.PROT_EXEC))
	_, err = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, private)
	say("code", err)
	_, err = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANON)
	say("shared", err)
}

// inThreads runs do in eight threads at one time.
func inThreads(do func(i int)) {
	var wg, all sync.WaitGroup
	all.Add(8)
	for i := range 8 {
		wg.Go(func() {
			runtime.LockOSThread()
			all.Done()
			all.Wait()
			do(i)
		})
	}
	wg.Wait()
}

func recurse(n int) int {
	var room [1 << 10]byte
	if n == 0 { // never
		return 0
	}
	room[n%len(room)] = byte(n)
	return recurse(n+1) + int(room[n%7])
}

func spin() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
			}
		})
	}
	wg.Wait()
}

func endless(w io.Writer) int {
	line := bytes.Repeat([]byte("endless output "), 1<<10)
	for {
		if _, err := w.Write(line); err != nil {
			return 5
		}
	}
}

// parentMain runs a child that spins and says its number, until it is killed.
func parentMain() int {
	input, err := os.Open(os.Args[0])
	if err != nil {
		return 4
	}
	c := sandbox.Command{Args: []string{childArg, "ignores-signals"}, File: input}
	_, err = sandbox.Run(contextOfParent, c, func(r io.Reader) error {
		_, err := io.CopyN(io.Discard, r, int64(len("ready: <nil>\n")))
		pid, findErr := childOf(os.Getpid())
		fmt.Fprintln(os.Stdout, pid)
		return errors.Join(err, findErr)
	})
	fmt.Fprintln(os.Stderr, err)
	return 1
}
