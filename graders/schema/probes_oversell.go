package schema

import (
	"context"
	"errors"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probeOversell lets two sessions take the last piece of a product, on a copy of the
// database: what they do has to stay.
func (r *grading) probeOversell(ctx context.Context, at *script.Probing) (script.Observation, error) {
	table, column, _, ok := r.stockColumn(at)
	if !ok {
		return r.without(mapping.Product, "there is no stock"), nil
	}
	if err := r.copyToFill(ctx); err != nil {
		return script.Observation{}, err
	}
	if r.volume.access == nil {
		return seen(labelNoRow, r.volume.refused), nil
	}
	bench := rows.NewBench(r.volume.access, r.schema)
	row, err := bench.Keep(ctx, table.Name, rows.Values{column.Name: rows.Text("1")})
	if unmade := (*rows.Unmade)(nil); errors.As(err, &unmade) {
		return seen(labelNoRow, unmade.Error()), nil
	}
	if err != nil {
		return script.Observation{}, err
	}
	take := "UPDATE " + table.SQL() + " SET " + live.Quote(column.Name) + " = " + live.Quote(column.Name) + " - 1 WHERE " + row.Where()
	type taken struct {
		answer database.Answer
		err    error
	}
	if _, err := r.volume.access.Run(ctx, "BEGIN"); err != nil {
		return script.Observation{}, err
	}
	first, err := r.volume.access.Run(ctx, take)
	if err != nil {
		return script.Observation{}, err
	}
	second := make(chan taken, 1)
	go func() {
		answer, err := r.volume.other.Run(ctx, take) // waits for the first, whichever comes first
		second <- taken{answer, err}
	}()
	_, err = r.volume.access.Run(ctx, "COMMIT")
	last := <-second
	if err = errors.Join(err, last.err); err != nil {
		return script.Observation{}, err
	}
	observation := script.Observation{Label: "guarded", Detail: "the second is refused", Evidence: []takehome.Evidence{first.Evidence(), last.answer.Evidence()}}
	if last.answer.Refusal == nil && last.answer.Affected > 0 {
		observation.Label, observation.Detail = "sold_twice", "both take it, and the stock is negative"
	}
	return observation, nil
}

// stockColumn is the stock of what is sold: of the product, its variants or an inventory.
func (r *grading) stockColumn(at *script.Probing) (live.Table, live.Column, mapping.ColumnChoice, bool) {
	for _, role := range toldList(at, "roles") {
		if table, column, ok := r.column(mapping.Role(role), mapping.Stock); ok {
			choice, _ := r.mapping.Column(mapping.Role(role), mapping.Stock)
			return table, column, choice, true
		}
	}
	return live.Table{}, live.Column{}, mapping.ColumnChoice{}, false
}
