package restapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// noAuth is the label of every probe here for an API that wants no credentials.
const noAuth = "no_auth"

// authProbes look at who may do what.
func (r *grading) authProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"without_credentials": {Labels: []string{noAuth, "challenged", "bare", "forbidden", "redirected", "otherwise", "open"}, Observe: r.probeWithoutCredentials},
		"forged_credentials":  {Labels: []string{noAuth, "measured", "unsigned", "unguarded"}, Shares: true, Observe: r.probeForgedCredentials},
		"others_items":        {Labels: []string{noAuth, "one_user", "shared", "refused", "told_apart", "errors", "breach"}, Observe: r.probeOthersItems},
		"others_list":         {Labels: []string{noAuth, "one_user", "shared", "isolated", "leaks"}, Observe: r.probeOthersList},
		"accounts":            {Labels: []string{noAuth, "no_accounts", "sound", "other_status", "told_apart", "duplicate", "server_error", "any_password"}, Observe: r.probeAccounts},
		"passwords":           {Labels: []string{noAuth, "no_passwords", "kept_well", "digest_shown", "unsalted", "in_database", "in_reply", "in_log"}, Observe: r.probePasswords},
		"privileges":          {Labels: []string{noAuth, "one_user", "ignored", "role", "owner"}, Observe: r.probePrivileges},
	}
}

// tellWaits notes what the program's own limits cost.
func (r *grading) tellWaits() {
	obeyed, exhausted := r.runner.Client.Waited()
	if obeyed > 0 {
		r.out.Notes = append(r.out.Notes, "the program limits how often it may be asked; takehome waited as long as it said")
	}
	if exhausted > 0 {
		r.out.Notes = append(r.out.Notes, "the program limits how often it may be asked, to more than takehome waits for; what that kept from being observed is not assessed")
	}
}

// as performs an intent with the headers of somebody else, or of nobody.
func (r *grading) as(ctx context.Context, at *script.Probing, header http.Header, intent script.Intent) (*script.Exchange, bool, error) {
	request, ok := r.binding.Request(intent)
	if !ok {
		return nil, false, nil
	}
	exchange, err := at.Client.Do(ctx, asSomebody(request, header))
	return exchange, true, err
}

func asSomebody(request script.Request, header http.Header) script.Request {
	request.Bare = true
	request.Header = request.Header.Clone()
	if request.Header == nil {
		request.Header = http.Header{}
	}
	maps.Copy(request.Header, header)
	return request
}

// people is what is known of a second user.
type people struct {
	second *session // nil where no second user can be made
	// owned: todos belong to whoever made them. An API without owners has one list for all.
	owned bool
}

// somebodyElse makes the second user, once, and finds out whether todos have owners.
func (r *grading) somebodyElse(ctx context.Context, at *script.Probing) (*people, error) {
	if r.others != nil {
		return r.others, nil
	}
	found := &people{}
	second, err := r.binding.accounts.enrol(ctx, at.Client.Quietly, newPerson(at.Seed, "second"))
	if err != nil {
		return nil, err
	}
	found.second = second
	if second != nil {
		if found.owned, err = r.haveOwners(ctx, at, second); err != nil {
			return nil, err
		}
	}
	r.others = found
	return found, nil
}

// haveOwners reports whether the API means todos to belong to somebody: the second user's
// list lacks what the first made, or the table names an owner.
func (r *grading) haveOwners(ctx context.Context, at *script.Probing, second *session) (bool, error) {
	item, err := r.makeItem(ctx, at, "owners")
	if err != nil {
		return false, err
	}
	if item.ID != "" {
		listed, answered, err := r.lists(ctx, at, second.header, item.ID)
		if err != nil || answered && !listed {
			return err == nil, err
		}
		if reply, ok, err := r.as(ctx, at, second.header, script.Intent{Op: script.Fetch, ID: item.ID}); err != nil || ok && reply.Answered() && reply.Status/100 == 4 {
			return err == nil, err
		}
	}
	if ownerMember(item.Body) {
		return true, nil
	}
	return r.ownerColumn(ctx, at)
}

var ownerName = regexp.MustCompile(`(?i)^(user|owner|account|author|creator|created_?by|member)(_?(id|uuid|email|name))?$`)

func ownerMember(body map[string]any) bool {
	return slices.ContainsFunc(sortedKeys(body), func(name string) bool { return ownerName.MatchString(name) && body[name] != nil })
}

// ownerColumn looks for an owner in the table in which items live.
func (r *grading) ownerColumn(ctx context.Context, at *script.Probing) (bool, error) {
	for _, place := range r.itemPlaces {
		names, err := at.Store.Query(ctx, `select attname from pg_catalog.pg_attribute where attnum > 0 and not attisdropped
and attrelid = (select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2)`, place.Schema, place.Table)
		if err != nil {
			return false, err
		}
		for _, row := range names.Rows {
			if ownerName.MatchString(row[0]) {
				return true, nil
			}
		}
	}
	return false, nil
}

// makeItem creates an item as the first user.
func (r *grading) makeItem(ctx context.Context, at *script.Probing, canary string) (script.Item, error) {
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: r.textFor(at, canary)}})
	if err != nil || !ok || !made.Success() {
		return script.Item{}, err
	}
	item, _ := r.binding.Item(made)
	return item, nil
}

func (r *grading) textFor(at *script.Probing, purpose string) string {
	return script.Canary(script.Random(at.Seed, "auth/"+purpose))
}

// lists walks a list with somebody's credentials and looks for an item.
func (r *grading) lists(ctx context.Context, at *script.Probing, header http.Header, id string) (listed, answered bool, err error) {
	reply, ok, err := r.as(ctx, at, header, script.Intent{Op: script.List})
	for range 20 {
		if err != nil || !ok {
			return false, answered, err
		}
		items, isList := r.binding.Items(reply)
		if !reply.Success() || !isList {
			return false, answered, nil
		}
		answered = true
		if slices.ContainsFunc(items, func(item script.Item) bool { return item.ID == id }) {
			return true, true, nil
		}
		var next script.Request
		if next, ok = r.binding.NextPage(reply); ok {
			reply, err = at.Client.Do(ctx, asSomebody(next, header))
		}
	}
	return false, answered, err
}

// guardedOps are the operations that are tried without credentials, reading first.
var guardedOps = []string{script.List, script.Fetch, script.Create, script.Replace, script.Patch, script.Delete}

// probeWithoutCredentials performs every operation as nobody. The worst answer counts.
func (r *grading) probeWithoutCredentials(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if r.binding.accounts == nil {
		return seen(noAuth, "the API wants no credentials"), nil
	}
	var others *people
	var err error
	if others, err = r.somebodyElse(ctx, at); err != nil {
		return script.Observation{}, err
	}
	item, err := r.makeItem(ctx, at, "nobody")
	if err != nil {
		return script.Observation{}, err
	}
	answers := map[string]string{}
	for _, op := range guardedOps {
		intent := script.Intent{Op: op, ID: item.ID, Item: item}
		if op != script.List && op != script.Fetch && op != script.Delete {
			intent.Set = map[string]any{r.resource.main().Meaning: r.textFor(at, "nobody "+op)}
		}
		if item.ID == "" && op != script.List && op != script.Create {
			continue
		}
		reply, ok, err := r.as(ctx, at, nil, intent)
		if err != nil {
			return script.Observation{}, err
		}
		if ok {
			answers[op] = guardLabel(reply)
		}
	}
	// Reading may be for everybody where todos are nobody's own and only writing is guarded.
	if !others.owned && answers[script.List] == "open" && answers[script.Create] != "open" {
		delete(answers, script.List)
		if answers[script.Fetch] == "open" {
			delete(answers, script.Fetch)
		}
	}
	return worstGuard(answers), nil
}

// guardLabel says how a request without credentials was answered.
func guardLabel(reply *script.Exchange) string {
	switch {
	case reply.Success():
		return "open"
	case reply.Status == http.StatusUnauthorized && reply.Header.Get("WWW-Authenticate") != "":
		return "challenged"
	case reply.Status == http.StatusUnauthorized:
		return "bare"
	case reply.Status == http.StatusForbidden:
		return "forbidden"
	case reply.Answered() && reply.Status/100 == 3:
		return "redirected"
	default:
		return "otherwise"
	}
}

func worstGuard(answers map[string]string) script.Observation {
	for _, label := range []string{"open", "otherwise", "redirected", "forbidden", "bare"} {
		var ops []string
		for _, op := range guardedOps {
			if answers[op] == label {
				ops = append(ops, op)
			}
		}
		if len(ops) > 0 {
			words := map[string]string{
				"open": "is done", "otherwise": "is neither done nor refused with 401", "redirected": "is redirected",
				"forbidden": "is answered 403", "bare": "is answered 401 without WWW-Authenticate",
			}[label]
			return seen(label, fmt.Sprintf("without credentials, %s %s", strings.Join(ops, ", "), words))
		}
	}
	return seen("challenged", "without credentials, every operation is answered 401")
}

// probeForgedCredentials shows credentials that nobody issued.
func (r *grading) probeForgedCredentials(ctx context.Context, at *script.Probing) (script.Observation, error) {
	known := r.binding.accounts
	if known == nil {
		return seen(noAuth, "the API wants no credentials"), nil
	}
	op := ""
	for _, candidate := range []string{script.List, script.Create} {
		intent := script.Intent{Op: candidate, Set: map[string]any{r.resource.main().Meaning: r.textFor(at, "forged")}}
		reply, ok, err := r.as(ctx, at, nil, intent)
		if err != nil {
			return script.Observation{}, err
		}
		if ok && !reply.Success() {
			op = candidate
			break
		}
	}
	if op == "" {
		return seen("unguarded", "no credentials are needed, so that forged ones do as well"), nil
	}
	sum, count := takehome.None(), int64(0)
	var taken, otherwise []string
	label := "measured"
	for _, forged := range forgeries(known, r.binding.purse.own(), script.Random(at.Seed, "forgeries")) {
		reply, _, err := r.as(ctx, at, known.carry(forged.credential), script.Intent{Op: op, Set: map[string]any{r.resource.main().Meaning: r.textFor(at, forged.name)}})
		if err != nil {
			return script.Observation{}, err
		}
		count++
		switch {
		case reply.Success():
			taken = append(taken, forged.name)
			if forged.unsigned {
				label = "unsigned"
			}
		case reply.Status == http.StatusUnauthorized:
			sum = sum.Add(takehome.Full())
		case reply.Answered() && reply.Status/100 != 5:
			sum = sum.Add(takehome.Frac(3, 5))
			otherwise = append(otherwise, forged.name)
		default:
			otherwise = append(otherwise, forged.name)
		}
	}
	observation := script.Observation{Label: label, Share: sum.Div(takehome.Frac(count, 1)), Detail: "every forged credential is answered 401"}
	switch {
	case len(taken) > 0:
		observation.Detail, observation.Fault = "is taken for genuine: "+strings.Join(taken, ", "), "forged"
	case len(otherwise) > 0:
		observation.Detail, observation.Fault = "is refused, but not with 401: "+strings.Join(otherwise, ", "), "challenge"
	}
	return observation, nil
}
