// Package rows compares the answers of two queries: as multisets of rows whose values are
// brought to one form, and by the order that was promised. It is pure, and stands below
// package equivalence.
package rows

// Key is one column of a promised order. A sequence is judged by the values of its keys
// alone: rows that tie may come in any order.
type Key struct {
	Column     string `yaml:"column"`
	Descending bool   `yaml:"descending"`
}
