package restapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// credential gets the first credential and finds out how the API wants to see it.
func (s *seeker) credential(ctx context.Context, candidates authRoutes, register *offer, registered *script.Exchange, who person) (*accounts, *session, error) {
	logins := candidates.loginsFor(register.path)
	refused := 0
	for _, at := range logins[:min(len(logins), maxLogins)] {
		login, reply, err := s.login(ctx, at, register, who)
		if err != nil {
			return nil, nil, err
		}
		if login == nil {
			// Several logins that exist and refuse would be guessing at passwords.
			if reply != nil && reply.Answered() && !absent(reply) {
				if refused++; refused > 3 {
					break
				}
			}
			continue
		}
		if made, first, err := s.wanted(ctx, &accounts{register: register, login: login}, reply, who, registered); err != nil || made != nil {
			return made, first, err
		}
	}
	return s.wanted(ctx, &accounts{register: register}, registered, who, registered)
}

// wanted tries the ways in which a credential is shown, until the guard lets it pass.
func (s *seeker) wanted(ctx context.Context, draft *accounts, reply *script.Exchange, who person, registered *script.Exchange) (*accounts, *session, error) {
	from := draft.register
	if draft.login != nil {
		from = draft.login
	}
	pointer, found := findToken(reply)
	if d := s.declared; d != nil && d.Token != "" && tokenAt(reply, d.Token) != "" {
		pointer, found = d.Token, true
	}
	if found {
		from.token = pointer
	}
	for _, way := range s.ways(pointer, found, cookiesOf(reply) != "") {
		try := *draft
		try.kind, try.header, try.scheme = way.kind, way.header, way.scheme
		try.complete()
		if way.raw {
			try.scheme = ""
		}
		credential := try.credentialIn(reply, who)
		if credential == "" {
			continue
		}
		passes, err := s.passes(ctx, try.carry(credential))
		if err != nil {
			return nil, nil, err
		}
		if passes {
			first := &session{person: who, credential: credential, header: try.carry(credential), registered: registered}
			if try.login != nil {
				first.loggedIn = reply
			}
			return &try, first, nil
		}
	}
	return nil, nil, nil
}

// way is one way to show a credential.
type way struct {
	kind, header, scheme string
	raw                  bool // without a word before it
}

func (s *seeker) ways(pointer string, token, cookie bool) []way {
	var ways []way
	if d := s.declared; d != nil && (d.Kind != "" || d.Header != "") {
		declared := way{kind: d.Kind, header: d.Header, scheme: d.Scheme}
		if declared.kind == "" {
			declared.kind = kindBearer
		}
		ways = append(ways, declared)
	}
	keyed := strings.Contains(strings.ToLower(pointer), "key")
	if token && keyed {
		ways = append(ways, way{kind: kindKey}, way{kind: kindKey, header: "Authorization", scheme: "ApiKey"})
	}
	if token {
		ways = append(ways,
			way{kind: kindBearer}, way{kind: kindBearer, scheme: "Token"}, way{kind: kindBearer, header: "Authorization", raw: true},
			way{kind: kindKey, header: "X-Auth-Token"}, way{kind: kindKey, header: "X-Access-Token"})
	}
	if token && !keyed {
		ways = append(ways, way{kind: kindKey})
	}
	if cookie {
		ways = append(ways, way{kind: kindCookie})
	}
	if strings.EqualFold(s.scheme, "basic") {
		ways = append([]way{{kind: kindBasic}}, ways...)
	}
	return ways
}

// passes asks the guard. Where nothing was refused without credentials, the usual way is taken.
func (s *seeker) passes(ctx context.Context, header http.Header) (bool, error) {
	if s.guard.Method == "" {
		return true, nil
	}
	request := s.guard
	request.Header = header.Clone()
	for name, values := range s.guard.Header {
		if request.Header.Get(name) == "" {
			request.Header[name] = values
		}
	}
	reply, err := s.ask(ctx, request)
	if err != nil {
		return false, err
	}
	return reply.Answered() && reply.Status != http.StatusUnauthorized && reply.Status != http.StatusForbidden, nil
}

// guarded reports an answer that asks for credentials.
func guarded(reply *script.Exchange) bool {
	return reply.Answered() && (reply.Status == http.StatusUnauthorized || reply.Status == http.StatusForbidden)
}

// authenticate looks for credentials where the API asks for them or the repository tells
// of them, and sends them from then on. It reports whether it found any.
func (b *binder) authenticate(ctx context.Context) (bool, error) {
	candidates := b.authRoutes()
	if b.accounts != nil || b.sought || b.guard.Method == "" && !candidates.told {
		return false, nil
	}
	b.sought = true
	seek := &seeker{
		send: b.client.Do, words: b.clues.words, guard: b.guard, scheme: b.guardScheme, seed: b.seed,
	}
	if b.guard.Method == "" {
		// Nothing asks for credentials, so that only what the repository names is tried.
		candidates.register = slices.DeleteFunc(candidates.register, func(r route) bool { return slices.Contains(usualRegisters, r.path) && !b.told(r.path) })
	}
	if b.declared != nil {
		seek.declared = b.declared.auth
	}
	found, first, err := seek.findAccounts(ctx, candidates)
	if errors.Is(err, errNoCredentials) {
		err = nil
	}
	if err != nil || found == nil {
		return false, err
	}
	b.accounts = found
	b.purse = &purse{accounts: found, send: b.client.Quietly, session: first}
	b.client.Use(b.purse)
	b.requests = 0
	b.noteAccounts(found)
	return true, nil
}

// withCredentials looks for credentials, and makes steps again if there are some now.
func (b *binder) withCredentials(steps ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		found, err := b.authenticate(ctx)
		if err != nil || !found {
			return err
		}
		b.collection, b.emptyList, b.list, b.listFound = "", nil, "", false
		for _, step := range steps {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

func (b *binder) told(at string) bool {
	return slices.ContainsFunc(b.clues.routes, func(r scrapedRoute) bool { return r.path != "/" && strings.HasSuffix(at, r.path) })
}

// noteAccounts shows what was found before anything is scored with it.
func (b *binder) noteAccounts(found *accounts) {
	source := func(at string) string {
		if b.told(at) {
			return "found in the repository"
		}
		return "probing"
	}
	shows := found.header + ": " + found.scheme + "…"
	if b.guard.Method == "" {
		b.note("credentials", shows, "the usual way; no request was refused without them", 60)
	} else {
		b.note("credentials", shows, "lets "+b.guard.Method+" "+b.guard.Path+" pass", 95)
	}
	for _, one := range []struct {
		name string
		made *offer
	}{{"register", found.register}, {"login", found.login}} {
		if one.made != nil {
			b.note(one.name, one.made.method+" "+one.made.path+" with "+strings.Join(sortedKeys(one.made.body), ", "), source(one.made.path), 95)
		}
	}
}

// credentialWords are what a repository says whose program wants credentials.
var credentialWords = []string{
	"api_key", "apikey", "bearer", "jwt", "login", "authorization", "authenticate", "authentication", "passport",
}

// locked is the fault of an API that asks for credentials we could not get, although its
// repository speaks of some: the run says nothing about the candidate then, and is told as
// such. A program that refuses everything, with no word of how to get in, is a finding.
func (b *binder) locked() error {
	if b.guard.Method == "" || b.accounts != nil || b.creates {
		return nil
	}
	speaks := slices.ContainsFunc(credentialWords, func(word string) bool { return b.clues.words[word] })
	if !speaks && !b.authRoutes().told {
		return nil
	}
	return &takehome.Fault{
		Owner:   takehome.Operator,
		Summary: "the API asks for credentials, and takehome found no way to get any",
		Hint:    "describe register, login and token in the section auth of the submission's takehome.yaml, then grade it again",
	}
}
