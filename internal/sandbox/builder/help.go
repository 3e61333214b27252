package builder

import "regexp"

// helps are what would probably mend a build, by the words of the tools. The first
// that matches is given.
var helps = []struct {
	seen *regexp.Regexp
	help string
}{
	{regexp.MustCompile("npm ci` can only install with an existing package-lock|The `npm ci` command can only install with an existing"), "commit package-lock.json, or use npm install in place of npm ci"},
	{regexp.MustCompile("can only install packages when your package.json and package-lock.json|Missing: .* from lock file"), "run npm install and commit the new package-lock.json: it does not fit package.json"},
	{regexp.MustCompile(`ERESOLVE`), "resolve the conflict between the packages' peer dependencies, and commit the lock file"},
	{regexp.MustCompile(`npm (?:ERR!|error) Missing script: "([^"]*)"`), "add the script to package.json: the build calls it"},
	{regexp.MustCompile(`npm (?:ERR!|error) code E404`), "a package that package.json names does not exist, or not in that version"},
	{regexp.MustCompile(`\b(?:tsc|nest|vite|webpack|prisma|ts-node|tsx|rimraf|esbuild|swc): (?:command )?not found`), "the build needs a tool from devDependencies: install them before the build, not with --omit=dev or NODE_ENV=production"},
	{regexp.MustCompile(`error TS\d+:`), "mend what the TypeScript compiler reports"},
	{regexp.MustCompile(`go\.mod requires go >= |requires go >= [0-9.]+ \(running go`), "start from a golang image of that version, or lower the go line of go.mod"},
	{regexp.MustCompile(`missing go\.sum entry|updates to go\.(?:mod|sum) needed|go\.sum: no such file`), "run go mod tidy and commit go.mod and go.sum"},
	{regexp.MustCompile(`no required module provides package|cannot find module providing package`), "run go mod tidy and commit go.mod and go.sum: an imported package is not required there"},
	{regexp.MustCompile(`go\.mod file not found|cannot find main module`), "copy go.mod into the image before go is called"},
	{regexp.MustCompile(`no Go files in|directory not found\b.*cmd|stat /\S+/cmd/\S+: directory not found`), "build the folder that holds the main package"},
	{regexp.MustCompile(`(?m)^\S+\.go:\d+:\d+: `), "mend what the Go compiler reports"},
	{regexp.MustCompile(`Could not open requirements file`), "copy requirements.txt into the image before pip is called"},
	{regexp.MustCompile(`No matching distribution found|Could not find a version that satisfies`), "a package that the requirements name does not exist in that version for this Python"},
	{regexp.MustCompile(`externally-managed-environment`), "install into a virtual environment, or start from an official python image"},
	{regexp.MustCompile(`poetry\.lock (?:was last generated|is not up to date)|pyproject\.toml changed significantly`), "run poetry lock and commit poetry.lock"},
	{regexp.MustCompile(`(?i)ECONNREFUSED[^\n]*:5432|connection refused[^\n]*5432|Connection to (?:localhost|127\.0\.0\.1)[^\n]*refused|could not translate host name|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) [a-z0-9_-]+\s|lookup (?:db|database|postgres\w*)\b[^\n]*no such host`), "there is no database during a build: run migrations when the program starts"},
	{regexp.MustCompile(`(?i)environment variable not found|missing (?:required )?env|is not set\b`), "a build has no environment variables but those of the Dockerfile: read them when the program starts"},
	{regexp.MustCompile(`Unable to locate package|has no installation candidate`), "call apt-get update in the same RUN instruction, and check the name of the package"},
	{regexp.MustCompile(`Cannot find module '([^']*)'`), "a module is missing: check that it is in package.json and that its file is copied before this instruction"},
	{regexp.MustCompile(`ModuleNotFoundError|ImportError`), "a Python module is missing: check that it is in the requirements and copied before this instruction"},
	{regexp.MustCompile(`(?i)permission denied`), "make the file executable (git update-index --chmod=+x), or run this before USER"},
	{regexp.MustCompile(`\b\S+: (?:command )?not found\b`), "install the command in an earlier instruction"},
	{regexp.MustCompile(`(?i)no such file or directory|cannot stat|can't open`), "copy the file before this instruction; look at .dockerignore as well"},
}

// helpFor finds what would probably mend a build; empty if nothing is known.
func helpFor(log string) string {
	for _, known := range helps {
		if known.seen.MatchString(log) {
			return known.help
		}
	}
	return ""
}
