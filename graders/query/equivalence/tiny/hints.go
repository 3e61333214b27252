package tiny

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// literals are the constants in a text of SQL, quoted ones and numbers: the values at which
// its predicates turn. Comments may give some too many, which does no harm.
func literals(sql string) []string {
	var found []string
	for _, parts := range literalPattern.FindAllStringSubmatch(sql, -1) {
		switch {
		case parts[1] != "":
			found = append(found, strings.ReplaceAll(parts[1], "''", "'"))
		case parts[2] != "":
			found = append(found, parts[2])
		}
	}
	return found
}

// A number that is part of a name, as in t1, or of a parameter, as in $1, is none.
var literalPattern = regexp.MustCompile(`'((?:[^']|'')*)'|(?:^|[^\w$.])(\d+(?:\.\d+)?)\b`)

var (
	numeric = regexp.MustCompile(`^-?\d{1,9}(?:\.\d{1,4})?$`)
	dated   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
)

// numbersNear are a hint and its neighbours, so that < and <= differ.
func numbersNear(hints []string) []string {
	var found []string
	for _, hint := range hints {
		if !numeric.MatchString(hint) {
			continue
		}
		value, err := strconv.ParseFloat(hint, 64)
		if err != nil {
			continue
		}
		step, digits := 1.0, 0
		if _, fraction, ok := strings.Cut(hint, "."); ok {
			step, digits = 0.01, max(2, len(fraction))
		}
		for _, near := range []float64{value, value - step, value + step} {
			found = append(found, strconv.FormatFloat(near, 'f', digits, 64))
		}
	}
	return found
}

// textsNear are a hint and what is easily taken for it. Of a pattern of LIKE, its text alone.
func textsNear(hints []string) []string {
	var found []string
	for _, hint := range hints {
		if hint == "" || dated.MatchString(hint) {
			continue
		}
		if plain := strings.NewReplacer("%", "", "_", "").Replace(hint); plain != hint && plain != "" {
			found = append(found, plain, "x"+plain+"x", plain+"x")
		}
		found = append(found, hint, swapCase(hint), hint+" ")
	}
	return found
}

func swapCase(text string) string {
	if upper := strings.ToUpper(text); upper != text {
		return upper
	}
	return strings.ToLower(text)
}

var dateForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999Z07:00", "2006-01-02 15:04:05.999999Z07", "2006-01-02 15:04:05.999999", "2006-01-02"}

// instantsNear are the instants around the dates among the hints: the midnights and the last
// moments of the day and of the month. A day has a last second and a last microsecond, and
// whoever writes BETWEEN finds one of them.
func instantsNear(hints []string) []time.Time {
	var found []time.Time
	for _, hint := range hints {
		at, ok := instantOf(hint)
		if !ok {
			continue
		}
		year, month, day := at.Date()
		midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		found = append(found, at, at.Add(-time.Microsecond), at.Add(time.Microsecond), midnight,
			midnight.Add(24*time.Hour-500*time.Millisecond), midnight.AddDate(0, 0, 1), midnight.AddDate(0, 0, -1),
			first, first.AddDate(0, 1, 0), first.AddDate(0, 1, 0).Add(-time.Microsecond), midnight.Add(12*time.Hour))
	}
	slices.SortStableFunc(found, time.Time.Compare)
	return slices.CompactFunc(found, time.Time.Equal)
}

func instantOf(hint string) (time.Time, bool) {
	for _, form := range dateForms {
		if at, err := time.Parse(form, hint); err == nil && at.Year() > 0 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// hardInstants are midnights in UTC and elsewhere, the ends of months and of a year, and a
// night in which Europe loses an hour.
func hardInstants() []time.Time {
	return []time.Time{
		time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 29, 23, 59, 59, 999999000, time.UTC),
		time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 31, 1, 30, 0, 0, time.UTC),
		time.Date(2024, 12, 31, 23, 30, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}
