package restapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// token makes a credential of a known shape from its parts, so that no scanner of this
// repository takes the test for one.
func token(parts ...string) string { return strings.Join(parts, "") }

func TestCredentialsAreFound(t *testing.T) {
	t.Parallel()
	for file, lines := range map[string][]string{
		"src/config.js": {
			`const key = "` + token("AKIA", "Q3EGRIJT5LKPVB2N") + `";`,
			`fetch(url, {headers: {authorization: "` + token("ghp_", "9aKd03Lq81mZx72Bv64Nc55Ty18Ur27Wp36E") + `"}})`,
			`const stripe = require("stripe")("` + token("sk_live_", "8rT2kQ9vLx4Mz7Bn3Wc6") + `")`,
			token("-----BEGIN RSA ", "PRIVATE KEY-----"),
			`const jwtSecret = process.env.JWT_SECRET || "` + token("q8Zr4", "Tn2Vw9Lk7Xc") + `"`,
			`const jwtSecret = process.env.JWT_SECRET ?? '` + token("q8Zr4", "Tn2Vw9Lk7Xc") + `'`,
			`db_password: "` + token("Vq7m", "R2xK9pLw") + `",`,
			`pool = new Pool("postgres://todo:` + token("Vq7mR2", "xK9pLw") + `@db.internal:5432/todo")`,
		},
		"app/settings.py": {
			`SECRET_KEY = os.getenv("SECRET_KEY", "` + token("q8Zr4", "Tn2Vw9Lk7Xc") + `")`,
			`API_KEY = '` + token("b7f3c9", "a1d5e8240c") + `'`,
		},
		"config.go":                          {"const apiKey = `" + token("b7f3c9", "a1d5e8240c") + "`", `dbPassword := "` + token("Vq7m", "R2xK9pLw") + `"`},
		"src/main/resources/application.yml": {"    password: " + token("Vq7m", "R2xK9pLw"), "    secret: ${JWT_SECRET:" + token("q8Zr4", "Tn2Vw9Lk7Xc") + "}"},
		"src/main/resources/app.properties":  {"spring.datasource.password=" + token("Vq7m", "R2xK9pLw")},
		".env":                               {"JWT_SECRET=" + token("q8Zr4", "Tn2Vw9Lk7Xc"), "export DB_PASSWORD='" + token("Vq7m", "R2xK9pLw") + "'"},
		"production.env":                     {"SESSION_SECRET=" + token("q8Zr4", "Tn2Vw9Lk7Xc")},
	} {
		require.False(t, isExample(file), file)
		for _, line := range lines {
			require.Equal(t, []int{2}, secretLines(file, "first\n"+line+"\nlast"), "%s: %s", file, line)
		}
	}
}

func TestHonestLinesAreNoCredentials(t *testing.T) {
	t.Parallel()
	for file, lines := range map[string][]string{
		"src/config.js": {
			`const url = process.env.DATABASE_URL || "postgres://postgres:postgres@localhost:5432/todos"`,
			`const password = process.env.DB_PASSWORD || "postgres"`,
			`const secret = process.env.JWT_SECRET || "dev-only-secret-1234"`,
			`const secret = process.env.JWT_SECRET || "change-me-please-123"`,
			`if (!password) throw new Error("password is required");`,
			`const passwordPattern = "^[A-Za-z0-9]{8,64}$"`,
			`const message = {password: "at-least-8-characters"}`,
			`import secretManager from "./secrets/manager.v2.js"`,
			`const secretPath = "../.config/app2/key"`,
			`const accessToken = "aaaaaaaaaaaa1111"`,
			`const accessToken = response.body.access_token, expires = "2026-01-01T00:00:00Z"`,
			`"integrity": "sha512-q8Zr4Tn2Vw9Lk7XcVq7mR2xK9pLw"`,
		},
		"app/db.py":   {`dsn = f"postgresql://{user}:{password}@{host}/{name}"`, `password_hash = bcrypt.hashpw(password, salt)`},
		"config.go":   {`password := os.Getenv("DB_PASSWORD")`, `errMissingSecret = errors.New("JWT_SECRET is missing")`},
		"values.yaml": {"password: ${DB_PASSWORD}", "secretName: todo-credentials", "password: postgres", "secretKeyRef: db-credentials-2"},
		".env":        {"DB_PASSWORD=postgres", "JWT_SECRET=change-me-in-production", "PORT=8080"},
	} {
		for _, line := range lines {
			require.Empty(t, secretLines(file, line), "%s: %s", file, line)
		}
	}
	for _, file := range []string{".env.example", "docker-compose.yml", "README.md", "package-lock.json", "test_config.py", "go.sum"} {
		require.True(t, isExample(file), file)
	}
}

func FuzzSecretLines(f *testing.F) {
	f.Add("a.js", `const password = "q8Zr4Tn2Vw9Lk7Xc"`)
	f.Add(".env", "JWT_SECRET=\xff\x00")
	f.Add("a.yml", strings.Repeat("password: ", 500))
	f.Fuzz(func(t *testing.T, file, text string) {
		for _, line := range secretLines(file, text) {
			require.Positive(t, line)
			require.LessOrEqual(t, line, strings.Count(text, "\n")+1)
		}
	})
}
