package tree_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/tree"
)

func open(t *testing.T, files map[string]string) (*tree.Tree, string) {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o750))
		require.NoError(t, os.WriteFile(full, []byte(body), 0o600))
	}
	opened, err := tree.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	return opened, dir
}

func paths(files []tree.File) []string {
	var made []string
	for _, file := range files {
		made = append(made, file.Path)
	}
	return made
}

func TestListing(t *testing.T) {
	t.Parallel()
	files, _ := open(t, map[string]string{
		"b.txt": "", "a/x.go": "", "a/deep/y.go": "", "a-b/z.go": "", "node_modules/p/index.js": "", "vendor/modules.txt": "v", ".git/config": "",
	})
	require.Equal(t, []string{"a-b/z.go", "a/deep/y.go", "a/x.go", "b.txt"}, paths(files.Files()))
	require.Equal(t, []string{"a/deep/y.go", "a/x.go"}, paths(files.Under("a")))
	require.Equal(t, []string{"x.go"}, files.Names("a"))
	require.Equal(t, []string{".git", "a", "a-b", "node_modules", "vendor"}, files.Folders("."))
	require.True(t, files.HasFolder("node_modules"))
	require.True(t, files.Has("vendor/modules.txt"), "a file in a foreign folder can be asked for")
	require.False(t, files.Has("vendor/nothing.txt"))
	require.False(t, files.Has("nowhere/file"))
	name, ok := files.First("a", "nope.go", "x.go")
	require.True(t, ok)
	require.Equal(t, "a/x.go", name)
	require.Empty(t, files.Notes())
}

func TestTextIsDecoded(t *testing.T) {
	t.Parallel()
	files, _ := open(t, map[string]string{
		"bom": "\xef\xbb\xbfa\r\nb", "utf16le": "\xff\xfef\x00l\x00a\x00s\x00k\x00", "utf16be": "\xfe\xff\x00x\x00=", "broken": "a\xffb",
	})
	for name, wanted := range map[string]string{"bom": "a\nb", "utf16le": "flask", "utf16be": "x=", "broken": "a\uFFFDb"} {
		text, ok := files.Text(name)
		require.True(t, ok)
		require.Equal(t, wanted, text)
	}
}

func TestLimitsBecomeNotes(t *testing.T) {
	t.Parallel()
	files, _ := open(t, map[string]string{"big": strings.Repeat("x", tree.TextLimit+1), "small": "12345", "folder/x": ""})
	_, ok := files.Text("big")
	require.False(t, ok)
	_, ok = files.Bytes("small", 4)
	require.False(t, ok)
	_, ok = files.Text("folder")
	require.False(t, ok)
	_, ok = files.Text("absent")
	require.False(t, ok)
	require.Equal(t, []string{"big is larger than 1024 KiB, and was not read", "small is larger than 0 KiB, and was not read", "folder is a folder, not a file"}, files.Notes())
	require.NoError(t, files.Err())
}

func TestNothingOutsideIsRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	_, outside := open(t, map[string]string{"secret": "s"})
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "folder")))
	require.NoError(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "inside"), []byte("i"), 0o600))
	require.NoError(t, os.Symlink("inside", filepath.Join(dir, "good")))
	files, err := tree.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	for _, name := range []string{"link", "folder/secret", "loop", "../secret", "/etc/passwd", "folder"} {
		_, ok := files.Text(name)
		require.False(t, ok, name)
	}
	text, ok := files.Text("good")
	require.True(t, ok)
	require.Equal(t, "i", text)
	require.NoError(t, files.Err())
}

// TestAFileThatTurnsIntoALink is a race that a clean copy does not have; the answer is
// still that nothing outside is read.
func TestAFileThatTurnsIntoALink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	_, outside := open(t, map[string]string{"secret": "s"})
	files, dir := open(t, map[string]string{"a": "a", "b": "b"})
	require.NoError(t, os.Remove(filepath.Join(dir, "a")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "a")))
	require.NoError(t, os.Remove(filepath.Join(dir, "b")))
	for _, name := range []string{"a", "b"} {
		_, ok := files.Text(name)
		require.False(t, ok)
	}
	require.NoError(t, files.Err())
	require.Len(t, files.Notes(), 2)
}
