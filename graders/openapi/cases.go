package openapi

import (
	"encoding/json"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
)

// Case is one request body that differs from a good one in a single place.
type Case struct {
	Body    any
	Pointer string // the place
	What    string // what was done there, in words
}

// Property is one member of an object schema, references and allOf resolved.
type Property struct {
	Name     string
	Required bool
	node     map[string]any
	patterns *patterns
}

// Properties lists the members of an object schema, in the order of their names.
func (s Schema) Properties() []Property {
	found := map[string]Property{}
	s.properties(s.node, found, 0)
	list := make([]Property, 0, len(found))
	for _, name := range sortedKeys(found) {
		list = append(list, found[name])
	}
	return list
}

func (s Schema) properties(node any, into map[string]Property, level int) {
	if level > 8 || s.document == nil {
		return
	}
	resolved, _ := s.document.resolve(node)
	object, _ := resolved.(map[string]any)
	if all, ok := object["allOf"].([]any); ok {
		for _, inner := range all {
			s.properties(inner, into, level+1)
		}
	}
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	for _, name := range sortedKeys(properties) {
		inner := properties[name]
		plain := s.plain(inner)
		if plain["readOnly"] == true || len(into) >= maxProperties {
			continue
		}
		into[name] = Property{Name: name, Required: into[name].Required, node: plain, patterns: &s.document.patterns}
	}
	for _, entry := range required {
		if name, ok := entry.(string); ok {
			if property, known := into[name]; known {
				property.Required = true
				into[name] = property
			}
		}
	}
}

// plain is the schema of a property with its constraints on top: the only allOf, or the
// only alternative that is not null (pydantic writes optional fields so).
func (s Schema) plain(node any) map[string]any {
	resolved, _ := s.document.resolve(node)
	object, _ := resolved.(map[string]any)
	for _, name := range []string{"allOf", "anyOf", "oneOf"} {
		choices, _ := object[name].([]any)
		var left []map[string]any
		null := false
		for _, choice := range choices {
			inner, _ := s.document.resolve(choice)
			if schema, ok := inner.(map[string]any); ok {
				if slices.Equal(typesOf(schema), []string{"null"}) {
					null = true
					continue
				}
				left = append(left, schema)
			}
		}
		if len(left) == 1 && object["type"] == nil {
			merged := map[string]any{}
			for key, value := range object {
				if key != name {
					merged[key] = value
				}
			}
			maps.Copy(merged, left[0])
			if null {
				merged["nullable"] = true
			}
			return merged
		}
	}
	return object
}

// Type is the type of the property, null left out; "" where the document does not say.
func (p Property) Type() string {
	types := slices.DeleteFunc(typesOf(p.node), func(name string) bool { return name == "null" })
	if len(types) == 1 {
		return types[0]
	}
	return ""
}

// Format is date, date-time, uuid, …; "" where there is none.
func (p Property) Format() string { return text(p.node, "format") }

// Enum lists the texts that the property may have.
func (p Property) Enum() []string {
	var texts []string
	list, _ := p.node["enum"].([]any)
	for _, entry := range list {
		if name, ok := entry.(string); ok {
			texts = append(texts, name)
		}
	}
	return texts
}

// Example is a value for the property that its schema vouches for: an example, the
// default, a listed value, or one made from type and bounds. It reports false where any
// value would be a guess.
func (p Property) Example() (any, bool) {
	if value, ok := p.node["example"]; ok {
		return value, true
	}
	if list, ok := p.node["examples"].([]any); ok && len(list) > 0 {
		return list[0], true
	}
	if value, ok := p.node["const"]; ok {
		return value, true
	}
	if list, ok := p.node["enum"].([]any); ok && len(list) > 0 {
		return list[0], true
	}
	if value, ok := p.node["default"]; ok && value != nil {
		return value, true
	}
	switch p.Type() {
	case "boolean":
		return false, true
	case "integer", "number":
		if least, ok := p.node["minimum"].(json.Number); ok {
			return least, true
		}
		return json.Number("1"), true
	case "array":
		return []any{}, true
	case "string":
		return p.sample()
	}
	return nil, false
}

func (p Property) sample() (any, bool) {
	switch p.Format() {
	case "date":
		return "2030-01-15", true
	case "date-time":
		return "2030-01-15T09:30:00Z", true
	case "uuid":
		return "3f2b8e64-5d1c-4f0a-9b7e-6a1c2d3e4f50", true
	case "email":
		return "someone@example.org", true
	}
	sample := "sample"
	if least, ok := integer(p.node["minLength"]); ok && least > len(sample) && least < 5000 {
		sample = strings.Repeat("sample ", least/7+1)[:least]
	}
	pattern, patterned := p.node["pattern"].(string)
	return sample, !patterned || p.patterns.match(pattern, sample)
}

const (
	maxCases      = 12
	maxProperties = 40   // of an object that are varied
	longestText   = 6000 // longer texts are the business of another check
)

// Negative makes bodies that the schema forbids and a good body lacks: one mutation each,
// and each proved to be invalid (rules 1 to 3 of the seven against false alarms).
func (s Schema) Negative(good map[string]any, random *rand.Rand) []Case {
	var cases []Case
	add := func(name, what string, change func(body map[string]any)) {
		body := copied(good)
		change(body)
		if violations := s.Check(body, Request); len(violations) > 0 && len(s.Check(good, Request)) == 0 {
			cases = append(cases, Case{Body: body, Pointer: pointer(name), What: name + " " + what})
		}
	}
	set := func(name, what string, value any) {
		add(name, what, func(body map[string]any) { body[name] = value })
	}
	for _, property := range s.Properties() {
		name := property.Name
		if property.Required {
			add(name, "is left out", func(body map[string]any) { delete(body, name) })
		}
		switch property.Type() {
		case "string":
			set(name, "is an object", map[string]any{"a": json.Number("1")})
		case "integer", "number", "boolean", "array", "object":
			set(name, "is a text", "banana")
		}
		if len(property.Enum()) > 0 {
			set(name, "is none of the listed values", "banana")
		}
		if least, ok := integer(property.node["minLength"]); ok && least > 0 {
			set(name, "is too short", strings.Repeat("x", least-1))
		}
		if most, ok := integer(property.node["maxLength"]); ok && most < longestText {
			set(name, "is too long", strings.Repeat("x", most+1))
		}
		if beyond, ok := stepped(property.node["minimum"], -1); ok {
			set(name, "is below its minimum", beyond)
		}
		if beyond, ok := stepped(property.node["maximum"], 1); ok {
			set(name, "is above its maximum", beyond)
		}
		if format := property.Format(); property.Type() == "string" && (format == "date" || format == "date-time" || format == "uuid" || format == "email") {
			set(name, "is no "+format, "not a "+strings.ReplaceAll(format, "-", " "))
		}
	}
	set("x_surplus", "is a member that the schema forbids", "banana")
	return chosen(cases, random)
}

// Positive makes bodies that the schema allows: bounds, listed values, both flags, and
// what is optional left out. Only members with a bound of their own are varied: a plain
// text may have rules that no schema tells.
func (s Schema) Positive(good map[string]any, random *rand.Rand) []Case {
	var cases []Case
	add := func(name, what string, change func(body map[string]any)) {
		body := copied(good)
		change(body)
		if len(s.Check(body, Request)) == 0 {
			cases = append(cases, Case{Body: body, Pointer: pointer(name), What: name + " " + what})
		}
	}
	set := func(name, what string, value any) {
		add(name, what, func(body map[string]any) { body[name] = value })
	}
	for _, property := range s.Properties() {
		name := property.Name
		if _, has := good[name]; has && !property.Required && len(good) > 1 {
			add(name, "is left out", func(body map[string]any) { delete(body, name) })
		}
		if property.Type() == "boolean" {
			set(name, "is true", true)
		}
		for _, value := range property.Enum() {
			set(name, "is "+value, value)
		}
		pattern, patterned := property.node["pattern"].(string)
		if least, ok := integer(property.node["minLength"]); ok && least > 0 && least < longestText && len(property.Enum()) == 0 && property.Format() == "" {
			if value := strings.Repeat("x", least); !patterned || property.patterns.match(pattern, value) {
				set(name, "is as short as it may be", value)
			}
		}
		if most, ok := integer(property.node["maxLength"]); ok && most > 0 && most < longestText && len(property.Enum()) == 0 && property.Format() == "" {
			if value := strings.Repeat("x", most); !patterned || property.patterns.match(pattern, value) {
				set(name, "is as long as it may be", value)
			}
		}
		for bound, what := range map[string]string{"minimum": "is its minimum", "maximum": "is its maximum"} {
			if limit, ok := property.node[bound].(json.Number); ok {
				set(name, what, limit)
			}
		}
	}
	return chosen(cases, random)
}

// chosen keeps a seeded choice of cases, in an order that does not depend on it.
func chosen(cases []Case, random *rand.Rand) []Case {
	slices.SortStableFunc(cases, func(a, b Case) int { return strings.Compare(a.What, b.What) })
	for len(cases) > maxCases {
		i := random.IntN(len(cases))
		cases = slices.Delete(cases, i, i+1)
	}
	return cases
}

// stepped is the whole number beside a limit.
func stepped(node any, by int64) (json.Number, bool) {
	limit, ok := node.(json.Number)
	if !ok {
		return "", false
	}
	number, ok := rational(limit)
	if !ok || !number.IsInt() || len(limit) > 12 {
		return "", false
	}
	return json.Number(new(big.Int).Add(number.Num(), big.NewInt(by)).String()), true
}

// copied is a copy of an object whose members may be replaced.
func copied(object map[string]any) map[string]any {
	made := make(map[string]any, len(object)+1)
	maps.Copy(made, object)
	return made
}
