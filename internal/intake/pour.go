package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// result is what became of a list.
type result struct {
	digest string
	files  int
	bytes  int64
	notes  []string
}

// pour writes the clean copy into a new folder. Folders come first and links last, so
// that no write ever passes through a link; os.Root refuses what would lead out anyway.
func pour(ctx context.Context, from source, list list, dir string, limits Limits) (result, error) {
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // the folder above it is private
		return result{}, writeFault("make the clean copy", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return result{}, writeFault("make the clean copy", dir, err)
	}
	p := &pourer{root: root, files: rooted{root: root}, limits: limits, buffer: make([]byte, 128<<10), sums: make(map[string]sum, len(list.entries))}
	defer p.files.close()
	if err := p.folders(list.entries); err != nil {
		return result{}, err
	}
	files := slices.DeleteFunc(slices.Clone(list.entries), func(e entry) bool { return e.kind != kindFile })
	if err := from.contents(ctx, files, p.put(ctx)); err != nil {
		return result{}, err
	}
	if err := p.links(list.entries); err != nil {
		return result{}, err
	}
	return result{digest: digest(list.entries, p.sums), files: len(files), bytes: p.bytes, notes: p.sortedNotes()}, nil
}

type pourer struct {
	root   *os.Root
	files  rooted
	limits Limits
	buffer []byte
	bytes  int64
	sums   map[string]sum // by path
	notes  []string
}

// sum is what the digest says about one entry beside its path and kind.
type sum struct {
	content [sha256.Size]byte
	mode    mode
}

func (p *pourer) folders(entries []entry) error {
	for _, e := range entries {
		if e.kind != kindFolder {
			continue
		}
		err := p.root.Mkdir(systemPath(e.path), 0o755)
		if err == nil {
			err = p.root.Chmod(systemPath(e.path), 0o755) // whatever the umask says
		}
		if err != nil {
			return writeFault("make the folder "+takehome.Line(e.path), p.root.Name(), err)
		}
	}
	return nil
}

func (p *pourer) links(entries []entry) error {
	for _, e := range entries {
		if e.kind != kindLink {
			continue
		}
		if err := p.root.Symlink(e.target, systemPath(e.path)); err != nil {
			return writeFault("make the link "+takehome.Line(e.path), p.root.Name(), err)
		}
		p.sums[e.path] = sum{content: sha256.Sum256([]byte(e.target))}
	}
	return nil
}

// put writes one file and counts its real bytes.
func (p *pourer) put(ctx context.Context) putter {
	return func(file entry, content io.Reader) error {
		written, err := p.files.openFile(file.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return p.fault(file, err)
		}
		poured, err := p.copy(ctx, file, written, content)
		if err != nil {
			_ = written.Close() // the first error says more
			return err
		}
		permissions := os.FileMode(0o644)
		if poured.mode == executable {
			permissions = 0o755
		}
		if err := errors.Join(written.Chmod(permissions), written.Close()); err != nil {
			return p.fault(file, err)
		}
		p.sums[file.path] = poured
		return nil
	}
}

func (p *pourer) fault(file entry, err error) error {
	return writeFault("write "+takehome.Line(file.path), p.root.Name(), err)
}

func (p *pourer) copy(ctx context.Context, file entry, into io.Writer, content io.Reader) (sum, error) {
	hasher, size := sha256.New(), int64(0)
	poured := sum{mode: file.mode}
	for {
		n, readErr := io.ReadFull(content, p.buffer)
		chunk := p.buffer[:n]
		if size == 0 {
			poured.mode = p.look(file, chunk)
		}
		size += int64(n)
		p.bytes += int64(n)
		if err := p.checkSize(file, size); err != nil {
			return sum{}, err
		}
		hasher.Write(chunk)
		if _, err := into.Write(chunk); err != nil {
			return sum{}, p.fault(file, err)
		}
		if errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF) { // the latter is ReadFull's; sources classify theirs
			return finish(poured, hasher), nil
		}
		if readErr != nil {
			return sum{}, readErr
		}
		if err := stopped(ctx); err != nil {
			return sum{}, err
		}
	}
}

func finish(poured sum, hasher hash.Hash) sum {
	hasher.Sum(poured.content[:0])
	return poured
}

// look reads the beginning of a file: a script of a system without modes is executable,
// and the stub of a large file is worth a note.
func (p *pourer) look(file entry, start []byte) mode {
	if bytes.HasPrefix(start, []byte("version https://git-lfs.github.com/spec/")) {
		p.notes = append(p.notes, takehome.Line(file.path)+" is kept in Git LFS; only its pointer is here, its content was not fetched")
	}
	switch {
	case file.mode != unknownMode:
		return file.mode
	case bytes.HasPrefix(start, []byte("#!")):
		return executable
	}
	return plain
}

func (p *pourer) checkSize(file entry, size int64) error {
	if size > p.limits.MaxFile {
		return tooLarge(file.path, 1<<62, p.limits)
	}
	if p.bytes > p.limits.MaxBytes {
		return refuse(ruleSize, file.path, "with it, the files together have more than "+shownBytes(p.limits.MaxBytes),
			"leave out what a build makes again")
	}
	return nil
}

// sortedNotes does not depend on the order in which the source delivers.
func (p *pourer) sortedNotes() []string { return slices.Sorted(slices.Values(p.notes)) }

// digest names a tree by what is in it: paths, kinds, modes and contents, and neither
// times nor owners nor the order of an archive. A folder, a .zip and a .tar.gz of the
// same tree have the same digest. Each line is "kind mode sha256 path"; no path holds
// a line break, so that no two trees give the same lines.
func digest(entries []entry, sums map[string]sum) string {
	hasher := sha256.New()
	hasher.Write([]byte("takehome-tree/1\n"))
	for _, e := range entries {
		mode, content := "000", "-"
		if s, ok := sums[e.path]; ok {
			content = hex.EncodeToString(s.content[:])
		}
		if e.kind == kindFile {
			mode = "644"
			if sums[e.path].mode == executable {
				mode = "755"
			}
		}
		hasher.Write(fmt.Appendf(nil, "%c %s %s %s\n", e.kind, mode, content, e.path))
	}
	return "sha256:" + hex.EncodeToString(hasher.Sum(nil))
}
