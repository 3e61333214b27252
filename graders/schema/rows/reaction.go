package rows

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Reaction is what became of one change.
type Reaction struct {
	Kind       Kind
	State      string // SQLSTATE of a refusal
	Constraint string // that refused it; the column of a NOT NULL
	Answer     database.Answer
	Row        Row // as it is stored now; of Stored and Altered
}

// Kind sorts reactions.
type Kind string

// The kinds of reactions.
const (
	Stored  Kind = "stored"  // as it was sent
	Altered Kind = "altered" // accepted, and something else is stored
	Lost    Kind = "lost"    // accepted, and nothing is stored
	Refused Kind = "refused" // by a constraint of the catalog, or by the type of the column
	Raised  Kind = "raised"  // by a function: a trigger of the submission
	Denied  Kind = "denied"  // the role may not
	Failed  Kind = "failed"  // for another reason
)

// Insert stores a draft with these values changed.
func (b *Bench) Insert(ctx context.Context, draft Draft, change Values) (Reaction, error) {
	table, _ := b.schema.Table(draft.Table)
	given := maps.Clone(draft.Given)
	maps.Copy(given, change)
	answer, err := b.Run(ctx, insertion(table, given))
	if err != nil {
		return Reaction{}, err
	}
	return b.reaction(table, answer, given, change), nil
}

// Update changes a row that is there.
func (b *Bench) Update(ctx context.Context, row Row, change Values) (Reaction, error) {
	table, _ := b.schema.Table(row.Table)
	var parts []string
	for _, column := range table.Columns {
		if value, ok := change[column.Name]; ok {
			parts = append(parts, live.Quote(column.Name)+" = "+Literal(value))
		}
	}
	answer, err := b.Run(ctx, "UPDATE "+table.SQL()+" SET "+strings.Join(parts, ", ")+" WHERE "+row.where+returning(table))
	if err != nil {
		return Reaction{}, err
	}
	return b.reaction(table, answer, nil, change), nil
}

// Delete removes a row.
func (b *Bench) Delete(ctx context.Context, row Row) (Reaction, error) {
	table, _ := b.schema.Table(row.Table)
	answer, err := b.Run(ctx, "DELETE FROM "+table.SQL()+" WHERE "+row.where)
	if err != nil {
		return Reaction{}, err
	}
	reaction := Reaction{Answer: answer, Kind: Stored}
	switch {
	case answer.Refusal != nil:
		reaction.refusal(b.schema, *answer.Refusal)
	case answer.Affected == 0:
		reaction.Kind = Lost
	}
	return reaction, nil
}

// Read reads a row again; false where it is gone.
func (b *Bench) Read(ctx context.Context, row Row) (Row, bool, error) {
	table, _ := b.schema.Table(row.Table)
	answer, err := b.Run(ctx, "SELECT "+strings.TrimPrefix(returning(table), " RETURNING ")+" FROM "+table.SQL()+" WHERE "+row.where)
	if err != nil {
		return Row{}, false, err
	}
	again, ok := stored(table, answer, row.given)
	return again, ok, nil
}

func (b *Bench) reaction(table live.Table, answer database.Answer, given, change Values) Reaction {
	reaction := Reaction{Answer: answer, Kind: Stored}
	if answer.Refusal != nil {
		reaction.refusal(b.schema, *answer.Refusal)
		return reaction
	}
	row, ok := stored(table, answer, given)
	if !ok {
		reaction.Kind = Lost
		return reaction
	}
	reaction.Row = row
	for name, value := range change {
		if !Same(row.Value(name), value) {
			reaction.Kind = Altered
		}
	}
	return reaction
}

// refusal sorts a refusal. A RAISE in a function can forge every field but Where, which
// Postgres fills with the functions that were running.
func (r *Reaction) refusal(schema live.Schema, said database.Refusal) {
	r.State, r.Constraint = said.SQLState, said.Constraint
	if r.Constraint == "" {
		r.Constraint = said.Column
	}
	switch {
	case said.SQLState == "42501":
		r.Kind = Denied
	case said.Where != "" || said.SQLState == "P0001":
		r.Kind = Raised
	case strings.HasPrefix(said.SQLState, "23") && inCatalog(schema, said), strings.HasPrefix(said.SQLState, "22"):
		r.Kind = Refused
	default:
		r.Kind = Failed
	}
}

// inCatalog reports whether the constraint that a refusal names exists. A NOT NULL names
// its column; the constraints of domains are not listed by name.
func inCatalog(schema live.Schema, said database.Refusal) bool {
	if said.Table == "" {
		return slices.ContainsFunc(schema.Domains, func(domain live.Domain) bool { return mentions(said.Message, domain.Name.Name) })
	}
	at := slices.IndexFunc(schema.Tables, func(t live.Table) bool { return t.Name == live.Name{Schema: said.Schema, Name: said.Table} })
	if at < 0 {
		return true // a partition, which bears the names of its parent's constraints or its own
	}
	table := schema.Tables[at]
	if said.SQLState == "23502" {
		column, ok := table.Column(said.Column)
		return ok && column.NotNull
	}
	return slices.ContainsFunc(table.Checks, func(c live.Check) bool { return c.Name == said.Constraint }) ||
		slices.ContainsFunc(table.ForeignKeys, func(k live.ForeignKey) bool { return k.Name == said.Constraint }) ||
		slices.ContainsFunc(table.Keys, func(k live.Key) bool { return k.Name == said.Constraint }) ||
		slices.ContainsFunc(table.Indexes, func(i live.Index) bool { return i.Name == said.Constraint }) ||
		slices.Contains(table.Exclusions, said.Constraint)
}

// Same reports whether two values are equal: as numbers where both are some, as texts otherwise.
func Same(a, b database.Value) bool {
	if a.Null || b.Null {
		return a.Null == b.Null
	}
	if a.Text == b.Text || strings.TrimRight(a.Text, " ") == b.Text {
		return true
	}
	x, isX := number(a.Text)
	y, isY := number(b.Text)
	return isX && isY && x.Cmp(y) == 0
}

// number reads a decimal number, also with the currency sign and commas of type money. It
// is bounded: an exponent would make a number of a gigabyte.
func number(text string) (*big.Rat, bool) {
	text = strings.NewReplacer("$", "", ",", "").Replace(text)
	if text == "" || len(text) > 64 || strings.Trim(text, "0123456789.-+") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
