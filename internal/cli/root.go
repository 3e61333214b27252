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
	groupCandidate = "candidate"
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
	root.SetFlagErrorFunc(wrongFlag)
	root.AddGroup(
		&cobra.Group{ID: groupCandidate, Title: "For candidates:"},
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
		value := settingValue(setting.Default)
		flags.Var(&value, setting.Name, setting.Usage)
	}
	root.AddCommand(
		a.initCommand(), a.checkCommand(),
		a.gradeCommand(), a.reportCommand(),
		a.challengeCommand(),
		a.imagesCommand(), a.doctorCommand(), a.benchCommand(), a.cleanCommand(), a.versionCommand(),
	)
	root.AddCommand(a.topics()...)
	root.SetUsageTemplate(usageTemplate)
	strictHelp(root)
	wrapUsage(root)
	return root
}

// settingValue is the text of a setting. The value is read by config, which also knows
// variables, file and default; here it is only taken down.
type settingValue string

func (v *settingValue) String() string { return string(*v) }

// Set implements pflag.Value.
func (v *settingValue) Set(text string) error {
	*v = settingValue(text)
	return nil
}

// Type implements pflag.Value: what stands behind the flag in the help.
func (v *settingValue) Type() string { return "value" }

// usageTemplate is cobra's, without the flags that every command has: they would bury its own.
const usageTemplate = `Usage:
  {{if .Runnable}}{{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$all := .Commands}}{{if eq (len .Groups) 0}}

Commands:{{range $all}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $all}}{{if and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}{{end}}{{if .HasParent}}

The settings are flags of every command too: takehome help environment{{end}}{{if .HasHelpSubCommands}}

Topics ({{.CommandPath}} help <topic>):{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableSubCommands}}

{{.CommandPath}} <command> --help says more about a command.{{end}}
`
