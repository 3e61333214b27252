package build_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build"
	"github.com/takehome-dev/takehome/internal/takehome"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLayouts plans every layout of testdata/layouts: a text that begins with a sentence
// about the repository, followed by its files. The plan beside it reads as documentation.
func TestLayouts(t *testing.T) {
	t.Parallel()
	layouts, err := filepath.Glob("testdata/layouts/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(layouts), 30)
	for _, layout := range layouts {
		name := strings.TrimSuffix(filepath.Base(layout), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(layout)
			require.NoError(t, err)
			about, dir := unpack(t, string(raw))
			first := plan(t, dir)
			require.Equal(t, first, plan(t, dir), "the same bytes have to give the same plan")
			golden := strings.TrimSuffix(layout, ".txt") + ".plan"
			written := about + "\n" + render(first)
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(written), 0o600))
			}
			wanted, err := os.ReadFile(golden)
			require.NoError(t, err, "run go test ./internal/build -update and read the difference")
			require.Equal(t, string(wanted), written)
		})
	}
}

func plan(t *testing.T, dir string) build.Proposal {
	t.Helper()
	proposal, err := planOf(t, dir)
	require.NoError(t, err)
	return proposal
}

func planOf(t *testing.T, dir string) (build.Proposal, error) {
	t.Helper()
	return build.Plan(t.Context(), takehome.Submission{Dir: dir})
}

// unpack writes the files of a layout ("=== name ===" begins one) into a folder.
func unpack(t *testing.T, layout string) (about, dir string) {
	t.Helper()
	dir = t.TempDir()
	about, rest, _ := strings.Cut(layout, "\n=== ")
	for part := range strings.SplitSeq(rest, "\n=== ") {
		name, body, ok := strings.Cut(part+"\n", " ===\n")
		require.True(t, ok, "a file of the layout has no name: %q", part)
		write(t, dir, name, body)
	}
	return strings.TrimSpace(about) + "\n", dir
}

func write(t *testing.T, dir, name, body string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte(body), 0o600))
}

// render writes a proposal for a reader. Settings of the contract are only counted.
func render(p build.Proposal) string {
	var out strings.Builder
	line := func(format string, values ...any) {
		out.WriteString(strings.TrimRight(fmt.Sprintf(format, values...), " ") + "\n")
	}
	if p.Breakdown != nil {
		line("nothing to build: %s", p.Breakdown.Reason)
		for _, tried := range p.Breakdown.Tried {
			line("  tried %s", tried)
		}
		line("  help: %s", p.Breakdown.Help)
		line("")
	}
	line("recipe    %s, context %s", p.Recipe.Source, p.Recipe.Context)
	if p.Recipe.Target != "" {
		line("target    %s", p.Recipe.Target)
	}
	if len(p.Recipe.Bases) > 0 {
		line("from      %s", strings.Join(p.Recipe.Bases, ", "))
	}
	for _, argument := range p.Recipe.Args {
		line("arg       %s=%s   (%s)", argument.Name, argument.Value, argument.Source)
	}
	for _, note := range p.Recipe.Notes {
		line("note      %s", note)
	}
	if p.Recipe.Generated || strings.Contains(string(p.Recipe.Dockerfile), "takehome") {
		for text := range strings.SplitSeq(strings.TrimSpace(string(p.Recipe.Dockerfile)), "\n") {
			line("    %s", text)
		}
	}
	renderStart(line, p.Start)
	return out.String()
}

func renderStart(line func(string, ...any), start takehome.StartPlan) {
	line("")
	line("folder    %s", start.Folder)
	if start.Command == nil {
		line("command   the image's own")
	} else {
		line("command   %q   (%s)", start.Command, start.CommandBy)
	}
	for _, port := range start.Ports {
		declared := ""
		if port.Declared {
			declared = ", declared"
		}
		line("port      %d   (%s%s)", port.Number, port.Source, declared)
	}
	if start.Ready != "" {
		line("ready     %s", start.Ready)
	}
	if m := start.Migration; m != nil {
		declared := ""
		if m.Declared {
			declared = ", declared"
		}
		if m.Command != nil {
			line("migrate   %q   (%s%s)", m.Command, m.Source, declared)
		}
		if m.Files != nil {
			line("migrate   %s   (%s%s)", strings.Join(m.Files, ", "), m.Source, declared)
		}
		for _, script := range m.Scripts {
			line("    %s: %s", script.File, strings.Join(strings.Fields(script.SQL), " "))
		}
	}
	if len(start.DatabaseHosts) > 0 {
		line("database  known as %s", strings.Join(start.DatabaseHosts, ", "))
	}
	contract := 0
	for _, setting := range start.Env {
		if setting.Source == "contract" {
			contract++
			continue
		}
		line("env       %s=%s   (%s)", setting.Name, setting.Value, setting.Source)
	}
	line("env       and %d names of the contract", contract)
	for _, note := range start.Notes {
		line("note      %s", note)
	}
}

// TestContract shows the whole environment of a program whose repository says nothing.
func TestContract(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "Dockerfile", "FROM scratch\nCMD [\"/server\"]\n")
	var written strings.Builder
	for _, setting := range plan(t, dir).Start.Env {
		require.Equal(t, "contract", setting.Source)
		written.WriteString(setting.Name + "=" + setting.Value + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/contract.env", []byte(written.String()), 0o600))
	}
	wanted, err := os.ReadFile("testdata/contract.env")
	require.NoError(t, err)
	require.Equal(t, string(wanted), written.String())
}
