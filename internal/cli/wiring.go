package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/takehome-dev/takehome/internal/build"
	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/intake"
	"github.com/takehome-dev/takehome/internal/sandbox"
	"github.com/takehome-dev/takehome/internal/sandbox/images"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// station holds what a run needs of the machine, for the whole process.
type station struct {
	app       *app
	workspace *workspace
	log       zerolog.Logger
	removed   int // clean copies of processes that are over

	// What reach found. A wrong path needs no engine to be told.
	reaching sync.Once
	failure  error
	sandbox  *sandbox.Engine
	images   *images.Store
}

// open takes the workspace and removes those of processes that are over.
func (a *app) open() (*station, error) {
	space, err := openWorkspace(a.settings.StateDir)
	if err != nil {
		return nil, err
	}
	s := &station{app: a, workspace: space, log: a.logger()}
	if s.removed, err = removeLeftCopies(a.settings.StateDir); err != nil {
		s.log.Warn().Err(err).Msg("clean copies of an earlier run are still there")
	}
	return s, nil
}

// connect opens a station and reaches the Docker engine.
func (a *app) connect(ctx context.Context) (*station, error) {
	s, err := a.open()
	if err != nil {
		return nil, err
	}
	if err := s.reach(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// reach connects to the Docker engine, once.
func (s *station) reach(ctx context.Context) error {
	s.reaching.Do(func() { s.failure = s.find(ctx) })
	return s.failure
}

func (s *station) find(ctx context.Context) error {
	settings := s.app.settings
	connected, err := sandbox.Connect(ctx, sandbox.Settings{
		Host: settings.DockerHost, PodBinary: s.app.podBinary(), StateDir: settings.StateDir, Log: s.log,
	})
	if err != nil {
		return err
	}
	s.sandbox = connected
	s.images = images.Open(connected.Client(), images.Options{
		StateDir: settings.StateDir, Environment: s.app.process.variable, OnLine: s.tell,
	})
	return nil
}

// tell notes what is being done for the images.
func (s *station) tell(line string) {
	if !s.app.flags.quiet {
		_, _ = fmt.Fprintf(s.app.notes, "  images: %s\n", line)
	}
}

// close gives everything back. What it could not remove is found by the next start.
func (s *station) close() {
	if s.sandbox != nil {
		if err := s.sandbox.Close(); err != nil {
			s.log.Warn().Err(err).Msg("closing the connection to the engine")
		}
	}
	if err := s.workspace.close(); err != nil {
		s.log.Warn().Err(err).Msg("removing the clean copies")
	}
}

func (a *app) logger() zerolog.Logger {
	level, err := zerolog.ParseLevel(a.settings.LogLevel)
	if err != nil {
		level = zerolog.WarnLevel
	}
	if a.settings.LogFormat == "json" {
		return zerolog.New(a.notes).Level(level).With().Timestamp().Logger()
	}
	writer := zerolog.ConsoleWriter{Out: a.notes, NoColor: true, TimeFormat: time.TimeOnly}
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

// Open makes the clean copy. It reaches the engine before it hands the copy over, so that
// a wrong path is told first, and a missing engine before anything is built.
func (s intakeStation) Open(ctx context.Context, given string) (engine.Copy, error) {
	limits := intake.DefaultLimits()
	limits.MaxBytes, limits.MaxFiles = int64(s.app.settings.MaxSubmissionBytes), s.app.settings.MaxSubmissionFiles
	tree, err := intake.Open(ctx, given, intake.Options{Limits: limits, TempDir: s.workspace.folder})
	if err != nil {
		return nil, err
	}
	if err := s.reach(ctx); err != nil {
		return nil, errors.Join(err, tree.Close())
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

// Open makes sure of the database's image, with the data set in it, before it opens a pod.
func (s labStation) Open(ctx context.Context, plan takehome.StartPlan, dataset *takehome.Dataset) (engine.Lab, error) {
	if err := s.images.Ensure(ctx, "postgres:17"); err != nil {
		return nil, err
	}
	if dataset != nil {
		if err := s.sandbox.PrepareDataset(ctx, *dataset, s.tell); err != nil {
			return nil, err
		}
	}
	settings := s.app.settings
	lab, err := s.sandbox.Open(ctx, sandbox.LabSpec{
		Limits:        sandbox.Limits{MemoryBytes: int64(settings.Memory), NanoCPUs: int64(settings.CPUs * 1e9)},
		Lifetime:      settings.RunTimeout + settings.BuildTimeout,
		StartPatience: settings.StartTimeout, Aliases: plan.DatabaseHosts, Dataset: dataset,
	})
	if err != nil {
		return nil, err
	}
	return lab, nil
}

// environment says what a run was made with.
func (s *station) environment() []takehome.Setting {
	facts := []takehome.Setting{
		{Name: "go", Value: runtime.Version(), Source: "build"},
		{Name: "platform", Value: runtime.GOOS + "/" + runtime.GOARCH, Source: "build"},
		{Name: "takehome", Value: version(), Source: "build"},
	}
	if s.sandbox != nil {
		helper, database := s.sandbox.KnownImages()
		for _, known := range []takehome.Setting{
			{Name: "docker engine", Value: s.sandbox.Version(), Source: "engine"},
			{Name: "docker API", Value: s.sandbox.Client().ClientVersion(), Source: "engine"},
			{Name: "image of the pod", Value: helper, Source: "engine"},
			{Name: "image of Postgres", Value: database, Source: "engine"},
		} {
			if known.Value != "" {
				facts = append(facts, known)
			}
		}
	}
	settings := s.app.settings
	facts = append(facts,
		takehome.Setting{Name: "memory of the program", Value: size(int64(settings.Memory)), Source: "setting"},
		takehome.Setting{Name: "processors of the program", Value: strconv.FormatFloat(settings.CPUs, 'g', -1, 64), Source: "setting"},
	)
	slices.SortFunc(facts, func(a, b takehome.Setting) int { return strings.Compare(a.Name, b.Name) })
	return facts
}
