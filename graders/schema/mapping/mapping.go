// Package mapping finds out which of a submission's tables plays which part in a shop:
// who the users are, what an order is and which column holds its price. Names of tables
// and columns are free, in any language, so it looks at names, at columns and at
// references, weighs all of it together, and says how sure it is.
//
// It stands between the words of a live schema and the checks, which speak of roles and
// fields only. It never sees a row, and it decides nothing about worth: what it is not
// sure of is not assessed.
package mapping

import (
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Role is the part that a table plays.
type Role string

// The roles of the core are solved together; an answer to them is always given.
const (
	User      Role = "user"
	Product   Role = "product"
	Category  Role = "category"
	Order     Role = "order"
	OrderLine Role = "order_line"
)

// The secondary roles are looked for once the core is known. Most shops lack some.
const (
	ProductCategory Role = "product_category" // link between products and categories
	Variant         Role = "variant"          // what is sold of a product: a size, a colour, an SKU
	Address         Role = "address"
	Payment         Role = "payment"
	Shipment        Role = "shipment"
	Cart            Role = "cart"
	CartLine        Role = "cart_line"
	Review          Role = "review"
	Inventory       Role = "inventory"
	PriceHistory    Role = "price_history"
	StatusHistory   Role = "status_history"
	Coupon          Role = "coupon"
)

// Core lists the roles of the core, in the order of the report.
func Core() []Role { return []Role{User, Product, Category, Order, OrderLine} }

// Secondary lists the other roles, in the order of the report.
func Secondary() []Role {
	return []Role{
		ProductCategory, Variant, Address, Payment, Shipment, Cart, CartLine,
		Review, Inventory, PriceHistory, StatusHistory, Coupon,
	}
}

// Field is what a column of a role's table means. A field belongs to the role under which
// it is looked up; its column may be in another table (the price of a product that is sold
// in variants is a column of the variants).
type Field string

// The fields, by the roles that have them.
const (
	// Key is the one column of the primary key. Every role may have it.
	Key Field = "key"
	// CreatedAt is when the row came to be. Every role may have it.
	CreatedAt Field = "created_at"
	// DeletedAt marks a row as deleted or inactive: a time or a flag. Every role may have it.
	DeletedAt Field = "deleted_at"

	Email      Field = "email"       // User; also Order, of a guest
	Login      Field = "login"       // User
	Password   Field = "password"    // User, a hash or not
	PersonName Field = "person_name" // User: the whole name, or the given name where it is split
	FamilyName Field = "family_name" // User
	Phone      Field = "phone"       // User, Address, Order
	PostalCode Field = "postal_code" // Address, User, Order

	ProductName Field = "product_name" // Product; OrderLine, where it is copied
	Description Field = "description"  // Product, Category
	SKU         Field = "sku"          // Product, Variant; OrderLine, where it is copied
	Slug        Field = "slug"         // Product, Category
	Price       Field = "price"        // Product, Variant, PriceHistory
	Stock       Field = "stock"        // Product, Variant, Inventory

	CategoryName Field = "category_name" // Category
	Parent       Field = "parent"        // Category, the reference to another one

	Status          Field = "status"           // Order, Payment, Shipment: a closed set, or the reference to one
	PlacedAt        Field = "placed_at"        // Order
	Total           Field = "total"            // Order
	ShippingAddress Field = "shipping_address" // Order: the reference, or the first column of a copy
	BillingAddress  Field = "billing_address"  // Order

	Quantity  Field = "quantity"   // OrderLine, CartLine
	UnitPrice Field = "unit_price" // OrderLine: the price at the time of the sale
	LineTotal Field = "line_total" // OrderLine

	Amount    Field = "amount"    // Payment
	Reference Field = "reference" // Payment: what the payment provider calls it
	Rating    Field = "rating"    // Review
	ValidFrom Field = "valid_from"
	ValidTo   Field = "valid_to"
	Code      Field = "code" // Coupon

	// The references between roles, each to the table that plays the other part.
	UserRef     Field = "user_ref"     // Order, Address, Review, Cart
	ProductRef  Field = "product_ref"  // OrderLine (to the product or its variant), Variant, Review, …
	VariantRef  Field = "variant_ref"  // OrderLine, Inventory
	CategoryRef Field = "category_ref" // Product, ProductCategory
	OrderRef    Field = "order_ref"    // OrderLine, Payment, Shipment, StatusHistory
	CartRef     Field = "cart_ref"     // CartLine
	// LineNumber tells the lines of an order apart: its position, or the options that were chosen.
	LineNumber Field = "line_number"
)

// The sources of a choice.
const (
	SourceFound    = "found"         // by Find itself
	SourceDesign   = "DESIGN.md"     // its front matter
	SourceDeclared = "takehome.yaml" // stated there
)

// The bounds of confidence, per cent.
const (
	// Assessed is the least at which checks rely on a choice.
	Assessed = 50
	// Certain is where a choice needs no word of caution. Between the two it is printed as assumed.
	Certain = 80
)

// Choice is which table plays a role.
type Choice struct {
	Table      live.Name // zero where Absent
	Absent     bool
	Confidence int    // per cent
	Source     string // SourceFound, SourceDesign or SourceDeclared
	Reasons    []string
}

// The units of money.
const (
	Major = "major" // 12.99
	Minor = "minor" // 1299
)

// ColumnChoice is which column is a field of a role.
type ColumnChoice struct {
	Table  live.Name
	Column string
	Unit   string // of money: Major or Minor; "" for everything else
	Reason string
}

// SoftKey is a column that refers to another table by its name and type, without a
// declared foreign key.
type SoftKey struct {
	Table        live.Name
	Column       string
	Target       live.Name
	TargetColumn string
}

// Hop is one step from a table to another along a reference.
type Hop struct {
	Table         live.Name
	Columns       []string
	Target        live.Name
	TargetColumns []string
	Declared      bool // by a foreign key; false: by the name of the column alone
}

// Mapping is which table plays which role, and which column means what.
type Mapping struct {
	Tables   map[Role]Choice // every role
	Columns  map[Role]map[Field]ColumnChoice
	SoftKeys []SoftKey // sorted by table and column
	// Links are the ways between roles, of at most two hops; declared ones where there are
	// any. Sorted by their roles.
	Links      []Link
	Statements Statements
	// Notes tell what of the candidate's own statements could not be used, and why.
	Notes []string

	of []shape // what is mapped, while it is
}

// Link is the way from one role to another.
type Link struct {
	From, To Role
	Hops     []Hop // one or two
}

// Declared reports whether every hop is a foreign key.
func (l Link) Declared() bool {
	for _, hop := range l.Hops {
		if !hop.Declared {
			return false
		}
	}
	return len(l.Hops) > 0
}

// Statements are the design decisions that the candidate states, by name.
type Statements map[string]Statement

// Statement is one stated design decision.
type Statement struct {
	Value  any    // bool, string, int or float64
	Source string // SourceDesign or SourceDeclared
}

// Table is the table of a role; false where there is none, or where it is not certain
// enough to be relied on.
func (m Mapping) Table(role Role) (live.Name, bool) {
	choice := m.Tables[role]
	return choice.Table, !choice.Absent && choice.Table != (live.Name{}) && choice.Confidence >= Assessed
}

// Column is the column of a role's field; false where the role has no table to be relied
// on, or the field no column.
func (m Mapping) Column(role Role, field Field) (ColumnChoice, bool) {
	if _, ok := m.Table(role); !ok {
		return ColumnChoice{}, false
	}
	choice, ok := m.Columns[role][field]
	return choice, ok
}

// Confident reports whether what is said of a role, its absence included, can be relied on.
func (m Mapping) Confident(role Role) bool { return m.Tables[role].Confidence >= Assessed }

// Assumes returns a stated design decision, such as "guest_checkout".
func (m Mapping) Assumes(name string) (value any, stated bool) {
	statement, stated := m.Statements[name]
	return statement.Value, stated
}

// Link is the way from one role to another, of one hop or two.
func (m Mapping) Link(from, to Role) (Link, bool) {
	for _, link := range m.Links {
		if link.From == from && link.To == to {
			return link, true
		}
	}
	return Link{}, false
}
