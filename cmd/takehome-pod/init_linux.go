package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"strings"
	"syscall"
	"time"
)

// stragglers is how long init waits, after the command died of a signal that it did
// not handle, for the processes of its group that got the signal only then.
const stragglers = 5 * time.Second

// initialise is PID 1 of a container. It starts the command, hands signals on to it,
// reaps orphans, and passes its exit code through (128+n after signal n). When limit
// is over it returns 124 whatever happens outside, so that a program ends even if the
// runner, or its whole machine, is gone: with PID 1 the kernel ends every process of
// the container, also those that ignore signals, stopped themselves or forked away.
//
// A signal goes to the command alone, as Docker does it. A command that dies of it
// without handling it, such as `sh -c "node server.js"`, would take its children down
// unasked; as PID 1 it would have ignored the signal. So the rest of its process group
// then gets the signal too, and a few seconds to end.
//
// Limits: the processes of the container run as the same user, so they may end init
// early (by using up the memory or the processes of the container) but never late:
// signals from inside cannot kill or stop PID 1, and it is not dumpable, so it cannot
// be traced. Its time does not run while the machine is suspended.
func initialise(limit time.Duration, command []string, stderr io.Writer) int {
	forbidTracing()
	giveHome()
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH)
	deadline := time.NewTimer(limit)

	child, code := start(command, stderr)
	if child == 0 {
		return code
	}
	deaths := make(chan death)
	go reap(deaths)
	return watch(child, signals, deaths, deadline.C, stderr)
}

// notHandedOn is what the program's log says where docker stop would have had to kill it.
const notHandedOn = "takehome-pod: the command died of the signal and left the processes that it had started without it; as process 1 it would have ignored the signal"

// death is a process that was reaped.
type death struct {
	pid    int
	status syscall.WaitStatus
}

// watch follows the command until there is nothing more to wait for.
func watch(child int, signals <-chan os.Signal, deaths <-chan death, deadline <-chan time.Time, stderr io.Writer) int {
	var forwarded syscall.Signal
	var last <-chan time.Time // set once the command itself is gone
	code := 0
	for {
		select {
		case <-deadline:
			_ = syscall.Kill(-child, syscall.SIGKILL)
			return exitDeadline
		case <-last:
			return code
		case received := <-signals:
			forwarded, _ = received.(syscall.Signal)
			if last == nil {
				_ = syscall.Kill(child, forwarded)
			} else {
				_ = syscall.Kill(-child, forwarded)
			}
		case died, more := <-deaths:
			if died.pid == child {
				code = exitCode(died.status)
				if !died.status.Signaled() || died.status.Signal() != forwarded || syscall.Kill(-child, forwarded) != nil {
					return code
				}
				_, _ = fmt.Fprintln(stderr, notHandedOn)
				last = time.After(stragglers)
			}
			if !more || last != nil && syscall.Kill(-child, 0) != nil {
				return code
			}
		}
	}
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// reap waits for every child, also for orphans that became ours.
func reap(deaths chan<- death) {
	defer close(deaths)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return // no child is left
		default:
			deaths <- death{pid, status}
		}
	}
}

// start runs the command in a process group of its own. It returns 0 and an exit code
// where it cannot.
func start(command []string, stderr io.Writer) (int, int) {
	file, err := find(command[0], os.Getenv("PATH"))
	if err != nil {
		code := exitNotExecutable
		why := "permission denied"
		if errors.Is(err, os.ErrNotExist) {
			code, why = exitNotFound, "command not found"
		}
		_, _ = fmt.Fprintf(stderr, "takehome-pod: cannot start %q: %s\n", command[0], why)
		return 0, code
	}
	pid, err := syscall.ForkExec(file, command, &syscall.ProcAttr{ //nolint:gosec // starting what it is given is what init is for; it runs in the container
		Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err == nil {
		return pid, 0
	}
	why := err.Error()
	if errors.Is(err, syscall.ENOENT) {
		why = "the file is there, but the interpreter or the loader that it names is not"
	}
	_, _ = fmt.Fprintf(stderr, "takehome-pod: cannot start %q: %s\n", command[0], why)
	return 0, exitNotExecutable
}

// find looks a command up as execvp(3) does.
func find(command, searchPath string) (string, error) {
	if strings.Contains(command, "/") {
		return command, executable(command)
	}
	if searchPath == "" {
		searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	worst := error(os.ErrNotExist)
	for folder := range strings.SplitSeq(searchPath, ":") {
		file := path.Join(folder, command)
		if folder == "" {
			file = "./" + command
		}
		err := executable(file)
		if err == nil {
			return file, nil
		}
		if errors.Is(err, os.ErrPermission) {
			worst = err
		}
	}
	return "", worst
}

func executable(file string) error {
	info, err := os.Stat(file) //nolint:gosec // as above: the paths are the container's own
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.ErrPermission
	}
	const mayExecute = 1
	return syscall.Access(file, mayExecute)
}

// giveHome points HOME at a folder that can be written to where the user has none.
func giveHome() {
	if home := os.Getenv("HOME"); home == "" || home == "/" {
		_ = os.Setenv("HOME", "/tmp")
	}
}

// forbidTracing keeps the container's processes from tracing PID 1 and taking its clock
// away. The command gets the flag back when it is executed.
func forbidTracing() {
	const prSetDumpable = 4
	_, _, _ = syscall.RawSyscall6(syscall.SYS_PRCTL, prSetDumpable, 0, 0, 0, 0, 0)
}
