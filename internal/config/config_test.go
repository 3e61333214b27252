package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/config"
)

// sources has folders of a user, and a settings file if there is one.
func sources(t *testing.T, file string) config.Sources {
	t.Helper()
	dir := t.TempDir()
	if file != "" {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "takehome"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "takehome", "settings.yaml"), []byte(file), 0o644))
	}
	return config.Sources{ConfigDir: dir, CacheDir: filepath.Join(dir, "cache")}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	from := sources(t, "")
	settings, origins, err := config.Load(from)
	require.NoError(t, err)
	require.Equal(t, config.Settings{
		StateDir: filepath.Join(from.CacheDir, "takehome"), BuildTimeout: 5 * time.Minute, StartTimeout: time.Minute, RunTimeout: 15 * time.Minute,
		Memory: 512 << 20, CPUs: 1, Color: "auto", LogLevel: "warn", LogFormat: "text",
		MaxSubmissionBytes: 100 << 20, MaxSubmissionFiles: 20_000, BuildNetwork: "default",
	}, settings)
	require.Len(t, origins, reflect.TypeFor[config.Settings]().NumField(), "every field is listed")
	for i, described := range config.List() {
		require.Equal(t, described.Name, origins[i].Name)
		require.Equal(t, "default", origins[i].From)
		require.NotEmpty(t, described.Usage)
		require.NotEmpty(t, described.Allowed)
		require.Equal(t, reflect.TypeFor[config.Settings]().Field(i).Tag.Get("mapstructure"), described.Name)
	}
}

// Every setting can be set in every way, and the stronger source wins.
func TestOrderOfSources(t *testing.T) {
	t.Parallel()
	values := map[string][3]string{ // file, variable, flag
		"docker-host": {"unix:///a", "tcp://b:1", "npipe:////./pipe/c"}, "state-dir": {"/a", "/b", "/c"},
		"build-timeout": {"1m", "2m", "3m"}, "start-timeout": {"10s", "20s", "30s"}, "run-timeout": {"5m", "6m", "7m"},
		"memory": {"256MiB", "1g", "2 GiB"}, "cpus": {"0.5", "1.5", "2"},
		"jobs": {"1", "2", "3"}, "color": {"never", "always", "auto"}, "log-level": {"error", "info", "debug"}, "log-format": {"json", "text", "json"},
		"seed": {"a", "b", "c"}, "max-submission-bytes": {"1000", "2000 B", "3KiB"}, "max-submission-files": {"10", "20", "30"},
		"build-network": {"none", "default", "none"}, "pod-binary": {"/a", "/b", "/c"},
	}
	for _, described := range config.List() {
		texts, ok := values[described.Name]
		require.True(t, ok, described.Name)
		from := sources(t, described.Name+": "+texts[0]+"\n")
		for step, wantFrom := range []string{
			"file " + filepath.Join(from.ConfigDir, "takehome", "settings.yaml"), "variable " + described.Variable, "flag --" + described.Name,
		} {
			switch step {
			case 1:
				from.Environment = []string{"PATH=/bin", described.Variable + "=" + texts[1]}
			case 2:
				from.Flags = map[string]string{described.Name: texts[2]}
			}
			_, origins, err := config.Load(from)
			require.NoError(t, err)
			alone, _, err := config.Load(config.Sources{CacheDir: from.CacheDir, Flags: map[string]string{described.Name: texts[step]}})
			require.NoError(t, err)
			together, _, err := config.Load(from)
			require.NoError(t, err)
			require.Equal(t, alone, together, described.Name)
			for _, origin := range origins {
				if origin.Name == described.Name {
					require.Equal(t, wantFrom, origin.From)
				} else {
					require.Equal(t, "default", origin.From, origin.Name)
				}
			}
		}
	}
}

func TestTypedValuesOfTheFile(t *testing.T) {
	t.Parallel()
	settings, origins, err := config.Load(sources(t, "jobs: 4\ncpus: 1.5\nmemory: 1073741824\nLOG-LEVEL: debug\nseed: '007'\n"))
	require.NoError(t, err)
	require.Equal(t, 4, settings.Jobs)
	require.InDelta(t, 1.5, settings.CPUs, 0)
	require.Equal(t, config.Bytes(1<<30), settings.Memory)
	require.Equal(t, "debug", settings.LogLevel)
	require.Equal(t, "007", settings.Seed)
	require.Contains(t, origins, config.Origin{Name: "memory", Value: "1 GiB", From: origins[6].From})
}

func TestAFileThatIsNamed(t *testing.T) {
	t.Parallel()
	from := sources(t, "jobs: 4\n")
	from.File = filepath.Join(t.TempDir(), "mine.yaml")
	_, _, err := config.Load(from)
	require.ErrorContains(t, err, "there is no settings file")
	require.NoError(t, os.WriteFile(from.File, []byte("jobs: 5\n"), 0o644))
	settings, _, err := config.Load(from)
	require.NoError(t, err)
	require.Equal(t, 5, settings.Jobs)
	from.File = t.TempDir()
	_, _, err = config.Load(from)
	require.ErrorContains(t, err, "cannot be read")
	large := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(large, []byte(strings.Repeat("#\n", 1<<20)), 0o644))
	_, _, err = config.Load(config.Sources{File: large})
	require.ErrorContains(t, err, "more than 1 MiB")
}

// The current folder may be a candidate's: nothing in it counts.
func TestAFileOfTheCurrentFolderIsNotRead(t *testing.T) { // not parallel: it changes the folder
	dir := t.TempDir()
	for _, name := range []string{"settings.yaml", "takehome.yaml", "takehome/settings.yaml", ".takehome.yaml", "config.yaml"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("jobs: 99\n"), 0o644))
	}
	t.Chdir(dir)
	settings, _, err := config.Load(config.Sources{CacheDir: "/cache"})
	require.NoError(t, err)
	require.Zero(t, settings.Jobs)
}

func TestProblemsAreSentences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file        string
		flags       map[string]string
		environment []string
		says        []string
	}{
		"flag": {
			flags: map[string]string{"memory": "10x"},
			says:  []string{`memory is "10x" (flag --memory); allowed is a size from 32 MiB to 1024 GiB, such as 512MiB`},
		},
		"variable": {
			environment: []string{"TAKEHOME_COLOR=sometimes"},
			says:        []string{`color is "sometimes" (variable TAKEHOME_COLOR); allowed is auto, always, never`},
		},
		"file":            {file: "build-timeout: 300\n", says: []string{`build-timeout is "300" (file `, "with its unit, such as 90s or 5m"}},
		"unknown in file": {file: "memroy: 1g\n", says: []string{`there is no setting "memroy" (file `, "did you mean memory?"}},
		"far off":         {file: "frobnicate: 1\n", says: []string{`there is no setting "frobnicate"`}},
		"group":           {file: "memory:\n  app: 1g\n", says: []string{"memory (file ", "must be one value"}},
		"list":            {file: "color: [auto]\n", says: []string{"must be one value"}},
		"number as seed":  {file: "seed: 007\n", says: []string{"seed (file ", "must be in quotes"}},
		"nothing":         {file: "memory:\n", says: []string{"memory (file ", "has no value"}},
		"not YAML":        {file: "color: [auto\n", says: []string{"is not YAML"}},
		"a list of lines": {file: "- color\n", says: []string{"is not YAML"}},
		"twice":           {file: "color: auto\ncolor: never\n", says: []string{"already defined"}},
		"near variable":   {environment: []string{"TAKEHOME_MEMROY=1g"}, says: []string{"there is no variable TAKEHOME_MEMROY (did you mean TAKEHOME_MEMORY?)"}},
		"unknown flag":    {flags: map[string]string{"colour": "auto"}, says: []string{`there is no setting "colour" (flag --colour); did you mean color?`}},
		"negative":        {flags: map[string]string{"jobs": "-1"}, says: []string{`jobs is "-1"`, "a whole number from 0 to 1024"}},
		"not a number":    {flags: map[string]string{"cpus": "NaN"}, says: []string{`cpus is "NaN"`}},
		"exponent":        {flags: map[string]string{"cpus": "1e1"}, says: []string{`cpus is "1e1"`}},
		"overflow":        {flags: map[string]string{"memory": "99999999999g"}, says: []string{"memory is"}},
		"relative":        {flags: map[string]string{"state-dir": "here"}, says: []string{`state-dir is "here" (flag --state-dir); allowed is an absolute path`}},
		"ssh":             {flags: map[string]string{"docker-host": "ssh://host"}, says: []string{"docker-host is", "unix://"}},
		"seed":            {flags: map[string]string{"seed": "a b\x1b[2J"}, says: []string{`seed is "a b\x1b[2J"`}},
		"crossed":         {flags: map[string]string{"run-timeout": "30s"}, says: []string{"run-timeout is 30s (flag --run-timeout) and must not be shorter than start-timeout, which is 1m0s (default)"}},
		"several": {
			flags: map[string]string{"jobs": "x"}, file: "color: red\nnothing: 1\n",
			says: []string{`jobs is "x"`, `color is "red"`, `there is no setting "nothing"`},
		},
	} {
		from := sources(t, c.file)
		from.Flags, from.Environment = c.flags, c.environment
		_, _, err := config.Load(from)
		require.Error(t, err, name)
		var problem *config.Problem
		require.ErrorAs(t, err, &problem, name)
		require.NotEmpty(t, problem.From)
		for _, says := range c.says {
			require.ErrorContains(t, err, says, name)
		}
		require.NotContains(t, err.Error(), "\x1b", name)
	}
}

func TestVariablesOfOthers(t *testing.T) {
	t.Parallel()
	from := sources(t, "docker-host: tcp://file:1\n")
	from.Environment = []string{"DOCKER_HOST=unix:///theirs", "TAKEHOME_REQUIRE_DOCKER=1", "TAKEHOME_MEMORY=", "TAKEHOME=x", "odd"}
	settings, origins, err := config.Load(from)
	require.NoError(t, err)
	require.Equal(t, "unix:///theirs", settings.DockerHost)
	require.Equal(t, "variable DOCKER_HOST", origins[0].From)
	from.Environment = append(from.Environment, "TAKEHOME_DOCKER_HOST=unix:///ours")
	settings, _, err = config.Load(from)
	require.NoError(t, err)
	require.Equal(t, "unix:///ours", settings.DockerHost)
}

func TestWithoutAFolderForCaches(t *testing.T) {
	t.Parallel()
	_, _, err := config.Load(config.Sources{})
	require.EqualError(t, err, "state-dir is not set; allowed is an absolute path: set --state-dir or TAKEHOME_STATE_DIR")
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "", "1": "1 B", "1000": "1000 B", "1024": "1 KiB", "1k": "1 KiB", "1KB": "1000 B", "2 MiB": "2 MiB", "1536m": "1536 MiB",
		"1GB": "1000000000 B", "3g": "3 GiB", "1.5g": "", "-1": "", "1tib": "", "": "", "MiB": "", "9223372036854775807": "",
	} {
		settings, _, err := config.Load(config.Sources{CacheDir: "/c", Flags: map[string]string{"max-submission-bytes": text}})
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, settings.MaxSubmissionBytes.String(), text)
	}
}
