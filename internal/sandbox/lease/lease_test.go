package lease_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/lease"
)

func never(t *testing.T) func() error {
	t.Helper()
	return func() error {
		t.Error("released what is still held")
		return nil
	}
}

func TestALeaseIsHeldUntilItIsReleased(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held, err := lease.Take(dir)
	require.NoError(t, err)
	free, err := lease.Free(dir, held.Run, never(t))
	require.NoError(t, err)
	require.False(t, free)
	runs, err := lease.Known(dir)
	require.NoError(t, err)
	require.Equal(t, []string{held.Run}, runs)

	require.NoError(t, held.Release())
	called := false
	free, err = lease.Free(dir, held.Run, func() error { called = true; return nil })
	require.NoError(t, err)
	require.True(t, free)
	require.True(t, called)
	runs, err = lease.Known(dir)
	require.NoError(t, err)
	require.Empty(t, runs)
}

func TestALeaseEndsWithItsRunner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(t.TempDir(), "holder")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./testdata/holder").CombinedOutput()
	require.NoError(t, err, string(output))
	runner := exec.CommandContext(t.Context(), binary, dir)
	_, err = runner.StdinPipe()
	require.NoError(t, err)
	stdout, err := runner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, runner.Start())
	lines := bufio.NewScanner(stdout)
	require.True(t, lines.Scan())
	run := lines.Text()

	free, err := lease.Free(dir, run, never(t))
	require.NoError(t, err)
	require.False(t, free)

	require.NoError(t, runner.Process.Kill())
	_ = runner.Wait()
	free, err = lease.Free(dir, run, func() error { return nil })
	require.NoError(t, err)
	require.True(t, free)
}

func TestANameThatIsNotOursIsNeverFree(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"", "forged", "../../etc/passwd", "0123456789abcdef"} {
		free, err := lease.Free(t.TempDir(), run, never(t))
		require.NoError(t, err)
		require.False(t, free, run)
	}
}

func TestOneFolderHasOneName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wait sync.WaitGroup
	hosts := make(chan string, 8)
	for range 8 {
		wait.Go(func() {
			held, err := lease.Take(dir)
			if err == nil {
				hosts <- held.Host
				err = held.Release()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	close(hosts)
	names := map[string]bool{}
	for name := range hosts {
		names[name] = true
	}
	require.Len(t, names, 1)

	other, err := lease.Take(filepath.Join(t.TempDir(), "deeper"))
	require.NoError(t, err)
	require.False(t, names[other.Host])
	require.NoError(t, other.Release())
}

func TestADamagedNameIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "host"), []byte("what?"), 0o600))
	_, err := lease.Take(dir)
	require.ErrorContains(t, err, "remove it")
}
