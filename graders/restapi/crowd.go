package restapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// How many items a long list has: many where SQL makes them, fewer where the API has to.
const (
	crowdBySQL = 1005
	crowdByAPI = 200
)

// crowd is a number of items that stand in the list together.
type crowd struct {
	prefix string // of their texts
	size   int
	place  script.Place // where their texts are, if that is known
	bySQL  bool
}

// text is what the n-th item says.
func (c *crowd) text(n int) string { return fmt.Sprintf("%s %04d", c.prefix, n) }

// gather fills the list: it copies a row that the API itself made, so that every column
// holds what the program would have written; where that cannot be done, it uses the API.
func (r *grading) gather(ctx context.Context, at *script.Probing, size int) (made *crowd, ok bool, err error) {
	if r.crowd != nil {
		return r.crowd, true, nil
	}
	model := &crowd{prefix: at.Canary("crowd")}
	created, ok, err := at.Send(ctx, r.creating(model.prefix))
	if err != nil || !ok || !created.Success() {
		return nil, false, err
	}
	r.crowd = model
	model.size = 1
	if model.place, err = r.exactPlace(ctx, at, model.prefix); err != nil {
		return nil, false, err
	}
	if model.place.Column != "" {
		if model.bySQL, err = r.copyRows(ctx, at.Lab, model, size); err != nil {
			return nil, false, err
		}
	}
	if model.bySQL {
		model.size += size
		shown, err := r.shows(ctx, at, model)
		if err != nil || shown {
			return model, true, err
		}
		// The copies are not what the program takes for items; ask it to make its own.
		if err := r.disperse(ctx, at.Lab); err != nil {
			return nil, false, err
		}
		r.crowd = model
		model.bySQL, model.size = false, 0
	}
	for n := range min(size, crowdByAPI) {
		created, _, err := at.Send(ctx, r.creating(model.text(n+1)))
		if err != nil {
			return nil, false, err
		}
		if !created.Success() {
			break
		}
		model.size++
	}
	return model, true, nil
}

func (r *grading) creating(text string) script.Intent {
	return script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}}
}

// shows reports whether copies are listed.
func (r *grading) shows(ctx context.Context, at *script.Probing, made *crowd) (bool, error) {
	reply, _, err := at.Send(ctx, script.Intent{Op: script.List})
	if err != nil {
		return false, err
	}
	if reply.Truncated {
		return true, nil // more than we read: there are many
	}
	if !reply.Success() {
		return true, nil // what it makes of them is for the checks to see
	}
	items, ok := r.binding.Items(reply)
	if !ok {
		return true, nil
	}
	_, more := r.binding.NextPage(reply)
	for _, item := range items {
		text, _ := item.Fields[r.resource.main().Meaning].(string)
		if strings.HasPrefix(text, made.prefix+" ") {
			return true, nil
		}
	}
	return more || len(items) >= 10 && len(items) < made.size, nil // the oldest may come first
}

// exactPlace is the column that holds a text as it is.
func (r *grading) exactPlace(ctx context.Context, at *script.Probing, text string) (script.Place, error) {
	for _, place := range at.Store.Places() {
		answer, err := at.Store.Query(ctx, fmt.Sprintf("select count(*) from %s where %s::text = $1",
			pgx.Identifier{place.Schema, place.Table}.Sanitize(), pgx.Identifier{place.Column}.Sanitize()), text)
		if err != nil {
			return script.Place{}, err
		}
		if answer.SQLState == "" && len(answer.Rows) == 1 && answer.Rows[0][0] == "1" {
			return place, nil
		}
	}
	return script.Place{}, nil
}

// columnsOf describes the columns of a table as far as copying a row has to know them.
const columnsOf = `select a.attname, format_type(a.atttypid, null), a.attidentity <> '' or a.attgenerated <> '', d.adbin is not null,
exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey))
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum`

// column is one column of a candidate's table.
type column struct {
	name, kind            string
	made, fallback, alone bool // the database makes it; it has a default; its values are unique
}

// copyRows makes copies of the row with the crowd's prefix. It reports false where the
// table does not allow it.
func (r *grading) copyRows(ctx context.Context, lab takehome.Lab, made *crowd, size int) (copied bool, err error) {
	err = as(ctx, lab, takehome.RoleOwner, "", func(ctx context.Context, connection *pgx.Conn) error {
		rows, err := connection.Query(ctx, columnsOf, made.place.Schema, made.place.Table)
		if err != nil {
			return err
		}
		columns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (one column, err error) {
			return one, row.Scan(&one.name, &one.kind, &one.made, &one.fallback, &one.alone)
		})
		if err != nil {
			return err
		}
		statement, ok := copying(columns, made.place)
		if !ok {
			return nil
		}
		tag, err := connection.Exec(ctx, statement, made.prefix, size)
		copied = err == nil && tag.RowsAffected() == int64(size)
		return err
	})
	if refusedBySQL(err) {
		return false, nil
	}
	return copied, err
}

// copying writes the statement that copies the row whose text is $1, $2 times.
func copying(columns []column, place script.Place) (statement string, ok bool) {
	var names, values []string
	for _, one := range columns {
		quoted := pgx.Identifier{one.name}.Sanitize()
		value := "t." + quoted
		switch {
		case one.name == place.Column:
			value += ` || ' ' || lpad(n::text, 4, '0')`
		case one.made, one.alone && one.fallback:
			continue // the database makes another
		case !one.alone && strings.HasPrefix(one.kind, "timestamp"):
			value += ` - n * interval '1 second'` // no two alike, so that an order by them is one
		case !one.alone:
		case one.kind == "uuid":
			value = "gen_random_uuid()"
		case one.kind == "bigint" || one.kind == "integer":
			value += " + n"
		case one.kind == "text" || one.kind == "character varying" || one.kind == "character":
			// Of the same length, and in digits: an id of any alphabet has those.
			value = "left(" + value + ", -4) || lpad(n::text, 4, '0')"
		default:
			return "", false
		}
		names, values = append(names, quoted), append(values, value)
	}
	table := pgx.Identifier{place.Schema, place.Table}.Sanitize()
	return fmt.Sprintf("insert into %s (%s) select %s from %s t, generate_series(1, $2::int) n where t.%s::text = $1",
		table, strings.Join(names, ", "), strings.Join(values, ", "), table, pgx.Identifier{place.Column}.Sanitize()), true
}

// disperse takes the crowd away again, so that later lists are short. What cannot be
// removed stays; nothing depends on it.
func (r *grading) disperse(ctx context.Context, lab takehome.Lab) error {
	made := r.crowd
	r.crowd = nil
	if made == nil || made.place.Column == "" {
		return nil
	}
	err := as(ctx, lab, takehome.RoleOwner, "", func(ctx context.Context, connection *pgx.Conn) error {
		_, err := connection.Exec(ctx, fmt.Sprintf("delete from %s where %s::text like $1",
			pgx.Identifier{made.place.Schema, made.place.Table}.Sanitize(), pgx.Identifier{made.place.Column}.Sanitize()), made.prefix+" %")
		return err
	})
	if refusedBySQL(err) {
		return nil
	}
	return err
}

// stir writes some rows of the crowd anew, unchanged. Where a statement names no order, the
// database hands rows out as they lie, and these lie elsewhere now.
func (r *grading) stir(ctx context.Context, lab takehome.Lab, texts []string) error {
	made := r.crowd
	if made == nil || made.place.Column == "" {
		return nil
	}
	column := pgx.Identifier{made.place.Column}.Sanitize()
	err := as(ctx, lab, takehome.RoleOwner, "", func(ctx context.Context, connection *pgx.Conn) error {
		for _, text := range texts {
			if _, err := connection.Exec(ctx, fmt.Sprintf("update %s set %s = %s where %s::text = $1",
				pgx.Identifier{made.place.Schema, made.place.Table}.Sanitize(), column, column, column), text); err != nil {
				return err
			}
		}
		return nil
	})
	if refusedBySQL(err) {
		return nil
	}
	return err
}
