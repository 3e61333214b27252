package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/source"
	"github.com/takehome-dev/takehome/internal/build/tree"
)

func scan(t *testing.T, files map[string]string) source.Facts {
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
	return facts
}

func never(string) bool { return false }

// TestReads shows each way of reading a variable: "?" marks a required one, "=" a default.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, each := range []struct{ file, text, wanted string }{
		{"a.go", `os.Getenv("DB_DSN")`, "DB_DSN"},
		{"a.go", `v, ok := os.LookupEnv("db_dsn")`, "db_dsn"},
		{"a.go", `getEnv("HOST_X", "def")`, "HOST_X=def"},
		{"a.go", "mustGetenv(`DB_DSN`)", "DB_DSN?"},
		{"a.go", "type C struct { A string `env:\"DB_A,required\"` }", "DB_A?"},
		{"a.go", "type C struct { A string `env:\"DB_A\" envDefault:\"x\"` }", "DB_A=x"},
		{"a.go", "type C struct { A string `env:\"DB_A\" env-default:\"x\"` }", "DB_A=x"},
		{"a.go", "type C struct { A string `envconfig:\"DB_A\" default:\"x\"` }", "DB_A=x"},
		{"a.go", "type C struct { A string `mapstructure:\"DB_A\" json:\"a\"` }", "DB_A"},
		{"a.go", "envconfig.Process(\"app\", &c)\ntype C struct {\n\tDBHost string\n}", "APP_DBHOST"},
		{"a.go", `viper.BindEnv("db.dsn", "DB_DSN")`, "DB_DSN"},
		{"a.go", "import viper\nviper.AutomaticEnv()\nviper.GetString(\"DB_DSN\")", "DB_DSN"},
		{"a.js", `process.env.PG_URI`, "PG_URI"},
		{"a.js", `const p = process.env.PORT || 3000`, "PORT=3000"},
		{"a.js", `const p = parseInt(process.env.PORT, 10) || 3000`, "PORT=3000"},
		{"a.ts", `const p = Number(process.env.PORT!) ?? '3000'`, "PORT=3000"},
		{"a.js", `process.env["A_B"]`, "A_B"},
		{"a.js", `const { A_X, B_X = 'd', C_X: c, D_X: d = 5 } = process.env`, "A_X B_X=d C_X D_X=5"},
		{"a.ts", `this.config.get<string>('DB_HOST', 'x')`, "DB_HOST=x"},
		{"a.ts", `this.config.getOrThrow('DB_HOST')`, "DB_HOST?"},
		{"a.ts", "z.object({\n  DATABASE_URL: z.string(),\n  PORT: z.coerce.number().default(3000),\n})", "PORT=3000 DATABASE_URL"},
		{"a.js", "Joi.object({\n  DB_HOST: Joi.string().required(),\n})", "DB_HOST"},
		{"a.js", `{ port: { format: 'port', env: 'APP_PORT' } }`, "APP_PORT"},
		{"a.ts", `Deno.env.get("DB_URL")`, "DB_URL"},
		{"schema.prisma", `url = env("DATABASE_URL")`, "DATABASE_URL"},
		{"config/config.json", `{"production": {"use_env_variable": "DB_URI"}}`, "DB_URI?"},
		{"a.py", `os.environ["DB_X"]`, "DB_X?"},
		{"a.py", `os.environ.get("DB_X", "d")`, "DB_X=d"},
		{"a.py", `os.getenv('DB_X', default='d')`, "DB_X=d"},
		{"a.py", `config("DB_X", cast=str, default="d")`, "DB_X=d"},
		{"a.py", `config("DB_X")`, "DB_X?"},
		{"a.py", `env.str("DB_X", "d")`, "DB_X=d"},
		{"a.py", `dj_database_url.config(conn_max_age=5, default="postgres://x")`, "DATABASE_URL=postgres://x"},
		{"a.py", "class S(BaseSettings):\n    db_host: str\n    port: int = 8000\n    name: str | None = None\n\nclass T:\n    not_me: str\n", "DB_HOST? PORT=8000 NAME="},
		{"a.py", "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"todo_\")\n    db_host: str = Field(...)\n", "TODO_DB_HOST?"},
		{"a.py", "x: str = Field(validation_alias=\"DB_X\")", "DB_X"},
		{"a.rb", `ENV["DB_X"] || "d"`, "DB_X=d"},
		{"a.rb", `ENV.fetch("DB_X")`, "DB_X?"},
		{"a.rb", `ENV.fetch("DB_X", "d")`, "DB_X=d"},
		{"puma.rb", `port ENV.fetch("PORT") { 3000 }`, "PORT=3000"},
		{"config/database.yml", `host: <%= ENV["DB_X"] %>`, "DB_X"},
		{"A.java", `System.getenv("DB_X")`, "DB_X"},
		{"A.java", `@Value("${DB_X:d}") String x;`, "DB_X=d"},
		{"application.properties", `spring.datasource.url=${DB_X}`, "DB_X?"},
		{"src/main/resources/application.yml", "url: ${DB_X:jdbc:postgresql://h/d}", "DB_X=jdbc:postgresql://h/d"},
		{"a.rs", `env::var("DB_X").expect("x")`, "DB_X?"},
		{"a.rs", `std::env::var("DB_X").unwrap_or_else(|_| "d".into())`, "DB_X=d"},
		{"a.rs", `#[arg(long, env = "DB_X")]`, "DB_X"},
		{"a.php", `env('DB_X', 'd')`, "DB_X=d"},
		{"a.php", `$_ENV['DB_X'] ?? 'd'`, "DB_X=d"},
		{"A.cs", `Environment.GetEnvironmentVariable("DB_X")`, "DB_X"},
		{"A.cs", `builder.Configuration["DB_X"]`, "DB_X"},
		{"a.exs", `System.get_env("DB_X")`, "DB_X"},
		{"a.exs", `System.fetch_env!("DB_X")`, "DB_X?"},
		{"a_test.go", `os.Getenv("DB_X")`, ""},
		{"tests/a.py", `os.environ["DB_X"]`, ""},
		{"a.spec.ts", `process.env.DB_X`, ""},
		{"a.txt", `process.env.DB_X`, ""},
		{"a.js", `console.log("nothing here", environment("x"))`, ""},
	} {
		got := ""
		for _, read := range scan(t, map[string]string{each.file: each.text}).Reads {
			if got != "" {
				got += " "
			}
			got += read.Name
			if read.HasDefault {
				got += "=" + read.Default
			}
			if read.Required {
				got += "?"
			}
			require.Equal(t, each.file, read.File)
		}
		require.Equal(t, each.wanted, got, "%s: %s", each.file, each.text)
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	for _, each := range []struct {
		file, text string
		port       int
	}{
		{"a.go", `http.ListenAndServe(":8081", nil)`, 8081},
		{"a.go", `r.Run("0.0.0.0:9000")`, 9000},
		{"a.go", `port := "3456"`, 3456},
		{"a.js", `app.listen(3000)`, 3000},
		{"a.js", `app.listen({ host: 'x', port: 3100 })`, 3100},
		{"a.js", `const PORT = 3200;`, 3200},
		{"a.py", `uvicorn.run(app, port=8001)`, 8001},
		{"a.rb", `set :port, 4567`, 4567},
		{"application.properties", `server.port=${PORT:8090}`, 8090},
		{"application.yml", "server:\n  compression:\n    enabled: true\n  port: 8091\n", 8091},
		{"a.rs", `TcpListener::bind("127.0.0.1:3030")`, 3030},
		{"a.go", `"localhost:5432"`, 0},
		{"a.js", `port: 6379`, 0},
	} {
		ports := scan(t, map[string]string{each.file: each.text}).Ports
		if each.port == 0 {
			require.Empty(t, ports, each.text)
			continue
		}
		require.Equal(t, []source.Port{{Number: each.port, File: each.file}}, ports, each.text)
	}
}

func TestAnnouncedAndCommandPorts(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{3000, 8080, 4000}, source.Announced("Open http://localhost:3000/todos. `docker run -p 9090:8080 x`, psql localhost:5432. The port: 4000."))
	for command, port := range map[string]int{
		"uvicorn main:app --port 8000": 8000, "gunicorn -b 0.0.0.0:9001 x": 9001, "gunicorn --bind :9002 x": 9002, "python manage.py runserver 0.0.0.0:8003": 8003,
		"java -Dserver.port=8004 -jar x": 8004, "node server.js": 0, "psql -p 5432": 0, "rails s -p 3001": 3001, "serve --listen=3002": 3002,
	} {
		got, ok := source.InCommand([]string{command})
		require.Equal(t, port != 0, ok, command)
		require.Equal(t, port, got, command)
	}
}

func TestWhatMakesTables(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		files  map[string]string
		makers []string
	}{
		"create_all":                {map[string]string{"app/db.py": "Base.metadata.create_all(engine)"}, []string{"app/db.py (create_all)"}},
		"create_all in a test":      {map[string]string{"tests/db.py": "Base.metadata.create_all(engine)"}, nil},
		"create_all in a migration": {map[string]string{"alembic/env.py": "Base.metadata.create_all(engine)"}, nil},
		"sync":                      {map[string]string{"a.js": "sequelize.sync({ alter: true })"}, []string{"a.js (sync)"}},
		"fs.fsync is another":       {map[string]string{"a.js": "fs.sync(); file.sync()"}, nil},
		"synchronize":               {map[string]string{"a.ts": "synchronize: true,"}, []string{"a.ts (synchronize: true)"}},
		"synchronize by condition":  {map[string]string{"a.ts": "synchronize: isDev,"}, nil},
		"AutoMigrate":               {map[string]string{"a.go": "db.AutoMigrate(&Todo{})"}, []string{"a.go (AutoMigrate)"}},
		"embedded migrations":       {map[string]string{"a.go": "//go:embed migrations/*.sql\nvar fs embed.FS"}, []string{"a.go (runs its migrations)"}},
		"golang-migrate":            {map[string]string{"a.go": `m, err := migrate.New("file://x", url)`}, []string{"a.go (runs its migrations)"}},
		"knex in the program":       {map[string]string{"a.js": "await knex.migrate.latest()"}, []string{"a.js (runs its migrations)"}},
		"a script nobody imports":   {map[string]string{"db/migrate.js": "await knex.migrate.latest()", "a.js": "x"}, nil},
		"a script that is imported": {map[string]string{"db/migrate.js": "await knex.migrate.latest()", "a.js": "require('./db/migrate')()"}, []string{"db/migrate.js (runs its migrations)"}},
		"a Python script imported":  {map[string]string{"app/init_db.py": "Base.metadata.create_all(e)", "app/main.py": "from app.init_db import init"}, []string{"app/init_db.py (create_all)"}},
		"hibernate":                 {map[string]string{"application.properties": "spring.jpa.hibernate.ddl-auto=update"}, []string{"application.properties (ddl-auto)"}},
		"hibernate validates":       {map[string]string{"application.properties": "spring.jpa.hibernate.ddl-auto=validate"}, nil},
		"django command":            {map[string]string{"a.py": `call_command("migrate")`}, []string{"a.py (runs its migrations)"}},
		"sqlx":                      {map[string]string{"src/main.rs": `sqlx::migrate!("./migrations").run(&pool)`}, []string{"src/main.rs (runs its migrations)"}},
	} {
		require.Equal(t, each.makers, scan(t, each.files).Makers(never), name)
	}
}

func TestOwnTables(t *testing.T) {
	t.Parallel()
	facts := scan(t, map[string]string{
		"a.go":            "`CREATE TABLE IF NOT EXISTS todos (id int); create table \"public\".\"Tags\" (x int)`",
		"scripts/seed.js": "CREATE TABLE seeds (id int)",
		"tool/x.go":       "CREATE TABLE tools (id int)",
	})
	isTool := func(name string) bool { return name == "tool/x.go" }
	require.Equal(t, []string{"tags", "todos"}, facts.Tables(isTool))
	require.Equal(t, []string{"scripts/seed.js"}, facts.Standalone())
}

func TestMentions(t *testing.T) {
	t.Parallel()
	facts := scan(t, map[string]string{
		"db.js":       "const sql = fs.readFileSync(path.join(__dirname, 'schema.sql'))",
		"run.js":      "for (const f of fs.readdirSync('./migrations')) {}",
		"knexfile.js": "directory: './other'; readdir",
	})
	file, ok := facts.Mentions("schema.sql", never)
	require.True(t, ok)
	require.Equal(t, "db.js", file)
	file, ok = facts.ReadsFolder("db/migrations", never)
	require.True(t, ok)
	require.Equal(t, "run.js", file)
	_, ok = facts.ReadsFolder("other", never)
	require.False(t, ok)
	_, ok = facts.Mentions("init.sql", never)
	require.False(t, ok)
}
