package intake

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const secret = "a secret of the host"

// IN-12, reading: files and folders of the submission are swapped for links to the
// host's while they are read.
func TestALinkThatIsSwappedInIsNotFollowedOut(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	base := t.TempDir()
	outside, given := filepath.Join(base, "outside"), filepath.Join(base, "given")
	for _, dir := range []string{outside, filepath.Join(given, "sub")} {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), []byte(secret), 0o644))
	}
	mine := filepath.Join(given, "sub", "file")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o644))
	stop := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			swap(mine, filepath.Join(outside, "file"))
			swap(filepath.Join(given, "sub"), outside)
		}
	})
	opened := 0
	for range 400 {
		tree, err := Open(t.Context(), given, Options{TempDir: base})
		if err != nil {
			require.NotEqual(t, takehome.Takehome, takehome.OwnerOf(err), "%v", err)
			continue
		}
		opened++
		require.NoError(t, filepath.WalkDir(tree.Submission.Dir, func(at string, entry os.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(at)
			require.NotContains(t, string(content), "secret", at)
			return err
		}))
		require.NoError(t, tree.Close())
	}
	close(stop)
	swapping.Wait()
	t.Logf("%d of 400 were taken in", opened)
}

// swap puts a link to elsewhere in the place of a file or folder for a moment.
func swap(at, elsewhere string) {
	aside := at + ".aside"
	_ = os.Rename(at, aside)
	_ = os.Symlink(elsewhere, at)
	_ = os.Remove(at)
	_ = os.Rename(aside, at)
}

// swappingSource replaces a folder of the clean copy by a link to the outside just
// before a file is written into it.
type swappingSource struct{ dir, outside string }

func (swappingSource) children(context.Context, string) ([]entry, error) { return nil, nil }
func (swappingSource) peek(context.Context, string) ([]byte, error)      { return nil, nil }
func (swappingSource) close()                                            {}
func (s swappingSource) contents(_ context.Context, wanted []entry, put putter) error {
	sub := filepath.Join(s.dir, "sub")
	if err := os.Remove(sub); err != nil {
		return err
	}
	if err := os.Symlink(s.outside, sub); err != nil {
		return err
	}
	return put(wanted[0], strings.NewReader("x"))
}

// IN-12, writing: os.Root refuses to write through the link.
func TestALinkInTheCleanCopyIsNotWrittenThrough(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), filepath.Join(t.TempDir(), "tree")
	entries := list{entries: []entry{{path: "sub", kind: kindFolder}, {path: "sub/file", kind: kindFile}}}
	_, err := pour(t.Context(), swappingSource{dir, outside}, entries, dir, DefaultLimits())
	require.ErrorContains(t, err, "escapes")
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A file that grows after the survey is refused by what it really has.
func TestAFileThatGrewIsCountedAgain(t *testing.T) {
	t.Parallel()
	endless := func(wanted []entry, put putter) error { return put(wanted[0], io.LimitReader(zeros{}, 1<<20)) }
	_, err := pour(t.Context(), stubSource{endless}, list{entries: []entry{{path: "log", kind: kindFile, size: 1}}},
		filepath.Join(t.TempDir(), "tree"), Limits{MaxFile: 1000}.orDefaults())
	require.ErrorContains(t, err, "refused (size): log")
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }

type stubSource struct {
	deliver func(wanted []entry, put putter) error
}

func (stubSource) children(context.Context, string) ([]entry, error) { return nil, nil }
func (stubSource) peek(context.Context, string) ([]byte, error)      { return nil, nil }
func (stubSource) close()                                            {}
func (s stubSource) contents(_ context.Context, wanted []entry, put putter) error {
	return s.deliver(wanted, put)
}
