package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

func program() []item {
	return []item{
		{name: "README.md", body: "# todo\n"},
		{name: "Dockerfile", body: "FROM golang\n"},
		{name: "cmd/todo/main.go", body: "package main\n"},
		{name: "start.sh", body: "#!/bin/sh\nexec todo\n", mode: 0o755},
		{name: "uploads/", body: ""},
		{name: "latest.md", link: "README.md"},
		{name: "cmd/README.md", link: "../README.md"},
		{name: "empty.txt"},
	}
}

func TestFolderZipAndTarOfTheSameTreeAreTheSame(t *testing.T) {
	t.Parallel()
	wrapped := program()
	for i := range wrapped {
		wrapped[i].name = "todo-main/" + wrapped[i].name
	}
	reversed := program()
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	dotted := program()
	for i := range dotted {
		dotted[i].name = "./" + dotted[i].name
	}
	given := map[string]string{
		"folder": folderOf(t, program()...), "zip": zipOf(t, program()...), "tar": tarOf(t, program()...),
		"wrapped zip": zipOf(t, wrapped...), "wrapped tar": tarOf(t, wrapped...),
		"reversed tar": tarOf(t, reversed...), "dotted tar": tarOf(t, dotted...),
	}
	first := open(t, given["folder"], intake.Options{})
	require.Equal(t, map[string]string{
		"README.md": "# todo\n", "Dockerfile": "FROM golang\n", "cmd": "/", "cmd/todo": "/", "cmd/todo/main.go": "package main\n",
		"start.sh": "#!/bin/sh\nexec todo\n", "uploads": "/", "latest.md": "-> README.md", "cmd/README.md": "-> ../README.md", "empty.txt": "",
	}, listing(t, first))
	require.Equal(t, 5, first.Submission.Files)
	require.Equal(t, int64(52), first.Submission.Bytes)
	require.Empty(t, first.Submission.Notes)
	for name, path := range given {
		tree := open(t, path, intake.Options{})
		require.Equal(t, first.Submission.Digest, tree.Submission.Digest, name)
		require.Equal(t, listing(t, first), listing(t, tree), name)
		require.Equal(t, filepath.Base(path), tree.Submission.Name)
		require.Equal(t, path, tree.Submission.Origin.Given)
	}
	require.Equal(t, "folder", first.Submission.Origin.Kind)
	require.Equal(t, "zip", open(t, given["zip"], intake.Options{}).Submission.Origin.Kind)
	require.Equal(t, "tar.gz", open(t, given["tar"], intake.Options{}).Submission.Origin.Kind)
}

// The digest is written down: it must not change from version to version.
func TestDigestIsWhatItAlwaysWas(t *testing.T) {
	t.Parallel()
	tree := open(t, zipOf(t, program()...), intake.Options{})
	require.Equal(t, "sha256:89b549c1a44dc45d2d8722dddff0ece56d89faed3fe13420cd28ce0bafe9ac99", tree.Submission.Digest)
}

func TestDigestSeesEveryDifference(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, change := range map[string]func([]item) []item{
		"nothing":      func(items []item) []item { return items },
		"content":      func(items []item) []item { items[0].body = "# Todo\n"; return items },
		"mode":         func(items []item) []item { items[0].mode = 0o755; return items },
		"name":         func(items []item) []item { items[0].name = "README"; return items },
		"link":         func(items []item) []item { items[5].link = "Dockerfile"; return items },
		"empty folder": func(items []item) []item { return append(items, item{name: "tmp/"}) },
		"kind":         func(items []item) []item { items[7] = item{name: "empty.txt/"}; return items },
	} {
		digest := open(t, tarOf(t, change(program())...), intake.Options{}).Submission.Digest
		require.NotContains(t, seen, digest, "%s is the same as %s", name, seen[digest])
		seen[digest] = name
	}
}

func TestModesAreMasked(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	items := []item{
		{name: "setuid", body: "x", mode: 0o4755},
		{name: "writable", body: "x", mode: 0o666},
		{name: "secret", body: "x", mode: 0o400},
		{name: "owner-only", body: "x", mode: 0o700},
	}
	for _, given := range []string{zipOf(t, items...), tarOf(t, items...), folderOf(t, items...)} {
		tree := open(t, given, intake.Options{})
		for name, want := range map[string]os.FileMode{"setuid": 0o755, "writable": 0o644, "secret": 0o644, "owner-only": 0o755} {
			info, err := os.Lstat(filepath.Join(tree.Submission.Dir, name))
			require.NoError(t, err)
			require.Equal(t, want, info.Mode(), "%s of %s", name, given)
		}
	}
}

func TestFaultsOfTheOperatorHaveANextStep(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "deep")
	require.Contains(t, fault(t, missing, intake.Options{}).Error(), "there is no file or folder")
	require.Contains(t, fault(t, "", intake.Options{}).Error(), "no submission was named")
	folder := folderOf(t, program()...)
	require.Contains(t, fault(t, folder, intake.Options{TempDir: filepath.Join(folder, "README.md", "x")}).Error(), "make a folder")
	require.Contains(t, fault(t, os.DevNull, intake.Options{}).Error(), "neither a folder nor a file")
}

func TestEmptySubmissionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]string{
		"folder":              folderOf(t),
		"zip":                 zipOf(t),
		"tar":                 tarOf(t),
		"empty file":          fileOf(t, "submission.zip", nil),
		"only folders":        zipOf(t, item{name: "a/"}, item{name: "a/b/"}),
		"only what is left":   folderOf(t, item{name: ".git/config", body: "x"}),
		"only a desktop file": zipOf(t, item{name: "x/.DS_Store", body: "x"}),
	} {
		require.Equal(t, "empty", refusal(t, given, intake.Options{}).Rule, name)
	}
}

func TestWhatIsNoArchiveIsRefused(t *testing.T) {
	t.Parallel()
	whole := tarOf(t, program()...)
	content, err := os.ReadFile(whole)
	require.NoError(t, err)
	for name, given := range map[string]struct{ path, why string }{
		"text":          {fileOf(t, "submission.zip", []byte("hello")), "only folders, .zip and .tar.gz"},
		"rar":           {fileOf(t, "submission.zip", []byte("Rar!\x1a\x07")), "a RAR archive"},
		"7z":            {fileOf(t, "submission.7z", []byte("7z\xbc\xaf\x27\x1c")), "7-Zip"},
		"bzip2":         {fileOf(t, "submission.tar.gz", []byte("BZh91AY")), "bzip2"},
		"truncated tar": {fileOf(t, "submission.tar.gz", content[:len(content)/2]), "damaged"},
		"broken zip":    {fileOf(t, "submission.zip", []byte("PK\x03\x04nothing of the kind")), "damaged"},
		"gzip of text":  {gzipOf(t, []byte(strings.Repeat("no tar ", 200))), "damaged"},
	} {
		refused := refusal(t, given.path, intake.Options{})
		require.Equal(t, "format", refused.Rule, name)
		require.Contains(t, refused.Why, given.why, name)
	}
}

func TestAFileIsKnownByItsContent(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(tarOf(t, program()...))
	require.NoError(t, err)
	tree := open(t, fileOf(t, "called.zip", content), intake.Options{})
	require.Equal(t, "tar.gz", tree.Submission.Origin.Kind)
}

func TestTheEndOfTheContextEndsTheIntake(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	temp := t.TempDir()
	for _, given := range []string{folderOf(t, program()...), zipOf(t, program()...), tarOf(t, program()...)} {
		_, err := intake.Open(ctx, given, intake.Options{TempDir: temp})
		require.ErrorIs(t, err, context.Canceled)
	}
	requireEmpty(t, temp)
}

func TestACopyOfTheFolderAboveTheCopyEnds(t *testing.T) {
	t.Parallel()
	folder := folderOf(t, program()...)
	tree, err := intake.Open(t.Context(), folder, intake.Options{TempDir: folder})
	require.NoError(t, err)
	require.NotContains(t, listing(t, tree), filepath.Base(filepath.Dir(tree.Submission.Dir))+"/tree/README.md")
	require.NoError(t, tree.Close())
}
