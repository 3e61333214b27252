package restapi

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// Faults of access, as the Web Fuzzing Commons list numbers them.
const (
	faultAccess = "304" // somebody else's resource is reached
)

// withTwoUsers settles what needs a second user and todos that belong to somebody. The
// label is empty where the probe can go on.
func (r *grading) withTwoUsers(ctx context.Context, at *script.Probing) (*people, script.Observation, error) {
	if r.binding.accounts == nil {
		return nil, seen(noAuth, "the API wants no credentials"), nil
	}
	others, err := r.somebodyElse(ctx, at)
	switch {
	case err != nil:
		return nil, script.Observation{}, err
	case others.second == nil:
		return nil, seen("one_user", "no second user can be made"), nil
	case !others.owned:
		return nil, seen("shared", "todos belong to nobody, every user has the same list"), nil
	}
	return others, script.Observation{}, nil
}

// probeOthersItems lets the second user read, change and delete an item of the first. What
// counts is the effect: a text that is shown, an item that is changed or gone.
func (r *grading) probeOthersItems(ctx context.Context, at *script.Probing) (script.Observation, error) {
	others, settled, err := r.withTwoUsers(ctx, at)
	if err != nil || others == nil {
		return settled, err
	}
	main := r.resource.main().Meaning
	text := r.textFor(at, "theirs")
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{main: text}})
	if err != nil || !ok || !made.Success() {
		return script.Observation{Missing: script.Create}, err
	}
	item, _ := r.binding.Item(made)
	unknown := r.binding.UnknownID(at.Random())
	var breached, told, failed []string
	for _, op := range []string{script.Fetch, script.Replace, script.Patch, script.Delete} {
		intent := script.Intent{Op: op, ID: item.ID}
		if op == script.Replace || op == script.Patch {
			intent.Set = map[string]any{main: r.textFor(at, "not theirs "+op)}
		}
		reply, bound, err := r.as(ctx, at, others.second.header, intent)
		if err != nil {
			return script.Observation{}, err
		}
		if !bound {
			continue
		}
		intent.ID = unknown
		missing, _, err := r.as(ctx, at, others.second.header, intent)
		if err != nil {
			return script.Observation{}, err
		}
		now, bound, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
		if err != nil || !bound {
			return script.Observation{Missing: script.Fetch}, err
		}
		kept, _ := r.binding.Item(now)
		switch {
		case strings.Contains(string(reply.Body), text), kept.Fields[main] != text:
			breached = append(breached, op)
		case !reply.Answered() || reply.Status >= 500:
			failed = append(failed, op)
		case reply.Status != missing.Status:
			told = append(told, op)
		}
		if kept.Fields[main] != text && !now.Success() {
			break // it is gone
		}
		text, _ = kept.Fields[main].(string)
	}
	switch {
	case len(breached) > 0:
		observation := seen("breach", "another user may "+strings.Join(breached, ", ")+" what is not theirs")
		observation.Fault = faultAccess
		return observation, nil
	case len(failed) > 0:
		return seen("errors", "another user's "+strings.Join(failed, ", ")+" ends in an error"), nil
	case len(told) > 0:
		return seen("told_apart", "another user's "+strings.Join(told, ", ")+" is answered otherwise than for an item that does not exist"), nil
	}
	return seen("refused", "another user's items are as if they did not exist"), nil
}

// probeOthersList looks for an item of the first user in the second user's list.
func (r *grading) probeOthersList(ctx context.Context, at *script.Probing) (script.Observation, error) {
	others, settled, err := r.withTwoUsers(ctx, at)
	if err != nil || others == nil {
		return settled, err
	}
	item, err := r.makeItem(ctx, at, "not for others")
	if err != nil || item.ID == "" {
		return script.Observation{Missing: script.Create}, err
	}
	listed, answered, err := r.lists(ctx, at, others.second.header, item.ID)
	switch {
	case err != nil:
		return script.Observation{}, err
	case listed:
		observation := seen("leaks", "another user's list shows what is not theirs")
		observation.Fault = faultAccess
		return observation, nil
	case !answered:
		return script.Observation{Missing: script.List}, nil
	}
	return seen("isolated", "another user's list lacks what is not theirs"), nil
}

// probeAccounts registers somebody twice and logs in with what is wrong.
func (r *grading) probeAccounts(ctx context.Context, at *script.Probing) (script.Observation, error) {
	known := r.binding.accounts
	switch {
	case known == nil:
		return seen(noAuth, "the API wants no credentials"), nil
	case known.register == nil || len(known.register.identifiers()) == 0:
		return seen("no_accounts", "there are no accounts with a name or an address"), nil
	}
	who := newPerson(at.Seed, "twice")
	first, err := at.Client.Do(ctx, named(known.register.request(who, nil), "register"))
	if err != nil || !first.Success() {
		return seen("no_accounts", "nobody else could be registered"), err
	}
	again := who
	again.password = newPerson(at.Seed, "twice again").password
	second, err := at.Client.Do(ctx, named(known.register.request(again, nil), "register again"))
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case !second.Answered() || second.Status >= 500:
		return script.Observation{Label: "server_error", Detail: second.Describe(), Fault: "100"}, nil
	case second.Status == http.StatusCreated || second.Success() && speaksOfAccount(second):
		return script.Observation{Label: "duplicate", Detail: "the same name can be registered twice", Fault: "duplicate"}, nil
	case known.login == nil:
		return seen("sound", "a name that is taken is refused"), nil
	}
	return r.wrongLogins(ctx, at, who, second)
}

func named(request script.Request, name string) script.Request {
	request.Name = name
	return request
}

// speaksOfAccount reports a reply that hands out an account or a credential. One that says
// the same to everybody, so as not to tell who has an account, does not.
func speaksOfAccount(reply *script.Exchange) bool {
	_, token := findToken(reply)
	value, err := reply.JSON()
	if err != nil {
		return token
	}
	return token || cookiesOf(reply) != "" || holdsID(value, 0)
}

func holdsID(value any, depth int) bool {
	object, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return false
	}
	return slices.ContainsFunc(sortedKeys(object), func(name string) bool {
		lower := strings.ToLower(name)
		return lower == "id" || lower == "_id" || lower == "user_id" || lower == "userid" || holdsID(object[name], depth+1)
	})
}

// wrongLogins compares a wrong password with an unknown user.
func (r *grading) wrongLogins(ctx context.Context, at *script.Probing, who person, _ *script.Exchange) (script.Observation, error) {
	login := r.binding.accounts.login
	mistaken := who
	mistaken.password = newPerson(at.Seed, "mistaken").password
	wrong, err := at.Client.Do(ctx, named(login.request(mistaken, nil), "log in with a wrong password"))
	if err != nil {
		return script.Observation{}, err
	}
	nobody := newPerson(at.Seed, "nobody")
	unknown, err := at.Client.Do(ctx, named(login.request(nobody, nil), "log in as nobody"))
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case wrong.Success() && !wrong.CarriesError():
		return script.Observation{Label: "any_password", Detail: "any password will do", Fault: "any_password"}, nil
	case !wrong.Answered() || wrong.Status >= 500, !unknown.Answered() || unknown.Status >= 500:
		return script.Observation{Label: "server_error", Detail: wrong.Describe() + ", " + unknown.Describe(), Fault: "100"}, nil
	case wrong.Status != unknown.Status, plainAnswer(wrong, mistaken) != plainAnswer(unknown, nobody):
		return script.Observation{Label: "told_apart", Detail: "a wrong password is answered otherwise than an unknown user", Fault: "enumeration"}, nil
	case wrong.Status != http.StatusUnauthorized:
		return seen("other_status", wrong.Describe()), nil
	}
	return seen("sound", "a name that is taken is refused, and a login does not tell who has an account"), nil
}

// passing are members of an answer that differ every time.
var passing = regexp.MustCompile(`(?i)^(timestamp|time|date|request_?id|trace_?id|correlation_?id|instance|path|nonce|id)$`)

// plainAnswer is an answer without what differs every time, and without the person's name.
func plainAnswer(reply *script.Exchange, who person) string {
	text := string(reply.Body)
	if value, err := reply.JSON(); err == nil {
		text = script.Show(withoutPassing(value, 0))
	}
	return strings.NewReplacer(who.email, "…", who.username, "…").Replace(text)
}

func withoutPassing(value any, depth int) any {
	object, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return value
	}
	kept := map[string]any{}
	for name, inner := range object {
		if !passing.MatchString(name) {
			kept[name] = withoutPassing(inner, depth+1)
		}
	}
	return kept
}

// probePrivileges asks for what a user may not give themselves: a role, somebody else's todos.
func (r *grading) probePrivileges(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if r.binding.accounts == nil {
		return seen(noAuth, "the API wants no credentials"), nil
	}
	if r.binding.accounts.register == nil {
		return seen("one_user", "no second user can be made"), nil
	}
	role, err := r.takesRole(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if role != "" {
		return script.Observation{Label: "role", Detail: "registering takes " + role + " from the body", Fault: "mass_assignment"}, nil
	}
	others, _, err := r.withTwoUsers(ctx, at)
	if err != nil || others == nil {
		return seen("ignored", "a role in the body is ignored or refused"), err
	}
	gives, err := r.takesOwner(ctx, at, others.second)
	if err != nil {
		return script.Observation{}, err
	}
	if gives != "" {
		return script.Observation{Label: "owner", Detail: gives, Fault: "mass_assignment"}, nil
	}
	return seen("ignored", "role and owner in the body are ignored or refused"), nil
}

// privileges are what a body may try to claim, and how it shows when it was granted.
var privileges = map[string]any{"role": "admin", "isAdmin": true, "is_admin": true, "admin": true}

// takesRole registers somebody who claims to be an administrator and looks at the account.
func (r *grading) takesRole(ctx context.Context, at *script.Probing) (string, error) {
	known := r.binding.accounts
	who := newPerson(at.Seed, "administrator")
	reply, err := at.Client.Do(ctx, named(known.register.request(who, privileges), "register as an administrator"))
	if err != nil || !reply.Success() {
		return "", err // refused, which is as good as ignored
	}
	granted := grantedIn(reply)
	if known.login != nil {
		entered, err := known.enter(ctx, at.Client.Do, who, reply)
		if err != nil {
			return "", err
		}
		if entered != nil {
			granted = append(granted, grantedIn(entered.loggedIn)...)
			if token, ok := parseJWT(entered.credential); ok {
				granted = append(granted, grantedBy(token.claims, 0)...)
			}
		}
	}
	row, err := r.rowOf(ctx, at, who)
	if err != nil {
		return "", err
	}
	usual, err := r.rowOf(ctx, at, r.binding.purse.own().person)
	if err != nil {
		return "", err
	}
	for _, name := range sortedKeys(privileges) {
		for column, value := range row {
			if strings.EqualFold(column, name) && (value == "admin" || value == "t") && usual[column] != value {
				granted = append(granted, name)
			}
		}
	}
	if len(granted) == 0 {
		return "", nil
	}
	slices.Sort(granted)
	return granted[0], nil
}

func grantedIn(reply *script.Exchange) []string {
	if reply == nil {
		return nil
	}
	value, err := reply.JSON()
	if err != nil {
		return nil
	}
	return grantedBy(value, 0)
}

// grantedBy lists the privileges that a representation shows as granted.
func grantedBy(value any, depth int) []string {
	object, ok := value.(map[string]any)
	if !ok || depth > 3 {
		return nil
	}
	var granted []string
	for name, inner := range object {
		if wanted, is := privileges[name]; is && script.Equal(wanted, inner) {
			granted = append(granted, name)
		}
		granted = append(granted, grantedBy(inner, depth+1)...)
	}
	return granted
}

// owners are the names under which a body may claim whose a todo is.
var owners = []string{"userId", "user_id", "ownerId", "owner_id", "owner", "user"}

// takesOwner lets the second user make and change todos in the name of the first.
func (r *grading) takesOwner(ctx context.Context, at *script.Probing, second *session) (string, error) {
	first, err := r.idOf(ctx, at, r.binding.purse.own())
	if err != nil || first == nil {
		return "", err
	}
	usual, ok, err := r.as(ctx, at, second.header, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: r.textFor(at, "usual")}})
	if err != nil || !ok {
		return "", err
	}
	own, _ := r.binding.Item(usual)
	if listed, _, err := r.lists(ctx, at, r.binding.purse.own().header, own.ID); err != nil || listed {
		return "", err // the first user's list shows everything, and so tells nothing of owners
	}
	claim := map[string]any{}
	for _, name := range owners {
		claim[name] = first
	}
	for _, op := range []string{script.Create, script.Patch, script.Replace} {
		intent := script.Intent{Op: op, Set: map[string]any{r.resource.main().Meaning: r.textFor(at, "claimed "+op)}}
		var item script.Item
		if op != script.Create {
			made, ok, err := r.as(ctx, at, second.header, script.Intent{Op: script.Create, Set: intent.Set})
			if err != nil || !ok {
				return "", err
			}
			if item, ok = r.binding.Item(made); !ok || item.ID == "" {
				continue
			}
			intent.ID, intent.Item = item.ID, item
		}
		request, ok := r.binding.Request(intent)
		if !ok || request.NoBody {
			continue
		}
		request.Body = withMembers(request.Body, claim)
		reply, err := at.Client.Do(ctx, asSomebody(request, second.header))
		if err != nil {
			return "", err
		}
		if !reply.Success() {
			continue
		}
		if op == script.Create {
			if item, ok = r.binding.Item(reply); !ok || item.ID == "" {
				continue
			}
		}
		listed, _, err := r.lists(ctx, at, r.binding.purse.own().header, item.ID)
		if err != nil {
			return "", err
		}
		if listed {
			return op + " takes the owner of a todo from the body", nil
		}
	}
	return "", nil
}
