package builder

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// dockerfileName is where the text to build lies in the context. It is the only file
// there that is not the submission's.
const dockerfileName = ".takehome.Dockerfile"

// fileTime is the time of every file of a context, so that the same submission gives
// the same bytes. Archives that programs make from their files cannot hold the year 1970.
var fileTime = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Limits of a .dockerignore file.
const (
	maxIgnoreBytes    = 64 << 10
	maxIgnorePatterns = 500
)

// sourceTree is a folder of a submission as the builder gets to see it.
type sourceTree struct {
	root    *os.Root
	ignored *patternmatcher.PatternMatcher
}

// What is the candidate's in opening a tree: a .dockerignore file that cannot be read,
// a build context that is no folder of the submission.
var (
	errIgnore  = errors.New("the .dockerignore file cannot be read")
	errContext = errors.New("the build context is not a folder of the submission")
)

// openTree opens the folder of a submission that is sent to the builder.
func openTree(folder, context, dockerfile string) (*sourceTree, error) {
	top, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the submission: %w", err)
	}
	root := top
	if context != "" && context != "." {
		root, err = top.OpenRoot(path.Clean(context))
		_ = top.Close()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errContext, err)
		}
	}
	tree := &sourceTree{root: root}
	// A file beside the Dockerfile and named after it goes before the common one.
	for _, name := range []string{path.Base(dockerfile) + ".dockerignore", ".dockerignore"} {
		patterns, err := tree.patterns(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			tree.ignored, err = patternmatcher.New(patterns)
		}
		if err != nil {
			_ = root.Close()
			return nil, fmt.Errorf("%w: %s", errIgnore, takehome.Line(err.Error()))
		}
		break
	}
	return tree, nil
}

func (t *sourceTree) patterns(name string) ([]string, error) {
	info, err := t.root.Stat(name)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	file, err := t.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read from
	content, err := io.ReadAll(io.LimitReader(file, maxIgnoreBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxIgnoreBytes {
		return nil, fmt.Errorf("it is larger than %d KiB", maxIgnoreBytes>>10)
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(content))
	if err == nil && len(patterns) > maxIgnorePatterns {
		err = fmt.Errorf("it has more than %d patterns", maxIgnorePatterns)
	}
	return patterns, err
}

// Close lets go of the folder.
func (t *sourceTree) Close() error { return t.root.Close() }

// write sends the tree and the text to build. The same tree gives the same bytes.
func (t *sourceTree) write(archive *tar.Writer, dockerfile []byte) error {
	header := fileHeader(dockerfileName, 0o644)
	header.Size = int64(len(dockerfile))
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if _, err := archive.Write(dockerfile); err != nil {
		return err
	}
	above := map[string]patternmatcher.MatchInfo{}
	return fs.WalkDir(t.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read the submission: %w", err)
		}
		if name == "." || name == dockerfileName {
			return nil
		}
		if t.ignored != nil {
			skip, info, err := t.ignored.MatchesUsingParentResults(name, above[path.Dir(name)])
			if err != nil {
				return fmt.Errorf("%w: %s", errIgnore, takehome.Line(err.Error()))
			}
			if entry.IsDir() {
				above[name] = info
			}
			if skip && entry.IsDir() && !t.excepted(name) {
				return fs.SkipDir
			}
			if skip {
				return nil
			}
		}
		return t.writeEntry(archive, name, entry)
	})
}

// excepted tells that an ignored folder may hold something that a later pattern
// takes back ("!docs/README.md").
func (t *sourceTree) excepted(folder string) bool {
	if !t.ignored.Exclusions() {
		return false
	}
	for _, pattern := range t.ignored.Patterns() {
		if pattern.Exclusion() && (strings.HasPrefix(pattern.String()+"/", folder+"/") || strings.ContainsAny(pattern.String(), "*?[")) {
			return true
		}
	}
	return false
}

// writeEntry writes a regular file, a folder or a link; anything else cannot be in a clean copy.
func (t *sourceTree) writeEntry(archive *tar.Writer, name string, entry fs.DirEntry) error {
	switch {
	case entry.IsDir():
		header := fileHeader(name+"/", 0o755)
		header.Typeflag = tar.TypeDir
		return archive.WriteHeader(header)
	case entry.Type() == fs.ModeSymlink:
		target, err := t.root.Readlink(name)
		if err != nil {
			return fmt.Errorf("read the submission: %w", err)
		}
		header := fileHeader(name, 0o777)
		header.Typeflag, header.Linkname = tar.TypeSymlink, target
		return archive.WriteHeader(header)
	case entry.Type().IsRegular():
		return t.writeFile(archive, name)
	}
	return nil
}

func (t *sourceTree) writeFile(archive *tar.Writer, name string) error {
	file, err := t.root.Open(name)
	if err != nil {
		return fmt.Errorf("read the submission: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read from
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read the submission: %w", err)
	}
	header := fileHeader(name, 0o644)
	if info.Mode()&0o111 != 0 {
		header.Mode = 0o755
	}
	header.Size = info.Size()
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if _, err := io.CopyN(archive, file, info.Size()); err != nil {
		return fmt.Errorf("read the submission: %w", err)
	}
	return nil
}

func fileHeader(name string, mode int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, ModTime: fileTime, Format: tar.FormatPAX}
}

// has tells whether a path of the context is in the submission, ignored or not.
func (t *sourceTree) has(name string) bool {
	_, err := t.root.Lstat(path.Clean(strings.TrimPrefix(name, "/")))
	return err == nil
}
