package schema

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// The labels that every experiment can answer with.
const (
	labelUnsure   = "unsure"   // the mapping is not sure of a table
	labelAbsent   = "absent"   // there is no such table or column; another check charges it
	labelNoRow    = "no_row"   // no valid row could be made
	labelDisagree = "disagree" // it depends on who does it
)

// labelled are the labels of an experiment.
func labelled(own ...string) []string {
	return append(own, labelUnsure, labelAbsent, labelNoRow, labelDisagree)
}

// experiments are the benches of a run, opened by the first check that needs them.
type experiments struct {
	pair     *rows.Pair
	sessions []*database.Connection
}

// operationFill is to store rows at all. What cannot be tried without is blocked by the
// check that charges it.
const operationFill = "fill"

// owners names the checks that charge the lack of an operation.
func owners() map[string]string { return map[string]string{operationFill: "N19"} }

// patience is how long one statement of an experiment may take.
const patience = 3 * time.Second

// benches opens a session of the owner and one of a guest, for valid rows and for what
// breaks their rules.
func (r *grading) benches(ctx context.Context) (rows.Pair, error) {
	if r.experiments.pair != nil {
		return *r.experiments.pair, nil
	}
	guest, err := rows.Guest(ctx, r.session.Lab, r.admin, r.owner, r.schema)
	if err != nil {
		return rows.Pair{}, err
	}
	var made [2]*rows.Bench
	options := database.Options{Settings: rows.Settings(r.schema), Patience: patience}
	for i, each := range []struct {
		lab  database.Lab
		role takehome.Role
	}{{r.session.Lab, takehome.RoleOwner}, {guest, rows.RoleGuest}} {
		connection, err := database.Connect(ctx, each.lab, each.role, options)
		if err != nil {
			return rows.Pair{}, err
		}
		r.experiments.sessions = append(r.experiments.sessions, connection)
		made[i] = rows.NewBench(connection, r.schema)
	}
	r.experiments.pair = &rows.Pair{Owner: made[0], Guest: made[1]}
	return *r.experiments.pair, nil
}

// found is what an experiment found.
type found struct{ label, detail, fault string }

// experiment runs a trial as the owner and as a guest, who must see the same.
func (r *grading) experiment(ctx context.Context, trial func(ctx context.Context, bench *rows.Bench) (found, error)) (script.Observation, error) {
	pair, err := r.benches(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	var first *found
	seen, err := pair.Observe(ctx, func(ctx context.Context, bench *rows.Bench) (string, error) {
		result, err := trial(ctx, bench)
		if first == nil {
			first = &result
		}
		return result.label, err
	})
	if err != nil {
		return script.Observation{}, err
	}
	observation := script.Observation{Label: seen.Label, Evidence: seen.Evidence}
	if first != nil {
		observation.Detail, observation.Fault = first.detail, first.fault
	}
	switch {
	case seen.Unmade != nil && (seen.Unmade.Cause == rows.CauseCircle || seen.Unmade.Cause == rows.CauseLost):
		// Nothing can be stored, and that is the design's: N19 charges it, and stands for this.
		return script.Observation{Missing: operationFill, Evidence: seen.Evidence}, nil
	case seen.Unmade != nil:
		observation.Label, observation.Detail, observation.Fault = labelNoRow, seen.Unmade.Error(), ""
	case seen.Other != "":
		observation.Label, observation.Fault = labelDisagree, ""
		observation.Detail = "the owner of the tables sees " + strconv.Quote(seen.Label) + ", another role " + strconv.Quote(seen.Other)
	}
	return observation, nil
}

// without is the observation that a table or a column is not there, or not surely.
func (r *grading) without(role mapping.Role, what string) script.Observation {
	if !r.mapping.Confident(role) {
		return seen(labelUnsure, "it is not clear which table is that of the role "+string(role))
	}
	return seen(labelAbsent, what)
}

// tried changes one property of a row that is otherwise valid. What a function refuses it
// must refuse for new rows and for changes of old ones. Only refusals with one of these
// states speak about the change.
func tried(ctx context.Context, bench *rows.Bench, table live.Name, change rows.Values, states []string) (found, error) {
	draft, err := bench.Draft(ctx, table, nil)
	if unmade := (*rows.Unmade)(nil); errors.As(err, &unmade) && unmade.Cause == rows.CauseRules {
		return changed(ctx, bench, table, change, states)
	}
	if err != nil {
		return found{}, err
	}
	reaction, err := bench.Insert(ctx, draft, change)
	if err != nil {
		return found{}, err
	}
	if reaction.Kind == rows.Raised {
		return changed(ctx, bench, table, change, states)
	}
	return judged(reaction, states), rows.NotDenied(reaction)
}

// changed does the same to a row that is there.
func changed(ctx context.Context, bench *rows.Bench, table live.Name, change rows.Values, states []string) (found, error) {
	row, err := bench.Make(ctx, table, nil)
	if err != nil {
		return found{}, err
	}
	reaction, err := bench.Update(ctx, row, change)
	if err != nil {
		return found{}, err
	}
	return judged(reaction, states), rows.NotDenied(reaction)
}

// The labels of a change.
const (
	labelRefused   = "refused"   // by a constraint or by the type
	labelTrigger   = "trigger"   // by a function
	labelAccepted  = "accepted"  // it is stored
	labelAltered   = "altered"   // something else is stored
	labelLost      = "lost"      // nothing is stored, and nothing is said
	labelOtherwise = "otherwise" // refused for another reason
)

func judged(reaction rows.Reaction, states []string) found {
	switch reaction.Kind {
	case rows.Stored:
		return found{label: labelAccepted, detail: "it is stored"}
	case rows.Altered:
		return found{label: labelAltered, detail: "something else is stored, without a word"}
	case rows.Lost:
		return found{label: labelLost, detail: "it is dropped without a word"}
	case rows.Raised:
		return found{label: labelTrigger, detail: "a trigger refuses it (" + reaction.State + ")"}
	case rows.Refused:
		if slices.Contains(states, reaction.State) {
			return found{label: labelRefused, detail: refusedBy(reaction)}
		}
	case rows.Denied, rows.Failed:
	}
	return found{label: labelOtherwise, detail: "refused for another reason: " + refusedBy(reaction)}
}

func refusedBy(reaction rows.Reaction) string {
	if reaction.Constraint == "" {
		return "refused by the type of the column (" + reaction.State + ")"
	}
	return "refused by " + strconv.Quote(reaction.Constraint) + " (" + reaction.State + ")"
}

// linked makes a row of one role that refers to a row of another, over at most one table
// between them. The rows are in the order of the link, the referring one first.
func linked(ctx context.Context, bench *rows.Bench, link mapping.Link) ([]rows.Row, error) {
	last := link.Hops[len(link.Hops)-1]
	row, err := bench.Make(ctx, last.Target, nil)
	if err != nil {
		return nil, err
	}
	chain := []rows.Row{row}
	for _, hop := range slices.Backward(link.Hops) {
		if row, err = bench.Make(ctx, hop.Table, reference(hop, row)); err != nil {
			return nil, err
		}
		chain = append(chain, row)
	}
	slices.Reverse(chain)
	return chain, nil
}

// reference is what the columns of a hop hold to refer to a row.
func reference(hop mapping.Hop, to rows.Row) rows.Values {
	values := rows.Values{}
	for i, name := range hop.Columns {
		values[name] = to.Value(hop.TargetColumns[i])
	}
	return values
}

// nowhere is a value of a column that no row of another table has.
func nowhere(column live.Column) database.Value {
	switch {
	case column.Base == "uuid":
		return rows.Text("ffffffff-ffff-4fff-bfff-ffffffffffff")
	case column.Base == "int2":
		return rows.Text("32001")
	case column.Base == "numeric" && column.Modifier >= 4:
		digits := (column.Modifier-4)>>16&0xffff - (column.Modifier-4)&0x7ff
		return rows.Text("999999999"[:min(max(digits, 1), 9)])
	case column.Category == "N":
		return rows.Text("2000000001")
	case column.Category == "D":
		return rows.Text("1999-12-31")
	case column.Modifier >= 4 && column.Category == "S":
		return rows.Text("zq~zq~zq"[:min(column.Modifier-4, 8)])
	}
	return rows.Text("zq~zq~zq")
}

// toldOf is what a check tells its probe under a name, or its case does.
func toldOf(at *script.Probing, name string) any {
	if kase, ok := at.With["of"].(map[string]any); ok {
		if value, ok := kase[name]; ok {
			return value
		}
	}
	return at.With[name]
}

func told(at *script.Probing, name string) string {
	text, _ := toldOf(at, name).(string)
	return text
}

// toldList is a list of texts; a text is a list of one.
func toldList(at *script.Probing, name string) []string {
	switch value := toldOf(at, name).(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, each := range value {
			if text, ok := each.(string); ok {
				texts = append(texts, text)
			}
		}
		return texts
	}
	return nil
}

// assumed reports whether one of the design decisions is stated and not denied.
func (r *grading) assumed(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		value, stated := r.mapping.Assumes(name)
		return stated && value != false
	})
}
