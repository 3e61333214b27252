package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/build/document"
	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
)

type checkOptions struct {
	given     string
	challenge string
	explain   string
	format    string
	json      bool
	out       string
}

func (a *app) checkCommand() *cobra.Command {
	options := checkOptions{}
	command := &cobra.Command{
		Use:     "check [folder | archive]",
		Short:   "Try your own solution before you hand it in",
		GroupID: groupCandidate,
		Long: `Run the checks of a challenge that candidates may know on your own machine. For each
that loses credit you are told what to look at, and the request as a curl line. The hidden
ones run at the grading only, so this makes no score. Exits with 1 when a check failed.

The challenge is the one that --challenge names, or the one that takehome.yaml in the
folder does ("challenge: todo-api", as takehome init writes it).`,
		Example: `  takehome check
  takehome check ./solution --challenge todo-api
  takehome check --explain B01`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			options.given = "."
			if len(arguments) == 1 {
				options.given = arguments[0]
			}
			return a.check(command.Context(), options)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&options.challenge, "challenge", "c", "", "id of a challenge, or the folder of one")
	flags.StringVar(&options.explain, "explain", "", "print the rule of a check and what it accepts")
	flags.StringVar(&options.format, "format", "text", "what is written to stdout: "+strings.Join(formatNames(), ", "))
	flags.BoolVar(&options.json, "json", false, "the same as --format json")
	flags.StringVarP(&options.out, "out", "o", "", "folder for report.html and report.json; without it nothing is written")
	_ = command.RegisterFlagCompletionFunc("challenge", a.completeChallenges)
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	return command
}

// ownSeed makes the data of a candidate's own run, and of no grading.
const ownSeed = "on my own machine"

func (a *app) check(ctx context.Context, options checkOptions) error {
	if options.json {
		options.format = "json"
	}
	a.asJSON = options.format == "json"
	if !knownFormat(options.format) {
		return errFormat(options.format)
	}
	loaded, err := a.challengeOf(options.challenge, options.given)
	if err != nil {
		return err
	}
	if options.explain != "" {
		return a.explain(loaded.Challenge, options.explain)
	}
	open, hidden, err := loaded.ForCandidate()
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
		Given: options.given, Challenge: open.Challenge, Grader: open.Grader, Seed: ownSeed, Observe: discreet(watch.observe),
	})
	watch.close()
	own := report.OwnCheck(graded, hidden)
	if err := a.writeCheck(own, options); err != nil {
		return errors.Join(err, runErr)
	}
	if runErr != nil {
		return runError{runErr, graded}
	}
	if slices.ContainsFunc(own.Canonical.Results, failed) {
		a.code = exitUnder
	}
	return nil
}

func failed(result takehome.Result) bool {
	return result.Verdict == takehome.Fail || result.Verdict == takehome.Blocked
}

func (a *app) writeCheck(own takehome.Report, options checkOptions) error {
	if own.Canonical.Submission.Digest == "" && !a.asJSON {
		return nil // nothing was taken in
	}
	look := a.look()
	if options.out != "" {
		var err error
		if look.HTML, look.JSON, err = a.writeFiles(own, options.out); err != nil {
			return err
		}
	}
	if options.format != "text" {
		return a.writeResult(own, options.format, look)
	}
	err := report.WriteAdvice(a.streams.Out, own, look)
	if fault := a.out.fault(); fault != nil {
		return fault
	}
	if err != nil {
		return fmt.Errorf("write what to look at: %w", err)
	}
	return nil
}

// discreet keeps what was seen of a hinted check out of the progress.
func discreet(observe takehome.Observer) takehome.Observer {
	return func(event takehome.Event) {
		if event.Check.Visibility == takehome.Hinted && event.Finding.Verdict != takehome.Pass {
			event.Finding.Summary = event.Check.Hint
		}
		observe(event)
	}
}

// challengeOf is the challenge that is named, or the one that the candidate's takehome.yaml
// names. The file may name challenges that come with the program only.
func (a *app) challengeOf(named, folder string) (catalog.Package, error) {
	if named != "" {
		return a.catalog.Load(named)
	}
	ids, err := a.catalog.IDs()
	if err != nil {
		return catalog.Package{}, err
	}
	marked := markedChallenge(folder)
	switch {
	case slices.Contains(ids, marked):
		return a.catalog.Load(marked)
	case marked != "":
		return catalog.Package{}, usageError{
			err:  fmt.Errorf("takehome.yaml names the challenge %q, which does not come with this program", marked),
			hint: "name the folder of the challenge: --challenge path/to/it",
		}
	}
	return catalog.Package{}, errNoChallenge()
}

// maxMarker is the largest takehome.yaml that is looked into.
const maxMarker = 256 << 10

// markedChallenge is what takehome.yaml in a folder says, or "".
func markedChallenge(folder string) string {
	root, err := os.OpenRoot(filepath.Clean(folder))
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }() // opened for reading
	if info, err := root.Stat("takehome.yaml"); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	file, err := root.Open("takehome.yaml")
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }() // opened for reading
	content, err := io.ReadAll(io.LimitReader(file, maxMarker))
	if err != nil {
		return ""
	}
	parsed, err := document.Parse(string(content))
	if err != nil {
		return ""
	}
	return takehome.Line(parsed.Get("challenge").Text())
}
