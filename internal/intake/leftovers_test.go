package intake_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

func TestWhatIsNoPartOfTheSubmissionIsLeftOut(t *testing.T) {
	t.Parallel()
	items := []item{
		{name: "app/main.py", body: "x"},
		{name: "app/package.json", body: "{}"},
		{name: "app/node_modules/left-pad/index.js", body: "x"},
		{name: "app/node_modules/.bin/tool", link: "/usr/bin/env"},
		{name: "vendored/node_modules/own/index.js", body: "no package.json beside it"},
		{name: "myenv/pyvenv.cfg", body: "x"},
		{name: "myenv/bin/python", link: "/usr/bin/python3"},
		{name: "app/__pycache__/main.pyc", body: "x"},
		{name: ".git/hooks/post-checkout", body: "#!/bin/sh\n", mode: 0o755},
		{name: "app/.GIT/config", body: "x"},
		{name: "target/app.jar", body: "what a Dockerfile may copy"},
		{name: "vendor/modules.txt", body: "x"},
		{name: ".env", body: "PORT=1"},
		{name: ".DS_Store", body: "x"},
		{name: "app/._main.py", body: "x"},
		{name: "._alone", body: "kept: it stands beside nothing"},
	}
	for _, given := range []string{folderOf(t, items...), zipOf(t, items...), tarOf(t, items...)} {
		tree := open(t, given, intake.Options{})
		require.Equal(t, []string{
			"._alone", ".env", "app", "app/main.py", "app/package.json", "target", "target/app.jar",
			"vendor", "vendor/modules.txt", "vendored", "vendored/node_modules", "vendored/node_modules/own",
			"vendored/node_modules/own/index.js",
		}, slices.Sorted(maps.Keys(listing(t, tree))))
		require.Equal(t, []string{
			"left out Python virtual environments: myenv",
			"left out caches: app/__pycache__",
			"left out desktop files: .DS_Store and 1 more",
			"left out node_modules: app/node_modules",
			"left out version control: app/.GIT",
		}, tree.Submission.Notes)
	}
}

func TestNodeModulesStayWhereNothingInstallsThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dockerfile string
		kept       bool
	}{
		{"FROM node:20\nCOPY . .\nCMD [\"node\", \"index.js\"]\n", true},
		{"FROM node:20\nCOPY . .\nRUN npm ci\n", false},
		{"FROM node:20\nCOPY . .\nRUN yarn --frozen-lockfile\n", false},
		{"FROM python:3.12\nCOPY . .\n", false},
		{"", false},
	} {
		items := []item{
			{name: "package.json", body: "{}"},
			{name: "index.js", body: "x"},
			{name: "node_modules/express/index.js", body: "x"},
		}
		if c.dockerfile != "" {
			items = append(items, item{name: "Dockerfile", body: c.dockerfile})
		}
		for _, given := range []string{folderOf(t, items...), zipOf(t, items...), tarOf(t, items...)} {
			tree := open(t, given, intake.Options{})
			_, kept := listing(t, tree)["node_modules/express/index.js"]
			require.Equal(t, c.kept, kept, "%q", c.dockerfile)
			require.Len(t, tree.Submission.Notes, 1)
		}
	}
}

func TestWhatIsLeftOutDoesNotCount(t *testing.T) {
	t.Parallel()
	items := []item{{name: "package.json", body: "{}"}}
	for i := range 60 {
		items = append(items, item{name: fmt.Sprintf("node_modules/p%d/index.js", i), body: strings.Repeat("x", 300)})
	}
	options := intake.Options{Limits: intake.Limits{MaxFiles: 20, MaxBytes: 10_000}}
	for _, given := range []string{folderOf(t, items...), zipOf(t, items...), tarOf(t, items...)} {
		require.Equal(t, 1, open(t, given, options).Submission.Files)
	}
}

func TestTheHintNamesWhatIsLarge(t *testing.T) {
	t.Parallel()
	items := []item{{name: "main.go", body: "x"}}
	for i := range 30 {
		items = append(items, item{name: fmt.Sprintf("dist/asset%d.js", i), body: "0123456789"})
	}
	refused := refusal(t, zipOf(t, items...), intake.Options{Limits: intake.Limits{MaxFiles: 20}})
	require.Equal(t, "count", refused.Rule)
	require.Contains(t, refused.Hint, "dist (21 entries)")
	refused = refusal(t, folderOf(t, items...), intake.Options{Limits: intake.Limits{MaxBytes: 100}})
	require.Equal(t, "size", refused.Rule)
	require.Contains(t, refused.Hint, "dist (110 bytes)")
}

func TestGitLFSPointersAreNoted(t *testing.T) {
	t.Parallel()
	tree := open(t, zipOf(t, item{name: "big.bin", body: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 53687091200\n"}), intake.Options{})
	require.Equal(t, []string{"big.bin is kept in Git LFS; only its pointer is here, its content was not fetched"}, tree.Submission.Notes)
}
