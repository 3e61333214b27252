package schema

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/schema/workload"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// workloadProbes count what the queries of a shop cost when it is full.
func (r *grading) workloadProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"scales":    {Once: true, Labels: []string{"scales", "grows", labelAbsent, labelUnsure, labelNoRow}, Observe: r.probeScales},
		"sorted":    {Once: true, Labels: []string{"ordered", "sorts", "scans", labelAbsent, labelUnsure, labelNoRow}, Observe: r.probeSorted},
		"index_use": {Once: true, Labels: []string{"used", "measured", "none", "stated", labelNoRow, labelUnsure, labelAbsent}, Shares: true, Observe: r.probeIndexUse},
		"oversell":  {Once: true, Labels: []string{"guarded", "sold_twice", labelAbsent, labelUnsure, labelNoRow}, Observe: r.probeOversell},
	}
}

// volume is a copy of the submission's database that is filled with a shop.
type volume struct {
	access  *database.Connection // the owner's; nil: there is no copy
	other   *database.Connection // a second session of the owner's
	copied  bool
	shop    *workload.Volume
	costs   map[workload.Name]workload.Cost
	refused string // why there is no copy
}

// volumeName is the copy of the database that is filled.
const volumeName = "takehome_volume"

// slowest is how long one statement on a full database may take. It is far more than any
// honest one needs, since a busy machine must not decide what is assessed.
const slowest = time.Minute

// copyToFill makes the copy. Nobody may be connected to what is copied; our sessions open
// again when they are used. CREATE DATABASE copies files and runs nothing of the candidate's.
func (r *grading) copyToFill(ctx context.Context) error {
	if r.volume.copied {
		return nil
	}
	r.volume.copied = true
	for _, connection := range append(r.experiments.sessions, r.owner, r.probe, r.admin) {
		if err := connection.Close(ctx); err != nil {
			return fmt.Errorf("close a session before the database is copied: %w", err)
		}
	}
	admin, err := database.Connect(ctx, r.session.Lab, takehome.RoleAdmin, database.Options{Database: "postgres", Patience: slowest})
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }() // nothing is open in it
	refusal, err := database.Clone(ctx, r.session.Lab, admin, r.session.Lab.Access(takehome.RoleOwner).Database, volumeName)
	if err != nil {
		return err
	}
	if refusal != nil {
		r.volume.refused = "the database could not be copied (" + refusal.SQLState + ")"
		return nil
	}
	for _, into := range []**database.Connection{&r.volume.access, &r.volume.other} {
		*into, err = database.Connect(ctx, r.session.Lab, takehome.RoleOwner, database.Options{
			Database: volumeName, Settings: rows.Settings(r.schema), Patience: slowest,
		})
		if err != nil {
			return err
		}
		r.experiments.sessions = append(r.experiments.sessions, *into)
	}
	return nil
}

// measured fills the copy and measures the queries, once.
func (r *grading) measured(ctx context.Context) (map[workload.Name]workload.Cost, error) {
	if r.volume.costs != nil {
		return r.volume.costs, nil
	}
	if err := r.copyToFill(ctx); err != nil {
		return nil, err
	}
	r.volume.costs = map[workload.Name]workload.Cost{}
	if r.volume.access == nil {
		return r.volume.costs, nil
	}
	shop, err := workload.Prepare(ctx, r.volume.access, r.schema, r.mapping)
	if err != nil {
		return nil, fmt.Errorf("prepare the workload: %w", err)
	}
	if r.volume.costs, err = shop.Measure(ctx); err != nil {
		return nil, fmt.Errorf("measure the workload: %w", err)
	}
	r.volume.shop = shop
	return r.volume.costs, nil
}

// unmeasured is the observation that a query could not be asked.
func (r *grading) unmeasured(roles []string) script.Observation {
	for _, name := range roles {
		if role := mapping.Role(name); !r.mapping.Confident(role) {
			return r.without(role, "")
		}
	}
	switch {
	case r.volume.refused != "":
		return seen(labelNoRow, r.volume.refused)
	case r.volume.shop != nil && len(r.volume.shop.Missing) > 0:
		return seen(labelNoRow, strings.Join(r.volume.shop.Missing, "; "))
	}
	return seen(labelAbsent, "a table or a column of the query is not there")
}

// shownCost is the evidence of a cost: the query, its plan, and what it touches.
func shownCost(cost workload.Cost) []takehome.Evidence {
	var lines []string
	for i, size := range workload.Sizes() {
		lines = append(lines, fmt.Sprintf("%d orders: %d buffers", size, cost.Buffers[i]))
	}
	return []takehome.Evidence{
		{Query: &takehome.Query{Role: takehome.RoleOwner, SQL: takehome.Clean(cost.SQL)}},
		{Note: &takehome.Note{Title: "what it costs", Text: takehome.Quote([]byte(strings.Join(lines, "\n")+"\n\n"+cost.Plan), takehome.QuoteBody)}},
	}
}

// probeScales looks at one query at three sizes.
func (r *grading) probeScales(ctx context.Context, at *script.Probing) (script.Observation, error) {
	costs, err := r.measured(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	reference, err := strconv.ParseInt(fmt.Sprint(toldOf(at, "reference")), 10, 64)
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the reference of a query: %w", err)
	}
	cost := costs[workload.Name(told(at, "query"))]
	if !cost.Known() {
		return r.unmeasured([]string{"user", "product", "category", "order", "order_line"}), nil
	}
	observation := script.Observation{Label: "scales", Detail: "it costs the same in a shop of four times the size", Evidence: shownCost(cost)}
	if !cost.Scales(reference) {
		observation.Label, observation.Detail = "grows", "it costs more with every order that the shop has"
	}
	return observation, nil
}

// probeSorted looks for a sort in the newest orders of a busy user.
func (r *grading) probeSorted(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	costs, err := r.measured(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	cost := costs[workload.BusiestUser]
	if !cost.Known() {
		return r.unmeasured([]string{"user", "order"}), nil
	}
	observation := script.Observation{Label: "ordered", Detail: "an index yields them in their order", Evidence: shownCost(cost)}
	switch {
	case cost.Sorts:
		observation.Label, observation.Detail = "sorts", "all orders of the user are read and sorted"
	case !cost.Scales(25):
		observation.Label, observation.Detail = "scans", "orders of others are read and dropped"
	}
	return observation, nil
}

// probeIndexUse looks for indexes that neither a query nor a key nor a reference needs.
func (r *grading) probeIndexUse(ctx context.Context, at *script.Probing) (script.Observation, error) {
	costs, err := r.measured(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	if r.volume.shop == nil || len(r.volume.shop.Missing) > 0 {
		return r.unmeasured(nil), nil
	}
	all, idle := 0, []string(nil)
	for _, role := range mapping.Core() {
		table, ok := r.table(role)
		if !ok {
			continue
		}
		for _, index := range table.Indexes {
			if index.Unique || index.Constraint || index.Predicate != "" || index.Method != "btree" {
				continue // it keeps a rule, or serves a question that is not ours
			}
			all++
			if !used(costs, index.Name) && !serves(table, index) {
				idle = append(idle, table.String()+"."+index.Name)
			}
		}
	}
	if all == 0 {
		return seen("none", "there is no index beside those of keys"), nil
	}
	if len(idle) == 0 {
		return script.Observation{Label: "used", Share: takehome.Full(), Detail: "every index is used"}, nil
	}
	if r.assumed(toldList(at, "assumption")) {
		return seen("stated", "further queries are stated"), nil
	}
	slices.Sort(idle)
	return script.Observation{
		Label: "measured", Share: takehome.Frac(int64(all-len(idle)), int64(all)),
		Detail: "no query of the workload uses " + takehome.Line(strings.Join(idle[:min(len(idle), 5)], ", ")),
	}, nil
}

func used(costs map[workload.Name]workload.Cost, index string) bool {
	for _, cost := range costs {
		// The indexes of partitions have names of their own.
		if slices.ContainsFunc(cost.Indexes, func(name string) bool { return name == index }) {
			return true
		}
	}
	return false
}

// serves reports whether an index is what a foreign key needs when its target changes, or
// belongs to a partitioned table, whose plans name the indexes of the partitions.
func serves(table live.Table, index live.Index) bool {
	return table.Partitioned || slices.ContainsFunc(table.ForeignKeys, func(key live.ForeignKey) bool {
		return len(index.Columns) > 0 && slices.Contains(key.Columns, index.Columns[0])
	})
}
