package takehome_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestParseFraction(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "1": "1", "0.85": "17/20", "17/20": "17/20", "34/40": "17/20", "0.50": "1/2", "-1/2": "-1/2",
		"010": "10", "017/20": "17/20", "08/010": "4/5", "0/7": "0", "1.0": "1",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := takehome.ParseFraction(text)
			require.NoError(t, err)
			require.Equal(t, want, got.String())
		})
	}
}

func TestParseFractionRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "a word": "half", "no denominator": "1/", "no numerator": "/2", "division by nothing": "1/0",
		"an exponent": "1e3", "an exponent that fills the memory": "1e999999999", "a binary exponent": "1p9", "hexadecimal": "0xff",
		"binary": "0b11", "octal": "0o17", "underscores": "1_000", "a sign before the denominator": "1/-2", "two points": "1.2.3",
		"a decimal over a number": "0.5/2", "blanks": " 1", "infinity": "Inf", "other digits": "١", "a comma": "0,5", "a line break": "1\n",
		"too long": strings.Repeat("1", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := takehome.ParseFraction(text)
			require.ErrorContains(t, err, "is not a decimal number or a fraction")
			require.Less(t, len(err.Error()), 2*takehome.QuoteLine)
		})
	}
}

func TestZeroFractionIsNothing(t *testing.T) {
	t.Parallel()
	var zero takehome.Fraction
	require.Equal(t, "0", zero.String())
	require.Equal(t, "0.0", zero.Percent())
	require.Equal(t, 0, zero.Cmp(takehome.Frac(0, 5)))
	require.Equal(t, "1/3", zero.Add(takehome.Frac(1, 3)).String())
	require.Equal(t, "0", zero.Mul(takehome.Full()).String())
	require.Equal(t, "0", takehome.Full().Div(zero).String())
	require.Equal(t, "0", zero.Min(takehome.Full()).String())
	require.False(t, zero.IsFull())
	require.True(t, takehome.Full().IsFull())
}

func TestPercentShowsEveryLostPoint(t *testing.T) {
	t.Parallel()
	for want, share := range map[string]takehome.Fraction{
		"100.0": takehome.Full(),
		"99.9":  takehome.Frac(99_999, 100_000),
		"0.1":   takehome.Frac(1, 100_000),
		"0.0":   takehome.None(),
		"87.5":  takehome.Frac(7, 8),
		"33.3":  takehome.Frac(1, 3),
		"66.7":  takehome.Frac(2, 3),
		"12.3":  takehome.Frac(1225, 10_000), // half away from zero
		"105.0": takehome.Frac(105, 100),
	} {
		require.Equal(t, want, share.Percent())
	}
}

func TestParsePoints(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]takehome.Points{
		"": 0, "0": 0, "1": 100, "1.5": 150, "0.25": 25, "12.05": 1205, "3.00": 300, "007": 700, "21474836.47": 2147483647,
	} {
		got, err := takehome.ParsePoints(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		".", "1.", ".5", "-1", "-0.5", "+1", "1.005", "1,5", "1e2", "1.-5", "1.+", "1 ", "21474836.48", strings.Repeat("9", 400), "\x1b[2J",
	} {
		_, err := takehome.ParsePoints(text)
		require.ErrorContains(t, err, "weight ", "%q", text)
		require.NotContains(t, err.Error(), "\x1b")
		require.Less(t, len(err.Error()), 2*takehome.QuoteLine)
	}
}

func TestPointsAreWrittenShort(t *testing.T) {
	t.Parallel()
	for points, want := range map[takehome.Points]string{0: "0", 100: "1", 150: "1.5", 25: "0.25", 1000: "10", 12345: "123.45", 5: "0.05"} {
		require.Equal(t, want, points.String())
	}
	require.Equal(t, "3/2", takehome.Points(150).Fraction().String())
}

// fractions draws values of the size that scores have.
func fractions() *rapid.Generator[takehome.Fraction] {
	return rapid.Custom(func(t *rapid.T) takehome.Fraction {
		return takehome.Frac(rapid.Int64Range(-100_000, 100_000).Draw(t, "numerator"), rapid.Int64Range(1, 100_000).Draw(t, "denominator"))
	})
}

func equal(t *rapid.T, want, got takehome.Fraction) {
	require.Equal(t, 0, want.Cmp(got), "%s and %s", want, got)
}

func TestArithmeticOfFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := fractions().Draw(t, "a"), fractions().Draw(t, "b"), fractions().Draw(t, "c")
		before := a.String()
		equal(t, a.Add(b), b.Add(a))
		equal(t, a.Add(b).Add(c), a.Add(b.Add(c)))
		equal(t, a.Mul(b.Add(c)), a.Mul(b).Add(a.Mul(c)))
		equal(t, a, a.Add(takehome.None()))
		equal(t, a, a.Mul(takehome.Full()))
		if b.Sign() != 0 {
			equal(t, a, a.Div(b).Mul(b))
		}
		require.Equal(t, a.Cmp(b), -b.Cmp(a))
		require.LessOrEqual(t, a.Min(b).Cmp(b), 0)
		require.Equal(t, before, a.String(), "an operation must not change its operands")
	})
}

func TestFractionsSurviveTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// A total is a sum over criteria, each with a denominator of its own.
		sum := takehome.None()
		for _, part := range rapid.SliceOfN(fractions(), 1, 12).Draw(t, "parts") {
			sum = sum.Add(part)
		}
		text, err := json.Marshal(sum)
		require.NoError(t, err)
		var read takehome.Fraction
		require.NoError(t, json.Unmarshal(text, &read))
		equal(t, sum, read)
		again, err := json.Marshal(read)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
	})
}

func TestPercentStaysBesideTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Int64Range(1, 1_000_000).Draw(t, "of")
		share := takehome.Frac(rapid.Int64Range(0, den).Draw(t, "earned"), den)
		shown, ok := new(big.Rat).SetString(share.Percent())
		require.True(t, ok)
		require.Equal(t, share.IsFull(), share.Percent() == "100.0")
		require.Equal(t, share.Sign() == 0, share.Percent() == "0.0")
		exact, ok := new(big.Rat).SetString(share.Mul(takehome.Frac(100, 1)).String())
		require.True(t, ok)
		require.LessOrEqual(t, new(big.Rat).Abs(shown.Sub(shown, exact)).Cmp(big.NewRat(1, 10)), 0)
	})
}

func TestPointsSurviveTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := takehome.Points(rapid.Int64Range(0, 2147483647).Draw(t, "hundredths"))
		text, err := points.MarshalText()
		require.NoError(t, err)
		var read takehome.Points
		require.NoError(t, read.UnmarshalText(text))
		require.Equal(t, points, read)
	})
}

func FuzzParseFraction(f *testing.F) {
	for _, seed := range []string{"0.85", "17/20", "1/0", "1e9", "017", "-3/4", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := takehome.ParseFraction(text)
		if err != nil {
			return
		}
		again, err := takehome.ParseFraction(got.String())
		require.NoError(t, err)
		require.Equal(t, 0, got.Cmp(again))
	})
}
