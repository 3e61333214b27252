package intake

import (
	"context"
	"io"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// source is where the bytes of a submission are: a folder, an archive, a git commit.
// Errors it returns are classified: a Refusal, a Fault, or the end of the context.
type source interface {
	// children lists one folder ("" is the root), in any order.
	children(ctx context.Context, folder string) ([]entry, error)
	// peek reads a small file, or returns nil where there is none or it is larger than peekLimit.
	peek(ctx context.Context, path string) ([]byte, error)
	// contents hands every wanted file to put, once, in the order that suits the source.
	contents(ctx context.Context, wanted []entry, put putter) error
	close()
}

// putter takes in the content of one file, and nothing once the content has ended.
type putter func(file entry, content io.Reader) error

// peekLimit is the size up to which a Dockerfile is looked at during the survey.
const peekLimit = 64 << 10

// entry is one thing in a submission.
type entry struct {
	from   string // slash path in the source
	path   string // slash path in the clean copy
	kind   kind
	mode   mode
	size   int64  // as the source claims it; the bytes are counted again when they are read
	target string // of a link
	what   string // for other and absent: what it is
}

// kind is the type of an entry. Its letter is part of the digest.
type kind byte

const (
	kindFile   kind = 'f'
	kindFolder kind = 'd'
	kindLink   kind = 'l'
	kindOther  kind = 'o' // hard link, device, socket: refused
	kindAbsent kind = 'a' // named, but not part of what was handed in: a git submodule
)

// mode is what is kept of an entry's permissions.
type mode int

const (
	// unknownMode comes from archives and disks without such a bit: a file that begins
	// with "#!" is then executable, as it was for the candidate.
	unknownMode mode = iota
	plain
	executable
)

func modeOf(permissions uint32) mode {
	if permissions&0o111 != 0 {
		return executable
	}
	return plain
}

// delivery is what was given, recognised and opened.
type delivery struct {
	source source
	origin takehome.Origin
	name   string
	notes  []string
	// wrapped is set for archives, in which a single top folder is a mere wrapping.
	wrapped bool
}
