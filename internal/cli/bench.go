package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

type benchOptions struct {
	given     string
	challenge string
	runs      int
}

func (a *app) benchCommand() *cobra.Command {
	options := benchOptions{}
	command := &cobra.Command{
		Use: "bench <submission>", Short: "Measure the phases of a run on this machine", GroupID: groupOperating,
		Long: `Grade one submission several times and print how long each phase took, minimum and
median. Nothing is scored on time; this is for whoever plans the capacity of a machine.`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			options.given = arguments[0]
			if options.challenge == "" {
				return errNoChallenge()
			}
			if options.runs < 1 || options.runs > 1000 {
				return usageError{err: errorf("--runs %d: it must be from 1 to 1000", options.runs)}
			}
			return a.bench(command.Context(), options)
		},
	}
	command.Flags().StringVarP(&options.challenge, "challenge", "c", "", "id of a challenge, or the folder of one")
	command.Flags().IntVar(&options.runs, "runs", 10, "how many times it is graded")
	_ = command.RegisterFlagCompletionFunc("challenge", a.completeChallenges)
	return command
}

func (a *app) bench(ctx context.Context, options benchOptions) error {
	loaded, err := a.catalog.Load(options.challenge)
	if err != nil {
		return err
	}
	station, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer station.close()
	figures := figures{taken: map[string][]time.Duration{}}
	digests := map[string]int{}
	percent := ""
	for range options.runs {
		started := time.Now()
		graded, err := station.engine().Grade(ctx, engine.Request{Given: options.given, Challenge: loaded.Challenge, Grader: loaded.Grader, Seed: a.settings.Seed})
		if err != nil {
			return runError{err, graded}
		}
		figures.addRun(graded.Run.Phases, time.Since(started))
		digests[report.Digest(graded.Canonical)]++
		percent = scoreOf(graded)
	}
	a.printPhases(figures, fmt.Sprintf("%d runs of %s, scored %s", options.runs, takehome.Line(options.given), percent))
	if len(digests) > 1 {
		a.code = exitUnder
		a.streams.Out.Println(term.Words(term.Bad, "The runs do not agree: %d different reports. Please report this.", len(digests)))
		return nil
	}
	a.streams.Out.Println(term.Words(term.Normal, "All runs agree to the byte on what was found and scored."))
	return nil
}

// figures are the times of several runs, by phase, in the order of the phases.
type figures struct {
	order []string
	taken map[string][]time.Duration
}

func (f *figures) add(phase string, took time.Duration) {
	if _, known := f.taken[phase]; !known {
		f.order = append(f.order, phase)
	}
	f.taken[phase] = append(f.taken[phase], took)
}

// addRun adds one run. Its overhead is all that is neither the build nor the checks.
func (f *figures) addRun(phases []takehome.Phase, whole time.Duration) {
	overhead := time.Duration(0)
	for _, phase := range phases {
		took := time.Duration(phase.Micros) * time.Microsecond
		f.add(phase.Name, took)
		if phase.Name != "build" && phase.Name != "checks" {
			overhead += took
		}
	}
	f.add("overhead", overhead)
	f.add("whole run", whole)
}

func (a *app) printPhases(figures figures, title string) {
	out := a.streams.Out
	table := term.Table{Gap: "   ", Indent: "  ", Rows: [][]term.Cell{{
		{Line: term.Words(term.Faint, "phase")}, {Line: term.Words(term.Faint, "minimum"), Right: true}, {Line: term.Words(term.Faint, "median"), Right: true},
	}}}
	for _, name := range figures.order {
		sorted := slices.Sorted(slices.Values(figures.taken[name]))
		table.Rows = append(table.Rows, []term.Cell{
			{Line: term.Words(term.Normal, "%s", name)},
			{Line: term.Words(term.Normal, "%s", inMillis(sorted[0])), Right: true},
			{Line: term.Words(term.Normal, "%s", inMillis(sorted[len(sorted)/2])), Right: true},
		})
	}
	out.Println(term.Words(term.Strong, "%s", title))
	out.Println(out.Lines(table)...)
}

func inMillis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
