// Package tree reads the clean copy of a submission. Its files are a stranger's:
// every read goes through os.Root, so that no link leads out, and has a limit of size.
//
// A file that is there but cannot be used (too big, a link that leaves the tree, a
// folder where a file belongs) is a finding about the submission: it becomes a note and
// counts as absent. An error of the disk is ours and is kept until Err is asked for, so
// that detection code reads as a list of questions.
package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"syscall"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Limits of what is looked at. A honest challenge is two orders of magnitude smaller.
const (
	// TextLimit is the size in bytes up to which a file of text is read.
	TextLimit = 1 << 20
	maxFiles  = 20_000
	maxDepth  = 16
	maxKept   = 48 << 20 // bytes of text kept in memory at a time
)

// File is a regular file, or a link inside the tree to one.
type File struct {
	Path string // slash path from the root
	Size int64
}

// Tree is the list of a submission's files and a careful way to read them.
type Tree struct {
	root    *os.Root
	files   []File
	folders map[string]bool
	odd     map[string]string // path → why it is not a file that can be read
	kept    map[string]string
	keptSum int
	notes   []string
	noted   map[string]bool
	err     error
}

// Open lists the tree under dir. Close it after use.
func Open(dir string) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the submission: %w", err)
	}
	t := &Tree{
		root: root, folders: map[string]bool{".": true}, odd: map[string]string{},
		kept: map[string]string{}, noted: map[string]bool{},
	}
	if err := fs.WalkDir(root.FS(), ".", t.visit); err != nil {
		return nil, errors.Join(fmt.Errorf("list the submission: %w", err), root.Close())
	}
	sort.Slice(t.files, func(i, j int) bool { return t.files[i].Path < t.files[j].Path })
	return t, nil
}

// Close lets go of the folder.
func (t *Tree) Close() error { return t.root.Close() }

// Err is the first error of ours that a read met.
func (t *Tree) Err() error { return t.err }

// Notes says which files were there but could not be used.
func (t *Tree) Notes() []string { return t.notes }

func (t *Tree) visit(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			t.odd[name] = "may not be read"
			return nil
		}
		return err
	}
	switch {
	case entry.IsDir():
		if name == "." {
			return nil
		}
		t.folders[name] = true
		if isForeign(entry.Name()) || strings.Count(name, "/") >= maxDepth {
			return fs.SkipDir
		}
	case entry.Type()&fs.ModeSymlink != 0:
		t.visitLink(name)
	case entry.Type().IsRegular():
		if len(t.files) >= maxFiles {
			t.note(".", fmt.Sprintf("the submission has more than %d files; the rest was not looked at", maxFiles))
			return fs.SkipAll
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		t.files = append(t.files, File{Path: name, Size: info.Size()})
	default:
		t.odd[name] = "is not a regular file"
	}
	return nil
}

func (t *Tree) visitLink(name string) {
	info, err := t.root.Stat(name)
	switch {
	case err != nil:
		t.odd[name] = "is a link that leads nowhere inside the submission"
	case info.Mode().IsRegular():
		t.files = append(t.files, File{Path: name, Size: info.Size()})
	default:
		t.odd[name] = "is a link to something that is not a file"
	}
}

// isForeign reports a folder whose content is not the candidate's work. Its files are
// not listed, but a file in it can still be asked for by name.
func isForeign(name string) bool {
	switch name {
	case "node_modules", ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", "vendor",
		".next", ".nuxt", ".idea", ".vscode", ".gradle", ".pytest_cache", ".mypy_cache", "__MACOSX":
		return true
	}
	return false
}

// Files lists all regular files, sorted by path.
func (t *Tree) Files() []File { return t.files }

// Under lists the files below a folder at any depth, sorted by path.
func (t *Tree) Under(folder string) []File {
	if folder == "." {
		return t.files
	}
	prefix := folder + "/"
	first := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= prefix })
	last := first
	for last < len(t.files) && strings.HasPrefix(t.files[last].Path, prefix) {
		last++
	}
	return t.files[first:last]
}

// Names lists the names of the files directly in a folder, sorted.
func (t *Tree) Names(folder string) []string {
	var names []string
	for _, file := range t.Under(folder) {
		if path.Dir(file.Path) == folder {
			names = append(names, path.Base(file.Path))
		}
	}
	return names
}

// Folders lists the folders directly in a folder, sorted, as slash paths from the root.
func (t *Tree) Folders(folder string) []string {
	var found []string
	for name := range t.folders {
		if name != "." && path.Dir(name) == folder {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// HasFolder reports whether a folder is there.
func (t *Tree) HasFolder(name string) bool { return t.folders[clean(name)] }

// Has reports whether a file that can be read is there. Something odd under the name is noted.
func (t *Tree) Has(name string) bool {
	name = clean(name)
	if t.listed(name) {
		return true
	}
	if why, ok := t.odd[name]; ok {
		t.note(name, fmt.Sprintf("%s %s, and was left out", takehome.Line(name), why))
		return false
	}
	if t.folders[name] {
		t.note(name, takehome.Line(name)+" is a folder, not a file")
		return false
	}
	return t.inForeign(name)
}

// First returns the first of the names that is a file in folder, as a path from the root.
func (t *Tree) First(folder string, names ...string) (string, bool) {
	for _, name := range names {
		if full := path.Join(folder, name); t.Has(full) {
			return full, true
		}
	}
	return "", false
}

func (t *Tree) listed(name string) bool {
	at := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= name })
	return at < len(t.files) && t.files[at].Path == name
}

// inForeign looks for a file in a folder that is not listed, such as vendor/modules.txt.
func (t *Tree) inForeign(name string) bool {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if t.folders[at] && isForeign(path.Base(at)) {
			info, err := t.root.Stat(name)
			return err == nil && info.Mode().IsRegular()
		}
		if at == "/" {
			break
		}
	}
	return false
}

// Text reads a file of at most TextLimit bytes: without a byte order mark, lines ended
// by a line feed, UTF-16 turned into UTF-8. The second result is false where there is no
// such file or it cannot be used.
func (t *Tree) Text(name string) (string, bool) {
	raw, ok := t.Bytes(name, TextLimit)
	if !ok {
		return "", false
	}
	return decode(raw), true
}

// Bytes reads a file as it is, if it has at most limit bytes.
func (t *Tree) Bytes(name string, limit int64) ([]byte, bool) {
	name = clean(name)
	if !t.Has(name) {
		return nil, false
	}
	if text, ok := t.kept[name]; ok && int64(len(text)) <= limit {
		return []byte(text), true
	}
	raw, err := t.read(name, limit)
	switch {
	case errors.Is(err, errTooBig):
		t.note(name, fmt.Sprintf("%s is larger than %d KiB, and was not read", takehome.Line(name), limit>>10))
		return nil, false
	case strangers(err):
		t.note(name, takehome.Line(name)+" could not be read, and was left out")
		return nil, false
	case err != nil:
		if t.err == nil {
			t.err = fmt.Errorf("read %s of the submission: %w", takehome.Line(name), err)
		}
		return nil, false
	}
	if t.keptSum+len(raw) <= maxKept {
		t.kept[name] = string(raw)
		t.keptSum += len(raw)
	}
	return raw, true
}

var errTooBig = errors.New("larger than the limit")

func (t *Tree) read(name string, limit int64) ([]byte, error) {
	file, err := t.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // opened for reading only
	raw, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, errTooBig
	}
	return raw, nil
}

// strangers tells the errors that the shape of a submission can cause from those of our disk.
func strangers(err error) bool {
	for _, target := range []error{
		fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid, syscall.EISDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.ENOTDIR,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return err != nil && strings.Contains(err.Error(), "path escapes from parent")
}

func (t *Tree) note(about, line string) {
	if !t.noted[about] {
		t.noted[about] = true
		t.notes = append(t.notes, line)
	}
}

// Note adds a remark about a file, once.
func (t *Tree) Note(line string) { t.note("note: "+line, line) }

func clean(name string) string {
	return path.Clean(strings.TrimPrefix(name, "/"))
}
