package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/cli"
)

// beProgram makes the binary of the tests behave as the program.
const beProgram = "BE_THE_PROGRAM"

// TestMain lets scripts call the program: the binary of the tests is the program as well.
func TestMain(m *testing.M) {
	if os.Getenv(beProgram) == "" {
		code := m.Run()
		if binariesFolder != "" {
			_ = os.RemoveAll(binariesFolder)
		}
		os.Exit(code) //nolint:forbidigo // this is the process
	}
	process := cli.Process{
		Arguments: os.Args[1:], Environment: os.Environ(), //nolint:forbidigo // this is the process
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Exit: os.Exit, //nolint:forbidigo // this is the process
	}
	process.Executable, _ = os.Executable()
	process.ConfigDir, _ = os.UserConfigDir()
	process.CacheDir, _ = os.UserCacheDir()
	os.Exit(cli.Run(process)) //nolint:forbidigo // this is the process
}

// TestScripts calls the program as a user does: every file in testdata/script is a
// conversation with it. None needs an engine. A line is a comment (#), or one of:
//
//	exits CODE takehome …     call the program; it ends with that code
//	shell CODE COMMAND        the same by a shell, for redirections
//	[!] stdout 'PATTERN'      a line of its stdout matches (! none does)
//	[!] stderr 'PATTERN'
//	env NAME=VALUE            for the calls that follow; an empty value removes it
//	mkdir PATH
//	keep PATH                 write the last stdout to a file
//	same PATH                 the last stdout is what the file holds
//	no-files PATH             nothing lies below the folder
//	silent-engine             somebody listens at $SILENT and never says a word
//	small-disk                a file system with little room is mounted at $SMALL
//	fill-disk                 no room is left on it
//	needs linux|root WHY      the rest is left out, with a line, where that is not so
//
// The files behind "-- NAME --" lie in the folder in which the program is called.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

var fileHeader = regexp.MustCompile(`^-- (.+) --$`)

func runScript(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	s := newScript(t)
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		if fileHeader.MatchString(line) {
			s.extract(lines[i:])
			lines = lines[:i]
			break
		}
	}
	for i, line := range lines {
		s.at = fmt.Sprintf("%s:%d: %s", filepath.Base(file), i+1, line)
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if over := s.perform(line); over {
			return
		}
	}
}

// script is one conversation.
type script struct {
	t              *testing.T
	at             string // the line that is performed
	dir            string
	env            map[string]string
	stdout, stderr string
}

// newScript has a state folder of its own, and an engine that is not there.
func newScript(t *testing.T) *script {
	t.Helper()
	dir := t.TempDir()
	s := &script{t: t, dir: dir, env: map[string]string{
		"WORK": dir, "STATE": filepath.Join(dir, "state"), "TAKEHOME_STATE_DIR": filepath.Join(dir, "state"),
		"DOCKER_HOST": "unix:///nonexistent/docker.sock", "HOME": dir, "XDG_CONFIG_HOME": filepath.Join(dir, "config"),
		"PATH": os.Getenv("PATH"), "LC_ALL": "C.UTF-8", beProgram: "1", "TMPDIR": dir,
	}}
	for _, name := range []string{"SystemRoot", "GOCOVERDIR"} {
		if value := os.Getenv(name); value != "" {
			s.env[name] = value
		}
	}
	return s
}

func (s *script) extract(lines []string) {
	s.t.Helper()
	var name string
	var content []string
	write := func() {
		if name != "" {
			path := s.path(name)
			require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(s.t, os.WriteFile(path, []byte(strings.Join(content, "\n")+"\n"), 0o644))
		}
	}
	for _, line := range lines {
		if header := fileHeader.FindStringSubmatch(line); header != nil {
			write()
			name, content = header[1], nil
			continue
		}
		content = append(content, line)
	}
	write()
}

func (s *script) path(name string) string {
	if name = s.expand(name); filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

func (s *script) expand(text string) string {
	return os.Expand(text, func(name string) string { return s.env[name] })
}

// perform performs one line and tells whether the script ends here.
func (s *script) perform(line string) (over bool) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "exits", "shell":
		code, call, _ := strings.Cut(rest, " ")
		want, err := strconv.Atoi(code)
		require.NoError(s.t, err, s.at)
		s.call(want, verb == "shell", call)
	case "stdout", "stderr", "!":
		s.look(line)
	case "env":
		name, value, _ := strings.Cut(rest, "=")
		s.env[name] = value
	case "mkdir":
		require.NoError(s.t, os.MkdirAll(s.path(rest), 0o755), s.at)
	case "keep":
		require.NoError(s.t, os.WriteFile(s.path(rest), []byte(s.stdout), 0o644), s.at)
	case "same":
		content, err := os.ReadFile(s.path(rest))
		require.NoError(s.t, err, s.at)
		require.Equal(s.t, string(content), s.stdout, s.at)
	case "no-files":
		entries, err := os.ReadDir(s.path(rest))
		require.True(s.t, err == nil || errors.Is(err, os.ErrNotExist), "%s: %v", s.at, err)
		require.Empty(s.t, entries, s.at)
	case "silent-engine":
		s.env["SILENT"] = silentEngine(s.t)
	case "small-disk":
		s.env["SMALL"] = smallDisk(s.t)
	case "fill-disk":
		err := os.WriteFile(filepath.Join(s.env["SMALL"], "filler"), make([]byte, 1<<20), 0o600)
		require.Error(s.t, err, "%s: the disk is full", s.at)
	case "needs":
		what, why, _ := strings.Cut(rest, " ")
		if runtime.GOOS != "linux" || what == "root" && os.Geteuid() != 0 {
			s.t.Log("the rest of this script is left out:", why)
			return true
		}
	default:
		require.Fail(s.t, "not a line of a script", s.at)
	}
	return false
}

// call runs the program, or a shell that finds it.
func (s *script) call(want int, byShell bool, line string) {
	s.t.Helper()
	program, err := os.Executable()
	require.NoError(s.t, err)
	arguments := strings.Fields(s.expand(line))
	for i, argument := range arguments {
		arguments[i] = strings.TrimSuffix(argument, "''")
	}
	if byShell {
		arguments = []string{"sh", "-c", "takehome() { '" + program + "' \"$@\"; }; " + line}
	} else {
		require.Equal(s.t, "takehome", arguments[0], s.at)
		arguments[0] = program
	}
	command := exec.CommandContext(s.t.Context(), arguments[0], arguments[1:]...)
	command.Dir = s.dir
	for name, value := range s.env {
		if value != "" {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	s.stdout, s.stderr = stdout.String(), stderr.String()
	left, ended := errors.AsType[*exec.ExitError](err)
	require.True(s.t, err == nil || ended, "%s: %v", s.at, err)
	code := 0
	if ended {
		code = left.ExitCode()
	}
	require.Equal(s.t, want, code, "%s\nstdout:\n%s\nstderr:\n%s", s.at, s.stdout, s.stderr)
	require.NotRegexp(s.t, `goroutine \d|panic:`, s.stderr, s.at)
}

// look compares what the program wrote with a pattern.
func (s *script) look(line string) {
	s.t.Helper()
	line, not := strings.CutPrefix(line, "! ")
	stream, pattern, _ := strings.Cut(line, " ")
	pattern = strings.Trim(pattern, "'")
	text, known := map[string]string{"stdout": s.stdout, "stderr": s.stderr}[stream]
	require.True(s.t, known, s.at)
	matches := regexp.MustCompile("(?m)" + pattern).MatchString(text)
	require.Equal(s.t, !not, matches, "%s\n%s:\n%s", s.at, stream, text)
}
