package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/corpus"
	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
	"github.com/takehome-dev/takehome/internal/verify"
)

func (a *app) challengeCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "challenge", Short: "List, show, lint and verify challenges", GroupID: groupAuthoring,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the challenges that come with the program", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.listChallenges() },
	}
	show := &cobra.Command{
		Use: "show <id | folder>", Short: "Show brief and rubric of a challenge", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeChallenges,
		RunE:              func(_ *cobra.Command, arguments []string) error { return a.showChallenge(arguments[0]) },
	}
	lint := &cobra.Command{
		Use: "lint <id | folder>", Short: "Decode a challenge strictly and prove what can be proved", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeChallenges,
		RunE:              func(_ *cobra.Command, arguments []string) error { return a.lintChallenge(arguments[0]) },
	}
	command.AddCommand(list, show, lint, a.verifyCommand())
	return command
}

func (a *app) listChallenges() error {
	ids, err := a.catalog.IDs()
	if err != nil {
		return err
	}
	table := term.Table{Gap: "   "}
	for _, id := range ids {
		loaded, err := a.catalog.Load(id)
		if err != nil {
			return err
		}
		c := loaded.Challenge
		table.Rows = append(table.Rows, []term.Cell{
			{Line: term.Words(term.Strong, "%s", c.ID)},
			{Line: term.Words(term.Normal, "%s", c.Version)},
			{Line: term.Words(term.Normal, "%s", c.Duration)},
			{Line: term.Words(term.Normal, "%s", c.Summary)},
		})
	}
	a.streams.Out.Println(a.streams.Out.Lines(table)...)
	return nil
}

func (a *app) showChallenge(name string) error {
	loaded, err := a.catalog.Load(name)
	if err != nil {
		return err
	}
	out, c := a.streams.Out, loaded.Challenge
	out.Println(term.Words(term.Strong, "%s %s: %s", c.ID, c.Version, c.Title), term.Line{})
	_, _ = fmt.Fprintln(out, strings.TrimSpace(c.Brief))
	out.Println(term.Line{}, term.Words(term.Strong, "Rubric"))
	for _, criterion := range c.Rubric.Criteria {
		heading := fmt.Sprintf("%s, %d %%", criterion.Title, criterion.Share)
		if criterion.Optional {
			heading += " of the total if the submission has it"
		}
		out.Println(term.Line{}, term.Words(term.Strong, "%s", heading))
		table := term.Table{Gap: "  ", Indent: "  "}
		for _, check := range c.Rubric.Checks {
			if check.Criterion == criterion.ID {
				table.Rows = append(table.Rows, []term.Cell{
					{Line: term.Words(term.Normal, "%s", check.ID)},
					{Line: term.Words(term.Normal, "%s", weightOf(check)), Right: true},
					{Line: term.Words(term.Faint, "%s", string(check.Basis))},
					{Line: term.Words(term.Normal, "%s", check.Title)},
				})
			}
		}
		out.Println(out.Lines(table)...)
	}
	out.Println(term.Line{}, term.Words(term.Strong, "Caps"))
	for _, gate := range c.Rubric.Gates {
		what := "the total"
		if gate.Criterion != "" {
			what = gate.Criterion
		}
		out.Println(term.Words(term.Normal, "  %s is capped at %d %% when %s (%s)", what, gate.Cap, gate.Reason, strings.Join(slices.Concat(gate.AllZero, gate.AnyFault), ", ")))
	}
	return nil
}

func weightOf(check takehome.Check) string {
	if check.Review {
		return "review"
	}
	return check.Weight.String()
}

func (a *app) lintChallenge(name string) error {
	loaded, err := a.catalog.Load(name)
	if err != nil {
		return err
	}
	scored, review := 0, 0
	for _, check := range loaded.Challenge.Rubric.Checks {
		if check.Review {
			review++
		} else {
			scored++
		}
	}
	a.streams.Out.Println(term.Words(term.Normal, "%s %s is sound: %d checks, %d items for a reviewer, %s",
		loaded.Challenge.ID, loaded.Challenge.Version, scored, review, loaded.Challenge.Digest))
	return nil
}

type verifyOptions struct {
	name        string
	submissions string
	only        []string
	every       int
	all         bool
}

func (a *app) verifyCommand() *cobra.Command {
	options := verifyOptions{}
	command := &cobra.Command{
		Use:   "verify [<id | folder>]",
		Short: "Grade a challenge's own submissions and print what they prove",
		Long: `Grade the submissions of a challenge whose worth is known: the reference must have full
marks, every alternative at least its floor, and every mutant must lose the checks that it
names and no others outside its stated radius. The kill matrix shows which mutant proves
which check; a check that no mutant fails is listed as unproven.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeChallenges,
		RunE: func(command *cobra.Command, arguments []string) error {
			if len(arguments) == 0 && !options.all {
				return usageError{err: errorf("no challenge is named"), hint: "name one, or give --all; takehome challenge list shows what there is"}
			}
			if options.all {
				return a.verifyAll(command.Context(), options)
			}
			options.name = arguments[0]
			return a.verify(command.Context(), options)
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.submissions, "submissions", "", "folder of the submissions (default: submissions/ in the package)")
	flags.StringSliceVar(&options.only, "only", nil, "only these submissions")
	flags.IntVar(&options.every, "every", 1, "only every so manyth mutant, always the same ones")
	flags.BoolVar(&options.all, "all", false, "every challenge that comes with the program")
	return command
}

func (a *app) verifyAll(ctx context.Context, options verifyOptions) error {
	ids, err := a.catalog.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		each := options
		each.name = id
		if options.submissions != "" {
			each.submissions = filepath.Join(options.submissions, id)
		}
		if err := a.verify(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

// submissionsOf finds the submissions of a challenge: named, in the package, or in the
// repository of the program itself.
func submissionsOf(options verifyOptions, loaded catalog.Package) (fs.FS, error) {
	if options.submissions != "" {
		root, err := os.OpenRoot(options.submissions)
		if err != nil {
			return nil, &takehome.Fault{
				Owner: takehome.Operator, Summary: "the folder of submissions " + takehome.Line(options.submissions) + " cannot be opened", Err: err,
				Hint: "name a folder that holds one folder for each submission",
			}
		}
		return root.FS(), nil
	}
	if loaded.Submissions != nil {
		return loaded.Submissions, nil
	}
	return nil, &takehome.Fault{
		Owner: takehome.Operator, Summary: "the challenge package has no submissions to verify it with",
		Hint: "name their folder: --submissions testdata/submissions/" + loaded.Challenge.ID,
	}
}

func (a *app) verify(ctx context.Context, options verifyOptions) error {
	loaded, err := a.catalog.Load(options.name)
	if err != nil {
		return err
	}
	submissions, err := submissionsOf(options, loaded)
	if err != nil {
		return err
	}
	station, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer station.close()
	grader := station.engine()
	progress, hide := a.notes.show()
	defer hide()
	grade := func(ctx context.Context, dir string) (takehome.Report, error) {
		return grader.Grade(ctx, engine.Request{Given: dir, Challenge: loaded.Challenge, Grader: loaded.Grader, Seed: a.settings.Seed})
	}
	started := time.Now()
	result, err := verify.Run(ctx, submissions, loaded.Challenge.Rubric, grade, verify.Options{
		Only: options.only, Every: options.every, Jobs: a.jobs(), TempDir: station.workspace.folder,
		Done: func(outcome verify.Outcome) { progress.Print(a.outcomeLine(outcome)) },
	})
	hide()
	if err != nil {
		return err
	}
	a.printMatrix(loaded.Challenge, result, time.Since(started))
	if result.Failed() || result.Complete && len(result.Unproven) > 0 {
		a.code = exitUnder
	}
	return nil
}

func (a *app) outcomeLine(outcome verify.Outcome) term.Line {
	verdict := "pass"
	if len(outcome.Problems) > 0 {
		verdict = "fail"
	}
	line := term.Line{a.streams.Err.Glyph(verdict), {Text: fmt.Sprintf(" %s %s, %.1f s", outcome.Variant.Name, scoreOf(outcome.Report), outcome.Elapsed.Seconds())}}
	if len(outcome.Unsteady) > 0 {
		line = append(line, term.Span{Text: ": only when it was graded again; at first " + strings.Join(outcome.Unsteady, "; "), Style: term.Faint})
	}
	if len(outcome.Problems) > 0 {
		line = append(line, term.Span{Text: ": " + strings.Join(outcome.Problems, "; "), Style: term.Bad})
	}
	return line
}

func scoreOf(report takehome.Report) string {
	if card := report.Canonical.Scorecard; card != nil {
		return card.Percent + " %"
	}
	return string(report.Canonical.Status)
}

// printMatrix writes what the submissions prove.
func (a *app) printMatrix(challenge takehome.Challenge, result verify.Verification, took time.Duration) {
	out := a.streams.Out
	submissions := term.Table{Gap: "   "}
	wrong, unsteady, mutants := 0, 0, 0
	for _, outcome := range result.Outcomes {
		verdict, remark := "pass", "as expected"
		if len(outcome.Problems) > 0 {
			verdict, remark = "fail", strings.Join(outcome.Problems, "; ")
			wrong++
		} else if len(outcome.Unsteady) > 0 {
			verdict, remark = "partial", "as expected when graded again; at first "+strings.Join(outcome.Unsteady, "; ")
			unsteady++
		}
		if outcome.Variant.Role == corpus.RoleMutant {
			mutants++
		}
		submissions.Rows = append(submissions.Rows, []term.Cell{
			{Line: term.Line{out.Glyph(verdict), {Text: " " + outcome.Variant.Name}}},
			{Line: term.Words(term.Faint, "%s", outcome.Variant.Role)},
			{Line: term.Words(term.Normal, "%s", scoreOf(outcome.Report)), Right: true},
			{Line: term.Words(term.Normal, "%s", strings.Join(outcome.Lost, " "))},
			{Line: term.Words(term.Normal, "%s", remark)},
		})
	}
	out.Println(term.Words(term.Strong, "%s %s: submissions, score, checks that lost credit", challenge.ID, challenge.Version))
	out.Println(out.Lines(submissions)...)
	out.Println(term.Line{}, term.Words(term.Strong, "Kill matrix: checks and the mutants that prove them"))
	matrix := term.Table{Gap: "   "}
	proven, scored := 0, 0
	for _, check := range sortedChecks(challenge.Rubric) {
		if check.Review {
			continue
		}
		scored++
		killers, glyph := strings.Join(result.Killed[check.ID], " "), "pass"
		switch {
		case killers == "" && check.Shared:
			killers, glyph = "of its kind, not proven here", "not_applicable"
		case killers == "":
			killers, glyph = "unproven", "not_assessed"
		default:
			proven++
		}
		matrix.Rows = append(matrix.Rows, []term.Cell{
			{Line: term.Line{out.Glyph(glyph), {Text: " " + check.ID}}}, {Line: term.Words(term.Normal, "%s", killers)},
		})
	}
	out.Println(out.Lines(matrix)...)
	out.Println(term.Line{}, term.Words(term.Strong, "%d submissions (%d mutants), %d not as expected, %d only when graded again; %d of %d checks proven; %d s",
		len(result.Outcomes), mutants, wrong, unsteady, proven, scored, int(took.Seconds())))
	if !result.Complete {
		out.Println(term.Words(term.Faint, "Only a part of the submissions was graded; checks may be unproven for that reason alone."))
	}
}

// sortedChecks are the checks in the order of their ids.
func sortedChecks(rubric takehome.Rubric) []takehome.Check {
	return slices.SortedFunc(slices.Values(rubric.Checks), func(a, b takehome.Check) int { return strings.Compare(a.ID, b.ID) })
}
