// Package sandboxtest opens real labs for the tests of packages that only know a lab by its
// interface. It is for tests alone.
package sandboxtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// helper is the program takehome-pod, built once for all tests of a process.
var helper = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "takehome-lab-test-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "takehome-pod")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "github.com/takehome-dev/takehome/cmd/takehome-pod")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux") //nolint:forbidigo // the toolchain's own settings
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build takehome-pod: %w: %s", err, output)
	}
	return file, nil
})

// Open opens a lab with a database and without a program, which is closed at the end of the
// test. Without a Docker engine the test is skipped; it fails where TAKEHOME_REQUIRE_DOCKER=1.
func Open(tb testing.TB, dataset *takehome.Dataset) takehome.Lab {
	tb.Helper()
	file, err := helper()
	require.NoError(tb, err)
	host := os.Getenv("DOCKER_HOST") //nolint:forbidigo // as the program itself does
	engine, err := sandbox.Connect(tb.Context(), sandbox.Settings{Host: host, PodBinary: file, StateDir: tb.TempDir()})
	if err != nil && os.Getenv("TAKEHOME_REQUIRE_DOCKER") != "1" && takehome.OwnerOf(err) == takehome.Operator { //nolint:forbidigo // a switch of the tests
		tb.Skip("needs a Docker engine:", err)
	}
	require.NoError(tb, err)
	lab, err := engine.Open(tb.Context(), sandbox.LabSpec{Dataset: dataset})
	require.NoError(tb, err)
	tb.Cleanup(func() {
		ctx := context.WithoutCancel(tb.Context())
		require.NoError(tb, lab.Close(ctx))
		require.NoError(tb, engine.Close())
	})
	return lab
}
