package sandbox

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// breakdown says why a program does not listen, in words that are the same in every run.
func (l *Lab) breakdown(last attempt, tried []string, counts takehome.Connections) *takehome.Breakdown {
	l.seats.Lock()
	image, plan := l.image, l.plan
	l.seats.Unlock()
	limits := l.spec.Limits.WithDefaults()
	overDisk := last.run != nil && last.run.wroteTooMuch()
	help := symptom.Help(last.words)
	switch {
	case overDisk:
		help = "keep what the program writes in the database, or write less"
	case last.exit.OutOfMemory:
		help = fmt.Sprintf("the program may use %d MiB; for Java set -Xmx, for Node --max-old-space-size", limits.MemoryBytes>>20)
	case help == "" && last.exit.Running && counts.Given+counts.Other > 0:
		help = "it did connect to its database: let it listen before it does slow work, on the port in PORT and on all addresses"
	case help == "" && last.exit.Running:
		help = "listen on the port in PORT, on all addresses (0.0.0.0)"
	}
	return &takehome.Breakdown{
		Phase: "start", Reason: reasonOf(last, overDisk, limits), Where: commandLine(command(image, plan)),
		Tried: tried, Help: help, Log: takehome.QuoteTail(last.words, takehome.QuoteBody),
	}
}

// reasonOf says how an attempt ended.
func reasonOf(last attempt, overDisk bool, limits Limits) string {
	cannotStart := strings.Contains(string(last.words), "takehome-pod: cannot start ")
	switch {
	case last.refused != "":
		return last.refused
	case overDisk:
		return fmt.Sprintf("it wrote more than %d MiB to its disk", limits.DiskBytes>>20)
	case last.exit.OutOfMemory:
		return fmt.Sprintf("it ran out of memory (the limit is %d MiB)", limits.MemoryBytes>>20)
	case last.exit.Running && last.place.port != 0:
		return "it listened and stopped listening"
	case last.exit.Running:
		return "it ran until the start deadline without listening on a port"
	case last.exit.Code == 127 && cannotStart:
		return "its command was not found"
	case last.exit.Code == 126 && cannotStart:
		return "its command could not be executed"
	}
	return fmt.Sprintf("it exited with code %d%s before it listened on a port", last.exit.Code, signalName(last.exit.Code))
}

// signalName explains the exit codes after a signal.
func signalName(code int) string {
	names := map[int]string{
		132: "SIGILL", 133: "SIGTRAP", 134: "SIGABRT", 135: "SIGBUS", 136: "SIGFPE", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM", 153: "SIGXFSZ",
	}
	if name, known := names[code]; known {
		return " (" + name + ")"
	}
	return ""
}

// commandLine shows a command as one line.
func commandLine(command []string) string {
	return takehome.Line(strings.Join(command, " "))
}
