package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/stretchr/testify/require"
)

// killedRunner runs a lab in another process, to be killed. It returns its run.
func killedRunner(t *testing.T, engine *Engine, stateDir string, seconds int) (run string, kill func()) {
	t.Helper()
	folder, err := binaries()
	require.NoError(t, err)
	image := programImage(t, engine, "stubborn")
	runner := exec.CommandContext(t.Context(), filepath.Join(folder, "runner"), stateDir, engine.settings.PodBinary, image.ID, strconv.Itoa(seconds))
	var complaints bytes.Buffer
	runner.Stderr = &complaints
	_, err = runner.StdinPipe()
	require.NoError(t, err)
	stdout, err := runner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, runner.Start())
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		_ = runner.Wait()
		t.Fatal(complaints.String())
	}
	var listening bool
	_, err = fmt.Sscan(lines.Text(), &run, &listening)
	require.NoError(t, err, lines.Text())
	require.True(t, listening, lines.Text())
	killed := false
	kill = func() {
		if !killed {
			killed = true
			require.NoError(t, runner.Process.Kill())
			_ = runner.Wait()
		}
	}
	t.Cleanup(func() {
		kill()
		_, err := engine.Clean(context.WithoutCancel(t.Context()))
		require.NoError(t, err)
	})
	return run, kill
}

func TestCleanRemovesWhatAKilledRunnerLeft(t *testing.T) {
	t.Parallel()
	stateDir := t.TempDir()
	engine := connectAt(t, stateDir)
	run, kill := killedRunner(t, engine, stateDir, 600)
	mine := open(t, engine, LabSpec{})

	cleaned, err := engine.Clean(t.Context())
	require.NoError(t, err)
	require.Zero(t, cleaned.Total(), "both runners live: %+v", cleaned)
	require.Len(t, objectsOf(t, engine, labelRun, run), 5)
	facts, err := engine.Doctor(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, facts.Leftovers.Containers, 3)

	kill()
	cleaned, err = engine.Clean(t.Context())
	require.NoError(t, err)
	require.Equal(t, Cleaned{Containers: 3, Volumes: 2}, cleaned)
	require.Empty(t, objectsOf(t, engine, labelRun, run))
	require.Len(t, objectsOf(t, engine, labelLab, mine.name), 4, "nothing of a living runner")
	cleaned, err = engine.Clean(t.Context())
	require.NoError(t, err)
	require.Zero(t, cleaned.Total(), "a second time there is nothing to do")
}

func TestOpenRemovesWhatAKilledRunnerLeft(t *testing.T) {
	t.Parallel()
	stateDir := t.TempDir()
	engine := connectAt(t, stateDir)
	run, kill := killedRunner(t, engine, stateDir, 600)
	kill()
	open(t, engine, LabSpec{})
	require.Eventually(t, func() bool { return len(objectsOf(t, engine, labelRun, run)) == 0 }, 30*time.Second, 50*time.Millisecond)
}

// The dead man's switch: nobody is left who could end the program, and it ends.
func TestAProgramEndsWithoutItsRunner(t *testing.T) {
	t.Parallel()
	stateDir := t.TempDir()
	engine := connectAt(t, stateDir)
	run, kill := killedRunner(t, engine, stateDir, 12)
	kill()
	filter := filters.NewArgs(filters.Arg("label", labelRun+"="+run), filters.Arg("status", "running"))
	require.Eventually(t, func() bool {
		running, err := engine.cli.ContainerList(t.Context(), container.ListOptions{Filters: filter})
		require.NoError(t, err)
		return len(running) == 0
	}, 60*time.Second, 100*time.Millisecond)
	filter = filters.NewArgs(filters.Arg("label", labelRun+"="+run), filters.Arg("label", labelRole+"="+roleProgram))
	programs, err := engine.cli.ContainerList(t.Context(), container.ListOptions{All: true, Filters: filter})
	require.NoError(t, err)
	require.Len(t, programs, 1)
	inspected, err := engine.cli.ContainerInspect(t.Context(), programs[0].ID)
	require.NoError(t, err)
	require.Equal(t, 124, inspected.State.ExitCode)
	_, err = engine.Clean(t.Context())
	require.NoError(t, err)
	require.Empty(t, objectsOf(t, engine, labelRun, run))
}

func TestCleanLeavesAloneWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	past := strconv.FormatInt(time.Now().Add(-48*time.Hour).Unix(), 10)
	future := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	labels := func(run, host, deadline string) map[string]string {
		return map[string]string{labelRun: run, labelHost: host, labelRole: rolePod, labelDeadline: deadline}
	}
	run := "0123456789"
	cases := map[string]struct {
		name    string
		labels  map[string]string
		removed bool
	}{
		"forged by an image":            {"somebody-elses", labels(run, "other", past), false},
		"not all labels":                {namePrefix(run) + "x1", map[string]string{labelRun: run}, false},
		"another host, still wanted":    {namePrefix(run) + "x2", labels(run, "other", future), false},
		"another host, long overdue":    {namePrefix(run) + "x3", labels(run, "other", past), true},
		"this host, a run nobody names": {"x4", labels("forged", engine.lease.Host, past), false},
		"this host, its runner is dead": {namePrefix("00000000aa") + "x5", labels("00000000aa", engine.lease.Host, future), true},
	}
	names := map[string]string{}
	for what, test := range cases {
		name := test.name + "-" + engine.lease.Run
		names[what] = name
		_, err := engine.cli.VolumeCreate(t.Context(), volume.CreateOptions{Name: name, Labels: test.labels})
		require.NoError(t, err)
		t.Cleanup(func() { _ = engine.cli.VolumeRemove(context.WithoutCancel(t.Context()), name, true) })
	}
	_, err := engine.cli.NetworkCreate(t.Context(), "left-"+engine.lease.Run, network.CreateOptions{Labels: labels("00000000aa", engine.lease.Host, future)})
	require.NoError(t, err)

	cleaned, err := engine.Clean(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, cleaned.Networks) // anybody may have removed the overdue volume before
	for what, test := range cases {
		_, err := engine.cli.VolumeInspect(t.Context(), names[what])
		require.Equal(t, test.removed, err != nil, what)
	}
}

func TestCleanRemovesTheImagesOfADeadRun(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	dead := engine.ImageLabels(time.Now())
	var changes []string
	for name, value := range dead {
		if name == labelRun {
			value = "00000000bb"
		}
		changes = append(changes, fmt.Sprintf("LABEL %s=%q", name, value))
	}
	image := importImage(t, engine, changes)
	cleaned, err := engine.Clean(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, cleaned.Images)
	_, err = engine.cli.ImageInspect(t.Context(), image.ID)
	require.Error(t, err)
}
