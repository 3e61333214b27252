package symptom_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, log, want string }{
		{"nothing", "", ""},
		{"ordinary words", "server starting\nlistening soon\n", ""},
		{"command", `takehome-pod: cannot start "gunicorn": command not found`, "the command names a program"},
		{"command in a shell", "sh: 1: nodemon: not found\n", "the command names a program"},
		{"loader", `takehome-pod: cannot start "/app/server": the file is there, but the interpreter or the loader that it names is not`, "CGO_ENABLED=0"},
		{"mode", `takehome-pod: cannot start "./run.sh": permission denied`, "chmod +x"},
		{"processor", `takehome-pod: cannot start "./run": exec format error`, "another processor"},

		{"python environ", "Traceback (most recent call last):\n  File \"os.py\", line 680\nKeyError: 'JWT_SECRET'\n", "variable JWT_SECRET:"},
		{"go envconfig", "2026/01/01 required key TODO_API_KEY missing value", "variable TODO_API_KEY:"},
		{"caarlos0/env", `env: required environment variable "SESSION_KEY" is not set`, "variable SESSION_KEY:"},
		{"plain words", "Error: API_TOKEN is required", "variable API_TOKEN:"},
		{"joi", `Error: Config validation error: "REDIS_URL" is required`, "variable REDIS_URL:"},
		{"prisma", "error: Environment variable not found: DATABASE_DIRECT_URL.\n", "variable DATABASE_DIRECT_URL:"},
		{"missing list", "Missing required environment variables: COOKIE_SECRET, OTHER", "variable COOKIE_SECRET:"},
		{"pydantic", "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nSECRET_KEY\n  Field required [type=missing]", "variable SECRET_KEY:"},
		{"spring", `Could not resolve placeholder 'JWT_SECRET' in value "${JWT_SECRET}"`, "variable JWT_SECRET:"},
		{"go fatal", "2026/01/02 15:04:05 DB_DSN not set", "variable DB_DSN:"},
		{"must be set", "panic: MY_PASS must be set", "variable MY_PASS:"},
		{"please", "Please set the environment variable AUTH0_DOMAIN", "variable AUTH0_DOMAIN:"},

		{"godotenv", "2026/01/01 Error loading .env file", "no .env file"},
		{"node env file", "node: .env: not found", "no .env file"},
		{"script", `npm error Missing script: "start"`, "no such script"},
		{"tls", "Error: The server does not support SSL connections", "sslmode=disable"},
		{"tls go", "pq: SSL is not enabled on the server", "sslmode=disable"},
		{"hard-coded login", `error: password authentication failed for user "postgres"`, "of its own"},
		{"hard-coded role", `FATAL: role "todo" does not exist`, "of its own"},
		{"no password", "Error: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", "of its own"},
		{"hard-coded database", `FATAL:  database "todos" does not exist (SQLSTATE 3D000)`, "of its own"},
		{"table", `error: relation "todos" does not exist`, "start.migrate"},
		{"table twice", `ERROR: relation "todos" already exists (SQLSTATE 42P07)`, "IF NOT EXISTS"},
		{"node refused", "Error: connect ECONNREFUSED 127.0.0.1:5433", "port 5433, where nothing listens"},
		{"redis", "Error: connect ECONNREFUSED 127.0.0.1:6379", "needs Redis"},
		{"mongo", "MongooseServerSelectionError: connect ECONNREFUSED ::1:27017, connect ECONNREFUSED 127.0.0.1:27017", "needs MongoDB"},
		{"go refused", "dial tcp 127.0.0.1:3306: connect: connection refused", "needs MySQL"},
		{"psycopg refused", `connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused`, "could not reach its database"},
		{"java refused", "Connection to localhost:5432 refused. Check that the hostname and port are correct", "could not reach its database"},
		{"node host", "Error: getaddrinfo ENOTFOUND todo-db", `the host "todo-db"`},
		{"psycopg host", `could not translate host name "pgdb" to address: Name or service not known`, `the host "pgdb"`},
		{"go host", "dial tcp: lookup my-postgres on 127.0.0.1:53: read: connection refused", `the host "my-postgres"`},
		{"java host", "Caused by: java.net.UnknownHostException: mysql-db", `the host "mysql-db"`},
		{"port", "Error: listen EADDRINUSE: address already in use :::5432", "the port is taken"},
		{"node module", "Error: Cannot find module 'express'", "not in the image"},
		{"python module", "ModuleNotFoundError: No module named 'uvicorn'", "not in the image"},
		{"gosu", "error: failed switching to \"app\": operation not permitted\nsetgid: operation not permitted", "change its user"},
		{"heap", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "more memory"},
		{"write", "Error: EROFS: read-only file system, open '/app/log.txt'", "may not write"},
		{"outside", "connect: network is unreachable", "no network"},
		{"syntax", "SyntaxError: Unexpected token '}'", "its language"},
		{"file", "Error: ENOENT: no such file or directory, open '/app/config.json'", "COPY"},
		{"hostile name", "getaddrinfo ENOTFOUND \x1b[31m<script>", ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := symptom.Help([]byte(test.log))
			if test.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, test.want)
		})
	}
}

func TestWantsToWrite(t *testing.T) {
	t.Parallel()
	for log, want := range map[string]bool{
		"": false,
		"Error: EROFS: read-only file system, mkdir '/app/logs'":                true,
		"OSError: [Errno 30] Read-only file system: 'app.db'":                   true,
		"PermissionError: [Errno 13] Permission denied: '/app/app.log'":         true,
		"open /data/log: permission denied":                                     true,
		"java.nio.file.AccessDeniedException: /app/x":                           true,
		`takehome-pod: cannot start "/root/server": permission denied`:          true,
		"sqlite3.OperationalError: unable to open database file":                true,
		`ERROR: permission denied for schema public (SQLSTATE 42501)`:           false,
		"ERROR: permission denied to create extension":                          false,
		"x\nERROR: permission denied for table t\nEACCES: cannot open '/app/x'": true,
	} {
		require.Equal(t, want, symptom.WantsToWrite([]byte(log)), log)
	}
}

func FuzzHelp(f *testing.F) {
	f.Add([]byte("KeyError: 'JWT_SECRET'"))
	f.Add([]byte("Error: connect ECONNREFUSED 127.0.0.1:6379"))
	f.Fuzz(func(t *testing.T, log []byte) {
		help := symptom.Help(log)
		require.NotContains(t, help, "\n")
		require.Less(t, len(help), 400)
		require.Equal(t, help, strings.ToValidUTF8(help, "?"))
		symptom.WantsToWrite(log)
	})
}
