package intake

import (
	"os"
	"path"
	"path/filepath"
)

// rooted is an os.Root that keeps the folder it last looked into open. Paths come
// sorted, so that most of them need one step instead of one for each element.
type rooted struct {
	root   *os.Root
	last   *os.Root
	lastAt string
}

func (r *rooted) close() {
	if r.last != nil {
		_ = r.last.Close() // a handle, nothing is written through it
	}
	_ = r.root.Close()
}

// parent opens the folder in which an entry lies, and gives the entry's name in it.
func (r *rooted) parent(at string) (*os.Root, string, error) {
	folder, name := path.Dir(at), path.Base(at)
	if folder == "." {
		return r.root, name, nil
	}
	if r.last != nil && r.lastAt == folder {
		return r.last, name, nil
	}
	opened, err := r.root.OpenRoot(filepath.FromSlash(folder))
	if err != nil {
		return nil, "", err
	}
	if r.last != nil {
		_ = r.last.Close()
	}
	r.last, r.lastAt = opened, folder
	return opened, name, nil
}

func (r *rooted) openFile(at string, flag int, permissions os.FileMode) (*os.File, error) {
	folder, name, err := r.parent(at)
	if err != nil {
		return nil, err
	}
	return folder.OpenFile(name, flag, permissions)
}

func (r *rooted) lstat(at string) (os.FileInfo, error) {
	folder, name, err := r.parent(at)
	if err != nil {
		return nil, err
	}
	return folder.Lstat(name)
}
