package tiny

import (
	"crypto/sha256"
	"math/rand/v2"
)

// dice makes the choices of one database. The same words make the same choices.
type dice struct{ *rand.Rand }

func newDice(words string) dice {
	return dice{rand.New(rand.NewChaCha8(sha256.Sum256([]byte(words))))} //nolint:gosec // it has to be repeatable
}

func (d dice) below(n int) int { return d.IntN(n) }

func (d dice) percent(of int) bool {
	const whole = 100
	return d.IntN(whole) < of
}

// pick returns one of the values, which are not empty.
func pick[T any](d dice, values []T) T { return values[d.below(len(values))] }
