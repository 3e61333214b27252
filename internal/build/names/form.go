package names

import (
	"regexp"
	"strings"
)

// form is how a database's address is written down.
type form int

const (
	formOther      form = iota
	formURL             // scheme://user:password@host:port/name?query
	formKeywords        // host=… port=… dbname=…   (libpq, GORM)
	formSemicolons      // Host=…;Database=…;Username=…   (Npgsql, PDO)
)

var (
	postgresScheme = regexp.MustCompile(`^(?i)(?:jdbc:|r2dbc:)?(?:pool:)?(?:postgres|postgresql|postgis|pgsql|pgx5?|pg|asyncpg|psycopg|ecto)(?:\+[a-z0-9_]+)?://`)
	keyword        = regexp.MustCompile(`(?i)(?:^|\s)(host|port|user|password|dbname|sslmode|database)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']*)`)
	semicolonPart  = regexp.MustCompile(`(?i)(?:^|[;:])\s*(host|server|port|database|dbname|initial catalog|user|username|user id|userid|uid|password|pwd|ssl mode|sslmode)\s*=\s*([^;]*)`)
)

func formOf(example string) form {
	switch {
	case isPostgres(example):
		return formURL
	case len(semicolonPart.FindAllString(example, 3)) >= 3 && strings.Contains(example, ";"):
		return formSemicolons
	case len(keyword.FindAllString(example, 2)) >= 2:
		return formKeywords
	}
	return formOther
}

// isPostgres reports whether a value is a URL of a Postgres in any driver's spelling.
func isPostgres(value string) bool { return postgresScheme.MatchString(value) }

// Rewrite puts our database into an address of the candidate's, and keeps everything
// else: the scheme, which chooses the driver, and the parameters. The second result is
// false where the value is no address of a Postgres.
func Rewrite(example string) (string, bool) {
	example = strings.TrimSpace(example)
	switch formOf(example) {
	case formURL:
		return rewriteURL(example), true
	case formKeywords:
		return rewriteKeywords(example), true
	case formSemicolons:
		return rewriteSemicolons(example), true
	case formOther:
	}
	return "", false
}

// rewriteURL keeps scheme and query. A JDBC address has no place for user and password
// but its query, where they stay if they were there.
func rewriteURL(example string) string {
	scheme, rest, _ := strings.Cut(example, "://")
	rest, query, hasQuery := strings.Cut(rest, "?")
	lower := strings.ToLower(scheme)
	login := "{user}:{password}@"
	if strings.HasPrefix(lower, "jdbc:") || strings.HasPrefix(lower, "r2dbc:") && !strings.Contains(rest, "@") {
		login = ""
	}
	made := scheme + "://" + login + "{host}:{port}/{database}"
	if !hasQuery {
		return made
	}
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		if parameter = rewriteParameter(parameter); parameter != "" {
			kept = append(kept, parameter)
		}
	}
	if len(kept) == 0 {
		return made
	}
	return made + "?" + strings.Join(kept, "&")
}

// rewriteParameter keeps a parameter of a URL unless it names the candidate's own
// database or asks for TLS, which the database in the pod does not speak.
func rewriteParameter(parameter string) string {
	key, _, _ := strings.Cut(parameter, "=")
	switch strings.ToLower(key) {
	case "sslmode", "ssl-mode":
		return key + "=disable"
	case "ssl", "sslcert", "sslkey", "sslrootcert", "sslfactory", "channel_binding", "sslaccept", "sslidentity":
		return ""
	case "user", "username":
		return key + "={user}"
	case "password":
		return key + "={password}"
	case "host", "hostname":
		return key + "={host}"
	case "port":
		return key + "={port}"
	case "dbname", "database":
		return key + "={database}"
	}
	return parameter
}

func rewriteKeywords(example string) string {
	seen := map[string]bool{}
	rewritten := keyword.ReplaceAllStringFunc(example, func(found string) string {
		name := keyword.FindStringSubmatch(found)[1]
		lead := found[:strings.Index(found, name)]
		value := map[string]string{
			"host": "{host}", "port": "{port}", "user": "{user}", "password": "{password}",
			"dbname": "{database}", "database": "{database}", "sslmode": "disable",
		}[strings.ToLower(name)]
		seen[value] = true
		return lead + name + "=" + value
	})
	made := []string{rewritten}
	for _, missing := range []struct{ name, value string }{
		{"host", "{host}"}, {"port", "{port}"}, {"user", "{user}"}, {"password", "{password}"}, {"dbname", "{database}"}, {"sslmode", "disable"},
	} {
		if !seen[missing.value] {
			made = append(made, missing.name+"="+missing.value)
		}
	}
	return strings.Join(made, " ")
}

func rewriteSemicolons(example string) string {
	return semicolonPart.ReplaceAllStringFunc(example, func(found string) string {
		parts := semicolonPart.FindStringSubmatch(found)
		var value string
		switch strings.ToLower(parts[1]) {
		case "host", "server":
			value = "{host}"
		case "port":
			value = "{port}"
		case "database", "dbname", "initial catalog":
			value = "{database}"
		case "password", "pwd":
			value = "{password}"
		case "ssl mode":
			value = "Disable"
		case "sslmode":
			value = "disable"
		default:
			value = "{user}"
		}
		return strings.TrimSuffix(found, parts[2]) + value
	})
}
