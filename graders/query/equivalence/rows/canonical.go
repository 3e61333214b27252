package rows

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/takehome-dev/takehome/graders/database"
)

// class is what kind of value a column holds, as far as a reader of the answer can tell:
// count(*) and sum(count) are both numbers.
type class string

const (
	number    class = "a number"
	inexact   class = "a floating-point number"
	text      class = "a text"
	boolean   class = "a boolean"
	calendar  class = "a date or timestamp" // without a time zone
	instant   class = "a timestamp with time zone"
	timeOfDay class = "a time of day"
	duration  class = "an interval"
	document  class = "a JSON document"
	binary    class = "a bytea"
	unique    class = "a UUID"
	list      class = "an array"
)

// fits reports whether a column of one class may stand for one of another.
func (c class) fits(other class) bool {
	return c.plain() == other.plain()
}

func (c class) plain() class {
	if c == inexact {
		return number
	}
	return c
}

// classOf sorts types by their OIDs. What an extension or a CREATE TYPE made (an enum,
// citext) is compared as its text.
func classOf(oid uint32) class {
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.NumericOID, pgtype.OIDOID:
		return number
	case pgtype.Float4OID, pgtype.Float8OID:
		return inexact
	case pgtype.BoolOID:
		return boolean
	case pgtype.DateOID, pgtype.TimestampOID:
		return calendar
	case pgtype.TimestamptzOID:
		return instant
	case pgtype.TimeOID, pgtype.TimetzOID:
		return timeOfDay
	case pgtype.IntervalOID:
		return duration
	case pgtype.JSONOID, pgtype.JSONBOID:
		return document
	case pgtype.ByteaOID:
		return binary
	case pgtype.UUIDOID:
		return unique
	case pgtype.BoolArrayOID, pgtype.Int2ArrayOID, pgtype.Int4ArrayOID, pgtype.Int8ArrayOID, pgtype.NumericArrayOID,
		pgtype.Float4ArrayOID, pgtype.Float8ArrayOID, pgtype.TextArrayOID, pgtype.VarcharArrayOID, pgtype.BPCharArrayOID,
		pgtype.NameArrayOID, pgtype.DateArrayOID, pgtype.TimestampArrayOID, pgtype.TimestamptzArrayOID, pgtype.TimeArrayOID,
		pgtype.IntervalArrayOID, pgtype.UUIDArrayOID, pgtype.JSONArrayOID, pgtype.JSONBArrayOID, pgtype.ByteaArrayOID,
		pgtype.RecordArrayOID:
		return list
	}
	return text
}

// classesOf are the classes in which two answers are compared, whose columns fit.
func classesOf(given, got []database.Column) []class {
	classes := make([]class, len(given))
	for i := range given {
		classes[i] = classOf(given[i].Type)
		if classOf(got[i].Type) == inexact {
			classes[i] = inexact
		}
	}
	return classes
}

// canonical writes a value so that equal values have equal texts. The session that it comes
// from wrote dates as ISO, in UTC.
func canonical(value database.Value, of class) string {
	if value.Null {
		return "\x01NULL" // no text begins like this: \x01 is doubled in texts
	}
	switch of {
	case number:
		return exact(value.Text)
	case inexact:
		return rounded(value.Text)
	case calendar:
		return strings.TrimSuffix(value.Text, " 00:00:00") // a date is its midnight
	case document:
		return sorted(value.Text)
	case text:
		return strings.ReplaceAll(value.Text, "\x01", "\x01\x01")
	case boolean, instant, timeOfDay, duration, binary, unique, list:
	}
	return value.Text
}

// decimals is how many places of a numeric are compared. Two ways to one quotient differ at
// the sixteenth place: Postgres rounds it to at least sixteen digits.
const decimals = 12

func exact(text string) string {
	value, ok := rational(text)
	if !ok {
		return text // NaN, Infinity
	}
	written := value.FloatString(decimals)
	written = strings.TrimRight(strings.TrimRight(written, "0"), ".")
	if written == "-0" || written == "" {
		return "0"
	}
	return written
}

// rational reads a number; one whose exponent is out of every reasonable range is not read.
func rational(text string) (*big.Rat, bool) {
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		const most = 400
		if exponent, err := strconv.Atoi(text[at+1:]); err != nil || exponent > most || exponent < -most {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// significant is how many digits of a floating-point number are compared: the order in
// which it was summed up decides about the rest.
const significant = 9

func rounded(text string) string {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return text
	}
	if value == 0 {
		return "0" // also a negative zero
	}
	return strconv.FormatFloat(value, 'e', significant-1, 64)
}

// near reports whether two values are numbers that only rounding keeps apart, one on each
// side of where their forms part.
func near(a, b database.Value, of class) bool {
	if a.Null || b.Null || of.plain() != number {
		return false
	}
	if of == inexact {
		x, errX := strconv.ParseFloat(a.Text, 64)
		y, errY := strconv.ParseFloat(b.Text, 64)
		return errX == nil && errY == nil && math.Abs(x-y) <= math.Pow10(1-significant)*math.Max(math.Abs(x), math.Abs(y))
	}
	x, okX := rational(a.Text)
	y, okY := rational(b.Text)
	if !okX || !okY {
		return false
	}
	apart := new(big.Rat).Sub(x, y)
	limit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(decimals), nil))
	return apart.Abs(apart).Cmp(limit) < 0
}

// sorted writes a JSON document with its keys in order and its numbers in one form.
func sorted(raw string) string {
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return raw
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(plainNumbers(value)); err != nil {
		return raw
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func plainNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		return json.Number(exact(value.String()))
	case []any:
		for i := range value {
			value[i] = plainNumbers(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = plainNumbers(value[key])
		}
	}
	return value
}
