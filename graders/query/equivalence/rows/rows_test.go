package rows

import (
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
)

// answer makes one of texts; "∅" is NULL.
func answer(types []uint32, lines ...[]string) database.Answer {
	made := database.Answer{}
	for i, oid := range types {
		made.Columns = append(made.Columns, database.Column{Name: string(rune('a' + i)), Type: oid})
	}
	for _, line := range lines {
		var row []database.Value
		for _, text := range line {
			row = append(row, database.Value{Text: text, Null: text == "∅"})
		}
		made.Rows = append(made.Rows, row)
	}
	return made
}

func TestOneValueHasOneForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given, got uint32
		a, b       string
		equal      bool
	}{
		{pgtype.Int8OID, pgtype.NumericOID, "7", "7.000", true},
		{pgtype.NumericOID, pgtype.NumericOID, "3.3333333333333333", "3.33333333333333333333", true},
		{pgtype.NumericOID, pgtype.NumericOID, "0.50", "0.49999999999999999999", true},
		{pgtype.NumericOID, pgtype.NumericOID, "0.5", "0.51", false},
		{pgtype.NumericOID, pgtype.Float8OID, "3.3333333333333333", "3.3333333333333335", true},
		{pgtype.Float8OID, pgtype.Float8OID, "0.1", "0.10000000000000001", true},
		{pgtype.Float8OID, pgtype.Float8OID, "0.1", "0.1000001", false},
		{pgtype.Float8OID, pgtype.Float8OID, "-0", "0", true},
		{pgtype.Float8OID, pgtype.Float8OID, "NaN", "NaN", true},
		{pgtype.NumericOID, pgtype.NumericOID, "NaN", "0", false},
		{pgtype.NumericOID, pgtype.NumericOID, "-0.0", "0", true},
		{pgtype.TextOID, pgtype.VarcharOID, "a", "a", true},
		{pgtype.TextOID, pgtype.TextOID, "a", "a ", false},
		{pgtype.TextOID, pgtype.TextOID, "∅", "", false},
		{pgtype.TextOID, pgtype.TextOID, "\x01NULL", "∅", false},
		{pgtype.TextOID, pgtype.Int4OID, "7", "7", false},
		{pgtype.DateOID, pgtype.TimestampOID, "2024-05-01", "2024-05-01 00:00:00", true},
		{pgtype.DateOID, pgtype.TimestamptzOID, "2024-05-01", "2024-05-01 00:00:00+00", false},
		{pgtype.JSONBOID, pgtype.JSONOID, `{"a": 1.0, "b": [2]}`, `{"b":[2],"a":1}`, true},
		{pgtype.JSONBOID, pgtype.JSONBOID, `{"a": 1}`, `{"a": "1"}`, false},
		{pgtype.JSONOID, pgtype.JSONOID, `not json`, `not json`, true},
	} {
		difference := Compare(answer([]uint32{test.given}, []string{test.a}), answer([]uint32{test.got}, []string{test.b}), nil)
		require.Equal(t, test.equal, difference == nil, "%q %q: %+v", test.a, test.b, difference)
	}
}

func TestRowsAreAMultiset(t *testing.T) {
	t.Parallel()
	two := []uint32{pgtype.Int4OID, pgtype.TextOID}
	given := answer(two, []string{"1", "x"}, []string{"1", "x"}, []string{"2", "∅"})
	require.Nil(t, Compare(given, answer(two, []string{"2", "∅"}, []string{"1", "x"}, []string{"1", "x"}), nil))
	for reason, other := range map[string]database.Answer{
		"2 rows instead of 3 rows: 1 missing, 0 not expected": answer(two, []string{"1", "x"}, []string{"2", "∅"}),
		"4 rows instead of 3 rows: 0 missing, 1 not expected": answer(two, []string{"1", "x"}, []string{"1", "x"}, []string{"2", "∅"}, []string{"2", "∅"}),
		"1 of 3 rows is not the same":                         answer(two, []string{"1", "x"}, []string{"2", "∅"}, []string{"2", "∅"}),
		"1 column instead of 2 columns":                       answer(two[:1], []string{"1"}),
		"column 2 (b) is a boolean instead of a text":         answer([]uint32{pgtype.Int4OID, pgtype.BoolOID}),
	} {
		require.Equal(t, reason, Compare(given, other, nil).Reason)
	}
}

func TestOrderIsThatOfTheKeys(t *testing.T) {
	t.Parallel()
	two := []uint32{pgtype.NumericOID, pgtype.TextOID}
	keys := []Key{{Column: "A", Descending: true}}
	given := answer(two, []string{"9.0", "x"}, []string{"5", "y"}, []string{"5.00", "z"}, []string{"∅", "w"})
	require.Nil(t, Compare(given, answer(two, []string{"9", "x"}, []string{"5", "z"}, []string{"5", "y"}, []string{"∅", "w"}), keys), "ties are free")
	difference := Compare(given, answer(two, []string{"∅", "w"}, []string{"9", "x"}, []string{"5", "z"}, []string{"5", "y"}), keys)
	require.Equal(t, "the same rows, but not in the order that is asked for: A descending", difference.Reason)
	require.Empty(t, difference.Ties)
	require.Equal(t, []string{"c"}, Unknown(given.Columns, []Key{{Column: "a"}, {Column: "c"}}))
}

func TestTiesAtTheEdgeOfALimit(t *testing.T) {
	t.Parallel()
	two := []uint32{pgtype.Int4OID, pgtype.TextOID}
	keys := []Key{{Column: "a"}}
	given := answer(two, []string{"1", "x"}, []string{"2", "y"})
	whole := answer(two, []string{"2", "y"}, []string{"2", "z"})
	got := answer(two, []string{"1", "x"}, []string{"2", "z"})
	difference := Compare(given, got, keys)
	require.Len(t, difference.Ties, 1)
	require.Equal(t, []database.Value{{Text: "2"}}, difference.Ties[0].Keys)
	require.True(t, Within(difference.Ties, given, got, whole))
	invented := answer(two, []string{"1", "x"}, []string{"2", "not there"})
	require.False(t, Within(Compare(given, invented, keys).Ties, given, invented, whole))
	require.Empty(t, Compare(given, answer(two, []string{"1", "x"}, []string{"3", "z"}), keys).Ties, "other keys are no tie")
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"1", "-0.00", "1e999999999", "NaN", `{"a":1e400}`, "[[[[", "\x01", "9/3", "0x10", "1_000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, of := range []class{number, inexact, text, document, calendar} {
			value := database.Value{Text: raw}
			require.NotEqual(t, canonical(database.Value{Null: true}, of), canonical(value, text))
			require.Equal(t, near(value, database.Value{Text: "1"}, of), near(database.Value{Text: "1"}, value, of))
		}
	})
}
