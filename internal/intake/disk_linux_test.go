package intake_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

func TestAFullDiskIsTheOperators(t *testing.T) {
	t.Parallel()
	small := t.TempDir()
	err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=64k")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("only root may mount the small disk that this test fills")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(small, 0)) })
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise) // never fails
	for _, given := range []string{
		folderOf(t, item{name: "a", body: string(noise)}), zipOf(t, item{name: "a", body: string(noise)}),
		tarOf(t, item{name: "a", body: string(noise)}),
	} {
		full := fault(t, given, intake.Options{TempDir: small})
		require.Contains(t, full.Summary, "the disk is full")
		requireEmpty(t, small)
	}
}

// A file without the right to read it is no finding about the candidate. Root may read
// everything, so the thread looks at the disk as nobody.
func TestAnUnreadableFileIsTheOperators(t *testing.T) {
	t.Parallel()
	base, err := os.MkdirTemp("/tmp", "takehome-unreadable-") //nolint:usetesting // t.TempDir is closed to nobody
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(base)) })
	require.NoError(t, os.Chmod(base, 0o777))
	given := filepath.Join(base, "given")
	require.NoError(t, os.Mkdir(given, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(given, "secret"), []byte("x"), 0o000))
	locked := filepath.Join(base, "locked")
	require.NoError(t, os.Mkdir(locked, 0o000))
	archive := filepath.Join(base, "a.zip")
	require.NoError(t, os.WriteFile(archive, []byte("PK"), 0o000))
	done := make(chan [3]error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its goroutine
		var seen [3]error
		if os.Geteuid() == 0 {
			if err := syscall.Setfsuid(65534); err != nil {
				seen[0] = err
			}
		}
		for i, path := range []string{given, locked, archive} {
			_, err := intake.Open(t.Context(), path, intake.Options{TempDir: base})
			seen[i] = errors.Join(seen[i], err)
		}
		done <- seen
	}()
	for i, err := range <-done {
		require.ErrorContains(t, err, "cannot read", "%d", i)
		require.ErrorIs(t, err, os.ErrPermission)
	}
}
