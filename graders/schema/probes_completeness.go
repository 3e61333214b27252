package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/ddl"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// completenessProbes look at whether everything is there that the brief asks for.
func (r *grading) completenessProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"applied":       {Once: true, Labels: []string{"all", "few_refused", "many_refused", "nothing"}, Observe: r.probeApplied},
		"applied_again": {Once: true, Labels: []string{"versioned", "guarded", "refused", "changes", "unobserved"}, Observe: r.probeAppliedAgain},
		"role":          {Once: true, Labels: []string{"found", "stated", "absent", "unsure"}, Observe: r.probeRole},
		"categories":    {Once: true, Labels: []string{"table", "closed_set", "free_text", "absent", "unsure"}, Observe: r.probeCategories},
		"order_lines":   {Once: true, Labels: []string{"linked", "unlinked", "absent", "unsure"}, Observe: r.probeOrderLines},
		"link":          {Once: true, Labels: []string{"linked", "guests", "none", "nobody"}, Observe: r.probeOrderUser},
		"holds":         {Once: true, Labels: []string{"all", "some", "none", "stated"}, Observe: r.probeHolds},
		"sale_price":    {Once: true, Labels: []string{"unit_price", "line_total", "price_version", "none"}, Observe: r.probeSalePrice},
		"order_time":    {Once: true, Labels: []string{"always_set", "may_be_empty", "none"}, Observe: r.probeOrderTime},
		"order_address": {
			Once: true, Labels: []string{"copy", "reference", "customers", "none", "stated"}, Observe: r.probeOrderAddress,
		},
	}
}

// fewRefused is up to which share of refused statements a script counts as almost right.
const fewRefused = 10 // one in ten

// maxSigns is how many signs of another system are named.
const maxSigns = 3

func (r *grading) probeApplied(context.Context, *script.Probing) (script.Observation, error) {
	refused, all := r.applied.Refused(), len(r.applied.Steps)
	observation := script.Observation{Specific: true, Evidence: r.refusals(refused)}
	what := fmt.Sprintf("%s, %d statements", r.applied.Source.Layout, all)
	switch {
	case r.applied.Dialect != "":
		signs := r.applied.Signs[:min(len(r.applied.Signs), maxSigns)]
		what = fmt.Sprintf("it is written for %s (%s), and %d of %d statements are refused", r.applied.Dialect, strings.Join(signs, ", "), len(refused), all)
	case len(refused) > 0:
		what = fmt.Sprintf("%d of %d statements are refused; the first is %s (%s)", len(refused), all, refused[0].Where(), refused[0].Why())
	}
	switch {
	case all == 0 && r.applied.Source.Missing != "":
		observation.Label, what = "nothing", r.applied.Source.Missing
	case len(r.schema.Tables) == 0:
		observation.Label = "nothing"
	case len(refused) == 0:
		observation.Label = "all"
	case len(refused)*fewRefused <= all:
		observation.Label = "few_refused"
	default:
		observation.Label = "many_refused"
	}
	observation.Detail = what
	return observation, nil
}

// maxRefusals is how many refused statements are shown.
const maxRefusals = 10

// refusals shows statements that were refused, and what that means.
func (r *grading) refusals(steps []ddl.Step) []takehome.Evidence {
	var evidence []takehome.Evidence
	for _, step := range steps[:min(len(steps), maxRefusals)] {
		evidence = append(evidence,
			takehome.Evidence{Note: &takehome.Note{Title: step.Where(), Text: takehome.Quote([]byte(step.Why()), takehome.QuoteBody), OfFiles: true}},
			takehome.Evidence{Query: &takehome.Query{
				Role: takehome.RoleOwner, SQL: takehome.Quote([]byte(step.SQL), takehome.QuoteBody).Shown,
				SQLState: step.Refusal.SQLState, Message: takehome.Line(step.Refusal.Message),
			}},
		)
	}
	return evidence
}

// probeAppliedAgain looks at what a second run of the SQL did to a copy of the database.
func (r *grading) probeAppliedAgain(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	if r.applied.Source.Versioned {
		return seen("versioned", "numbered migrations, each of which its tool applies once"), nil
	}
	if !r.copied {
		return seen("unobserved", "the database could not be copied"), nil
	}
	again, err := r.applyAgain(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case again.refused > r.countRefused():
		return seen("refused", ""), nil
	case again.changed != "":
		return seen("changes", again.changed), nil
	}
	return seen("guarded", "a second run leaves the schema as it is"), nil
}

func (r *grading) countRefused() int { return len(r.applied.Refused()) }

// roleTold is the role that a check names in "with".
func roleTold(at *script.Probing) mapping.Role {
	role, _ := at.With["role"].(string)
	return mapping.Role(role)
}

func (r *grading) probeRole(_ context.Context, at *script.Probing) (script.Observation, error) {
	role := roleTold(at)
	choice := r.mapping.Tables[role]
	label := r.presence(role)
	if label == "absent" && r.assumed(toldList(at, "assumption")) {
		return seen("stated", ""), nil
	}
	detail := ""
	if !choice.Absent {
		detail = fmt.Sprintf("%s, %d %% sure", takehome.Line(choice.Table.String()), choice.Confidence)
	}
	return seen(label, detail), nil
}

// presence says whether the table of a role is there.
func (r *grading) presence(role mapping.Role) string {
	_, there := r.table(role)
	switch {
	case there:
		return "found"
	case r.mapping.Confident(role):
		return "absent"
	}
	return "unsure"
}

func (r *grading) probeCategories(context.Context, *script.Probing) (script.Observation, error) {
	label := r.presence(mapping.Category)
	if label == "found" {
		table, _ := r.table(mapping.Category)
		return seen("table", named(table)), nil
	}
	product, ok := r.table(mapping.Product)
	if !ok {
		return seen(label, ""), nil
	}
	for _, column := range product.Columns {
		if !r.has(column.Name, "category", "tag", "genre", "taxonomy", "taxon", "department", "collection", "rubric", "productgroup", "section") {
			continue
		}
		if isClosed(product, column, r.schema.Domains) || column.Category == "A" || column.Base == "ltree" {
			return seen("closed_set", place(product, column.Name)), nil
		}
		return seen("free_text", place(product, column.Name)), nil
	}
	return seen(label, ""), nil
}

func (r *grading) probeOrderLines(context.Context, *script.Probing) (script.Observation, error) {
	label := r.presence(mapping.OrderLine)
	if label != "found" {
		return seen(label, ""), nil
	}
	lines, _ := r.table(mapping.OrderLine)
	_, ofOrder := r.mapping.Link(mapping.OrderLine, mapping.Order)
	_, ofProduct := r.mapping.Link(mapping.OrderLine, mapping.Product)
	_, ofVariant := r.mapping.Link(mapping.OrderLine, mapping.Variant)
	switch {
	case !ofOrder:
		return seen("unlinked", named(lines)+" does not lead to an order"), nil
	case !ofProduct && !ofVariant:
		return seen("unlinked", named(lines)+" does not lead to a product"), nil
	}
	return seen("linked", named(lines)), nil
}

// probeOrderUser looks for the way from an order to its user. That it is declared is
// another check's business.
func (r *grading) probeOrderUser(context.Context, *script.Probing) (script.Observation, error) {
	orders, _ := r.table(mapping.Order)
	if link, ok := r.mapping.Link(mapping.Order, mapping.User); ok {
		return seen("linked", linkWords(link)), nil
	}
	if _, _, ok := r.column(mapping.Order, mapping.Email); ok {
		return seen("guests", named(orders)+" holds how to reach who ordered"), nil
	}
	if _, ok := r.table(mapping.User); !ok {
		return seen("nobody", "there are no users"), nil
	}
	return seen("none", named(orders)+" does not lead to a user"), nil
}

func linkWords(link mapping.Link) string {
	var hops []string
	for _, hop := range link.Hops {
		hops = append(hops, hop.Table.String()+"."+strings.Join(hop.Columns, "+"))
	}
	return takehome.Line(strings.Join(hops, ", then "))
}

// probeHolds looks for every item of the list "of". An item is a role ("inventory"), a
// field of it ("product.price"), a word in the name of a column ("order ~ payment"), or
// several of them with "or" between.
func (r *grading) probeHolds(_ context.Context, at *script.Probing) (script.Observation, error) {
	items, _ := at.With["of"].([]any)
	var there, missing places
	for _, item := range items {
		text := fmt.Sprint(item)
		if where, ok := r.holds(text); ok {
			there.add("%s", where)
		} else {
			missing.add("no %s", itemWords(text))
		}
	}
	switch {
	case len(missing) == 0:
		return there.observe("all"), nil
	case len(there) > 0:
		return append(missing, there...).observe("some"), nil
	case r.assumed(toldList(at, "assumption")):
		return seen("stated", ""), nil
	}
	return missing.observe("none"), nil
}

// itemWords names an item for a reader: "product.product_name" is product name of product.
func itemWords(item string) string {
	first, _, _ := strings.Cut(item, " or ")
	role, field, isField := strings.Cut(first, ".")
	if !isField {
		field, role = role, ""
	}
	words := strings.ReplaceAll(field, "_", " ")
	if role != "" {
		words += " of " + strings.ReplaceAll(role, "_", " ")
	}
	return words
}

func (r *grading) holds(item string) (where string, ok bool) {
	for alternative := range strings.SplitSeq(item, " or ") {
		role, word, byWord := strings.Cut(alternative, " ~ ")
		if byWord {
			if where, ok := r.columnNamed(mapping.Role(role), word); ok {
				return where, true
			}
			continue
		}
		role, field, isField := strings.Cut(alternative, ".")
		if !isField {
			if table, ok := r.table(mapping.Role(role)); ok {
				return named(table), true
			}
			continue
		}
		if table, column, ok := r.column(mapping.Role(role), mapping.Field(field)); ok {
			return place(table, column.Name), true
		}
	}
	return "", false
}

// columnNamed finds a column of a role's table by a word in its name.
func (r *grading) columnNamed(role mapping.Role, word string) (string, bool) {
	table, ok := r.table(role)
	if !ok {
		return "", false
	}
	for _, column := range table.Columns {
		if r.has(column.Name, word) {
			return place(table, column.Name), true
		}
	}
	return "", false
}

func (r *grading) probeSalePrice(context.Context, *script.Probing) (script.Observation, error) {
	lines, _ := r.table(mapping.OrderLine)
	for _, each := range []struct {
		field mapping.Field
		label string
	}{{mapping.UnitPrice, "unit_price"}, {mapping.LineTotal, "line_total"}} {
		if table, column, ok := r.column(mapping.OrderLine, each.field); ok && table.Name == lines.Name {
			return seen(each.label, place(table, column.Name)), nil
		}
	}
	if history, ok := r.table(mapping.PriceHistory); ok && r.refersTo(lines.Name, history.Name) {
		return seen("price_version", named(lines)+" refers to "+named(history)), nil
	}
	return seen("none", named(lines)+" holds no price"), nil
}

func (r *grading) probeOrderTime(context.Context, *script.Probing) (script.Observation, error) {
	for _, field := range []mapping.Field{mapping.PlacedAt, mapping.CreatedAt} {
		table, column, ok := r.column(mapping.Order, field)
		if !ok {
			continue
		}
		if column.NotNull || column.Default != "" {
			return seen("always_set", place(table, column.Name)), nil
		}
		return seen("may_be_empty", place(table, column.Name)), nil
	}
	return seen("none", ""), nil
}

func (r *grading) probeOrderAddress(_ context.Context, at *script.Probing) (script.Observation, error) {
	orders, _ := r.table(mapping.Order)
	addresses, some := r.table(mapping.Address)
	if some && r.refersTo(addresses.Name, orders.Name) {
		return seen("copy", named(addresses)+" holds addresses of orders"), nil
	}
	for _, field := range []mapping.Field{mapping.ShippingAddress, mapping.BillingAddress, mapping.PostalCode} {
		table, column, ok := r.column(mapping.Order, field)
		if !ok {
			continue
		}
		soft := slices.ContainsFunc(r.softKeys(table), func(k mapping.SoftKey) bool { return k.Column == column.Name })
		if _, refers := references(table, column.Name); refers || soft {
			label := "reference"
			if r.assumed(toldList(at, "never_changed")) {
				label = "copy"
			}
			return seen(label, place(table, column.Name)), nil
		}
		return seen("copy", place(table, column.Name)), nil
	}
	if shipment, ok := r.table(mapping.Shipment); ok {
		if where, ok := r.columnNamed(mapping.Shipment, "address"); ok {
			return seen("copy", where+" of "+named(shipment)), nil
		}
	}
	user, _ := r.table(mapping.User)
	switch {
	case r.assumed(toldList(at, "never_sent")):
		return seen("stated", ""), nil
	case some:
		return seen("customers", named(addresses)+" belongs to customers alone"), nil
	}
	if _, ok := r.columnNamed(mapping.User, "address"); ok {
		return seen("customers", named(user)+" holds the address of the customer alone"), nil
	}
	return seen("none", named(orders)+" does not say where to"), nil
}

// refersTo reports whether a table refers to another one, declared or not.
func (r *grading) refersTo(from, to live.Name) bool {
	table, ok := r.schema.Table(from)
	if !ok {
		return false
	}
	for _, key := range table.ForeignKeys {
		if key.Target == to {
			return true
		}
	}
	return slices.ContainsFunc(r.softKeys(table), func(k mapping.SoftKey) bool { return k.Target == to })
}
