package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestStopIsGracefulThenForced(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "graceful")
	require.True(t, boot.Listening)
	exit, err := lab.Stop(t.Context(), 10*time.Second)
	require.NoError(t, err)
	require.Equal(t, 0, exit.Code)
	require.False(t, exit.Forced)
	require.GreaterOrEqual(t, exit.Elapsed, 200*time.Millisecond)
	words, err := lab.Logs(t.Context(), takehome.QuoteBody)
	require.NoError(t, err)
	require.Equal(t, "listening\nfinishing\n", words.Shown, "the last words outlive the container")
	require.Len(t, objectsOf(t, lab.engine, labelLab, lab.name), 4)

	lab.Equip(programImage(t, lab.engine, "stubborn"), takehome.StartPlan{})
	boot, err = lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening)
	exit, err = lab.Stop(t.Context(), 300*time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, 137, exit.Code)
	require.True(t, exit.Forced)
	require.False(t, exit.OutOfMemory)
	exit, err = lab.Stop(t.Context(), time.Second)
	require.NoError(t, err, "stopping twice tells the same")
	require.Equal(t, 137, exit.Code)
}

func TestSignalsReachTheCommand(t *testing.T) {
	t.Parallel()
	lab, _ := started(t, LabSpec{}, "serve")
	require.NoError(t, lab.Signal(t.Context(), "HUP"))
	require.Eventually(t, func() bool {
		exit, err := lab.State(t.Context())
		return err == nil && !exit.Running && exit.Code == 129
	}, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, lab.Signal(t.Context(), "TERM"), "a signal to one that has ended is fine")
	require.Equal(t, takehome.Author, takehome.OwnerOf(lab.Signal(t.Context(), "STOP; rm")))

	_, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.NoError(t, lab.Signal(t.Context(), "KILL"))
	require.Eventually(t, func() bool {
		exit, err := lab.State(t.Context())
		return err == nil && !exit.Running && exit.Code == 137 && !exit.OutOfMemory && !exit.Forced
	}, 10*time.Second, 20*time.Millisecond)
}

func TestAChildThatRunsOutOfMemoryIsSeenWhileTheParentAnswers(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{Limits: Limits{MemoryBytes: 128 << 20}}, "serve")
	_, body := get(t, lab, boot, "/hog-child")
	require.Contains(t, body, "signal: killed")
	require.Eventually(t, func() bool {
		exit, err := lab.State(t.Context())
		return err == nil && exit.Running && exit.OutOfMemory
	}, 5*time.Second, 20*time.Millisecond)
	stats, err := lab.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(128<<20), stats.MemoryLimit)
	require.Positive(t, stats.MemoryBytes)
	require.GreaterOrEqual(t, stats.MemoryPeakBytes, int64(100<<20))
	require.Positive(t, stats.Processes)
}

func TestALogFloodIsCut(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	require.True(t, boot.Listening)
	words, err := lab.Logs(t.Context(), 5)
	require.NoError(t, err)
	require.LessOrEqual(t, len(words.Shown), 5)

	kept := lastBytes{limit: 10}
	for range 1000 {
		_, err := kept.Write([]byte(strings.Repeat("x", 33) + "end"))
		require.NoError(t, err)
	}
	require.Equal(t, "xxxxxxxend", string(kept.bytes))
}

// The program cannot get rid of the clock that ends it.
func TestInitCannotBeEndedOrTraced(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	for _, signal := range []string{"9", "19"} { // KILL, STOP
		_, _ = get(t, lab, boot, "/kill", "pid", "1", "signal", signal)
	}
	_, body := get(t, lab, boot, "/trace")
	require.Contains(t, body, "operation not permitted")
	status, body := get(t, lab, boot, "/write", "path", "/.takehome/takehome-pod", "size", "1")
	require.Equal(t, 500, status)
	require.Contains(t, body, "read-only file system")
	exit, err := lab.State(t.Context())
	require.NoError(t, err)
	require.True(t, exit.Running)
}

func TestAProgramEndsAtTheDeadlineOfItsLab(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{Lifetime: 4 * time.Second})
	lab.Equip(programImage(t, engine, "stubborn"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening)
	require.Eventually(t, func() bool {
		exit, err := lab.State(t.Context())
		return err == nil && !exit.Running && exit.Code == exitDeadline && exit.Forced
	}, 20*time.Second, 50*time.Millisecond)
	var fault error
	require.Eventually(t, func() bool {
		_, fault = lab.Listening(t.Context())
		return fault != nil
	}, 20*time.Second, 50*time.Millisecond)
	require.Equal(t, takehome.Takehome, takehome.OwnerOf(fault))
	require.ErrorContains(t, fault, "its time was over")
	inspected, err := engine.cli.ContainerInspect(t.Context(), lab.current.id)
	require.NoError(t, err)
	require.False(t, inspected.State.Running)
	_, err = lab.State(t.Context())
	require.Error(t, err, "an end that came with the pod's says nothing about the program")
}

func TestStatsOfBothKindsOfControlGroup(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		raw  string
		want takehome.Stats
	}{
		"v1":    {`{"memory_stats":{"usage":1000,"max_usage":3000,"stats":{"total_inactive_file":400}},"pids_stats":{"current":7}}`, takehome.Stats{MemoryBytes: 600, MemoryPeakBytes: 3000, MemoryLimit: 5000, Processes: 7}},
		"v2":    {`{"memory_stats":{"usage":1000,"stats":{"inactive_file":300}},"pids_stats":{"current":2}}`, takehome.Stats{MemoryBytes: 700, MemoryPeakBytes: 700, MemoryLimit: 5000, Processes: 2}},
		"empty": {`{}`, takehome.Stats{MemoryLimit: 5000}},
	} {
		var read container.StatsResponse
		require.NoError(t, json.Unmarshal([]byte(test.raw), &read))
		require.Equal(t, test.want, statsOf(read, Limits{MemoryBytes: 5000}), name)
	}
}
