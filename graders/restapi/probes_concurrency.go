package restapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// concurrencyProbes are the observations of many clients at the same time. Who wins a race
// differs from run to run; that a race was lost does not, and only that is said.
func (r *grading) concurrencyProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"parallel_creates": {Labels: []string{"all", "held_off", "lost", "same_ids"}, Observe: r.probeParallelCreates},
		"parallel_deletes": {Labels: []string{"once", "several", "still_there", "failed"}, Observe: r.probeParallelDeletes},
		"parallel_updates": {Labels: []string{"whole", "torn", "failed", "no_pair"}, Observe: r.probeParallelUpdates},
		"lost_update":      {Labels: []string{"both", "lost", "failed", "no_pair"}, Observe: r.probeLostUpdate},
		"row_lock":         {Labels: []string{"answered", "failed", "silent", "no_row"}, Observe: r.probeRowLock},
		"mixed_load":       {Labels: []string{"even", "slow", "errors"}, Observe: r.probeMixedLoad},
	}
}

// manyPatience is how long each of many simultaneous requests may wait for its answer: the
// queue is of our making, and the machine may be busy.
const manyPatience = 10 * time.Second

// together sends requests at the same instant and waits longer for their answers.
func together(ctx context.Context, at *script.Probing, requests []script.Request) ([]*script.Exchange, error) {
	patient := slices.Clone(requests)
	for n := range patient {
		patient[n].Patience = max(patient[n].Patience, manyPatience)
	}
	return at.Client.Together(ctx, patient)
}

// heldOff reports an answer by which a program asks for patience.
func heldOff(e *script.Exchange) bool {
	return e.Answered() && (e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests)
}

// firstBroken is the first answer that broke and does not ask for patience.
func firstBroken(exchanges []*script.Exchange) *script.Exchange {
	if i := slices.IndexFunc(exchanges, func(e *script.Exchange) bool { return broke(e) && !heldOff(e) }); i >= 0 {
		return exchanges[i]
	}
	return nil
}

// rowCount counts the rows of items, where their table is known.
func rowCount(ctx context.Context, at *script.Probing) (int64, bool, error) {
	if at.Store == nil {
		return 0, false, nil
	}
	return at.Store.Count(ctx)
}

const parallelCreates = 50

// probeParallelCreates creates fifty items at the same instant and counts ids and rows.
func (r *grading) probeParallelCreates(ctx context.Context, at *script.Probing) (script.Observation, error) {
	rowsBefore, known, err := rowCount(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	requests := make([]script.Request, parallelCreates)
	for n := range requests {
		var ok bool
		requests[n], ok = r.binding.Request(script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: at.Canary("canary")}})
		if !ok {
			return script.Observation{Missing: script.Create}, nil
		}
	}
	exchanges, err := together(ctx, at, requests)
	if err != nil {
		return script.Observation{}, err
	}
	rowsAfter, _, err := rowCount(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	ids, made, patient := map[string]bool{}, 0, 0
	for _, e := range exchanges {
		switch {
		case e.Success():
			made++
			item, _ := r.binding.Item(e)
			if item.ID == "" {
				item.ID = lastSegment(e.Header.Get("Location"))
			}
			ids[item.ID] = true
		case heldOff(e) && e.Header.Get("Retry-After") != "":
			patient++
		}
	}
	switch {
	case made > 1 && len(ids) < made:
		return script.Observation{Label: "same_ids", Detail: "two new items have the same id", Fault: "same_ids"}, nil
	case known && rowsAfter-rowsBefore != int64(made):
		return seen("lost", "the number of new rows is not that of successful creates"), nil
	case made+patient < parallelCreates:
		return seen("lost", "not every one of fifty parallel creates succeeds"), nil
	case patient > 0:
		return seen("held_off", "some of fifty parallel creates are asked to come back later"), nil
	}
	return seen("all", "fifty parallel creates make fifty items"), nil
}

const (
	deleteRounds    = 3
	parallelDeletes = 20
)

// probeParallelDeletes deletes one item twenty times at the same instant. In the last round
// its row is locked until all of them have looked at it: who looks first and deletes then
// finds it in every one of them, however busy the machine is.
func (r *grading) probeParallelDeletes(ctx context.Context, at *script.Probing) (script.Observation, error) {
	for round := range deleteRounds {
		item, ok, err := r.newItem(ctx, at)
		if err != nil || !ok {
			return script.Observation{Missing: script.Create}, err
		}
		request, ok := r.binding.Request(script.Intent{Op: script.Delete, ID: item.ID})
		if !ok {
			return script.Observation{Missing: script.Delete}, nil
		}
		exchanges, err := r.underLock(ctx, at, round == deleteRounds-1, slices.Repeat([]script.Request{request}, parallelDeletes))
		if err != nil {
			return script.Observation{}, err
		}
		if bad := firstBroken(exchanges); bad != nil {
			return failed(bad), nil
		}
		reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
		if err != nil {
			return script.Observation{}, err
		}
		withBody := 0
		for _, e := range exchanges {
			if e.Success() && len(e.Body) > 0 {
				withBody++
			}
		}
		switch {
		case ok && reply.Success() && !r.binding.Documented("soft_delete"):
			return seen("still_there", "after twenty parallel deletes the item is still served"), nil
		case withBody > 1:
			return seen("several", "more than one of twenty deletes says that it deleted the item"), nil
		}
	}
	return seen("once", "twenty parallel deletes delete the item once"), nil
}

// newItem creates an item of its own for a probe.
func (r *grading) newItem(ctx context.Context, at *script.Probing) (script.Item, bool, error) {
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: at.Canary("canary")}})
	if err != nil || !ok || !made.Success() {
		return script.Item{}, false, err
	}
	item, _ := r.binding.Item(made)
	if item.ID == "" {
		item.ID = lastSegment(made.Header.Get("Location"))
	}
	if reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID}); err != nil {
		return item, false, err
	} else if read, isItem := r.binding.Item(reply); ok && isItem {
		read.ID = item.ID
		return read, true, nil
	}
	return item, item.ID != "", nil
}

const (
	lockedUpdates = 20
	lockHeld      = 2 * time.Second
)

// probeRowLock updates one item twenty times while its row is locked for two seconds.
func (r *grading) probeRowLock(ctx context.Context, at *script.Probing) (script.Observation, error) {
	item, ok, err := r.newItem(ctx, at)
	if err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	request, ok := r.binding.Request(script.Intent{Op: script.Replace, ID: item.ID, Item: item, Set: map[string]any{r.resource.main().Meaning: at.Canary("canary") + " again"}})
	if !ok {
		return script.Observation{Missing: script.Replace}, nil
	}
	lock, held, err := at.Store.LockRow(ctx, at.Lab, at.Canary("canary"))
	if err != nil {
		return script.Observation{}, err
	}
	if !held {
		return seen("no_row", "no row of the item was found that could be locked"), nil
	}
	defer lock.Release(ctx)
	var exchanges []*script.Exchange
	var failure error
	var group sync.WaitGroup
	group.Go(func() {
		exchanges, failure = together(ctx, at, slices.Repeat([]script.Request{request}, lockedUpdates))
	})
	timer := time.NewTimer(lockHeld)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	lock.Release(ctx)
	group.Wait()
	if failure != nil {
		return script.Observation{}, failure
	}
	for _, e := range exchanges {
		switch {
		case !e.Answered():
			return seen("silent", "updates of a locked row are not answered in time"), nil
		case e.Status >= 500 && !heldOff(e):
			return failed(e), nil
		}
	}
	return seen("answered", "updates of a locked row are answered once it is free"), nil
}

const (
	mixedRequests = 100
	mixedWorkers  = 5
	mixedBound    = 2 * time.Second
)

// probeMixedLoad sends creates, reads, lists, updates and deletes from five clients.
func (r *grading) probeMixedLoad(ctx context.Context, at *script.Probing) (script.Observation, error) {
	item, ok, err := r.newItem(ctx, at)
	if err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	main := r.resource.main().Meaning
	intents := []script.Intent{
		{Op: script.Fetch, ID: item.ID},
		{Op: script.Create, Set: map[string]any{main: at.Canary("canary2")}},
		{Op: script.Fetch, ID: item.ID},
		{Op: script.List},
		{Op: script.Replace, ID: item.ID, Item: item, Set: map[string]any{main: at.Canary("canary")}},
	}
	var mutex sync.Mutex
	var exchanges []*script.Exchange
	failures := make([]error, mixedWorkers)
	var group sync.WaitGroup
	for worker := range mixedWorkers {
		group.Go(func() {
			for n := range mixedRequests / mixedWorkers {
				reply, ok, err := at.Send(ctx, intents[(n+worker)%len(intents)])
				if err != nil {
					failures[worker] = err
					return
				}
				if !ok {
					continue // an operation that the API lacks
				}
				mutex.Lock()
				exchanges = append(exchanges, reply)
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return script.Observation{}, err
	}
	var late int
	for _, e := range exchanges {
		limited := e.Answered() && e.Status == http.StatusTooManyRequests && e.Header.Get("Retry-After") != ""
		if e.Fault != script.BodyTooLarge && !e.Success() && !limited {
			return script.Observation{Label: "errors", Detail: "under a light load of many kinds of requests not all succeed"}, nil
		}
		if e.Elapsed > mixedBound {
			late++
		}
	}
	if late*20 > len(exchanges) { // the 95th percentile
		return seen("slow", "under a light load more than one answer in twenty takes longer than two seconds"), nil
	}
	return script.Observation{Label: "even", Detail: "a light load of many kinds of requests is served", Evidence: []takehome.Evidence{}}, nil
}
