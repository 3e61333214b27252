// Package footprint tells what a candidate's DDL left in a database: it reads the catalog
// before and after, and holds every difference against a list of what is allowed. It reads
// pg_catalog alone and touches no object of the candidate's. It stands below package
// equivalence.
package footprint

// Object is one thing that a catalog describes.
type Object struct {
	Kind  string // "index", "table", "function", …: the words of Permissions
	Name  string // schema.name, with what it belongs to: "public.orders.total"
	Of    string // the table it belongs to, ""
	State string // everything about it that must stay
}

// Change is one difference between two readings of a catalog.
type Change struct {
	Kind    string // of the object
	Name    string // cleaned
	What    string // "added", "dropped", "changed"
	Allowed bool
	Reason  string // why it is not allowed
}
