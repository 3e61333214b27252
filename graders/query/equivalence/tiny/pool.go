package tiny

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
)

// pool is what the values of a column, or of a parameter, are drawn from.
type pool struct {
	// near are values that matter: an author's, or those at which a predicate turns.
	near []string
	// hard are values of the type that are easily got wrong.
	hard        []string
	nullPercent int
	// closed is a pool with every value that its author allows.
	closed bool
}

const defaultNullPercent = 15

// poolOf makes the pool of a column, of which an author may have said something.
func poolOf(of *column, said Domain, hints []string) pool {
	made := pool{nullPercent: defaultNullPercent}
	if said.NullPercent != nil {
		made.nullPercent = *said.NullPercent
	}
	if !of.nullable {
		made.nullPercent = 0
	}
	if len(said.Values) > 0 {
		made.near = said.Values
		return made
	}
	if len(of.labels) > 0 {
		made.near = of.labels
		return made
	}
	for _, each := range of.checks {
		hints = slices.Concat(literals(each), hints)
	}
	made.near, made.hard = valuesOf(of.base, of.category, hints)
	return made
}

// valuesOf are the values of a type: those near the hints, and hard ones.
func valuesOf(base, category string, hints []string) (near, hard []string) {
	switch {
	case base == "date":
		return formatted(instantsNear(hints), time.DateOnly), formatted(hardInstants(), time.DateOnly)
	case base == "timestamp" || base == "timestamptz":
		const form = "2006-01-02 15:04:05.999999"
		return formatted(instantsNear(hints), form+zoneOf(base)), formatted(hardInstants(), form+zoneOf(base))
	case base == "json" || base == "jsonb":
		return nil, []string{`{}`, `{"a": 1}`, `{"a": "1"}`, `{"a": null}`, `[]`}
	case base == "uuid":
		return nil, []string{uuid(1), uuid(2), uuid(3), uuid(10)}
	case base == "time" || base == "timetz":
		return nil, []string{"00:00", "12:00", "23:59:59.999999"}
	case base == "interval":
		return nil, []string{"0", "1 day", "24:00:00", "1 mon"}
	case base == "bytea":
		return nil, []string{"", `\x00`, `\x61`}
	case category == "N":
		return numbersNear(hints), []string{"0", "1", "2", "3", "10", "9.99", "-1"}
	case category == "S":
		return textsNear(hints), []string{"a", "A", "a ", "b", "07", "7", "", "ä", "a%", "ab"}
	case category == "B":
		return nil, []string{"true", "false"}
	case category == "A":
		return nil, []string{"{}", "{1}", "{1,2}", "{2,1,1}"}
	}
	return nil, nil
}

func zoneOf(base string) string {
	if base == "timestamptz" {
		return "Z07:00"
	}
	return ""
}

func formatted(instants []time.Time, form string) []string {
	texts := make([]string, len(instants))
	for i, instant := range instants {
		texts[i] = instant.Format(form)
	}
	return texts
}

func uuid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func (p pool) all() []string { return slices.Concat(p.near, p.hard) }

func (p pool) empty() bool { return len(p.near)+len(p.hard) == 0 }

// keep drops what valid does not name, and writes the rest as Postgres would.
func (p pool) keep(valid map[string]string) pool {
	keep := func(values []string) []string {
		var kept []string
		for _, value := range values {
			if written, ok := valid[value]; ok && !slices.Contains(kept, written) {
				kept = append(kept, written)
			}
		}
		return kept
	}
	p.near, p.hard = keep(p.near), keep(p.hard)
	p.hard = slices.DeleteFunc(p.hard, func(value string) bool { return slices.Contains(p.near, value) })
	return p
}

// draw takes n values of the pool, of which most matter.
func (p pool) draw(d dice, n int) []string {
	var drawn []string
	near, hard := slices.Clone(p.near), slices.Clone(p.hard)
	take := func(from *[]string) {
		at := d.below(len(*from))
		drawn = append(drawn, (*from)[at])
		*from = slices.Delete(*from, at, at+1)
	}
	for len(drawn) < n && len(near)+len(hard) > 0 {
		const most = 65
		if len(hard) == 0 || len(near) > 0 && d.percent(most) {
			take(&near)
		} else {
			take(&hard)
		}
	}
	return drawn
}

// validSQL asks which texts a type accepts. Casting would cut off what is too long for a
// varchar(2), where storing refuses it: both sides of it are answered by the input function.
func validSQL(values []string, sqlType string) string {
	return fmt.Sprintf(`select v.i from (values %s) as v(i, t) where pg_catalog.pg_input_is_valid(v.t, %s)`,
		numbered(values), Literal(database.Value{Text: sqlType}))
}

// checkedSQL asks which values a column's checks let pass, and how they are written. The
// checks name the column bare.
func checkedSQL(values []string, of *column) string {
	conditions := []string{"true"}
	for _, each := range of.checks {
		conditions = append(conditions, "("+each+") is not false")
	}
	return fmt.Sprintf(`select x.i, x.%[1]s::text from (select v.i, cast(v.t as %[2]s) as %[1]s from (values %[3]s) as v(i, t)) as x where %[4]s`,
		Quote(of.name), of.sqlType, numbered(values), strings.Join(conditions, " and "))
}

func numbered(values []string) string {
	lines := make([]string, len(values))
	for i, value := range values {
		lines[i] = fmt.Sprintf("(%d, %s::text)", i, Literal(database.Value{Text: value}))
	}
	return strings.Join(lines, ", ")
}
