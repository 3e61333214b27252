// Command takehome-pod is the helper that runs inside a pod, beside a candidate's
// program. It is one static file for Linux containers with three jobs:
//
//	takehome-pod hold SECONDS              PID 1 of the pod: keeps its network namespace alive
//	takehome-pod serve                     the relay and the database proxy, over stdin and stdout
//	takehome-pod init SECONDS -- CMD ARG…  PID 1 of a container: starts CMD and ends it in time
//
// It holds nothing secret: no challenge, no check, no password. What it must do it is
// told over the stream by the runner.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// Exit codes of init that are not the command's own. They are those of env(1) and timeout(1).
const (
	exitUsage         = 64
	exitDeadline      = 124
	exitNotExecutable = 126
	exitNotFound      = 127
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.ReadCloser, stdout io.WriteCloser, stderr io.Writer) int {
	switch {
	case len(args) == 2 && args[0] == "hold":
		if limit, ok := seconds(args[1]); ok {
			return hold(limit)
		}
	case len(args) == 1 && args[0] == "serve":
		if err := serve(stdin, stdout); err != nil {
			_, _ = fmt.Fprintf(stderr, "takehome-pod: %v\n", err)
			return 1
		}
		return 0
	case len(args) >= 4 && args[0] == "init" && args[2] == "--":
		if limit, ok := seconds(args[1]); ok {
			return initialise(limit, args[3:], stderr)
		}
	}
	_, _ = fmt.Fprint(stderr, "usage: takehome-pod hold SECONDS | serve | init SECONDS -- CMD [ARG...]\n")
	return exitUsage
}

func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return time.Duration(n) * time.Second, err == nil && n > 0
}
