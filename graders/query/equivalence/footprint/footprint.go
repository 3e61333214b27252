// Package footprint tells what a candidate's DDL left in a database: it reads the catalog
// before and after, and holds every difference against a list of what is allowed. It stands
// below package equivalence.
//
// Only pg_catalog is read, in sessions of RoleProbe or RoleAdmin, whose search path holds
// nothing of the candidate's: a table, an operator or a function that is named like one of
// the catalog's is seen, and never used.
package footprint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Catalog is what a database holds beside what Postgres brings.
type Catalog struct {
	objects []object // sorted by kind and key
}

// object is one thing that the catalog describes.
type object struct {
	kind  string // one of the words of kinds
	key   string // what it is known by in two readings
	name  string // how it is shown, cleaned
	state []fact // what has to stay
}

// fact is one property. Its value may be an OID, which is not shown.
type fact struct{ name, value string }

// Read reads the catalog of the session's database.
func Read(ctx context.Context, session *database.Connection) (Catalog, error) {
	var (
		catalog    Catalog
		statements []string
	)
	for _, each := range kinds() {
		statements = append(statements, each.sql)
	}
	answers, err := session.RunEach(ctx, statements)
	if err != nil {
		return catalog, fmt.Errorf("read the catalog: %w", err)
	}
	if len(answers) < len(statements) {
		return catalog, fmt.Errorf("read the catalog: the session ended after %d of %d kinds of objects", len(answers), len(statements))
	}
	for i, each := range kinds() {
		if answers[i].Refusal != nil {
			return catalog, fmt.Errorf("read the catalog for %s: %s: %s", each.word, answers[i].State(), takehome.Line(answers[i].Refusal.Message))
		}
		if answers[i].Truncated {
			return catalog, fmt.Errorf("read the catalog: there are too many objects of the kind %s", each.word)
		}
		for _, row := range answers[i].Rows {
			made := object{kind: each.word, key: row[0].Text, name: takehome.Line(row[1].Text)}
			for j, name := range each.facts {
				value := row[j+2]
				made.state = append(made.state, fact{name: name, value: fmt.Sprint(value.Null, value.Text)})
			}
			catalog.objects = append(catalog.objects, made)
		}
	}
	slices.SortFunc(catalog.objects, compareObjects)
	return catalog, nil
}

func compareObjects(a, b object) int {
	if order := strings.Compare(a.kind, b.kind); order != 0 {
		return order
	}
	return strings.Compare(a.key, b.key)
}

// Tables are the names of the ordinary tables of the schema public.
func (c Catalog) Tables() []string {
	var names []string
	for _, each := range c.objects {
		if name, found := strings.CutPrefix(each.key, "public."); found && each.kind == "table" {
			names = append(names, name)
		}
	}
	return names
}

// Action is what happened to an object.
type Action string

// What DDL does to objects.
const (
	Added   Action = "added"
	Dropped Action = "dropped"
	Changed Action = "changed"
)

// Change is one difference between two readings of a catalog. It is the same in every run.
type Change struct {
	Kind    string // "index", "table", "function", …
	Name    string // cleaned
	Action  Action
	Facts   []string // what changed
	Allowed bool
	Reason  string // why it is not allowed, a sentence
}

// String says what happened in a few words.
func (c Change) String() string {
	text := fmt.Sprintf("%s %s %s", strings.ReplaceAll(c.Kind, "_", " "), c.Name, c.Action)
	if len(c.Facts) > 0 {
		text += " (" + strings.Join(c.Facts, ", ") + ")"
	}
	return text
}

// Since lists what changed since an earlier reading. Allowed are kinds whose objects may be
// added, and drop_index, by which an index may go.
func (c Catalog) Since(before Catalog, allowed []string) []Change {
	var changes []Change
	note := func(of object, action Action, facts []string) {
		change := Change{Kind: of.kind, Name: of.name, Action: action, Facts: facts}
		change.Allowed = permitted(of.kind, action, allowed)
		if !change.Allowed {
			change.Reason = reason(of.kind, action)
		}
		changes = append(changes, change)
	}
	for _, was := range before.objects {
		at, found := slices.BinarySearchFunc(c.objects, was, compareObjects)
		if !found {
			note(was, Dropped, nil)
		} else if facts := differing(was, c.objects[at]); len(facts) > 0 {
			note(was, Changed, facts)
		}
	}
	for _, is := range c.objects {
		if _, found := slices.BinarySearchFunc(before.objects, is, compareObjects); !found {
			note(is, Added, nil)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return strings.Compare(a.Kind+"\x00"+a.Name, b.Kind+"\x00"+b.Name)
	})
	return changes
}

func differing(was, is object) []string {
	var facts []string
	for i, each := range was.state {
		if is.state[i].value != each.value {
			facts = append(facts, each.name)
		}
	}
	return facts
}

// Forbidden are the changes that are not allowed.
func Forbidden(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(change Change) bool { return change.Allowed })
}

func permitted(kind string, action Action, allowed []string) bool {
	switch {
	case kind == "index" && action == Dropped:
		return slices.Contains(allowed, "drop_index")
	case kind == "statistics_target":
		return slices.Contains(allowed, kind)
	}
	return action == Added && slices.Contains(allowed, kind)
}
