package cli_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
)

// programName ends in what Windows wants of a program, which no other system minds.
const programName = "takehome.exe"

// binariesFolder is removed by TestMain.
var binariesFolder string

// binaries are the program and its helper, built once for all tests of the package.
var binaries = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "takehome-cli-test-")
	if err != nil {
		return "", err
	}
	binariesFolder = folder
	for _, each := range []struct{ source, name, system string }{
		{"takehome", programName, runtime.GOOS},
		{"takehome-pod", "takehome-pod-linux-" + runtime.GOARCH, "linux"},
	} {
		build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(folder, each.name), "../../cmd/"+each.source)
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+each.system)
		if output, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w: %s", each.source, err, output)
		}
	}
	return folder, nil
})

// docker asks the engine what a run left. It is found out once whether there is one.
var docker = sync.OnceValues(func() (*client.Client, error) {
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err = cli.Ping(ctx)
	return cli, err
})

// needEngine skips a test, with one line, where no engine answers; where one is required
// it fails instead.
func needEngine(t *testing.T) *client.Client {
	t.Helper()
	cli, err := docker()
	if err != nil && os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
		t.Fatal("no Docker engine, and TAKEHOME_REQUIRE_DOCKER=1:", err)
	}
	if err != nil {
		t.Skip("needs a Docker engine:", err)
	}
	return cli
}

// How long a run may take on a busy machine, and how often it is looked at.
const (
	patience = 3 * time.Minute
	interval = 20 * time.Millisecond
)

// bench is a state folder of its own, so that nothing else on the machine is disturbed.
type bench struct {
	t      *testing.T
	docker *client.Client
	state  string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, docker: needEngine(t), state: t.TempDir()}
	t.Cleanup(func() { b.call("clean") })
	return b
}

// program is a call of the program in a process of its own.
type program struct {
	t      *testing.T
	call   *exec.Cmd
	stdout strings.Builder
	mutex  sync.Mutex
	stderr []string
	read   sync.WaitGroup
	silent atomic.Bool // stderr is closed
}

func (b *bench) start(arguments ...string) *program {
	b.t.Helper()
	folder, err := binaries()
	require.NoError(b.t, err)
	// The process has to outlive the test's context, or it would be killed before it cleans up.
	call := exec.Command(filepath.Join(folder, programName), append(arguments, "--state-dir", b.state)...)
	p := &program{t: b.t, call: call}
	call.Stdout = &p.stdout
	stderr, err := call.StderrPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, call.Start())
	p.read.Go(func() {
		defer p.silent.Store(true)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			p.mutex.Lock()
			p.stderr = append(p.stderr, lines.Text())
			p.mutex.Unlock()
		}
	})
	b.t.Cleanup(func() { _ = call.Process.Kill() }) // it is over, but for a test that failed
	return p
}

// call runs the program to its end, which must be a good one.
func (b *bench) call(arguments ...string) string {
	b.t.Helper()
	p := b.start(arguments...)
	require.Equal(b.t, 0, p.wait(), p.told())
	return p.stdout.String()
}

func (p *program) told() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return strings.Join(p.stderr, "\n")
}

// await waits until stderr has a text.
func (p *program) await(text string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		return strings.Contains(p.told(), text) || p.silent.Load()
	}, patience, interval, "wait for %q", text)
	require.Contains(p.t, p.told(), text)
}

// interrupt sends the program what ^C does.
func (p *program) interrupt() {
	p.t.Helper()
	if runtime.GOOS == "windows" {
		p.t.Skip("Windows sends no ^C to a single process")
	}
	require.NoError(p.t, p.call.Process.Signal(os.Interrupt))
}

// wait waits for the end and returns the exit code.
func (p *program) wait() int {
	p.t.Helper()
	over := make(chan struct{})
	go func() {
		p.read.Wait()
		_ = p.call.Wait() // the code tells more
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(4 * time.Minute):
		_ = p.call.Process.Kill()
		require.Fail(p.t, "the program did not end", p.told())
	}
	return p.call.ProcessState.ExitCode()
}

// objects lists what carries the labels of this state folder, by kind.
func (b *bench) objects() map[string][]string {
	b.t.Helper()
	host, err := os.ReadFile(filepath.Join(b.state, "host"))
	require.NoError(b.t, err)
	ctx := context.WithoutCancel(b.t.Context())
	filter := filters.NewArgs(filters.Arg("label", "takehome.host="+strings.TrimSpace(string(host))))
	found := map[string][]string{}
	containers, err := b.docker.ContainerList(ctx, container.ListOptions{All: true, Filters: filter})
	require.NoError(b.t, err)
	for _, c := range containers {
		found["container"] = append(found["container"], c.Names...)
	}
	volumes, err := b.docker.VolumeList(ctx, volume.ListOptions{Filters: filter})
	require.NoError(b.t, err)
	for _, v := range volumes.Volumes {
		found["volume"] = append(found["volume"], v.Name)
	}
	images, err := b.docker.ImageList(ctx, image.ListOptions{Filters: filter})
	require.NoError(b.t, err)
	for _, i := range images {
		found["image"] = append(found["image"], i.ID)
	}
	return found
}

// copies lists the clean copies, and whatever else lies in the workspaces.
func (b *bench) copies() []string {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.state, "copies", "*", "*"))
	require.NoError(b.t, err)
	return found
}

func (b *bench) requireNothingLeft() {
	b.t.Helper()
	require.Empty(b.t, b.objects())
	require.Empty(b.t, b.copies())
}
