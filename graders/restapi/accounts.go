package restapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/takehome-dev/takehome/graders/script"
)

// accounts is how an API gives credentials and how it wants to see them. It was found
// out and frozen while binding.
type accounts struct {
	kind     string // kindBearer, …
	header   string // that carries the credential: Authorization, Cookie, X-API-Key
	scheme   string // before the credential, with its blank: "Bearer "
	register *offer // nil where credentials are issued otherwise
	login    *offer // nil where registering gives the credential
	fixed    http.Header
}

// The kinds of credentials.
const (
	kindBearer = "bearer"
	kindCookie = "cookie"
	kindKey    = "api_key"
	kindBasic  = "basic"
)

// offer is one request by which an account or a credential is had.
type offer struct {
	route
	body  map[string]any // with {email}, {username}, {name} and {password} in it
	form  bool           // sent as a form instead of JSON
	token string         // JSON Pointer of the credential in the reply, or "header NAME"
}

// person is somebody who has an account.
type person struct{ email, username, name, password string }

// newPerson makes somebody nobody knows. The password is a canary: it is found again
// wherever it is kept or shown.
func newPerson(seed, purpose string) person {
	random := script.Random(seed, "person/"+purpose)
	word := script.Token(random)
	return person{
		email: word + "@example.com", username: word, name: "Jo " + strings.ToUpper(word[:1]) + word[1:],
		password: "Tk7!" + script.Token(random) + "Q",
	}
}

// fill puts a person into a body.
func (p person) fill(value any) any {
	switch v := value.(type) {
	case string:
		return strings.NewReplacer("{email}", p.email, "{username}", p.username, "{name}", p.name, "{password}", p.password).Replace(v)
	case map[string]any:
		filled := make(map[string]any, len(v))
		for key, inner := range v {
			filled[key] = p.fill(inner)
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i := range v {
			filled[i] = p.fill(v[i])
		}
		return filled
	default:
		return value
	}
}

// request makes the offer for a person; more is added to the body.
func (o *offer) request(who person, more map[string]any) script.Request {
	filled, _ := who.fill(o.body).(map[string]any) // a body is an object, and filling it makes a new one
	maps.Copy(filled, more)
	request := script.Request{Method: o.method, Path: o.path, Header: http.Header{}, Bare: true}
	if o.form {
		values := url.Values{}
		for name, value := range filled {
			values.Set(name, strings.Trim(script.Show(value), `"`))
		}
		request.Body = []byte(values.Encode())
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return request
	}
	body, err := json.Marshal(filled)
	if err != nil {
		body = []byte("{}") // values come from YAML and from us, which always marshal
	}
	request.Body = body
	request.Header.Set("Content-Type", "application/json")
	return request
}

// session is a person with a credential.
type session struct {
	person
	credential string // without scheme
	header     http.Header
	registered *script.Exchange
	loggedIn   *script.Exchange
}

// sender sends a request, into the ledger or past it.
type sender func(context.Context, script.Request) (*script.Exchange, error)

// enrol registers a person and logs in. It returns nil where the API does not give a credential.
func (a *accounts) enrol(ctx context.Context, send sender, who person) (*session, error) {
	if a.register == nil {
		return nil, nil
	}
	request := a.register.request(who, nil)
	request.Name = "register"
	reply, err := send(ctx, request)
	if err != nil || !reply.Success() {
		return nil, err
	}
	return a.enter(ctx, send, who, reply)
}

// enter gets a credential for a person who has an account.
func (a *accounts) enter(ctx context.Context, send sender, who person, registered *script.Exchange) (*session, error) {
	made := &session{person: who, registered: registered}
	from := registered
	if a.login != nil {
		request := a.login.request(who, nil)
		request.Name = "log in"
		reply, err := send(ctx, request)
		if err != nil || !reply.Success() {
			return nil, err
		}
		made.loggedIn, from = reply, reply
	}
	made.credential = a.credentialIn(from, who)
	if made.credential == "" {
		return nil, nil
	}
	made.header = a.carry(made.credential)
	return made, nil
}

// carry makes the header that holds a credential.
func (a *accounts) carry(credential string) http.Header {
	return http.Header{http.CanonicalHeaderKey(a.header): {a.scheme + credential}}
}

func (a *accounts) credentialIn(reply *script.Exchange, who person) string {
	switch {
	case a.kind == kindBasic:
		name := who.username
		if a.register != nil && a.register.names("{username}") == "" {
			name = who.email
		}
		return base64.StdEncoding.EncodeToString([]byte(name + ":" + who.password))
	case reply == nil:
		return ""
	case a.kind == kindCookie:
		return cookiesOf(reply)
	case a.login != nil:
		return tokenAt(reply, a.login.token)
	case a.register != nil:
		return tokenAt(reply, a.register.token)
	}
	return ""
}

// names finds what a body calls a part of a person: the member that holds "{email}". A
// password that has to be repeated has the longer name the second time.
func (o *offer) names(placeholder string) string {
	found := ""
	for _, name := range sortedKeys(o.body) {
		if o.body[name] == placeholder && (found == "" || len(name) < len(found)) {
			found = name
		}
	}
	return found
}

// cookiesOf joins the cookies that a reply sets, as a browser would send them.
func cookiesOf(reply *script.Exchange) string {
	var pairs []string
	for _, line := range reply.Header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && name != "" && value != "" && len(pairs) < 8 && len(pair) < 4096 {
			pairs = append(pairs, name+"="+value)
		}
	}
	return strings.Join(pairs, "; ")
}

// tokenNames are the members under which a credential is usually handed out.
var tokenNames = []string{
	"access_token", "accessToken", "token", "jwt", "id_token", "idToken", "auth_token", "authToken",
	"session_token", "sessionToken", "session_id", "sessionId", "session", "bearer", "api_key", "apiKey", "apikey", "key",
}

// findToken looks for a credential in a reply: by the usual names, a few objects deep, or
// in a header.
func findToken(reply *script.Exchange) (pointer string, found bool) {
	for _, name := range []string{"Authorization", "X-Auth-Token"} {
		if reply.Header.Get(name) != "" {
			return "header " + name, true
		}
	}
	value, err := reply.JSON()
	if err != nil {
		return "", false
	}
	return findTokenIn(value, "", 0)
}

func findTokenIn(value any, pointer string, depth int) (string, bool) {
	object, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return "", false
	}
	for _, name := range tokenNames {
		if text, ok := object[name].(string); ok && plausibleToken(text) {
			return pointer + script.Pointer(name), true
		}
	}
	for _, key := range sortedKeys(object) {
		if strings.Contains(strings.ToLower(key), "refresh") {
			continue
		}
		if found, ok := findTokenIn(object[key], pointer+script.Pointer(key), depth+1); ok {
			return found, true
		}
	}
	return "", false
}

// maxToken is the longest credential that is taken: a header has to carry it.
const maxToken = 8 << 10

// plausibleToken takes what can stand in a header and is too long for a word.
func plausibleToken(text string) bool {
	return len(text) >= 8 && len(text) <= maxToken &&
		strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func tokenAt(reply *script.Exchange, pointer string) string {
	if name, ok := strings.CutPrefix(pointer, "header "); ok {
		text := reply.Header.Get(name)
		text = strings.TrimPrefix(text, "Bearer ")
		if plausibleToken(text) {
			return text
		}
		return ""
	}
	value, err := reply.JSON()
	if err != nil {
		return ""
	}
	at, _ := script.At(value, pointer)
	if text, ok := at.(string); ok && plausibleToken(text) {
		return text
	}
	return ""
}

// purse is the credential of the run: the first user's. It implements script.Credentials.
type purse struct {
	accounts *accounts
	send     sender // past the ledger
	mutex    sync.Mutex
	session  *session
}

var _ script.Credentials = (*purse)(nil)

// Header is what every request carries.
func (p *purse) Header() http.Header {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.session.header
}

// Renew logs in again; where the account is lost as well, it registers again.
func (p *purse) Renew(ctx context.Context) (bool, error) {
	p.mutex.Lock()
	who := p.session.person
	p.mutex.Unlock()
	if p.accounts.fixed != nil || p.accounts.register == nil {
		return false, nil
	}
	var fresh *session
	var err error
	if p.accounts.login != nil {
		if fresh, err = p.accounts.enter(ctx, p.send, who, nil); err != nil {
			return false, fmt.Errorf("log in again: %w", err)
		}
	}
	if fresh == nil {
		if fresh, err = p.accounts.enrol(ctx, p.send, who); err != nil {
			return false, fmt.Errorf("register again: %w", err)
		}
	}
	if fresh == nil {
		return false, nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.session = fresh
	return true, nil
}

// own is the session of the first user as it is now.
func (p *purse) own() *session {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.session
}

// identifiers lists the members of a register body that tell who somebody is.
func (o *offer) identifiers() []string {
	return slices.DeleteFunc([]string{o.names("{email}"), o.names("{username}")}, func(name string) bool { return name == "" })
}
