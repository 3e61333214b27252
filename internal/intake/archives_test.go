package intake_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// item is one entry of an archive or folder that a test makes.
type item struct {
	name string
	body string
	mode int64 // permissions; 0 means 0644
	link string
	kind byte // a tar type, where it is none of file, folder and link
}

func (i item) permissions() int64 {
	if i.mode == 0 {
		return 0o644
	}
	return i.mode
}

func (i item) isFolder() bool { return i.name != "" && i.name[len(i.name)-1] == '/' }

// zipOf writes items as a zip made on Unix would have them.
func zipOf(tb testing.TB, items ...item) string {
	tb.Helper()
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	for _, i := range items {
		header := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		body := i.body
		switch {
		case i.link != "":
			header.SetMode(os.ModeSymlink | 0o777)
			body = i.link
		case i.isFolder():
			header.SetMode(os.ModeDir | 0o755)
		default:
			header.SetMode(os.FileMode(i.permissions()) & os.ModePerm)
			if i.permissions()&0o4000 != 0 {
				header.ExternalAttrs |= 0o4000 << 16
			}
		}
		entry, err := writer.CreateHeader(header)
		require.NoError(tb, err)
		_, err = entry.Write([]byte(body))
		require.NoError(tb, err)
	}
	require.NoError(tb, writer.Close())
	return fileOf(tb, "submission.zip", packed.Bytes())
}

func tarOf(tb testing.TB, items ...item) string {
	tb.Helper()
	var packed bytes.Buffer
	squeezed := gzip.NewWriter(&packed)
	writer := tar.NewWriter(squeezed)
	for _, i := range items {
		header := &tar.Header{Name: i.name, Mode: i.permissions(), Size: int64(len(i.body)), Typeflag: tar.TypeReg}
		switch {
		case i.kind != 0:
			header.Typeflag, header.Linkname, header.Size = i.kind, i.link, 0
		case i.link != "":
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, i.link, 0
		case i.isFolder():
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
		}
		require.NoError(tb, writer.WriteHeader(header))
		if header.Size > 0 {
			_, err := writer.Write([]byte(i.body))
			require.NoError(tb, err)
		}
	}
	require.NoError(tb, writer.Close())
	require.NoError(tb, squeezed.Close())
	return fileOf(tb, "submission.tar.gz", packed.Bytes())
}

func folderOf(tb testing.TB, items ...item) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "submission")
	require.NoError(tb, os.Mkdir(dir, 0o755))
	for _, i := range items {
		at := filepath.Join(dir, filepath.FromSlash(i.name))
		if i.isFolder() {
			require.NoError(tb, os.MkdirAll(at, 0o755))
			continue
		}
		require.NoError(tb, os.MkdirAll(filepath.Dir(at), 0o755))
		if i.link != "" {
			require.NoError(tb, os.Symlink(i.link, at))
			continue
		}
		require.NoError(tb, os.WriteFile(at, []byte(i.body), 0o644))
		require.NoError(tb, os.Chmod(at, os.FileMode(i.permissions())&os.ModePerm))
	}
	return dir
}

func fileOf(tb testing.TB, name string, content []byte) string {
	tb.Helper()
	at := filepath.Join(tb.TempDir(), name)
	require.NoError(tb, os.WriteFile(at, content, 0o644))
	return at
}

// open takes in what must be taken in, and checks that closing leaves nothing.
func open(tb testing.TB, given string, options intake.Options) *intake.Tree {
	tb.Helper()
	if options.TempDir == "" {
		options.TempDir = tb.TempDir()
	}
	tree, err := intake.Open(tb.Context(), given, options)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, tree.Close())
		require.NoError(tb, tree.Close())
		requireEmpty(tb, options.TempDir)
	})
	return tree
}

// refusal takes in what must be refused, and checks that nothing was left on the disk.
func refusal(tb testing.TB, given string, options intake.Options) *takehome.Refusal {
	tb.Helper()
	options.TempDir = tb.TempDir()
	tree, err := intake.Open(tb.Context(), given, options)
	require.Error(tb, err)
	require.Nil(tb, tree)
	require.Equal(tb, takehome.Candidate, takehome.OwnerOf(err), "%v", err)
	var refused *takehome.Refusal
	require.ErrorAs(tb, err, &refused)
	require.NotEmpty(tb, refused.Why)
	require.NotEmpty(tb, refused.Hint, "%v", err)
	requireEmpty(tb, options.TempDir)
	return refused
}

// fault takes in what cannot be taken in for a reason of the operator's.
func fault(tb testing.TB, given string, options intake.Options) *takehome.Fault {
	tb.Helper()
	if options.TempDir == "" {
		options.TempDir = tb.TempDir()
	}
	_, err := intake.Open(tb.Context(), given, options)
	require.Error(tb, err)
	require.Equal(tb, takehome.Operator, takehome.OwnerOf(err), "%v", err)
	var found *takehome.Fault
	require.ErrorAs(tb, err, &found)
	require.NotEmpty(tb, found.Hint, "%v", err)
	return found
}

func requireEmpty(tb testing.TB, dir string) {
	tb.Helper()
	left, err := os.ReadDir(dir)
	require.NoError(tb, err)
	require.Empty(tb, left)
}

// listing is the clean copy as a map: content of files, "-> target" of links, "/" for folders.
func listing(tb testing.TB, tree *intake.Tree) map[string]string {
	tb.Helper()
	found := map[string]string{}
	root := tree.Submission.Dir
	require.NoError(tb, filepath.WalkDir(root, func(at string, entry os.DirEntry, err error) error {
		if err != nil || at == root {
			return err
		}
		name, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		switch entry.Type() {
		case os.ModeDir:
			found[filepath.ToSlash(name)] = "/"
		case os.ModeSymlink:
			target, err := os.Readlink(at)
			if err != nil {
				return err
			}
			found[filepath.ToSlash(name)] = "-> " + target
		default:
			content, err := os.ReadFile(at)
			if err != nil {
				return err
			}
			found[filepath.ToSlash(name)] = string(content)
		}
		return nil
	}))
	return found
}

func sorted(notes []string) []string { return slices.Sorted(slices.Values(notes)) }
