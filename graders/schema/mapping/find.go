package mapping

import (
	"cmp"
	"slices"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Find maps a schema. It is deterministic: the same schema and override give the same
// mapping, to the byte.
func Find(schema live.Schema, override Override) Mapping {
	schema = bounded(schema)
	words := shopWords()
	shapes := words.shapes(schema)
	made := Mapping{
		Tables: map[Role]Choice{}, Columns: map[Role]map[Field]ColumnChoice{},
		SoftKeys: softKeys(shapes), Statements: override.Assume, Notes: slices.Clone(override.Notes), of: shapes,
	}
	if made.Statements == nil {
		made.Statements = Statements{}
	}
	free := newSolver(shapes, nil)
	best := free.solve()
	pinned := made.pin(shapes, override, best)
	solver := free
	if len(pinned) > 0 {
		solver = newSolver(shapes, pinned)
		best = solver.solve()
	}
	for i, role := range Core() {
		made.Tables[role] = solver.choice(i, best)
		if at, is := pinned[role]; is {
			made.Tables[role] = stated(shapes, at, override.Tables[role].Source)
		}
	}
	made.addSecondary(shapes, override)
	for role, choice := range made.Tables {
		if !choice.Absent {
			made.Columns[role] = shapeOf(shapes, choice.Table).fields(role)
		}
	}
	made.stateColumns(shapes, override)
	made.references(shapes)
	made.moveToVariant()
	made.Links = links(shapes, made.Tables)
	made.of = nil
	return made
}

// bounded leaves out tables beyond a number that no shop of a few hours has, so that a
// hostile schema cannot make the joint choice slow.
func bounded(schema live.Schema) live.Schema {
	const most = 300
	schema.Tables = schema.Tables[:min(len(schema.Tables), most)]
	return schema
}

// choice is what was solved for one role of the core.
func (s *solver) choice(role int, best solution) Choice {
	at := best.tables[role]
	if at == nobody {
		return Choice{Absent: true, Confidence: best.confidence[role], Source: SourceFound, Reasons: []string{"no table looks like it"}}
	}
	reasons := slices.Clone(s.unary[role][at].reasons)
	for other, table := range best.tables {
		if other != role && table != nobody && s.ways[at][table] > 0 {
			reasons = append(reasons, "leads to "+s.shapes[table].table.String())
		}
	}
	return Choice{Table: s.shapes[at].table.Name, Confidence: best.confidence[role], Source: SourceFound, Reasons: reasons}
}

func stated(shapes []shape, at int, source string) Choice {
	if at == nobody {
		return Choice{Absent: true, Confidence: 100, Source: source, Reasons: []string{"stated"}}
	}
	return Choice{Table: shapes[at].table.Name, Confidence: 100, Source: source, Reasons: []string{"stated"}}
}

func (m *Mapping) addSecondary(shapes []shape, override Override) {
	for _, role := range Secondary() {
		if at, source, is := override.table(shapes, role); is {
			m.Tables[role] = stated(shapes, at, source)
			continue
		}
		choice, found := m.secondary(shapes, role)
		if !found {
			choice = Choice{Absent: true, Confidence: byBoth, Source: SourceFound, Reasons: []string{"no table looks like it"}}
		}
		m.Tables[role] = choice
	}
}

// moveToVariant takes price, stock and SKU of a product from where it has them: its
// variants, its prices or its inventory.
func (m *Mapping) moveToVariant() {
	product := m.Columns[Product]
	if product == nil {
		return
	}
	for _, each := range []struct {
		field Field
		from  []Role
	}{{Price, []Role{Variant, PriceHistory}}, {SKU, []Role{Variant}}, {Stock, []Role{Variant, Inventory}}} {
		for _, role := range each.from {
			if choice, found := m.Columns[role][each.field]; found {
				if _, own := product[each.field]; !own {
					choice.Reason += ", in " + choice.Table.String()
					product[each.field] = choice
				}
			}
		}
	}
	if variant := m.Columns[Variant]; variant != nil {
		if choice, found := m.Columns[Inventory][Stock]; found {
			if _, own := variant[Stock]; !own {
				variant[Stock] = choice
			}
		}
	}
}

// links are the ways of at most two hops from each role to each other.
func links(shapes []shape, tables map[Role]Choice) []Link {
	roles := append(Core(), Secondary()...)
	var made []Link
	for _, from := range roles {
		for _, to := range roles {
			start, end := tables[from], tables[to]
			if from == to || start.Absent || end.Absent {
				continue
			}
			if hops := way(shapes, start.Table, end.Table); hops != nil {
				made = append(made, Link{From: from, To: to, Hops: hops})
			}
		}
	}
	slices.SortStableFunc(made, func(a, b Link) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return made
}

// way is the best way between two tables: one hop before two, declared before soft.
func way(shapes []shape, from, to live.Name) []Hop {
	start := shapeOf(shapes, from)
	if e, found := start.edgeTo(to); found {
		return []Hop{e.hop(from)}
	}
	var best []Hop
	weight := 0
	for _, first := range start.edges {
		if first.target == from || first.target == to {
			continue
		}
		at := slices.IndexFunc(shapes, func(s shape) bool { return s.table.Name == first.target })
		if at < 0 {
			continue
		}
		if second, found := shapes[at].edgeTo(to); found && min(first.weight(), second.weight()) > weight {
			weight = min(first.weight(), second.weight())
			best = []Hop{first.hop(from), second.hop(first.target)}
		}
	}
	return best
}
