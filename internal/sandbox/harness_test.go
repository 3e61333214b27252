package sandbox

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestMain(m *testing.M) {
	dockerHost()
	goleak.VerifyTestMain(m,
		// The client keeps idle connections to the engine for a while.
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// binaries are built once for all tests of the package.
var binaries = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "takehome-sandbox-test-")
	if err != nil {
		return "", err
	}
	for name, source := range map[string]string{
		"takehome-pod": "../../cmd/takehome-pod", "program": "./testdata/program", "runner": "./testdata/runner",
	} {
		build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(folder, name), source)
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
		if output, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w: %s", name, err, output)
		}
	}
	return folder, nil
})

// engineAnswers is found out once.
var engineAnswers = sync.OnceValue(func() error {
	cli, err := client.NewClientWithOpts(client.WithHost(dockerHost()), client.WithAPIVersionNegotiation())
	if err != nil {
		return err
	}
	defer func() { _ = cli.Close() }()
	return ping(context.Background(), cli)
})

// needEngine skips a test, with one line, where no engine answers; where one is required
// it fails instead.
func needEngine(tb testing.TB) {
	tb.Helper()
	err := engineAnswers()
	if err == nil {
		return
	}
	if os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
		tb.Fatal("no Docker engine, and TAKEHOME_REQUIRE_DOCKER=1:", err)
	}
	tb.Skip("needs a Docker engine:", err)
}

// connect makes an engine with a state folder of its own.
func connect(t *testing.T) *Engine {
	t.Helper()
	return connectAt(t, t.TempDir())
}

func connectAt(t *testing.T, stateDir string) *Engine {
	t.Helper()
	needEngine(t)
	folder, err := binaries()
	require.NoError(t, err)
	engine, err := Connect(t.Context(), Settings{Host: dockerHost(), PodBinary: filepath.Join(folder, "takehome-pod"), StateDir: stateDir})
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, id := range imported.take(engine) {
			_, err := engine.cli.ImageRemove(context.WithoutCancel(t.Context()), id, image.RemoveOptions{Force: true})
			require.True(t, err == nil || cerrdefs.IsNotFound(err), "%v", err)
		}
		require.NoError(t, engine.Close())
	})
	return engine
}

// imported remembers the images of tests, to be removed after the labs that use them.
var imported imports

type imports struct {
	mu  sync.Mutex
	ids map[*Engine][]string
}

func (i *imports) add(engine *Engine, id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ids == nil {
		i.ids = map[*Engine][]string{}
	}
	i.ids[engine] = append(i.ids[engine], id)
}

func (i *imports) take(engine *Engine) []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	ids := i.ids[engine]
	delete(i.ids, engine)
	return ids
}

// file is one entry of a test image.
type file struct {
	name, content string
	mode          int64
	uid           int
}

// importImage makes an image of the test program and more files. Changes are instructions of a Dockerfile.
func importImage(tb testing.TB, engine *Engine, changes []string, files ...file) takehome.Image {
	tb.Helper()
	folder, err := binaries()
	require.NoError(tb, err)
	program, err := os.ReadFile(filepath.Join(folder, "program"))
	require.NoError(tb, err)
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	files = append([]file{{name: "tmp/", mode: 0o1777}, {name: "program", content: string(program), mode: 0o755}}, files...)
	written := map[string]bool{}
	for _, entry := range slices.Backward(files) { // a later file replaces an earlier one
		if written[entry.name] {
			continue
		}
		written[entry.name] = true
		header := &tar.Header{Typeflag: tar.TypeReg, Name: entry.name, Mode: entry.mode, Uid: entry.uid, Gid: entry.uid, Size: int64(len(entry.content))}
		if strings.HasSuffix(entry.name, "/") {
			header.Typeflag = tar.TypeDir
		}
		require.NoError(tb, w.WriteHeader(header))
		_, err := io.WriteString(w, entry.content)
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	name := fmt.Sprintf("takehome/test:%x", randomBytes(6))
	answer, err := engine.cli.ImageImport(tb.Context(), image.ImportSource{Source: &layer, SourceName: "-"}, name,
		image.ImportOptions{Changes: changes, Platform: "linux/" + runtime.GOARCH})
	require.NoError(tb, err)
	said, err := io.ReadAll(answer)
	require.NoError(tb, err)
	require.NoError(tb, answer.Close())
	inspected, err := engine.cli.ImageInspect(tb.Context(), name)
	require.NoError(tb, err, string(said))
	imported.add(engine, inspected.ID)
	made := takehome.Image{ID: inspected.ID, Entrypoint: inspected.Config.Entrypoint, Command: inspected.Config.Cmd, User: inspected.Config.User}
	for volume := range inspected.Config.Volumes {
		made.Volumes = append(made.Volumes, volume)
	}
	return made
}

// programImage is the test program behaving in the given way.
func programImage(t *testing.T, engine *Engine, behaviour ...string) takehome.Image {
	t.Helper()
	made := importImage(t, engine, nil)
	made.Command = append([]string{"/program"}, behaviour...)
	return made
}

// open opens a lab that is closed at the end of the test, and leaves nothing.
func open(t *testing.T, engine *Engine, spec LabSpec) *Lab {
	t.Helper()
	lab, err := engine.Open(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, lab.Close(t.Context()))
		require.Empty(t, objectsOf(t, engine, labelLab, lab.name))
	})
	return lab
}

// objectsOf lists what carries a label.
func objectsOf(t *testing.T, engine *Engine, label, value string) []string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	filter := filters.NewArgs(filters.Arg("label", label+"="+value))
	var found []string
	containers, err := engine.cli.ContainerList(ctx, container.ListOptions{All: true, Filters: filter})
	require.NoError(t, err)
	for _, c := range containers {
		found = append(found, c.Names...)
	}
	volumes, err := engine.cli.VolumeList(ctx, volume.ListOptions{Filters: filter})
	require.NoError(t, err)
	for _, v := range volumes.Volumes {
		found = append(found, v.Name)
	}
	return found
}

// started opens a lab, equips it and starts the program.
func started(t *testing.T, spec LabSpec, behaviour ...string) (*Lab, takehome.Boot) {
	t.Helper()
	engine := connect(t)
	lab := open(t, engine, spec)
	lab.Equip(programImage(t, engine, behaviour...), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	return lab, boot
}

// asker speaks HTTP to an address in the pod.
func asker(lab *Lab, address string) *http.Client {
	return &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			DisableCompression: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return lab.Dial(ctx, network, address)
			},
		},
	}
}

// get asks the test program and returns status and body.
func get(t *testing.T, lab *Lab, boot takehome.Boot, path string, values ...string) (int, string) {
	t.Helper()
	require.True(t, boot.Listening, "%+v", boot.Breakdown)
	query := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		query.Set(values[i], values[i+1])
	}
	speaker := asker(lab, boot.Address)
	defer speaker.CloseIdleConnections()
	response, err := speaker.Get("http://pod" + path + "?" + query.Encode())
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, string(body)
}

func itoa(n int) string { return strconv.Itoa(n) }

// dockerHost is read once, because connecting to an engine by its address sets the variable.
var dockerHost = sync.OnceValue(func() string {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return host
	}
	return client.DefaultDockerHost
})
