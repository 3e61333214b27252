package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/tree"
	"github.com/takehome-dev/takehome/internal/build/words"
)

// migrationCommand recognises the migration tool of the program's language, if the image
// will hold it, and how it is called.
func (p *planner) migrationCommand() (command []string, by string) {
	switch language.Name(p.files, p.folder) {
	case "node":
		return p.nodeMigration()
	case "python":
		return p.pythonMigration()
	case "ruby":
		return p.rubyMigration()
	case "go":
		return p.goMigration()
	}
	if p.has("artisan") {
		return []string{"php", "artisan", "migrate", "--force"}, "detected: artisan"
	}
	return nil, ""
}

func (p *planner) has(name string) bool {
	_, ok := p.files.First(p.folder, name)
	return ok
}

// scriptNames are the names of package scripts that bring a database up to date, the most
// telling first.
func scriptNames() []string {
	return []string{
		"migrate:deploy", "migrate:prod", "migrate:up", "migrate:latest", "migrate:run", "db:migrate:deploy", "db:migrate:prod", "db:migrate:up",
		"db:migrate:latest", "db:migrate", "migration:run:prod", "migration:run", "migrations:run", "migration:up", "migrations:up", "migrate", "migration",
		"migrations", "db:deploy", "prisma:migrate", "prisma:deploy", "knex:migrate", "typeorm:migrate", "typeorm:migration:run", "db:push", "db:init",
		"db:setup", "db:schema", "init-db", "initdb", "init:db", "setup-db", "setup:db", "db:sync", "create-tables", "create:tables", "db:tables",
	}
}

// nodeMigration looks for a script, then for the settings of a tool. Where the image was
// built without the tool, there is nothing to call.
func (p *planner) nodeMigration() (command []string, by string) {
	pkg, _ := language.ReadPackage(p.files, p.folder)
	for _, name := range scriptNames() {
		text := pkg.Scripts[name]
		if text == "" || rollsBack.MatchString(text) {
			continue
		}
		if tool := missingTool(pkg, text); tool != "" && !p.keepsDevTools() {
			p.note("%s is left out of the image, so that the script %q cannot run in it", tool, name)
			return nil, ""
		}
		return []string{"npm", "run", name}, "package.json: " + name
	}
	for _, tool := range nodeTools() {
		if !pkg.Uses(tool.packages...) || !tool.applies(p) {
			continue
		}
		if pkg.Dependencies[tool.packages[0]] == "" && !p.keepsDevTools() {
			p.note("%s is left out of the image, so that its migrations cannot run in it", tool.packages[0])
			return nil, ""
		}
		return tool.command(p), "detected: " + tool.packages[0]
	}
	return nil, ""
}

var (
	rollsBack = regexp.MustCompile(`(?i)\b(?:down|rollback|reset|undo|drop|revert|generate|create\b.*--name|make)\b`)
	omitsDev  = regexp.MustCompile(`--omit[= ]dev|--production\b|--only[= ]prod|--prod\b|NODE_ENV=production[^\n]*(?:npm|yarn|pnpm)|npm prune`)
)

// missingTool is the first tool of a script that is only there for development.
func missingTool(pkg language.Package, script string) string {
	for _, each := range []struct{ word, name string }{
		{"prisma", "prisma"},
		{"knex", "knex"},
		{"sequelize", "sequelize-cli"},
		{"typeorm", "typeorm"},
		{"node-pg-migrate", "node-pg-migrate"},
		{"db-migrate", "db-migrate"},
		{"drizzle-kit", "drizzle-kit"},
		{"ts-node", "ts-node"},
		{"tsx", "tsx"},
		{"mikro-orm", "@mikro-orm/cli"},
	} {
		if strings.Contains(script, each.word) && pkg.Dependencies[each.name] == "" && pkg.DevDependencies[each.name] != "" {
			return each.name
		}
	}
	return ""
}

// keepsDevTools reports whether the image has the packages for development as well.
func (p *planner) keepsDevTools() bool {
	return p.own.path == "" || !slices.ContainsFunc(p.own.file.Runs, omitsDev.MatchString)
}

// nodeTool is a migration tool, when it applies, and how it is called.
type nodeTool struct {
	packages []string
	applies  func(p *planner) bool
	command  func(p *planner) []string
}

// npx calls a tool of the image. Without --offline it would ask the registry for a minute
// before it says that the tool is not there.
func npx(command ...string) []string {
	return append([]string{"npx", "--offline", "--no-install"}, command...)
}

func nodeTools() []nodeTool {
	fixed := func(command ...string) func(*planner) []string {
		return func(*planner) []string { return npx(command...) }
	}
	return []nodeTool{
		{[]string{"prisma", "@prisma/client"}, func(p *planner) bool { return p.has("prisma/schema.prisma") }, func(p *planner) []string {
			if p.files.HasFolder(path.Join(p.folder, "prisma/migrations")) {
				return npx("prisma", "migrate", "deploy")
			}
			return npx("prisma", "db", "push", "--skip-generate")
		}},
		{[]string{"knex"}, func(p *planner) bool { return p.knexfile() != "" }, func(p *planner) []string {
			if file := p.knexfile(); path.Dir(file) != "." {
				return npx("knex", "migrate:latest", "--knexfile", file)
			}
			return npx("knex", "migrate:latest")
		}},
		{[]string{"sequelize-cli"}, func(p *planner) bool {
			return p.has(".sequelizerc") || p.files.HasFolder(path.Join(p.folder, "migrations"))
		}, fixed("sequelize-cli", "db:migrate")},
		{[]string{"node-pg-migrate"}, func(p *planner) bool { return p.files.HasFolder(path.Join(p.folder, "migrations")) }, fixed("node-pg-migrate", "up")},
		{[]string{"db-migrate"}, func(p *planner) bool { return p.has("database.json") }, fixed("db-migrate", "up")},
		{[]string{"drizzle-kit"}, func(p *planner) bool { return p.has("drizzle.config.ts") || p.has("drizzle.config.js") }, func(p *planner) []string {
			if _, ok := p.migrationsBelow(p.folder); ok {
				return npx("drizzle-kit", "migrate")
			}
			return npx("drizzle-kit", "push", "--force")
		}},
		{[]string{"@mikro-orm/cli"}, func(*planner) bool { return true }, fixed("mikro-orm", "migration:up")},
		{[]string{"typeorm"}, func(p *planner) bool { return p.dataSource() != "" && p.hasMigrationCode() }, func(p *planner) []string {
			return npx("typeorm-ts-node-commonjs", "migration:run", "-d", p.dataSource())
		}},
	}
}

func (p *planner) knexfile() string {
	for _, folder := range []string{".", "db", "src", "src/db", "config", "src/config", "database", "src/database"} {
		if full, ok := p.files.First(path.Join(p.folder, folder), "knexfile.js", "knexfile.ts", "knexfile.cjs", "knexfile.mjs"); ok {
			return p.below(full)
		}
	}
	return ""
}

var dataSourceFile = regexp.MustCompile(`(?i)^(?:data-?source|ormconfig|typeorm(?:[.-]?config)?)\.ts$`)

// dataSource is TypeORM's own file of settings for its command line.
func (p *planner) dataSource() string {
	for _, file := range p.files.Under(p.folder) {
		if dataSourceFile.MatchString(path.Base(file.Path)) {
			return p.below(file.Path)
		}
	}
	return ""
}

func (p *planner) hasMigrationCode() bool {
	return slices.ContainsFunc(p.files.Under(p.folder), func(file tree.File) bool {
		return migrationFolder.MatchString(path.Base(path.Dir(file.Path))) && path.Ext(file.Path) == ".ts"
	})
}

// below is a path as the program's folder sees it.
func (p *planner) below(full string) string {
	if p.folder == "." {
		return full
	}
	return strings.TrimPrefix(full, p.folder+"/")
}

func (p *planner) pythonMigration() (command []string, by string) {
	project := p.project()
	for _, file := range p.files.Under(p.folder) {
		if path.Base(file.Path) != "alembic.ini" || !language.PythonUses(project, "alembic", "flask-migrate", "sqlmodel") {
			continue
		}
		if name := p.below(file.Path); path.Dir(name) != "." && path.Base(path.Dir(name)) != "migrations" {
			return []string{"alembic", "-c", name, "upgrade", "head"}, "detected: " + name
		} else if path.Dir(name) == "." {
			return []string{"alembic", "upgrade", "head"}, "detected: alembic.ini"
		}
	}
	switch {
	case p.has("manage.py"):
		return []string{"python", "manage.py", "migrate", "--noinput"}, "detected: manage.py"
	case language.PythonUses(project, "flask-migrate") && p.has("migrations/env.py"):
		if target, ok := language.FlaskTarget(project); ok {
			return []string{"flask", "--app", target, "db", "upgrade"}, "detected: migrations/env.py"
		}
	case language.PythonUses(project, "aerich") && p.files.HasFolder(path.Join(p.folder, "migrations")):
		return []string{"aerich", "upgrade"}, "detected: aerich"
	}
	for _, name := range p.facts.Standalone() {
		if name = p.below(name); path.Ext(name) == ".py" && !strings.Contains(path.Base(name), "seed") && !strings.Contains(path.Base(name), "reset") {
			return []string{"python", name}, "detected: " + name
		}
	}
	return nil, ""
}

func (p *planner) rubyMigration() (command []string, by string) {
	if !p.files.HasFolder(path.Join(p.folder, "db/migrate")) {
		return nil, ""
	}
	gemfile, _ := p.files.Text(path.Join(p.folder, "Gemfile"))
	if strings.Contains(gemfile, "rails") {
		return []string{"bundle", "exec", "rails", "db:migrate"}, "detected: db/migrate"
	}
	return []string{"bundle", "exec", "rake", "db:migrate"}, "detected: db/migrate"
}

var goRunMigrate = regexp.MustCompile(`go run (?:\./)?([\w./-]*migrat[\w./-]*)[ \t]*([^\n&|;#` + "`" + `]*)`)

// goMigration calls the module's own migration program, which only a recipe of ours builds
// into the image. Its arguments are those of the Makefile or the README.
func (p *planner) goMigration() (command []string, by string) {
	folder, ok := language.GoMigrate(p.project())
	if !ok || p.own.path != "" {
		return nil, ""
	}
	command = []string{"/usr/local/bin/submission-migrate"}
	by = "detected: " + folder
	texts := []string{}
	if makefile, ok := p.files.First(p.folder, "Makefile", "makefile", "Taskfile.yml", "justfile"); ok {
		text, _ := p.files.Text(makefile)
		texts = append(texts, text)
	}
	if _, text, ok := p.readme(); ok {
		texts = append(texts, text)
	}
	for _, text := range texts {
		for _, parts := range goRunMigrate.FindAllStringSubmatch(text, 10) {
			arguments, err := words.Split(strings.TrimSpace(parts[2]))
			if err == nil && !rollsBack.MatchString(parts[2]) && !words.NeedsShell(parts[2]) && runnable(arguments) {
				return append(command, arguments...), by
			}
		}
	}
	return command, by
}
