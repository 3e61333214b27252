package mapping

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// shape is a table as the mapping sees it: what its names and types say.
type shape struct {
	table   live.Table
	lemmas  []string // of its name, without what all tables share
	columns []columnShape
	key     string // the one column of its primary key, or ""
	edges   []edge // that leave it; sorted by column
	facts   facts
}

// columnShape is a column and the words of its name.
type columnShape struct {
	live.Column
	lemmas []string
	refers bool // it is part of a reference to another table, declared or not
	keyed  bool // it is part of the primary key
}

// facts are what columns tell of the thing that a table holds.
type facts struct {
	email, password, login, phone, person, street          bool
	money, price, sku, stock, description, name            bool
	quantity, status, total, when, parent, percent, rating bool
	own                                                    int  // columns that hold something of its own: no key, no reference, no time of change
	link                                                   bool // it only joins others
}

func (c columnShape) has(lemmas ...string) bool {
	return slices.ContainsFunc(lemmas, func(lemma string) bool { return slices.Contains(c.lemmas, lemma) })
}

// The kinds of types that matter. A domain has been followed by the reader.
func (c columnShape) number() bool  { return c.Category == "N" }
func (c columnShape) text() bool    { return c.Category == "S" || c.Base == "citext" }
func (c columnShape) moment() bool  { return c.Category == "D" }
func (c columnShape) flag() bool    { return c.Category == "B" }
func (c columnShape) integer() bool { return slices.Contains([]string{"int2", "int4", "int8"}, c.Base) }

// moneyWords name amounts of money.
var moneyWords = []string{"price", "cost", "amount", "total", "subtotal", "fee", "cents", "unitprice", "tax", "discount"}

// money reports whether a column holds an amount of money.
func (c columnShape) money() bool {
	if c.Base == "money" {
		return true
	}
	return (c.number() || c.text()) && !c.refers && c.has(moneyWords...) && !c.has("quantity", "id", "code", "currency", "percent", "type", "name", "rating", "description")
}

// shapes reads every table of a schema.
func (l lexicon) shapes(schema live.Schema) []shape {
	made := make([]shape, 0, len(schema.Tables))
	for _, table := range schema.Tables {
		each := shape{table: table, lemmas: l.lemmas(table.Name.Name)}
		if key := table.PrimaryKey(); len(key) == 1 {
			each.key = key[0]
		}
		for _, column := range table.Columns {
			each.columns = append(each.columns, columnShape{
				Column: column, lemmas: l.lemmas(column.Name),
				keyed: slices.Contains(table.PrimaryKey(), column.Name),
			})
		}
		made = append(made, each)
	}
	dropShared(made)
	for i := range made {
		made[i].dropOwnPrefix(l)
	}
	connect(made)
	for i := range made {
		made[i].facts = made[i].observe()
	}
	return made
}

// noise are words that say of a table only that it is one, or whose it is.
var noise = map[string]bool{
	"tbl": true, "tb": true, "tab": true, "table": true, "t": true, "app": true, "shop": true, "ecommerce": true, "ecom": true,
	"store": true, "db": true, "core": true, "my": true, "m": true, "online": true, "eshop": true, "dim": true, "fact": true,
	"tabelle": true, "tabla": true, "tabela": true, "web": true, "webshop": true, "master": true, "mst": true, "entity": true, "data": true, "info": true,
}

// dropShared drops noise, and a first word that more than seven of ten tables share.
func dropShared(shapes []shape) {
	count := map[string]int{}
	for _, each := range shapes {
		if len(each.lemmas) > 1 {
			count[each.lemmas[0]]++
		}
	}
	const least = 3 // tables that can be said to share something
	for i := range shapes {
		each := &shapes[i]
		if len(each.lemmas) > 1 && len(shapes) >= least && count[each.lemmas[0]]*10 > len(shapes)*7 {
			each.lemmas = each.lemmas[1:]
		}
		kept := slices.DeleteFunc(slices.Clone(each.lemmas), func(word string) bool { return noise[word] || strings.Trim(word, "0123456789") == "" })
		if len(kept) > 0 {
			each.lemmas = kept
		}
	}
}

// dropOwnPrefix drops from columns a first word that most of them share, such as the c of
// c_name, c_email: it stands for the table.
func (s *shape) dropOwnPrefix(l lexicon) {
	count := map[string]int{}
	first := func(name string) string {
		if parts := words(name); len(parts) > 1 {
			return parts[0]
		}
		return ""
	}
	for _, column := range s.columns {
		count[first(column.Name)]++
	}
	for i := range s.columns {
		column := &s.columns[i]
		prefix := first(column.Name)
		if prefix == "" || len(s.columns) < 3 || count[prefix]*10 <= len(s.columns)*6 {
			continue
		}
		at := strings.Index(strings.ToLower(column.Name), prefix)
		if at < 0 {
			continue // the prefix was written with an accent
		}
		if rest := l.lemmas(column.Name[at+len(prefix):]); len(rest) > 0 {
			column.lemmas = rest
		}
	}
}

// observe collects what columns tell.
func (s *shape) observe() facts {
	var f facts
	references := 0
	for _, column := range s.columns {
		if column.refers {
			references++
			f.parent = f.parent || s.refersToItself(column.Name)
			f.status = f.status || column.has("status", "state")
			continue
		}
		housekeeping := column.moment() && column.has("created", "updated", "deleted") || column.has("created", "updated") && len(column.lemmas) > 1 || column.Name == s.key || column.flag()
		if !housekeeping && !column.keyed {
			f.own++
		}
		s.observeColumn(column, &f)
	}
	const most = 1 // such as a position, or the time at which it was joined
	bare := f.own <= most && !f.name || s.keyedByReferences()
	f.link = references >= 2 && bare && !f.money && !f.quantity && !f.stock && !f.status && !f.rating && !f.description
	return f
}

// keyedByReferences reports whether a table is keyed by two or more references, and by
// nothing else.
func (s *shape) keyedByReferences() bool {
	references, others := 0, 0
	for _, column := range s.columns {
		switch {
		case column.keyed && column.refers:
			references++
		case column.keyed:
			others++
		}
	}
	return references >= 2 && others == 0
}

func (s *shape) observeColumn(column columnShape, f *facts) {
	switch {
	case column.text() && column.has("email"):
		f.email = true
	case column.has("password") && !column.number() && !column.moment() && !column.flag():
		f.password = true
	case column.text() && column.has("login"):
		f.login = true
	case column.has("phone"):
		f.phone = true
	case column.has("firstname", "lastname", "fullname"):
		f.person = true
	case column.has("street", "postcode", "city"):
		f.street = true
	case column.money():
		f.money = true
		f.price = f.price || column.has("price", "unitprice")
		f.total = f.total || column.has("total", "amount", "subtotal")
	case column.number() && column.has("stock", "inventory") || column.has("available") && column.number():
		f.stock = true
	case column.has("sku", "ean"):
		f.sku = true
	case column.number() && column.has("quantity"):
		f.quantity = true
	case column.has("description") && !column.number():
		f.description = true
	case column.has("status", "state") && !column.number():
		f.status = true
	case column.has("rating"):
		f.rating = true
	case column.has("percent"):
		f.percent = true
	case column.text() && column.has("name", "title"):
		f.name = true
	case column.moment() && !column.has("updated", "deleted"):
		f.when = true
	}
}

func (s *shape) refersToItself(column string) bool {
	return slices.ContainsFunc(s.edges, func(e edge) bool { return e.target == s.table.Name && slices.Contains(e.columns, column) })
}

func (s *shape) column(name string) (columnShape, bool) {
	at := slices.IndexFunc(s.columns, func(c columnShape) bool { return c.Name == name })
	if at < 0 {
		return columnShape{}, false
	}
	return s.columns[at], true
}
