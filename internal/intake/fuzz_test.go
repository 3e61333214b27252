package intake_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/takehome-dev/takehome/internal/intake"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// FuzzArchive feeds any bytes as an archive: nothing panics, nothing is written outside
// the clean copy, and every refusal is classified.
func FuzzArchive(f *testing.F) {
	for _, given := range []string{
		zipOf(f, item{name: "a/b.txt", body: "x"}, item{name: "l", link: "a/b.txt"}),
		tarOf(f, item{name: "a/b.txt", body: "x"}, item{name: "l", link: "a/b.txt"}),
		zipOf(f, item{name: "../x", body: "x"}),
		tarOf(f, item{name: "a", link: "/"}, item{name: "a/x", body: "x"}),
	} {
		content, err := os.ReadFile(given)
		require.NoError(f, err)
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		base := t.TempDir()
		temp := filepath.Join(base, "temp")
		require.NoError(t, os.Mkdir(temp, 0o755))
		given := filepath.Join(base, "given")
		require.NoError(t, os.WriteFile(given, content, 0o644))
		tree, err := intake.Open(t.Context(), given, intake.Options{TempDir: temp, Limits: intake.Limits{MaxBytes: 1 << 20, MaxFiles: 100}})
		if err != nil {
			require.NotEqual(t, takehome.Takehome, takehome.OwnerOf(err), "%v", err)
		} else {
			require.NoError(t, tree.Close())
		}
		requireEmpty(t, temp)
		beside, err := os.ReadDir(base)
		require.NoError(t, err)
		require.Len(t, beside, 2)
	})
}

// The digest does not depend on the order of an archive, on its kind, nor on folders
// that are named or only implied.
func TestDigestIsFreeOfOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		paths := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c]/[d-f]{1,2}(/[g-i]\.txt)?`), 1, 12, rapid.ID[string]).Draw(rt, "paths")
		taken := map[string]bool{}
		var items []item
		for _, path := range paths {
			if taken[path] {
				continue
			}
			if parent := filepath.ToSlash(filepath.Dir(path)); len(parent) > 1 {
				if _, isFile := fileNamed(items, parent); isFile {
					continue
				}
				taken[parent] = true
			}
			if taken[path] {
				continue
			}
			items = append(items, item{name: path, body: rapid.String().Draw(rt, "body"), mode: rapid.SampledFrom([]int64{0o644, 0o755}).Draw(rt, "mode")})
		}
		items = append(items, item{name: "top.txt", body: "keeps the top folder from being unwrapped"})
		shuffled := rapid.Permutation(items).Draw(rt, "order")
		named := append([]item{{name: "a/"}}, shuffled...)
		if !anyBelow(items, "a/") {
			named = shuffled
		}
		want := digestOf(t, tarOf(t, items...))
		require.Equal(rt, want, digestOf(t, tarOf(t, named...)))
		require.Equal(rt, want, digestOf(t, zipOf(t, shuffled...)))
		require.Equal(rt, want, digestOf(t, folderOf(t, shuffled...)))
	})
}

func fileNamed(items []item, name string) (item, bool) {
	for _, i := range items {
		if i.name == name {
			return i, true
		}
	}
	return item{}, false
}

func anyBelow(items []item, folder string) bool {
	for _, i := range items {
		if len(i.name) > len(folder) && i.name[:len(folder)] == folder {
			return true
		}
	}
	return false
}

func digestOf(tb testing.TB, given string) string {
	tb.Helper()
	tree, err := intake.Open(tb.Context(), given, intake.Options{TempDir: tb.TempDir()})
	require.NoError(tb, err)
	defer func() { require.NoError(tb, tree.Close()) }()
	return tree.Submission.Digest
}
