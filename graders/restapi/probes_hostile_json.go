package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/graders/script"
)

// oddTexts are literal bytes of JSON strings that are no proper text (RFC 8259 8.1, 8.2).
var oddTexts = map[string][]byte{
	"lone_surrogate": []byte(`"half a pair \ud800 of surrogates"`),
	"invalid_utf8":   []byte("\"no UTF-8 \xc3\x28 \xff here\""),
}

// probeOddText creates an item with a text that cannot be one, named by the check.
func (r *grading) probeOddText(ctx context.Context, at *script.Probing) (script.Observation, error) {
	kind, _ := at.With["kind"].(string)
	literal, known := oddTexts[kind]
	if !known {
		return script.Observation{}, fmt.Errorf("there is no odd text %q", kind)
	}
	request, ok := r.spliced(literal)
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	made, err := at.Client.Do(ctx, request)
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case broke(made):
		return failed(made), nil
	case !utf8.Valid(made.Body):
		return seen("not_utf8", "the answer is not valid UTF-8"), nil
	case !made.Success():
		return seen("refused", made.Describe()), nil
	}
	read, reply, err := r.readBack(ctx, at, made)
	switch {
	case err != nil:
		return script.Observation{}, err
	case reply == nil:
		return seen("altered", "accepted, and cannot be read"), nil
	case broke(reply):
		return failed(reply), nil
	case !utf8.Valid(reply.Body):
		return seen("not_utf8", "the answer is not valid UTF-8"), nil
	}
	text, _ := read.Fields[r.resource.main().Meaning].(string)
	switch {
	case bytes.Contains(bytes.ToLower(reply.Body), []byte(`\ud800`)):
		return seen("verbatim", "kept as it was sent"), nil
	case strings.ContainsRune(text, utf8.RuneError):
		return seen("replaced", "kept with U+FFFD in its place"), nil
	}
	return seen("altered", "accepted, and something else is stored"), nil
}

// probeOddNumber sends a number that a double cannot hold: as the value of a field that
// takes numbers, where there is one, or else of a field that the API does not know.
func (r *grading) probeOddNumber(ctx context.Context, at *script.Probing) (script.Observation, error) {
	literal, _ := at.With["number"].(string)
	name := "number_of_stars"
	if priority, bound := r.binding.fields["priority"]; bound && script.TypeOf(priority.value) == "number" {
		name = r.binding.FieldName("priority")
	}
	request, ok := r.beside(at.Canary("canary"), name, []byte(literal))
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	made, err := at.Client.Do(ctx, request)
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case broke(made):
		return failed(made), nil
	case !made.Success():
		return seen("refused", made.Describe()), nil
	}
	read, reply, err := r.readBack(ctx, at, made)
	if err != nil {
		return script.Observation{}, err
	}
	if reply != nil && broke(reply) {
		return failed(reply), nil
	}
	if reply != nil {
		if _, problem := reply.JSON(); problem != nil && reply.Success() {
			return seen("failed", "what was accepted is served as no JSON"), nil
		}
	}
	if stored, shown := read.Body[name]; shown && !script.Equal(stored, json.Number(literal)) {
		return seen("altered", "accepted, and another number is stored"), nil
	}
	return seen("exact", "accepted without harm"), nil
}

// probeDuplicateKey sends the text twice in one object, two times over: whatever wins must win again.
func (r *grading) probeDuplicateKey(ctx context.Context, at *script.Probing) (script.Observation, error) {
	one, other := at.Canary("canary"), at.Canary("canary2")
	request, ok := r.spliced(fmt.Appendf(nil, `%q,%q:%q`, one, r.binding.FieldName(r.resource.main().Meaning), other))
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	var winners []any
	for range 2 {
		made, err := at.Client.Do(ctx, request)
		if err != nil {
			return script.Observation{}, err
		}
		switch {
		case broke(made):
			return failed(made), nil
		case !made.Success():
			winners = append(winners, "refused")
			continue
		}
		read, _, err := r.readBack(ctx, at, made)
		if err != nil {
			return script.Observation{}, err
		}
		winners = append(winners, read.Fields[r.resource.main().Meaning])
	}
	switch {
	case !script.Equal(winners[0], winners[1]):
		return seen("unstable", "the same body is read in two ways"), nil
	case winners[0] == "refused":
		return seen("refused", "an object with a name twice is refused"), nil
	}
	return seen("stable", "the same value wins both times"), nil
}

// nestingDepth is deeper than any recursive reader of JSON likes.
const nestingDepth = 10_000

// probeDeepNesting puts 10 000 arrays inside one another beside a plain text.
func (r *grading) probeDeepNesting(ctx context.Context, at *script.Probing) (script.Observation, error) {
	nested := []byte(strings.Repeat("[", nestingDepth) + strings.Repeat("]", nestingDepth))
	request, ok := r.beside(at.Canary("canary"), "nested", nested)
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	made, err := at.Client.Do(ctx, request)
	if err != nil {
		return script.Observation{}, err
	}
	if made.Success() { // a store that keeps everything would spoil every later list
		if item, _ := r.binding.Item(made); item.ID != "" {
			if _, _, err := at.Send(ctx, script.Intent{Op: script.Delete, ID: item.ID}); err != nil {
				return script.Observation{}, err
			}
		}
	}
	answers, err := r.alive(ctx, at)
	switch {
	case err != nil:
		return script.Observation{}, err
	case !answers:
		return script.Observation{Label: "died", Detail: "the program does not answer any more", Fault: "crash"}, nil
	case made.Status == 0 || made.Answered() && made.Status >= 500:
		return failed(made), nil
	case made.Success():
		return seen("accepted", "read and ignored"), nil
	}
	return seen("refused", made.Describe()), nil
}

// probeOddKeys sends the names by which programs in JavaScript are led astray, and then a
// body without a text, which must be judged as before.
func (r *grading) probeOddKeys(ctx context.Context, at *script.Probing) (script.Observation, error) {
	polluted := at.Canary("canary")
	empty := script.Request{
		Method: r.binding.routes[script.Create].method, Path: r.binding.Path(script.Create), Header: jsonHeader(), Body: []byte("{}"), Name: "create from {}",
	}
	if empty.Method == "" {
		return script.Observation{Missing: script.Create}, nil
	}
	before, err := at.Client.Do(ctx, empty)
	if err != nil {
		return script.Observation{}, err
	}
	inner := map[string]any{}
	r.binding.Put(inner, r.resource.main().Meaning, polluted)
	member := script.Show(inner)
	for _, literal := range []struct{ name, value string }{
		{"__proto__", member}, {"constructor", `{"prototype":` + member + `}`}, {"$where", `"sleep(3000)"`},
	} {
		request, _ := r.beside(at.Canary("canary2"), literal.name, []byte(literal.value))
		made, err := at.Client.Do(ctx, request)
		if err != nil {
			return script.Observation{}, err
		}
		if broke(made) {
			return failed(made), nil
		}
	}
	after, err := at.Client.Do(ctx, empty)
	if err != nil {
		return script.Observation{}, err
	}
	if broke(after) && !broke(before) {
		return failed(after), nil
	}
	if after.Success() && (!before.Success() || bytes.Contains(after.Body, []byte(polluted))) {
		return script.Observation{Label: "polluted", Detail: "a name in one body changes how later bodies are read"}, r.again(ctx, at)
	}
	return seen("harmless", "later requests are read as before"), nil
}

// patience of raw conversations.
const conversationPatience = 5 * time.Second
