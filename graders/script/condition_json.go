package script

import (
	"regexp"
	"slices"
	"strings"
)

// differJSON compares places of a reply, by JSON Pointer, with values or matchers.
func (r *run) differJSON(c Condition, e *Exchange, differ differ) {
	if len(c.JSON) == 0 {
		return
	}
	value, err := e.JSON()
	if err != nil {
		differ("body", "JSON", err.Error())
		return
	}
	for _, pointer := range sortedKeys(c.JSON) {
		got, found := At(value, pointer)
		want, err := r.expand(c.JSON[pointer])
		if err != nil {
			differ(pointer, "a value", err.Error())
			continue
		}
		r.differValue(pointer, want, got, found, differ)
	}
}

// differValue compares one value with a literal or with a matcher such as {type: string}.
func (r *run) differValue(pointer string, want, got any, found bool, differ differ) {
	matcher, isMatcher := want.(map[string]any)
	if !isMatcher {
		if !found || !Equal(want, got) {
			differ(pointer, Show(want), shown(got, found))
		}
		return
	}
	for _, kind := range sortedKeys(matcher) {
		if !valueHolds(kind, matcher[kind], got, found) {
			differ(pointer, kind+" "+Show(matcher[kind]), shown(got, found))
		}
	}
}

func shown(value any, found bool) string {
	if !found {
		return "absent"
	}
	return Show(value)
}

// valueMatchers are the words that a matcher may hold.
var valueMatchers = []string{"absent", "eq", "in", "type", "matches", "length", "any", "every", "none"}

func valueHolds(kind string, want, got any, found bool) bool {
	if kind == "absent" {
		return found != (want == true)
	}
	if !found {
		return false
	}
	list, _ := got.([]any)
	equal := func(item any) bool { return Equal(want, item) }
	switch kind {
	case "eq":
		return Equal(want, got)
	case "in":
		options, _ := want.([]any)
		return slices.ContainsFunc(options, func(option any) bool { return Equal(option, got) })
	case "type":
		return TypeOf(got) == want
	case "matches":
		text, ok := got.(string)
		pattern, _ := want.(string)
		return ok && regexp.MustCompile(pattern).MatchString(text) // compiled once at load, so it cannot fail
	case "length":
		return Equal(want, length(got))
	case "any":
		return slices.ContainsFunc(list, equal)
	case "every":
		return list != nil && !slices.ContainsFunc(list, func(item any) bool { return !equal(item) })
	case "none":
		return list != nil && !slices.ContainsFunc(list, equal)
	}
	return false
}

func length(value any) int {
	switch v := value.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	case string:
		return len([]rune(v))
	default:
		return -1
	}
}

// differSame compares a reply with an earlier one, leaving out fields whose names match.
func (r *run) differSame(same SameCondition, e *Exchange, differ differ) {
	earlier := r.named[same.Step]
	if len(earlier) == 0 {
		differ("body", "as in step "+same.Step, "the step was not reached")
		return
	}
	before, err := earlier[len(earlier)-1].JSON()
	if err != nil {
		differ("body", "JSON in step "+same.Step, err.Error())
		return
	}
	after, err := e.JSON()
	if err != nil {
		differ("body", "JSON", err.Error())
		return
	}
	ignored := regexp.MustCompile("(?i)^(" + strings.Join(append(same.Ignoring, "$^"), "|") + ")$")
	firstDifference("", before, after, ignored, differ)
}

// firstDifference walks two JSON values and reports where they first differ.
func firstDifference(pointer string, a, b any, ignored *regexp.Regexp, differ differ) bool {
	x, isObject := a.(map[string]any)
	y, alsoObject := b.(map[string]any)
	if isObject && alsoObject {
		for _, key := range sortedKeys(x) {
			if ignored.MatchString(key) {
				continue
			}
			inner, ok := y[key]
			if !ok {
				differ(pointer+Pointer(key), Show(x[key]), "absent")
				return true
			}
			if firstDifference(pointer+Pointer(key), x[key], inner, ignored, differ) {
				return true
			}
		}
		return false
	}
	xs, isList := a.([]any)
	ys, alsoList := b.([]any)
	if isList && alsoList && len(xs) == len(ys) {
		for i := range xs {
			if firstDifference(pointer+"/"+itoa(i), xs[i], ys[i], ignored, differ) {
				return true
			}
		}
		return false
	}
	if Equal(a, b) {
		return false
	}
	where := pointer
	if where == "" {
		where = "body"
	}
	differ(where, Show(a), Show(b))
	return true
}
