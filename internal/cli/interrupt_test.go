package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// slowBuild is a submission whose build waits in the middle.
func slowBuild(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(submissions+"/reference-python")))
	dockerfile, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	require.NoError(t, err)
	dockerfile = append(dockerfile, []byte("\nRUN echo at-rest "+filepath.Base(filepath.Dir(dir))+" && sleep 20\n")...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), dockerfile, 0o644))
	return dir
}

// One ^C stops the run wherever it is, cleans up and writes what was seen.
func TestOneInterruptCleansUpAndTellsWhatWasSeen(t *testing.T) {
	t.Parallel()
	for name, moment := range map[string]struct {
		submission func(t *testing.T) string
		at         string
		seen       bool // there are results already
	}{
		"while it builds":            {slowBuild, "at-rest", false},
		"while checks are performed": {func(*testing.T) string { return reference }, underway, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			out := t.TempDir()
			p := b.start("grade", moment.submission(t), "-c", "todo-api", "--out", out, "--log-level", "debug")
			p.await(moment.at)
			p.interrupt()
			require.Equal(t, 130, p.wait(), p.told())
			require.Contains(t, p.told(), "takehome: stopping and cleaning up")
			require.NotContains(t, p.told(), "goroutine")
			require.NotContains(t, p.stdout.String(), "Total", "an interrupted run has no score")
			read, _ := readReport(t, filepath.Join(out, "report.json"))
			require.Equal(t, takehome.Interrupted, read.Canonical.Status)
			require.Nil(t, read.Canonical.Scorecard)
			require.NotEmpty(t, read.Canonical.Submission.Digest)
			require.Equal(t, moment.seen, len(read.Canonical.Results) > 0)
			require.FileExists(t, filepath.Join(out, "report.html"))
			b.requireNothingLeft()
		})
	}
}

// A second ^C leaves at once; clean removes the rest.
func TestASecondInterruptLeavesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.start("grade", reference, "-c", "todo-api", "--no-files")
	p.await(underway)
	p.interrupt()
	p.await("^C again leaves at once")
	p.interrupt()
	require.Equal(t, 130, p.wait(), p.told())
	require.Contains(t, p.told(), "this removes what is left: takehome clean")
	b.call("clean")
	b.requireNothingLeft()
}

// What a killed run left is removed, and nothing of a run that lives.
func TestCleanRemovesWhatAKilledRunLeftAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	killed := b.start("grade", reference, "-c", "todo-api", "--no-files")
	killed.await(underway)
	verifying := b.start("challenge", "verify", "todo-api", "--submissions", submissions, "--only", "reference-go,reference-python", "--jobs", "1")
	require.Eventually(t, func() bool {
		put, err := filepath.Glob(filepath.Join(b.state, "copies", "*", "takehome-verify-*"))
		return err == nil && len(put) > 0
	}, patience, interval)
	require.NoError(t, killed.call.Process.Kill())
	require.NoError(t, verifying.call.Process.Kill())
	killed.wait()
	verifying.wait()
	left := b.objects()
	require.NotEmpty(t, left["container"], "the killed run had containers")
	require.NotEmpty(t, left["image"], "the killed run had an image")
	require.GreaterOrEqual(t, len(b.copies()), 2)

	// A run of the same state folder that is at its work while clean looks around. Its own
	// start removes what is left as well, so it is held up where it has not begun to.
	living := b.start("grade", slowBuild(t), "-c", "todo-api", "--no-files", "--log-level", "debug", "--docker-host", b.docker.DaemonHost())
	living.await("at-rest")
	before := b.copies()
	require.Len(t, before, 1, "the start removed the copies of the killed")
	b.call("clean")
	require.Equal(t, before, b.copies())
	require.NotEmpty(t, b.objects()["container"], "the pod of the living run is there")
	require.Equal(t, 0, living.wait(), living.told())
	require.Contains(t, living.stdout.String(), "100.0 %")
	b.requireNothingLeft()
}

// Clean alone, without a start of another run, removes everything and counts it.
func TestCleanCountsWhatItRemoves(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	killed := b.start("grade", reference, "-c", "todo-api", "--no-files")
	killed.await(underway)
	require.NoError(t, killed.call.Process.Kill())
	killed.wait()
	left := b.objects()
	require.Regexp(t, `^removed \d containers, \d volumes, 1 image, 1 clean copy\n$`, b.call("clean"))
	require.NotEmpty(t, left["container"])
	b.requireNothingLeft()
	require.Contains(t, b.call("clean"), "nothing was left behind")
}
