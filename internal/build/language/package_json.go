package language

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/tree"
)

// Package is what a package.json says. A field of another type than npm's counts as absent.
type Package struct {
	Name            string
	Main            string
	Type            string
	PackageManager  string
	Scripts         map[string]string
	Dependencies    map[string]string
	DevDependencies map[string]string
	Engines         map[string]string
	Workspaces      bool
}

// ReadPackage reads the package.json of a folder.
func ReadPackage(files *tree.Tree, folder string) (Package, bool) {
	text, ok := files.Text(path.Join(folder, "package.json"))
	if !ok {
		return Package{}, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		files.Note(path.Join(folder, "package.json") + " is not valid JSON")
		return Package{}, false
	}
	made := Package{
		Scripts: textMap(fields["scripts"]), Dependencies: textMap(fields["dependencies"]),
		DevDependencies: textMap(fields["devDependencies"]), Engines: textMap(fields["engines"]),
		Name: jsonText(fields["name"]), Main: jsonText(fields["main"]), Type: jsonText(fields["type"]),
		PackageManager: jsonText(fields["packageManager"]),
	}
	made.Workspaces = len(fields["workspaces"]) > 0
	return made, true
}

func jsonText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

func textMap(raw json.RawMessage) map[string]string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	made := make(map[string]string, len(fields))
	for key, value := range fields {
		if text := jsonText(value); text != "" {
			made[key] = text
		}
	}
	return made
}

// Uses reports whether one of the packages is a dependency, of either kind.
func (p Package) Uses(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return p.Dependencies[name] != "" || p.DevDependencies[name] != ""
	})
}

// Kind is what a package.json is for.
type Kind int

// The kinds of packages.
const (
	NoPackage        Kind = iota
	FrontendPackage       // a program for browsers
	WorkspacePackage      // only holds others together
	PlainPackage          // a program that gives no hint
	ServerPackage         // depends on something only a server uses
)

// PackageKind tells what the package.json of a folder is for.
func PackageKind(files *tree.Tree, folder string) Kind {
	found, ok := ReadPackage(files, folder)
	switch {
	case !ok:
		return NoPackage
	case found.Uses(serverPackages()...):
		return ServerPackage
	case found.Uses("react", "vue", "svelte", "@angular/core", "solid-js", "preact", "vite", "react-scripts", "ember-source", "lit", "astro"):
		return FrontendPackage
	case found.Workspaces || found.Uses("turbo", "lerna", "nx", "concurrently"):
		return WorkspacePackage
	case len(found.Dependencies) == 0 && found.Scripts["start"] == "" && found.entry(files, folder) == "":
		return NoPackage
	}
	return PlainPackage
}

func serverPackages() []string {
	return []string{
		"express", "fastify", "koa", "@nestjs/core", "@hapi/hapi", "hapi", "restify", "hono", "@hono/node-server", "polka", "next",
		"@adonisjs/core", "sails", "@feathersjs/feathers", "@loopback/rest", "apollo-server", "@apollo/server", "graphql-yoga", "elysia",
		"pg", "pg-promise", "postgres", "knex", "sequelize", "typeorm", "@prisma/client", "prisma", "drizzle-orm", "objection",
		"@mikro-orm/core", "slonik", "kysely", "mongoose", "body-parser", "cors", "h3", "nitropack", "@tinyhttp/app", "find-my-way", "moleculer",
	}
}

// entry is the file that node starts where no script says otherwise.
func (p Package) entry(files *tree.Tree, folder string) string {
	if p.Main != "" {
		for _, name := range []string{p.Main, p.Main + ".js", p.Main + "/index.js"} {
			if name = path.Clean(name); files.Has(path.Join(folder, name)) {
				return name
			}
		}
	}
	names := []string{
		"server.js", "index.js", "app.js", "main.js", "src/server.js", "src/index.js", "src/app.js", "src/main.js",
		"server.mjs", "index.mjs", "src/index.mjs", "src/server.mjs", "bin/www", "bin/www.js", "api/index.js", "lib/index.js",
		"server/index.js", "dist/index.js", "dist/main.js", "dist/server.js",
	}
	for _, name := range names {
		if files.Has(path.Join(folder, name)) {
			return name
		}
	}
	return ""
}

var watcher = regexp.MustCompile(`(?:^|[\s/])(?:nodemon|ts-node-dev|tsnd|nest start|tsx watch|node --watch|node-dev|ts-node|tsx|babel-node|nest)\b`)

// startScript chooses the script that starts the program: "start", unless it is a watcher
// for development and there is one for production beside it.
func (p Package) startScript() string {
	start := p.Scripts["start"]
	if start == "" || watcher.MatchString(start) {
		for _, name := range []string{"start:prod", "start:production", "prod", "serve:prod"} {
			if p.Scripts[name] != "" {
				return name
			}
		}
	}
	if start != "" {
		return "start"
	}
	for _, name := range []string{"serve", "server", "start:server", "start:api"} {
		if p.Scripts[name] != "" {
			return name
		}
	}
	return ""
}

var runsScript = regexp.MustCompile(`\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+|run-script\s+)?([A-Za-z0-9:_.-]+)|\brun-s\s+([^&|;]+)`)

// Expanded is the text of a script with the texts of the scripts that it runs, those
// before and after it included.
func (p Package) Expanded(name string) string {
	return p.expand(name, map[string]bool{})
}

func (p Package) expand(name string, seen map[string]bool) string {
	if seen[name] || p.Scripts[name] == "" {
		return ""
	}
	seen[name] = true
	text := p.expand("pre"+name, seen) + "\n" + p.Scripts[name] + "\n" + p.expand("post"+name, seen)
	return text + "\n" + p.expandCommand(p.Scripts[name], seen)
}

func (p Package) expandCommand(command string, seen map[string]bool) string {
	var texts []string
	for _, parts := range runsScript.FindAllStringSubmatch(command, 20) {
		for inner := range strings.FieldsSeq(parts[1] + " " + parts[2]) {
			texts = append(texts, p.expand(inner, seen))
		}
	}
	return strings.Join(texts, "\n")
}

// ExpandedCommand is the text of the scripts that a command line runs.
func (p Package) ExpandedCommand(command string) string {
	return p.expandCommand(command, map[string]bool{})
}
