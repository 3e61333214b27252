package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test binary is the helper itself when it is called by one of its sub-commands.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// helper prepares the test binary as takehome-pod with the given arguments.
func helper(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), binary, args...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	return command, &output
}

func TestInitPassesExitCodesThrough(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(folder+"/plain", []byte("no interpreter"), 0o755))
	require.NoError(t, os.WriteFile(folder+"/locked", []byte("#!/bin/sh\n"), 0o644))
	require.NoError(t, os.WriteFile(folder+"/orphan", []byte("#!/no/such/interpreter\n"), 0o755))
	cases := []struct {
		name    string
		command []string
		code    int
		says    string
	}{
		{"success", []string{"true"}, 0, ""},
		{"failure", []string{"sh", "-c", "exit 7"}, 7, ""},
		{"own 124", []string{"sh", "-c", "exit 124"}, 124, ""},
		{"killed", []string{"sh", "-c", "kill -9 $$"}, 137, ""},
		{"arguments", []string{"sh", "-c", `echo "$0|$1"; exit 3`, "a b", "$c"}, 3, "a b|$c\n"},
		{"unknown", []string{"no-such-program"}, 127, `cannot start "no-such-program": command not found`},
		{"missing", []string{folder + "/nothing"}, 127, "command not found"},
		{"folder", []string{folder}, 126, "permission denied"},
		{"not executable", []string{folder + "/locked"}, 126, "permission denied"},
		{"no format", []string{folder + "/plain"}, 126, "exec format error"},
		{"no interpreter", []string{folder + "/orphan"}, 126, "the interpreter or the loader"},
		{"usage", nil, 64, "usage:"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, output := helper(t, append([]string{"init", "60", "--"}, test.command...)...)
			_ = command.Run()
			require.Equal(t, test.code, command.ProcessState.ExitCode(), output.String())
			require.Contains(t, output.String(), test.says)
		})
	}
}

func TestInitGivesAHomeToWhoHasNone(t *testing.T) {
	t.Parallel()
	for home, want := range map[string]string{"": "/tmp", "/": "/tmp", "/home/app": "/home/app"} {
		command, output := helper(t, "init", "60", "--", "sh", "-c", "echo $HOME")
		command.Env = append(os.Environ(), "HOME="+home)
		require.NoError(t, command.Run())
		require.Equal(t, want+"\n", output.String())
	}
}

func TestInitEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	command, output := helper(t, "init", "1", "--", "sh", "-c", `trap "" TERM INT HUP; while :; do sleep 1; done`)
	_ = command.Run()
	require.Equal(t, exitDeadline, command.ProcessState.ExitCode(), output.String())
}

func TestInitHandsSignalsOn(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		script string
		signal syscall.Signal
		code   int
		says   string
	}{
		{"handled", `trap 'echo got TERM; exit 5' TERM; echo ready; while :; do sleep 0.05; done`, syscall.SIGTERM, 5, "got TERM"},
		{"other signal", `trap 'echo got HUP; exit 6' HUP; echo ready; while :; do sleep 0.05; done`, syscall.SIGHUP, 6, "got HUP"},
		{"not handled", `echo ready; while :; do sleep 0.05; done`, syscall.SIGTERM, 143, ""},
		{
			"a shell that dies of it takes nothing down unasked",
			`sh -c 'trap "sleep 0.3; echo finished; exit 0" TERM; echo ready; while :; do sleep 0.05; done'; true`,
			syscall.SIGTERM, 143, "finished",
		},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, stderr := helper(t, "init", "60", "--", "sh", "-c", test.script)
			command.Stdout = nil
			stdout, err := command.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			ready := make([]byte, len("ready\n"))
			_, err = stdout.Read(ready)
			require.NoError(t, err)
			require.NoError(t, command.Process.Signal(test.signal))
			var rest bytes.Buffer
			_, err = rest.ReadFrom(stdout)
			require.NoError(t, err)
			_ = command.Wait()
			require.Equal(t, test.code, command.ProcessState.ExitCode())
			require.Contains(t, rest.String(), test.says)
			if test.says != "" && test.code == 128+int(test.signal) {
				require.Contains(t, stderr.String(), notHandedOn)
			} else if test.says != "" {
				require.NotContains(t, stderr.String(), notHandedOn)
			}
		})
	}
}

func TestHoldEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	command, _ := helper(t, "hold", "1")
	_ = command.Run()
	require.Equal(t, exitDeadline, command.ProcessState.ExitCode())
}

// Not parallel: it sends SIGTERM to the test's own process.
func TestHoldEndsWhenAsked(t *testing.T) {
	safe := make(chan os.Signal, 1)
	signal.Notify(safe, syscall.SIGTERM)
	t.Cleanup(func() { signal.Stop(safe) })
	code := make(chan int, 1)
	go func() { code <- hold(time.Minute) }()
	require.Eventually(t, func() bool {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
		return len(code) == 1
	}, 10*time.Second, 5*time.Millisecond)
	require.Zero(t, <-code)
}
