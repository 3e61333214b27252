// Package intake takes in what a candidate handed in: a folder, a .zip, a .tar.gz or
// a git address. It is the first station of the straight line: everything behind it
// sees only the clean copy made here, which holds regular files, folders and links
// that stay inside, and nothing else.
//
// The work has two halves. The survey lists what is there, without writing a byte:
// most refusals happen here, and each names the entry and the rule. Then the files
// that the survey wants are poured into a fresh folder, through os.Root on both
// sides and with every cap counted again on the real bytes. Nothing that was handed
// in is ever executed, and no archive inside an archive is opened.
package intake

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// FolderPrefix begins the name of every folder that Open makes in Options.TempDir,
// so that those of a killed run can be found and removed.
const FolderPrefix = "takehome-submission-"

// Options are the settings of an intake. The zero value is usable.
type Options struct {
	Limits Limits
	// TempDir is where the clean copy is made; empty means the system's folder for temporary files.
	TempDir string
	// CABundle holds PEM certificates that may sign a git server, beside the system's own.
	CABundle []byte
	// FetchTimeout bounds the whole conversation with a git server; 0 means DefaultFetchTimeout.
	FetchTimeout time.Duration
}

// DefaultFetchTimeout is how long a git server may take to hand over a submission.
const DefaultFetchTimeout = 2 * time.Minute

// Tree is the clean copy of a submission on disk.
type Tree struct {
	Submission takehome.Submission
	folder     string // everything that Close removes
}

// Close removes the clean copy. It may be called more than once.
func (t *Tree) Close() error {
	if err := os.RemoveAll(t.folder); err != nil {
		return operatorFault("cannot remove the clean copy in "+takehome.Line(t.folder),
			"remove that folder by hand, or run takehome clean", err)
	}
	return nil
}

// Open makes a clean copy of what was given: the path of a folder, of a .zip or of a
// .tar.gz (told apart by their content), or a git address with a commit
// (https://host/repo.git#COMMIT or https://host/repo.git@SHA). The caller closes the Tree.
//
// A submission that breaks a rule is a *takehome.Refusal. A path that is missing or
// cannot be read, a server that does not answer and a full disk are a *takehome.Fault
// of the operator. When ctx ends, its error is returned, wrapped.
func Open(ctx context.Context, given string, options Options) (*Tree, error) {
	options.Limits = options.Limits.orDefaults()
	if options.FetchTimeout <= 0 {
		options.FetchTimeout = DefaultFetchTimeout
	}
	folder, err := os.MkdirTemp(options.TempDir, FolderPrefix)
	if err != nil {
		return nil, writeFault("make a folder for the clean copy", options.TempDir, err)
	}
	tree := &Tree{folder: folder}
	if err := tree.fill(ctx, given, options); err != nil {
		_ = tree.Close() // the first error says more; takehome clean finds what is left
		return nil, err
	}
	return tree, nil
}

func (t *Tree) fill(ctx context.Context, given string, options Options) error {
	handedIn, err := receive(ctx, given, t.folder, options)
	if err != nil {
		return err
	}
	defer handedIn.source.close()
	list, err := survey(ctx, handedIn, options.Limits)
	if err != nil {
		return err
	}
	dir := filepath.Join(t.folder, "tree")
	poured, err := pour(ctx, handedIn.source, list, dir, options.Limits)
	if err != nil {
		return err
	}
	t.Submission = takehome.Submission{
		Name: handedIn.name, Dir: dir, Digest: poured.digest, Files: poured.files, Bytes: poured.bytes,
		Origin: handedIn.origin,
		Notes:  shorten(append(append(handedIn.notes, list.notes...), poured.notes...)),
	}
	return nil
}
