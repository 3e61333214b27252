package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

// watcher shows a run while it goes on: on a terminal one live line for what runs, in a
// pipe one line for each check that has ended.
type watcher struct {
	surface  term.Surface
	progress *term.Progress
	hide     func()
	blocked  map[string]int // checks that could not be observed, by their cause
	quiet    bool
	mutex    sync.Mutex // an observer may be called from several goroutines
	verbose  bool       // every line of a build is shown
}

func (a *app) watch() *watcher {
	w := &watcher{blocked: map[string]int{}, surface: a.streams.Err, quiet: a.flags.quiet, verbose: a.settings.LogLevel == "debug" || a.settings.LogLevel == "trace"}
	if !w.quiet {
		w.progress, w.hide = a.notes.show()
	}
	return w
}

// close ends the live lines. What one failure made impossible is one line, not fifty.
func (w *watcher) close() {
	if w.hide != nil {
		for _, cause := range slices.Sorted(maps.Keys(w.blocked)) {
			w.progress.Print(w.line(takehome.Blocked, cause, fmt.Sprintf("failed, and %d more need it and could not be observed", w.blocked[cause])))
		}
		clear(w.blocked)
		w.hide()
	}
}

// phaseWords say what a phase does.
var phaseWords = map[string]string{
	"intake": "taking in the submission", "plan": "reading how it is built and started", "build": "building its image",
	"pod": "opening its pod", "boot": "starting the program", "binding": "finding out the shape of its API",
	"checks": "observing the checks", "teardown": "cleaning up",
}

func (w *watcher) observe(event takehome.Event) {
	if w.quiet {
		return
	}
	switch event.Kind {
	case takehome.PhaseStarted:
		if event.Phase != "checks" { // its checks show themselves
			w.progress.Start("phase "+event.Phase, phaseWords[event.Phase])
		}
	case takehome.PhaseDone:
		w.progress.Done("phase "+event.Phase, nil)
	case takehome.CheckStarted:
		w.progress.Start(event.Check.ID, event.Check.ID+" "+event.Check.Title)
	case takehome.CheckDone:
		w.done(event.Check, event.Finding)
	case takehome.Progress:
		if w.verbose {
			w.progress.Print(term.Words(term.Faint, "  %s: %s", event.Phase, event.Line))
		}
	}
}

func (w *watcher) done(check takehome.Check, finding takehome.Finding) {
	if finding.Verdict == takehome.Blocked && finding.Cause != "" {
		w.mutex.Lock()
		w.blocked[finding.Cause]++
		w.mutex.Unlock()
		w.progress.Done(check.ID, nil)
		return
	}
	text := check.Title
	if finding.Verdict != takehome.Pass {
		text += ": " + finding.Summary
	}
	w.progress.Done(check.ID, w.line(finding.Verdict, check.ID, text))
}

func (w *watcher) line(verdictOf takehome.Verdict, id, text string) term.Line {
	verdict := w.surface.Verdict(string(verdictOf))
	// The usual verdicts are as wide as each other, so that the ids stand in a column.
	gap := strings.Repeat(" ", max(0, len("! partial")-utf8.RuneCountInString(verdict.Text))) + "  "
	line := term.Line{verdict, {Text: gap + id + " ", Style: term.Strong}, {Text: text}}
	if w.surface.IsTerminal {
		return w.surface.Clip(line, w.surface.Width) // all of it is in the report
	}
	return line
}

// painter lends the report the colours of the terminal.
type painter struct{ surface term.Surface }

func (p painter) Verdict(verdict takehome.Verdict, text string) string {
	span := p.surface.Verdict(string(verdict))
	span.Text = text
	return p.surface.Render(term.Line{span})
}

func (p painter) Bold(text string) string {
	return p.surface.Render(term.Line{{Text: text, Style: term.Strong}})
}

func (p painter) Dim(text string) string {
	return p.surface.Render(term.Line{{Text: text, Style: term.Faint}})
}

func (a *app) look() report.Look {
	out := a.streams.Out
	return report.Look{Painter: painter{out}, Width: out.Width, ASCII: out.IsTerminal && !out.Unicode}
}
