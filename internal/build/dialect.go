package build

import (
	"regexp"

	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/names"
)

// chooseDialect tells in which form the program's drivers want the address of the
// database, where no example shows it.
func (p *planner) chooseDialect() names.Dialect {
	dialect := names.Dialect{URL: names.PlainURL, ListenAddress: "0.0.0.0:{listen}", Lifetime: "3600"}
	name := p.recipe.Language
	if name == "" {
		name = language.Name(p.files, p.folder)
	}
	switch name {
	case "go":
		dialect.ListenAddress, dialect.Lifetime = ":{listen}", "1h"
	case "node":
		dialect.Lifetime = "1h"
	case "python":
		dialect.URL = p.pythonURL()
	case "java":
		dialect.URL = names.JDBCWithLogin
		if p.facts.Contains(takesURLApart) {
			dialect.URL = names.BareURL
		}
	}
	return dialect
}

var (
	takesURLApart = regexp.MustCompile(`getUserInfo\(|\.userInfo\b`)
	makesEngine   = regexp.MustCompile(`\b(?:create_engine|create_async_engine|async_engine_from_config|engine_from_config|AsyncEngine|SQLAlchemy)\(`)
	asyncEngine   = regexp.MustCompile(`\b(?:create_async_engine|async_engine_from_config|AsyncEngine)\(`)
	connectsBare  = regexp.MustCompile(`\b(?:asyncpg|psycopg2?|aiopg)\.(?:connect|create_pool|AsyncConnection|pool)|\b(?:Async)?ConnectionPool\(|psycopg2\.pool`)
	namesScheme   = regexp.MustCompile(`["'\x60]((?:postgresql|postgres)\+[a-z0-9_]+)://`)
)

// pythonURL chooses the scheme, by which SQLAlchemy chooses its driver: what the code
// names, or the driver that is installed. Without SQLAlchemy, a plain address will do.
// None has a sslmode: asyncpg takes it for an error.
func (p *planner) pythonURL() string {
	const address = "://{user}:{password}@{host}:{port}/{database}"
	project := p.project()
	uses := func(name string) bool { return language.PythonUses(project, name) }
	switch {
	case uses("tortoise-orm"):
		return "postgres" + address
	case !p.facts.Contains(makesEngine) || p.facts.Contains(connectsBare):
		return names.BareURL
	}
	if scheme, ok := p.facts.Find(namesScheme); ok {
		return scheme + address
	}
	switch {
	case p.facts.Contains(asyncEngine) && (uses("asyncpg") || !uses("psycopg")):
		return "postgresql+asyncpg" + address
	case uses("psycopg2") || uses("psycopg2-binary"):
		return names.BareURL
	case uses("psycopg") || uses("psycopg-binary"):
		return "postgresql+psycopg" + address
	case uses("pg8000"):
		return "postgresql+pg8000" + address
	case uses("asyncpg"):
		return "postgresql+asyncpg" + address
	}
	return names.BareURL
}
