package schema

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
)

// valueProbes store values and look at what comes back.
func (r *grading) valueProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"price_change":  {Once: true, Labels: labelled("kept", "versioned", "follows", "no_snapshot"), Observe: r.probePriceChange},
		"exact_money":   {Once: true, Labels: labelled("exact", "limited", "overflow", "inexact", "float"), Observe: r.probeExactMoney},
		"long_text":     {Once: true, Labels: labelled("kept", "short", "too_short", labelOtherwise), Observe: r.probeLongText},
		"leading_zeros": {Once: true, Labels: labelled("kept", "guarded", "lost_zeros", labelOtherwise), Observe: r.probeLeadingZeros},
		"instant":       {Once: true, Labels: labelled("same", "moves", "stated", labelOtherwise), Observe: r.probeInstant},
	}
}

// probePriceChange sells a product, changes its price, and reads the line again.
func (r *grading) probePriceChange(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	lines, snapshot, ok := r.column(mapping.OrderLine, mapping.UnitPrice)
	if !ok {
		lines, snapshot, ok = r.column(mapping.OrderLine, mapping.LineTotal)
	}
	if _, exists := r.table(mapping.OrderLine); !exists {
		return r.without(mapping.OrderLine, "there are no order lines"), nil
	}
	if !ok {
		if _, versioned := r.mapping.Link(mapping.OrderLine, mapping.PriceHistory); versioned {
			return seen("versioned", "a line refers to the version of the price"), nil
		}
		return seen("no_snapshot", "a line holds no price of its own"), nil
	}
	link, hasLink := r.mapping.Link(mapping.OrderLine, mapping.Product)
	priced, price, hasPrice := r.column(mapping.Product, mapping.Price)
	if !hasLink || !hasPrice {
		return r.without(mapping.Product, "products have no price, or lines do not refer to them"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		chain, err := linked(ctx, bench, link)
		if err != nil {
			return found{}, err
		}
		at := slices.IndexFunc(chain, func(row rows.Row) bool { return row.Table == priced.Name })
		if at < 0 { // the price is in a table of its own
			row, err := pricedRow(ctx, bench, priced, chain[len(chain)-1])
			if err != nil {
				return found{}, err
			}
			chain, at = append(chain, row), len(chain)
		}
		line, _, err := bench.Read(ctx, chain[0]) // as triggers of the price have left it
		if err != nil {
			return found{}, err
		}
		for _, value := range []string{"17", "1700", "3"} {
			reaction, err := bench.Update(ctx, chain[at], rows.Values{price.Name: rows.Text(value)})
			if err != nil {
				return found{}, err
			}
			if reaction.Kind == rows.Stored && !rows.Same(reaction.Row.Value(price.Name), chain[at].Value(price.Name)) {
				break
			}
		}
		again, there, err := bench.Read(ctx, line)
		if err != nil || lines.Name != line.Table {
			return found{label: "kept", detail: "the price of the line is in another table"}, err
		}
		if there && again.Value(snapshot.Name) == line.Value(snapshot.Name) {
			return found{label: "kept", detail: "the line keeps its price"}, nil
		}
		return found{label: "follows", detail: "the line changes with the price of the product"}, nil
	})
}

// pricedRow is the row with the price of a product.
func pricedRow(ctx context.Context, bench *rows.Bench, priced live.Table, product rows.Row) (rows.Row, error) {
	for _, key := range priced.ForeignKeys {
		if key.Target == product.Table {
			values := rows.Values{}
			for i, name := range key.Columns {
				values[name] = product.Value(key.TargetKey[i])
			}
			return bench.Make(ctx, priced.Name, values)
		}
	}
	return bench.Make(ctx, priced.Name, nil)
}

// probeExactMoney stores an amount of seven digits and cents, and adds three dimes.
func (r *grading) probeExactMoney(ctx context.Context, at *script.Probing) (script.Observation, error) {
	table, column, choice, ok := r.field(at)
	if !ok {
		return r.without(mapping.Role(told(at, "role")), "there is no such column"), nil
	}
	large, dime, sum := "1234567.89", "0.10", big.NewRat(3, 10)
	if choice.Unit == mapping.Minor {
		large, dime, sum = "123456789", "10", big.NewRat(30, 1)
	}
	binary := column.Base == "float4" || column.Base == "float8"
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		row, err := bench.Make(ctx, table.Name, nil)
		if err != nil {
			return found{}, err
		}
		reaction, err := bench.Update(ctx, row, rows.Values{column.Name: rows.Text(large)})
		if err != nil {
			return found{}, err
		}
		switch {
		case reaction.Kind == rows.Denied:
			return found{}, rows.NotDenied(reaction)
		case binary:
			return found{label: "float", detail: column.Type + " holds no exact amounts"}, nil
		case reaction.State == "22003":
			return found{label: "overflow", detail: large + " does not fit into " + column.Type}, nil
		case reaction.Kind == rows.Refused && reaction.State == "23514", reaction.Kind == rows.Raised:
			return found{label: "limited", detail: refusedBy(reaction)}, nil
		case reaction.Kind != rows.Stored:
			return found{label: "inexact", detail: large + " does not come back as it was stored"}, nil
		}
		if reaction, err = bench.Update(ctx, row, rows.Values{column.Name: rows.Text(dime)}); err != nil || reaction.Kind != rows.Stored {
			return found{label: "exact", detail: large + " comes back"}, err
		}
		answer, err := bench.Run(ctx, "SELECT "+live.Quote(column.Name)+" OPERATOR(pg_catalog.+) "+live.Quote(column.Name)+
			" OPERATOR(pg_catalog.+) "+live.Quote(column.Name)+" FROM "+table.SQL()+" WHERE "+row.Where())
		if err != nil {
			return found{}, err
		}
		got, valid := new(big.Rat).SetString(strings.TrimPrefix(answer.Text(0, 0), "$"))
		if answer.Refusal == nil && (!valid || got.Cmp(sum) != 0) {
			return found{label: "inexact", detail: "three times " + dime + " is not " + sum.FloatString(2)}, nil
		}
		return found{label: "exact", detail: large + " comes back, and three times " + dime + " is exact"}, nil
	})
}

// unicodeText is a name of many letters that are no ASCII.
func unicodeText(length int) string {
	return string([]rune(strings.Repeat("Größe Ñandú 東京 кофе ", length/20+1))[:length-1]) + "x"
}

// longEmail is a valid address of this length: a local part of at most 64 characters, and
// labels of at most 63 (RFC 5321 4.5.3.1, RFC 1035 2.3.4).
func longEmail(length int) string {
	const local, end = 64, ".example.com"
	rest := length - local - 1 - len(end)
	var labels []byte
	for i := range rest {
		if i%60 == 59 && i != rest-1 {
			labels = append(labels, '.')
		} else {
			labels = append(labels, 'b')
		}
	}
	return strings.Repeat("a", local) + "@" + string(labels) + end
}

// probeLongText stores a text of a length that occurs, and a shorter one where that is
// refused.
func (r *grading) probeLongText(ctx context.Context, at *script.Probing) (script.Observation, error) {
	role, field := told(at, "role"), told(at, "field")
	table, column, ok := r.column(mapping.Role(role), mapping.Field(field))
	if !ok {
		return r.without(mapping.Role(role), "there is no such column"), nil
	}
	lengths, text := []int{200, 100}, unicodeText
	if mapping.Field(field) == mapping.Email {
		lengths, text = []int{254, 100}, longEmail
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		row, err := bench.Make(ctx, table.Name, nil)
		if err != nil {
			return found{}, err
		}
		for i, length := range lengths {
			reaction, err := bench.Update(ctx, row, rows.Values{column.Name: rows.Text(text(length))})
			if err != nil {
				return found{}, err
			}
			switch {
			case reaction.Kind == rows.Denied:
				return found{}, rows.NotDenied(reaction)
			case reaction.Kind == rows.Stored:
				return found{label: []string{"kept", "short"}[i], detail: "what is long is stored in full"}, nil
			case reaction.Kind == rows.Altered && strings.EqualFold(reaction.Row.Value(column.Name).Text, text(length)):
				return found{label: []string{"kept", "short"}[i], detail: "what is long is stored in full"}, nil
			case reaction.Kind == rows.Failed, reaction.Kind == rows.Raised:
				return found{label: labelOtherwise, detail: refusedBy(reaction)}, nil
			}
		}
		return found{label: "too_short", detail: column.Type + " has no room for what is common"}, nil
	})
}

// probeLeadingZeros stores digits that are no number.
func (r *grading) probeLeadingZeros(ctx context.Context, at *script.Probing) (script.Observation, error) {
	field, value := told(at, "field"), told(at, "value")
	for _, role := range toldList(at, "roles") {
		table, column, ok := r.column(mapping.Role(role), mapping.Field(field))
		if !ok {
			continue
		}
		return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
			row, err := bench.Make(ctx, table.Name, nil)
			if err != nil {
				return found{}, err
			}
			reaction, err := bench.Update(ctx, row, rows.Values{column.Name: rows.Text(value)})
			if err != nil {
				return found{}, err
			}
			stored := strings.TrimRight(reaction.Row.Value(column.Name).Text, " ")
			switch {
			case (reaction.Kind == rows.Stored || reaction.Kind == rows.Altered) && stored == value:
				return found{label: "kept", detail: value + " comes back"}, nil
			case reaction.Kind == rows.Stored, reaction.Kind == rows.Altered, reaction.State == "22P02":
				return found{label: "lost_zeros", detail: column.Type + " does not keep " + value}, nil
			case reaction.Kind == rows.Refused, reaction.Kind == rows.Raised:
				return found{label: "guarded", detail: refusedBy(reaction)}, nil
			}
			return found{label: labelOtherwise, detail: refusedBy(reaction)}, rows.NotDenied(reaction)
		})
	}
	return seen(labelAbsent, "there is no such column"), nil
}

// probeInstant stores an instant with an offset, and reads it in two time zones.
func (r *grading) probeInstant(ctx context.Context, at *script.Probing) (script.Observation, error) {
	table, column, _, ok := r.field(at)
	if !ok || column.Base == "date" || column.Category != "D" {
		return r.without(mapping.Role(told(at, "role")), "there is no time of day"), nil
	}
	observation, err := r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		row, err := bench.Make(ctx, table.Name, nil)
		if err != nil {
			return found{}, err
		}
		var epochs []string
		reaction, err := bench.Update(ctx, row, rows.Values{column.Name: rows.Text("2024-06-15 12:00:00+02")})
		if day, _, _ := strings.Cut(row.Value(column.Name).Text, " "); err == nil && reaction.Kind == rows.Refused && len(day) == len("2006-01-02") {
			// Outside of the partitions, or of what a rule allows.
			reaction, err = bench.Update(ctx, row, rows.Values{column.Name: rows.Text(day + " 12:00:00+02")})
		}
		if err != nil {
			return found{}, err
		}
		// Read back it looks different: what was sent is not compared here.
		if reaction.Kind != rows.Stored && reaction.Kind != rows.Altered {
			return found{label: labelOtherwise, detail: refusedBy(reaction)}, rows.NotDenied(reaction)
		}
		for _, zone := range []string{"UTC", "Asia/Tokyo"} {
			var answer database.Answer
			if _, err = bench.Run(ctx, "SET LOCAL TimeZone = '"+zone+"'"); err == nil {
				answer, err = bench.Run(ctx, "SELECT pg_catalog.date_part('epoch', "+live.Quote(column.Name)+"::pg_catalog.timestamptz) FROM "+
					table.SQL()+" WHERE "+reaction.Row.Where())
			}
			if err != nil {
				return found{}, err
			}
			epochs = append(epochs, answer.Text(0, 0))
		}
		if epochs[0] == epochs[1] && column.Base == "timestamptz" {
			return found{label: "same", detail: "it is the same instant in UTC and in Tokyo"}, nil
		}
		return found{label: "moves", detail: column.Type + " forgets the offset: nine hours lie between UTC and Tokyo"}, nil
	})
	if observation.Label == "moves" && r.assumed(toldList(at, "assumption")) {
		observation.Label = "stated"
	}
	return observation, err
}
