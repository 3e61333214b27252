package restapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// hostileProbes are the observations of hostile input.
func (r *grading) hostileProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"sql_in_text":    {Labels: []string{"measured", "injected"}, Shares: true, Observe: r.probeSQLInText},
		"sql_in_id":      {Labels: []string{"refused", "served", "failed", "injected"}, Observe: r.probeSQLInID},
		"sql_in_query":   {Labels: []string{"measured", "injected"}, Shares: true, Observe: r.probeSQLInQuery},
		"odd_text":       {Labels: []string{"refused", "verbatim", "replaced", "altered", "failed", "not_utf8"}, Observe: r.probeOddText},
		"odd_number":     {Labels: []string{"refused", "exact", "altered", "failed"}, Observe: r.probeOddNumber},
		"duplicate_key":  {Labels: []string{"refused", "stable", "unstable", "failed"}, Observe: r.probeDuplicateKey},
		"deep_nesting":   {Labels: []string{"refused", "accepted", "failed", "died"}, Observe: r.probeDeepNesting},
		"odd_keys":       {Labels: []string{"harmless", "polluted", "failed"}, Observe: r.probeOddKeys},
		"oversized_head": {Labels: []string{"measured"}, Shares: true, Observe: r.probeOversizedHead},
		"odd_framing":    {Labels: []string{"measured", "died"}, Shares: true, Observe: r.probeOddFraming},
		"endless_body":   {Once: true, Labels: []string{"refused", "read_then_refused", "stored", "failed", "died"}, Observe: r.probeEndlessBody},
		"slow_clients":   {Labels: []string{"served", "held_up", "died"}, Observe: r.probeSlowClients},
		"survival":       {Once: true, Labels: []string{"alive", "grown", "restarted", "died"}, Observe: r.probeSurvival},
	}
}

// hostility is what the hostile checks keep from one another.
type hostility struct {
	begun    bool
	first    int // exchanges before the first of them
	revivals int
	memory   int64 // of the program, before the first of them
}

// beginHostility remembers how the program was before anything hostile reached it.
func (r *grading) beginHostility(ctx context.Context, at *script.Probing) error {
	if r.hostility.begun {
		return nil
	}
	stats, err := at.Lab.Stats(ctx)
	if err != nil {
		return fmt.Errorf("read the program's memory before hostile input: %w", err)
	}
	r.hostility = hostility{begun: true, first: at.Ledger.Len(), revivals: at.Revivals(), memory: stats.MemoryBytes}
	return nil
}

// marker stands in a body where a probe puts bytes of its own.
const marker = "takehome-marker"

// spliced makes a create request whose main text is literal bytes instead of a JSON string.
func (r *grading) spliced(literal []byte) (script.Request, bool) {
	request, ok := r.binding.Request(script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: marker}})
	if !ok {
		return request, false
	}
	request.Body = bytes.Replace(request.Body, []byte(`"`+marker+`"`), literal, 1)
	return request, true
}

// beside makes a create request that has one more member, written out, beside a plain text.
func (r *grading) beside(text, name string, literal []byte) (script.Request, bool) {
	request, ok := r.binding.Request(script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}})
	if !ok {
		return request, false
	}
	member := append([]byte(`{"`+name+`":`), literal...)
	request.Body = bytes.Replace(request.Body, []byte("{"), append(member, ','), 1)
	return request, true
}

// readBack fetches what a create made. It reports false where nothing can be read.
func (r *grading) readBack(ctx context.Context, at *script.Probing, made *script.Exchange) (script.Item, *script.Exchange, error) {
	item, _ := r.binding.Item(made)
	if item.ID == "" {
		item.ID = lastSegment(made.Header.Get("Location"))
	}
	if item.ID == "" {
		return item, nil, nil
	}
	reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil || !ok {
		return item, nil, err
	}
	read, _ := r.binding.Item(reply)
	if read.ID == "" {
		read.ID = item.ID
	}
	return read, reply, nil
}

// refusedAsInput reports an answer by which a request is refused for what it holds.
func refusedAsInput(e *script.Exchange) bool {
	return e.Answered() && slices.Contains([]int{
		http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity,
	}, e.Status)
}

// broke reports what is never an acceptable answer: a server error, or none at all.
func broke(e *script.Exchange) bool { return !e.Answered() || e.Status >= 500 }

// failed is the observation of an answer that broke.
func failed(e *script.Exchange) script.Observation { return seen("failed", e.Describe()) }

// alive reports whether a plain GET of the collection is answered at all, on a fresh connection.
func (r *grading) alive(ctx context.Context, at *script.Probing) (bool, error) {
	request, ok := r.binding.Request(script.Intent{Op: script.List})
	if !ok {
		request = script.Request{Method: http.MethodGet, Path: r.binding.Path("collection"), NoBody: true, Name: script.List}
	}
	request.Fresh = true
	reply, err := at.Client.Do(ctx, request)
	if err != nil {
		return false, err
	}
	// A list of more than 1 MiB is an answer too, and a list that always fails another defect.
	return reply.Status > 0, nil
}

// probeSurvival looks at the program after all of the hostile input.
func (r *grading) probeSurvival(ctx context.Context, at *script.Probing) (script.Observation, error) {
	answers, err := r.alive(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	state, err := at.Lab.State(ctx)
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the program's state after hostile input: %w", err)
	}
	stats, err := at.Lab.Stats(ctx)
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the program's memory after hostile input: %w", err)
	}
	observation := script.Observation{Label: "alive", Detail: "the program runs as before", Evidence: []takehome.Evidence{memoryNote(r.hostility.memory, stats)}}
	switch {
	case !state.Running || !answers || at.Revivals() > r.hostility.revivals:
		observation.Label, observation.Detail, observation.Fault = "died", "hostile input ended the program", "crash"
	case r.sawRefusal(at):
		observation.Label, observation.Detail, observation.Fault = "restarted", "the program was gone for a while and came back by itself", "crash"
	case r.hostility.begun && stats.MemoryBytes > r.hostility.memory+maxGrowth:
		observation.Label, observation.Detail = "grown", "the program keeps more than 256 MiB more memory than before"
	}
	return observation, nil
}

// maxGrowth is how much more memory a program may hold after hostile input: collectors of
// garbage do not give back at once what a request of 20 MiB took.
const maxGrowth = 256 << 20

// sawRefusal reports whether a connection was refused since the first hostile request.
func (r *grading) sawRefusal(at *script.Probing) bool {
	all := at.Ledger.All()
	return r.hostility.begun && slices.ContainsFunc(all[min(r.hostility.first, len(all)):], func(e *script.Exchange) bool {
		return e.Fault == script.Refused
	})
}

func memoryNote(before int64, after takehome.Stats) takehome.Evidence {
	text := fmt.Sprintf("before: %d MiB\nnow: %d MiB\npeak, with the page cache: %d MiB\nlimit: %d MiB\n",
		before>>20, after.MemoryBytes>>20, after.MemoryPeakBytes>>20, after.MemoryLimit>>20)
	return takehome.Evidence{Note: &takehome.Note{Title: "memory of the program", Text: takehome.Quote([]byte(text), takehome.QuoteBody)}}
}
