package workload

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
)

// Name is one of the queries of a shop.
type Name string

// The queries.
const (
	NewestOrders   Name = "newest_orders"   // the newest twenty of a user
	BusiestUser    Name = "busiest_user"    // the same, of the user with the most
	LinesOfOrder   Name = "lines_of_order"  // what is in an order
	CategoryPage   Name = "category_page"   // products of a category
	OrdersByStatus Name = "orders_by_state" // of a status, since a moment
	UserByEmail    Name = "user_by_email"   // to log in
	ProductByName  Name = "product_by_name" // by the beginning of its name
)

// Names lists the queries in the order in which they are run.
func Names() []Name {
	return []Name{NewestOrders, BusiestUser, LinesOfOrder, CategoryPage, OrdersByStatus, UserByEmail, ProductByName}
}

// writings are the ways to ask a query, of which the cheapest counts: an index on
// lower(email) serves those who write it so. None: a table or a column is missing.
func (v *Volume) writings(ctx context.Context, name Name) ([]string, error) {
	switch name {
	case NewestOrders, BusiestUser:
		return v.newest(ctx, name)
	case LinesOfOrder:
		return v.lines(ctx)
	case CategoryPage:
		return v.categoryPage(ctx)
	case OrdersByStatus:
		return v.byStatus(ctx)
	case UserByEmail:
		return v.byEmail(ctx)
	case ProductByName:
		return v.byName(ctx)
	}
	return nil, nil
}

// literals are the values of columns in the row with a number, as SQL.
func (v *Volume) literals(ctx context.Context, f *filling, columns []string, number string) ([]string, error) {
	var values []string
	for _, name := range columns {
		column, _ := f.table.Column(name)
		expression := v.value(f, column, number, 0)
		if expression == "" || expression == "NULL" || f.failed {
			return nil, nil
		}
		values = append(values, "("+expression+")::text")
	}
	answer, err := v.conn.Run(ctx, "SELECT "+strings.Join(values, ", "))
	if err != nil || answer.Refusal != nil || len(answer.Rows) == 0 {
		return nil, err
	}
	var found []string
	for i := range columns {
		found = append(found, rows.Literal(answer.Rows[0][i]))
	}
	return found, nil
}

// referring is the condition that a row refers to the row of another table with a number.
func (v *Volume) referring(ctx context.Context, prefix string, hop mapping.Hop, number string) (string, error) {
	target := v.filling(hop.Target)
	if target == nil {
		return "", nil
	}
	values, err := v.literals(ctx, target, hop.TargetColumns, number)
	if err != nil || values == nil {
		return "", err
	}
	var parts []string
	for i, name := range hop.Columns {
		parts = append(parts, prefix+live.Quote(name)+" = "+values[i])
	}
	return strings.Join(parts, " AND "), nil
}

func (v *Volume) newest(ctx context.Context, name Name) ([]string, error) {
	link, linked := v.mapping.Link(mapping.Order, mapping.User)
	placed, timed := v.mapping.Column(mapping.Order, mapping.PlacedAt)
	orders := v.role(mapping.Order)
	if !linked || !timed || orders == nil || orders.failed || placed.Table != orders.table.Name || link.Hops[0].Table != placed.Table {
		return nil, nil
	}
	number := "1" // the busiest
	if name == NewestOrders {
		users := v.filling(link.Hops[0].Target)
		if users == nil {
			return nil, nil
		}
		number = strconv.Itoa(users.count(v.size) * 3 / 4)
	}
	condition, err := v.referring(ctx, "", link.Hops[0], number)
	if err != nil || condition == "" {
		return nil, err
	}
	return []string{"SELECT * FROM " + orders.table.SQL() + " WHERE " + condition + " ORDER BY " + live.Quote(placed.Column) + " DESC LIMIT 20"}, nil
}

func (v *Volume) lines(ctx context.Context) ([]string, error) {
	link, linked := v.mapping.Link(mapping.OrderLine, mapping.Order)
	lines := v.role(mapping.OrderLine)
	if !linked || lines == nil || lines.failed || len(link.Hops) != 1 {
		return nil, nil
	}
	condition, err := v.referring(ctx, "", link.Hops[0], strconv.Itoa(v.size/linesPerOrder/2))
	if err != nil || condition == "" {
		return nil, err
	}
	return []string{"SELECT * FROM " + lines.table.SQL() + " WHERE " + condition}, nil
}

func (v *Volume) categoryPage(ctx context.Context) ([]string, error) {
	products, categories := v.role(mapping.Product), v.role(mapping.Category)
	if products == nil || products.failed || categories == nil {
		return nil, nil
	}
	number := strconv.Itoa(categories.count(v.size) / 2)
	if link, ok := v.mapping.Link(mapping.Product, mapping.Category); ok && len(link.Hops) == 1 {
		condition, err := v.referring(ctx, "", link.Hops[0], number)
		if err != nil || condition == "" {
			return nil, err
		}
		return []string{"SELECT * FROM " + products.table.SQL() + " WHERE " + condition + " LIMIT 20"}, nil
	}
	toProduct, ok := v.mapping.Link(mapping.ProductCategory, mapping.Product)
	toCategory, also := v.mapping.Link(mapping.ProductCategory, mapping.Category)
	if !ok || !also || len(toProduct.Hops) != 1 || len(toCategory.Hops) != 1 {
		return nil, nil
	}
	condition, err := v.referring(ctx, "l.", toCategory.Hops[0], number)
	if err != nil || condition == "" {
		return nil, err
	}
	var on []string
	for i, name := range toProduct.Hops[0].Columns {
		on = append(on, "p."+live.Quote(toProduct.Hops[0].TargetColumns[i])+" = l."+live.Quote(name))
	}
	return []string{"SELECT p.* FROM " + toProduct.Hops[0].Table.SQL() + " l JOIN " + products.table.SQL() + " p ON " +
		strings.Join(on, " AND ") + " WHERE " + condition + " LIMIT 20"}, nil
}

// latest is how many orders are newer than the moment that is asked for.
const latest = 50

func (v *Volume) byStatus(ctx context.Context) ([]string, error) {
	placed, timed := v.mapping.Column(mapping.Order, mapping.PlacedAt)
	status, known := v.mapping.Column(mapping.Order, mapping.Status)
	orders := v.role(mapping.Order)
	if !timed || !known || orders == nil || orders.failed || placed.Table != orders.table.Name || status.Table != placed.Table {
		return nil, nil
	}
	values, err := v.literals(ctx, orders, []string{status.Column, placed.Column}, strconv.Itoa(v.size-latest))
	if err != nil || values == nil {
		return nil, err
	}
	return []string{"SELECT * FROM " + orders.table.SQL() + " WHERE " + live.Quote(status.Column) + " = " + values[0] + " AND " +
		live.Quote(placed.Column) + " >= " + values[1] + " ORDER BY " + live.Quote(placed.Column) + " DESC LIMIT 20"}, nil
}

func (v *Volume) byEmail(ctx context.Context) ([]string, error) {
	choice, ok := v.mapping.Column(mapping.User, mapping.Email)
	if !ok {
		choice, ok = v.mapping.Column(mapping.User, mapping.Login)
	}
	users := v.filling(choice.Table)
	if !ok || users == nil || users.failed || !users.distinct(choice.Column) {
		// Without a unique index the rows would all be alike; that is another check's.
		return v.byRepeatedEmail(users, choice)
	}
	values, err := v.literals(ctx, users, []string{choice.Column}, strconv.Itoa(users.count(v.size)/2))
	if err != nil || values == nil {
		return nil, err
	}
	column := live.Quote(choice.Column)
	return []string{
		"SELECT * FROM " + users.table.SQL() + " WHERE " + column + " = " + values[0],
		"SELECT * FROM " + users.table.SQL() + " WHERE lower(" + column + ") = " + values[0],
	}, nil
}

// byRepeatedEmail asks for an address that nobody has: an index finds that out at once.
func (v *Volume) byRepeatedEmail(users *filling, choice mapping.ColumnChoice) ([]string, error) {
	if users == nil || users.failed {
		return nil, nil
	}
	if column, ok := users.table.Column(choice.Column); !ok || column.Category != "S" {
		return nil, nil
	}
	column := live.Quote(choice.Column)
	return []string{
		"SELECT * FROM " + users.table.SQL() + " WHERE " + column + " = 'nobody@example.com'",
		"SELECT * FROM " + users.table.SQL() + " WHERE lower(" + column + ") = 'nobody@example.com'",
	}, nil
}

func (v *Volume) byName(ctx context.Context) ([]string, error) {
	choice, ok := v.mapping.Column(mapping.Product, mapping.ProductName)
	products := v.filling(choice.Table)
	if !ok || products == nil || products.failed {
		return nil, nil
	}
	column, _ := products.table.Column(choice.Column)
	values, err := v.literals(ctx, products, []string{choice.Column}, strconv.Itoa(products.count(v.size)/2))
	if err != nil || values == nil || column.Category != "S" {
		return nil, err
	}
	word := strings.Trim(values[0], "'")
	if !products.plain {
		word = word[:min(len(word), 6)]
	}
	name, table := live.Quote(choice.Column), products.table.SQL()
	texts := []string{
		"SELECT * FROM " + table + " WHERE " + name + " LIKE '" + word + "%' LIMIT 20",
		"SELECT * FROM " + table + " WHERE lower(" + name + ") LIKE '" + word + "%' LIMIT 20",
		"SELECT * FROM " + table + " WHERE " + name + " ILIKE '" + word + "%' LIMIT 20",
	}
	// A full text search is a search by name too.
	for _, index := range products.table.Indexes {
		searched := index.Expression
		if searched == "" {
			at := slices.IndexFunc(products.table.Columns, func(c live.Column) bool {
				return c.Base == "tsvector" && slices.Contains(index.Columns, c.Name)
			})
			if at >= 0 {
				searched = live.Quote(products.table.Columns[at].Name)
			}
		}
		if strings.Contains(searched, "tsvector") || searched != "" && index.Expression == "" {
			texts = append(texts, "SELECT * FROM "+table+" WHERE ("+searched+") @@ '"+word+":*'::tsquery LIMIT 20")
		}
	}
	return texts, nil
}
