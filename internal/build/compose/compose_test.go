package compose_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/compose"
)

func read(t *testing.T, texts ...string) compose.File {
	t.Helper()
	known := map[string]string{"PASSED": "on", "NAME": "todo"}
	file, err := compose.Read(texts, func(name string) (string, bool) { value, ok := known[name]; return value, ok })
	require.NoError(t, err)
	return file
}

func TestEveryFormOfAService(t *testing.T) {
	t.Parallel()
	file := read(t, `
x-common: &common
  environment: {A: "1", B: two}
services:
  short:
    build: ./api/
    command: node "a b.js"
    environment: ["X=${NAME:-x}", PASSED, "EMPTY=", Q=a=b]
    env_file: one.env
    ports: ["3000", "127.0.0.1:8080:4000/tcp", "${P:-5}:6000", "7000-7002:7000-7002"]
    expose: [9000]
    depends_on: [db]
    volumes: ["./init:/docker-entrypoint-initdb.d:ro", "named:/data", "/abs:/x"]
  long:
    <<: *common
    build: {context: .., dockerfile: ./x/Dockerfile, target: prod, args: {V: 1}}
    entrypoint: [/bin/sh, -c]
    command: ["run $$HOME"]
    env_file: [{path: two.env, required: false}]
    ports: [{target: 5000, published: 80}]
    depends_on: {db: {condition: service_healthy}}
    volumes: [{type: bind, source: ./s.sql, target: /docker-entrypoint-initdb.d/s.sql}]
    container_name: long_one
    networks: {n: {aliases: [other]}}
  child:
    extends: {service: long}
    environment: {B: three, PASSED: }
  loop:
    extends: loop
  odd: just text
`)
	short, ok := file.Service("short")
	require.True(t, ok)
	require.Equal(t, &compose.Build{Context: "api"}, short.Build)
	require.Equal(t, []string{"node", "a b.js"}, short.Command)
	require.Equal(t, []compose.Variable{{Name: "X", Value: "todo"}, {Name: "PASSED", Value: "on"}, {Name: "EMPTY", Value: ""}, {Name: "Q", Value: "a=b"}}, short.Env)
	require.Equal(t, []string{"one.env"}, short.EnvFiles)
	require.Equal(t, []int{3000, 4000, 6000, 9000}, short.Ports)
	require.Equal(t, []string{"db"}, short.DependsOn)
	require.Equal(t, []compose.Mount{{Source: "init", Target: compose.InitFolder}}, short.Mounts)
	long, ok := file.Service("long")
	require.True(t, ok)
	require.Equal(t, &compose.Build{Context: "..", Dockerfile: "x/Dockerfile", Target: "prod", Args: []compose.Variable{{Name: "V", Value: "1"}}}, long.Build)
	require.Equal(t, []string{"/bin/sh", "-c"}, long.Entrypoint)
	require.Equal(t, []string{"run $HOME"}, long.Command)
	require.Equal(t, []string{"two.env"}, long.EnvFiles)
	require.Equal(t, []int{5000}, long.Ports)
	require.Equal(t, []string{"long", "long_one", "other"}, long.Hosts)
	require.Len(t, compose.InitMounts(long), 1)
	child, ok := file.Service("child")
	require.True(t, ok)
	require.Equal(t, []compose.Variable{{Name: "A", Value: "1"}, {Name: "B", Value: "three"}, {Name: "PASSED", Value: "on"}}, child.Env)
	require.Equal(t, long.Build, child.Build)
	require.Equal(t, []string{"child"}, child.Hosts)
	_, ok = file.Service("odd")
	require.False(t, ok)
}

func TestOverrideIsMerged(t *testing.T) {
	t.Parallel()
	file := read(t, "services: {a: {image: x, environment: {A: 1, B: 1}, command: one, ports: [\"80\"]}}",
		"services: {a: {environment: [B=2, C=3], command: [two], ports: [\"90\"]}, b: {image: y}}")
	a, _ := file.Service("a")
	require.Equal(t, "x", a.Image)
	require.Equal(t, []string{"two"}, a.Command)
	require.Equal(t, []compose.Variable{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}, {Name: "C", Value: "3"}}, a.Env)
	require.Equal(t, []int{80, 90}, a.Ports)
	require.Len(t, file.Services, 2)
}

func TestDatabaseOf(t *testing.T) {
	t.Parallel()
	file := read(t, "services: {pg: {image: \"docker.io/library/postgres:16-alpine\", environment: {POSTGRES_USER: u}}}")
	require.Equal(t, compose.Database{Service: "pg", Hosts: []string{"pg"}, User: "u", Name: "u"}, compose.DatabaseOf(file.Services[0]))
}

func TestImages(t *testing.T) {
	t.Parallel()
	for _, image := range []string{"postgres", "postgres:16", "bitnami/postgresql:15", "postgis/postgis:16-3.4", "timescale/timescaledb@sha256:0", "x.example:5000/library/postgres"} {
		require.True(t, compose.IsPostgres(image), image)
		require.True(t, compose.IsInfrastructure(image), image)
	}
	for _, image := range []string{"node:20", "me/todo-api", "", "postgres-todo"} {
		require.False(t, compose.IsPostgres(image), image)
		require.False(t, compose.IsInfrastructure(image), image)
	}
	require.Equal(t, "golang-migrate", compose.MigrationTool("migrate/migrate:v4"))
	require.Equal(t, "flyway", compose.MigrationTool("flyway/flyway"))
	require.Empty(t, compose.MigrationTool("node"))
}

func FuzzRead(f *testing.F) {
	f.Add("services:\n  a: {build: {context: ., args: [A=1]}, ports: [\"1:2\"], environment: {A: *x}}\n")
	f.Add("services: {a: {extends: b}, b: {extends: a}}")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = compose.Read([]string{text, text}, func(string) (string, bool) { return "", false })
	})
}
