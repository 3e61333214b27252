package schema

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
)

// typeProbes look at whether columns have the types that fit what they hold.
func (r *grading) typeProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"money_types":    {Once: true, Labels: []string{"exact", "aside", "inexact", "no_money"}, Observe: r.probeMoneyTypes},
		"time_zones":     {Once: true, Labels: []string{"zoned", "stated", "measured", "none"}, Shares: true, Observe: r.probeTimeZones},
		"dates_as_text":  {Once: true, Labels: []string{"none", "found"}, Observe: r.probeDatesAsText},
		"narrow_keys":    {Once: true, Labels: []string{"none", "found"}, Observe: r.probeNarrowKeys},
		"uuids_as_text":  {Once: true, Labels: []string{"none", "found"}, Observe: r.probeUUIDsAsText},
		"flags":          {Once: true, Labels: []string{"none", "found"}, Observe: r.probeFlags},
		"open_sets":      {Once: true, Labels: []string{"measured", "none"}, Shares: true, Observe: r.probeOpenSets},
		"essentials":     {Once: true, Labels: []string{"measured"}, Shares: true, Observe: r.probeEssentials},
		"default_length": {Once: true, Labels: []string{"none", "found"}, Observe: r.probeDefaultLength},
		"quantity_type":  {Once: true, Labels: []string{"exact", "inexact", "absent"}, Observe: r.probeQuantityType},
		"padded_text":    {Once: true, Labels: []string{"none", "found"}, Observe: r.probePaddedText},
		"passwords":      {Once: true, Labels: []string{"hashed", "wide", "narrow", "none"}, Observe: r.probePasswords},
		"unlogged":       {Once: true, Labels: []string{"none", "found"}, Observe: r.probeUnlogged},
	}
}

// moneyColumns are what by mapping holds an amount of money, and what by its name does.
func (r *grading) moneyColumns() (mapped, named []tableColumn) {
	for _, each := range []struct {
		role  mapping.Role
		field mapping.Field
	}{
		{mapping.Product, mapping.Price},
		{mapping.Variant, mapping.Price},
		{mapping.PriceHistory, mapping.Price},
		{mapping.Order, mapping.Total},
		{mapping.OrderLine, mapping.UnitPrice},
		{mapping.OrderLine, mapping.LineTotal},
		{mapping.Payment, mapping.Amount},
	} {
		if table, column, ok := r.column(each.role, each.field); ok && !contains(mapped, table, column) {
			mapped = append(mapped, tableColumn{table, column})
		}
	}
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if r.isMoney(column) && !contains(mapped, table, column) {
				named = append(named, tableColumn{table, column})
			}
		}
	}
	return mapped, named
}

// tableColumn is a column with its table.
type tableColumn struct {
	table  live.Table
	column live.Column
}

func (c tableColumn) String() string { return place(c.table, c.column.Name) }

func contains(list []tableColumn, table live.Table, column live.Column) bool {
	return slices.ContainsFunc(list, func(c tableColumn) bool { return c.table.Name == table.Name && c.column.Name == column.Name })
}

func (r *grading) isMoney(column live.Column) bool {
	return (column.Category == "N" || isText(column)) && r.has(column.Name, "price", "unitprice", "cost", "total", "subtotal", "cents", "amount") &&
		!r.has(column.Name, "percent", "weight", "quantity", "count", "currency", "type", "status", "rating", "stock", "id", "description", "name", "method", "code", "reference")
}

// isInexact reports a type that cannot hold an amount of money: binary fractions, the type
// money, whose unit is a setting of the server, and text.
func isInexact(column live.Column) bool {
	return slices.Contains([]string{"float4", "float8", "money"}, column.Base) || isText(column)
}

func (r *grading) probeMoneyTypes(context.Context, *script.Probing) (script.Observation, error) {
	mapped, others := r.moneyColumns()
	var wrong, aside places
	for _, each := range mapped {
		if isInexact(each.column) {
			wrong.add("%s is %s", each, each.column.Type)
		}
	}
	for _, each := range others {
		if isInexact(each.column) {
			aside.add("%s is %s", each, each.column.Type)
		}
	}
	switch {
	case len(wrong) > 0:
		return append(wrong, aside...).observe("inexact"), nil
	case len(aside) > 0:
		return aside.observe("aside"), nil
	case len(mapped)+len(others) == 0:
		return seen("no_money", "no column holds money"), nil
	}
	return seen("exact", fmt.Sprintf("%d columns hold money exactly", len(mapped)+len(others))), nil
}

func (r *grading) probeTimeZones(_ context.Context, at *script.Probing) (script.Observation, error) {
	var naive places
	zoned := 0
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			switch column.Base {
			case "timestamp":
				naive.add("%s is %s", place(table, column.Name), column.Type)
			case "timestamptz":
				zoned++
			}
		}
	}
	switch {
	case len(naive) > 0 && r.assumed(toldList(at, "assumption")):
		return naive.observe("stated"), nil
	case len(naive) > 0:
		return naive.share(zoned, zoned+len(naive), ""), nil
	case zoned == 0:
		return seen("none", "no column holds an instant"), nil
	}
	return seen("zoned", "every instant has its time zone"), nil
}

// dateName is what an instant or a date is called; the words of the lexicon are added.
var dateName = regexp.MustCompile(`(?i)(?:_at|_on|_date|_ts|[a-z]At|Date|_datum|_fecha)$|^(?:date|datum|fecha)(?:_|$)|^(?:created|updated|deleted|birth_?date|birthday|dob)$`)

func (r *grading) probeDatesAsText(context.Context, *script.Probing) (script.Observation, error) {
	var wrong places
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if dateName.MatchString(column.Name) && !r.has(column.Name, "by", "email", "name", "format") && !refers(table, column.Name) &&
				(isText(column) || column.Category == "N") {
				wrong.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	return wrong.either("dates have types of dates"), nil
}

func (r *grading) probeNarrowKeys(context.Context, *script.Probing) (script.Observation, error) {
	var narrow places
	for _, role := range []mapping.Role{mapping.Order, mapping.OrderLine} {
		table, ok := r.table(role)
		key := table.PrimaryKey()
		if !ok || len(key) != 1 {
			continue
		}
		if column, ok := table.Column(key[0]); ok && !refers(table, column.Name) && (column.Base == "int4" || column.Base == "int2") {
			narrow.add("%s is %s", place(table, column.Name), column.Type)
		}
	}
	return narrow.either("the keys of orders and their lines are wide"), nil
}

func (r *grading) probeUUIDsAsText(context.Context, *script.Probing) (script.Observation, error) {
	const length = 36
	var wrong places
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if !isText(column) || r.has(column.Name, "external", "session", "token", "reference") {
				continue
			}
			made := strings.Contains(column.Default, "uuid")
			sized := (column.Base == "varchar" || column.Base == "bpchar") && column.Modifier == length+4
			isKey := slices.Contains(table.PrimaryKey(), column.Name) || refers(table, column.Name)
			if made || sized && (isKey || strings.Contains(strings.ToLower(column.Name), "uuid")) {
				wrong.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	return wrong.either("no UUID is kept as text"), nil
}

// flagName is what a flag is called.
var flagName = regexp.MustCompile(`^(?i:is|has|can|was|should)_|^(?:is|has|can)[A-Z]|(?i:^|_)(?i:active|enabled|activo|aktiv|verified|published)$`)

func (r *grading) probeFlags(context.Context, *script.Probing) (script.Observation, error) {
	var wrong places
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if flagName.MatchString(column.Name) && (isInteger(column) || isText(column) || column.Base == "bit") && column.Enum == nil {
				wrong.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	return wrong.either("flags are booleans"), nil
}

// setName is what a column with a closed set of values is called.
var setName = regexp.MustCompile(`(?i)(?:^|_)(?:status|statut|stato|estatus|role|rol|rolle)$|Status$`)

// probeOpenSets looks for columns that take one of a few values, and whether the database
// knows which. That of the order is tried out by a check of its own.
func (r *grading) probeOpenSets(context.Context, *script.Probing) (script.Observation, error) {
	_, ofOrder, has := r.column(mapping.Order, mapping.Status)
	orders, _ := r.table(mapping.Order)
	var open places
	all := 0
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if !setName.MatchString(column.Name) || has && table.Name == orders.Name && column.Name == ofOrder.Name {
				continue
			}
			if column.Category == "B" || r.isLog(table) {
				continue
			}
			all++
			if !isClosed(table, column, r.schema.Domains) {
				open.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	if all == 0 {
		return seen("none", "no other column has a status or a role"), nil
	}
	return open.share(all-len(open), all, "every status is one of a closed set"), nil
}

// probeEssentials looks at columns without which a row means nothing. Whether a user
// and a product may be without a name is tried out by checks of their own.
func (r *grading) probeEssentials(_ context.Context, at *script.Probing) (script.Observation, error) {
	var optional places
	all := 0
	for _, each := range []struct {
		role  mapping.Role
		field mapping.Field
	}{
		{mapping.Product, mapping.Price},
		{mapping.Category, mapping.CategoryName},
		{mapping.Order, mapping.UserRef},
		{mapping.Order, mapping.Status},
		{mapping.Order, mapping.PlacedAt},
		{mapping.OrderLine, mapping.OrderRef},
		{mapping.OrderLine, mapping.ProductRef},
		{mapping.OrderLine, mapping.Quantity},
		{mapping.OrderLine, mapping.UnitPrice},
	} {
		table, column, ok := r.column(each.role, each.field)
		if !ok {
			continue
		}
		all++
		if !column.NotNull && !r.mayBeEmpty(table, column, each.field, toldList(at, "guests")) {
			optional.add("%s may be empty", place(table, column.Name))
		}
	}
	return optional.share(all-len(optional), all, "nothing essential may be empty"), nil
}

// mayBeEmpty knows the references that are set to null when what they lead to is deleted,
// and those of orders without an account.
func (r *grading) mayBeEmpty(table live.Table, column live.Column, field mapping.Field, guests []string) bool {
	key, ok := references(table, column.Name)
	if ok && (key.OnDelete == "n" || key.OnDelete == "d") {
		return true
	}
	if field != mapping.UserRef {
		return false
	}
	_, _, reachable := r.column(mapping.Order, mapping.Email)
	return reachable || r.assumed(guests)
}

func (r *grading) probeDefaultLength(context.Context, *script.Probing) (script.Observation, error) {
	const fewest, perCent = 5, 60
	const length = 255
	var wide places
	all := 0
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if !isText(column) || column.Enum != nil {
				continue
			}
			all++
			if column.Base == "varchar" && column.Modifier == length+4 {
				wide.add("%s", place(table, column.Name))
			}
		}
	}
	if len(wide) >= fewest && len(wide)*100 > all*perCent {
		return seen("found", fmt.Sprintf("%d of %d texts are varchar(255)", len(wide), all)), nil
	}
	return seen("none", "lengths are chosen"), nil
}

func (r *grading) probeQuantityType(context.Context, *script.Probing) (script.Observation, error) {
	table, column, ok := r.column(mapping.OrderLine, mapping.Quantity)
	if !ok {
		return seen("absent", "there is no quantity"), nil
	}
	detail := place(table, column.Name) + " is " + column.Type
	if isInteger(column) || column.Base == "numeric" {
		return seen("exact", detail), nil
	}
	return seen("inexact", detail), nil
}

// fixedLengths are those of codes: flags, countries, currencies, GTINs, UUIDs, digests.
var fixedLengths = []int{1, 2, 3, 4, 5, 6, 8, 10, 12, 13, 14, 26, 32, 36, 40, 60, 64, 128}

func (r *grading) probePaddedText(context.Context, *script.Probing) (script.Observation, error) {
	var padded places
	for _, table := range r.schema.Tables {
		for _, column := range table.Columns {
			if column.Base != "bpchar" {
				continue
			}
			varies := r.has(column.Name, "name", "title", "description", "email", "firstname", "lastname", "fullname", "street", "city", "address", "phone", "login", "note")
			if varies || !slices.Contains(fixedLengths, column.Modifier-4) {
				padded.add("%s is %s", place(table, column.Name), column.Type)
			}
		}
	}
	return padded.either("no text is padded with blanks"), nil
}

// hashes is what a column that keeps no plain password is called, or says of itself.
var hashes = regexp.MustCompile(`(?i)hash|digest|crypt|argon|bcrypt|scrypt|encrypted|salt`)

func (r *grading) probePasswords(context.Context, *script.Probing) (script.Observation, error) {
	const shortest = 60 // of bcrypt
	table, column, ok := r.column(mapping.User, mapping.Password)
	if !ok {
		return seen("none", "no password is kept"), nil
	}
	detail := place(table, column.Name) + " is " + column.Type
	switch {
	case hashes.MatchString(column.Name + " " + column.Comment), column.Base == "bytea":
		return seen("hashed", detail), nil
	case column.Modifier >= 0 && column.Modifier-4 < shortest:
		return seen("narrow", detail), nil
	}
	return seen("wide", detail), nil
}

func (r *grading) probeUnlogged(context.Context, *script.Probing) (script.Observation, error) {
	var unlogged places
	for _, table := range r.schema.Tables {
		if table.Unlogged && r.roleOf(table) != "" {
			unlogged.add("%s", named(table))
		}
	}
	return unlogged.either("every table of the shop survives a crash"), nil
}
