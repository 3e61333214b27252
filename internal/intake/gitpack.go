package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// gitPack is a fetched pack file. Objects are read from it one at a time.
type gitPack struct {
	name    string
	file    billy.File
	objects *packfile.Packfile
	index   *idxfile.MemoryIndex
}

const (
	// maxObject is the largest object that is held in memory. The large hosts take no
	// file above 100 MiB.
	maxObject = 128 << 20
	// maxDeltas is how many differences an object may be built from; git itself makes 50,
	// and 4095 at most.
	maxDeltas = 4095
)

// openPack checks a pack, and only then lets the library index it: the library takes
// every size and count in it for true.
func openPack(ctx context.Context, name string, limits Limits) (*gitPack, error) {
	file, err := osfs.New(filepath.Dir(name)).Open(filepath.Base(name))
	if err != nil {
		return nil, readFault("the fetched commit", err)
	}
	pack := &gitPack{file: file, name: name}
	err = guarded(func() error { return pack.check(ctx, limits) })
	if err == nil {
		err = guarded(func() error { return pack.makeIndex(ctx) })
	}
	if err != nil {
		pack.close()
		return nil, err
	}
	return pack, nil
}

// close also removes the pack, so that it does not lie beside the clean copy.
func (p *gitPack) close() {
	_ = p.file.Close()    // only read from
	_ = os.Remove(p.name) // Tree.Close removes what is left
}

// guarded runs code that decodes a stranger's bytes. Whatever it meets there, a panic
// included, is the repository's fault; only the disk's and the context's errors are not.
func guarded(decode func() error) error {
	err := recovered(decode)
	if err == nil || isClassified(err) {
		return err
	}
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return readFault("the fetched commit", err)
	}
	return brokenPack(err)
}

// recovered turns a panic of the library into an error.
func recovered(decode func() error) (err error) {
	defer func() {
		if met := recover(); met != nil {
			err = fmt.Errorf("the decoder panicked: %v", met)
		}
	}()
	return decode()
}

func brokenPack(err error) error {
	return refuse(ruleGit, "", "the git server sent objects that cannot be read: "+takehome.Line(err.Error()),
		"hand in a folder, a .zip or a .tar.gz")
}

// check reads the whole pack once without keeping anything, and counts.
func (p *gitPack) check(ctx context.Context, limits Limits) error {
	scanner := packfile.NewScanner(reading{ctx, p.file})
	_, count, err := scanner.Header()
	if err != nil {
		return err
	}
	if int64(count) > int64(limits.maxListed())*2 {
		return tooMany("the git repository", limits.maxListed())
	}
	deltas, unpacked := make(map[int64]int, count), int64(0)
	for range count {
		header, err := scanner.NextObjectHeader()
		if err != nil {
			return err
		}
		chain, err := chainOf(header, deltas)
		if err != nil {
			return err
		}
		deltas[header.Offset] = chain
		size, err := sizeOf(scanner, header)
		if err != nil {
			return err
		}
		if unpacked += size; unpacked > limits.maxUnpacked() {
			return refuse(ruleSize, "", "the commit unpacks to more than "+shownBytes(limits.maxUnpacked()), "leave out large files")
		}
	}
	return nil
}

// sizeOf reads past one object and tells how large it is, or what it makes of another one.
func sizeOf(scanner *packfile.Scanner, header *packfile.ObjectHeader) (int64, error) {
	tooLarge := refuse(ruleSize, "", "the commit holds a file of more than "+shownBytes(maxObject), "leave it out")
	if header.Length < 0 || header.Length > maxObject {
		return 0, tooLarge
	}
	content := &measured{limit: header.Length}
	n, _, err := scanner.NextObject(content)
	if err != nil {
		return 0, err
	}
	if n != header.Length {
		return 0, fmt.Errorf("an object of %d bytes claims %d", n, header.Length)
	}
	if !header.Type.IsDelta() {
		return n, nil
	}
	made := content.targetSize()
	if made < 0 {
		return 0, errors.New("a difference that ends too early")
	}
	if made > maxObject {
		return 0, tooLarge
	}
	return n + made, nil
}

// chainOf tells how many differences an object is built from.
func chainOf(header *packfile.ObjectHeader, deltas map[int64]int) (int, error) {
	switch header.Type {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject, plumbing.REFDeltaObject:
		return 0, nil
	case plumbing.OFSDeltaObject:
	default:
		return 0, fmt.Errorf("an object of the unknown type %d", header.Type)
	}
	base, ok := deltas[header.OffsetReference]
	if !ok {
		return 0, errors.New("a difference to an object that is not there")
	}
	if base >= maxDeltas {
		return 0, errors.New("too long a chain of differences")
	}
	return base + 1, nil
}

// measured takes an object's content, keeps its beginning and stops beyond its limit.
type measured struct {
	limit, size int64
	start       []byte
}

// Write implements io.Writer.
func (m *measured) Write(content []byte) (int, error) {
	if m.size += int64(len(content)); m.size > m.limit {
		return 0, errors.New("an object is longer than it claims")
	}
	if missing := 20 - len(m.start); missing > 0 {
		m.start = append(m.start, content[:min(missing, len(content))]...)
	}
	return len(content), nil
}

// targetSize is the size of the object that a difference makes: the second of the two
// numbers at its beginning (gitformat-pack, "deltified representation"), -1 if there is none.
func (m *measured) targetSize() int64 {
	rest := m.start
	var size int64
	for range 2 {
		size = 0
		for shift := 0; ; shift += 7 {
			if len(rest) == 0 || shift > 56 {
				return -1
			}
			digit := rest[0]
			rest = rest[1:]
			size |= int64(digit&0x7f) << shift
			if digit&0x80 == 0 {
				break
			}
		}
	}
	return size
}

func (p *gitPack) makeIndex(ctx context.Context) error {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return readFault("the fetched commit", err)
	}
	writer := new(idxfile.Writer)
	parser, err := packfile.NewParser(packfile.NewScanner(reading{ctx, p.file}), writer)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(); err != nil {
		return err
	}
	if p.index, err = writer.Index(); err != nil {
		return err
	}
	p.objects = packfile.NewPackfile(p.index, nil, p.file, 0)
	return nil
}

// reading is a file whose reading ends with the context.
type reading struct {
	ctx  context.Context // io.Reader leaves no other place for it
	file io.ReadSeeker
}

// Read implements io.Reader.
func (r reading) Read(into []byte) (int, error) {
	if err := stopped(r.ctx); err != nil {
		return 0, err
	}
	return r.file.Read(into)
}

// Seek implements io.Seeker.
func (r reading) Seek(offset int64, whence int) (int64, error) { return r.file.Seek(offset, whence) }

// read returns the content of one object of a wanted type.
func (p *gitPack) read(id plumbing.Hash, wanted plumbing.ObjectType) (content []byte, err error) {
	err = guarded(func() error {
		object, err := p.objects.Get(id)
		if err != nil {
			return err
		}
		if object.Type() != wanted {
			return fmt.Errorf("%v is a %v and should be a %v", id, object.Type(), wanted)
		}
		reader, err := object.Reader()
		if err != nil {
			return err
		}
		defer func() { _ = reader.Close() }() // only read from
		content, err = io.ReadAll(io.LimitReader(reader, maxObject))
		return err
	})
	return content, err
}

// find looks for an abbreviated commit in what was fetched.
func (p *gitPack) find(address gitAddress) (commit plumbing.Hash, err error) {
	found := false
	err = guarded(func() error {
		all, err := p.index.Entries()
		if err != nil {
			return err
		}
		defer func() { _ = all.Close() }() // a list in memory
		for {
			next, err := all.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if !strings.HasPrefix(next.Hash.String(), address.commit) {
				continue
			}
			if object, err := p.objects.Get(next.Hash); err != nil || object.Type() != plumbing.CommitObject {
				continue
			}
			if found {
				return address.ambiguous()
			}
			commit, found = next.Hash, true
		}
	})
	if err == nil && !found {
		err = address.noSuchCommit(fmt.Sprintf("among the last %d of each branch", historyDepth))
	}
	return commit, err
}
