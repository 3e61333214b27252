package takehome

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Fraction is an exact rational number. Credits, scores and percentages are
// Fractions until the moment they are shown, so that no sum depends on its order.
// The zero value is 0.
type Fraction struct{ rat *big.Rat }

// Full and None are the credits of a pass and of a fail.
func Full() Fraction { return Frac(1, 1) }

// None is the credit of a check that earned nothing.
func None() Fraction { return Fraction{} }

// Frac returns num/den. It panics if den is 0, which only a programming error can cause.
func Frac(num, den int64) Fraction { return Fraction{big.NewRat(num, den)} }

// fractionDigits bounds the text of a fraction. A total over many criteria has a long
// denominator, and a report must read what it wrote.
const fractionDigits = 4096

var fraction = regexp.MustCompile(`^-?(?:[0-9]+(?:\.[0-9]+)?|[0-9]+/[0-9]+)$`)

// ParseFraction reads "0.85", "17/20" or "1". Every number is decimal: a leading zero
// makes no octal of it.
func ParseFraction(text string) (Fraction, error) {
	problem := fmt.Errorf("%q is not a decimal number or a fraction", Line(text))
	if len(text) > fractionDigits || !fraction.MatchString(text) {
		return Fraction{}, problem
	}
	num, den, _ := strings.Cut(text, "/")
	rat, ok := new(big.Rat).SetString(num)
	if !ok {
		return Fraction{}, problem
	}
	if den == "" {
		return Fraction{rat}, nil
	}
	divisor, ok := new(big.Rat).SetString(den)
	if !ok || divisor.Sign() == 0 {
		return Fraction{}, problem
	}
	return Fraction{rat.Quo(rat, divisor)}, nil
}

func (f Fraction) value() *big.Rat {
	if f.rat == nil {
		return new(big.Rat)
	}
	return f.rat
}

// Add returns f + g.
func (f Fraction) Add(g Fraction) Fraction { return Fraction{new(big.Rat).Add(f.value(), g.value())} }

// Mul returns f · g.
func (f Fraction) Mul(g Fraction) Fraction { return Fraction{new(big.Rat).Mul(f.value(), g.value())} }

// Div returns f / g, and 0 where g is 0: a criterion without weight earns nothing.
func (f Fraction) Div(g Fraction) Fraction {
	if g.Sign() == 0 {
		return Fraction{}
	}
	return Fraction{new(big.Rat).Quo(f.value(), g.value())}
}

// Cmp compares f with g: -1, 0 or 1.
func (f Fraction) Cmp(g Fraction) int { return f.value().Cmp(g.value()) }

// Sign is -1, 0 or 1.
func (f Fraction) Sign() int { return f.value().Sign() }

// Min returns the smaller of f and g.
func (f Fraction) Min(g Fraction) Fraction {
	if f.Cmp(g) <= 0 {
		return f
	}
	return g
}

// IsFull reports whether f is exactly 1.
func (f Fraction) IsFull() bool { return f.Cmp(Full()) == 0 }

// String writes the lowest terms: "3/4", "1", "0".
func (f Fraction) String() string { return f.value().RatString() }

// Decimal writes f with the given number of digits after the point, half away from zero.
func (f Fraction) Decimal(digits int) string { return f.value().FloatString(digits) }

// Percent writes 100·f with one digit. It shows 100.0 only for exactly 1 and 0.0
// only for exactly 0: a lost point stays visible.
func (f Fraction) Percent() string {
	text := f.Mul(Frac(100, 1)).Decimal(1)
	switch {
	case text == "100.0" && f.Cmp(Full()) < 0:
		return "99.9"
	case text == "0.0" && f.Sign() > 0:
		return "0.1"
	}
	return text
}

// Float is f as a floating-point number, for drawing only.
func (f Fraction) Float() float64 {
	value, _ := f.value().Float64()
	return value
}

// MarshalText writes the lowest terms.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (f *Fraction) UnmarshalText(text []byte) error {
	parsed, err := ParseFraction(string(text))
	if err != nil {
		return err
	}
	*f = parsed
	return nil
}

// Points is a weight in hundredths of a point: 1.5 points are Points(150).
type Points int64

var points = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?)?$`)

// ParsePoints reads "1.5"; more than two digits after the point are refused. A weight that
// is left out is no points.
func ParsePoints(text string) (Points, error) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 2 {
		return 0, fmt.Errorf("weight %q has more than two digits after the point", Line(text))
	}
	hundredths, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 32)
	if err != nil || !points.MatchString(text) {
		return 0, fmt.Errorf("weight %q is not a number of points", Line(text))
	}
	return Points(hundredths), nil
}

// Fraction is the weight as an exact number of points.
func (p Points) Fraction() Fraction { return Frac(int64(p), 100) }

// String writes "1.5".
func (p Points) String() string {
	text := p.Fraction().Decimal(2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// MarshalText writes "1.5".
func (p Points) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads "1.5".
func (p *Points) UnmarshalText(text []byte) error {
	parsed, err := ParsePoints(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
