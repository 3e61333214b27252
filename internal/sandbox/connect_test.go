package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// requireFault checks owner, words and next step of an error that a user will see.
func requireFault(t *testing.T, err error, owner takehome.Owner, summary string) {
	t.Helper()
	fault, ok := errors.AsType[*takehome.Fault](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, owner, fault.Owner)
	require.Contains(t, fault.Summary, summary)
	require.NotEmpty(t, fault.Hint)
}

func TestAnEngineThatCannotBeUsedIsTheOperators(t *testing.T) {
	t.Parallel()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = deaf.Close() })
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.38")
		w.Header().Set("Ostype", "linux")
		if strings.HasSuffix(r.URL.Path, "/version") {
			_, _ = io.WriteString(w, `{"Version":"18.06.0","ApiVersion":"1.38","Os":"linux","Arch":"amd64"}`)
		}
	}))
	t.Cleanup(old.Close)
	windows := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.47")
		if strings.HasSuffix(r.URL.Path, "/version") {
			_, _ = io.WriteString(w, `{"Version":"27.0.0","ApiVersion":"1.47","Os":"windows","Arch":"amd64"}`)
		}
	}))
	t.Cleanup(windows.Close)
	tcp := func(server *httptest.Server) string { return "tcp://" + server.Listener.Addr().String() }
	for name, test := range map[string]struct{ host, want string }{
		"nobody there": {"unix:///no/such/docker.sock", "no Docker engine answers at unix:///no/such/docker.sock"},
		"no address":   {"what?", "the address of the Docker engine cannot be used"},
		"deaf":         {"tcp://" + deaf.Addr().String(), "does not answer"},
		"too old":      {tcp(old), "18.06.0 speaks API 1.38, and 1.41 is needed"},
		"windows":      {tcp(windows), "windows containers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			_, err := Connect(t.Context(), Settings{Host: test.host, StateDir: t.TempDir()})
			requireFault(t, err, takehome.Operator, test.want)
			require.Less(t, time.Since(begun), 20*time.Second)
		})
	}
	_, err = Connect(t.Context(), Settings{})
	requireFault(t, err, takehome.Operator, "no state folder")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Connect(ctx, Settings{Host: "unix:///no/such/docker.sock", StateDir: t.TempDir()})
	require.ErrorIs(t, err, context.Canceled)
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	needEngine(t)
	folder, err := binaries()
	require.NoError(t, err)
	helper := filepath.Join(folder, "takehome-pod")
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755))
	for name, test := range map[string]struct {
		settings Settings
		want     string
	}{
		"no helper":       {Settings{PodBinary: "/no/such/file"}, "the helper takehome-pod for linux/"},
		"none beside":     {Settings{}, "the helper takehome-pod for linux/"},
		"not a program":   {Settings{PodBinary: text}, "is not a program for linux/"},
		"no database":     {Settings{PodBinary: helper, PostgresImage: "no-such/postgres:17"}, "the image no-such/postgres:17 is not on this machine"},
		"bad state":       {Settings{PodBinary: helper, StateDir: text}, "cannot be used"},
		"not a reference": {Settings{PodBinary: helper, PostgresImage: "Not A Reference"}, "look up the image"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.settings.StateDir == "" {
				test.settings.StateDir = t.TempDir()
			}
			test.settings.Host = dockerHost()
			engine, err := Connect(t.Context(), test.settings)
			if err == nil {
				_, err = engine.Open(t.Context(), LabSpec{})
				require.NoError(t, engine.Close())
			}
			requireFault(t, err, takehome.Operator, test.want)
		})
	}
}

func TestDoctorKnowsTheEngine(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	facts, err := engine.Doctor(t.Context())
	require.NoError(t, err)
	require.Equal(t, engine.Version(), facts.EngineVersion)
	require.NotEmpty(t, facts.APIVersion)
	require.NotEmpty(t, facts.StorageDriver)
	require.Contains(t, []string{"1", "2"}, facts.CgroupVersion)
	require.True(t, facts.Seccomp)
	require.Positive(t, facts.CPUs)
	require.Positive(t, facts.MemoryBytes)
	require.Equal(t, []ImageFact{{Purpose: "database base", Ref: "postgres:17", Present: true}}, facts.Images)
	if _, err := os.Stat(facts.DataRoot); err == nil {
		require.Positive(t, facts.FreeBytes)
	}
}

// cable is a socket before the real engine's that a test can cut.
type cable struct {
	host     string
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
}

func layCable(t *testing.T) *cable {
	t.Helper()
	needEngine(t)
	folder, err := os.MkdirTemp("", "cable") //nolint:usetesting // the path of a socket must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	made := &cable{host: "unix://" + filepath.Join(folder, "s")}
	made.listener, err = net.Listen("unix", filepath.Join(folder, "s"))
	require.NoError(t, err)
	t.Cleanup(made.cut)
	go func() {
		for {
			near, err := made.listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", "/var/run/docker.sock")
			if err != nil {
				_ = near.Close()
				continue
			}
			made.mu.Lock()
			made.conns = append(made.conns, near, far)
			made.mu.Unlock()
			go func() { _, _ = io.Copy(near, far); _ = near.Close(); _ = far.Close() }()
			go func() {
				_, _ = io.Copy(far, near)
				_ = far.(*net.UnixConn).CloseWrite()
			}()
		}
	}()
	return made
}

func (c *cable) cut() {
	_ = c.listener.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// An engine that goes away in the middle is nobody's finding, and what it left is removed
// by the next runner.
func TestAnEngineThatGoesAwayIsAFault(t *testing.T) {
	t.Parallel()
	stateDir := t.TempDir()
	healthy := connectAt(t, stateDir)
	cable := layCable(t)
	engine, err := Connect(t.Context(), Settings{Host: cable.host, StateDir: stateDir, PodBinary: healthy.settings.PodBinary})
	require.NoError(t, err)
	lab, err := engine.Open(t.Context(), LabSpec{})
	require.NoError(t, err)
	lab.Equip(programImage(t, healthy, "serve"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening)

	cable.cut()
	_, err = lab.Dial(t.Context(), "tcp", boot.Address)
	requireFault(t, err, takehome.Operator, "the Docker engine stopped answering")
	require.Eventually(t, func() bool {
		_, err = lab.State(t.Context())
		return err != nil
	}, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
	_, err = lab.Start(t.Context(), takehome.StartOptions{})
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
	requireFault(t, lab.Close(t.Context()), takehome.Operator, "the Docker engine stopped answering")
	require.NotEmpty(t, objectsOf(t, healthy, labelLab, lab.name))

	require.NoError(t, engine.Close())
	_, err = healthy.Clean(t.Context())
	require.NoError(t, err)
	require.Empty(t, objectsOf(t, healthy, labelLab, lab.name))
}

func TestARelayThatBreaksByItselfIsOurs(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	require.NoError(t, lab.relay.Close())
	_, err := lab.Listening(t.Context())
	requireFault(t, err, takehome.Takehome, "the relay into the pod broke")
}

func TestFaultsOfTheEngineAreSorted(t *testing.T) {
	t.Parallel()
	engine := &Engine{}
	full := engine.call(t.Context(), "create x", quick, func(context.Context) error { return errors.New("write /var: no space left on device") })
	requireFault(t, full, takehome.Operator, "the disk of the Docker engine is full")
	late := engine.call(t.Context(), "create x", time.Millisecond, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	requireFault(t, late, takehome.Operator, "the Docker engine took longer than 1ms to create x")
	odd := engine.call(t.Context(), "create x", quick, func(context.Context) error { return errors.New("500") })
	requireFault(t, odd, takehome.Operator, "the Docker engine could not create x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stopped := engine.call(ctx, "create x", quick, func(ctx context.Context) error { return ctx.Err() })
	require.ErrorIs(t, stopped, context.Canceled)
	require.ErrorIs(t, engine.insist(ctx, "create x", quick, func(context.Context) error { return nil }), context.Canceled)

	var refused *refusedByEngine
	require.ErrorAs(t, fromImage(errors.New("OCI runtime create failed: unable to find user nobody: no matching entries in passwd file")), &refused)
	require.NotErrorAs(t, fromImage(errors.New("mkdir /var/lib/docker/x: no space left on device: not a directory")), &refused)
	require.NotErrorAs(t, fromImage(errors.New("driver failed")), &refused)
}
