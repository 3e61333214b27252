package equivalence_test

import (
	"testing"
	"time"
)

func TestTiming(t *testing.T) {
	shop := openShop(t)
	for name, each := range rewrites() {
		start := time.Now()
		dbs := shop.databases(t, each.task, "1")
		m := time.Since(start)
		start = time.Now()
		cases := shop.cases(t, each.task, "1")
		a := time.Since(start)
		start = time.Now()
		shop.small(t, each.task, cases, each.given)
		b := time.Since(start)
		t.Log(name, len(dbs), m, a, b)
	}
}
