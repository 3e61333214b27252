package term

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const story = "TAKEHOME_TERM_STORY"

// TestLiveLinesOnARealTerminal plays a story in tmux, step by step, and looks at the screen.
func TestLiveLinesOnARealTerminal(t *testing.T) {
	t.Parallel()
	if os.Getenv(story) != "" {
		tell(t)
		return
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux on this machine to look at a terminal with")
	}
	terminal := startTmux(t, 60, 15)
	terminal.await(`› create-rejects-negative [1-9]\d* s\n› list [1-9]\d* s\nREADY$`, "two live lines stand at the end", func(screen string) string {
		return screen + "\nREADY"
	})
	terminal.next()
	terminal.await(`^probed terminal=true colour=true unicode=true width=60\n✓ pass list\n› create-rejects-negative \d+ s$`, "one is done", nil)
	terminal.next()
	terminal.await(`✓ pass list\na line of the log\na note\n› create-rejects-negative \d+ s$`, "a log line comes between", nil)
	terminal.next()
	terminal.await(`^probed .*\n✓ pass list\na line of the log\na note\n✗ fail create-rejects-negative\nTHE END$`, "nothing is left", nil)
}

// tell is the story, in the process that runs in tmux. Each step waits for a line of input.
func tell(t *testing.T) {
	t.Helper()
	in, out := os.NewFile(0, "stdin"), os.NewFile(1, "stdout")
	streams := Probe(in, out, out, os.LookupEnv, ColorAuto)
	surface := streams.Err
	steps := bufio.NewReader(in)
	next := func() {
		_, err := steps.ReadString('\n')
		require.NoError(t, err)
	}
	surface.Println(Words(Normal, "probed terminal=%v colour=%v unicode=%v width=%d", surface.IsTerminal, surface.Colour, surface.Unicode, surface.Width))
	progress := NewProgress(surface)
	progress.Start("create", "create-rejects-negative")
	progress.Start("list", "list")
	next()
	progress.Done("list", Line{surface.Verdict("pass"), {Text: " list"}})
	next()
	_, err := fmt.Fprintln(progress.Log(), "a line of the log")
	require.NoError(t, err)
	progress.Print(Words(Normal, "a note"))
	next()
	progress.Done("create", Line{surface.Verdict("fail"), {Text: " create-rejects-negative"}})
	progress.Close()
	surface.Println(Words(Normal, "THE END"))
	next() // so that the screen stays
}

type tmux struct {
	t      *testing.T
	socket string
}

func startTmux(t *testing.T, columns, rows int) *tmux {
	t.Helper()
	terminal := &tmux{t: t, socket: filepath.Join(t.TempDir(), "s")}
	program, err := os.Executable()
	require.NoError(t, err)
	command := fmt.Sprintf("stty -echo; exec env -u NO_COLOR -u LC_ALL %s=1 LANG=C.UTF-8 '%s' -test.run '^TestLiveLinesOnARealTerminal$'", story, program)
	terminal.run("-u", "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows), command)
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", terminal.socket, "kill-server").Run() }) // it may have ended already
	return terminal
}

func (x *tmux) run(arguments ...string) string {
	x.t.Helper()
	command := exec.CommandContext(x.t.Context(), "tmux", append([]string{"-S", x.socket, "-f", "/dev/null"}, arguments...)...)
	command.Env = append(os.Environ(), "LANG=C.UTF-8", "TMUX=")
	output, err := command.CombinedOutput()
	require.NoError(x.t, err, "%s", output)
	return string(output)
}

func (x *tmux) next() { x.run("send-keys", "Enter") }

// await looks until the screen is as expected.
func (x *tmux) await(pattern, what string, change func(string) string) {
	x.t.Helper()
	wanted := regexp.MustCompile(pattern)
	var screen string
	require.Eventually(x.t, func() bool {
		screen = strings.TrimRight(x.run("capture-pane", "-p"), "\n ")
		if change != nil {
			screen = change(screen)
		}
		return wanted.MatchString(screen)
	}, 30*time.Second, 50*time.Millisecond, "%s", what)
	x.t.Logf("%s:\n%s", what, screen)
}
