package restapi

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// probeFilter asks for the todos that are done, and for those that are not.
func (r *grading) probeFilter(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if err := r.disperse(ctx, at.Lab); err != nil {
		return script.Observation{}, err
	}
	flag, ok := r.flag()
	if !ok {
		return seen("none", "the API has no flag to filter by"), nil
	}
	for n := range 2 {
		ready, err := r.oneOfEach(ctx, at, n)
		if err != nil || !ready {
			return script.Observation{Missing: script.Create}, err
		}
	}
	unclear := false
	for _, name := range r.filters(flag) {
		advertised := r.binding.clues.advertises(name)
		for number, pair := range r.pairs(flag) {
			outcome, err := r.filtered(ctx, at, name, pair)
			switch {
			case err != nil:
				return script.Observation{}, err
			case outcome == "filters":
				return seen("filters", "only the todos that were asked for are listed"), nil
			case outcome == "ignored" && advertised && number == 0:
				return seen("ignored", "the filter that the documentation names changes nothing"), nil
			}
		}
		unclear = unclear || advertised
	}
	if unclear {
		return seen("unclear", "the values of the filter are not known"), nil
	}
	return seen("none", "no filter is documented"), nil
}

// flag is the field that says whether an item is done.
func (r *grading) flag() (field, bool) {
	for _, words := range r.resource.Fields {
		if words.Kind == kindFlag {
			found, ok := r.binding.fields[words.Meaning]
			return found, ok
		}
	}
	return field{}, false
}

// flagMeaning is what the resource calls it.
func (r *grading) flagMeaning() string {
	for _, words := range r.resource.Fields {
		if words.Kind == kindFlag {
			return words.Meaning
		}
	}
	return ""
}

// oneOfEach makes an item that is done and one that is not.
func (r *grading) oneOfEach(ctx context.Context, at *script.Probing, n int) (bool, error) {
	main, done := r.resource.main().Meaning, r.flagMeaning()
	for _, state := range []bool{false, true} {
		text := at.Canary("filter") + " " + strconv.Itoa(n) + map[bool]string{true: "x", false: "o"}[state]
		made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{main: text}})
		if err != nil || !ok || !made.Success() {
			return false, err
		}
		item, _ := r.binding.Item(made)
		if item.ID == "" {
			item.ID = lastSegment(made.Header.Get("Location"))
		}
		if !state {
			continue
		}
		changed, ok, err := at.Send(ctx, script.Intent{Op: script.Patch, ID: item.ID, Item: item, Set: map[string]any{done: true}})
		if err == nil && !ok {
			changed, ok, err = at.Send(ctx, script.Intent{Op: script.Replace, ID: item.ID, Item: item, Set: map[string]any{main: text, done: true}})
		}
		if err != nil || !ok || !changed.Success() {
			return false, err
		}
	}
	return true, nil
}

// filters are the parameters that may filter by the flag: its own name first, then those
// of the usual names that the documents speak of.
func (r *grading) filters(flag field) []string {
	names := []string{flag.read[strings.LastIndexByte(flag.read, '/')+1:]}
	for _, words := range r.resource.Fields {
		if words.Kind != kindFlag {
			continue
		}
		for _, name := range words.Names {
			if r.binding.clues.advertises(name) {
				names = append(names, name)
			}
		}
	}
	return distinct(names)
}

// pairs are the values that may stand for done and not done, those of the API first.
func (r *grading) pairs(flag field) [][2]string {
	own := [2]string{plainWord(flag.yes), plainWord(flag.no)}
	others := [][2]string{{"true", "false"}, {"completed", "active"}, {"done", "open"}, {"completed", "pending"}, {"1", "0"}}
	return append([][2]string{own}, slices.DeleteFunc(others, func(pair [2]string) bool { return pair == own })...)
}

func plainWord(value any) string {
	return strings.Trim(script.Show(value), `"`)
}

// filtered tries one pair of values: "filters", "ignored" or "refused".
func (r *grading) filtered(ctx context.Context, at *script.Probing, name string, pair [2]string) (string, error) {
	done := r.flagMeaning()
	right := 0
	for number, value := range pair {
		query := url.QueryEscape(name) + "=" + url.QueryEscape(value)
		if r.binding.paging.size != "" {
			query += "&" + r.binding.paging.size + "=100"
		}
		reply, err := r.list(ctx, at, query)
		if err != nil {
			return "", err
		}
		items, ok := r.binding.Items(reply)
		if !reply.Success() || !ok {
			return "refused", nil
		}
		wanted := number == 0
		wrong := slices.ContainsFunc(items, func(item script.Item) bool { return item.Fields[done] != wanted })
		if !wrong && len(items) > 0 {
			right++
		}
	}
	if right == len(pair) {
		return "filters", nil
	}
	return "ignored", nil
}

// sortWords are made in this order, so that neither direction is the order of their making.
var sortWords = []string{"c", "a", "d", "b"}

// probeSort asks for the list in both directions and looks at four todos of its own.
func (r *grading) probeSort(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if err := r.disperse(ctx, at.Lab); err != nil {
		return script.Observation{}, err
	}
	main := r.resource.main().Meaning
	text := r.binding.fields[main].read
	orders := r.binding.clues.orders(text[strings.LastIndexByte(text, '/')+1:])
	if len(orders) == 0 {
		return seen("none", "no order is documented"), nil
	}
	prefix := at.Canary("sort")
	for _, word := range sortWords {
		made, ok, err := at.Send(ctx, r.creating(prefix+" "+word))
		if err != nil || !ok || !made.Success() {
			return script.Observation{Missing: script.Create}, err
		}
	}
	for _, tried := range orders {
		up, err := r.ordered(ctx, at, tried.up, prefix)
		if err != nil {
			return script.Observation{}, err
		}
		down, err := r.ordered(ctx, at, tried.down, prefix)
		if err != nil {
			return script.Observation{}, err
		}
		switch {
		case up == "abcd" && down == "dcba":
			return seen("sorts", "the list is in the order that was asked for"), nil
		case tried.documented && len(up) == len(sortWords) && len(down) == len(sortWords):
			return seen("ignored", "the list is not in the order that the documentation names"), nil
		}
	}
	return seen("unclear", "the words of the order are not known"), nil
}

// ordered lists the last letters of our own items, in the order of the list.
func (r *grading) ordered(ctx context.Context, at *script.Probing, query, prefix string) (string, error) {
	if r.binding.paging.size != "" {
		query += "&" + r.binding.paging.size + "=100"
	}
	reply, err := r.list(ctx, at, query)
	var letters strings.Builder
	for page := 0; err == nil && reply.Success() && page < 10; page++ {
		items, _ := r.binding.Items(reply)
		for _, item := range items {
			text, _ := item.Fields[r.resource.main().Meaning].(string)
			if word, ours := strings.CutPrefix(text, prefix+" "); ours {
				letters.WriteString(word)
			}
		}
		next, more := r.binding.NextPage(reply)
		if !more {
			break
		}
		reply, err = at.Client.Do(ctx, next)
	}
	return letters.String(), err
}
