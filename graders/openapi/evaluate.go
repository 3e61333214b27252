package openapi

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Direction is which way a value goes: readOnly members are not required of requests,
// writeOnly ones not of answers.
type Direction int

// The two ways.
const (
	Request Direction = iota
	Answer
)

// Violation is one place where a value is not what the schema says.
type Violation struct {
	Pointer string // into the value (RFC 6901); "" is the whole
	Wanted  string
	Got     string
}

// Check compares a value of JSON with the schema. What the evaluator does not know, or
// cannot afford to look at, is no violation.
func (s Schema) Check(value any, way Direction) []Violation {
	if s.node == nil {
		return nil
	}
	e := evaluation{document: s.document, way: way}
	found := e.check(s.node, value, "", 0)
	if e.exhausted {
		return nil
	}
	return found
}

type evaluation struct {
	document  *Document
	way       Direction
	looked    int
	exhausted bool
}

func (e *evaluation) check(node, value any, at string, level int) []Violation {
	if e.looked++; e.looked > maxEvaluated || level > maxLevels {
		e.exhausted = true
	}
	if e.exhausted {
		return nil
	}
	if node == false {
		return []Violation{{at, "nothing", kindOf(value)}}
	}
	object, ok := node.(map[string]any)
	if !ok {
		return nil
	}
	var found []Violation
	if _, isRef := target(object); isRef {
		resolved, ok := e.document.resolve(object)
		if !ok {
			return nil
		}
		found = e.check(resolved, value, at, level+1)
		if strings.HasPrefix(e.document.Version, "3.0") || e.document.swagger() {
			return found // members beside a reference are ignored in these versions
		}
	}
	if value == nil && (object["nullable"] == true || object["x-nullable"] == true) {
		return nil
	}
	if violation, wrong := typeViolation(object, value, at); wrong {
		return append(found, violation)
	}
	found = append(found, e.scalar(object, value, at)...)
	switch v := value.(type) {
	case map[string]any:
		found = append(found, e.object(object, v, at, level)...)
	case []any:
		found = append(found, e.array(object, v, at, level)...)
	}
	return append(found, e.composed(object, value, at, level)...)
}

func (e *evaluation) object(node, value map[string]any, at string, level int) []Violation {
	var found []Violation
	properties, _ := node["properties"].(map[string]any)
	required, _ := node["required"].([]any)
	for _, entry := range required {
		name, ok := entry.(string)
		if _, has := value[name]; !ok || has || e.exempt(properties[name]) {
			continue
		}
		found = append(found, Violation{at + pointer(name), "is required", "nothing"})
	}
	_, patterned := node["patternProperties"]
	additional, limited := node["additionalProperties"]
	for _, name := range sortedKeys(value) {
		if property, known := properties[name]; known {
			found = append(found, e.check(property, value[name], at+pointer(name), level+1)...)
		} else if limited && !patterned {
			if additional == false {
				found = append(found, Violation{at + pointer(name), "no such member", kindOf(value[name])})
			} else {
				found = append(found, e.check(additional, value[name], at+pointer(name), level+1)...)
			}
		}
	}
	found = append(found, bound(node, "minProperties", "maxProperties", len(value), at, "members")...)
	return found
}

// exempt reports a property that is not required in this direction.
func (e *evaluation) exempt(node any) bool {
	resolved, _ := e.document.resolve(node)
	property, _ := resolved.(map[string]any)
	return e.way == Request && property["readOnly"] == true || e.way == Answer && property["writeOnly"] == true
}

func (e *evaluation) array(node map[string]any, value []any, at string, level int) []Violation {
	found := bound(node, "minItems", "maxItems", len(value), at, "elements")
	items, ok := node["items"]
	if _, tuple := node["prefixItems"]; !ok || tuple {
		return found
	}
	for i, element := range value {
		if inner := e.check(items, element, at+"/"+strconv.Itoa(i), level+1); len(inner) > 0 {
			return append(found, inner...) // one wrong element tells of all
		}
	}
	return found
}

func (e *evaluation) composed(node map[string]any, value any, at string, level int) []Violation {
	var found []Violation
	if all, ok := node["allOf"].([]any); ok {
		for _, inner := range all {
			found = append(found, e.check(inner, value, at, level+1)...)
		}
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		choices, ok := node[name].([]any)
		if !ok || len(choices) == 0 {
			continue
		}
		// oneOf is read as anyOf: overlapping alternatives are a matter of taste.
		fits := slices.ContainsFunc(choices, func(choice any) bool { return len(e.check(choice, value, at, level+1)) == 0 })
		if !fits {
			found = append(found, Violation{at, "one of several alternatives", kindOf(value)})
		}
	}
	if not, ok := node["not"].(map[string]any); ok && len(e.check(not, value, at, level+1)) == 0 && !e.exhausted {
		found = append(found, Violation{at, "something else", kindOf(value)})
	}
	return found
}

// typeViolation compares the kind of a value with type, which is a word or since 3.1 a list.
func typeViolation(node map[string]any, value any, at string) (Violation, bool) {
	types := typesOf(node)
	if len(types) == 0 || slices.ContainsFunc(types, func(name string) bool { return isOf(value, name) }) {
		return Violation{}, false
	}
	return Violation{at, strings.Join(types, " or "), kindOf(value)}, true
}

func typesOf(node map[string]any) []string {
	switch v := node["type"].(type) {
	case string:
		return []string{v}
	case []any:
		var types []string
		for _, entry := range v {
			if name, ok := entry.(string); ok {
				types = append(types, name)
			}
		}
		return types
	}
	return nil
}

func isOf(value any, name string) bool {
	switch v := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string" || name == "file"
	case json.Number:
		return name == "number" || name == "integer" && whole(v)
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

func whole(n json.Number) bool {
	number, ok := rational(n)
	return ok && number.IsInt()
}

// rational reads a number exactly. One with an absurd exponent is not read: it would fill the memory.
func rational(n json.Number) (*big.Rat, bool) {
	if _, exponent, ok := strings.Cut(strings.ToLower(n.String()), "e"); ok {
		if size, err := strconv.Atoi(exponent); err != nil || size > 400 || size < -400 {
			return nil, false
		}
	}
	if len(n) > 1000 {
		return nil, false
	}
	return new(big.Rat).SetString(n.String())
}

func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if whole(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "something else"
}

func (e *evaluation) scalar(node map[string]any, value any, at string) []Violation {
	var found []Violation
	if list, ok := node["enum"].([]any); ok && !slices.ContainsFunc(list, func(choice any) bool { return equal(choice, value) }) {
		// A nullable enum seldom lists null.
		if value != nil {
			found = append(found, Violation{at, "one of the listed values", kindOf(value)})
		}
	}
	if only, ok := node["const"]; ok && !equal(only, value) {
		found = append(found, Violation{at, "the only value", kindOf(value)})
	}
	switch v := value.(type) {
	case string:
		found = append(found, bound(node, "minLength", "maxLength", utf8.RuneCountInString(v), at, "characters")...)
		if pattern, ok := node["pattern"].(string); ok && !e.document.patterns.match(pattern, v) {
			found = append(found, Violation{at, "a text of the pattern", "another text"})
		}
		if format, _ := node["format"].(string); !formed(format, v) {
			found = append(found, Violation{at, "a " + format, "another text"})
		}
	case json.Number:
		found = append(found, numberViolations(node, v, at)...)
	}
	return found
}

func bound(node map[string]any, low, high string, size int, at, what string) []Violation {
	if least, ok := integer(node[low]); ok && size < least {
		return []Violation{{at, "at least " + strconv.Itoa(least) + " " + what, strconv.Itoa(size)}}
	}
	if most, ok := integer(node[high]); ok && size > most {
		return []Violation{{at, "at most " + strconv.Itoa(most) + " " + what, strconv.Itoa(size)}}
	}
	return nil
}

func integer(node any) (int, bool) {
	number, ok := node.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(number.String())
	return n, err == nil && n >= 0
}

func numberViolations(node map[string]any, value json.Number, at string) []Violation {
	number, ok := rational(value)
	if !ok {
		return nil
	}
	var found []Violation
	compare := func(name string, wrong func(int) bool, words string) {
		limit, isNumber := node[name].(json.Number)
		if !isNumber {
			return
		}
		if most, ok := rational(limit); ok && wrong(number.Cmp(most)) {
			found = append(found, Violation{at, words + " " + limit.String(), value.String()})
		}
	}
	compare("minimum", func(sign int) bool { return sign < 0 || sign == 0 && node["exclusiveMinimum"] == true }, "at least")
	compare("maximum", func(sign int) bool { return sign > 0 || sign == 0 && node["exclusiveMaximum"] == true }, "at most")
	compare("exclusiveMinimum", func(sign int) bool { return sign <= 0 }, "more than")
	compare("exclusiveMaximum", func(sign int) bool { return sign >= 0 }, "less than")
	return found
}

// Limits of patterns: their length, and how many different ones a document may have.
const (
	maxPattern  = 300
	maxPatterns = 200
)

// patterns are the compiled patterns of a document.
type patterns struct {
	mutex sync.Mutex
	known map[string]*regexp.Regexp // nil for one that is not run
}

// match runs a pattern in RE2. One of another dialect, or too large, matches everything.
func (p *patterns) match(pattern, text string) bool {
	if len(pattern) > maxPattern {
		return true
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	compiled, known := p.known[pattern]
	if !known {
		if len(p.known) >= maxPatterns {
			return true
		}
		compiled, _ = regexp.Compile(pattern) // nil where it is of another dialect
		if p.known == nil {
			p.known = map[string]*regexp.Regexp{}
		}
		p.known[pattern] = compiled
	}
	return compiled == nil || compiled.MatchString(text)
}

var (
	roughDate = regexp.MustCompile(`^\d{4,6}-\d{2}-\d{2}`)
	roughUUID = regexp.MustCompile(`^[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$`)
)

// formed reports a text that is not grossly wrong for its format. Most formats are hints.
func formed(format, text string) bool {
	switch format {
	case "date", "date-time":
		return roughDate.MatchString(text)
	case "uuid":
		return roughUUID.MatchString(text)
	case "email":
		return strings.Contains(text, "@")
	}
	return true
}

func equal(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		if !ok {
			return false
		}
		if x == y {
			return true
		}
		m, readable := rational(x)
		n, alsoReadable := rational(y)
		return readable && alsoReadable && m.Cmp(n) == 0
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, inner := range x {
			if other, has := y[name]; !has || !equal(inner, other) {
				return false
			}
		}
		return true
	default:
		return a == b
	}
}

func pointer(name string) string {
	return "/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
