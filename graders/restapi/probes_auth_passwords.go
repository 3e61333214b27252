package restapi

import (
	"context"
	"crypto/md5"  //nolint:gosec // to recognise what a candidate should not use
	"crypto/sha1" //nolint:gosec // to recognise what a candidate should not use
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// passwordLog is how much of the log is searched for a password.
const passwordLog = 256 << 10

// probePasswords registers somebody and looks for the password wherever it could be.
func (r *grading) probePasswords(ctx context.Context, at *script.Probing) (script.Observation, error) {
	known := r.binding.accounts
	switch {
	case known == nil:
		return seen(noAuth, "the API wants no credentials"), nil
	case known.register == nil || known.register.names("{password}") == "":
		return seen("no_passwords", "there are no passwords"), nil
	}
	who := newPerson(at.Seed, "password")
	first := at.Ledger.Len()
	entered, err := known.enrol(ctx, at.Client.Do, who)
	if err != nil {
		return script.Observation{}, err
	}
	if known.login != nil {
		// A login that fails is what gets logged.
		mistaken := who
		mistaken.email, mistaken.username = "x"+who.email, "x"+who.username
		if _, err := at.Client.Do(ctx, named(known.login.request(mistaken, nil), "log in with a wrong name")); err != nil {
			return script.Observation{}, err
		}
	}
	if at.Ledger.Len() == first || entered == nil {
		return seen("no_passwords", "nobody else could be registered"), nil
	}
	made := at.Ledger.All()[first:]
	if label := shownPassword(made, who.password); label != "" {
		words := map[string]string{"in_reply": "an answer shows the password", "digest_shown": "an answer shows the digest of the password"}[label]
		return script.Observation{Label: label, Detail: words, Fault: "password_shown"}, nil
	}
	stored, evidence, err := r.storedPassword(ctx, at, who.password)
	if err != nil || stored.Label != "" {
		stored.Evidence = evidence
		return stored, err
	}
	log, err := at.Lab.Logs(ctx, passwordLog)
	if err != nil {
		return script.Observation{}, err
	}
	if strings.Contains(log.Shown, who.password) {
		return script.Observation{Label: "in_log", Detail: "the log shows the password", Fault: "password_shown"}, nil
	}
	return script.Observation{Label: "kept_well", Detail: "the password is nowhere in clear", Evidence: evidence}, nil
}

var passwordHash = regexp.MustCompile(`\$2[abxy]\$\d\d\$[./A-Za-z0-9]{20}|\$argon2(id|i|d)\$|\$?(pbkdf2|scrypt)[$:_-][^"\s]{20}`)

// shownPassword looks for a password, or for a hash of one, in answers.
func shownPassword(made []*script.Exchange, password string) string {
	label := ""
	for _, exchange := range made {
		switch {
		case strings.Contains(string(exchange.Body), password):
			return "in_reply"
		case passwordHash.Match(exchange.Body):
			label = "digest_shown"
		}
	}
	return label
}

// storedPassword looks for a password in the database: as it is, or under a digest that
// anybody can look up in a table.
func (r *grading) storedPassword(ctx context.Context, at *script.Probing, password string) (script.Observation, []takehome.Evidence, error) {
	var searched []takehome.Evidence
	find := func(text string) (bool, error) {
		places, query, err := at.Store.Find(ctx, text)
		if err != nil {
			return false, err
		}
		if len(places) > 0 || len(searched) == 0 {
			searched = []takehome.Evidence{{Query: &query}}
		}
		return len(places) > 0, nil
	}
	for _, clear := range []string{password, base64.StdEncoding.EncodeToString([]byte(password)), hex.EncodeToString([]byte(password))} {
		found, err := find(clear)
		if err != nil || found {
			return script.Observation{Label: "in_database", Detail: "the database holds the password in clear", Fault: "password_stored"}, searched, err
		}
	}
	for _, digest := range digests(password) {
		found, err := find(digest.text)
		if err != nil || found {
			return script.Observation{Label: "unsalted", Detail: "the database holds the plain " + digest.name + " of the password", Fault: "password_stored"}, searched, err
		}
	}
	return script.Observation{}, searched, nil
}

type digest struct{ name, text string }

// digests are the quick ones that need no key, as they are usually written.
func digests(password string) []digest {
	raw := []byte(password)
	md, s1, s2, s5 := md5.Sum(raw), sha1.Sum(raw), sha256.Sum256(raw), sha512.Sum512(raw) //nolint:gosec // recognised, not used
	var all []digest
	for _, one := range []struct {
		name string
		sum  []byte
	}{{"MD5", md[:]}, {"SHA-1", s1[:]}, {"SHA-256", s2[:]}, {"SHA-512", s5[:]}} {
		all = append(all,
			digest{one.name, hex.EncodeToString(one.sum)}, digest{one.name, strings.ToUpper(hex.EncodeToString(one.sum))},
			digest{one.name, strings.TrimRight(base64.StdEncoding.EncodeToString(one.sum), "=")})
	}
	return all
}

// rowOf reads the row of a person's account, column by column; nil where there is none to be found.
func (r *grading) rowOf(ctx context.Context, at *script.Probing, who person) (map[string]string, error) {
	for _, text := range []string{who.email, who.username} {
		if text == "" {
			continue
		}
		places, _, err := at.Store.Find(ctx, text)
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			answer, err := at.Store.Query(ctx, "select * from "+pgx.Identifier{place.Schema, place.Table}.Sanitize()+
				" where "+pgx.Identifier{place.Column}.Sanitize()+"::text = $1 limit 1", text)
			if err != nil {
				return nil, err
			}
			if len(answer.Rows) != 1 {
				continue
			}
			row := map[string]string{}
			for i, column := range answer.Columns {
				row[column] = answer.Rows[0][i]
			}
			return row, nil
		}
	}
	return nil, nil
}

// idOf finds a user's id: in the row of the account, in the replies to registering and
// logging in, in the token.
func (r *grading) idOf(ctx context.Context, at *script.Probing, who *session) (any, error) {
	row, err := r.rowOf(ctx, at, who.person)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"id", "user_id", "uuid", "uid"} {
		if text, ok := row[name]; ok {
			return asID(text), nil
		}
	}
	for _, reply := range []*script.Exchange{who.registered, who.loggedIn} {
		if reply == nil {
			continue
		}
		if value, err := reply.JSON(); err == nil {
			if id := idBelow(value, 0); id != nil {
				return id, nil
			}
		}
	}
	return nil, nil
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,18}$`)

func asID(text string) any {
	if wholeNumber.MatchString(text) {
		return json.Number(text)
	}
	return text
}

func idBelow(value any, depth int) any {
	object, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return nil
	}
	for _, name := range []string{"id", "_id", "userId", "user_id", "uuid"} {
		if addressed(object[name]) != "" {
			return object[name]
		}
	}
	for _, name := range sortedKeys(object) {
		if id := idBelow(object[name], depth+1); id != nil {
			return id
		}
	}
	return nil
}

// withMembers adds members to a JSON object of ours.
func withMembers(body []byte, more map[string]any) []byte {
	value, err := script.ParseJSON(body)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return body
	}
	maps.Copy(object, more)
	written, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return written
}
