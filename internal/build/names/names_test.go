package names_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/names"
)

func TestClassifyByName(t *testing.T) {
	t.Parallel()
	for role, list := range map[names.Role][]string{
		names.DatabaseURL: {
			"DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "DB_DSN", "DATABASE_DSN", "PG_URI", "PG_URL", "PGURL", "POSTGRES_URL", "POSTGRESQL_URL",
			"DB_CONNECTION_STRING", "DATABASE_CONNECTION_STRING", "DB_CONN", "DB_CONN_STR", "DSN", "CONNECTION_STRING", "SQLALCHEMY_DATABASE_URI",
			"SQLALCHEMY_DATABASE_URL", "MYAPP_DATABASE_URL", "TODO_DB_DSN", "JDBC_DATABASE_URL", "SPRING_DATASOURCE_URL", "DATABASE_URL_DEV", "DEV_DATABASE_URL",
			"PRISMA_DATABASE_URL", "databaseUrl", "DB_CONNECTION", "GOOSE_DBSTRING", "POSTGRES_DSN", "POSTGRES_CONNECTION", "PSQL_URL", "PG_CONNECTION_STRING",
			"R2DBC_URL", "DATABASE_CONNECTION_URI",
		},
		names.DatabaseHost:     {"DB_HOST", "PGHOST", "PG_HOST", "POSTGRES_HOST", "DATABASE_HOST", "MYAPP_DB_HOST", "DBHOST", "RDS_HOSTNAME", "POSTGRES_SERVER", "SQL_HOST", "TYPEORM_HOST", "DB_HOST_LOCAL", "dbHost"},
		names.DatabasePort:     {"DB_PORT", "PGPORT", "POSTGRES_PORT", "MYAPP_DB_PORT", "SQL_PORT"},
		names.DatabaseUser:     {"DB_USER", "DB_USERNAME", "PGUSER", "POSTGRES_USER", "DATABASE_USERNAME", "DB_USER_NAME", "SPRING_DATASOURCE_USERNAME", "DBUSER"},
		names.DatabasePassword: {"DB_PASSWORD", "DB_PASS", "PGPASSWORD", "POSTGRES_PASSWORD", "DB_PWD", "DATABASE_PASSWD", "SQL_PASSWORD"},
		names.DatabaseName:     {"DB_NAME", "DB_DATABASE", "PGDATABASE", "POSTGRES_DB", "DATABASE_NAME", "POSTGRES_DATABASE", "TYPEORM_DATABASE", "DBNAME", "SQL_DATABASE"},
		names.DatabaseTLS:      {"DB_SSL", "DB_SSLMODE", "PGSSLMODE", "DB_SSL_MODE", "DATABASE_USE_SSL", "POSTGRES_SSL"},
		names.DatabaseDialect:  {"DB_DIALECT", "DB_TYPE", "DB_DRIVER", "DB_CLIENT", "DATABASE_ENGINE", "TYPEORM_TYPE"},
		names.ListenPort:       {"PORT", "APP_PORT", "SERVER_PORT", "HTTP_PORT", "API_PORT", "WEB_PORT", "NODE_PORT", "TODO_PORT", "LISTEN_PORT", "SERVICE_PORT", "FLASK_RUN_PORT", "HTTP_SERVER_PORT", "port"},
		names.ListenHost:       {"HOST", "SERVER_HOST", "APP_HOST", "HTTP_HOST", "LISTEN_HOST", "HOSTNAME", "API_HOST"},
		names.ListenAddress:    {"ADDR", "LISTEN_ADDR", "HTTP_ADDR", "SERVER_ADDRESS", "BIND", "BIND_ADDR", "HTTP_LISTEN", "APP_ADDR"},
		names.DatabaseAddress:  {"DB_ADDR", "POSTGRES_ADDRESS"},
		names.Secret:           {"JWT_SECRET", "SECRET_KEY", "SESSION_SECRET", "APP_SECRET", "DJANGO_SECRET_KEY", "JWT_KEY", "COOKIE_KEY", "PASSWORD_SALT", "SECRET", "ACCESS_TOKEN_SECRET"},
		names.Credential:       {"API_KEY", "ADMIN_TOKEN", "ADMIN_PASSWORD", "SERVICE_TOKEN", "PASSWORD"},
		names.Lifetime:         {"JWT_EXPIRES_IN", "ACCESS_TOKEN_TTL", "JWT_EXPIRATION", "TOKEN_EXPIRY", "SESSION_MAX_AGE"},
		names.Cost:             {"SALT_ROUNDS", "BCRYPT_COST", "BCRYPT_ROUNDS", "BCRYPT_SALT_ROUNDS"},
		names.None: {
			"", "NODE_ENV", "LOG_LEVEL", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "MONGO_URI", "MYSQL_HOST", "RABBITMQ_URL", "SMTP_HOST", "SMTP_PORT",
			"SMTP_PASSWORD", "TEST_DATABASE_URL", "DATABASE_URL_TEST", "SHADOW_DATABASE_URL", "GRPC_PORT", "METRICS_PORT", "DEBUG_PORT", "HTTPS_PORT",
			"FRONTEND_URL", "CORS_ORIGIN", "BASE_URL", "DB_POOL_SIZE", "DB_MAX_CONN", "DB_CONN_TIMEOUT", "DB_MAX_OPEN_CONNS", "DB_SCHEMA", "DB_LOGGING",
			"DB_SYNC", "DATABASE", "DB", "USER", "NAME", "SENTRY_DSN", "AWS_SECRET_ACCESS_KEY", "PGADMIN_DEFAULT_PASSWORD", "JWT_PUBLIC_KEY",
			"VITE_API_URL", "DATABASE_PATH", "TZ", "WORKERS", "SUPPORT_EMAIL", "TIMEOUT",
		},
	} {
		for _, name := range list {
			require.Equal(t, role, names.Classify(name, ""), name)
		}
	}
}

func TestClassifyByExample(t *testing.T) {
	t.Parallel()
	for _, each := range []struct {
		name, example string
		role          names.Role
	}{
		{"STORE", "postgres://a:b@c/d", names.DatabaseURL},
		{"DB_HOST", "postgres://a:b@c/d", names.DatabaseURL},
		{"DB_HOST", "db:5432", names.DatabaseAddress},
		{"DB_ADDR", "db", names.DatabaseHost},
		{"DATABASE", "postgresql+asyncpg://x", names.DatabaseURL},
		{"DB_CONNECTION", "pgsql", names.DatabaseDialect},
		{"DB_CONNECTION", "host=a dbname=b user=c", names.DatabaseURL},
		{"ConnectionStrings__Main", "Host=a;Port=5432;Database=b;Username=c", names.DatabaseURL},
		{"DATABASE_URL", "sqlite:///todo.db", names.DatabaseURL},
		{"REDIS_URL", "redis://x", names.None},
		{"PORT", "3000", names.ListenPort},
		{"PORT", "5432", names.DatabasePort},
		{"APP_PORT", ":8080", names.ListenAddress},
		{"APP_HOST", "http://localhost:3000", names.None},
		{"HOST", "0.0.0.0", names.ListenHost},
		{"LISTEN", "8080", names.ListenAddress},
		{"BIND", "127.0.0.1", names.ListenHost},
		{"SERVER_HOST", "localhost:8080", names.ListenAddress},
		{"TEST_DATABASE_URL", "postgres://a:b@c/d", names.None},
		{"API_KEY", "abc", names.Credential},
	} {
		require.Equal(t, each.role, names.Classify(each.name, each.example), "%s=%s", each.name, each.example)
	}
}

func TestRewriteKeepsTheCandidatesForm(t *testing.T) {
	t.Parallel()
	const login = "{user}:{password}@{host}:{port}/{database}"
	for example, wanted := range map[string]string{
		"postgres://u:p@localhost:5432/todo":                         "postgres://" + login,
		"postgresql://localhost/todo":                                "postgresql://" + login,
		"postgres://u:p@db/todo?sslmode=require&application_name=x":  "postgres://" + login + "?sslmode=disable&application_name=x",
		"postgres://u:p@db/todo?ssl=true":                            "postgres://" + login,
		"postgresql+asyncpg://u:p@db:5432/todo":                      "postgresql+asyncpg://" + login,
		"postgresql+psycopg2://u:p@db:5432/todo?options=-c%20x":      "postgresql+psycopg2://" + login + "?options=-c%20x",
		"postgresql://u:p@ss@db:5432/todo?schema=public":             "postgresql://" + login + "?schema=public",
		"postgresql://<user>:<password>@<host>/<db>":                 "postgresql://" + login,
		"ecto://postgres:postgres@localhost/todo":                    "ecto://" + login,
		"pgx5://u:p@db/todo":                                         "pgx5://" + login,
		"jdbc:postgresql://localhost:5432/todo":                      "jdbc:postgresql://{host}:{port}/{database}",
		"jdbc:postgresql://h/todo?user=u&password=p&currentSchema=x": "jdbc:postgresql://{host}:{port}/{database}?user={user}&password={password}&currentSchema=x",
		"r2dbc:postgresql://localhost/todo":                          "r2dbc:postgresql://{host}:{port}/{database}",
		"host=localhost user=u password='a b' dbname=t port=5432":    "host={host} user={user} password={password} dbname={database} port={port} sslmode=disable",
		"user=u dbname=t sslmode=require TimeZone=Asia/Tokyo":        "user={user} dbname={database} sslmode=disable TimeZone=Asia/Tokyo host={host} port={port} password={password}",
		"Host=localhost;Port=5432;Database=t;Username=u;Password=p":  "Host={host};Port={port};Database={database};Username={user};Password={password}",
		"Server=db;Database=t;User Id=u;Password=p;SSL Mode=Require": "Server={host};Database={database};User Id={user};Password={password};SSL Mode=Disable",
		"pgsql:host=localhost;port=5432;dbname=t":                    "pgsql:host={host};port={port};dbname={database}",
		"  postgres://u@h/d  ":                                       "postgres://" + login,
	} {
		got, ok := names.Rewrite(example)
		require.True(t, ok, example)
		require.Equal(t, wanted, got, example)
	}
	for _, example := range []string{"", "todo", "mysql://u:p@h/d", "sqlite:///x", "http://localhost", "redis://h", "host=only"} {
		_, ok := names.Rewrite(example)
		require.False(t, ok, example)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	dialect := names.Dialect{URL: names.PlainURL, ListenAddress: ":{listen}", Lifetime: "1h"}
	for _, each := range []struct {
		role          names.Role
		name, example string
		value         string
		ok            bool
	}{
		{names.DatabaseURL, "DATABASE_URL", "", names.PlainURL, true},
		{names.DatabaseURL, "JDBC_URL", "", names.JDBCURL, true},
		{names.DatabaseURL, "DATABASE_URL", "sqlite:///x", names.PlainURL, true},
		{names.DatabaseAddress, "DB_ADDR", "x:1", "{host}:{port}", true},
		{names.DatabaseTLS, "DB_SSL", "true", "false", true},
		{names.DatabaseTLS, "DB_SSL", "1", "0", true},
		{names.DatabaseTLS, "DB_SSL", "require", "disable", true},
		{names.DatabaseTLS, "DB_SSL", "", "disable", false},
		{names.DatabaseTLS, "DB_SSLMODE", "", "disable", true},
		{names.DatabaseDialect, "DB_TYPE", "", "postgres", true},
		{names.DatabaseDialect, "DB_TYPE", "sqlite", "postgres", true},
		{names.DatabaseDialect, "DB_TYPE", "pg", "", false},
		{names.DatabaseDialect, "DB_ENGINE", "django.db.backends.sqlite3", "django.db.backends.postgresql", true},
		{names.ListenPort, "PORT", "3000", "{listen}", true},
		{names.ListenHost, "HOST", "localhost", "0.0.0.0", true},
		{names.ListenAddress, "ADDR", "", ":{listen}", true},
		{names.ListenAddress, "ADDR", ":8080", ":{listen}", true},
		{names.ListenAddress, "ADDR", "localhost:8080", "0.0.0.0:{listen}", true},
		{names.ListenAddress, "ADDR", "8080", "{listen}", true},
		{names.Lifetime, "JWT_TTL", "", "1h", true},
		{names.Secret, "JWT_SECRET", "own", "", false},
		{names.None, "X", "", "", false},
	} {
		value, ok := dialect.Value(each.role, each.name, each.example)
		require.Equal(t, each.ok, ok, "%s=%s", each.name, each.example)
		if each.ok {
			require.Equal(t, each.value, value, "%s=%s", each.name, each.example)
		}
	}
	secret, ok := dialect.Value(names.Secret, "JWT_SECRET", "")
	require.True(t, ok)
	require.GreaterOrEqual(t, len(secret), 32, "libraries refuse shorter keys")
}

func TestBareNamesNeedCompany(t *testing.T) {
	t.Parallel()
	require.Nil(t, names.Bare(map[string]string{"HOST": "", "USER": "", "PORT": ""}))
	require.Nil(t, names.Bare(map[string]string{"PASSWORD": "x", "USER": ""}))
	require.Equal(t, map[string]names.Role{
		"HOST": names.DatabaseHost, "USER": names.DatabaseUser, "PASSWORD": names.DatabasePassword, "DATABASE": names.DatabaseName,
	}, names.Bare(map[string]string{"HOST": "localhost", "USER": "", "PASSWORD": "", "DATABASE": "", "PORT": "3000"}))
	require.NotContains(t, names.Bare(map[string]string{"HOST": "0.0.0.0", "PASSWORD": "", "DB": ""}), "HOST")
}

func FuzzClassify(f *testing.F) {
	f.Add("DB_HOST", "postgres://a:b@c/d?x=y")
	f.Add("aB_C.d-é", "host=' user=\\")
	f.Fuzz(func(t *testing.T, name, example string) {
		role := names.Classify(name, example)
		value, ok := names.Dialect{URL: names.PlainURL}.Value(role, name, example)
		if ok && role == names.DatabasePort {
			require.Equal(t, "{port}", value)
		}
	})
}
