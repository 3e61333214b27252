package restapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
)

// letters tell rounds and requests apart.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const (
	updateRounds    = 5
	parallelUpdates = 20
)

// probeParallelUpdates replaces one item twenty times at the same instant. What is stored
// in the end has to be one of the twenty, whole.
func (r *grading) probeParallelUpdates(ctx context.Context, at *script.Probing) (script.Observation, error) {
	main := r.resource.main().Meaning
	if !r.binding.Bound("note") {
		return seen("no_pair", "items have no second text"), nil
	}
	item, ok, err := r.newItem(ctx, at)
	if err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	for round := range updateRounds {
		requests := make([]script.Request, parallelUpdates)
		for n := range requests {
			value := at.Canary("canary") + " " + letters[round:round+1] + letters[n:n+1]
			requests[n], ok = r.binding.Request(script.Intent{Op: script.Replace, ID: item.ID, Item: item, Set: map[string]any{main: value, "note": value}})
			if !ok {
				return script.Observation{Missing: script.Replace}, nil
			}
		}
		exchanges, err := together(ctx, at, requests)
		if err != nil {
			return script.Observation{}, err
		}
		if bad := firstBroken(exchanges); bad != nil {
			return failed(bad), nil
		}
		reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
		if err != nil || !ok {
			return script.Observation{Missing: script.Fetch}, err
		}
		read, _ := r.binding.Item(reply)
		if !script.Equal(read.Fields[main], read.Fields["note"]) && slices.ContainsFunc(exchanges, (*script.Exchange).Success) {
			return script.Observation{Label: "torn", Detail: "the item is a mixture of two updates", Fault: "torn_write"}, nil
		}
	}
	return seen("whole", "after parallel updates the item is one of them"), nil
}

const (
	lostUpdateRounds = 20
	// lockedRounds are those in which a lock of ours makes both updates wait for the same row:
	// what was read before the other wrote is then written for certain.
	lockedRounds = 2
	lockedWait   = 500 * time.Millisecond
)

// probeLostUpdate lets two clients change two fields of one item at the same instant.
func (r *grading) probeLostUpdate(ctx context.Context, at *script.Probing) (script.Observation, error) {
	item, ok, err := r.newItem(ctx, at)
	if err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	second, ok := r.secondField()
	if !ok {
		return seen("no_pair", "items have no second field that can be changed alone"), nil
	}
	for round := range lostUpdateRounds + lockedRounds {
		observation, err := r.twoUpdates(ctx, at, item, second, round)
		if err != nil || observation.Label != "both" {
			return observation, err
		}
	}
	return seen("both", "two parallel updates of different fields both survive"), nil
}

// secondField is a field beside the main text that a partial update can change.
func (r *grading) secondField() (string, bool) {
	for _, meaning := range []string{"note", "done"} {
		if r.binding.Bound("patch_fields") && r.binding.Bound(meaning) {
			return meaning, true
		}
	}
	return "", false
}

// twoUpdates is one round. A refusal for a conflict is as good as a success.
func (r *grading) twoUpdates(ctx context.Context, at *script.Probing, item script.Item, second string, round int) (script.Observation, error) {
	main := r.resource.main().Meaning
	was, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil || !ok {
		return script.Observation{Missing: script.Fetch}, err
	}
	before, _ := r.binding.Item(was)
	var other any = at.Canary("canary2") + " " + letters[round:round+1]
	if second == "done" {
		other = before.Fields["done"] != true
	}
	wanted := map[string]any{main: at.Canary("canary") + " " + letters[round:round+1], second: other}
	var requests []script.Request
	for _, meaning := range []string{main, second} {
		request, ok := r.binding.Request(script.Intent{Op: script.Patch, ID: item.ID, Item: before, Set: map[string]any{meaning: wanted[meaning]}})
		if !ok {
			return script.Observation{Missing: script.Patch}, nil
		}
		requests = append(requests, request)
	}
	exchanges, err := r.underLock(ctx, at, round >= lostUpdateRounds, requests)
	if err != nil {
		return script.Observation{}, err
	}
	if bad := firstBroken(exchanges); bad != nil {
		return failed(bad), nil
	}
	reply, _, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil {
		return script.Observation{}, err
	}
	read, _ := r.binding.Item(reply)
	for n, meaning := range []string{main, second} {
		if exchanges[n].Success() && !script.Equal(read.Fields[meaning], wanted[meaning]) {
			return script.Observation{Label: "lost", Detail: "of two parallel updates of different fields one is lost", Fault: "lost_update"}, nil
		}
	}
	return seen("both", ""), nil
}

// underLock sends requests together, if wanted while the row that holds the check's canary is
// locked until all of them wait for it, or have been given time to.
func (r *grading) underLock(ctx context.Context, at *script.Probing, wanted bool, requests []script.Request) ([]*script.Exchange, error) {
	if !wanted {
		return together(ctx, at, requests)
	}
	lock, held, err := at.Store.LockRow(ctx, at.Lab, at.Canary("canary"))
	if err != nil {
		return nil, err
	}
	if !held {
		return together(ctx, at, requests)
	}
	defer lock.Release(ctx)
	var exchanges []*script.Exchange
	var failure error
	var group sync.WaitGroup
	group.Go(func() { exchanges, failure = together(ctx, at, requests) })
	_, err = lock.Waiting(ctx, len(requests), lockedWait)
	lock.Release(ctx)
	group.Wait()
	return exchanges, errors.Join(failure, err)
}
