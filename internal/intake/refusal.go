package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"syscall"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// The rules of intake, as a Refusal names them.
const (
	ruleCollision = "collision" // one path twice
	ruleCount     = "count"     // too many entries
	ruleEmpty     = "empty"     // nothing to grade
	ruleFormat    = "format"    // neither .zip nor .tar.gz, damaged, or encrypted
	ruleGit       = "git"       // a repository that cannot be read
	ruleName      = "name"      // characters that no name may have
	rulePath      = "path"      // leaves the submission, too long, too deep
	ruleSize      = "size"      // too many bytes
	ruleSymlink   = "symlink"   // a link that leaves the submission or leads in a circle
	ruleType      = "type"      // neither file, folder nor symbolic link
	ruleURL       = "url"       // an address that is not fetched
)

// refuse makes a Refusal. The entry is a stranger's and is quoted here.
func refuse(rule, entry, why, hint string) error {
	return &takehome.Refusal{Rule: rule, Entry: takehome.Line(entry), Why: why, Hint: hint}
}

func operatorFault(summary, hint string, err error) error {
	return &takehome.Fault{Owner: takehome.Operator, Summary: summary, Hint: hint, Err: err}
}

// readFault is a file or folder of the operator's machine that cannot be read.
func readFault(name string, err error) error {
	name = takehome.Line(name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return operatorFault("cannot read "+name, "give your user the right to read it, then grade again", err)
	case errors.Is(err, fs.ErrNotExist):
		return operatorFault(name+" disappeared while it was being read",
			"let nothing change the submission during the intake, then grade again", err)
	}
	return operatorFault("cannot read "+name, "check the disk and its permissions, then grade again", err)
}

// changedFault is a submission that is not what it was a moment ago.
func changedFault(name string) error {
	return operatorFault(takehome.Line(name)+" changed while it was being read",
		"let nothing change the submission during the intake, then grade again", nil)
}

// writeFault is a clean copy that cannot be written.
func writeFault(doing, where string, err error) error {
	where = takehome.Line(where)
	switch {
	case isDiskFull(err):
		return operatorFault(fmt.Sprintf("cannot %s: the disk is full", doing),
			"free some space (takehome clean removes what earlier runs left) or set another folder for temporary files", err)
	case errors.Is(err, fs.ErrExist):
		return operatorFault(fmt.Sprintf("cannot %s: %s exists already", doing, where),
			"the disk takes two names of the submission for the same; grade on a disk that tells upper from lower case", err)
	}
	return operatorFault(fmt.Sprintf("cannot %s in %s", doing, where),
		"check that the folder exists and that your user may write there", err)
}

// isDiskFull knows the full disk of Unix, the used-up quota, and ERROR_DISK_FULL of Windows.
func isDiskFull(err error) bool {
	const errorDiskFull = syscall.Errno(112)
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		runtime.GOOS == "windows" && errors.Is(err, errorDiskFull)
}

// isClassified reports whether an error already says whose it is, or that the run was stopped.
func isClassified(err error) bool {
	if _, ok := errors.AsType[*takehome.Refusal](err); ok {
		return true
	}
	if _, ok := errors.AsType[*takehome.Fault](err); ok {
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// stopped is the error of a context that ended.
func stopped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("take in the submission: %w", err)
	}
	return nil
}

// shownBytes writes a size for a reader.
func shownBytes(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// maxNotes keeps a report readable when everything about a submission is odd.
const maxNotes = 40

func shorten(notes []string) []string {
	if len(notes) <= maxNotes {
		return notes
	}
	left := len(notes) - maxNotes
	return append(notes[:maxNotes:maxNotes], fmt.Sprintf("and %d more notes of this kind", left))
}
