// Package rows compares the answers of two queries: as multisets of rows whose values are
// brought to one form, and by the order that was promised. It is pure, and stands below
// package equivalence.
package rows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Key is one column of a promised order. A sequence is judged by the values of its keys
// alone: rows that tie may come in any order.
type Key struct {
	Column     string
	Descending bool
}

// Difference is the first thing in which two answers are not the same.
type Difference struct {
	Reason string // in words that are the same in every run
	// Ties is set when the keys come in the same sequence, and only rows that tie by them
	// differ: rows at the edge of a LIMIT may do that.
	Ties []Tie
}

// Tie is one group of rows with equal keys in which the answers differ.
type Tie struct {
	Keys []database.Value // as the given query wrote them, in the order of the keys
	rows []row            // of the answer that is compared
	want int
}

// row is one row: its values in one form, and as they came.
type row struct {
	form   []string
	values []database.Value
}

func (r row) text() string { return strings.Join(r.form, "\x00") }

// sheet is an answer whose values were brought to one form.
type sheet []row

// Compare looks for a difference; nil means none. The keys name columns of given.
func Compare(given, got database.Answer, keys []Key) *Difference {
	if reason := columnsDiffer(given.Columns, got.Columns); reason != "" {
		return &Difference{Reason: reason}
	}
	classes := classesOf(given.Columns, got.Columns)
	wanted, found := sheetOf(given, classes), sheetOf(got, classes)
	missing, extra := subtract(wanted, found, classes)
	places := placesOf(given.Columns, keys)
	sameKeys := len(wanted) == len(found) && sequence(wanted, places, classes).equal(sequence(found, places, classes))
	if len(missing) == 0 && len(extra) == 0 {
		if !sameKeys {
			return &Difference{Reason: "the same rows, but not in the order that is asked for: " + describe(keys)}
		}
		return nil
	}
	difference := &Difference{Reason: reasonOf(wanted, found, missing, extra)}
	if sameKeys && len(keys) > 0 {
		difference.Ties = tiesOf(wanted, found, missing, extra, places)
	}
	return difference
}

// columnsDiffer compares number and kinds of the columns. Their names are the candidate's choice.
func columnsDiffer(given, got []database.Column) string {
	if len(given) != len(got) {
		return fmt.Sprintf("%s instead of %s", count(len(got), "column"), count(len(given), "column"))
	}
	for i := range given {
		if a, b := classOf(given[i].Type), classOf(got[i].Type); !a.fits(b) {
			return fmt.Sprintf("column %d (%s) is %s instead of %s", i+1, takehome.Line(given[i].Name), b, a)
		}
	}
	return ""
}

func reasonOf(wanted, found, missing, extra sheet) string {
	switch {
	case len(found) != len(wanted):
		return fmt.Sprintf("%s instead of %s: %d missing, %d not expected",
			count(len(found), "row"), count(len(wanted), "row"), len(missing), len(extra))
	default:
		return fmt.Sprintf("%d of %s %s not the same", len(missing), count(len(wanted), "row"), isAre(len(missing)))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func describe(keys []Key) string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = takehome.Line(key.Column)
		if key.Descending {
			words[i] += " descending"
		}
	}
	return strings.Join(words, ", ")
}

// sheetOf brings the values of an answer to one form.
func sheetOf(answer database.Answer, classes []class) sheet {
	made := make(sheet, len(answer.Rows))
	for i, values := range answer.Rows {
		form := make([]string, len(values))
		for column, value := range values {
			form[column] = canonical(value, classes[column])
		}
		made[i] = row{form: form, values: values}
	}
	return made
}

// subtract takes the common rows away: first those that are equal, then those that differ
// by no more than the rounding of numbers does.
func subtract(wanted, found sheet, classes []class) (missing, extra sheet) {
	left := map[string]int{}
	for _, each := range found {
		left[each.text()]++
	}
	for _, each := range wanted {
		if text := each.text(); left[text] > 0 {
			left[text]--
		} else {
			missing = append(missing, each)
		}
	}
	for _, each := range slices.Backward(found) {
		if text := each.text(); left[text] > 0 {
			left[text]--
			extra = append(extra, each)
		}
	}
	slices.Reverse(extra)
	const most = 1000
	if len(missing) != len(extra) || len(missing) > most {
		return missing, extra
	}
	return slices.DeleteFunc(missing, func(want row) bool {
		at := slices.IndexFunc(extra, func(got row) bool { return nearly(want, got, classes) })
		if at >= 0 {
			extra = slices.Delete(extra, at, at+1)
		}
		return at >= 0
	}), extra
}

// nearly reports whether two rows differ by nothing but the rounding of numbers.
func nearly(a, b row, classes []class) bool {
	for i := range a.form {
		if a.form[i] != b.form[i] && !near(a.values[i], b.values[i], classes[i]) {
			return false
		}
	}
	return true
}
