package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// folderSource is a folder on the operator's disk that may change at any moment.
// It is read through os.Root, so that no link leads out, and every file has to be
// the one that the survey saw.
type folderSource struct {
	root   *os.Root
	files  rooted
	limits Limits
	seen   map[string]fs.FileInfo
	listed int
}

func openFolder(name string, limits Limits) (*folderSource, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, readFault(name, err)
	}
	return &folderSource{root: root, files: rooted{root: root}, limits: limits, seen: make(map[string]fs.FileInfo)}, nil
}

func (s *folderSource) close() { s.files.close() }

func (s *folderSource) children(ctx context.Context, from string) ([]entry, error) {
	names, err := s.names(ctx, from)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(names))
	for _, name := range names {
		found, err := s.look(path.Join(from, name))
		if err != nil {
			return nil, err
		}
		entries = append(entries, found)
	}
	return entries, nil
}

// names lists a folder in portions, so that one of a million files is refused early.
func (s *folderSource) names(ctx context.Context, from string) ([]string, error) {
	opened, err := s.root.Open(systemPath(from))
	if err != nil {
		return nil, s.fault(from, err)
	}
	defer func() { _ = opened.Close() }() // only read from
	var names []string
	for {
		portion, err := opened.Readdirnames(1024)
		names = append(names, portion...)
		s.listed += len(portion)
		if s.listed > s.limits.maxListed() {
			return nil, tooMany(from, s.limits.maxListed())
		}
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, s.fault(from, err)
		}
		if err := stopped(ctx); err != nil {
			return nil, err
		}
	}
}

func (s *folderSource) look(from string) (entry, error) {
	info, err := s.files.lstat(from)
	if err != nil {
		return entry{}, s.fault(from, err)
	}
	found := entry{from: from, size: info.Size()}
	switch info.Mode().Type() {
	case 0:
		found.kind, s.seen[from] = kindFile, info
		if runtime.GOOS != "windows" {
			found.mode = modeOf(uint32(info.Mode().Perm()))
		}
	case fs.ModeDir:
		found.kind = kindFolder
	case fs.ModeSymlink:
		found.kind = kindLink
		target, err := s.root.Readlink(systemPath(from))
		if err != nil {
			return entry{}, s.fault(from, err)
		}
		found.target = filepath.ToSlash(target)
	default:
		found.kind, found.what = kindOther, describeType(info.Mode())
	}
	return found, nil
}

func describeType(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "neither a file nor a folder"
}

func (s *folderSource) peek(_ context.Context, from string) ([]byte, error) {
	info, ok := s.seen[from]
	if !ok || info.Size() > peekLimit {
		return nil, nil
	}
	opened, err := s.open(from)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }() // only read from
	content, err := io.ReadAll(io.LimitReader(opened, peekLimit))
	if err != nil {
		return nil, s.fault(from, err)
	}
	return content, nil
}

func (s *folderSource) contents(ctx context.Context, wanted []entry, put putter) error {
	for _, file := range wanted {
		if err := stopped(ctx); err != nil {
			return err
		}
		if err := s.content(file, put); err != nil {
			return err
		}
	}
	return nil
}

func (s *folderSource) content(file entry, put putter) error {
	opened, err := s.open(file.from)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // only read from
	return put(file, classified{opened, func(err error) error { return s.fault(file.from, err) }})
}

// open opens a file that the survey saw. A pipe that took its place must not block
// (O_NONBLOCK), and any other thing that took its place is not read.
func (s *folderSource) open(from string) (*os.File, error) {
	opened, err := s.files.openFile(from, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, s.fault(from, err)
	}
	info, err := opened.Stat()
	if err == nil && os.SameFile(info, s.seen[from]) {
		return opened, nil
	}
	_ = opened.Close() // only read from
	return nil, changedFault(from)
}

// fault classifies an error of the disk. Where os.Root saw a path that leads out (it has
// no exported error for that), a link took the place of what was surveyed as no link.
func (s *folderSource) fault(from string, err error) error {
	if from == "" {
		from = s.root.Name()
	}
	if strings.HasSuffix(err.Error(), "path escapes from parent") {
		return changedFault(from)
	}
	return readFault(from, err)
}

// systemPath is a slash path as os.Root wants it.
func systemPath(from string) string {
	if from == "" {
		return "."
	}
	return filepath.FromSlash(from)
}

// classified is a reader whose errors say whose they are.
type classified struct {
	io.Reader
	classify func(error) error
}

// Read implements io.Reader.
func (c classified) Read(into []byte) (int, error) {
	n, err := c.Reader.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, c.classify(err)
	}
	return n, err
}

func tooMany(where string, limit int) error {
	if where == "" {
		where = "the submission"
	}
	return refuse(ruleCount, where, fmt.Sprintf("there are more than %d files, folders and links", limit),
		"leave out what a build makes again, such as node_modules or a virtual environment")
}
