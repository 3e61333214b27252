package dockerfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

func TestReadFollowsStages(t *testing.T) {
	t.Parallel()
	text := `ARG VERSION=20
ARG BASE=node:${VERSION}
FROM ${BASE}-alpine AS deps
ENV PORT=3000 NAME="x y"
RUN npm ci --omit=dev
COPY package*.json ./
FROM deps AS dev
CMD npm run dev
FROM golang:1.23 AS tool
COPY . .
ADD https://example.org/x /x
FROM deps
COPY --from=tool /x /x
COPY src config ./
EXPOSE $PORT 9000/tcp
WORKDIR /srv/app
ENTRYPOINT ["/entry.sh"]
CMD ["node", "a b.js"]
`
	file, err := dockerfile.Read([]byte(text), "")
	require.NoError(t, err)
	require.Equal(t, []string{"node:20-alpine", "golang:1.23"}, file.Bases)
	require.Equal(t, []string{"/entry.sh"}, file.Entrypoint)
	require.Equal(t, []string{"node", "a b.js"}, file.Command)
	require.Equal(t, []int{3000, 9000}, file.Ports)
	require.Equal(t, []dockerfile.Variable{{Name: "PORT", Value: "3000"}, {Name: "NAME", Value: "x y"}}, file.Env)
	require.Equal(t, "/srv/app", file.Workdir)
	require.Equal(t, []string{"npm ci --omit=dev"}, file.Runs)
	require.Equal(t, []string{"package*.json", ".", "src", "config"}, file.Copies)
	require.True(t, file.LastStage)

	file, err = dockerfile.Read([]byte(text), "DEV")
	require.NoError(t, err)
	require.Equal(t, []string{"/bin/sh", "-c", "npm run dev"}, file.Command)
	require.False(t, file.LastStage)

	_, err = dockerfile.Read([]byte(text), "nowhere")
	require.ErrorContains(t, err, `no stage "nowhere"`)
}

func TestReadTells(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no FROM":            "RUN x\n",
		"not a Dockerfile":   "FROM x\nRUN <<EOF\nnever closed\n",
		"larger than":        "FROM x\n# " + strings.Repeat("x", dockerfile.SizeLimit),
		"not a Dockerfile: ": "",
	} {
		_, err := dockerfile.Read([]byte(text), "")
		require.ErrorContains(t, err, name)
	}
}

func TestCommandAboveItsEntrypointCounts(t *testing.T) {
	t.Parallel()
	file, err := dockerfile.Read([]byte("FROM x AS a\nCMD [\"below\"]\nFROM a\nENTRYPOINT [\"/e\"]\n"), "")
	require.NoError(t, err)
	require.Nil(t, file.Command, "an ENTRYPOINT forgets the CMD of the stage below")
	file, err = dockerfile.Read([]byte("FROM x\nCMD [\"own\"]\nENTRYPOINT [\"/e\"]\n"), "")
	require.NoError(t, err)
	require.Equal(t, []string{"own"}, file.Command)
}

func TestWithStart(t *testing.T) {
	t.Parallel()
	text := dockerfile.WithStart([]byte("FROM x AS build\nFROM y\nCMD [\"old\"]"), "", []string{"sh", "-c"}, []string{"a \"b\"\nc"})
	file, err := dockerfile.Read(text, "")
	require.NoError(t, err)
	require.Equal(t, []string{"sh", "-c"}, file.Entrypoint)
	require.Equal(t, []string{"a \"b\"\nc"}, file.Command)
	text = dockerfile.WithStart([]byte("FROM x AS build\nCMD [\"old\"]\nFROM y"), "build", []string{"e"}, nil)
	file, err = dockerfile.Read(text, "")
	require.NoError(t, err)
	require.Equal(t, []string{"e"}, file.Entrypoint)
	require.Empty(t, file.Command)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("FROM a AS b\nENV A=$A$A B=${A:-x}\nEXPOSE $A\nRUN <<E\nx\nE\nCMD [\"x\"]\n"), "b")
	f.Add([]byte("ARG X=${X}${X}\nFROM $X\n"), "")
	f.Fuzz(func(_ *testing.T, text []byte, target string) {
		_, _ = dockerfile.Read(text, target)
	})
}
