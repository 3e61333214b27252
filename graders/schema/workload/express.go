package workload

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
)

// express decides the expressions of the columns that the queries ask for.
func (v *Volume) express() {
	if choice, ok := v.mapping.Column(mapping.Order, mapping.PlacedAt); ok {
		v.set(choice, func(f *filling, column live.Column) expression { return f.moment(column) })
	}
	if choice, ok := v.mapping.Column(mapping.Order, mapping.Status); ok && len(v.states) > 1 {
		v.set(choice, func(_ *filling, column live.Column) expression { return v.state(column) })
	}
	if choice, ok := v.mapping.Column(mapping.Product, mapping.ProductName); ok {
		v.set(choice, func(f *filling, column live.Column) expression {
			return func(number string) string {
				if f.plain || column.Category != "S" {
					return f.ordinary(column, number)
				}
				return "substr(md5((" + number + ")::text), 1, 8) || ' ' || (" + number + ")::text"
			}
		})
	}
}

func (v *Volume) set(choice mapping.ColumnChoice, express func(*filling, live.Column) expression) {
	if each := v.filling(choice.Table); each != nil {
		if column, ok := each.table.Column(choice.Column); ok && !refers(each.table, column.Name) {
			each.special[column.Name] = express(each, column)
		}
	}
}

func refers(table live.Table, column string) bool {
	return slices.ContainsFunc(table.ForeignKeys, func(key live.ForeignKey) bool { return slices.Contains(key.Columns, column) })
}

// steps are how far orders are apart in time: 80,000 of them must fit into the partitions
// of a script that has thought of a month, or of a day.
func steps() []string { return []string{"20 seconds", "1 second", "1 millisecond"} }

func (f *filling) moment(column live.Column) expression {
	return func(number string) string {
		base := "2024-01-02 00:00:00+00"
		if held := f.held[column.Name]; f.table.Partitioned && !held.Null {
			base = held.Text
		}
		return "(" + rows.Literal(rows.Text(base)) + "::timestamptz + (" + number + ") * interval '" + steps()[f.step] + "')::" + column.Base
	}
}

func (v *Volume) state(column live.Column) expression {
	var quoted []string
	for _, text := range v.states {
		quoted = append(quoted, rows.Literal(rows.Text(text)))
	}
	return func(number string) string {
		return "(ARRAY[" + strings.Join(quoted, ", ") + "])[1 + (" + number + ") % " + strconv.Itoa(len(quoted)) + "]::" + column.Type
	}
}

// value is the expression of a column in the row with a number; "" where the column is
// left to its default.
func (v *Volume) value(f *filling, column live.Column, number string, depth int) string {
	if column.Generated || depth > 6 {
		return ""
	}
	if special, ok := f.special[column.Name]; ok {
		return special(number)
	}
	if given, ok := f.given[column.Name]; ok && given.Null {
		return "NULL"
	}
	for _, key := range f.table.ForeignKeys {
		target := v.filling(key.Target)
		if at := slices.Index(key.Columns, column.Name); at >= 0 && target != nil && target != f {
			other, _ := target.table.Column(key.TargetKey[at])
			return v.value(target, other, v.reference(f, target, key.Columns, number), depth+1)
		}
	}
	if soft := v.softTarget(f, column); soft != nil {
		other, _ := soft.table.Column(v.softKey(f, column))
		return v.value(soft, other, v.reference(f, soft, []string{column.Name}, number), depth+1)
	}
	if v.numberedWithin(f, column.Name) {
		number = "((" + number + ") - 1) % " + strconv.Itoa(linesPerOrder) + " + 1"
		if column.Category == "N" {
			return number
		}
	}
	return f.ordinary(column, number)
}

// numberedWithin reports whether a column must only differ among the rows of a parent, as
// the number of a line does.
func (v *Volume) numberedWithin(f *filling, name string) bool {
	within := false
	for _, index := range f.table.Indexes {
		if !index.Unique || !slices.Contains(index.Columns, name) {
			continue
		}
		within = slices.ContainsFunc(index.Columns, func(other string) bool {
			return other != name && slices.ContainsFunc(f.table.ForeignKeys, func(key live.ForeignKey) bool {
				given, sent := f.given[other]
				return slices.Contains(key.Columns, other) && key.Target != f.table.Name && v.filling(key.Target) != nil && (!sent || !given.Null)
			})
		})
		if !within {
			return false
		}
	}
	return within
}

// softTarget is the filled table that a column refers to without a foreign key.
func (v *Volume) softTarget(f *filling, column live.Column) *filling {
	for _, key := range v.mapping.SoftKeys {
		if key.Table == f.table.Name && key.Column == column.Name && key.Target != f.table.Name {
			return v.filling(key.Target)
		}
	}
	return nil
}

func (v *Volume) softKey(f *filling, column live.Column) string {
	for _, key := range v.mapping.SoftKeys {
		if key.Table == f.table.Name && key.Column == column.Name {
			return key.TargetColumn
		}
	}
	return ""
}

// reference is the number of the row that the row with a number refers to. Some users and
// products are far busier than others; how much is the same in every run.
func (v *Volume) reference(from, to *filling, columns []string, number string) string {
	count := strconv.Itoa(to.count(v.size))
	line, order := v.role(mapping.OrderLine), v.role(mapping.Order)
	switch {
	case unique(from.table, columns), from.count(1_000_000) == to.count(1_000_000):
		return number
	case from == line && to == order:
		return "(" + number + " - 1) / " + strconv.Itoa(linesPerOrder) + " + 1"
	case from == line, from == order && to.count(v.size) > 1:
		// The golden ratio spreads evenly; its square crowds the first.
		turn := "(" + number + ") * '0.6180339887498949'::float8"
		fraction := "(" + turn + " - floor(" + turn + "))"
		return "(1 + floor(" + count + " * " + fraction + " * " + fraction + "))::bigint"
	}
	// The others are shared out evenly, in blocks, so that each has as many at every size.
	return "((" + number + " - 1) / " + strconv.Itoa(max(from.count(1_000_000)/to.count(1_000_000), 1)) + " + 1)"
}

func (v *Volume) role(role mapping.Role) *filling {
	name, ok := v.mapping.Table(role)
	if !ok {
		return nil
	}
	return v.filling(name)
}

// ordinary is the value of a column without a part: distinct where it must be, as in the
// valid row where not, and left to its default where that is distinct by itself.
func (f *filling) ordinary(column live.Column, number string) string {
	given, sent := f.given[column.Name]
	if !f.distinct(column.Name) {
		if !sent {
			return ""
		}
		return rows.Literal(given)
	}
	switch {
	case column.Base == "int2":
		return number
	case column.Category == "N":
		return "(" + number + ") + " + strconv.Itoa(offset)
	case column.Base == "uuid":
		return "md5((" + number + ")::text)::uuid"
	case column.Category == "S":
		text := given
		if !sent {
			text = f.held[column.Name]
		}
		return numbered(column, text, number)
	case column.Category == "D":
		return "('2024-01-02'::timestamptz + (" + number + ") * interval '1 minute')::" + column.Base
	case sent:
		return rows.Literal(given)
	}
	return ""
}

// offset keeps our keys away from those of the rows that the script itself brings.
const offset = 1_000_000

// distinct reports whether a column must differ from row to row: it is in a unique index.
func (f *filling) distinct(name string) bool {
	return slices.ContainsFunc(f.table.Indexes, func(index live.Index) bool {
		return index.Unique && (slices.Contains(index.Columns, name) || strings.Contains(index.Expression, name))
	})
}

var lastNumber = regexp.MustCompile(`^(?s)(.*?)(\d+)(\D*)$`)

// numbered puts the number into a text where a valid one has its digits.
func numbered(column live.Column, text database.Value, number string) string {
	parts := lastNumber.FindStringSubmatch(text.Text)
	if parts == nil {
		if column.Base == "bpchar" {
			return "lpad((" + number + ")::text, " + strconv.Itoa(max(column.Modifier-4, 1)) + ", 'x')"
		}
		parts = []string{"", text.Text + " ", "1", ""}
	}
	head, digits, tail := parts[1], len(parts[2]), parts[3]
	return fmt.Sprintf("%s || lpad((%s)::text, greatest(%d, length((%s)::text)), '0') || %s",
		rows.Literal(rows.Text(head)), number, digits, number, rows.Literal(rows.Text(tail)))
}
