package restapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// operationProbes watch how a running program treats its database, and what its image is.
func (r *grading) operationProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"few_connections":     {Labels: []string{"all_answered", "some_fail", "hangs", "unaffected"}, Observe: r.probeFewConnections},
		"kept_connections":    {Labels: []string{"stable", "leaks", "in_transaction", "exhausted", "unaffected"}, Observe: r.probeKeptConnections},
		"statements_per_list": {Labels: []string{"few", "several", "one_per_row", "unclear", "unaffected"}, Observe: r.probeStatementsPerList},
		"image":               {Once: true, Labels: []string{"user_and_check", "user", "check", "root", "ours"}, Observe: r.probeImage},
	}
}

// usesDatabase reports whether items were found in the database. How a program that keeps
// them elsewhere treats its database says nothing; that it does so is charged by itself.
func (r *grading) usesDatabase() bool { return len(r.runner.Store.Places()) > 0 }

func withoutTable() script.Observation {
	return seen("unaffected", "the todos are not in the database")
}

const (
	// scarceConnections is more than the pools of the usual libraries open by default (5 to
	// 15): nobody told the candidate of a limit. It is less than one for each request.
	scarceConnections = 20
	// ownerConnections is the limit of a normal run.
	ownerConnections = 100
	manyRequests     = 60
	// slowExchange makes the requests meet at the database on a machine of any speed.
	slowExchange = 60 * time.Millisecond
)

// probeFewConnections lets many requests in at once while the database grants few connections.
func (r *grading) probeFewConnections(ctx context.Context, at *script.Probing) (observation script.Observation, err error) {
	if !r.usesDatabase() {
		return withoutTable(), nil
	}
	request, ok := r.binding.Request(script.Intent{Op: script.Fetch, ID: at.Given("item").ID})
	if !ok {
		return script.Observation{Missing: script.Fetch}, nil
	}
	request.Fresh, request.Patience = true, outageLimit
	if err := r.grant(ctx, at.Lab, scarceConnections); err != nil {
		return script.Observation{}, err
	}
	defer func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), loginPatience)
		defer cancel()
		if failed := r.grant(after, at.Lab, ownerConnections); err == nil {
			err = failed
		}
		if failed := at.Lab.Proxy(after, takehome.ProxyMode{Kind: takehome.ProxyPass}); err == nil {
			err = failed
		}
	}()
	if err := at.Lab.Proxy(ctx, takehome.ProxyMode{Kind: takehome.ProxyDelay, Delay: slowExchange}); err != nil {
		return script.Observation{}, err
	}
	replies, err := together(ctx, at, slices.Repeat([]script.Request{request}, manyRequests))
	if err != nil {
		return script.Observation{}, err
	}
	bad := false
	for _, reply := range replies {
		switch {
		case reply.Fault == script.Hang:
			return seen("hangs", "some of many requests at once are never answered"), nil
		case reply.Success(), reply.Answered() && (reply.Status == http.StatusServiceUnavailable || reply.Status == http.StatusTooManyRequests):
		default:
			bad = true
		}
	}
	if bad {
		return seen("some_fail", "some of many requests at once fail"), nil
	}
	return seen("all_answered", "many requests at once share few connections"), nil
}

// grant sets how many connections the program may have.
func (r *grading) grant(ctx context.Context, lab takehome.Lab, limit int) error {
	owner := pgx.Identifier{lab.Access(takehome.RoleOwner).User}.Sanitize()
	return as(ctx, lab, takehome.RoleAdmin, statistics, func(ctx context.Context, connection *pgx.Conn) error {
		if _, err := connection.Exec(ctx, fmt.Sprintf("alter role %s connection limit %d", owner, limit)); err != nil {
			return fmt.Errorf("limit the program's connections: %w", err)
		}
		return nil
	})
}

// Every kind of request is made this often in each of two batches, so a kind that keeps
// its connection keeps this many.
const roundsPerBatch = 8

const openConnections = `select count(*) from pg_stat_activity where usename = $1 and backend_type = 'client backend'`

// probeKeptConnections sends a mixture of good and bad requests twice and counts what the
// second batch left open.
func (r *grading) probeKeptConnections(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if !r.usesDatabase() {
		return withoutTable(), nil
	}
	owner := at.Lab.Access(takehome.RoleOwner).User
	var open [2]int64
	for batch := range open {
		exhausted, err := r.mixture(ctx, at)
		if err != nil {
			return script.Observation{}, err
		}
		if exhausted {
			return seen("exhausted", "after a mixture of good and bad requests, a good one fails"), nil
		}
		if open[batch], err = count(ctx, at.Lab, "", openConnections, owner); err != nil {
			return script.Observation{}, err
		}
	}
	if open[1] >= open[0]+roundsPerBatch {
		return seen("leaks", "connections to the database stay open after requests"), nil
	}
	idle, err := r.idleInTransaction(ctx, at.Lab, owner)
	if err != nil {
		return script.Observation{}, err
	}
	if idle {
		return seen("in_transaction", "a connection is left inside a transaction"), nil
	}
	return seen("stable", "the number of connections stays the same"), nil
}

// mixture reports whether a request that must succeed failed.
func (r *grading) mixture(ctx context.Context, at *script.Probing) (exhausted bool, err error) {
	unknown := r.binding.UnknownID(at.Random())
	main := r.resource.main().Meaning
	item := at.Given("item")
	for range roundsPerBatch {
		for _, intent := range []script.Intent{
			{Op: script.Fetch, ID: unknown},
			{Op: script.Create, Set: map[string]any{main: 7}},
			{Op: script.Patch, ID: unknown, Set: map[string]any{main: "Sweep the yard"}},
			{Op: script.Replace, ID: unknown, Set: map[string]any{main: "Sweep the yard"}},
			{Op: script.Delete, ID: unknown},
			{Op: script.Fetch, ID: "abc"},
			{Op: script.List},
			{Op: script.Fetch, ID: item.ID},
		} {
			reply, ok, err := at.Send(ctx, intent)
			if err != nil {
				return false, err
			}
			hangs := ok && reply.Fault == script.Hang
			if hangs || ok && intent.ID == item.ID && intent.Op == script.Fetch && !reply.Success() {
				return true, nil
			}
		}
	}
	return false, nil
}

// idleInTransaction reports whether a connection of the program stays inside a transaction.
func (r *grading) idleInTransaction(ctx context.Context, lab takehome.Lab, owner string) (bool, error) {
	const patience, pause = 3 * time.Second, 50 * time.Millisecond
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		idle, err := count(ctx, lab, "", openConnections+" and state like 'idle in transaction%'", owner)
		if err != nil || idle == 0 {
			return false, err
		}
		if time.Now().After(deadline) {
			return true, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-tick.C:
		}
	}
}

// rowsOfList is how many todos are listed while statements are counted.
const rowsOfList = 50

// executed counts the program's statements, without those that frame a transaction or
// look after a connection.
const executed = `select coalesce(sum(s.calls), 0)::bigint from public.pg_stat_statements s
join pg_roles r on r.oid = s.userid join pg_database d on d.oid = s.dbid
where r.rolname = $1 and d.datname = $2
and s.query !~* '^\s*(--[^\n]*\n\s*)*(begin|commit|rollback|start transaction|set|show|discard|reset|savepoint|release|deallocate|select \$1\s*;?\s*$|select (pg_catalog\.)?version)'`

// probeStatementsPerList counts the statements behind one list request, thrice, and takes
// the least: what else a program does now and then is not the list's.
func (r *grading) probeStatementsPerList(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if !r.usesDatabase() {
		return withoutTable(), nil
	}
	if _, ok, err := r.gather(ctx, at, rowsOfList); err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	access := at.Lab.Access(takehome.RoleOwner)
	least, listed := int64(-1), 0
	for range 3 {
		before, err := count(ctx, at.Lab, statistics, executed, access.User, access.Database)
		if err != nil {
			return script.Observation{}, err
		}
		reply, err := r.list(ctx, at, "")
		if err != nil {
			return script.Observation{}, err
		}
		after, err := count(ctx, at.Lab, statistics, executed, access.User, access.Database)
		if err != nil {
			return script.Observation{}, err
		}
		items, _ := r.binding.Items(reply)
		listed = len(items)
		if made := after - before; least < 0 || made < least {
			least = made
		}
	}
	if err := r.disperse(ctx, at.Lab); err != nil {
		return script.Observation{}, err
	}
	switch {
	case listed < 10:
		return seen("unclear", "the list shows too few todos to tell"), nil
	case least <= 3:
		return seen("few", "a list takes at most three statements"), nil
	case least < int64(listed)/2:
		return seen("several", "a list takes more than three statements"), nil
	default:
		return seen("one_per_row", "a list takes a statement for every todo"), nil
	}
}

// probeImage looks at the image that the candidate's own recipe made.
func (r *grading) probeImage(context.Context, *script.Probing) (script.Observation, error) {
	image := r.session.Image
	user := image.User != "" && image.User != "root" && image.User != "0" && !hasRootNumber(image.User)
	switch {
	case !r.ownRecipe():
		return seen("ours", "the image is made by our recipe"), nil
	case user && image.HealthCheck:
		return seen("user_and_check", "the image names a user and a health check"), nil
	case user:
		return seen("user", "the program does not run as root"), nil
	case image.HealthCheck:
		return seen("check", "the image has a health check, and runs as root"), nil
	default:
		return seen("root", "the image runs its program as root"), nil
	}
}
