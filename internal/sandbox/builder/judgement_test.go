package builder

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

var (
	exact   = takehome.Substitute{Wanted: "node:20", Used: "node 20 on Debian trixie", Exact: true}
	inexact = takehome.Substitute{Wanted: "node:18-alpine", Used: "node 20 on Debian trixie"}
)

func TestWhoseFaultAFailedBuildIs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		failure     Failure
		substitutes []takehome.Substitute
		owner       takehome.Owner
		reason      string
		help        string
	}{
		{
			name: "a command fails", failure: Failure{Kind: InstructionFailed, Instruction: "RUN npm test", ExitCode: 1, Log: []byte("1 failing\n")},
			owner: takehome.Candidate, reason: "a command of the build ended with exit code 1",
		},
		{
			name: "on an exact stand-in", failure: Failure{Kind: InstructionFailed, ExitCode: 1}, substitutes: []takehome.Substitute{exact},
			owner: takehome.Candidate, reason: "a command of the build ended with exit code 1",
		},
		{
			name: "on an inexact stand-in", failure: Failure{Kind: InstructionFailed, ExitCode: 1}, substitutes: []takehome.Substitute{exact, inexact},
			owner: takehome.Operator,
		},
		{name: "deadline", failure: Failure{Kind: DeadlinePassed, Instruction: "RUN sleep infinity"}, owner: takehome.Candidate, reason: "the build took longer than 5m0s"},
		{name: "flood", failure: Failure{Kind: OutputFlood}, owner: takehome.Candidate, reason: "the build printed more than 16 MiB"},
		{
			name:    "a file that is not there, whatever it is built on",
			failure: Failure{Kind: SourceMissing, Instruction: "COPY a/b.json ./", Message: `"/a/b.json" not found: not found`}, substitutes: []takehome.Substitute{inexact},
			owner: takehome.Candidate, reason: "the Dockerfile copies a/b.json, which is not there",
		},
		{
			name:    "the old builder's words",
			failure: Failure{Kind: SourceMissing, Instruction: "COPY b.json ./", Message: "COPY failed: file not found in build context or excluded by .dockerignore: stat b.json: file does not exist"},
			owner:   takehome.Candidate, reason: "the Dockerfile copies b.json, which is not there",
		},
		{
			name:    "a file of an earlier stage",
			failure: Failure{Kind: SourceMissing, Instruction: "COPY --from=build /out/api /api", Message: `"/out/api" not found`},
			owner:   takehome.Candidate, reason: "the build copies from an earlier stage what is not there",
		},
		{
			name:    "a file of an inexact stand-in",
			failure: Failure{Kind: SourceMissing, Instruction: "COPY --from=alpine:3 /lib/ld-musl /", Message: `"/lib/ld-musl" not found`}, substitutes: []takehome.Substitute{inexact},
			owner: takehome.Operator,
		},
		{name: "killed", failure: Failure{Kind: InstructionFailed, ExitCode: 137}, owner: takehome.Operator},
		{name: "another processor", failure: Failure{Kind: InstructionFailed, ExitCode: 1, Log: []byte("exec /bin/sh: exec format error\n")}, owner: takehome.Operator},
		{name: "the base image got lost", failure: Failure{Kind: BaseMissing}, owner: takehome.Operator},
		{name: "the builder could not read what we read", failure: Failure{Kind: Malformed}, owner: takehome.Operator},
		{name: "nobody knows", failure: Failure{Kind: Unexplained}, owner: takehome.Operator},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			job := Job{Deadline: DefaultDeadline, Recipe: takehome.Recipe{Source: "Dockerfile"}}
			broken, err := judgement{job: job, failure: test.failure, substitutes: test.substitutes}.judge()
			if test.owner != takehome.Candidate {
				require.Nil(t, broken)
				require.Equal(t, test.owner, takehome.OwnerOf(err))
				require.NotEmpty(t, takehome.AsFault(err).Hint)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.reason, broken.Reason)
			require.Equal(t, test.failure.Instruction, broken.Where)
		})
	}
}

// Each line is what a tool really prints.
func TestMachinesLimitsAreNotTheCandidates(t *testing.T) {
	t.Parallel()
	for _, log := range []string{
		"curl: (6) Could not resolve host: example.com",
		"fatal: unable to access 'https://git.example.com/x.git/': Could not resolve host: git.example.com",
		"W: Failed to fetch http://mirror.example.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'mirror.example.org'",
		"npm ERR! request to https://registry.example.org/express failed, reason: getaddrinfo EAI_AGAIN registry.example.org",
		"npm error network request to https://registry.example.org/pg failed, reason: connect ETIMEDOUT",
		"go: github.com/jackc/pgx/v5@v5.7.1: Get \"https://proxy.example.org/x\": dial tcp: lookup proxy.example.org on 10.0.0.1:53: no such host",
		"go: x@v1: dial tcp 93.184.216.34:443: i/o timeout",
		"WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(Failed to resolve 'index.example.org' ([Errno -3]))'",
		"wget: unable to resolve host address 'example.org'",
		"SSL certificate problem: unable to get local issuer certificate",
	} {
		_, err := judgement{failure: Failure{Kind: InstructionFailed, ExitCode: 1, Log: []byte(log)}}.judge()
		require.Equal(t, takehome.Operator, takehome.OwnerOf(err), log)
	}
	for _, log := range []string{
		"ERROR: Could not find a version that satisfies the requirement fastapi==0.99 (from versions: none)\nERROR: No matching distribution found for fastapi==0.99",
		"E: Unable to locate package postgresql-client-15",
		"E: Package 'python3.11' has no installation candidate",
		"go: go.mod requires go >= 1.27.0 (running go 1.26.8; GOTOOLCHAIN=local)",
		"/bin/sh: 1: curl: not found",
		"gyp ERR! find Python You need to install the latest version of Python.",
		"psycopg/psycopg.h:35:10: fatal error: libpq-fe.h: No such file or directory",
	} {
		_, err := judgement{failure: Failure{Kind: InstructionFailed, ExitCode: 1, Log: []byte(log)}, substitutes: []takehome.Substitute{exact}}.judge()
		require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "on a stand-in: %s", log)
		_, err = judgement{failure: Failure{Kind: InstructionFailed, ExitCode: 1, Log: []byte(log)}}.judge()
		require.NoError(t, err, "on the real image: %s", log)
	}
	for _, log := range []string{
		"Error: getaddrinfo ENOTFOUND db\n    at GetAddrInfoReqWrap.onlookup",
		"Error: connect ECONNREFUSED 127.0.0.1:5432",
		"dial tcp: lookup postgres on 10.0.0.1:53: no such host",
		"could not translate host name \"db\" to address: Name or service not known",
		"npm ERR! code E404\nnpm ERR! 404 Not Found - nosuchpackage@1.0.0",
		"src/index.ts(3,5): error TS2304: Cannot find name 'x'.",
	} {
		broken, err := judgement{failure: Failure{Kind: InstructionFailed, ExitCode: 1, Log: []byte(log)}, substitutes: []takehome.Substitute{exact}}.judge()
		require.NoError(t, err, "the candidate's everywhere: %s", log)
		require.NotEmpty(t, broken.Help, log)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ log, help string }{
		{"npm ERR! The `npm ci` command can only install with an existing package-lock.json or\nnpm ERR! npm-shrinkwrap.json", "commit package-lock.json"},
		{"npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.", "does not fit package.json"},
		{"npm error code ERESOLVE", "peer dependencies"},
		{"npm error Missing script: \"build\"", "add the script"},
		{"sh: 1: tsc: not found", "devDependencies"},
		{"/bin/sh: nest: not found", "devDependencies"},
		{"go: go.mod requires go >= 1.25 (running go 1.22.4; GOTOOLCHAIN=local)", "golang image of that version"},
		{"main.go:5:2: missing go.sum entry for module providing package github.com/jackc/pgx/v5", "go mod tidy"},
		{"main.go:4:2: no required module provides package github.com/go-chi/chi/v5; to add it:", "go mod tidy"},
		{"go: go.mod file not found in current directory or any parent directory", "copy go.mod"},
		{"# example.com/api\n./main.go:12:2: undefined: foo", "Go compiler"},
		{"ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'", "copy requirements.txt"},
		{"ERROR: No matching distribution found for fastapi==9", "does not exist in that version"},
		{"error: externally-managed-environment", "virtual environment"},
		{"psycopg2.OperationalError: could not translate host name \"db\" to address", "no database during a build"},
		{"sh: ./build.sh: Permission denied", "executable"},
		{"/bin/sh: 1: poetry: not found", "install the command"},
		{"cat: x: No such file or directory", "copy the file"},
		{"something nobody knows", ""},
	} {
		help := helpFor(test.log)
		if test.help == "" {
			require.Empty(t, help)
			continue
		}
		require.Contains(t, help, test.help, test.log)
	}
}
