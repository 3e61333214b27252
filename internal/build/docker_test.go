package build_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// TestRecipesWork builds each program of testdata/programs by its recipe, prepares an
// empty Postgres by its plan, starts it with the plan's environment, and creates and
// lists a todo over HTTP. None of them has a Dockerfile. The programs run one after the
// other: a build uses all cores by itself.
func TestRecipesWork(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	programs, err := filepath.Glob("testdata/programs/*")
	require.NoError(t, err)
	require.Len(t, programs, 5)
	for _, program := range programs {
		t.Run(filepath.Base(program), func(t *testing.T) {
			proposal := plan(t, program)
			require.Nil(t, proposal.Breakdown)
			for _, base := range proposal.Recipe.Bases {
				requireImage(t, base)
			}
			image := buildImage(t, program, proposal.Recipe)
			database, values := startDatabase(t)
			migrate(t, database, image, proposal.Start, values)
			address := startProgram(t, image, proposal.Start, values)
			createAndList(t, address)
		})
	}
}

func requireDocker(t *testing.T) {
	t.Helper()
	err := exec.CommandContext(t.Context(), "docker", "info").Run()
	if err == nil {
		return
	}
	if os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
		require.NoError(t, err, "a Docker engine is required")
	}
	t.Skip("no Docker engine answers: the recipes were not tried")
}

func requireImage(t *testing.T, name string) {
	t.Helper()
	if exec.CommandContext(t.Context(), "docker", "image", "inspect", name).Run() == nil {
		return
	}
	if out, err := exec.CommandContext(t.Context(), "docker", "pull", "-q", name).CombinedOutput(); err != nil {
		if os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
			require.NoError(t, err, "%s", out)
		}
		t.Skipf("the image %s is not there, and cannot be pulled: the recipe was not tried", name)
	}
}

// docker runs one command of the engine's own client and returns what it printed.
func docker(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "docker", arguments...).CombinedOutput()
	require.NoError(t, err, "docker %s\n%s", strings.Join(arguments, " "), out)
	return strings.TrimSpace(string(out))
}

func cleanUp(t *testing.T, arguments ...string) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if t.Failed() && arguments[0] == "rm" {
			logs, _ := exec.CommandContext(ctx, "docker", "logs", arguments[len(arguments)-1]).CombinedOutput()
			t.Logf("%s", logs)
		}
		out, err := exec.CommandContext(ctx, "docker", arguments...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	})
}

func buildImage(t *testing.T, program string, recipe takehome.Recipe) string {
	t.Helper()
	dockerfile := filepath.Join(t.TempDir(), "Dockerfile")
	require.NoError(t, os.WriteFile(dockerfile, recipe.Dockerfile, 0o600))
	command := exec.CommandContext(t.Context(), "docker", "build", "-q", "-f", dockerfile, filepath.Join(program, recipe.Context))
	command.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	started := time.Now()
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("built in %s", time.Since(started).Round(time.Millisecond))
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	image := lines[len(lines)-1]
	cleanUp(t, "rmi", "-f", image)
	return image
}

const listen = "31234"

// startDatabase runs a Postgres with an own user and database, and returns what the
// placeholders of a plan stand for.
func startDatabase(t *testing.T) (id string, values *strings.Replacer) {
	t.Helper()
	requireImage(t, "postgres:17")
	id = docker(t, "run", "-d", "-e", "POSTGRES_USER=u1", "-e", "POSTGRES_PASSWORD=p1", "-e", "POSTGRES_DB=d1", "postgres:17")
	cleanUp(t, "rm", "-f", "-v", id)
	host := addressOf(t, id)
	values = strings.NewReplacer("{host}", host, "{port}", "5432", "{user}", "u1", "{password}", "p1", "{database}", "d1", "{listen}", listen)
	require.Eventually(t, func() bool {
		return exec.CommandContext(t.Context(), "docker", "exec", "-e", "PGPASSWORD=p1", id, "psql", "-h", host, "-U", "u1", "-d", "d1", "-c", "SELECT 1").Run() == nil
	}, time.Minute, 200*time.Millisecond)
	return id, values
}

func addressOf(t *testing.T, id string) string {
	t.Helper()
	return docker(t, "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", id)
}

func environment(start takehome.StartPlan, values *strings.Replacer) []string {
	var flags []string
	for _, setting := range start.Env {
		flags = append(flags, "-e", setting.Name+"="+values.Replace(setting.Value))
	}
	return flags
}

// migrate does what the plan says to the empty database: the scripts, then the command.
func migrate(t *testing.T, database, image string, start takehome.StartPlan, values *strings.Replacer) {
	t.Helper()
	require.NotNil(t, start.Migration)
	for _, script := range start.Migration.Scripts {
		docker(t, "exec", "-e", "PGPASSWORD=p1", database, "psql", "-v", "ON_ERROR_STOP=1", "-U", "u1", "-d", "d1", "-c", script.SQL)
	}
	if command := start.Migration.Command; len(command) > 0 {
		arguments := append([]string{"run", "--rm", "--read-only", "--tmpfs", "/tmp"}, environment(start, values)...)
		docker(t, slices.Concat(arguments, []string{"--entrypoint", command[0], image}, command[1:])...)
	}
}

func startProgram(t *testing.T, image string, start takehome.StartPlan, values *strings.Replacer) string {
	t.Helper()
	arguments := append([]string{"run", "-d", "--read-only", "--tmpfs", "/tmp"}, environment(start, values)...)
	id := docker(t, slices.Concat(arguments, []string{image}, start.Command)...)
	cleanUp(t, "rm", "-f", id)
	require.NotContains(t, []string{"", "root", "0"}, docker(t, "inspect", "-f", "{{.Config.User}}", id))
	address := net.JoinHostPort(addressOf(t, id), listen)
	require.Eventually(t, func() bool {
		connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address)
		return err == nil && connection.Close() == nil
	}, time.Minute, 100*time.Millisecond, "it does not listen on the port that it was given")
	return address
}

func createAndList(t *testing.T, address string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"title": "from the recipe"})
	require.NoError(t, err)
	request := func(method string, body io.Reader) (int, string) {
		made, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+"/todos", body)
		require.NoError(t, err)
		made.Header.Set("Content-Type", "application/json")
		reply, err := http.DefaultClient.Do(made)
		require.NoError(t, err)
		defer func() { require.NoError(t, reply.Body.Close()) }()
		read, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		return reply.StatusCode, string(read)
	}
	status, text := request(http.MethodPost, bytes.NewReader(body))
	require.Equal(t, http.StatusCreated, status, text)
	status, text = request(http.MethodGet, nil)
	require.Equal(t, http.StatusOK, status, text)
	require.JSONEq(t, `["from the recipe"]`, text)
}
