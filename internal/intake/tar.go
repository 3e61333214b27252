package intake

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
)

// tarSource is a .tar.gz. It can only be read from the beginning to the end, so it is
// read twice: once for the listing, once for the contents.
type tarSource struct {
	archive *archiveFile
	limits  Limits
	table   *table
	peeked  map[string][]byte
}

func openTar(ctx context.Context, archive *archiveFile, limits Limits) (*tarSource, error) {
	s := &tarSource{archive: archive, limits: limits, table: newTable(limits.maxListed()), peeked: make(map[string][]byte)}
	err := s.walk(ctx, func(from string, header *tar.Header, content io.Reader) error {
		if err := s.table.add(tarEntry(from, header)); err != nil {
			return err
		}
		return s.keepDockerfile(from, header, content)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *tarSource) close() { _ = s.archive.file.Close() } // only read from

// walk reads the archive from the beginning. Its errors are classified.
func (s *tarSource) walk(ctx context.Context, visit func(from string, header *tar.Header, content io.Reader) error) error {
	packed := bufio.NewReaderSize(io.NewSectionReader(s.archive, 0, s.archive.size), 64<<10)
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return s.archive.damaged(err)
	}
	reader := tar.NewReader(&meter{Reader: unpacked, archive: s.archive, limits: s.limits})
	for {
		if err := stopped(ctx); err != nil {
			return err
		}
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // archivePath judges paths
			return s.archive.damaged(err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue // git archive writes the commit there
		}
		from, err := archivePath(header.Name)
		if err != nil {
			return err
		}
		if err := visit(from, header, reader); err != nil {
			return s.archive.damaged(err)
		}
	}
}

func tarEntry(from string, header *tar.Header) entry {
	found := entry{from: from, size: header.Size, mode: modeOf(uint32(header.Mode & 0o777))}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		found.kind = kindFile
	case tar.TypeDir:
		found.kind = kindFolder
	case tar.TypeSymlink:
		found.kind, found.target = kindLink, header.Linkname
	case tar.TypeLink:
		found.kind, found.what = kindOther, "a hard link"
	case tar.TypeChar, tar.TypeBlock:
		found.kind, found.what = kindOther, "a device"
	case tar.TypeFifo:
		found.kind, found.what = kindOther, "a named pipe"
	default:
		found.kind, found.what = kindOther, fmt.Sprintf("of the unknown type %q", header.Typeflag)
	}
	return found
}

// keepDockerfile remembers what the survey may want to peek at, since there is no way back.
func (s *tarSource) keepDockerfile(from string, header *tar.Header, content io.Reader) error {
	const most = 50
	if header.Typeflag != tar.TypeReg || !isDockerfile(path.Base(from)) ||
		header.Size > peekLimit || len(s.peeked) >= most {
		return nil
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(from), err)
	}
	s.peeked[from] = text
	return nil
}

func (s *tarSource) children(_ context.Context, from string) ([]entry, error) {
	return s.table.children(from), nil
}

func (s *tarSource) peek(_ context.Context, from string) ([]byte, error) {
	return s.peeked[from], nil
}

func (s *tarSource) contents(ctx context.Context, wanted []entry, put putter) error {
	missing := make(map[string]entry, len(wanted))
	for _, file := range wanted {
		missing[file.from] = file
	}
	err := s.walk(ctx, func(from string, _ *tar.Header, content io.Reader) error {
		file, ok := missing[from]
		if !ok {
			return nil
		}
		delete(missing, from)
		return put(file, classified{content, s.archive.damaged})
	})
	if err == nil && len(missing) > 0 {
		return changedFault(s.archive.name)
	}
	return err
}

// meter counts what comes out of an archive, and stops a bomb.
type meter struct {
	io.Reader
	archive  *archiveFile
	limits   Limits
	unpacked int64
}

// Read implements io.Reader.
func (m *meter) Read(into []byte) (int, error) {
	n, err := m.Reader.Read(into)
	m.unpacked += int64(n)
	if bomb := m.archive.bomb(m.unpacked, m.limits); bomb != nil {
		return n, bomb
	}
	return n, err
}

// bomb refuses an archive out of which more comes than may, in all or for its size.
func (a *archiveFile) bomb(unpacked int64, limits Limits) error {
	const hint = "leave out large generated files, and pack the submission anew"
	switch {
	case unpacked > limits.maxUnpacked():
		return refuse(ruleSize, filepath.Base(a.name),
			"it unpacks to more than "+shownBytes(limits.maxUnpacked()), hint)
	case unpacked > ratioFree && unpacked/limits.MaxRatio > a.size:
		return refuse(ruleSize, filepath.Base(a.name),
			fmt.Sprintf("it unpacks to more than %d times its size", limits.MaxRatio), hint)
	}
	return nil
}

// isDockerfile knows "Dockerfile", "Dockerfile.dev" and "api.Dockerfile".
func isDockerfile(name string) bool {
	return strings.HasPrefix(name, "Dockerfile") || strings.HasSuffix(name, ".Dockerfile")
}
