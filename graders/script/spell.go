package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// words spells conditions out for a reader who does not know the language of checks. It
// names kinds of values, never the values of a run.
func (c Conditions) words() string {
	var parts []string
	for _, condition := range c {
		if text := condition.words(); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

func (c Condition) words() string {
	var parts []string
	add := func(format string, arguments ...any) { parts = append(parts, fmt.Sprintf(format, arguments...)) }
	if len(c.Status) > 0 {
		add("status %s", c.Status)
	}
	if len(c.Media) > 0 {
		add("a body of the kind %s", strings.Join(c.Media, " or "))
	}
	for _, name := range sortedKeys(c.Header) {
		add("header %s %s", name, valueWords(c.Header[name]))
	}
	if c.Body != "" {
		add("a body that is %s", plainBody(c.Body))
	}
	for _, pointer := range sortedKeys(c.JSON) {
		add("%s in the body is %s", pointer, valueWords(c.JSON[pointer]))
	}
	if c.UTF8 != nil {
		add("valid UTF-8")
	}
	if len(c.Fault) > 0 {
		add("ends as %s", labelWords(c.Fault))
	}
	parts = append(parts, c.itemWords()...)
	if len(c.Seen) > 0 {
		add("seen: %s", labelWords(c.Seen))
	}
	if len(c.Rows) > 0 {
		add("the rows that are expected")
	}
	if len(c.Bound) > 0 {
		add("the API has %s", labelWords(c.Bound))
	}
	if len(c.Unbound) > 0 {
		add("the API lacks %s", labelWords(c.Unbound))
	}
	if c.Documented != "" {
		add("its documentation says so (%s)", labelWords(words{c.Documented}))
	}
	if len(c.AnyOf) > 0 {
		var either []string
		for _, each := range c.AnyOf {
			either = append(either, each.words())
		}
		add("one of: %s", strings.Join(either, " | "))
	}
	if len(c.Not) > 0 {
		add("not (%s)", c.Not.words())
	}
	text := strings.Join(parts, ", ")
	if c.At != "" && text != "" {
		text = labelWords(words{c.At}) + ": " + text
	}
	return text
}

func (c Condition) itemWords() []string {
	var parts []string
	for _, name := range sortedKeys(c.Item) {
		parts = append(parts, fmt.Sprintf("%s %s", name, valueWords(c.Item[name])))
	}
	if c.List != nil {
		switch {
		case c.List.Has != "":
			parts = append(parts, "the list holds it")
		case c.List.Lacks != "":
			parts = append(parts, "the list does not hold it")
		case c.List.Empty:
			parts = append(parts, "the list is empty")
		}
	}
	if c.SameAs != nil {
		parts = append(parts, "the same answer as before")
	}
	if c.Distinct != "" {
		parts = append(parts, "all "+c.Distinct+" different")
	}
	return parts
}

var namedValue = regexp.MustCompile(`\$\{[^}]*\}`)

// valueWords describes a value; one that is made for the run is "as sent".
func valueWords(value any) string {
	text, ok := value.(string)
	switch {
	case ok && (text == "present" || text == "absent"):
		return text
	case ok && namedValue.MatchString(text):
		return "as sent"
	case ok:
		return text
	}
	return namedValue.ReplaceAllString(Show(value), "as sent")
}

func plainBody(body string) string {
	switch {
	case strings.HasPrefix(body, "names "):
		return "naming the field " + strings.TrimPrefix(body, "names ")
	case strings.HasPrefix(body, "has "):
		return "holding " + namedValue.ReplaceAllString(strings.TrimPrefix(body, "has "), "what was sent")
	}
	return body
}

func labelWords(labels words) string {
	spelled := slices.Clone(labels)
	for i := range spelled {
		spelled[i] = strings.ReplaceAll(spelled[i], "_", " ")
	}
	return namedValue.ReplaceAllString(strings.Join(spelled, " or "), "it")
}
