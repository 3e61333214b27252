package schema

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
)

// normalisationProbes look at the catalog for data that is kept twice, hidden in a value,
// or not referred to properly.
func (r *grading) normalisationProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"repeating_groups": {Once: true, Labels: []string{"none", "contacts", "found"}, Observe: r.probeRepeatingGroups},
		"hidden_relations": {Once: true, Labels: []string{"none", "tags", "found"}, Observe: r.probeHiddenRelations},
		"undeclared_keys":  {Once: true, Labels: []string{"none", "one", "several", "elsewhere", "no_references"}, Observe: r.probeUndeclaredKeys},
		"link_tables":      {Once: true, Labels: []string{"keyed", "unkeyed", "none"}, Observe: r.probeLinkTables},
		"key_types":        {Once: true, Labels: []string{"same", "widened", "different", "no_references"}, Observe: r.probeKeyTypes},
		"copied_users":     {Once: true, Labels: []string{"none", "found"}, Observe: r.probeCopiedUsers},
		"derived_totals":   {Once: true, Labels: []string{"none", "generated", "maintained", "stated", "plain"}, Observe: r.probeDerivedTotals},
		"polymorphic":      {Once: true, Labels: []string{"none", "found"}, Observe: r.probePolymorphic},
		"blobs":            {Once: true, Labels: []string{"none", "found"}, Observe: r.probeBlobs},
		"isolated_tables":  {Once: true, Labels: []string{"none", "aside", "core"}, Observe: r.probeIsolated},
		"subtypes":         {Once: true, Labels: []string{"keyed", "unkeyed", "none"}, Observe: r.probeSubtypes},
		"primary_keys":     {Once: true, Labels: []string{"none", "one", "several"}, Observe: r.probePrimaryKeys},
		"natural_keys":     {Once: true, Labels: []string{"measured"}, Shares: true, Observe: r.probeNaturalKeys},
		"parallel_keys":    {Once: true, Labels: []string{"none", "found"}, Observe: r.probeParallelKeys},
		"price_versions":   {Once: true, Labels: []string{"found", "none"}, Observe: r.probePriceVersions},
	}
}

// Names in which a number is part of the name, and those of contacts, of which two are usual.
var (
	numberedName = regexp.MustCompile(`\d+`)
	technical    = regexp.MustCompile(`(?i)md5|sha|crc|base64|utf|iso|ipv?[46]|oauth|web3|web2|s3|b2b|b2c|^q[1-4]|_q[1-4]|alpha[23]|latin|h264|3d|360|co2`)
)

func (r *grading) probeRepeatingGroups(context.Context, *script.Probing) (script.Observation, error) {
	var repeated, contacts places
	for _, table := range r.schema.Tables {
		for _, group := range groupsOf(table) {
			if r.has(numberedName.ReplaceAllString(group[0], ""), "address", "street", "line", "phone", "email", "name", "fax") {
				contacts.add("%s", named(table, group...))
				continue
			}
			repeated.add("%s", named(table, group...))
		}
	}
	switch {
	case len(repeated) > 0:
		return repeated.observe("found"), nil
	case len(contacts) > 0:
		return contacts.observe("contacts"), nil
	}
	return seen("none", "no columns are numbered"), nil
}

// groupsOf lists columns of the same type whose names differ in a number alone.
func groupsOf(table live.Table) [][]string {
	groups := map[string][]string{}
	var order []string
	for _, column := range table.Columns {
		if !numberedName.MatchString(column.Name) || technical.MatchString(column.Name) {
			continue
		}
		key := numberedName.ReplaceAllString(column.Name, "#") + " " + column.Base
		if len(groups[key]) == 0 {
			order = append(order, key)
		}
		groups[key] = append(groups[key], column.Name)
	}
	var made [][]string
	for _, key := range order {
		if len(groups[key]) > 1 {
			made = append(made, groups[key])
		}
	}
	return made
}

// Names that stand for many things of another table, if a text, an array or a document has
// them. What is cut into words here is in lower case.
var (
	manyKeys   = regexp.MustCompile(`(?i)(?:_ids|Ids|_uuids)(?:_list|_json|_csv)?$`)
	manyThings = regexp.MustCompile(`(?i)(?:^|_)(?:order_?|line_?|cart_?)?(?:items|lines|products|categories|orders|users|customers|addresses|payments|reviews|variants|productos|categorias|pedidos|clientes|direcciones|produkte|kategorien|bestellungen|kunden|artikel|posten|produits|commandes|categories|lignes)$`)
)

func (r *grading) probeHiddenRelations(context.Context, *script.Probing) (script.Observation, error) {
	var hidden, tags places
	for _, table := range r.schema.Tables {
		if r.isLog(table) {
			continue
		}
		for _, column := range table.Columns {
			switch {
			case !holdsMany(column):
			case manyKeys.MatchString(column.Name), manyThings.MatchString(column.Name), r.namesTable(table, column):
				hidden.add("%s is %s", place(table, column.Name), column.Type)
			case column.Category == "A" && isCharacter(column.Base) && !hasGIN(table, column.Name), isText(column) && r.isTags(column.Name):
				tags.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	switch {
	case len(hidden) > 0:
		return hidden.observe("found"), nil
	case len(tags) > 0:
		return tags.observe("tags"), nil
	}
	return seen("none", "every value is one value"), nil
}

func holdsMany(column live.Column) bool {
	return isText(column) || column.Category == "A" || column.Base == "json" || column.Base == "jsonb"
}

func isCharacter(base string) bool { return base == "_text" || base == "_varchar" || base == "_citext" }

func hasGIN(table live.Table, column string) bool {
	return slices.ContainsFunc(table.Indexes, func(i live.Index) bool { return i.Method == "gin" && slices.Contains(i.Columns, column) })
}

// isTags reports a text that by its name holds several words.
func (r *grading) isTags(name string) bool {
	return strings.HasSuffix(strings.ToLower(name), "s") && r.has(name, "tag")
}

// namesTable reports whether a column is called like another table of the schema, which in
// a plural means its rows.
func (r *grading) namesTable(table live.Table, column live.Column) bool {
	if column.Category == "S" || !strings.HasSuffix(strings.ToLower(column.Name), "s") {
		return false
	}
	return slices.ContainsFunc(r.schema.Tables, func(other live.Table) bool {
		return other.Name != table.Name && r.roleOf(other) != "" && strings.EqualFold(other.Name.Name, column.Name)
	})
}

var logName = regexp.MustCompile(`(?i)log|audit|event|history|historial|verlauf|outbox|webhook|notification|message|import|staging|archive|snapshot|idempot|cache|queue|job`)

// isLog reports a table that keeps what happened, in which nothing is normalised on purpose.
func (r *grading) isLog(table live.Table) bool {
	return !r.isCore(table) && logName.MatchString(table.Name.Name)
}

// probeCopiedUsers looks for columns of users that orders repeat under the same name. What
// is shipped or billed to, and what a guest leaves, is a record of the sale.
func (r *grading) probeCopiedUsers(context.Context, *script.Probing) (script.Observation, error) {
	users, some := r.table(mapping.User)
	orders, _ := r.table(mapping.Order)
	var copied places
	for _, field := range []mapping.Field{mapping.Email, mapping.Login, mapping.PersonName, mapping.FamilyName, mapping.Phone} {
		_, column, ok := r.column(mapping.User, field)
		if !ok {
			continue
		}
		twin, ok := orders.Column(column.Name)
		if ok && !refers(orders, twin.Name) {
			copied.add("%s repeats %s", place(orders, twin.Name), place(users, column.Name))
		}
	}
	if _, key, ok := r.column(mapping.Order, mapping.UserRef); !some || !ok || !key.NotNull {
		return seen("none", "an order may have no user"), nil
	}
	return copied.either("orders refer to their user"), nil
}

func (r *grading) probePolymorphic(context.Context, *script.Probing) (script.Observation, error) {
	var pairs places
	for _, table := range r.schema.Tables {
		if r.isLog(table) || r.roleOf(table) == mapping.Review || r.has(table.Name.Name, "comment", "image", "attachment", "translation") {
			continue
		}
		for _, column := range table.Columns {
			prefix, ok := strings.CutSuffix(strings.ToLower(column.Name), "_id")
			if !ok || refers(table, column.Name) {
				continue
			}
			for _, other := range table.Columns {
				if name := strings.ToLower(other.Name); name == prefix+"_type" && (isText(other) || other.Enum != nil) {
					pairs.add("%s", named(table, other.Name, column.Name))
				}
			}
		}
	}
	return pairs.either("every reference leads to one table"), nil
}

// probeBlobs looks for an entity that is nothing but a document or a list of names with
// values.
func (r *grading) probeBlobs(context.Context, *script.Probing) (script.Observation, error) {
	var blobs places
	for _, table := range r.schema.Tables {
		own, documents, names, values := 0, 0, 0, 0
		for _, column := range table.Columns {
			if refers(table, column.Name) || slices.Contains(table.PrimaryKey(), column.Name) || column.Category == "D" {
				continue
			}
			own++
			switch {
			case column.Base == "json" || column.Base == "jsonb" || column.Base == "hstore" || column.Base == "xml":
				documents++
			case r.has(column.Name, "attribute") || strings.EqualFold(column.Name, "key"):
				names++
			case isText(column) && (strings.EqualFold(column.Name, "value") || strings.EqualFold(column.Name, "val")):
				values++
			}
		}
		switch {
		case r.isCore(table) && own <= 2 && documents > 0:
			blobs.add("%s keeps everything in a document", named(table))
		case r.isCore(table) && own <= 3 && names > 0 && values > 0:
			blobs.add("%s is a list of names with values", named(table))
		}
	}
	return blobs.either("every entity has columns of its own"), nil
}
