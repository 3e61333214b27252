package config

import (
	"slices"
	"strings"
	"time"
)

// prefix begins the name of every variable of ours.
const prefix = "TAKEHOME_"

// Setting describes one setting for flags, completions and help.
type Setting struct {
	Name     string // also the flag, without dashes, and the key in the file
	Variable string
	Default  string
	Usage    string // one sentence without a full stop
	Allowed  string
}

// List describes all settings, in the order in which they are shown.
func List() []Setting {
	all := make([]Setting, 0, len(table()))
	for _, s := range table() {
		all = append(all, Setting{Name: s.name, Variable: s.variable(), Default: s.fallback, Usage: s.usage, Allowed: s.allowed})
	}
	return all
}

type setting struct {
	name     string
	fallback string
	usage    string
	allowed  string
	foreign  string // a variable of somebody else that is honoured below ours
	read     reader
}

// reader turns text into the value of a setting and into how a reader writes it.
type reader func(text string) (value any, shown string, ok bool)

func (s setting) variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// table is every setting there is.
func table() []setting {
	return []setting{
		{
			name: "docker-host", usage: "address of the container engine", foreign: "DOCKER_HOST",
			allowed: "empty, or an address that begins with unix://, npipe://, tcp://, http:// or https://", read: engineAddress,
		},
		{
			name: "state-dir", usage: "folder for what outlives a run",
			allowed: "an absolute path", read: absolutePath(false),
		},
		durationSetting("build-timeout", "5m", "longest time for building a submission", 10*time.Second, 2*time.Hour),
		durationSetting("start-timeout", "60s", "longest time until a submission listens", time.Second, 30*time.Minute),
		durationSetting("run-timeout", "15m", "longest time for a whole grading", 10*time.Second, 24*time.Hour),
		sizeSetting("memory", "512 MiB", "memory of the submission's container", 32*mebibyte, 1024*gibibyte),
		{
			name: "cpus", fallback: "1", usage: "processor cores of the submission's container",
			allowed: "a number from 0.1 to 256, such as 1.5", read: cores,
		},
		numberSetting("jobs", "0", "gradings at a time; 0 is one for each core", 0, 1024),
		choiceSetting("color", "auto", "when to colour verdicts", "auto", "always", "never"),
		choiceSetting("log-level", "warn", "least important log lines to show", "trace", "debug", "info", "warn", "error"),
		choiceSetting("log-format", "text", "form of log lines", "text", "json"),
		{
			name: "seed", usage: "seed of all generated data; empty derives it from the submission",
			allowed: "at most 64 letters, digits, dots, dashes and underscores", read: seed,
		},
		sizeSetting("max-submission-bytes", "100 MiB", "largest submission, all files together", 1, 100*gibibyte),
		numberSetting("max-submission-files", "20000", "most files, folders and links in a submission", 1, 10_000_000),
		choiceSetting("build-network", "default", "network that a build may use", "default", "none"),
		{
			name: "pod-binary", usage: "path of takehome-pod; empty takes the one beside takehome",
			allowed: "empty, or an absolute path", read: absolutePath(true),
		},
	}
}

func isKnown(name string) bool {
	return slices.ContainsFunc(table(), func(s setting) bool { return s.name == name })
}

// parse reads the text of a setting, or tells what is wrong with it.
func (s setting) parse(given layered) (value any, shown string, problem error) {
	value, shown, ok := s.read(strings.TrimSpace(given.text))
	if !ok {
		return nil, "", s.wrong(given)
	}
	return value, shown, nil
}
