package script

import "math/rand/v2"

// The operations that checks speak in.
const (
	Create  = "create"
	Fetch   = "get"
	List    = "list"
	Replace = "replace"
	Patch   = "patch"
	Delete  = "delete"
)

// Intent is what a check wants of an API, before anything is known of its paths and names.
type Intent struct {
	Op   string
	ID   string         // of the item, as it stands in an address; "" for create and list
	Item Item           // the item as it was last seen, for full representations
	Set  map[string]any // fields by meaning
	Omit []string       // fields by meaning that a full representation leaves out
}

// Item is one resource as a reply shows it.
type Item struct {
	ID     string         // as it stands in an address
	RawID  any            // as the representation holds it: a number or a text
	Body   map[string]any // the representation
	Fields map[string]any // the same, by meaning: text, done, note, due, priority
}

// Shape is what is known of one candidate's API. It was found out and frozen before
// the first check runs.
type Shape interface {
	// Request turns an intent into a request. It reports false where the API has no such
	// operation, or where we could not find it.
	Request(intent Intent) (Request, bool)
	// Path is the path of the list or create operation, or of the collection for any other
	// word; Address is that of an item.
	Path(op string) string
	Address(id string) string
	// Item finds the single item in a reply, Items the listed ones.
	Item(reply *Exchange) (Item, bool)
	Items(reply *Exchange) ([]Item, bool)
	// NextPage is the request for what a list reply left out, if it says so.
	NextPage(reply *Exchange) (Request, bool)
	// UnknownID makes an id of the right type that was never issued.
	UnknownID(random *rand.Rand) string
	// FieldName is what the API calls a field in requests; Put sets it in a body, wherever
	// the API wants it. The meaning "id" is the identifier.
	FieldName(meaning string) string
	Put(body map[string]any, meaning string, value any)
	// Bound reports whether the API has an operation or a field.
	Bound(part string) bool
	// Documented reports whether the candidate documents a policy, such as soft_delete.
	Documented(policy string) bool
}
