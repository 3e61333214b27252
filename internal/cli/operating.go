package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print versions", GroupID: groupOperating, Args: cobra.NoArgs,
		PersistentPreRun: func(*cobra.Command, []string) {}, // it is told whatever the settings are
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.streams.Out, "takehome %s\nreport schema %s\nchallenge format 1\n%s %s/%s\n",
				version(), takehome.ReportSchema, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "", ""
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value[:min(len(setting.Value), 12)]
		case "vcs.modified":
			if setting.Value == "true" {
				modified = "+changes"
			}
		}
	}
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	case revision != "":
		return revision + modified
	}
	return "devel"
}

func (a *app) cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use: "clean", Short: "Remove what killed runs left behind", GroupID: groupOperating, Args: cobra.NoArgs,
		Long: "Remove containers, networks, volumes, images and clean copies that no living run owns.\nWhat a run that goes on owns is left alone.",
		RunE: func(command *cobra.Command, _ []string) error { return a.clean(command.Context()) },
	}
}

func (a *app) clean(ctx context.Context) error {
	station, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer station.close()
	cleaned, err := station.sandbox.Clean(ctx)
	if err != nil {
		return err
	}
	counts := []struct {
		count     int
		one, many string
	}{
		{cleaned.Containers, "container", "containers"},
		{cleaned.Networks, "network", "networks"},
		{cleaned.Volumes, "volume", "volumes"},
		{cleaned.Images, "image", "images"},
		{station.removed, "clean copy", "clean copies"},
	}
	var parts []string
	for _, each := range counts {
		switch each.count {
		case 0:
		case 1:
			parts = append(parts, "1 "+each.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", each.count, each.many))
		}
	}
	said := "nothing was left behind by a run that is over"
	if len(parts) > 0 {
		said = "removed " + strings.Join(parts, ", ")
	}
	a.streams.Out.Println(term.Words(term.Normal, "%s", said))
	return nil
}
