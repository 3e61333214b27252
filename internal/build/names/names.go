// Package names knows what the names of environment variables mean: which of them take
// the address of a database, which the port to listen on, which a secret. It looks at
// the parts of a name ("TODO_PG_URI" is todo, pg, uri) and at the example value that the
// repository gives, and makes our value in the example's own form.
package names

import (
	"regexp"
	"strings"
)

// Role is what a program does with the value of a variable.
type Role int

// The roles. None is everything that we have no value for.
const (
	None            Role = iota
	DatabaseURL          // postgresql://…, a keyword string, jdbc:…
	DatabaseAddress      // host:port
	DatabaseHost
	DatabasePort
	DatabaseUser
	DatabasePassword
	DatabaseName
	DatabaseTLS     // whether to ask the database for TLS
	DatabaseDialect // which kind of database: "postgres"
	ListenPort
	ListenHost
	ListenAddress // host:port or :port
	Secret        // signs or encrypts: any value will do, none is an error
	Credential    // lets somebody in: a value of ours could close a door that was open
	Lifetime      // of a token
	Cost          // of a password hash
)

// IsDatabase reports whether the role is a part of a database's address.
func (r Role) IsDatabase() bool { return r >= DatabaseURL && r <= DatabaseDialect }

// IsListen reports whether the role is where to listen.
func (r Role) IsListen() bool { return r >= ListenPort && r <= ListenAddress }

// Classify tells the role of a name. The example is the value that the repository shows
// for it, "" if there is none.
func Classify(name, example string) Role {
	parts := split(name)
	if len(parts) == 0 || anyIn(parts, otherServices) {
		return None
	}
	role := byName(parts)
	if example = strings.TrimSpace(example); example == "" {
		return role
	}
	return byExample(role, parts, example)
}

// byExample corrects what the name says by the form of the example.
func byExample(role Role, parts []string, example string) Role {
	form := formOf(example)
	switch {
	case form != formOther:
		return DatabaseURL
	case strings.Contains(example, "://"):
		// A URL of something else: "sqlite:///todo.db" is the default of a program that
		// can use Postgres as well, "http://localhost:3000" is no port and no host.
		if role == DatabaseURL {
			return DatabaseURL
		}
		return None
	}
	switch role {
	case DatabaseURL:
		return insteadOfURL(parts, example)
	case DatabaseHost:
		if hostPort.MatchString(example) {
			return DatabaseAddress
		}
	case DatabaseAddress:
		if !strings.Contains(example, ":") {
			return DatabaseHost
		}
	case ListenPort:
		switch {
		case example == "5432":
			return DatabasePort
		case hostPort.MatchString(example):
			return ListenAddress
		case !number.MatchString(example):
			return None
		}
	case ListenAddress:
		if !hostPort.MatchString(example) && !number.MatchString(example) {
			return ListenHost
		}
	case ListenHost:
		if hostPort.MatchString(example) {
			return ListenAddress
		}
	case None, DatabasePort, DatabaseUser, DatabasePassword, DatabaseName, DatabaseTLS, DatabaseDialect,
		Secret, Credential, Lifetime, Cost:
	}
	return role
}

// insteadOfURL is the role of a name like DB_CONNECTION whose example is not a URL.
func insteadOfURL(parts []string, example string) Role {
	switch {
	case dialects[strings.ToLower(example)]:
		return DatabaseDialect
	case number.MatchString(example):
		return None
	case parts[len(parts)-1] == "connection":
		return DatabaseName
	}
	return DatabaseURL
}

var (
	number   = regexp.MustCompile(`^\d{1,5}$`)
	hostPort = regexp.MustCompile(`^[A-Za-z0-9_.*\[\]-]*:\d{1,5}$`)
)

var dialects = wordSet("postgres postgresql pgsql pg psql postgre pgx psycopg psycopg2 django.db.backends.postgresql postgis")

// byName tells the role by the words of a name alone.
func byName(parts []string) Role {
	if mentionsDatabase(parts) {
		return databaseRole(parts)
	}
	last := parts[len(parts)-1]
	rest := parts[:len(parts)-1]
	switch {
	case last == "dsn" || endsIn(parts, "connection", "string") || last == "connstr" || endsIn(parts, "conn", "str") || endsIn(parts, "conn", "string"):
		return DatabaseURL
	case last == "port" && everyIn(rest, servingWords):
		return ListenPort
	case in(last, "addr", "address", "listen", "bind") && everyIn(rest, servingWords):
		return ListenAddress
	case in(last, "host", "hostname", "ip", "interface") && everyIn(rest, servingWords):
		return ListenHost
	}
	return secretRole(parts)
}

// databaseRole reads what a database's variable holds from the end of its name, over
// words that only say which one of several ("_DEV", "_PRIMARY").
func databaseRole(parts []string) Role {
	for len(parts) > 1 && in(parts[len(parts)-1], "dev", "development", "prod", "production", "local", "docker",
		"default", "primary", "main", "master", "write", "writer", "read", "reader", "replica", "async", "sync", "value", "env") {
		parts = parts[:len(parts)-1]
	}
	if anyIn(parts, sizingWords) {
		return None
	}
	last := parts[len(parts)-1]
	switch {
	case in(last, "url", "uri", "dsn", "string", "str", "conn", "connection", "connstr", "link", "jdbc"):
		return DatabaseURL
	case in(last, "host", "hostname", "server", "ip"):
		return DatabaseHost
	case in(last, "addr", "address", "hostport", "endpoint"):
		return DatabaseAddress
	case last == "port":
		return DatabasePort
	case in(last, "user", "username", "usr", "uname", "login") || endsIn(parts, "user", "name"):
		return DatabaseUser
	case in(last, "password", "pass", "passwd", "pwd", "pw"):
		return DatabasePassword
	case in(last, "ssl", "sslmode", "tls") || endsIn(parts, "ssl", "mode") || endsIn(parts, "use", "ssl") || endsIn(parts, "enable", "ssl"):
		return DatabaseTLS
	case in(last, "dialect", "type", "driver", "client", "engine", "vendor", "adapter", "kind"):
		return DatabaseDialect
	case in(last, "name", "dbname", "database", "db", "catalog"):
		if len(parts) == 1 {
			return None // DB or DATABASE alone may be either; the example decides
		}
		return DatabaseName
	}
	return None
}

// secretRole sorts the values that a program needs and nobody outside can know.
func secretRole(parts []string) Role {
	last := parts[len(parts)-1]
	has := func(words ...string) bool {
		for _, part := range parts {
			if in(part, words...) {
				return true
			}
		}
		return false
	}
	switch {
	case in(last, "expiry", "expires", "expiration", "ttl", "lifetime", "duration", "exp", "age") ||
		endsIn(parts, "expires", "in") || has("expire", "expires", "expiration", "expiry", "ttl"):
		if has("jwt", "token", "access", "refresh", "session", "auth", "cookie") {
			return Lifetime
		}
	case in(last, "rounds", "cost") && has("salt", "bcrypt", "hash", "rounds"):
		return Cost
	case has("public"):
		return None
	case has("secret", "salt", "pepper", "passphrase") ||
		last == "key" && has("jwt", "signing", "encryption", "session", "cookie", "cipher", "crypt", "app", "hash"):
		return Secret
	case last == "jwt":
		return Secret
	case has("key", "token", "apikey", "password", "passwd", "credential", "credentials"):
		return Credential
	}
	return None
}

// mentionsDatabase reports whether one of the words of a name is a relational database.
func mentionsDatabase(parts []string) bool { return anyIn(parts, databaseWords) }

var databaseWords = wordSet(`db database databases pg postgres postgresql postgre pgsql psql sql rds datasource
	sqlalchemy typeorm sequelize jdbc r2dbc gorm knex prisma dbms`)

// otherServices are words of names that are not about the graded database or the graded
// port, even where they end in URL, HOST or PORT. A test database is among them: a
// program that empties one must not be pointed at the graded one.
var otherServices = wordSet(`redis mongo mongodb mysql mariadb mssql oracle sqlite rabbit rabbitmq amqp kafka nats smtp mail
	email mailer elastic elasticsearch opensearch s3 aws gcp azure minio memcached memcache celery broker queue grpc
	metrics prometheus otel otlp opentelemetry jaeger zipkin sentry statsd pprof debug debugger inspect management actuator
	pgadmin adminer frontend ui cors origin proxy vite react next webpack https ws websocket socket test testing
	shadow slack github google facebook twilio stripe sendgrid cloudinary firebase keycloak auth0 oauth consul vault
	influx clickhouse cassandra neo4j dynamodb meilisearch typesense`)

// sizingWords turn DB_MAX_CONN or DB_CONN_TIMEOUT into a setting of a pool.
var sizingWords = wordSet("max min idle open pool pools size timeout retry retries limit lifetime count attempts delay interval log logging")

// servingWords may stand before PORT, HOST or ADDR in the name of where to listen.
var servingWords = wordSet(`app application server http api web rest service svc backend be node nodejs nest express fastify koa
	fastapi flask django uvicorn gunicorn rails rack sinatra puma spring go gin echo fiber chi rocket actix axum listen
	listening bind run main container local internal public default my the todo todos task tasks tasklist todolist note notes
	project srv host`)
