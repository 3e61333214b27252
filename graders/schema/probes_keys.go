package schema

import (
	"context"
	"regexp"
	"slices"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
)

// coreLinks are the references that checks of their own try out.
func coreLinks() [][2]mapping.Role {
	return [][2]mapping.Role{
		{mapping.OrderLine, mapping.Product},
		{mapping.OrderLine, mapping.Variant},
		{mapping.OrderLine, mapping.Order},
		{mapping.Order, mapping.User},
		{mapping.Product, mapping.Category},
	}
}

// probeUndeclaredKeys looks for columns that refer to a table by name alone. Those between
// orders, lines, products and users are charged where they are tried out.
func (r *grading) probeUndeclaredKeys(context.Context, *script.Probing) (script.Observation, error) {
	var missing, elsewhere places
	declared := 0
	for _, table := range r.schema.Tables {
		declared += len(table.ForeignKeys)
		for _, key := range r.softKeys(table) {
			words := place(table, key.Column) + " to " + key.Target.String()
			if r.isCoreLink(key) {
				elsewhere.add("%s", words)
			} else if !r.isLog(table) {
				missing.add("%s", words)
			}
		}
	}
	switch {
	case len(missing) > 0:
		return missing.one(""), nil
	case len(elsewhere) > 0:
		return elsewhere.observe("elsewhere"), nil
	case declared == 0:
		return seen("no_references", ""), nil
	}
	return seen("none", "every reference is declared"), nil
}

func (r *grading) isCoreLink(key mapping.SoftKey) bool {
	for _, link := range coreLinks() {
		from, known := r.mapping.Table(link[0])
		to, both := r.mapping.Table(link[1])
		if known && both && key.Table == from && key.Target == to {
			return true
		}
	}
	return false
}

// maxLinkColumns is how many columns a table may have beside its two references to be
// nothing but a link: since when, in which order, a key of its own.
const maxLinkColumns = 3

// linkColumns are the two references of a table that does nothing but link two others;
// nil for every other table.
func (r *grading) linkColumns(table live.Table) [][]string {
	switch role := r.roleOf(table); role {
	case "", mapping.ProductCategory:
	default:
		return nil
	}
	if len(table.ForeignKeys) != 2 || table.ForeignKeys[0].Target == table.ForeignKeys[1].Target && table.ForeignKeys[0].Target == table.Name {
		return nil
	}
	pair := [][]string{table.ForeignKeys[0].Columns, table.ForeignKeys[1].Columns}
	keys := len(pair[0]) + len(pair[1])
	if len(table.Columns)-keys > maxLinkColumns {
		return nil
	}
	for _, column := range table.Columns {
		if _, refers := references(table, column.Name); !refers && (isText(column) || column.Base == "numeric" || column.Base == "jsonb") {
			return nil // it says something of its own
		}
	}
	return pair
}

func (r *grading) probeLinkTables(context.Context, *script.Probing) (script.Observation, error) {
	var keyed, unkeyed places
	for _, table := range r.schema.Tables {
		pair := r.linkColumns(table)
		if pair == nil {
			continue
		}
		columns := slices.Concat(pair[0], pair[1])
		if slices.ContainsFunc(uniqueSets(table), func(set []string) bool { return allAmong(set, columns) }) {
			keyed.add("%s", named(table))
		} else {
			unkeyed.add("%s", named(table, columns...))
		}
	}
	switch {
	case len(unkeyed) > 0:
		return unkeyed.observe("unkeyed"), nil
	case len(keyed) > 0:
		return keyed.observe("keyed"), nil
	}
	return seen("none", "no table does nothing but link two others"), nil
}

func (r *grading) probeKeyTypes(context.Context, *script.Probing) (script.Observation, error) {
	var widened, different places
	all := 0
	for _, table := range r.schema.Tables {
		for _, key := range table.ForeignKeys {
			target, ok := r.schema.Table(key.Target)
			if !ok {
				continue
			}
			all++
			for i, name := range key.Columns {
				from, _ := table.Column(name)
				to, known := target.Column(key.TargetKey[i])
				switch {
				case !known || from.Base == to.Base && from.Modifier == to.Modifier:
				case isInteger(from) && isInteger(to):
					widened.add("%s is %s, %s is %s", place(table, name), from.Type, place(target, to.Name), to.Type)
				default:
					different.add("%s is %s, %s is %s", place(table, name), from.Type, place(target, to.Name), to.Type)
				}
			}
		}
	}
	switch {
	case len(different) > 0:
		return different.observe("different"), nil
	case len(widened) > 0:
		return widened.observe("widened"), nil
	case all == 0:
		return seen("no_references", "no reference is declared"), nil
	}
	return seen("same", "both sides of every reference have one type"), nil
}

// aside are tables that stand alone in many a good schema.
var aside = regexp.MustCompile(`(?i)setting|config|param|option|migrat|flyway|databasechangelog|schema_|currenc|countr|locale|language|rate|newsletter|subscri|contact|faq|page|banner|blog|post|zip|cities|states|provinc|tax|holiday|feature|flag|template|email|sms|session|token|sequence|metadata|version|moneda|waehrung|land|pais`)

func (r *grading) probeIsolated(context.Context, *script.Probing) (script.Observation, error) {
	referred := map[live.Name]bool{}
	for _, table := range r.schema.Tables {
		for _, key := range table.ForeignKeys {
			if key.Target != table.Name {
				referred[key.Target] = true
			}
		}
		for _, key := range r.softKeys(table) {
			referred[key.Target] = true
		}
	}
	var alone, core places
	for _, table := range r.schema.Tables {
		refers := slices.ContainsFunc(table.ForeignKeys, func(k live.ForeignKey) bool { return k.Target != table.Name })
		if refers || len(r.softKeys(table)) > 0 || referred[table.Name] {
			continue
		}
		switch {
		case r.isCore(table):
			core.add("%s", named(table))
		case !aside.MatchString(table.Name.Name) && !r.isLog(table):
			alone.add("%s", named(table))
		}
	}
	switch {
	case len(core) > 0:
		return core.observe("core"), nil
	case len(alone) > 0:
		return alone.observe("aside"), nil
	}
	return seen("none", "every table is connected"), nil
}

// subtype is what a table that extends one row of another one is called.
var subtype = regexp.MustCompile(`(?i)profile|perfil|profil|credential|preference|settings?$|passwords?$|_auth$`)

func (r *grading) probeSubtypes(context.Context, *script.Probing) (script.Observation, error) {
	var keyed, unkeyed places
	for _, table := range r.schema.Tables {
		if len(table.ForeignKeys) != 1 {
			continue
		}
		key := table.ForeignKeys[0]
		unique := slices.ContainsFunc(uniqueSets(table), func(set []string) bool { return allAmong(set, key.Columns) })
		extends := subtype.MatchString(table.Name.Name) && !r.isCore(table) || r.roleOf(table) == mapping.Inventory && !r.hasPlaces(table)
		switch {
		case unique && (extends || allAmong(table.PrimaryKey(), key.Columns)):
			keyed.add("%s", named(table))
		case extends:
			unkeyed.add("%s", named(table, key.Columns...))
		}
	}
	switch {
	case len(unkeyed) > 0:
		return unkeyed.observe("unkeyed"), nil
	case len(keyed) > 0:
		return keyed.observe("keyed"), nil
	}
	return seen("none", "no table extends the rows of another one"), nil
}

// hasPlaces reports whether stock is kept by place or by movement, so that a product has
// several rows.
func (r *grading) hasPlaces(table live.Table) bool {
	return slices.ContainsFunc(table.Columns, func(c live.Column) bool {
		return r.has(c.Name, "warehouse", "inventory", "movement", "change", "type", "reference") && !r.has(c.Name, "quantity")
	})
}

func (r *grading) probePrimaryKeys(context.Context, *script.Probing) (script.Observation, error) {
	var without places
	for _, table := range r.schema.Tables {
		if table.PrimaryKey() != nil || r.isLog(table) || r.hasCandidateKey(table) {
			continue
		}
		without.add("%s", named(table))
	}
	return without.one("every table has one"), nil
}

// hasCandidateKey reports a unique set of columns that are never null.
func (r *grading) hasCandidateKey(table live.Table) bool {
	return slices.ContainsFunc(uniqueSets(table), func(set []string) bool {
		return len(set) > 0 && !slices.ContainsFunc(set, func(name string) bool {
			column, ok := table.Column(name)
			return !ok || !column.NotNull
		})
	})
}

// probeNaturalKeys looks whether products and categories can be told apart by more than a
// made-up number. That users can is tried out by a check of its own.
func (r *grading) probeNaturalKeys(context.Context, *script.Probing) (script.Observation, error) {
	var without places
	good, all := 0, 0
	for _, role := range []mapping.Role{mapping.Product, mapping.Category} {
		table, ok := r.table(role)
		if !ok {
			continue
		}
		all++
		variant, sold := r.table(mapping.Variant)
		if r.hasNaturalKey(table) || role == mapping.Product && sold && r.hasNaturalKey(variant) {
			good++
		} else {
			without.add("%s", named(table))
		}
	}
	return without.share(good, all, "products and categories have a key of their own"), nil
}

func (r *grading) hasNaturalKey(table live.Table) bool {
	return slices.ContainsFunc(uniqueSets(table), func(set []string) bool {
		return slices.ContainsFunc(set, func(name string) bool {
			column, ok := table.Column(name)
			return ok && (isText(column) || column.Category == "U" && column.Base == "citext")
		})
	})
}

func (r *grading) probeParallelKeys(context.Context, *script.Probing) (script.Observation, error) {
	var twice places
	for _, table := range r.schema.Tables {
		for i, key := range table.ForeignKeys {
			for _, other := range table.ForeignKeys[:i] {
				if key.Target == other.Target && slices.Equal(key.Columns, other.Columns) {
					twice.add("%s refers to %s twice", named(table, key.Columns...), key.Target.String())
				}
			}
		}
	}
	return twice.either("every reference is declared once"), nil
}

func (r *grading) probePriceVersions(context.Context, *script.Probing) (script.Observation, error) {
	if table, ok := r.table(mapping.PriceHistory); ok {
		return seen("found", named(table)), nil
	}
	return seen("none", ""), nil
}
