package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

type gradeOptions struct {
	given     string
	challenge string
	format    string
	json      bool
	out       string
	noFiles   bool
	failUnder string
}

func (a *app) gradeCommand() *cobra.Command {
	options := gradeOptions{}
	command := &cobra.Command{
		Use:     "grade <folder | archive | git address>",
		Short:   "Grade one submission",
		GroupID: groupGrading,
		Long: `Grade one submission: a folder, a .zip, a .tar.gz, or a git address with a commit
(https://host/repo.git#<commit>). The score goes to stdout; a page and the data are
written to a folder of their own, which is named at the end.`,
		Example: `  takehome grade ./submission --challenge todo-api
  takehome grade submission.zip -c todo-api --json > report.json
  takehome grade ./submission -c ./my-challenge -o reports --fail-under 70`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			options.given = arguments[0]
			return a.grade(command.Context(), options)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&options.challenge, "challenge", "c", "", "id of a challenge, or the folder of one")
	flags.StringVar(&options.format, "format", "text", "what is written to stdout: "+strings.Join(formatNames(), ", "))
	flags.BoolVar(&options.json, "json", false, "the same as --format json")
	flags.StringVarP(&options.out, "out", "o", "", "folder for report.html and report.json (default: a folder below --state-dir)")
	flags.BoolVar(&options.noFiles, "no-files", false, "write nothing but stdout")
	flags.StringVar(&options.failUnder, "fail-under", "", "exit with 1 when the total is below this per cent")
	_ = command.RegisterFlagCompletionFunc("challenge", a.completeChallenges)
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	return command
}

func formatNames() []string {
	var names []string
	for _, format := range report.Formats() {
		names = append(names, format.Name)
	}
	return names
}

func (a *app) completeChallenges(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	ids, err := a.catalog.IDs()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return ids, cobra.ShellCompDirectiveDefault
}

func (a *app) grade(ctx context.Context, options gradeOptions) error {
	if options.json {
		options.format = "json"
	}
	a.asJSON = options.format == "json"
	if options.challenge == "" {
		return errNoChallenge()
	}
	threshold, err := options.threshold()
	if err != nil {
		return usageError{err: err}
	}
	if !knownFormat(options.format) {
		return errFormat(options.format)
	}
	loaded, err := a.catalog.Load(options.challenge)
	if err != nil {
		return err
	}
	station, err := a.open()
	if err != nil {
		return err
	}
	defer station.close()
	watch := a.watch()
	graded, runErr := station.engine().Grade(ctx, engine.Request{
		Given: options.given, Challenge: loaded.Challenge, Grader: loaded.Grader, Seed: a.settings.Seed, Observe: watch.observe,
	})
	watch.close()
	if a.streams.Out.IsTerminal && a.streams.Err.IsTerminal && !a.flags.quiet {
		a.streams.Out.Println(term.Line{}) // the checks above, the report below
	}
	look, writeErr := a.look(), error(nil)
	if !options.noFiles && graded.Canonical.Submission.Digest != "" {
		look.HTML, look.JSON, writeErr = a.writeFiles(graded, options.out)
	}
	if graded.Canonical.Submission.Digest != "" || a.asJSON {
		if err := a.writeResult(graded, options.format, look); err != nil {
			return err
		}
	}
	switch {
	case runErr != nil:
		return runError{errors.Join(runErr, writeErr), graded}
	case writeErr != nil:
		return writeErr
	}
	if card := graded.Canonical.Scorecard; card != nil && card.Total.Cmp(threshold) < 0 {
		a.code = exitUnder
	}
	return nil
}

func errFormat(given string) error {
	return usageError{
		err:  fmt.Errorf("--format %s is not known", takehome.Line(given)),
		hint: "it is one of " + strings.Join(formatNames(), ", "),
	}
}

func errNoChallenge() error {
	return usageError{
		err:  errors.New("--challenge is missing"),
		hint: "name what to grade by, such as --challenge todo-api; takehome challenge list shows what there is",
	}
}

func knownFormat(name string) bool {
	for _, format := range report.Formats() {
		if format.Name == name {
			return true
		}
	}
	return false
}

// threshold is --fail-under as a share; without the flag every total is enough.
func (o gradeOptions) threshold() (takehome.Fraction, error) {
	if o.failUnder == "" {
		return takehome.None(), nil
	}
	percent, err := takehome.ParseFraction(strings.TrimSuffix(o.failUnder, "%"))
	if err != nil || percent.Sign() < 0 || percent.Cmp(takehome.Frac(100, 1)) > 0 {
		return takehome.None(), fmt.Errorf("--fail-under %s: it must be a number from 0 to 100", takehome.Line(o.failUnder))
	}
	return percent.Div(takehome.Frac(100, 1)), nil
}

// writeResult writes the report to stdout.
func (a *app) writeResult(graded takehome.Report, format string, look report.Look) error {
	var err error
	if format == "text" {
		err = report.WriteText(a.streams.Out, graded, look)
	} else {
		err = report.Write(a.streams.Out, format, graded)
	}
	if fault := a.out.fault(); fault != nil {
		return fault
	}
	if err != nil {
		return fmt.Errorf("render the report: %w", err)
	}
	return nil
}

// writeFiles writes page and data, each at once or not at all.
func (a *app) writeFiles(graded takehome.Report, folder string) (page, data string, err error) {
	if folder == "" {
		folder = filepath.Join(a.settings.StateDir, "reports", graded.Canonical.Challenge.ID, reportName(graded))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a report is meant to be passed on
		return "", "", writeFault(folder, err)
	}
	page, data = filepath.Join(folder, "report.html"), filepath.Join(folder, "report.json")
	for path, format := range map[string]string{page: "html", data: "json"} {
		if err := writeFile(path, format, graded); err != nil {
			return "", "", err
		}
	}
	return page, data, nil
}

// reportName is a folder name that a stranger's submission name cannot bend.
func reportName(graded takehome.Report) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, graded.Run.Name)
	digest := strings.TrimPrefix(graded.Canonical.Submission.Digest, "sha256:")
	return strings.Trim(name[:min(len(name), 60)], "-") + "-" + digest[:min(len(digest), 8)]
}

func writeFile(path, format string, graded takehome.Report) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return writeFault(path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // half a report is none
		}
	}()
	if err := errors.Join(report.Write(file, format, graded), file.Chmod(0o644), file.Close()); err != nil {
		return writeFault(path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return writeFault(path, err)
	}
	return nil
}

func writeFault(path string, err error) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the report cannot be written to " + takehome.Line(path), Err: err,
		Hint: "name a folder with room that may be written to: --out reports",
	}
}
