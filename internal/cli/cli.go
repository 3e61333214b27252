// Package cli is the command line: it turns arguments into calls, wires the stations of
// the straight line together, and turns what comes back into output and an exit code.
// It is the only package that knows all others.
package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders"
	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/config"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

// Process is everything of the operating system's process that the program touches.
type Process struct {
	Arguments    []string // without the program's own name
	Environment  []string // "NAME=value"
	In, Out, Err *os.File
	Executable   string    // path of the program, to find the helper beside it
	ConfigDir    string    // the user's folder for settings, "" if there is none
	CacheDir     string    // the user's folder for caches, "" if there is none
	Exit         func(int) // leaves at once, for a second ^C
}

// Run runs one command and returns the exit code of the process.
func Run(process Process) (code int) {
	app := &app{process: process, out: &remembering{stream: process.Out}}
	app.notes = &notes{app: app}
	app.probe(term.ColorAuto)
	defer func() {
		if cause := recover(); cause != nil {
			_, _ = fmt.Fprintf(app.streams.Err, "takehome: panic: %v\n%s\n", cause, debug.Stack())
			_, _ = fmt.Fprintln(app.streams.Err, "  next: please report this with the lines above; no submission was charged for it")
			code = exitInconclusive
		}
	}()
	ctx, stop := app.interruptible()
	defer stop()
	app.catalog = catalog.New(challenges.Files, kinds())
	root := app.rootCommand()
	root.SetArgs(process.Arguments)
	return app.exitCode(root.ExecuteContext(ctx))
}

// app is one run of the program.
type app struct {
	process  Process
	streams  term.Streams
	catalog  *catalog.Catalog
	settings config.Settings
	origins  []config.Origin
	flags    globalFlags
	asJSON   bool // the command was asked for JSON: a fault is JSON too
	code     int  // what a command that ended well wants to exit with
	notes    *notes
	out      *remembering
}

func kinds() []catalog.Kind {
	var list []catalog.Kind
	for _, kind := range graders.Kinds() {
		list = append(list, kind)
	}
	return list
}

func (p Process) lookup(name string) (string, bool) {
	for _, entry := range p.Environment {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

func (p Process) variable(name string) string {
	value, _ := p.lookup(name)
	return value
}

// interruptible makes a context that the first ^C ends, so that the run stops, cleans
// up and writes what it saw. The second ^C leaves at once.
func (a *app) interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; !ok {
			return
		}
		a.answer("takehome: stopping and cleaning up; ^C again leaves at once")
		cancel()
		if _, ok := <-signals; !ok {
			return
		}
		a.answer("takehome: left at once; this removes what is left: takehome clean")
		a.process.Exit(exitInterrupted)
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}

// answer writes a line about a ^C, which the terminal has shown where the cursor was.
func (a *app) answer(text string) {
	if a.streams.Err.IsTerminal {
		text = "\n" + text
	}
	_, _ = fmt.Fprintln(a.notes, text) // there is nobody else to tell
}

// load reads the settings; every command but help and version needs them.
func (a *app) load(command *cobra.Command) error {
	given := map[string]string{}
	for _, setting := range config.List() {
		if flag := command.Flags().Lookup(setting.Name); flag != nil && flag.Changed {
			given[setting.Name] = flag.Value.String()
		}
	}
	var err error
	a.settings, a.origins, err = config.Load(config.Sources{
		Flags: given, Environment: a.process.Environment, File: a.flags.config,
		ConfigDir: a.process.ConfigDir, CacheDir: a.process.CacheDir,
	})
	if err != nil {
		return settingsFault(err)
	}
	a.probe(term.ColorMode(a.settings.Color))
	return nil
}

// probe looks at the streams. What is written to stdout passes by a writer that
// remembers a failure, which most who write there do not look at.
func (a *app) probe(mode term.ColorMode) {
	a.streams = term.Probe(a.process.In, a.process.Out, a.process.Err, a.process.lookup, mode)
	a.streams.Out.Writer = a.out
}

func settingsFault(err error) error {
	var problems []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			problems = append(problems, each.Error())
		}
	} else {
		problems = []string{err.Error()}
	}
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the settings cannot be used: " + strings.Join(problems, "; "),
		Hint: "correct it where it is set; takehome help environment lists every setting and what it may be",
	}
}

// beside is the path of a file in the folder of the program.
func (a *app) beside(name string) string {
	return filepath.Join(filepath.Dir(a.process.Executable), name)
}
