package cli

import (
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
	quiet    bool
	verbose  bool // every line of a build is shown
}

func (a *app) watch() *watcher {
	w := &watcher{surface: a.streams.Err, quiet: a.flags.quiet, verbose: a.settings.LogLevel == "debug" || a.settings.LogLevel == "trace"}
	if !w.quiet {
		w.progress, w.hide = a.notes.show()
	}
	return w
}

func (w *watcher) close() {
	if w.hide != nil {
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
		w.progress.Done(event.Check.ID, w.line(event))
	case takehome.Progress:
		if w.verbose {
			w.progress.Print(term.Words(term.Faint, "  %s: %s", event.Phase, event.Line))
		}
	}
}

func (w *watcher) line(event takehome.Event) term.Line {
	text := event.Check.Title
	if event.Finding.Verdict != takehome.Pass {
		text += ": " + event.Finding.Summary
	}
	return term.Line{
		w.surface.Verdict(string(event.Finding.Verdict)), {Text: "  " + event.Check.ID + " ", Style: term.Strong}, {Text: text},
	}
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
