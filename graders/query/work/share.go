package work

import (
	"math/bits"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	// Floor is work that nobody notices: 100 blocks. Whatever is below is as good.
	Floor = 100 * 100
	// leastRange is by how much the given query is taken to be slower than the goal, where it
	// is hardly slower: with a value that is absent, everything may be quick.
	leastRange = 8
)

// Share is the part of the way from the slow query to the reference that a query comes, on a
// logarithmic scale, in hundredths: 1 - log(W/goal) / log(slow/goal). The goal is what a good
// solution may need.
func Share(work, goal, slow int64) takehome.Fraction {
	goal = max(goal, Floor)
	slow = max(slow, leastRange*goal)
	if work <= goal {
		return takehome.Full()
	}
	if work >= slow {
		return takehome.None()
	}
	return hundredths(Log2(slow)-Log2(work), Log2(slow)-Log2(goal))
}

// hundredths rounds num/den to a hundredth and keeps it within 0 and 1. The den is positive.
func hundredths(num, den int64) takehome.Fraction {
	rounded := (200*num + den) / (2 * den)
	return takehome.Frac(min(max(rounded, 0), 100), 100)
}

// One is 1 in the unit of Log2.
const One = 1 << 16

// Log2 is the binary logarithm of n in units of 1/65536, rounded down; 0 for n below 1. It is
// found by repeated squaring, bit by bit, in integers.
func Log2(n int64) int64 {
	if n < 1 {
		return 0
	}
	whole := bits.Len64(uint64(n)) - 1
	x := uint64(n) << (63 - whole) // n / 2^whole as a number from 1 to 2, with 63 bits behind the point
	result := int64(whole)
	for range 16 {
		high, low := bits.Mul64(x, x)
		result <<= 1
		if high>>63 == 1 { // the square is at least 2
			result |= 1
			x = high
		} else {
			x = high<<1 | low>>63
		}
	}
	return result
}

// Exponent is how steeply a figure grows with the data, in units of 1/65536: the slope of the
// least-squares line through log2(figure) where each scale is twice the one before it. What
// is below floor counts as floor: nobody notices how that grows.
func Exponent(figures []int64, floor int64) int64 {
	n := int64(len(figures))
	if n < 2 || figures[n-1] <= floor {
		return 0
	}
	var numerator, denominator int64
	for i, figure := range figures {
		twice := 2*int64(i) - (n - 1) // twice the distance from the middle
		numerator += twice * Log2(max(figure, floor, 1))
		denominator += twice * twice
	}
	return 2 * numerator / denominator
}

// GrowthShare is the credit for an exponent: full up to a quarter above the reference's, none
// from that of the given query on, in hundredths.
func GrowthShare(exponent, reference, given int64) takehome.Fraction {
	goal := max(reference, 0) + One/4
	worst := max(given, goal+One/2)
	if exponent <= goal {
		return takehome.Full()
	}
	return hundredths(worst-exponent, worst-goal)
}

// Within is the credit for a cost in the unit of its budget: full up to the budget, none from
// twice the budget on, in hundredths.
func Within(cost, budget int64) takehome.Fraction {
	if cost <= budget {
		return takehome.Full()
	}
	return hundredths(2*budget-cost, max(budget, 1))
}

// Decimal writes a figure in units of 1/65536 with two digits: "1.03".
func Decimal(figure int64) string { return takehome.Frac(figure, One).Decimal(2) }
