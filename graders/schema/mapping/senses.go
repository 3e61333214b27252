package mapping

// senses say how much the head noun of a table's name, as a lemma, speaks for each role,
// in thousandths.
var senses = map[Role]map[string]int{
	User: {
		"user": 1000, "customer": 1000, "shopper": 1000, "consumer": 1000, "buyer": 900, "member": 900, "account": 850,
		"patron": 800, "person": 600, "guest": 450, "contact": 450, "profile": 400, "login": 400,
		"supplier": -600, "seller": -600, "employee": -500, "admin": -600, "carrier": -600, "company": -200,
	},
	Product: {
		"product": 1000, "goods": 800, "article": 700, "item": 600, "listing": 600, "sku": 450, "part": 500, "offer": 300,
	},
	Category: {
		"category": 1000, "productgroup": 900, "taxonomy": 700, "taxon": 700, "rubric": 700, "department": 650, "collection": 600, "group": 600,
		"genre": 600, "section": 500, "family": 500, "tag": 400, "type": 350,
	},
	Order: {
		"order": 1000, "purchase": 850, "sale": 700, "transaction": 500, "checkout": 400, "booking": 450, "invoice": 350,
	},
	Cart:      {"cart": 1000},
	Variant:   {"variant": 1000, "sku": 900, "option": 300},
	Address:   {"address": 1000},
	Payment:   {"payment": 1000, "transaction": 600, "charge": 600},
	Shipment:  {"shipment": 1000, "parcel": 700},
	Review:    {"review": 1000, "rating": 850, "comment": 550, "feedback": 750},
	Inventory: {"stock": 1000, "inventory": 1000},
	Coupon:    {"coupon": 1000, "promotion": 700, "discount": 650},
}

// lineSenses say how much a word speaks for the line of something.
var lineSenses = map[string]int{
	"line": 900, "detail": 900, "position": 900, "item": 800, "product": 600, "article": 600, "entry": 500, "goods": 500, "variant": 450, "sku": 450,
}

// timeSenses say how much a word speaks for a table of what was.
var timeSenses = map[string]int{
	"history": 1000, "log": 900, "event": 800, "change": 800, "movement": 700, "archive": 700, "revision": 700, "transition": 800,
}

// aspects are words of tables about something else than the thing they name: an order's
// payment is no order. They cap what the rest of the name says of the core roles.
var aspects = map[string]bool{
	"history": true, "log": true, "event": true, "change": true, "archive": true, "revision": true, "movement": true,
	"status": true, "state": true, "image": true, "review": true, "rating": true, "comment": true, "feedback": true,
	"payment": true, "refund": true, "return": true, "address": true, "price": true, "variant": true, "shipment": true, "parcel": true,
	"cart": true, "wishlist": true, "coupon": true, "promotion": true, "discount": true, "stock": true, "inventory": true, "warehouse": true,
	"session": true, "token": true, "role": true, "permission": true, "setting": true, "notification": true, "message": true, "question": true,
	"attribute": true, "brand": true, "manufacturer": true, "tax": true, "currency": true, "country": true, "region": true, "city": true,
	"migration": true, "credential": true, "option": true, "locale": true, "number": true, "type": true, "note": true, "tag": true,
	"phone": true, "email": true, "password": true, "billing": true, "relation": true, "view": true, "supplier": true, "seller": true, "employee": true, "carrier": true,
}
