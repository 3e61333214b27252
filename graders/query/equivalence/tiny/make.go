package tiny

import (
	"context"
	"fmt"
)

// size is how large databases are made.
type size struct {
	rows   int  // at most, in each table; 0: as the author says
	offset int  // of the numbers of surrogate keys
	wide   bool // columns use all values of their pools, not a few of them
}

// Make makes the databases of a seed. In the first, every table is as small as it may be.
func (m *Maker) Make(ctx context.Context, seed string) ([]Database, error) {
	number := m.source.Spec.Databases
	if number <= 0 {
		number = DefaultDatabases
	}
	return m.make(ctx, seed, number, size{})
}

// medium makes one database with about so many rows in each table. Its surrogate keys begin
// behind offset, so that it can be stored beside rows that are there.
func (m *Maker) medium(ctx context.Context, seed string, rows, offset int) (Database, error) {
	made, err := m.make(ctx, seed+"/medium", 2, size{rows: rows, offset: offset, wide: true})
	if err != nil {
		return Database{}, err
	}
	return made[1], nil // the first is as small as it may be
}

// make fills table after table in all databases, since what a check of several columns lets
// pass is known to the server alone, and asking for each row would take too long.
func (m *Maker) make(ctx context.Context, seed string, number int, size size) ([]Database, error) {
	made := make([]Database, number)
	choices := make([]dice, number)
	for i := range made {
		choices[i] = newDice(fmt.Sprintf("tiny/%s/%d", seed, i))
		made[i] = Database{Number: i + 1}
		for _, each := range m.parameters {
			made[i].Parameters = append(made[i].Parameters, each.value(choices[i], each.all()))
		}
	}
	for _, each := range m.schema {
		for i := range made {
			fill := filler{maker: m, dice: choices[i], of: each, into: &made[i], size: size}
			made[i].tables = append(made[i].tables, filled{of: each, rows: fill.rows(i == 0)})
		}
		if err := m.dropRefused(ctx, each, made); err != nil {
			return nil, err
		}
	}
	for i := range made {
		m.aim(choices[i], &made[i])
	}
	return made, nil
}
