package tiny

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// dropRefused drops the rows of a table that its checks of several columns do not let pass.
func (m *Maker) dropRefused(ctx context.Context, of *table, made []Database) error {
	if len(of.checks) == 0 {
		return nil
	}
	last := len(made[0].tables) - 1
	refused, err := m.refused(ctx, of, made)
	if err != nil {
		return fmt.Errorf("hold rows of %s against its checks: %w", of.name, err)
	}
	at := 0
	for i := range made {
		var kept [][]database.Value
		for _, row := range made[i].tables[last].rows {
			if !refused[at] {
				kept = append(kept, row)
			}
			at++
		}
		made[i].tables[last].rows = kept
		made[i].mend()
	}
	return nil
}

// refused asks the server for all rows at once. The first line gives the columns their types.
func (m *Maker) refused(ctx context.Context, of *table, made []Database) (map[int]bool, error) {
	names, types := []string{"takehome_row"}, []string{"-1"}
	for _, column := range of.columns {
		names = append(names, Quote(column.name))
		types = append(types, "cast(NULL as "+column.sqlType+")")
	}
	lines, n := []string{"(" + strings.Join(types, ", ") + ")"}, 0
	for i := range made {
		for _, row := range made[i].tables[len(made[i].tables)-1].rows {
			values := []string{strconv.Itoa(n)}
			for _, value := range row {
				values = append(values, Literal(value))
			}
			lines = append(lines, "("+strings.Join(values, ", ")+")")
			n++
		}
	}
	var conditions []string
	for _, each := range of.checks {
		conditions = append(conditions, "not ("+each.expression+")")
	}
	rows, err := reader{m.session}.ask(ctx, fmt.Sprintf("select takehome_row from (values %s) as v(%s) where takehome_row >= 0 and (%s)",
		strings.Join(lines, ", "), strings.Join(names, ", "), strings.Join(conditions, " or ")))
	refused := map[int]bool{}
	for _, row := range rows {
		at, err := strconv.Atoi(row[0].Text)
		if err != nil {
			return nil, fmt.Errorf("read the number of a row: %q", row[0].Text)
		}
		refused[at] = true
	}
	return refused, err
}
