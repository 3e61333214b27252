package builder

import (
	"archive/tar"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
)

// engine returns a client of a running engine, or skips the test.
func engine(t *testing.T) *client.Client {
	t.Helper()
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := cli.Ping(ctx); err != nil {
		if os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
			require.NoError(t, err, "no engine answers, and TAKEHOME_REQUIRE_DOCKER=1")
		}
		t.Skip("SKIPPED: no Docker engine answers")
	}
	return cli
}

// tool is a static program for RUN instructions, built once.
var tool = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "takehome-tool-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	target := filepath.Join(folder, "tool")
	command := exec.Command("go", "build", "-o", target, "./testdata/tool")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if output, err := command.CombinedOutput(); err != nil {
		return output, err
	}
	return os.ReadFile(target)
})

// salt is another word at each call, for a step that must not come from the cache.
func salt() string { return strconv.FormatInt(time.Now().UnixNano(), 36) }

// request builds the given instructions upon scratch with /tool in it.
func request(t *testing.T, instructions string) Request {
	t.Helper()
	program, err := tool()
	require.NoError(t, err, "%s", program)
	files := map[string]string{
		"Dockerfile": "FROM scratch\nCOPY tool /tool\n" + instructions,
		"tool":       string(program),
	}
	return Request{Dockerfile: "Dockerfile", Context: func(w *tar.Writer) error {
		for _, name := range []string{"Dockerfile", "tool"} {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(files[name]))}); err != nil {
				return err
			}
			if _, err := w.Write([]byte(files[name])); err != nil {
				return err
			}
		}
		return nil
	}}
}

// canary listens on this machine and counts who comes.
func canary(t *testing.T) (hits *atomic.Int64, address string) {
	t.Helper()
	hits = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(server.Close)
	return hits, server.URL + "/secret"
}

func remove(t *testing.T, cli *client.Client, id string) {
	t.Helper()
	if id != "" {
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			_, err := cli.ImageRemove(ctx, id, image.RemoveOptions{Force: true})
			if !cerrdefs.IsNotFound(err) { // two builds may end in the same image
				require.NoError(t, err)
			}
		})
	}
}

func TestRunBuildsAnImage(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	wanted := request(t, "ENV SALT="+salt()+"\nLABEL takehome.run=forged other=kept\nENV A=b\nRUN [\"/tool\", \"exit\", \"0\"]\n")
	wanted.Labels = map[string]string{"takehome.run": "ours"}
	var lines []string
	wanted.OnLine = func(line string) { lines = append(lines, line) }
	outcome, err := Run(t.Context(), cli, wanted)
	require.NoError(t, err)
	require.Nil(t, outcome.Failure)
	remove(t, cli, outcome.ImageID)
	require.Contains(t, string(outcome.Log), "about to exit 0")
	require.Contains(t, strings.Join(lines, "\n"), `RUN ["/tool", "exit", "0"]`)

	found, err := cli.ImageInspect(t.Context(), outcome.ImageID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"takehome.run": "ours", "other": "kept"}, found.Config.Labels, "our labels win over the file's")
	require.Empty(t, found.RepoTags, "no name unless asked for")
}

func TestRunTellsFailuresApart(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for _, test := range []struct {
		name, instructions string
		change             func(*Request)
		kind               FailureKind
		instruction        string
		code               int
		log                string
	}{
		{name: "exit code", instructions: "RUN [\"/tool\",\"exit\",\"3\"]\n", kind: InstructionFailed, instruction: `RUN ["/tool","exit","3"]`, code: 3, log: "about to exit 3\n"},
		{name: "no such command", instructions: "RUN [\"/nosuch\"]\n", kind: InstructionFailed, instruction: `RUN ["/nosuch"]`, code: 1},
		{name: "missing file", instructions: "COPY missing /x\n", kind: SourceMissing, instruction: "COPY missing /x"},
		{name: "missing in a stage", instructions: "FROM scratch\nCOPY --from=0 /missing /x\n", kind: SourceMissing, instruction: "COPY --from=0 /missing /x"},
		{name: "unknown instruction", instructions: "BLA\n", kind: Malformed},
		{name: "no such target", instructions: "", change: func(r *Request) { r.Target = "nosuch" }, kind: Malformed},
		{
			name: "flood", instructions: "ENV SALT=" + salt() + "\nRUN [\"/tool\",\"flood\",\"999\"]\n",
			change: func(r *Request) { r.OutputLimit = 200 << 10 }, kind: OutputFlood, instruction: `RUN ["/tool","flood","999"]`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wanted := request(t, test.instructions)
			if test.change != nil {
				test.change(&wanted)
			}
			outcome, err := Run(t.Context(), cli, wanted)
			require.NoError(t, err)
			require.Empty(t, outcome.ImageID)
			require.NotNil(t, outcome.Failure)
			require.Equal(t, test.kind, outcome.Failure.Kind, "%+v", outcome.Failure)
			require.Equal(t, test.instruction, outcome.Failure.Instruction)
			require.Equal(t, test.code, outcome.Failure.ExitCode)
			require.Contains(t, string(outcome.Failure.Log), test.log)
			require.NotRegexp(t, `[0-9a-f]{12}`, outcome.Failure.Message, "the same in every run")
			require.LessOrEqual(t, len(outcome.Log), DefaultLogLimit)
		})
	}
}

// A gigabyte of output neither fills our memory nor the disk of the engine.
func TestRunCutsOutput(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	outcome, err := Run(t.Context(), cli, request(t, "ENV SALT="+salt()+"\nRUN [\"/tool\",\"flood\",\"1000\"]\n"))
	require.NoError(t, err)
	remove(t, cli, outcome.ImageID)
	require.LessOrEqual(t, len(outcome.Log), DefaultLogLimit)
}

// patience yields deadlines that get longer, for a machine that is busy with other tests:
// a build must have come to its RUN instruction before it is stopped.
func patience(yield func(time.Duration) bool) {
	for _, deadline := range []time.Duration{2 * time.Second, 10 * time.Second, time.Minute} {
		if !yield(deadline) {
			return
		}
	}
}

func TestRunStopsAtTheDeadline(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for deadline := range patience {
		marker := "sleep-" + salt()
		wanted := request(t, "RUN [\"/tool\",\"sleep\",\""+marker+"\"]\n")
		wanted.Deadline = deadline
		outcome, err := Run(t.Context(), cli, wanted)
		require.NoError(t, err)
		require.Equal(t, DeadlinePassed, outcome.Failure.Kind)
		requireGone(t, marker)
		if strings.Contains(string(outcome.Failure.Log), "sleeping") {
			require.Contains(t, outcome.Failure.Instruction, marker)
			return
		}
	}
	require.Fail(t, "the command never began")
}

func TestRunStopsWithItsContext(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	marker := "sleep-" + salt()
	wanted := request(t, "RUN [\"/tool\",\"sleep\",\""+marker+"\"]\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wanted.OnLine = func(line string) {
		if line == "sleeping" {
			cancel()
		}
	}
	_, err := Run(ctx, cli, wanted)
	require.ErrorIs(t, err, context.Canceled)
	requireGone(t, marker)
}

// requireGone waits until no process on this machine has the marker in its arguments.
func requireGone(t *testing.T, marker string) {
	t.Helper()
	require.Eventually(t, func() bool {
		found, err := filepath.Glob("/proc/[0-9]*/cmdline")
		require.NoError(t, err)
		for _, name := range found {
			line, err := os.ReadFile(name)
			if err == nil && strings.Contains(string(line), marker) {
				return false
			}
		}
		return true
	}, 20*time.Second, 50*time.Millisecond, "the command still runs")
}

func TestRunReportsItsOwnContext(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	wanted := request(t, "")
	broken := errors.New("the disk is gone")
	wanted.Context = func(*tar.Writer) error { return broken }
	_, err := Run(t.Context(), cli, wanted)
	require.ErrorIs(t, err, broken)
}

// What one submission leaves in a cache mount is never seen by another (DF-07).
func TestCacheMountsAreNotShared(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	mount := "RUN --mount=type=cache,id=shared,target=/cache "
	build := func(namespace, salted, instructions string) *Failure {
		wanted := request(t, "ENV SALT="+salted+"\n"+instructions)
		wanted.Args = map[string]string{"BUILDKIT_CACHE_MOUNT_NS": namespace}
		outcome, err := Run(t.Context(), cli, wanted)
		require.NoError(t, err)
		remove(t, cli, outcome.ImageID)
		return outcome.Failure
	}
	own := salt()
	require.Nil(t, build("a"+own, "1"+own, mount+"[\"/tool\",\"append\",\"/cache/poison\",\"x\"]\n"))
	require.Nil(t, build("b"+own, "2"+own, mount+"[\"/tool\",\"absent\",\"/cache/poison\"]\n"), "B must not see what A wrote")
	require.Nil(t, build("a"+own, "3"+own, mount+"[\"/tool\",\"show\",\"/cache/poison\"]\n"), "A must see it: the namespace works at all")
}

// Engines without BuildKit, and such as Podman, speak the old builder's words.
func TestOldBuilder(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for _, test := range []struct {
		instructions string
		kind         FailureKind
		instruction  string
	}{
		{instructions: "LABEL a=b\n"},
		{instructions: "RUN [\"/tool\",\"exit\",\"3\"]\n", kind: InstructionFailed, instruction: `RUN ["/tool","exit","3"]`},
		{instructions: "COPY missing /x\n", kind: SourceMissing, instruction: "COPY missing /x"},
		{instructions: "BLA\n", kind: Malformed},
	} {
		wanted := request(t, test.instructions)
		wanted.LogLimit, wanted.OutputLimit = DefaultLogLimit, DefaultOutputLimit
		wanted.OnLine = func(string) {}
		progress := newTranscript(wanted, func() {})
		require.NoError(t, attempt(t.Context(), cli, wanted, build.BuilderV1, progress))
		outcome, err := progress.outcome()
		require.NoError(t, err)
		remove(t, cli, outcome.ImageID)
		if test.kind == "" {
			require.Nil(t, outcome.Failure)
			require.NotEmpty(t, outcome.ImageID)
			continue
		}
		require.NotNil(t, outcome.Failure, test.instructions)
		require.Equal(t, test.kind, outcome.Failure.Kind, "%+v", outcome.Failure)
		require.Equal(t, test.instruction, outcome.Failure.Instruction)
	}
}
