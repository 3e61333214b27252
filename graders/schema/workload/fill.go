package workload

import (
	"context"
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// sampled is how many values of a column the planner keeps; 300 times as many rows are
// read. What the queries ask for is so rare that fewer do as well.
const sampled = "50"

// Fill adds rows up to a number of orders, and gathers statistics.
func (v *Volume) Fill(ctx context.Context, orders int) error {
	if _, err := v.conn.Run(ctx, "SET default_statistics_target = "+sampled); err != nil {
		return err
	}
	before := v.size
	v.size = orders
	for _, each := range v.filled {
		first := 1
		if before > 0 {
			first = each.count(before) + 1
		}
		if each.failed {
			continue
		}
		answer, err := v.insert(ctx, each, first, each.count(orders))
		if err != nil {
			return err
		}
		if answer.Refusal != nil {
			each.failed = true
			v.Missing = append(v.Missing, fmt.Sprintf("%s could not be filled (%s)", each.table.Name, answer.State()))
			continue
		}
		// Every query asks for whole rows, so that a map of what is visible helps none.
		if _, err := v.conn.Run(ctx, "ANALYZE "+each.table.SQL()); err != nil {
			return err
		}
	}
	return nil
}

// insert tries the ways to fill a table, from telling to plain.
func (v *Volume) insert(ctx context.Context, f *filling, first, last int) (answer database.Answer, err error) {
	for {
		answer, err = v.conn.Run(ctx, v.insertion(f, first, last))
		if err != nil || answer.Refusal == nil || answer.Refusal.TimedOut || answer.Refusal.Lost {
			return answer, err
		}
		switch {
		case !f.plain:
			f.plain = true
		case f.step+1 < len(steps()):
			f.step++
		default:
			return answer, nil
		}
	}
}

func (v *Volume) insertion(f *filling, first, last int) string {
	var columns, values []string
	overriding := ""
	for _, column := range f.table.Columns {
		value := v.value(f, column, "i", 0)
		if value == "" {
			continue
		}
		if column.Identity {
			overriding = " OVERRIDING SYSTEM VALUE"
		}
		columns, values = append(columns, live.Quote(column.Name)), append(values, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s)%s SELECT %s FROM generate_series(%d::bigint, %d) AS i",
		f.table.SQL(), strings.Join(columns, ", "), overriding, strings.Join(values, ", "), first, last)
}
