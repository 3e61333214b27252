package postgres

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// FirstLogin is the superuser of a fresh cluster. Logins.Statements closes it.
const FirstLogin = "postgres"

// Login is one role that can log in. Names and passwords are letters and digits, so that
// they need no quoting in a URL, a DSN or a properties file.
type Login struct{ User, Password string }

// Logins are the names and passwords of one run. They are random: a trigger cannot behave
// for the name of the role that checks it, and nobody can log in who was not told how.
type Logins struct {
	Database string
	Owner    Login // the program: owns the schema public, may create in the database, not alter it
	Probe    Login // reads everything, changes nothing
	Admin    Login // superuser, for catalog and statistics
}

// NewLogins makes the logins of a run.
func NewLogins() Logins {
	login := func(prefix string) Login { return Login{User: prefix + random(4), Password: random(16)} }
	return Logins{Database: "d" + random(4), Owner: login("o"), Probe: login("p"), Admin: login("a")}
}

// random returns n random bytes as hexadecimal digits.
func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// Statements gives a fresh cluster its names and passwords. It is run once, as FirstLogin in
// the database Statistics, before anything of the candidate's can reach the server, and
// closes FirstLogin itself.
//
// The owner's password is stored as MD5 and ours as SCRAM. Every driver that is in use can log
// in with MD5; SCRAM came to node-postgres, libpq (psycopg2), lib/pq and the JDBC driver
// between 2017 and 2020, and a candidate's lock file may be older. MD5 is weak where a password
// can be guessed or the wire be tapped: this one is 128 random bits, and its wire is a
// loopback that only the pod shares.
func (l Logins) Statements() string {
	var sql strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&sql, format+";\n", args...) }
	line(`BEGIN`)
	line(`ALTER DATABASE takehome RENAME TO %s`, l.Database)
	line(`ALTER ROLE takehome_owner RENAME TO %s`, l.Owner.User)
	line(`ALTER ROLE takehome_probe RENAME TO %s`, l.Probe.User)
	line(`SET LOCAL password_encryption = 'md5'`)
	line(`ALTER ROLE %s LOGIN PASSWORD '%s'`, l.Owner.User, l.Owner.Password)
	line(`SET LOCAL password_encryption = 'scram-sha-256'`)
	line(`ALTER ROLE %s LOGIN PASSWORD '%s'`, l.Probe.User, l.Probe.Password)
	line(`CREATE ROLE %s SUPERUSER LOGIN PASSWORD '%s'`, l.Admin.User, l.Admin.Password)
	line(`ALTER ROLE %s NOLOGIN PASSWORD NULL`, FirstLogin)
	line(`SELECT pg_stat_statements_reset() IS NULL`)
	line(`COMMIT`)
	return sql.String()
}

// Secret makes the password of FirstLogin in a new image.
func Secret() string { return random(16) }
