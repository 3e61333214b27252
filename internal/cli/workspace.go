package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/takehome-dev/takehome/internal/sandbox/lease"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// workspace is the folder of this process below the state folder: clean copies of
// submissions lie in it. It bears the name of a lease, so that everybody can tell the
// folder of a living process from one that a killed process left behind.
type workspace struct {
	lease  *lease.Lease
	folder string
}

// copiesFolder holds one workspace for each living process.
func copiesFolder(stateDir string) string { return filepath.Join(stateDir, "copies") }

func openWorkspace(stateDir string) (*workspace, error) {
	taken, err := lease.Take(stateDir)
	if err != nil {
		return nil, stateFault(stateDir, err)
	}
	folder := filepath.Join(copiesFolder(stateDir), taken.Run)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, errors.Join(stateFault(stateDir, err), taken.Release())
	}
	return &workspace{lease: taken, folder: folder}, nil
}

func stateFault(stateDir string, err error) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the state folder " + takehome.Line(stateDir) + " cannot be used", Err: err,
		Hint: "make it writable and free some space, or set --state-dir to another folder",
	}
}

// close removes the folder before it gives up the lease: in between, nobody else may.
func (w *workspace) close() error {
	if err := os.RemoveAll(w.folder); err != nil {
		return errors.Join(fmt.Errorf("remove the folder of clean copies: %w", err), w.lease.Release())
	}
	return w.lease.Release()
}

// removeLeftCopies removes the workspaces of processes that are over, and counts the
// clean copies in them.
func removeLeftCopies(stateDir string) (int, error) {
	folder := copiesFolder(stateDir)
	runs, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("list the clean copies: %w", err)
	}
	removed := 0
	var failures []error
	for _, run := range runs {
		left := filepath.Join(folder, run.Name())
		_, err := lease.Free(stateDir, run.Name(), func() error {
			copies, err := os.ReadDir(left)
			if err != nil {
				return err
			}
			if err := os.RemoveAll(left); err != nil {
				return err
			}
			removed += len(copies)
			return nil
		})
		if err != nil {
			failures = append(failures, fmt.Errorf("remove the clean copies of run %s: %w", takehome.Line(run.Name()), err))
		}
	}
	return removed, errors.Join(failures...)
}
