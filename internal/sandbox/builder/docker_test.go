package builder

import (
	"archive/tar"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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
	defer os.RemoveAll(folder)
	target := filepath.Join(folder, "tool")
	command := exec.Command("go", "build", "-o", target, "./testdata/tool")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if output, err := command.CombinedOutput(); err != nil {
		return output, err
	}
	return os.ReadFile(target)
})

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

func remove(t *testing.T, cli *client.Client, id string) {
	t.Helper()
	if id != "" {
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			_, err := cli.ImageRemove(ctx, id, image.RemoveOptions{})
			require.NoError(t, err)
		})
	}
}

func TestX(t *testing.T) {
	cli := engine(t)
	for _, ins := range []string{"RUN [\"/tool\",\"exit\",\"3\"]\n", "COPY missing /x\n", "FROM nosuch/image:1\n", "RUN [\"/tool\",\"flood\",\"1000\"]\n", "BLA\n", "COPY --link tool /y\n", "RUN --mount=type=bind,from=nosuch [\"/tool\",\"exit\",\"0\"]\n", "RUN [\"/nosuch\"]\n", "LABEL a=b\n", "RUN [\"/tool\",\"sleep\"]"} {
		r := request(t, ins)
		r.Deadline = 10 * time.Second
		r.Labels = map[string]string{"a": "c"}
		var seen []string
		r.OnLine = func(l string) { seen = append(seen, l) }
		start := time.Now()
		out, err := Run(t.Context(), cli, r)
		t.Log(strings.TrimSpace(ins), time.Since(start), "ID", out.ImageID, "ERR", err, len(out.Log))
		if out.Failure != nil {
			f := *out.Failure
			t.Logf("   %s | %s | %q | %d | %.100s", f.Kind, f.Instruction, f.Message, f.ExitCode, f.Log)
		}
		if out.ImageID != "" {
			in, _ := cli.ImageInspect(t.Context(), out.ImageID)
			t.Log(in.Config.Labels, seen)
		}
		remove(t, cli, out.ImageID)
	}
}
