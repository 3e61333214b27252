package mapping

// kind is what a column must hold to be a field.
type kind int

const (
	anything kind = iota
	text
	number
	money
	moment
	mark  // a moment or a flag
	state // a closed set: a text, an enum, a number or a reference
)

// rule says which columns can be a field: those of the kind whose words hold all of one of
// the wanted combinations, the earlier the better, and none of the unwanted words.
type rule struct {
	field  Field
	kind   kind
	wanted []string // each: lemmas that must all be there
	not    []string
}

// everywhere are rules for every role.
func everywhere() []rule {
	return []rule{
		{CreatedAt, moment, []string{"created", "placed", "date log", "log"}, []string{"updated", "deleted", "valid", "from", "to", "birth", "birthday", "shipment", "payment", "paid"}},
		{DeletedAt, mark, []string{"deleted", "active"}, []string{"by", "email", "from", "to"}},
	}
}

// rules are the fields of each role, beside those that every role has and its references.
func rules(role Role) []rule {
	person := []rule{
		{Email, text, []string{"email"}, []string{"verified", "token", "status", "confirmed", "type", "hash"}},
		{Phone, anything, []string{"phone"}, []string{"verified", "type", "confirmed"}},
		{PostalCode, anything, []string{"postcode"}, nil},
	}
	sold := []rule{
		{SKU, text, []string{"sku", "ean", "code", "reference", "number"}, []string{"name", "currency", "tax"}},
		{Price, money, []string{"price base", "price list", "price unit", "unitprice", "price current", "price", "price sale", "cents", "amount"}, []string{"old", "cost", "discount", "purchase", "tax", "weight", "percent", "buyer", "wholesaler", "fee", "shipment", "special", "promotion", "min", "max"}},
		{Stock, number, []string{"stock", "inventory", "quantity available", "quantity", "available"}, []string{"min", "max", "reorder", "reserved", "threshold", "id", "unit", "per", "level", "sold"}},
	}
	switch role {
	case User:
		return append(person,
			rule{Login, text, []string{"login"}, nil},
			rule{Password, anything, []string{"password hash", "password", "hash"}, []string{"updated", "created", "time", "date", "reset", "token", "salt", "expires", "must", "algorithm"}},
			rule{PersonName, text, []string{"fullname", "name first", "firstname", "name", "first"}, []string{"lastname", "last", "company", "street", "file"}},
			rule{FamilyName, text, []string{"lastname", "name last", "last"}, nil},
		)
	case Product:
		return append(sold,
			rule{ProductName, text, []string{"product name", "title", "name", "description short"}, []string{"image", "file", "category", "brand", "meta", "seo", "slug", "sub", "supplier", "url"}},
			rule{Description, anything, []string{"description long", "description", "detail"}, []string{"meta", "seo", "short"}},
			rule{Slug, text, []string{"slug"}, nil},
			rule{Status, state, []string{"status", "state"}, nil},
		)
	case Variant:
		return append(sold, rule{ProductName, text, []string{"name", "title"}, []string{"option"}})
	case Category:
		return []rule{
			{CategoryName, text, []string{"category name", "name", "title", "category", "code", "productgroup", "description"}, []string{"slug", "meta", "image", "url", "parent", "path"}},
			{Description, text, []string{"description"}, []string{"meta"}},
			{Slug, text, []string{"slug", "code"}, nil},
		}
	case Order:
		return append(person,
			rule{Status, state, []string{"order status", "status", "state", "phase"}, []string{"payment", "shipment", "address", "country", "region", "time", "date", "billing", "updated", "city"}},
			rule{PlacedAt, moment, []string{"placed", "order date", "order time", "purchase date", "sale date", "date", "created", "order", "purchase", "time"}, []string{"updated", "deleted", "shipment", "payment", "paid", "cancelled", "completed", "due", "delivered", "estimated", "shipped", "expected", "required", "valid", "closed", "to"}},
			rule{Total, money, []string{"total", "amount total", "amount", "price", "order cents", "cents"}, []string{"sub", "subtotal", "discount", "tax", "shipment", "fee", "paid", "net", "item", "line", "weight", "cost", "refund", "quantity"}},
		)
	case OrderLine, CartLine:
		return []rule{
			{Quantity, number, []string{"quantity", "unit", "piece"}, []string{"price", "unitprice", "returned", "refunded", "shipped", "cancelled", "reserved", "fulfilled", "shipment", "id", "amount"}},
			{UnitPrice, money, []string{"unitprice", "price unit", "price sale", "price item", "price purchase", "price", "cents unit", "unit amount", "amount", "cost unit", "cents", "value"}, []string{"total", "line", "subtotal", "discount", "tax", "old", "list", "fee", "purchase cost", "percent", "weight"}},
			{LineTotal, money, []string{"line total", "line amount", "total", "subtotal", "line price", "amount"}, []string{"unit", "unitprice", "tax", "discount"}},
			{ProductName, text, []string{"product name", "item name", "name", "title", "description"}, []string{"variant", "option"}},
			{SKU, text, []string{"sku", "ean"}, nil},
			{LineNumber, anything, []string{"linenumber", "line number", "position", "sequence", "line", "number"}, []string{"price", "total", "quantity", "amount", "unitprice", "order", "product", "serial", "discount"}},
		}
	case Payment:
		return []rule{
			{Amount, money, []string{"amount", "total", "payment", "price", "cents"}, []string{"fee", "refund", "tax"}},
			{Status, state, []string{"payment status", "status", "state"}, nil},
			{Reference, text, []string{"reference", "external", "transaction", "provider id", "provider", "number"}, []string{"status"}},
		}
	case Shipment:
		return []rule{{Status, state, []string{"shipment status", "status", "state"}, []string{"address", "country"}}, {Reference, text, []string{"tracking", "reference"}, nil}}
	case Address:
		return []rule{{PostalCode, anything, []string{"postcode", "postal"}, nil}, {Phone, anything, []string{"phone"}, nil}}
	case Review:
		return []rule{{Rating, number, []string{"rating", "review", "note"}, []string{"id", "count", "quantity"}}}
	case Inventory:
		return []rule{{Stock, number, []string{"stock", "inventory", "quantity available", "quantity", "available"}, []string{"min", "max", "reorder", "reserved", "threshold", "level"}}}
	case PriceHistory:
		return []rule{
			{Price, money, []string{"price new", "price", "amount", "cents"}, []string{"old"}},
			{ValidFrom, moment, []string{"valid from", "from", "valid", "changed", "change", "created", "date", "time"}, []string{"to"}},
			{ValidTo, moment, []string{"valid to", "to"}, nil},
		}
	case StatusHistory:
		return []rule{{Status, state, []string{"status new", "status", "state", "event", "to", "type"}, []string{"old", "from"}}}
	case Coupon:
		return []rule{{Code, text, []string{"code", "coupon"}, nil}}
	case ProductCategory, Cart:
	}
	return nil
}
