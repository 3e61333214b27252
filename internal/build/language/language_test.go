package language_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/source"
	"github.com/takehome-dev/takehome/internal/build/tree"
)

func detect(t *testing.T, files map[string]string) language.App {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o750))
		require.NoError(t, os.WriteFile(full, []byte(body), 0o600))
	}
	opened, err := tree.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	facts, err := source.Scan(t.Context(), opened, ".", func(string) bool { return false })
	require.NoError(t, err)
	app, ok := language.Detect(language.Project{Files: opened, Folder: ".", Facts: facts})
	require.True(t, ok)
	return app
}

func lines(app language.App) []string {
	return strings.Split(strings.TrimSpace(string(app.Dockerfile)), "\n")
}

// TestRecipes looks at what differs between projects of a language: each case names lines
// that the Dockerfile has to have, and with "!" those that it must not have.
func TestRecipes(t *testing.T) {
	t.Parallel()
	const (
		goMain   = "package main\nfunc main() {}\n"
		express  = `"dependencies": {"express": "4"}`
		nodeMain = `{"main": "a.js", ` + express + `}`
		fastapi  = "from fastapi import FastAPI\napp = FastAPI()\n"
	)
	for name, each := range map[string]struct {
		files  map[string]string
		wanted []string
	}{
		"go: older module":             {map[string]string{"go.mod": "module x\ngo 1.13\n", "main.go": goMain}, []string{"FROM golang:1.26"}},
		"go: toolchain":                {map[string]string{"go.mod": "module x\ngo 1.21\ntoolchain go1.28.1\n", "main.go": goMain}, []string{"FROM golang:1.28"}},
		"go: cgo":                      {map[string]string{"go.mod": "module x\n", "main.go": "package main\nimport \"C\"\nfunc main() {}\n"}, []string{"!ENV CGO_ENABLED=0"}},
		"go: local replacement":        {map[string]string{"go.mod": "module x\nrequire y v1.0.0\nreplace y => ./y\n", "go.sum": "", "main.go": goMain}, []string{"!COPY --chown=65532:65532 go.mod go.sum ./"}},
		"go: no go.sum":                {map[string]string{"go.mod": "module x\nrequire y v1.0.0\n", "main.go": goMain}, []string{`RUN ["go","build","-buildvcs=false","-mod=mod","-o","/usr/local/bin/submission","./"]`}},
		"go: server among tools":       {map[string]string{"go.mod": "module x\n", "cmd/seed/main.go": goMain, "cmd/api/main.go": goMain, "cmd/cli/main.go": goMain}, []string{`RUN ["go","build","-buildvcs=false","-o","/usr/local/bin/submission","./cmd/api"]`}},
		"go: only main in a subfolder": {map[string]string{"go.mod": "module x\n", "backend/http/main.go": goMain, "lib/lib.go": "package lib"}, []string{`RUN ["go","build","-buildvcs=false","-o","/usr/local/bin/submission","./backend/http"]`}},
		"go: ignored files":            {map[string]string{"go.mod": "module x\n", "gen.go": "//go:build ignore\n\npackage main\n", "app/main.go": goMain, "x_windows.go": goMain}, []string{`RUN ["go","build","-buildvcs=false","-o","/usr/local/bin/submission","./app"]`}},
		"go: nested module":            {map[string]string{"go.mod": "module x\n", "main.go": goMain, "tools/go.mod": "module t\n", "tools/main.go": "package main\nimport \"not/ours\"\n"}, []string{"!RUN (go build -o /dev/null not/ours || true)"}},

		"node: engines":                    {map[string]string{"package.json": `{"main": "a.js", "engines": {"node": "^24.0.0"}, ` + express + `}`, "a.js": ""}, []string{"FROM node:24"}},
		"node: engines with or":            {map[string]string{"package.json": `{"main": "a.js", "engines": {"node": ">=18 || >=22"}, ` + express + `}`, "a.js": ""}, []string{"FROM node:20"}},
		"node: nvmrc":                      {map[string]string{"package.json": nodeMain, "a.js": "", ".nvmrc": "v23.1\n"}, []string{"FROM node:24"}},
		"node: old nvmrc":                  {map[string]string{"package.json": nodeMain, "a.js": "", ".nvmrc": "16"}, []string{"FROM node:20"}},
		"node: lock file differs":          {map[string]string{"package.json": nodeMain, "a.js": "", "package-lock.json": `{"packages": {"": {"dependencies": {"koa": "1"}}}}`}, []string{"RUN npm install", "!RUN npm ci"}},
		"node: old lock file":              {map[string]string{"package.json": nodeMain, "a.js": "", "package-lock.json": `{"lockfileVersion": 1, "dependencies": {}}`}, []string{"RUN npm ci"}},
		"node: no dependencies":            {map[string]string{"package.json": `{"scripts": {"start": "node a.js"}}`, "a.js": ""}, []string{"!RUN npm install", `CMD ["node","a.js"]`}},
		"node: node_modules":               {map[string]string{"package.json": nodeMain, "a.js": "", "node_modules/x/y.js": ""}, []string{"RUN rm -rf node_modules", "RUN npm install"}},
		"node: husky":                      {map[string]string{"package.json": `{"main": "a.js", "scripts": {"prepare": "husky install"}, ` + express + `}`, "a.js": ""}, []string{"COPY --chown=node:node package.json ./"}},
		"node: postinstall":                {map[string]string{"package.json": `{"main": "a.js", "scripts": {"postinstall": "node gen.js"}, ` + express + `}`, "a.js": ""}, []string{"!COPY --chown=node:node package.json ./", "RUN npm install"}},
		"node: prestart":                   {map[string]string{"package.json": `{"scripts": {"prestart": "x", "start": "node a.js"}, ` + express + `}`, "a.js": ""}, []string{`CMD ["npm","start"]`}},
		"node: shell in start":             {map[string]string{"package.json": `{"scripts": {"start": "node a.js && b"}, ` + express + `}`, "a.js": ""}, []string{`CMD ["npm","start"]`}},
		"node: TypeScript without a build": {map[string]string{"package.json": `{"scripts": {"start": "node dist/a.js"}, "devDependencies": {"typescript": "5"}, ` + express + `}`, "tsconfig.json": "{}", "src/a.ts": ""}, []string{"RUN npx --no-install tsc", `CMD ["node","dist/a.js"]`}},
		"node: TypeScript run":             {map[string]string{"package.json": `{"scripts": {"start": "tsx src/a.ts", "build": "tsc"}, "devDependencies": {"typescript": "5", "tsx": "4"}, ` + express + `}`, "tsconfig.json": "{}", "src/a.ts": ""}, []string{"!RUN npm run build", `CMD ["npm","start"]`}},
		"node: main after build":           {map[string]string{"package.json": `{"main": "dist/index.js", "scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}, ` + express + `}`, "tsconfig.json": "{}", "src/index.ts": ""}, []string{"RUN npm run build", `CMD ["node","dist/index.js"]`}},
		"node: bin/www":                    {map[string]string{"package.json": `{"scripts": {"start": "node ./bin/www"}, ` + express + `}`, "bin/www": ""}, []string{`CMD ["node","./bin/www"]`, "!RUN npm run build"}},
		"node: watcher only":               {map[string]string{"package.json": `{"scripts": {"dev": "nodemon src/a.ts"}, ` + express + `}`, "src/a.ts": ""}, []string{`CMD ["npm","run","dev"]`}},
		"node: yarn 1":                     {map[string]string{"package.json": nodeMain, "a.js": "", "yarn.lock": "# yarn lockfile v1\n"}, []string{"RUN npx --yes yarn@1 install --frozen-lockfile --non-interactive"}},
		"node: pnpm":                       {map[string]string{"package.json": nodeMain, "a.js": "", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, []string{"RUN npx --yes pnpm@9 install --frozen-lockfile"}},

		"python: version file":           {map[string]string{"requirements.txt": "fastapi", "main.py": fastapi, ".python-version": "3.12.1\n"}, []string{"FROM python:3.12"}},
		"python: lower bound":            {map[string]string{"pyproject.toml": "[project]\nrequires-python = \">=3.9\"\ndependencies = [\"fastapi\"]\n", "main.py": fastapi}, []string{"FROM python:3.13"}},
		"python: upper bound":            {map[string]string{"pyproject.toml": "[project]\nrequires-python = \">=3.9,<3.12\"\ndependencies = [\"fastapi\"]\n", "main.py": fastapi}, []string{"FROM python:3.11"}},
		"python: far upper bound":        {map[string]string{"pyproject.toml": "[project]\nrequires-python = \"<4\"\ndependencies = [\"fastapi\"]\n", "main.py": fastapi}, []string{"FROM python:3.13"}},
		"python: exact":                  {map[string]string{"pyproject.toml": "[project]\nrequires-python = \"==3.11.*\"\ndependencies = [\"fastapi\"]\n", "main.py": fastapi}, []string{"FROM python:3.11"}},
		"python: old pins":               {map[string]string{"requirements.txt": "fastapi==0.95\npydantic==1.10.7\n", "main.py": fastapi}, []string{"FROM python:3.11"}},
		"python: new pins":               {map[string]string{"requirements.txt": "fastapi==0.115\npydantic==2.10.1\npsycopg2-binary==2.9.10\nsqlalchemy==2.0.36", "main.py": fastapi}, []string{"FROM python:3.13"}},
		"python: nested requirements":    {map[string]string{"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "fastapi", "main.py": fastapi}, []string{"RUN pip install -r requirements.txt", "!COPY --chown=65532:65532 requirements.txt requirements.txt"}},
		"python: folder of requirements": {map[string]string{"requirements/prod.txt": "fastapi\nuvicorn", "main.py": fastapi}, []string{"RUN pip install -r requirements/prod.txt", "!RUN pip install uvicorn"}},
		"python: uvicorn missing":        {map[string]string{"requirements.txt": "fastapi\n", "main.py": fastapi}, []string{"RUN pip install uvicorn"}},
		"python: uvicorn inside":         {map[string]string{"requirements.txt": "fastapi[standard]\n", "main.py": fastapi}, []string{"!RUN pip install uvicorn"}},
		"python: src layout":             {map[string]string{"requirements.txt": "fastapi", "src/todo/main.py": fastapi}, []string{"ENV PYTHONPATH=/app:/app/src", `CMD ["/bin/sh","-c","exec uvicorn todo.main:app --host 0.0.0.0 --port \"${PORT:-8000}\""]`}},
		"python: src as a package":       {map[string]string{"requirements.txt": "fastapi", "src/main.py": fastapi + "from src.db import x\n"}, []string{`CMD ["/bin/sh","-c","exec uvicorn src.main:app --host 0.0.0.0 --port \"${PORT:-8000}\""]`}},
		"python: made by a function":     {map[string]string{"requirements.txt": "flask", "wsgi.py": "from todo import create_app\napplication = create_app()\n", "todo/__init__.py": "from flask import Flask\ndef create_app(x=None):\n    return Flask(__name__)\n"}, []string{`CMD ["/bin/sh","-c","exec flask --app wsgi:application run --host 0.0.0.0 --port \"${PORT:-5000}\""]`}},
		"python: plain script":           {map[string]string{"requirements.txt": "aiohttp", "main.py": "web.run_app(app)"}, []string{`CMD ["python","main.py"]`}},
		"python: Django with gunicorn":   {map[string]string{"requirements.txt": "django\ngunicorn", "manage.py": "", "site/wsgi.py": ""}, []string{`CMD ["/bin/sh","-c","exec gunicorn --bind \"0.0.0.0:${PORT:-8000}\" --threads 8 site.wsgi:application"]`}},
		"python: Pipfile":                {map[string]string{"Pipfile": "[packages]\nflask = \"==3.0\"\n", "app.py": "app = Flask(__name__)"}, []string{`RUN ["pip","install","flask==3.0"]`}},
		"python: Poetry":                 {map[string]string{"pyproject.toml": "[tool.poetry.dependencies]\npython = \"~3.12\"\na = \"^0.2.3\"\nb = \"~1.4\"\nc = \"^2\"\nd = \">=1,<3\"\ne = \"^0.0.3\"\nf = {version = \"^1.1\", extras = [\"x\"]}\ng = {git = \"https://evil.example\"}\n", "main.py": fastapi}, []string{`RUN ["pip","install","a>=0.2.3,<0.3","b>=1.4,<1.5","c>=2,<3","d>=1,<3","e>=0.0.3,<0.0.4","f[x]>=1.1,<2"]`}},
		"python: setup.py":               {map[string]string{"setup.py": "", "main.py": fastapi}, []string{"RUN pip install ."}},

		"ruby: version file": {map[string]string{"Gemfile": "gem 'sinatra'\ngem 'puma'", ".ruby-version": "ruby-3.2.4", "config.ru": ""}, []string{"FROM ruby:3.2", `CMD ["/bin/sh","-c","exec bundle exec puma -b \"tcp://0.0.0.0:${PORT:-9292}\" config.ru"]`}},
		"ruby: rackup":       {map[string]string{"Gemfile": "gem 'roda'", "Gemfile.lock": "", "config.ru": ""}, []string{"FROM ruby:3.3", "COPY --chown=65532:65532 Gemfile Gemfile.lock ./", `CMD ["/bin/sh","-c","exec bundle exec rackup --host 0.0.0.0 --port \"${PORT:-9292}\""]`}},

		"java: old source":    {map[string]string{"pom.xml": "<maven.compiler.source>1.8</maven.compiler.source>"}, []string{"FROM maven:3-eclipse-temurin-8 AS build", "FROM eclipse-temurin:8"}},
		"java: between":       {map[string]string{"pom.xml": "<java.version>19</java.version>"}, []string{"FROM maven:3-eclipse-temurin-21 AS build"}},
		"java: modules":       {map[string]string{"pom.xml": "<modules><module>a</module></modules>"}, []string{"!COPY pom.xml ./", "RUN mvn -B -q -DskipTests package"}},
		"java: Quarkus":       {map[string]string{"pom.xml": "io.quarkus"}, []string{"RUN mkdir /out && cp -r target/quarkus-app /out/", `CMD ["/bin/sh","-c","exec java -jar /app/quarkus-app/quarkus-run.jar"]`}},
		"java: Gradle Kotlin": {map[string]string{"build.gradle.kts": "kotlin { jvmToolchain(17) }", "gradle/wrapper/gradle-wrapper.properties": "gradle-7.6-bin.zip"}, []string{"FROM gradle:7-jdk17 AS build", "RUN gradle --no-daemon -q build -x test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := detect(t, each.files)
			require.Empty(t, app.Problem)
			for _, line := range each.wanted {
				unwanted, not := strings.CutPrefix(line, "!")
				require.Equal(t, !not, slices.Contains(lines(app), unwanted), "%s\n%s", line, app.Dockerfile)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"no package main":   {"go.mod": "module x\n", "x.go": "package x\n"},
		"no start script":   {"package.json": `{"dependencies": {"express": "4"}}`},
		"no FastAPI, Flask": {"requirements.txt": "x", "lib.py": ""},
		"no Rails, Rack":    {"Gemfile": "gem 'x'"},
	} {
		app := detect(t, files)
		require.Contains(t, app.Problem, name)
		require.NotEmpty(t, app.Help)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for wanted, files := range map[string]map[string]string{
		"go":     {"go.mod": "", "package.json": `{"dependencies": {"express": "4"}}`},
		"python": {"requirements.txt": "", "package.json": `{"dependencies": {"prettier": "3"}}`},
		"node":   {"requirements.txt": "", "package.json": `{"dependencies": {"express": "4"}}`},
		"ruby":   {"Gemfile": "", "package.json": `{"scripts": {"start": "x"}}`},
		"":       {"package.json": `{"dependencies": {"react": "18"}}`, "x.py": ""},
	} {
		dir := t.TempDir()
		for name, body := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600))
		}
		opened, err := tree.Open(dir)
		require.NoError(t, err)
		require.Equal(t, wanted, language.Name(opened, "."))
		require.NoError(t, opened.Close())
	}
}

func TestExpandedScripts(t *testing.T) {
	t.Parallel()
	pkg := language.Package{Scripts: map[string]string{
		"prestart": "npm run build", "start": "yarn migrate && node x", "migrate": "knex migrate:latest", "build": "tsc", "loop": "npm run loop",
	}}
	text := pkg.ExpandedCommand("npm start")
	for _, part := range []string{"knex migrate:latest", "tsc", "node x"} {
		require.Contains(t, text, part)
	}
	require.NotEmpty(t, pkg.Expanded("loop"))
}
