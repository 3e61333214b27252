package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (a *app) reportCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "report", Short: "Render a report again, or show one check of it", GroupID: groupGrading,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	format := ""
	render := &cobra.Command{
		Use: "render <report.json>", Short: "Write a report in another format to stdout", Args: cobra.ExactArgs(1),
		Example: "  takehome report render report.json --format html > report.html",
		RunE: func(_ *cobra.Command, arguments []string) error {
			if !knownFormat(format) {
				return errFormat(format)
			}
			read, err := readReport(arguments[0])
			if err != nil {
				return err
			}
			return a.writeResult(read, format, a.look())
		},
	}
	render.Flags().StringVar(&format, "format", "text", "one of "+strings.Join(formatNames(), ", "))
	show := &cobra.Command{
		Use: "show <report.json#CHECK>", Short: "Show everything about one check", Args: cobra.ExactArgs(1),
		Example: "  takehome report show report.json#B01",
		RunE: func(_ *cobra.Command, arguments []string) error {
			at := strings.LastIndexByte(arguments[0], '#')
			if at < 0 || at == len(arguments[0])-1 {
				return usageError{err: errorf("%s names no check", takehome.Line(arguments[0])), hint: "put its id behind the file: report.json#B01"}
			}
			read, err := readReport(arguments[0][:at])
			if err != nil {
				return err
			}
			return report.Detail(a.streams.Out, read, arguments[0][at+1:], a.look())
		},
	}
	command.AddCommand(render, show)
	return command
}

func readReport(path string) (takehome.Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return takehome.Report{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the report " + takehome.Line(path) + " cannot be opened", Err: err,
			Hint: "name the report.json that a grading wrote",
		}
	}
	defer func() { _ = file.Close() }() // opened for reading
	return report.Read(file)
}
