package restapi

import (
	"context"
	"errors"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// maxAuthRequests bounds the search for credentials. It is apart from the requests of
// binding, which begins anew when credentials were found.
const (
	maxAuthRequests = 60
	maxRegisters    = 24
	maxLogins       = 10
	// maxLearnedMembers is how often a body is mended by what a refusal says, which may be one member at a time.
	maxLearnedMembers = 5
)

// authRoutes are where an account may be made and a credential be had, the likeliest
// first. Whoever knows more (an OpenAPI document) puts it in front.
type authRoutes struct {
	register, login []route
	told            bool // the repository names a route to register, so that it is worth looking
}

var (
	registerWords = []string{"register", "signup", "sign-up", "sign_up", "registration", "registrations"}
	accountWords  = []string{"users", "user", "accounts", "account"}
	loginWords    = []string{"login", "signin", "sign-in", "sign_in", "log-in", "authenticate", "token", "sessions", "session"}

	usualRegisters = []string{
		"/register", "/auth/register", "/api/auth/register", "/api/register", "/signup", "/auth/signup", "/api/auth/signup", "/api/signup",
		"/users/register", "/api/users/register", "/users", "/api/users", "/api/v1/auth/register", "/api/v1/register", "/api/v1/users",
		"/user/register", "/api/user/register", "/users/signup", "/api/users/signup", "/accounts", "/auth/sign-up",
	}
)

// authRoutes collects what the repository tells and what is usual.
func (b *binder) authRoutes() authRoutes {
	var found authRoutes
	if d := b.declared; d != nil && d.auth != nil {
		if d.auth.Register.Path != "" {
			found.register = append(found.register, route{method: orPost(d.auth.Register.Method), path: d.auth.Register.Path})
		}
		if d.auth.Login.Path != "" {
			found.login = append(found.login, route{method: orPost(d.auth.Login.Method), path: d.auth.Login.Path})
		}
		found.told = true
	}
	mounts := append([]string{""}, b.clues.mounts(b.resource)...)
	scraped := func(words []string) (routes []route) {
		for _, one := range b.clues.routes {
			if one.method != "" && one.method != http.MethodPost || strings.Contains(one.path, "{id}") || !slices.Contains(words, strings.ToLower(path.Base(one.path))) {
				continue
			}
			for _, mount := range mounts {
				routes = append(routes, route{method: http.MethodPost, path: mount + one.path})
			}
		}
		return routes
	}
	registers := scraped(registerWords)
	found.told = found.told || len(registers) > 0
	found.register = append(found.register, registers...)
	found.login = append(found.login, scraped(loginWords)...)
	found.register = append(found.register, scraped(accountWords)...)
	for _, usual := range usualRegisters {
		found.register = append(found.register, route{method: http.MethodPost, path: usual})
	}
	found.register, found.login = distinctRoutes(found.register), distinctRoutes(found.login)
	return found
}

func orPost(method string) string {
	if method == "" {
		return http.MethodPost
	}
	return method
}

func distinctRoutes(routes []route) []route {
	seen := map[route]bool{}
	return slices.DeleteFunc(routes, func(r route) bool {
		twice := seen[r]
		seen[r] = true
		return twice
	})
}

// loginsFor lists where somebody who registered at a path may log in: beside it first.
func (r authRoutes) loginsFor(registered string) []route {
	logins := slices.Clone(r.login)
	parent := strings.TrimSuffix(path.Dir(registered), "/")
	for _, base := range distinct([]string{parent, strings.TrimSuffix(registered, "/"), parent + "/auth", strings.TrimSuffix(path.Dir(parent), "/.") + "/auth"}) {
		for _, word := range []string{"login", "signin", "sign-in", "token", "sessions"} {
			logins = append(logins, route{method: http.MethodPost, path: strings.TrimPrefix(base, ".") + "/" + word})
		}
	}
	logins = slices.DeleteFunc(logins, func(l route) bool { return !strings.HasPrefix(l.path, "/") })
	return distinctRoutes(logins)
}

// seeker looks for credentials within a budget of its own.
type seeker struct {
	send     sender
	words    map[string]bool // of the repository
	declared *declaredAuth
	guard    script.Request // a request that was refused without credentials; Method "" where none was
	scheme   string         // that the refusal asked for
	requests int
	hangs    int
	seed     string
}

var errNoCredentials = errors.New("the search for credentials has used up its requests")

func (s *seeker) ask(ctx context.Context, request script.Request) (*script.Exchange, error) {
	if s.requests >= maxAuthRequests || s.hangs >= maxBindingHangs {
		return nil, errNoCredentials
	}
	s.requests++
	request.Bare = true
	if request.Name == "" {
		request.Name = "binding " + request.Method
	}
	reply, err := s.send(ctx, request)
	if err == nil && !reply.Answered() {
		s.hangs++
	}
	return reply, err
}

// findAccounts finds out how the API gives credentials and makes the first user. It
// returns nil where it could not. The routes are tried in their order.
func (s *seeker) findAccounts(ctx context.Context, candidates authRoutes) (*accounts, *session, error) {
	if made := s.declared.fixed(); made != nil {
		return made, &session{credential: s.declared.Value, header: made.fixed}, nil
	}
	who := newPerson(s.seed, "first")
	for _, candidate := range candidates.register[:min(len(candidates.register), maxRegisters)] {
		register, reply, err := s.register(ctx, candidate, who)
		if err != nil {
			return nil, nil, err
		}
		if register == nil {
			continue
		}
		found, first, err := s.credential(ctx, candidates, register, reply, who)
		if err != nil || found != nil {
			return found, first, err
		}
	}
	return nil, nil, nil
}

// register tries the bodies that registering usually wants.
func (s *seeker) register(ctx context.Context, at route, who person) (*offer, *script.Exchange, error) {
	var bodies []map[string]any
	if d := s.declared; d != nil && d.Register.Body != nil {
		bodies = []map[string]any{d.Register.Body}
	} else {
		email, username := map[string]any{"email": "{email}", "password": "{password}"}, map[string]any{"username": "{username}", "password": "{password}"}
		both := map[string]any{"email": "{email}", "username": "{username}", "password": "{password}"}
		named := map[string]any{"email": "{email}", "name": "{name}", "password": "{password}"}
		switch {
		case s.words["email"] && s.words["username"]:
			bodies = []map[string]any{both, email, username, named}
		case s.words["username"]:
			bodies = []map[string]any{username, both, email}
		default:
			bodies = []map[string]any{email, named, both, username}
		}
	}
	return s.present(ctx, at, bodies, who, registering, func(reply *script.Exchange) bool { return reply.Media() != "html" })
}

// login tries the bodies that logging in usually wants, as JSON and as the form of OAuth 2.
func (s *seeker) login(ctx context.Context, at route, register *offer, who person) (*offer, *script.Exchange, error) {
	gives := func(reply *script.Exchange) bool {
		_, found := findToken(reply)
		return found || cookiesOf(reply) != ""
	}
	if d := s.declared; d != nil && d.Login.Body != nil {
		as := asJSON
		if d.Login.Form {
			as = asForm
		}
		return s.present(ctx, at, []map[string]any{d.Login.Body}, who, as, gives)
	}
	if d := s.declared; d != nil && d.Token != "" {
		gives = func(reply *script.Exchange) bool { return tokenAt(reply, d.Token) != "" }
	}
	var bodies []map[string]any
	secret := register.names("{password}")
	if secret == "" {
		secret = "password"
	}
	for _, name := range register.identifiers() {
		bodies = append(bodies, map[string]any{name: register.body[name], secret: "{password}"})
	}
	id := "{username}"
	if email := register.names("{email}"); email != "" {
		id = "{email}"
	}
	bodies = append(bodies, map[string]any{"username": id, "password": "{password}"})
	offer, reply, err := s.present(ctx, at, bodies, who, asJSON, gives)
	if err != nil || offer != nil || reply == nil || absent(reply) {
		return offer, reply, err
	}
	return s.present(ctx, at, bodies[len(bodies)-1:], who, asForm, gives)
}

// manner is how a body is presented.
type manner int

const (
	asJSON manner = iota
	asForm
	registering // as JSON, by somebody who is nobody yet
)

// present sends bodies to a route until one is accepted. A refusal that names members of
// a person is learned from. The reply is the last one, also where nothing was accepted.
func (s *seeker) present(ctx context.Context, at route, bodies []map[string]any, who person, as manner, accepted func(*script.Exchange) bool) (*offer, *script.Exchange, error) {
	var reply *script.Exchange
	for _, body := range bodies {
		for range maxLearnedMembers {
			try := &offer{route: at, body: body, form: as == asForm}
			var err error
			if reply, err = s.ask(ctx, try.request(who, nil)); err != nil {
				return nil, nil, err
			}
			switch {
			case !reply.Answered(), absent(reply), reply.Status/100 == 3, reply.Status == http.StatusForbidden:
				return nil, reply, nil
			case reply.Success() && accepted(reply):
				return try, reply, nil
			}
			learned := learnMembers(reply, body)
			if learned == nil {
				break
			}
			body = learned
		}
		if reply.Status == http.StatusUnauthorized && as == registering {
			return nil, reply, nil // a guard stands before every route
		}
	}
	return nil, reply, nil
}

// members are what a person's parts are called, the longer names first.
var members = []struct {
	pattern *regexp.Regexp
	name    string
	value   string
}{
	{word("password_confirmation"), "password_confirmation", "{password}"},
	{word("passwordConfirmation"), "passwordConfirmation", "{password}"},
	{word("confirm_password"), "confirm_password", "{password}"},
	{word("confirmPassword"), "confirmPassword", "{password}"},
	{word("password2"), "password2", "{password}"},
	{word("full_name"), "full_name", "{name}"},
	{word("fullName"), "fullName", "{name}"},
	{word("display_name"), "display_name", "{name}"},
	{word("displayName"), "displayName", "{name}"},
	{word("first_name"), "first_name", "Jo"},
	{word("firstName"), "firstName", "Jo"},
	{word("last_name"), "last_name", "Miller"},
	{word("lastName"), "lastName", "Miller"},
	{word("user_name"), "user_name", "{username}"},
	{word("userName"), "userName", "{username}"},
	{word("username"), "username", "{username}"},
	{word("email"), "email", "{email}"},
	{word("login"), "login", "{username}"},
	{word("name"), "name", "{name}"},
	{word("password"), "password", "{password}"},
}

func word(name string) *regexp.Regexp {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
}

var unwelcome = regexp.MustCompile(`(?i)unknown|unexpected|not allowed|not permitted|extra|unrecogni[sz]ed|additional`)

// learnMembers reads a refusal: a member it asks for is added, one it does not want is
// dropped. It returns nil where there is nothing to learn.
func learnMembers(reply *script.Exchange, body map[string]any) map[string]any {
	if reply.Status != http.StatusBadRequest && reply.Status != http.StatusUnprocessableEntity {
		return nil
	}
	text := string(reply.Body)
	learned := map[string]any{}
	for name, value := range body {
		if !unwelcome.MatchString(text) || !word(name).MatchString(text) {
			learned[name] = value
		}
	}
	for _, member := range members {
		if _, has := body[member.name]; !has && member.pattern.MatchString(text) {
			learned[member.name] = member.value
		}
	}
	same := len(learned) == len(body)
	for name := range learned {
		_, had := body[name]
		same = same && had
	}
	if same || len(learned) == 0 {
		return nil
	}
	return learned
}
