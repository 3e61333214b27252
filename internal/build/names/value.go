package names

import "strings"

// Dialect is how the programs of one ecosystem like the address of their database,
// where the repository shows no example.
type Dialect struct {
	// URL is the form of DatabaseURL.
	URL string
	// ListenAddress is the form of ListenAddress: ":{listen}" for Go.
	ListenAddress string
	// Lifetime is the form of a token's lifetime, "1h" or "3600".
	Lifetime string
}

// The addresses that drivers understand. Go's lib/pq insists on TLS unless told not to;
// SQLAlchemy over asyncpg refuses the parameter; JDBC has user and password beside it.
const (
	PlainURL       = "postgresql://{user}:{password}@{host}:{port}/{database}?sslmode=disable"
	BareURL        = "postgresql://{user}:{password}@{host}:{port}/{database}"
	JDBCURL        = "jdbc:postgresql://{host}:{port}/{database}"
	JDBCWithLogin  = JDBCURL + "?user={user}&password={password}"
	placeholderKey = "takehome-placeholder-0123456789abcdef0123456789abcdef"
)

// Value makes the value of ours for a role, in the form of the example. The second
// result is false where we have none, and the example or the program's own default counts.
func (d Dialect) Value(role Role, name, example string) (string, bool) {
	example = strings.TrimSpace(example)
	switch role {
	case DatabaseURL:
		return d.url(name, example), true
	case DatabaseAddress:
		return "{host}:{port}", true
	case DatabaseHost:
		return "{host}", true
	case DatabasePort:
		return "{port}", true
	case DatabaseUser:
		return "{user}", true
	case DatabasePassword:
		return "{password}", true
	case DatabaseName:
		return "{database}", true
	case DatabaseTLS:
		return withoutTLS(name, example)
	case DatabaseDialect:
		return dialectOf(example)
	case ListenPort:
		return "{listen}", true
	case ListenHost:
		return "0.0.0.0", true
	case ListenAddress:
		return d.listenAddress(example), true
	case Secret, Credential:
		if example == "" {
			return placeholderKey, true
		}
	case Lifetime:
		if example == "" {
			return d.Lifetime, d.Lifetime != ""
		}
	case Cost:
		if example == "" {
			return "10", true
		}
	case None:
	}
	return "", false
}

func (d Dialect) url(name, example string) string {
	if rewritten, ok := Rewrite(example); ok {
		return rewritten
	}
	parts := split(name)
	switch {
	case in("r2dbc", parts...):
		return "r2dbc:postgresql://{host}:{port}/{database}"
	case in("jdbc", parts...):
		return JDBCURL
	}
	return d.URL
}

func (d Dialect) listenAddress(example string) string {
	host, _, hasHost := strings.Cut(example, ":")
	switch {
	case example == "":
		return d.ListenAddress
	case !hasHost:
		return "{listen}"
	case host == "" || host == "*":
		return ":{listen}"
	}
	return "0.0.0.0:{listen}"
}

// withoutTLS says no in the words of the example. Without one only a mode has a word
// that every driver knows: "false" would be true to a program that looks for a value.
func withoutTLS(name, example string) (string, bool) {
	switch strings.ToLower(example) {
	case "true", "false":
		return "false", true
	case "1", "0":
		return "0", true
	case "yes", "no":
		return "no", true
	case "on", "off":
		return "off", true
	case "":
		return "disable", strings.HasSuffix(strings.ToLower(name), "mode")
	}
	return "disable", true
}

// dialectOf keeps the candidate's word for Postgres, and puts one in place of a file
// database that a program falls back on. Another server's name stays: we have none of it.
// "postgres" is understood by Go's lib/pq, Sequelize, TypeORM and Knex alike.
func dialectOf(example string) (string, bool) {
	lower := strings.ToLower(example)
	switch {
	case lower == "":
		return "postgres", true
	case lower == "django.db.backends.sqlite3":
		return "django.db.backends.postgresql", true
	case strings.HasPrefix(lower, "sqlite") || lower == "better-sqlite3" || lower == "h2" || lower == "memory":
		return "postgres", true
	}
	return "", false
}

// Bare tells the role of names without any word of a database, such as HOST and PASSWORD,
// which mean one where they come together. It returns nil where they do not.
func Bare(known map[string]string) map[string]Role {
	roles := map[string]Role{
		"USER": DatabaseUser, "USERNAME": DatabaseUser, "USER_NAME": DatabaseUser,
		"PASSWORD": DatabasePassword, "PASS": DatabasePassword, "PASSWD": DatabasePassword,
		"DATABASE": DatabaseName, "DB": DatabaseName, "NAME": DatabaseName,
		"HOST": DatabaseHost, "HOSTNAME": DatabaseHost,
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := known[name]; ok {
				return true
			}
		}
		return false
	}
	if !has("PASSWORD", "PASS", "PASSWD") || !has("DATABASE", "DB", "NAME", "DB_NAME", "DBNAME") {
		return nil
	}
	found := map[string]Role{}
	for name, role := range roles {
		if example, ok := known[name]; ok && example != "0.0.0.0" {
			found[name] = role
		}
	}
	return found
}
