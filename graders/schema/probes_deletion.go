package schema

import (
	"context"
	"slices"
	"strconv"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
)

// The states with which a foreign key refuses: 23503 for NO ACTION, 23001 for RESTRICT of
// PostgreSQL 18, 23502 where SET NULL meets NOT NULL.
const (
	stateForeignKey = "23503"
	stateRestrict   = "23001"
	stateNotNull    = "23502"
)

// deletionProbes remove what others refer to, and point references at nothing.
func (r *grading) deletionProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"delete": {Once: true, Labels: labelled(
			labelRefused, labelTrigger, "marked", "unlinked", "cascades", "dangles", labelOtherwise,
		), Observe: r.probeDelete},
		"missing_parent": {Once: true, Labels: labelled(labelRefused, labelTrigger, labelAccepted, labelOtherwise), Observe: r.probeMissingParent},
	}
}

// link is the first way between two roles that there is, of those that a check is told.
func (r *grading) link(at *script.Probing) (mapping.Link, bool) {
	for _, from := range toldList(at, "from") {
		if link, ok := r.mapping.Link(mapping.Role(from), mapping.Role(told(at, "to"))); ok && len(link.Hops) > 0 {
			return link, true
		}
	}
	return mapping.Link{}, false
}

// noLink is the observation that one role does not refer to another.
func (r *grading) noLink(at *script.Probing) script.Observation {
	for _, name := range append(toldList(at, "from")[:1], told(at, "to")) {
		if role := mapping.Role(name); !r.mapping.Confident(role) {
			return r.without(role, "")
		}
	}
	return seen(labelAbsent, "there is no reference between the two")
}

// probeDelete removes a row that another refers to, and looks for the other. What it is
// told to watch is the role of the row that must not vanish; by default the one that refers.
func (r *grading) probeDelete(ctx context.Context, at *script.Probing) (script.Observation, error) {
	link, ok := r.link(at)
	if !ok {
		return r.noLink(at), nil
	}
	watched := 0
	var aside mapping.Link // from the referring row to the watched one, of a link table
	if watch := mapping.Role(told(at, "watch")); watch != "" && watch != link.From {
		if aside, ok = r.mapping.Link(link.From, watch); !ok {
			return r.noLink(at), nil
		}
	}
	observation, err := r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		chain, err := linked(ctx, bench, link)
		if err != nil {
			return found{}, err
		}
		kept := chain[watched]
		if len(aside.Hops) == 1 {
			hop := aside.Hops[0]
			values := rows.Values{}
			for i, name := range hop.TargetColumns {
				values[name] = chain[0].Value(hop.Columns[i])
			}
			row, ok, err := bench.Find(ctx, hop.Target, values, nil)
			if err != nil || !ok {
				return found{label: labelOtherwise, detail: "the row to watch is not there"}, err
			}
			kept = row
		}
		parent := chain[len(chain)-1]
		reaction, err := bench.Delete(ctx, parent)
		if err != nil {
			return found{}, err
		}
		if result, done := deleted(reaction); done {
			return result, rows.NotDenied(reaction)
		}
		return after(ctx, bench, link, kept, len(aside.Hops) == 1)
	})
	return observation, err
}

// deleted judges a DELETE that removed nothing.
func deleted(reaction rows.Reaction) (found, bool) {
	switch reaction.Kind {
	case rows.Stored:
		return found{}, false
	case rows.Lost:
		return found{label: "marked", detail: "the row is kept: a trigger or a rule does something else instead"}, true
	case rows.Raised:
		return found{label: labelTrigger, detail: "a trigger refuses it (" + reaction.State + ")"}, true
	case rows.Refused:
		switch reaction.State {
		case stateForeignKey, stateRestrict, stateNotNull:
			return found{label: labelRefused, detail: refusedBy(reaction)}, true
		}
	case rows.Altered, rows.Denied, rows.Failed:
	}
	return found{label: labelOtherwise, detail: "refused for another reason: " + refusedBy(reaction)}, true
}

// after looks at what is left when the parent is gone.
func after(ctx context.Context, bench *rows.Bench, link mapping.Link, kept rows.Row, aside bool) (found, error) {
	again, there, err := bench.Read(ctx, kept)
	if err != nil {
		return found{}, err
	}
	switch {
	case !there:
		return found{label: "cascades", detail: "the rows that refer to it are deleted too"}, nil
	case aside:
		return found{label: "unlinked", detail: "it is kept, and no longer refers to it"}, nil
	}
	for _, name := range link.Hops[0].Columns {
		if again.Value(name) != kept.Value(name) {
			return found{label: "unlinked", detail: strconv.Quote(name) + " no longer refers to it"}, nil
		}
	}
	if len(link.Hops) > 1 {
		return found{label: "unlinked", detail: "it is kept, and the table between them no longer refers to it"}, nil
	}
	return found{label: "dangles", detail: "it is kept, and refers to what is gone", fault: "no_foreign_key"}, nil
}

// probeMissingParent points a reference at a row that does not exist.
func (r *grading) probeMissingParent(ctx context.Context, at *script.Probing) (script.Observation, error) {
	link, ok := r.link(at)
	if !ok {
		return r.noLink(at), nil
	}
	hop := link.Hops[0]
	table, ok := r.schema.Table(hop.Table)
	if !ok {
		return r.noLink(at), nil
	}
	column, _ := table.Column(ownColumn(table, hop))
	change := rows.Values{column.Name: nowhere(column)}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		chain, err := linked(ctx, bench, link)
		if err != nil {
			return found{}, err
		}
		reaction, err := bench.Update(ctx, chain[0], change)
		if err != nil {
			return found{}, err
		}
		result := judged(reaction, []string{stateForeignKey})
		switch result.label {
		case labelAltered, labelLost:
			result.label = labelOtherwise
		case labelAccepted:
			result.fault, result.detail = "no_foreign_key", strconv.Quote(column.Name)+" may refer to nothing"
		}
		return result, rows.NotDenied(reaction)
	})
}

// ownColumn is the column of a reference that no other reference shares: of (tenant,
// order) the order.
func ownColumn(table live.Table, hop mapping.Hop) string {
	for _, own := range slices.Backward(hop.Columns) {
		users := 0
		for _, key := range table.ForeignKeys {
			for _, name := range key.Columns {
				if name == own {
					users++
				}
			}
		}
		if users <= 1 {
			return own
		}
	}
	return hop.Columns[len(hop.Columns)-1]
}
