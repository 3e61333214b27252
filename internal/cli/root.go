package cli

import (
	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/config"
)

// globalFlags are those that are no settings.
type globalFlags struct {
	config string
	quiet  bool
}

// The groups of commands in the help.
const (
	groupGrading   = "grading"
	groupAuthoring = "authoring"
	groupOperating = "operating"
)

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "takehome",
		Short: "Grade take-home backend challenges",
		Long: `takehome takes a challenge and a submission, runs the submission in a sealed pod of
containers beside a Postgres of its own, checks it over HTTP and SQL, and writes a
scored report with the evidence for every point.`,
		Example: `  takehome grade ./submission --challenge todo-api
  takehome grade https://git.example.org/jo/todo.git#4f1c2e9 --challenge todo-api -o reports
  takehome challenge list`,
		SilenceUsage: true, SilenceErrors: true,
		Args:              cobra.NoArgs,
		RunE:              func(command *cobra.Command, _ []string) error { return command.Help() },
		PersistentPreRunE: func(command *cobra.Command, _ []string) error { return a.load(command) },
	}
	root.SetOut(a.streams.Out)
	root.SetErr(a.streams.Err)
	root.SetIn(a.streams.In)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddGroup(
		&cobra.Group{ID: groupGrading, Title: "Grading:"},
		&cobra.Group{ID: groupAuthoring, Title: "Challenges:"},
		&cobra.Group{ID: groupOperating, Title: "Operating:"},
	)
	root.SetHelpCommandGroupID(groupOperating)
	root.SetCompletionCommandGroupID(groupOperating)
	flags := root.PersistentFlags()
	flags.StringVar(&a.flags.config, "config", "", "settings file (default: takehome/settings.yaml in your folder for settings)")
	flags.BoolVarP(&a.flags.quiet, "quiet", "q", false, "no progress on stderr")
	for _, setting := range config.List() {
		// The value is read by config, which also knows variables, file and default.
		flags.String(setting.Name, setting.Default, setting.Usage+"; "+setting.Allowed)
	}
	root.AddCommand(
		a.gradeCommand(), a.reportCommand(),
		a.challengeCommand(),
		a.imagesCommand(), a.doctorCommand(), a.benchCommand(), a.cleanCommand(), a.versionCommand(),
	)
	root.AddCommand(a.topics()...)
	for _, command := range root.Commands() {
		wrapUsage(command)
	}
	return root
}

// wrapUsage marks wrong arguments as wrong calls.
func wrapUsage(command *cobra.Command) {
	if check := command.Args; check != nil {
		command.Args = func(command *cobra.Command, arguments []string) error {
			if err := check(command, arguments); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, below := range command.Commands() {
		wrapUsage(below)
	}
}
