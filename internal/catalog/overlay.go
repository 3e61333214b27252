package catalog

import (
	"io/fs"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
)

// bringing is a kind with files of its own, which every package of it sees in its folder
// kind/: checks and a rubric that all its challenges share.
type bringing interface {
	Files() (fs.FS, error)
}

// kindFolder is where a package sees the files of its kind.
const kindFolder = "kind"

// overlay is a package together with the files of its kind.
type overlay struct {
	fs.FS
	kind fs.FS
}

// Open takes what is below kind/ from the kind. The folder is not listed beside the
// package's own, which are what its author can change.
func (o overlay) Open(name string) (fs.File, error) {
	if name == kindFolder {
		return o.kind.Open(".")
	}
	if inside, ok := strings.CutPrefix(name, kindFolder+"/"); ok && fs.ValidPath(name) {
		return o.kind.Open(inside)
	}
	return o.FS.Open(name)
}

// withKind adds the files of its kind to a package.
func withKind(files fs.FS, kind Kind) (fs.FS, error) {
	brings, ok := kind.(bringing)
	if !ok {
		return files, nil
	}
	if _, err := fs.Stat(files, kindFolder); err == nil {
		return nil, authored.Fault(kindFolder, 0, "the folder "+kindFolder+" of a package of the kind "+kind.Name()+" holds what the kind brings; name yours otherwise")
	}
	brought, err := brings.Files()
	if err != nil {
		return nil, err
	}
	return overlay{FS: files, kind: brought}, nil
}
