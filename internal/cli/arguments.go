package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// wrapUsage makes wrong arguments wrong calls, said in the words of the command's own usage.
func wrapUsage(command *cobra.Command) {
	command.SuggestionsMinimumDistance = 2
	if check := command.Args; check != nil {
		command.Args = func(command *cobra.Command, arguments []string) error {
			if check(command, arguments) == nil {
				return nil
			}
			return wrongArguments(command, arguments)
		}
	}
	for _, below := range command.Commands() {
		wrapUsage(below)
	}
}

func wrongArguments(command *cobra.Command, arguments []string) error {
	if command.HasSubCommands() {
		return unknownCommand(command, arguments[0])
	}
	return usageError{
		err:  fmt.Errorf("%s was called with %s", command.CommandPath(), counted(len(arguments))),
		hint: "call it like this: " + strings.TrimSuffix(command.UseLine(), " [flags]") + "; " + command.CommandPath() + " --help tells more",
	}
}

func counted(arguments int) string {
	switch arguments {
	case 0:
		return "no argument"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", arguments)
}

func unknownCommand(command *cobra.Command, name string) error {
	text := fmt.Sprintf("there is no command %q", strings.TrimPrefix(command.CommandPath()+" "+takehome.Line(name), command.Root().Name()+" "))
	if near := command.SuggestionsFor(name); len(near) > 0 {
		text += fmt.Sprintf(" (did you mean %q?)", near[0])
	}
	return usageError{err: errors.New(text), hint: command.CommandPath() + " --help shows what there is"}
}

// wrongFlag is a flag that cannot be used.
func wrongFlag(command *cobra.Command, err error) error {
	return usageError{err: err, hint: command.CommandPath() + " --help shows the flags"}
}

// strictHelp makes help about something unknown a wrong call instead of the general help.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, command := range root.Commands() {
		if command.Name() != "help" {
			continue
		}
		command.Short = "Help about a command or a topic"
		command.Long = "Show the help of a command or a topic, such as takehome help grade or takehome help exit-codes."
		command.Run = nil
		command.RunE = func(_ *cobra.Command, arguments []string) error {
			found := root
			for _, name := range arguments {
				below, _, err := found.Find([]string{name})
				if err != nil || below == found {
					return unknownCommand(found, name)
				}
				found = below
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		}
	}
}
