package build

import (
	"path"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/names"
)

const contractSource = "contract"

// contract is what every program is given, whatever its repository says: the port and the
// database, in the names that programs use most. Left out, because they would hurt an
// honest program:
//
//   - HOST and USER: as often the database's as the listener's; a program that listens on
//     the loopback address only is reached in the pod all the same;
//   - NODE_ENV, RAILS_ENV, GIN_MODE and the like: "production" makes many a program ask its
//     database for TLS, or leave out the settings that it keeps for development;
//   - DB_CONNECTION, DB_SSL, DB_TYPE: a driver's name for one program is an address or a
//     switch for the next.
//
// Those are set only where the repository shows what it means by them.
func contract(dialect names.Dialect) map[string]string {
	values := map[string]string{
		"PGHOST": "{host}", "PGPORT": "{port}", "PGUSER": "{user}", "PGPASSWORD": "{password}", "PGDATABASE": "{database}",
		"PGSSLMODE":                  "disable", // read by libpq, pgx, lib/pq and node-postgres: no driver insists on TLS
		"DB_HOST":                    "{host}",
		"DB_PORT":                    "{port}",
		"DB_USER":                    "{user}",
		"DB_USERNAME":                "{user}",
		"DB_PASSWORD":                "{password}",
		"DB_PASS":                    "{password}",
		"DB_NAME":                    "{database}",
		"DB_DATABASE":                "{database}",
		"DB_SSLMODE":                 "disable",
		"POSTGRES_HOST":              "{host}",
		"POSTGRES_PORT":              "{port}",
		"POSTGRES_USER":              "{user}",
		"POSTGRES_PASSWORD":          "{password}",
		"POSTGRES_DB":                "{database}",
		"DATABASE_HOST":              "{host}",
		"DATABASE_PORT":              "{port}",
		"DATABASE_USER":              "{user}",
		"DATABASE_USERNAME":          "{user}",
		"DATABASE_PASSWORD":          "{password}",
		"DATABASE_NAME":              "{database}",
		"SPRING_DATASOURCE_URL":      names.JDBCURL,
		"SPRING_DATASOURCE_USERNAME": "{user}",
		"SPRING_DATASOURCE_PASSWORD": "{password}",
	}
	for _, name := range []string{"DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "DB_DSN", "DATABASE_DSN", "POSTGRES_URL", "POSTGRES_URI", "PG_URL"} {
		values[name] = dialect.URL
	}
	for _, name := range []string{"PORT", "APP_PORT", "HTTP_PORT", "SERVER_PORT"} {
		values[name] = "{listen}"
	}
	return values
}

// ecosystem is the contract in the names of a framework that reads its own, where the
// program could not be told otherwise: "flask run" without a port, ASP.NET, Quarkus.
func (p *planner) ecosystem() map[string]string {
	values := map[string]string{}
	switch p.recipe.Language {
	case "python":
		values["FLASK_RUN_PORT"], values["UVICORN_PORT"] = "{listen}", "{listen}"
	case "java":
		for _, name := range jvmBuildFiles {
			text, _ := p.files.Text(path.Join(p.folder, name))
			if strings.Contains(text, "quarkus") {
				values["QUARKUS_HTTP_PORT"], values["QUARKUS_DATASOURCE_JDBC_URL"] = "{listen}", names.JDBCURL
				values["QUARKUS_DATASOURCE_USERNAME"], values["QUARKUS_DATASOURCE_PASSWORD"] = "{user}", "{password}"
			}
			if strings.Contains(text, "micronaut") {
				values["MICRONAUT_SERVER_PORT"], values["DATASOURCES_DEFAULT_URL"] = "{listen}", names.JDBCURL
				values["DATASOURCES_DEFAULT_USERNAME"], values["DATASOURCES_DEFAULT_PASSWORD"] = "{user}", "{password}"
			}
		}
	}
	for _, file := range p.files.Under(p.folder) {
		switch path.Ext(file.Path) {
		case ".csproj":
			values["ASPNETCORE_URLS"] = "http://0.0.0.0:{listen}"
		case ".toml":
			if text, ok := p.files.Text(file.Path); ok && path.Base(file.Path) == "Cargo.toml" && strings.Contains(text, "rocket") {
				values["ROCKET_PORT"] = "{listen}"
			}
		}
	}
	return values
}
