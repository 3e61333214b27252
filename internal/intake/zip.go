package intake

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxDirectory is how many bytes of a zip's directory are read. One entry takes at
// least 47; a committed node_modules of 60,000 files takes about 8 MiB.
const maxDirectory = 16 << 20

// zipSource is a .zip. Its files can be read in any order.
type zipSource struct {
	archive *archiveFile
	limits  Limits
	table   *table
	files   map[string]*zip.File // by path
	odd     []string             // names that had to be read differently from how they are written
}

func openZip(archive *archiveFile, limits Limits) (*zipSource, error) {
	budget := &directoryBudget{archive: archive, left: maxDirectory}
	reader, err := zip.NewReader(budget, archive.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // archivePath judges paths
		return nil, archive.damaged(err)
	}
	budget.lifted = true
	s := &zipSource{
		archive: archive, limits: limits,
		table: newTable(limits.maxListed()), files: make(map[string]*zip.File, len(reader.File)),
	}
	names, modes := namesOf(reader), modesOf(reader)
	for i, packed := range reader.File {
		from, err := archivePath(names.decode(packed))
		if err != nil {
			return nil, err
		}
		if err := s.table.add(zipEntry(from, packed, names.isFolder(packed), modes)); err != nil {
			return nil, err
		}
		s.files[from] = reader.File[i]
	}
	s.odd = names.notes()
	return s, nil
}

func (s *zipSource) close() { _ = s.archive.file.Close() } // only read from

// directoryBudget stops the reading of a directory that claims millions of entries,
// before each of them takes its place in memory.
type directoryBudget struct {
	archive *archiveFile
	left    int64
	lifted  bool
}

// ReadAt implements io.ReaderAt.
func (b *directoryBudget) ReadAt(into []byte, at int64) (int, error) {
	n, err := b.archive.ReadAt(into, at)
	if b.left -= int64(n); b.left < 0 && !b.lifted {
		return 0, refuse(ruleCount, filepath.Base(b.archive.name), "the archive lists too many entries",
			"leave out what a build makes again, such as node_modules or a virtual environment")
	}
	return n, err
}

func zipEntry(from string, packed *zip.File, isFolder bool, modes zipModes) entry {
	found := entry{from: from, kind: kindFile, mode: modes.of(packed)}
	if packed.UncompressedSize64 < 1<<62 {
		found.size = int64(packed.UncompressedSize64)
	} else {
		found.size = 1 << 62
	}
	switch kind := packed.Mode().Type(); {
	case isFolder || kind == fs.ModeDir:
		found.kind = kindFolder
	case kind == fs.ModeSymlink:
		found.kind = kindLink
	case kind != 0:
		found.kind, found.what = kindOther, describeType(kind)
	}
	return found
}

func (s *zipSource) children(_ context.Context, from string) ([]entry, error) {
	entries := s.table.children(from)
	for i := range entries {
		if entries[i].kind != kindLink {
			continue
		}
		target, err := s.read(entries[i].from, maxListedPath)
		if err != nil {
			return nil, err
		}
		entries[i].target = string(target)
	}
	return entries, nil
}

func (s *zipSource) peek(_ context.Context, from string) ([]byte, error) {
	packed, ok := s.files[from]
	if !ok || packed.UncompressedSize64 > peekLimit {
		return nil, nil
	}
	return s.read(from, peekLimit)
}

func (s *zipSource) read(from string, limit int64) ([]byte, error) {
	opened, err := s.open(from)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }() // only read from
	content, err := io.ReadAll(io.LimitReader(opened, limit+1))
	if err != nil {
		return nil, s.archive.damaged(err)
	}
	if int64(len(content)) > limit {
		return nil, refuse(ruleSize, from, "it is longer than it claims", "pack the submission anew")
	}
	return content, nil
}

func (s *zipSource) open(from string) (io.ReadCloser, error) {
	packed := s.files[from]
	if packed.Flags&1 != 0 {
		return nil, refuse(ruleFormat, from, "the archive is encrypted", "pack the submission without a password")
	}
	opened, err := packed.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, refuse(ruleFormat, from, fmt.Sprintf("it is packed by a method (%d) that is not taken in", packed.Method),
			"pack the submission as an ordinary .zip (method deflate) or as .tar.gz")
	}
	if err != nil {
		return nil, s.archive.damaged(err)
	}
	return opened, nil
}

// contents counts over all files: entries that overlap in the archive make a bomb of
// many small ones.
func (s *zipSource) contents(ctx context.Context, wanted []entry, put putter) error {
	total := &meter{archive: s.archive, limits: s.limits}
	for _, file := range wanted {
		if err := stopped(ctx); err != nil {
			return err
		}
		opened, err := s.open(file.from)
		if err != nil {
			return err
		}
		total.Reader = opened
		err = put(file, classified{total, s.archive.damaged})
		_ = opened.Close() // only read from
		if err != nil {
			return err
		}
	}
	return nil
}

// zipNames tells how the names in a zip are written.
type zipNames struct {
	backslashes bool // as path separators, by old Windows tools
	decoded     int  // names that were not UTF-8
}

// namesOf looks at all names: where backslashes occur and no slash does, they separate.
func namesOf(reader *zip.Reader) *zipNames {
	slashes, backslashes := false, false
	for _, packed := range reader.File {
		slashes = slashes || strings.Contains(packed.Name, "/")
		backslashes = backslashes || strings.Contains(packed.Name, `\`)
	}
	return &zipNames{backslashes: backslashes && !slashes}
}

// decode gives a name with slashes and in UTF-8. A name without the UTF-8 flag that is
// not UTF-8 is in code page 437 (APPNOTE.TXT, appendix D).
func (n *zipNames) decode(packed *zip.File) string {
	name := packed.Name
	if packed.NonUTF8 && !utf8.ValidString(name) {
		if decoded, err := charmap.CodePage437.NewDecoder().String(name); err == nil {
			name = decoded
			n.decoded++
		}
	}
	if n.backslashes {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

func (n *zipNames) isFolder(packed *zip.File) bool {
	return n.backslashes && strings.HasSuffix(packed.Name, `\`) && packed.UncompressedSize64 == 0
}

func (n *zipNames) notes() []string {
	var notes []string
	if n.backslashes {
		notes = append(notes, "the archive separates paths with backslashes; they were read as slashes")
	}
	if n.decoded > 0 {
		notes = append(notes, fmt.Sprintf("%d names in the archive are not UTF-8; they were read as code page 437", n.decoded))
	}
	return notes
}

// zipModes tells what a missing Unix mode means in a zip.
type zipModes struct{ otherwise mode }

// modesOf knows that git archive writes the Unix mode of links and executable files
// only, and the commit as the comment.
func modesOf(reader *zip.Reader) zipModes {
	if isCommit(reader.Comment) {
		return zipModes{plain}
	}
	return zipModes{unknownMode}
}

func (m zipModes) of(packed *zip.File) mode {
	const unix, macOS = 3, 19 // "version made by", APPNOTE.TXT 4.4.2
	maker := packed.CreatorVersion >> 8
	if (maker == unix || maker == macOS) && packed.ExternalAttrs>>16 != 0 {
		return modeOf(packed.ExternalAttrs >> 16 & 0o777)
	}
	return m.otherwise
}
