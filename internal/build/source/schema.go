package source

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var createTable = regexp.MustCompile("create\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?[\"`\\[]?(?:\\w+[\"`\\]]?\\.[\"`\\[]?)?(\\w+)")

// creators are the calls by which object mappers make missing tables at the start.
var creators = []struct {
	in    language
	has   string // in lower case, without which the pattern cannot match
	match *regexp.Regexp
	name  string
}{
	{python, "create_all", compile(`\.create_all\(|\.run_sync\(\s*\w+(?:\.\w+)*\.create_all`), "create_all"},
	{python, "generate_schemas", compile(`generate_schemas\s*=\s*True|\.generate_schemas\(`), "generate_schemas"},
	{python, "create_tables", compile(`\.create_tables\(`), "create_tables"},
	{javascript, ".sync(", compile(`(?i)\b(?:sequelize|db|database|connection|orm|models)\.sync\(`), "sync"},
	{javascript, "synchronize:", compile(`synchronize:\s*true\b`), "synchronize: true"},
	{javascript, "schema(", compile(`\.(?:updateSchema|createSchema)\(`), "schema generator"},
	{javascript, "hastable(", compile(`\.schema\.hasTable\(`), "schema.hasTable"},
	{golang, "automigrate(", compile(`\.AutoMigrate\(`), "AutoMigrate"},
	{golang, "schema.create(", compile(`\.Schema\.Create\(`), "Schema.Create"},
	{settings, "ddl-auto", compile(`(?m)ddl-auto\s*[:=]\s*(?:create|create-drop|update)\b`), "ddl-auto"},
	{jvm, "schemautils", compile(`SchemaUtils\.create\(`), "SchemaUtils.create"},
	{dotnet, "ensurecreated", compile(`\.EnsureCreated(?:Async)?\(`), "EnsureCreated"},
	{ruby, "auto_upgrade", compile(`\.auto_upgrade!`), "auto_upgrade"},
	{ruby, "create_table?", compile(`create_table\?`), "create_table?"},
}

// runners are the calls by which a program applies its own migrations at the start.
var runners = map[language]*regexp.Regexp{
	golang: compile(`\bmigrate\.New\w*\(|\bgoose\.(?:Up\w*|NewProvider|Run\w*)\(|\bmigrate\.Exec\w*\(|\bmigrate\.NewMigrator\(|//go:embed[^\n]*(?:\.sql|migrations?\b)|\bdbmate\.New\(`),
	javascript: compile(`\bmigrate\.latest\(|\.runMigrations\(|migrationsRun:\s*true|\bnew Umzug\(|\bgetMigrator\(|\.migrateToLatest\(|\.getMigrator\(\)|` +
		`(?:from|require\()\s*['"](?:node-pg-migrate|postgres-migrations|drizzle-orm/[\w-]+/migrator)['"]|prisma migrate deploy`),
	python: compile(`\bcommand\.upgrade\(|call_command\(\s*["']migrate|alembic["',\s]+upgrade|alembic upgrade|\bupgrade\(\s*\)|from yoyo|` +
		`flask_migrate import[^\n]*\bupgrade\b`),
	ruby:   compile(`ActiveRecord::MigrationContext|ActiveRecord::Migrator\.migrate|Sequel::Migrator\.run|migration_context\.migrate`),
	rust:   compile(`\bmigrate!\(|embed_migrations!|run_pending_migrations|embedded::migrations`),
	dotnet: compile(`\.Database\.Migrate(?:Async)?\(|DeployChanges`),
	elixir: compile(`Ecto\.Migrator\.`),
	jvm:    compile(`Flyway\.configure\(|new Liquibase\(`),
	php:    compile(`artisan migrate`),
}

func schemaFacts(file string, lang language, text string) fileFacts {
	facts := fileFacts{path: file, text: text, code: lang != settings}
	lower := strings.ToLower(text)
	for _, creator := range creators {
		if creator.in == lang && strings.Contains(lower, creator.has) && creator.match.MatchString(text) {
			facts.creates = append(facts.creates, creator.name)
		}
	}
	if lang == settings {
		return facts
	}
	if !strings.Contains(lower, "create") || !strings.Contains(lower, "table") {
		lower = "" // no statement that creates a table
	}
	for _, parts := range createTable.FindAllStringSubmatch(lower, 100) {
		if table := parts[1]; table != "if" && !slices.Contains(facts.tables, table) {
			facts.tables = append(facts.tables, table)
		}
	}
	if runner, ok := runners[lang]; ok && mayMigrate(text) {
		facts.migrates = runner.MatchString(text)
	}
	return facts
}

// mayMigrate looks for the words without which no runner can match; it is much faster.
func mayMigrate(text string) bool {
	for _, word := range []string{"igrat", "goose", "Umzug", "pgrade", "go:embed", "yoyo", "dbmate", "Flyway", "Liquibase", "DeployChanges"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// migrationPath is a file that a migration tool runs, and that is not part of the program.
var migrationPath = regexp.MustCompile(`(?i)(^|/)(migrations?|migrate|versions|alembic|seeds?|seeders?|flyway|liquibase|changelog)/|(^|/)(knexfile|drizzle\.config|ormconfig|\.sequelizerc|alembic|env)\.[a-z]+$`)

// standalone is a file that somebody runs by hand to prepare the database.
var standalone = regexp.MustCompile(`(?i)(^|/)(run[-_]?)?(migrate|migration|migrations|migrator|seed|seeds|seeder|init[-_]?db|db[-_]?init|initdb|init[-_]?database|setup[-_]?(db|database)|create[-_]?(db|database|tables?|schema)|reset[-_]?db|bootstrap[-_]?db)\.[a-z]+$`)

// Makers are the files of the program that make their tables or run their migrations at
// the start, each with how: "app/db.py (create_all)". Migration files, and scripts that
// nothing of the program imports, do not count: somebody has to run those.
func (f Facts) Makers(isScript func(path string) bool) []string {
	var makers []string
	for _, file := range f.program(isScript) {
		for _, how := range file.creates {
			makers = append(makers, file.path+" ("+how+")")
		}
		if file.migrates {
			makers = append(makers, file.path+" (runs its migrations)")
		}
	}
	return makers
}

// Tables are the tables that the program creates with SQL of its own.
func (f Facts) Tables(isScript func(path string) bool) []string {
	var tables []string
	for _, file := range f.program(isScript) {
		for _, table := range file.tables {
			if !slices.Contains(tables, table) {
				tables = append(tables, table)
			}
		}
	}
	slices.Sort(tables)
	return tables
}

// Mentions finds a file of the program that names the given file of SQL, and so applies
// it by itself.
func (f Facts) Mentions(base string, isScript func(path string) bool) (string, bool) {
	if len(base) < len("a.sql") {
		return "", false
	}
	for _, file := range f.program(isScript) {
		if strings.Contains(file.text, base) {
			return file.path, true
		}
	}
	return "", false
}

// readsFolder is a look into a folder whose files are then run one by one.
var readsFolder = compile(`(?i)readdir|ReadDir|os\.listdir|glob|iterdir|WalkDir|Dir\.entries|go:embed`)

// ReadsFolder finds a file of the program that lists the given folder of SQL files.
func (f Facts) ReadsFolder(folder string, isScript func(path string) bool) (string, bool) {
	quoted := compile("[\"'`/]" + regexp.QuoteMeta(path.Base(folder)) + "[\"'`/*]")
	for _, file := range f.program(isScript) {
		if readsFolder.MatchString(file.text) && quoted.MatchString(file.text) {
			return file.path, true
		}
	}
	return "", false
}

// program lists the files of code that run when the program starts.
func (f Facts) program(isScript func(path string) bool) []fileFacts {
	var kept []fileFacts
	for _, file := range f.files {
		if migrationPath.MatchString(file.path) {
			continue
		}
		if (isScript(file.path) || standalone.MatchString(file.path)) && !f.imported(file.path, isScript) {
			continue
		}
		kept = append(kept, file)
	}
	return kept
}

// imported reports whether a file of the program imports the given one. Files that are
// only scripts themselves do not count.
func (f Facts) imported(name string, isScript func(path string) bool) bool {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	quoted := regexp.QuoteMeta(stem)
	uses := compile("(?:from|require\\(|import\\(?)\\s*['\"][^'\"\\n]*/" + quoted + "(?:\\.[cm]?[jt]s)?['\"]" +
		`|(?m:^\s*(?:from\s+[\w.]*\b` + quoted + `\s+import|import\s+(?:[\w.]+\.)?` + quoted + `\b|from\s+[\w.]+\s+import\s+[^\n]*\b` + quoted + `\b))` +
		`|require_relative\s*['"][^'"\n]*` + quoted + `['"]`)
	for _, file := range f.files {
		if file.path == name || isScript(file.path) || standalone.MatchString(file.path) || migrationPath.MatchString(file.path) {
			continue
		}
		if uses.MatchString(file.text) {
			return true
		}
	}
	return false
}

// Standalone lists files of code that look like scripts which prepare the database by
// hand, and which the program does not import.
func (f Facts) Standalone() []string {
	var found []string
	never := func(string) bool { return false }
	for _, file := range f.files {
		if file.code && standalone.MatchString(file.path) && !f.imported(file.path, never) {
			found = append(found, file.path)
		}
	}
	return found
}
