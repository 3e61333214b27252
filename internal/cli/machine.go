package cli

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

func (a *app) imagesCommand() *cobra.Command {
	listOnly := false
	command := &cobra.Command{
		Use: "images [<name>...]", Short: "Make sure of the images that runs start from", GroupID: groupOperating,
		Long: `Make sure of images: those that are there are kept, missing ones are pulled, and where no
registry answers stand-ins are made from Debian's packages. Without names: those that the
challenges and most submissions start from, and those in which the data sets of challenges
are loaded.`,
		RunE: func(command *cobra.Command, names []string) error {
			return a.ensureImages(command.Context(), names, listOnly)
		},
	}
	command.Flags().BoolVar(&listOnly, "list", false, "list what is there and make nothing")
	return command
}

// imageName is the grammar of a reference: registry, path, tag, digest.
var imageName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)

func (a *app) ensureImages(ctx context.Context, names []string, listOnly bool) error {
	for _, name := range names {
		if !imageName.MatchString(name) {
			return usageError{err: errorf("%s is not the name of an image", takehome.Line(name)), hint: "name one as a Dockerfile does, such as postgres:17"}
		}
	}
	station, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer station.close()
	all := len(names) == 0
	if all {
		names = station.images.Usual(ctx)
	}
	if !listOnly {
		if err := station.images.Ensure(ctx, names...); err != nil {
			return err
		}
		if err := station.sandbox.Prepare(ctx); err != nil {
			return err
		}
	}
	if all && !listOnly {
		if err := station.prepareDatasets(ctx); err != nil {
			return err
		}
	}
	return station.listImages(ctx, false)
}

// prepareDatasets makes sure of the data sets of all embedded challenges.
func (s *station) prepareDatasets(ctx context.Context) error {
	ids, err := s.app.catalog.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		loaded, err := s.app.catalog.Load(id)
		if err != nil {
			return err
		}
		if dataset := loaded.Grader.Equipment().Dataset; dataset != nil {
			if err := s.sandbox.PrepareDataset(ctx, *dataset, s.tell); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) doctorCommand() *cobra.Command {
	var unusable error
	return &cobra.Command{
		Use: "doctor", Short: "Look at the machine and the settings", GroupID: groupOperating, Args: cobra.NoArgs,
		Long: "Look at the Docker engine, its disk and images, leftovers of earlier runs, and every\nsetting with its value and where it came from. Nothing is changed.",
		// Settings that cannot be used are what it is for.
		PersistentPreRun: func(command *cobra.Command, _ []string) { unusable = a.load(command) },
		RunE: func(command *cobra.Command, _ []string) error {
			if unusable != nil {
				a.printSettings()
				return unusable
			}
			connectErr := a.doctor(command.Context())
			a.printSettings()
			return connectErr
		},
	}
}

// printSettings writes every setting that has a value which can be used.
func (a *app) printSettings() {
	out := a.streams.Out
	settings := term.Table{Gap: "   ", Indent: "  "}
	for _, origin := range a.origins {
		value := origin.Value
		if value == "" {
			value = "(none)"
		}
		settings.Rows = append(settings.Rows, []term.Cell{
			{Line: term.Words(term.Normal, "%s", origin.Name)}, {Line: term.Words(term.Normal, "%s", value)}, {Line: term.Words(term.Faint, "%s", origin.From)},
		})
	}
	out.Println(term.Words(term.Strong, "Settings"))
	out.Println(out.Lines(settings)...)
}

// doctor looks at the engine and its images.
func (a *app) doctor(ctx context.Context) error {
	out := a.streams.Out
	table := term.Table{Gap: "   ", Indent: "  "}
	row := func(verdict, name, value string) {
		table.Rows = append(table.Rows, []term.Cell{
			{Line: term.Line{out.Glyph(verdict), {Text: " " + name}}}, {Line: term.Words(term.Normal, "%s", value)},
		})
	}
	station, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer station.close()
	facts, err := station.sandbox.Doctor(ctx)
	if err != nil {
		return err
	}
	row("pass", "engine", facts.EngineVersion+" at "+facts.Host+", API "+facts.APIVersion)
	row("pass", "machine", fmt.Sprintf("%s, kernel %s, %s, %d CPUs, %s memory", facts.OS, facts.Kernel, facts.Architecture, facts.CPUs, size(facts.MemoryBytes)))
	row("pass", "builder", choose(facts.BuildKit, "BuildKit", "BuildKit is asked for; the engine's own default is the legacy builder"))
	row("pass", "storage", facts.StorageDriver+", cgroup version "+facts.CgroupVersion)
	row(good(facts.Seccomp, "fail"), "seccomp", choose(facts.Seccomp, "on", "off: system calls of a submission are not filtered"))
	limits := facts.MemoryLimit && facts.CPULimit && facts.ProcessLimit
	row(good(limits, "fail"), "limits", choose(limits, "memory, CPU and processes can be limited", "the kernel cannot limit memory, CPU or processes"))
	free := "not known from here"
	if facts.FreeBytes >= 0 {
		free = size(facts.FreeBytes) + " free in " + facts.DataRoot
	}
	row(good(facts.FreeBytes < 0 || facts.FreeBytes > leastDisk, "fail"), "disk", free)
	row(good(facts.Leftovers.Total() == 0, "partial"), "leftovers", leftovers(facts.Leftovers.Total()))
	for _, warning := range facts.Warnings {
		row("partial", "engine warns", warning)
	}
	out.Println(term.Words(term.Strong, "Engine"))
	out.Println(out.Lines(table)...)
	out.Println(term.Line{}, term.Words(term.Strong, "Images"))
	if err := station.listImages(ctx, true); err != nil {
		return err
	}
	out.Println(term.Line{})
	return nil
}

// leastDisk is what a handful of builds needs.
const leastDisk = 3 << 30

func good(well bool, otherwise string) string {
	if well {
		return "pass"
	}
	return otherwise
}

func choose(well bool, yes, no string) string {
	if well {
		return yes
	}
	return no
}

func leftovers(count int) string {
	if count == 0 {
		return "none"
	}
	return strconv.Itoa(count) + " objects of other runs; takehome clean removes those that no living run owns"
}

func size(bytes int64) string {
	const gib = 1 << 30
	return strconv.FormatFloat(float64(bytes)/gib, 'f', 1, 64) + " GiB"
}
