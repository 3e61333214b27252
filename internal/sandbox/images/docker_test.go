package images_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/sandbox/images"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// engine returns a client of a running engine, or skips the test.
func engine(t *testing.T) *client.Client {
	t.Helper()
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := cli.Ping(ctx); err != nil {
		if os.Getenv("TAKEHOME_REQUIRE_DOCKER") == "1" {
			require.NoError(t, err, "no engine answers, and TAKEHOME_REQUIRE_DOCKER=1")
		}
		t.Skip("SKIPPED: no Docker engine answers")
	}
	return cli
}

// open opens a Store that shares its locks with every other test of this machine.
func open(t *testing.T, cli *client.Client) *images.Store {
	t.Helper()
	return images.Open(cli, images.Options{
		StateDir: filepath.Join(os.TempDir(), "takehome-test-state"), Environment: os.Getenv,
		OnLine: func(line string) {
			require.NotContains(t, line, "\n")
			if strings.HasSuffix(line, ": ready") {
				t.Log(line)
			}
		},
	})
}

// needImages ensures images, or skips on a machine that can neither pull nor make them.
func needImages(t *testing.T, store *images.Store, names ...string) {
	t.Helper()
	err := store.Ensure(t.Context(), names...)
	if err != nil && os.Getenv("TAKEHOME_REQUIRE_DOCKER") != "1" && takehome.OwnerOf(err) == takehome.Operator {
		t.Skipf("SKIPPED: this machine cannot have %s: %v", strings.Join(names, ", "), err)
	}
	require.NoError(t, err)
}

// built builds a Dockerfile beside some files, and removes the image at the end.
func built(t *testing.T, cli *client.Client, store *images.Store, dockerfile string, files map[string]string) (takehome.Image, *takehome.Breakdown, takehome.Text, error) {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o600))
	}
	made, broken, log, err := builder.Submission(t.Context(), cli, builder.Job{
		Submission: takehome.Submission{Dir: root, Digest: "sha256:" + t.Name()},
		Recipe:     takehome.Recipe{Source: "Dockerfile", Context: ".", Dockerfile: []byte(dockerfile)},
		Bases:      store, Args: builder.ProxyArgs(os.Getenv),
	})
	if made.ID != "" {
		t.Cleanup(func() {
			_, err := cli.ImageRemove(context.Background(), made.ID, image.RemoveOptions{Force: true})
			if !cerrdefs.IsNotFound(err) {
				require.NoError(t, err)
			}
		})
	}
	return made, broken, log, err
}

// What the usual Dockerfiles do works on whatever this machine calls by the official names.
func TestUsualDockerfilesBuild(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	store := open(t, cli)
	for _, test := range []struct {
		name       string
		base       string
		dockerfile string
		files      map[string]string
	}{
		{
			name: "node", base: "node:20",
			dockerfile: `FROM node:20 AS build
WORKDIR /app
COPY package*.json ./
RUN npm ci && node -e "require('is-number')(1) || process.exit(1)"
RUN yarn --version && corepack --version && id node && test "$(node -p process.versions.node.split\(\'.\'\)[0])" = 20
FROM node:20-slim
COPY --from=build --chown=node:node /app /app
USER node
CMD ["server.js"]
`,
			files: map[string]string{
				"package.json": `{"name":"a","version":"1.0.0","dependencies":{"is-number":"7.0.0"}}`,
				"package-lock.json": `{"name":"a","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
"":{"name":"a","version":"1.0.0","dependencies":{"is-number":"7.0.0"}},
"node_modules/is-number":{"version":"7.0.0","integrity":"sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng=="}}}`,
			},
		},
		{
			name: "go", base: "golang:1.26",
			dockerfile: `FROM golang:1.24-bookworm AS build
WORKDIR /src
COPY go.mod ./
RUN go mod download github.com/jackc/pgx/v5@v5.7.1
COPY . .
RUN CGO_ENABLED=0 go build -o /out/api . && CGO_ENABLED=1 go vet . && go version && git --version && gcc --version
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/api /api
USER nonroot:nonroot
ENTRYPOINT ["/api"]
`,
			files: map[string]string{
				"go.mod":  "module example.com/api\n\ngo 1.22\n",
				"main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { _ = http.ListenAndServe(\":8080\", nil) }\n",
			},
		},
		{
			name: "python", base: "python:3.13",
			dockerfile: `FROM python:3.13 AS build
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY requirements.txt .
RUN pip install --no-cache-dir --upgrade pip && pip install -r requirements.txt
RUN python -c "import fastapi, psycopg, psycopg2, sqlalchemy, asyncpg, flask, django, uvicorn; psycopg.pq.version()"
FROM python:3.13-slim
COPY --from=build /opt/venv /opt/venv
COPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages
RUN python -c "import fastapi, psycopg" && pip --version && python3.13 --version
`,
			files: map[string]string{"requirements.txt": `fastapi[standard]
uvicorn[standard]>=0.20
psycopg[binary,pool]>=3.1
psycopg2-binary
SQLAlchemy[asyncio]>=2,<3
alembic
asyncpg
Flask
Flask-SQLAlchemy
flask-migrate
gunicorn
Django>=4.2
djangorestframework
python-dotenv
python-multipart
email-validator
pydantic-settings
pydantic[email]>=2
httpx
`},
		},
		{
			name: "apt", base: "debian:trixie-slim",
			dockerfile: "FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends hello && hello && rm -rf /var/lib/apt/lists/*\n",
		},
		{
			name: "postgres", base: "postgres:17",
			dockerfile: `FROM postgres:17
RUN test "$(id -u postgres)" = 999 && test "$PGDATA" = /var/lib/postgresql/data && postgres --version
RUN mkdir /tmp/d && chown postgres /tmp/d && su postgres -c "PATH=$PATH initdb -D /tmp/d" && test -e /usr/share/postgresql/17/extension/pg_stat_statements.control
`,
		},
		{
			name: "alpine", base: "debian:trixie-slim",
			dockerfile: `FROM alpine:3.20
RUN apk update && apk add --no-cache ca-certificates tzdata libc6-compat git~=2
RUN addgroup -g 1001 -S app && adduser -u 1001 -S app -G app && test "$(id -u app):$(id -g app)" = 1001:1001
RUN apk add --no-cache --virtual .build-deps build-base && gcc --version && apk del .build-deps && nc --help 2>&1 | head -1
USER app
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			needImages(t, store, test.base)
			made, broken, log, err := built(t, cli, store, test.dockerfile, test.files)
			require.NoError(t, err, "%s", log)
			require.Nil(t, broken, "%+v", broken)
			t.Logf("%d MiB, substitutes %v", made.Bytes>>20, made.Substitutes)
		})
	}
}

// Without a registry a failed build on an inexact stand-in is nobody's fault but the machine's.
func TestFailuresOnStandIns(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	store := open(t, cli)
	needImages(t, store, "node:20")
	substitute, _, err := store.Resolve(t.Context(), "node:18-alpine")
	require.NoError(t, err)
	if substitute == nil {
		t.Skip("SKIPPED: a registry answers here, nothing is substituted")
	}
	require.False(t, substitute.Exact)
	_, broken, _, err := built(t, cli, store, "FROM node:18-alpine\nRUN exit 3\n", nil)
	require.Nil(t, broken)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))

	_, broken, _, err = built(t, cli, store, "FROM node:20\nRUN exit 3\n", nil)
	require.NoError(t, err)
	require.Equal(t, "a command of the build ended with exit code 3", broken.Reason)

	_, broken, _, err = built(t, cli, store, "FROM node:20\nCOPY package.json ./\nRUN npm ci\n", map[string]string{"package.json": "{}"})
	require.NoError(t, err)
	require.Equal(t, "commit package-lock.json, or use npm install in place of npm ci", broken.Help)
	require.Equal(t, "RUN npm ci", broken.Where)

	_, broken, _, err = built(t, cli, store, "FROM ruby:3.3\n", nil)
	require.Nil(t, broken)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
}

// A stand-in that several ask for at once, in several processes' manner, is made once.
func TestAStandInIsMadeOnce(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	needImages(t, open(t, cli), "debian:trixie-slim")
	if substitute, _, err := open(t, cli).Resolve(t.Context(), "debian:trixie"); err != nil || substitute == nil {
		t.Skip("SKIPPED: a registry answers here, nothing is substituted")
	}
	made := make([]int, 4)
	state := t.TempDir()
	var group errgroup.Group
	for at := range made {
		store := images.Open(cli, images.Options{StateDir: state, Environment: os.Getenv, OnLine: func(line string) {
			if line == "distroless: ready" {
				made[at]++
			}
		}})
		group.Go(func() error {
			_, _, err := store.Resolve(t.Context(), "gcr.io/distroless/static:latest")
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.LessOrEqual(t, made[0]+made[1]+made[2]+made[3], 1)
}

// A registry of its own on this machine's loopback, which the engine speaks to without TLS.
func TestPullFromARegistry(t *testing.T) {
	t.Parallel()
	cli := engine(t)
	address := registry(t)
	store := open(t, cli)
	name := address + "/library/thing:1"
	t.Cleanup(func() { _, _ = cli.ImageRemove(context.Background(), name, image.RemoveOptions{Force: true}) })
	require.NoError(t, store.Ensure(t.Context(), name))
	found, err := cli.ImageInspect(t.Context(), name)
	require.NoError(t, err)
	require.NotEmpty(t, found.RepoDigests)
	require.NoError(t, store.Ensure(t.Context(), name), "found again")

	err = store.Ensure(t.Context(), address+"/library/thing:2")
	require.ErrorContains(t, err, "does not exist in its registry")

	listener, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody serves
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	err = store.Ensure(t.Context(), listener.Addr().String()+"/library/thing:1")
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
	require.ErrorContains(t, err, "cannot be reached")
}
