package builder

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// known is what a fake Bases answers, by name.
type known map[string]takehome.Substitute

func (k known) Resolve(_ context.Context, name string) (*takehome.Substitute, *takehome.Breakdown, error) {
	if substitute, ok := k[name]; ok {
		return &substitute, nil, nil
	}
	return nil, &takehome.Breakdown{Reason: "the base image " + name + " does not exist"}, nil
}

// job is a submission whose Dockerfile starts from scratch, with /tool in it.
func job(t *testing.T, dockerfile string, files map[string]string) Job {
	t.Helper()
	program, err := tool()
	require.NoError(t, err, "%s", program)
	root := folder(t, files)
	require.NoError(t, os.WriteFile(filepath.Join(root, "tool"), program, 0o755))
	return Job{
		Submission: takehome.Submission{Dir: root, Digest: "sha256:" + salt()},
		Recipe:     takehome.Recipe{Source: "Dockerfile", Context: ".", Dockerfile: []byte(dockerfile)},
		Bases:      known{}, Labels: map[string]string{"takehome.run": "test"},
	}
}

func TestSubmissionIsBuilt(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	wanted := job(t, `# syntax=docker/dockerfile:1
FROM scratch AS build
COPY tool /tool
ARG WORD
RUN ["/tool", "append", "/out", "x"]
FROM scratch
COPY --link --from=build /out /tool /
COPY . /src/
ENV A=b
USER 1000
WORKDIR /src
EXPOSE 8080 53/udp 3000/tcp
VOLUME ["/data", "/cache"]
LABEL takehome.run=forged
HEALTHCHECK CMD ["/tool", "exit", "0"]
ENTRYPOINT ["/tool"]
CMD ["exit", "0"]
`, map[string]string{"main.js": "x", ".dockerignore": "tool.log\n"})
	built, broken, log, err := Submission(t.Context(), cli, wanted)
	require.NoError(t, err)
	require.Nil(t, broken)
	remove(t, cli, built.ID)
	require.NotEmpty(t, log.Shown)
	require.Equal(t, []string{"/tool"}, built.Entrypoint)
	require.Equal(t, []string{"exit", "0"}, built.Command)
	require.Equal(t, "1000", built.User)
	require.Equal(t, "/src", built.Workdir)
	require.Equal(t, []int{3000, 8080}, built.Ports)
	require.Equal(t, []string{"/cache", "/data"}, built.Volumes)
	require.Contains(t, built.Env, "A=b")
	require.Empty(t, built.Substitutes)
	require.Positive(t, built.Bytes)
	found, err := cli.ImageInspect(t.Context(), built.ID)
	require.NoError(t, err)
	require.Equal(t, "test", found.Config.Labels["takehome.run"])
}

func TestSubmissionThatFails(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for _, test := range []struct {
		name, dockerfile string
		files            map[string]string
		change           func(*Job)
		reason, where    string
		rule             string
		owner            takehome.Owner
	}{
		{
			name: "command", dockerfile: "FROM scratch\nCOPY tool /tool\nRUN [\"/tool\", \"exit\", \"3\"]\n",
			reason: "a command of the build ended with exit code 3", where: `RUN ["/tool", "exit", "3"]`,
		},
		{name: "missing file", dockerfile: "FROM scratch\nCOPY package-lock.json /\n", reason: "the Dockerfile copies package-lock.json, which is not there", where: "COPY package-lock.json /"},
		{
			name: "ignored file", dockerfile: "FROM scratch\nCOPY dist/app.js /\n", files: map[string]string{"dist/app.js": "", ".dockerignore": "dist\n"},
			reason: "the Dockerfile copies dist, which .dockerignore leaves out", where: "COPY dist/app.js /",
		},
		{name: "malformed", dockerfile: "FROM scratch\nRNU x\n", reason: "the Dockerfile cannot be read: unknown instruction: RNU", where: "Dockerfile line 2"},
		{name: "no such base", dockerfile: "FROM nosuch:1\n", reason: "the base image nosuch:1 does not exist"},
		{
			name: "ignore file", dockerfile: "FROM scratch\nCOPY . /\n", files: map[string]string{".dockerignore": "[\n"},
			reason: "the .dockerignore file cannot be read: syntax error in pattern", where: ".dockerignore",
		},
		{
			name: "context", dockerfile: "FROM scratch\n", change: func(j *Job) { j.Recipe.Context = "../elsewhere" },
			reason: "the build context ../elsewhere is not a folder of the submission", where: "Dockerfile",
		},
		{
			name: "size", dockerfile: "FROM scratch\nCOPY tool /tool\n", change: func(j *Job) { j.MaxBytes = 1 << 20 },
			reason: "the image is larger than 1 MiB",
		},
		{name: "refused", dockerfile: "FROM scratch\nADD http://127.0.0.1/ /\n", rule: "dockerfile:add-url"},
		{
			name: "on an inexact stand-in", dockerfile: "FROM scratch\nCOPY --from=some:alpine /nosuch /\n",
			change: func(j *Job) { j.Bases = known{"some:alpine": {Wanted: "some:alpine", Used: "nothing"}} }, owner: takehome.Operator,
		},
		{name: "ours", dockerfile: "RNU x\n", change: func(j *Job) { j.Recipe.Generated = true }, owner: takehome.Takehome},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wanted := job(t, test.dockerfile, test.files)
			if test.change != nil {
				test.change(&wanted)
			}
			built, broken, _, err := Submission(t.Context(), cli, wanted)
			require.Empty(t, built.ID)
			switch {
			case test.rule != "":
				var refusal *takehome.Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, test.rule, refusal.Rule)
			case test.owner != "":
				require.Error(t, err)
				require.Nil(t, broken)
				require.Equal(t, test.owner, takehome.OwnerOf(err))
			default:
				require.NoError(t, err)
				require.NotNil(t, broken)
				require.Equal(t, "build", broken.Phase)
				require.Equal(t, test.reason, broken.Reason)
				require.Equal(t, test.where, broken.Where)
				require.NotEmpty(t, broken.Tried)
			}
		})
	}
}

func TestSubmissionThatNeverEnds(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for deadline := range patience {
		wanted := job(t, "FROM scratch\nCOPY tool /tool\nRUN [\"/tool\", \"sleep\"]\n", nil)
		wanted.Deadline = deadline
		_, broken, _, err := Submission(t.Context(), cli, wanted)
		require.NoError(t, err)
		require.Equal(t, "the build took longer than "+deadline.String(), broken.Reason)
		if broken.Where != "" {
			require.Equal(t, `RUN ["/tool", "sleep"]`, broken.Where)
			return
		}
	}
	require.Fail(t, "the command never began")
}

// The arguments of a compose file are a stranger's; those that direct the builder are not taken.
func TestSubmissionArgs(t *testing.T) {
	t.Parallel()
	wanted := Job{
		Submission: takehome.Submission{Digest: "sha256:abc"},
		Recipe: takehome.Recipe{Args: []takehome.Setting{
			{Name: "VERSION", Value: "1"},
			{Name: "BUILDKIT_SYNTAX", Value: "evil/frontend"},
			{Name: "buildkit_context", Value: "x"},
			{Name: "BUILDKIT_CACHE_MOUNT_NS", Value: "victim"},
			{Name: "HTTP_PROXY", Value: "http://theirs"},
		}},
		Args: map[string]string{"HTTP_PROXY": "http://ours"},
	}
	require.Equal(t, map[string]string{"VERSION": "1", "HTTP_PROXY": "http://ours", "BUILDKIT_CACHE_MOUNT_NS": "takehome-abc"}, wanted.args())
}

// The engine meets the address that ADD names nowhere, not even by way of a variable (DF-02).
func TestNothingIsFetched(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	for _, dockerfile := range []string{
		"FROM scratch\nADD %s /x\n", "FROM scratch\nARG U\nADD $U /x\n", "FROM scratch\nARG U\nADD \"${U}\" /x\n", "FROM scratch\nRUN <<E\nADD %s /x\nE\n",
	} {
		hits, address := canary(t)
		wanted := job(t, strings.ReplaceAll(dockerfile, "%s", address), nil)
		wanted.Recipe.Args = []takehome.Setting{{Name: "U", Value: address}}
		_, broken, _, err := Submission(t.Context(), cli, wanted)
		require.True(t, broken != nil || err != nil)
		require.Zero(t, hits.Load())
	}
}
