// Package config reads the tool's own settings: how it works, never what it grades.
// It stands before the straight line: cli loads the settings once and hands every
// other package the values it needs. It is the only owner of viper, which folds the
// case of keys and therefore never sees a file of a challenge.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// Settings are the tool's settings, complete and checked.
type Settings struct {
	DockerHost         string        `mapstructure:"docker-host"`          // "unix:///…", "tcp://…"; empty: the engine's own default
	StateDir           string        `mapstructure:"state-dir"`            // absolute; leases, copies, what outlives a run
	BuildTimeout       time.Duration `mapstructure:"build-timeout"`        // of one image build
	StartTimeout       time.Duration `mapstructure:"start-timeout"`        // until a program listens
	RunTimeout         time.Duration `mapstructure:"run-timeout"`          // of a whole grading
	Memory             Bytes         `mapstructure:"memory"`               // of a program's container
	CPUs               float64       `mapstructure:"cpus"`                 // of a program's container; 0.5 is half a core
	Jobs               int           `mapstructure:"jobs"`                 // gradings at a time; 0: as many as the machine has cores
	Color              string        `mapstructure:"color"`                // "auto", "always", "never"
	LogLevel           string        `mapstructure:"log-level"`            // "trace", "debug", "info", "warn", "error"
	LogFormat          string        `mapstructure:"log-format"`           // "text", "json"
	Seed               string        `mapstructure:"seed"`                 // empty: derived from submission and challenge
	MaxSubmissionBytes Bytes         `mapstructure:"max-submission-bytes"` // of all files of a submission
	MaxSubmissionFiles int           `mapstructure:"max-submission-files"` // files, folders and links of a submission
	BuildNetwork       string        `mapstructure:"build-network"`        // "default", "none"
	PodBinary          string        `mapstructure:"pod-binary"`           // absolute path of takehome-pod; empty: the one beside takehome
}

// Sources are where settings come from, strongest first. They are values: this
// package reads the settings file and nothing else of the process.
type Sources struct {
	Flags       map[string]string // flags that were given, by name without dashes
	Environment []string          // "NAME=value", as os.Environ lists it
	File        string            // as given with --config; empty: settings.yaml in ConfigDir/takehome, if it is there
	ConfigDir   string            // the user's folder for settings (os.UserConfigDir); empty if there is none
	CacheDir    string            // the user's folder for caches (os.UserCacheDir); empty if there is none
}

// Origin tells the value of one setting and where it came from.
type Origin struct {
	Name  string // "run-timeout"
	Value string // as a reader writes it: "15m0s", "512 MiB"
	From  string // "flag --run-timeout", "variable TAKEHOME_RUN_TIMEOUT", "file /home/a/.config/takehome/settings.yaml", "default"
}

// maxFile is far more than a settings file needs.
const maxFile = 1 << 20

// Load reads all settings: a flag wins over a TAKEHOME_ variable, that over the
// settings file, that over the default. A file of the current folder is never read,
// since that folder may be a candidate's.
//
// The origins list every setting in the order of List. Wrong values and unknown names
// are all reported at once, as joined *Problem values, and then the settings are not usable.
func Load(from Sources) (Settings, []Origin, error) {
	file, content, err := from.readFile()
	if err != nil {
		return Settings{}, nil, err
	}
	given := from.defaults()
	problems := slices.Concat(from.fromFile(given, file, content), from.fromVariables(given), from.fromFlags(given))
	store := viper.New()
	origins := make([]Origin, 0, len(given))
	for _, s := range table() {
		value, shown, problem := s.parse(given[s.name])
		if problem != nil {
			problems = append(problems, problem)
			continue
		}
		store.Set(s.name, value)
		origins = append(origins, Origin{Name: s.name, Value: shown, From: given[s.name].from})
	}
	if len(problems) > 0 {
		return Settings{}, origins, errors.Join(problems...)
	}
	var settings Settings
	if err := store.UnmarshalExact(&settings, exactly); err != nil {
		return Settings{}, origins, fmt.Errorf("fill in the settings: %w", err)
	}
	return settings, origins, settings.validate(given)
}

// exactly lets no value change its type on the way, and no field stay unset.
func exactly(decoder *mapstructure.DecoderConfig) {
	decoder.WeaklyTypedInput, decoder.DecodeHook, decoder.ErrorUnset = false, nil, true
}

// layered is the text of a setting from the strongest source that names it.
type layered struct{ text, from string }

func (from Sources) defaults() map[string]layered {
	given := make(map[string]layered, len(table()))
	for _, s := range table() {
		given[s.name] = layered{s.fallback, "default"}
	}
	if from.CacheDir != "" {
		given["state-dir"] = layered{filepath.Join(from.CacheDir, "takehome"), "default"}
	}
	return given
}

// readFile reads the settings file. Only one that was named must exist.
func (from Sources) readFile() (name string, content []byte, err error) {
	name = from.File
	if name == "" && from.ConfigDir != "" {
		name = filepath.Join(from.ConfigDir, "takehome", "settings.yaml")
	}
	if name == "" {
		return "", nil, nil
	}
	opened, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && from.File == "" {
		return "", nil, nil
	}
	if err == nil {
		defer func() { _ = opened.Close() }() // only read from
		content, err = io.ReadAll(io.LimitReader(opened, maxFile+1))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, &Problem{From: "flag --config", Why: "there is no settings file " + quote(name), Cause: err}
	case err != nil:
		return "", nil, &Problem{From: "file " + name, Why: "the settings file " + quote(name) + " cannot be read", Cause: err}
	case len(content) > maxFile:
		return "", nil, &Problem{From: "file " + name, Why: "the settings file " + quote(name) + " has more than 1 MiB"}
	}
	return name, content, nil
}

func (from Sources) fromFile(given map[string]layered, name string, content []byte) []error {
	if name == "" {
		return nil
	}
	origin := "file " + name
	store := viper.New()
	store.SetConfigType("yaml")
	if err := store.ReadConfig(bytes.NewReader(content)); err != nil {
		return []error{&Problem{From: origin, Why: "the settings file " + quote(name) + " is not YAML of the form \"name: value\"", Cause: err}}
	}
	var problems []error
	for _, path := range slices.Sorted(slices.Values(store.AllKeys())) {
		key, _, isGroup := strings.Cut(path, ".")
		value := store.Get(path)
		text, isOne := scalar(value)
		switch {
		case !isKnown(key):
			problems = append(problems, unknown(key, origin))
		case value == nil:
			problems = append(problems, &Problem{Setting: key, From: origin, Why: fmt.Sprintf("%s (%s) has no value", key, origin)})
		case !isOne || isGroup:
			problems = append(problems, &Problem{Setting: key, From: origin, Why: fmt.Sprintf("%s (%s) must be one value, not a list or a group", key, origin)})
		case key == "seed" && !isText(value):
			problems = append(problems, &Problem{Setting: key, From: origin, Why: fmt.Sprintf("seed (%s) must be in quotes: YAML takes 007 for the number 7", origin)})
		default:
			given[key] = layered{text, origin}
		}
	}
	return problems
}

// scalar writes a YAML value as text. A list or a group has none.
func scalar(value any) (text string, ok bool) {
	switch value.(type) {
	case string, bool, int, int64, uint64, float64:
		return fmt.Sprint(value), true
	}
	return "", false
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

// fromVariables takes TAKEHOME_ variables that are set and not empty. Other programs
// may have variables of that beginning; only one that is nearly ours is a mistake.
func (from Sources) fromVariables(given map[string]layered) []error {
	var problems []error
	byVariable, environment := make(map[string]setting), make(map[string]string)
	for _, s := range table() {
		byVariable[s.variable()] = s
	}
	for _, line := range from.Environment {
		name, value, _ := strings.Cut(line, "=")
		if _, ours := byVariable[name]; !ours && strings.HasPrefix(name, prefix) {
			if meant := nearest(name, slices.Sorted(maps.Keys(byVariable)), 2); meant != "" {
				problems = append(problems, &Problem{From: "variable " + name, Why: fmt.Sprintf("there is no variable %s (did you mean %s?)", name, meant)})
			}
		}
		environment[name] = value
	}
	for _, s := range table() {
		for _, variable := range []string{s.foreign, s.variable()} {
			if value := environment[variable]; variable != "" && value != "" {
				given[s.name] = layered{value, "variable " + variable}
			}
		}
	}
	return problems
}

func (from Sources) fromFlags(given map[string]layered) []error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(from.Flags)) {
		if !isKnown(name) {
			problems = append(problems, unknown(name, "flag --"+name))
			continue
		}
		given[name] = layered{from.Flags[name], "flag --" + name}
	}
	return problems
}

// validate checks what one setting alone cannot tell.
func (s Settings) validate(given map[string]layered) error {
	if s.RunTimeout < s.StartTimeout {
		return &Problem{Setting: "run-timeout", From: given["run-timeout"].from, Why: fmt.Sprintf(
			"run-timeout is %v (%s) and must not be shorter than start-timeout, which is %v (%s)",
			s.RunTimeout, given["run-timeout"].from, s.StartTimeout, given["start-timeout"].from)}
	}
	return nil
}
