package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/takehome-dev/takehome/internal/build"
	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/intake"
	"github.com/takehome-dev/takehome/internal/sandbox"
	"github.com/takehome-dev/takehome/internal/sandbox/images"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// station holds what a run needs of the machine, connected once for the process.
type station struct {
	app     *app
	sandbox *sandbox.Engine
	images  *images.Store
	log     zerolog.Logger
	copies  string // folder of clean copies
}

// connect reaches the Docker engine and makes sure of the images that every run needs.
func (a *app) connect(ctx context.Context) (*station, error) {
	copies := filepath.Join(a.settings.StateDir, "copies")
	if err := os.MkdirAll(copies, 0o700); err != nil {
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the state folder " + takehome.Line(a.settings.StateDir) + " cannot be used", Err: err,
			Hint: "make it writable, or set --state-dir to another folder",
		}
	}
	log := a.logger()
	connected, err := sandbox.Connect(ctx, sandbox.Settings{
		Host: a.settings.DockerHost, PodBinary: a.podBinary(), StateDir: a.settings.StateDir, Log: log,
	})
	if err != nil {
		return nil, err
	}
	s := &station{app: a, sandbox: connected, log: log, copies: copies}
	s.images = images.Open(connected.Client(), images.Options{
		StateDir: a.settings.StateDir, Environment: a.process.variable, OnLine: func(line string) {
			if !a.flags.quiet {
				_, _ = fmt.Fprintf(a.streams.Err, "  images: %s\n", line)
			}
		},
	})
	return s, nil
}

func (s *station) close() { _ = s.sandbox.Close() } // what it held ends with the process

func (a *app) logger() zerolog.Logger {
	level, err := zerolog.ParseLevel(a.settings.LogLevel)
	if err != nil {
		level = zerolog.WarnLevel
	}
	if a.settings.LogFormat == "json" {
		return zerolog.New(a.streams.Err).Level(level).With().Timestamp().Logger()
	}
	writer := zerolog.ConsoleWriter{Out: a.streams.Err, NoColor: true, TimeFormat: time.TimeOnly}
	return zerolog.New(writer).Level(level).With().Timestamp().Logger()
}

// podBinary is the helper that runs inside the pod: set, or built beside the program.
func (a *app) podBinary() string {
	if a.settings.PodBinary != "" {
		return a.settings.PodBinary
	}
	if runtime.GOOS == "linux" {
		if beside := a.beside("takehome-pod"); exists(beside) {
			return beside
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (a *app) jobs() int {
	if a.settings.Jobs > 0 {
		return a.settings.Jobs
	}
	return runtime.NumCPU()
}

// engine puts the stations on the line.
func (s *station) engine() *engine.Engine {
	return &engine.Engine{
		Intake: intakeStation{s}, Planner: planStation{}, Builder: buildStation{s}, Labs: labStation{s},
		Environment: s.environment, RunTimeout: s.app.settings.RunTimeout,
	}
}

type intakeStation struct{ *station }

func (s intakeStation) Open(ctx context.Context, given string) (engine.Copy, error) {
	limits := intake.DefaultLimits()
	limits.MaxBytes, limits.MaxFiles = int64(s.app.settings.MaxSubmissionBytes), s.app.settings.MaxSubmissionFiles
	tree, err := intake.Open(ctx, given, intake.Options{Limits: limits, TempDir: s.copies})
	if err != nil {
		return nil, err
	}
	return cleanCopy{tree}, nil
}

type cleanCopy struct{ *intake.Tree }

func (c cleanCopy) Submission() takehome.Submission { return c.Tree.Submission }

type planStation struct{}

func (planStation) Plan(ctx context.Context, submission takehome.Submission) (engine.Proposal, error) {
	proposal, err := build.Plan(ctx, submission)
	return engine.Proposal(proposal), err
}

type labStation struct{ *station }

// Open makes sure of the database's image before it opens a pod.
func (s labStation) Open(ctx context.Context, plan takehome.StartPlan) (engine.Lab, error) {
	if err := s.images.Ensure(ctx, "postgres:17"); err != nil {
		return nil, err
	}
	settings := s.app.settings
	lab, err := s.sandbox.Open(ctx, sandbox.LabSpec{
		Limits:        sandbox.Limits{MemoryBytes: int64(settings.Memory), NanoCPUs: int64(settings.CPUs * 1e9)},
		Lifetime:      settings.RunTimeout + settings.BuildTimeout,
		StartPatience: settings.StartTimeout, Aliases: plan.DatabaseHosts,
	})
	if err != nil {
		return nil, err
	}
	return lab, nil
}

// environment says what a run was made with.
func (s *station) environment() []takehome.Setting {
	facts := []takehome.Setting{
		{Name: "docker engine", Value: s.sandbox.Version(), Source: "engine"},
		{Name: "go", Value: runtime.Version(), Source: "build"},
		{Name: "platform", Value: runtime.GOOS + "/" + runtime.GOARCH, Source: "build"},
		{Name: "takehome", Value: version(), Source: "build"},
	}
	return facts
}

// removeCopies removes clean copies of runs that are over.
func (s *station) removeCopies() (int, error) {
	entries, err := os.ReadDir(s.copies)
	if err != nil {
		return 0, fmt.Errorf("list the clean copies: %w", err)
	}
	removed := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !strings.HasPrefix(entry.Name(), intake.FolderPrefix) || time.Since(info.ModTime()) < s.app.settings.RunTimeout {
			continue // one of a living run
		}
		if err := os.RemoveAll(filepath.Join(s.copies, entry.Name())); err != nil {
			return removed, fmt.Errorf("remove a clean copy: %w", err)
		}
		removed++
	}
	return removed, nil
}
