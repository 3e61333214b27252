package equivalence_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
)

// rewrite is a task with what people make of it.
type rewrite struct {
	task
	wrong map[string]string // by the mistake that is made
	right map[string]string
}

// rewrites are the classic ones, wrong and right.
func rewrites() map[string]rewrite {
	return map[string]rewrite{
		"customers that are not blocked": {
			task: task{given: `select id from customers where id not in (select customer_id from blocked)`},
			wrong: map[string]string{
				"NOT EXISTS on a column that may be NULL": `select id from customers c where not exists (select from blocked b where b.customer_id = c.id)`,
				"an outer join that multiplies":           `select c.id from customers c left join blocked b on b.customer_id <> c.id where b.customer_id is null`,
			},
			right: map[string]string{
				"NULL looked at": `select id from customers c where not exists (select from blocked b where b.customer_id = c.id or b.customer_id is null)`,
				"EXCEPT, with NULL looked at": `select id from customers where not exists (select from blocked where customer_id is null)
					except select customer_id from blocked`,
			},
		},
		"orders of each customer": {
			task: task{given: `select c.id, c.name, (select count(*) from orders o where o.customer_id = c.id) as orders,
				(select coalesce(sum(o.total), 0) from orders o where o.customer_id = c.id) as total from customers c`},
			wrong: map[string]string{
				"inner for outer join": `select c.id, c.name, count(*), coalesce(sum(o.total), 0) from customers c join orders o on o.customer_id = c.id group by c.id, c.name`,
				"count(*) over an outer join": `select c.id, c.name, count(*), coalesce(sum(o.total), 0)
					from customers c left join orders o on o.customer_id = c.id group by c.id, c.name`,
				"NULL for the sum of nothing": `select c.id, c.name, count(o.id), sum(o.total) from customers c left join orders o on o.customer_id = c.id group by c.id, c.name`,
				"count of a column that may be NULL": `select c.id, c.name, count(o.total), coalesce(sum(o.total), 0)
					from customers c left join orders o on o.customer_id = c.id group by c.id, c.name`,
				"grouped by what is not a key": `select min(c.id), c.name, count(o.id), coalesce(sum(o.total), 0)
					from customers c left join orders o on o.customer_id = c.id group by c.name`,
				"sum over a fan-out": `select c.id, c.name, count(distinct o.id), coalesce(sum(o.total), 0) from customers c
					left join orders o on o.customer_id = c.id left join lines l on l.order_id = o.id group by c.id, c.name`,
			},
			right: map[string]string{
				"an outer join": `select c.id, c.name, count(o.id), coalesce(sum(o.total), 0) from customers c
					left join orders o on o.customer_id = c.id group by c.id, c.name order by c.name`,
				"summed up before the join": `with o as (select customer_id, count(*) as n, sum(total) as s from orders group by 1)
					select id, name, coalesce(n, 0)::int, coalesce(s, 0.000) from customers left join o on customer_id = id`,
			},
		},
		"orders of a day": {
			task: task{
				given: `select id, placed_at from orders where date_trunc('day', placed_at) = $1 order by placed_at`,
				types: []string{"timestamptz"}, sets: [][]database.Value{values("2024-05-31")}, order: []rows.Key{{Column: "placed_at"}},
			},
			wrong: map[string]string{
				"BETWEEN takes the next midnight":      `select id, placed_at from orders where placed_at between $1 and $1 + interval '1 day' order by placed_at`,
				"BETWEEN ends a second before it":      `select id, placed_at from orders where placed_at between $1 and $1 + interval '1 day' - interval '1 second' order by placed_at`,
				"without the first moment":             `select id, placed_at from orders where placed_at > $1 and placed_at < $1 + interval '1 day' order by placed_at`,
				"not in order":                         `select id, placed_at from orders where placed_at >= $1 and placed_at < $1 + interval '1 day' order by id`,
				"in the opposite order":                `select id, placed_at from orders where placed_at >= $1 and placed_at < $1 + interval '1 day' order by placed_at desc`,
				"the day of another time zone":         `select id, placed_at from orders where (placed_at at time zone 'Europe/Berlin')::date = $1::date order by placed_at`,
				"a month instead of a day":             `select id, placed_at from orders where placed_at >= $1 and placed_at < $1 + interval '1 month' order by placed_at`,
				"the instant as a text, without micro": `select id, placed_at::text from orders where placed_at >= $1 and placed_at < $1 + interval '1 day' order by placed_at`,
			},
			right: map[string]string{
				"half-open range":              `select id, placed_at from orders where placed_at >= $1 and placed_at < $1 + interval '1 day' order by placed_at`,
				"half-open range, ties broken": `select id, placed_at from orders where placed_at >= $1 and placed_at < $1 + interval '1 day' order by placed_at, id desc`,
				"a date that is compared":      `select id, placed_at from orders where (placed_at at time zone 'UTC')::date = ($1 at time zone 'UTC')::date order by placed_at`,
			},
		},
		"customers with an order that was paid": {
			task: task{given: `select c.id, c.country from customers c where (select count(*) from orders o where o.customer_id = c.id and o.status = 'paid') > 0`},
			wrong: map[string]string{
				"a join that multiplies":     `select c.id, c.country from customers c join orders o on o.customer_id = c.id where o.status = 'paid'`,
				"LIKE without regard to A":   `select c.id, c.country from customers c where exists (select from orders o where o.customer_id = c.id and o.status ilike 'paid')`,
				"spaces that do not count":   `select c.id, c.country from customers c where exists (select from orders o where o.customer_id = c.id and rtrim(o.status) = 'paid')`,
				"condition at the wrong end": `select distinct c.id, c.country from customers c left join orders o on o.customer_id = c.id and o.status = 'paid'`,
				"DISTINCT of what is no key": `select distinct on (c.country) c.id, c.country from customers c join orders o on o.customer_id = c.id where o.status = 'paid' order by c.country, c.id`,
			},
			right: map[string]string{
				"EXISTS":                `select c.id, c.country from customers c where exists (select from orders o where o.customer_id = c.id and o.status = 'paid')`,
				"IN":                    `select id, country from customers where id in (select customer_id from orders where status = 'paid')`,
				"DISTINCT with a key":   `select distinct c.id, c.country from customers c join orders o on o.customer_id = c.id where o.status = 'paid'`,
				"other names and types": `select c.id::numeric as number, c.country::varchar as land from customers c where exists (select from orders o where o.customer_id = c.id and o.status = 'paid')`,
			},
		},
		"orders that are not paid": {
			task: task{given: `select id from payments where method <> 'card' or method is null union select order_id from lines where quantity > 2`},
			wrong: map[string]string{
				"UNION ALL":               `select id from payments where method <> 'card' or method is null union all select order_id from lines where quantity > 2`,
				"<> loses NULL":           `select id from payments where method <> 'card' union select order_id from lines where quantity > 2`,
				">= for >":                `select id from payments where method <> 'card' or method is null union select order_id from lines where quantity >= 2`,
				"a prefix instead of all": `select id from payments where method not like 'card%' or method is null union select order_id from lines where quantity > 2`,
			},
			right: map[string]string{
				"IS DISTINCT FROM": `select id from payments where method is distinct from 'card' union select order_id from lines where quantity > 2`,
			},
		},
		"price that is valid": {
			task: task{
				given: `select l.order_id, l.line_no, p.price from lines l join orders o on o.id = l.order_id
					left join prices p on p.sku = l.sku and p.valid_from = (select max(x.valid_from) from prices x where x.sku = l.sku and x.valid_from <= o.placed_at)`,
			},
			wrong: map[string]string{
				"loses lines before the first price": `select l.order_id, l.line_no, p.price from lines l join orders o on o.id = l.order_id
					join lateral (select price from prices x where x.sku = l.sku and x.valid_from <= o.placed_at order by valid_from desc limit 1) p on true`,
				"one of two that tie": `select l.order_id, l.line_no, p.price from lines l join orders o on o.id = l.order_id
					left join lateral (select price from prices x where x.sku = l.sku and x.valid_from <= o.placed_at order by valid_from desc limit 1) p on true`,
				"not yet valid at midnight": `select l.order_id, l.line_no, p.price from lines l join orders o on o.id = l.order_id
					left join lateral (select price from prices x where x.sku = l.sku and x.valid_from < o.placed_at order by valid_from desc fetch first 1 row with ties) p on true`,
			},
			right: map[string]string{
				"LATERAL with ties": `select l.order_id, l.line_no, p.price from lines l join orders o on o.id = l.order_id
					left join lateral (select price from prices x where x.sku = l.sku and x.valid_from <= o.placed_at order by valid_from desc fetch first 1 row with ties) p on true`,
			},
		},
		"running total": {
			task: task{given: `select a.id, (select sum(b.amount) from payments b where b.order_id = a.order_id and b.amount <= a.amount) as total from payments a`},
			wrong: map[string]string{
				"ROWS for RANGE":        `select id, sum(amount) over (partition by order_id order by amount rows unbounded preceding) from payments`,
				"NULL is a group":       `select id, sum(amount) over (partition by order_id order by amount) from payments`,
				"the whole group":       `select id, case when order_id is not null then sum(amount) over (partition by order_id) end from payments`,
				"an order of its own":   `select id, case when order_id is not null then sum(amount) over (partition by order_id order by amount, id) end from payments`,
				"without the partition": `select id, case when order_id is not null then sum(amount) over (order by amount) end from payments`,
			},
			right: map[string]string{
				"RANGE, and NULL left out": `select id, case when order_id is not null then sum(amount) over (partition by order_id order by amount) end from payments`,
			},
		},
		"averages": {
			task: task{given: `select sku, avg(quantity) as mean, count(distinct order_id) as orders from lines group by sku having count(*) > 1`},
			wrong: map[string]string{
				"integer division":   `select sku, sum(quantity) / count(*), count(distinct order_id) from lines group by sku having count(*) > 1`,
				"count for distinct": `select sku, avg(quantity), count(order_id) from lines group by sku having count(*) > 1`,
				"WHERE for HAVING":   `select sku, avg(quantity), count(distinct order_id) from lines where quantity > 1 group by sku`,
				"HAVING of another":  `select sku, avg(quantity), count(distinct order_id) from lines group by sku having count(distinct order_id) > 1`,
				"mean of means": `select sku, avg(m), count(*) from (select sku, order_id, avg(quantity) as m, count(*) as n from lines group by sku, order_id) x
					group by sku having sum(n) > 1`,
			},
			right: map[string]string{
				"sum and count": `select sku, sum(quantity)::numeric / count(*), count(distinct order_id) from lines group by sku having count(*) >= 2`,
				"as a float":    `select sku, avg(quantity::float8), count(distinct order_id) from lines group by sku having count(*) >= 2`,
			},
		},
		"numbers in texts": {
			task: task{given: `select id, method from payments where method = '7'`},
			wrong: map[string]string{
				"leading zeros are cast away": `select id, method from payments where method ~ '^[0-9]+$' and method::int = 7`,
				"a pattern":                   `select id, method from payments where method like '%7'`,
			},
			right: map[string]string{"IN": `select id, method from payments where method in ('7')`},
		},
		"the largest orders": {
			task: task{
				given:     `select id, total from orders where total is not null order by total desc limit 2`,
				unlimited: `select id, total from orders where total is not null order by total desc`,
				order:     []rows.Key{{Column: "total", Descending: true}},
			},
			wrong: map[string]string{
				"NULL is the largest":               `select id, total from orders order by total desc limit 2`,
				"the smallest":                      `select id, total from orders where total is not null order by total limit 2`,
				"one more":                          `select id, total from orders where total is not null order by total desc fetch first 2 rows with ties`,
				"DISTINCT":                          `select distinct on (total) id, total from orders where total is not null order by total desc limit 2`,
				"the right keys, not of these rows": `select max(id) over (), total from orders where total is not null order by total desc limit 2`,
			},
			right: map[string]string{
				"another of those that tie": `select id, total from orders where total is not null order by total desc, id limit 2`,
				"and another":               `select id, total from orders where total is not null order by total desc, id desc limit 2`,
			},
		},
		"pages": {
			task: task{
				given: `select id, placed_at from orders where (placed_at, id) > ($1, $2) order by placed_at, id limit 3`,
				types: []string{"timestamptz", "bigint"}, sets: [][]database.Value{values("2024-05-31", "3")},
				order: []rows.Key{{Column: "placed_at"}, {Column: "id"}},
			},
			wrong: map[string]string{
				"a page without a tie-breaker":    `select id, placed_at from orders where placed_at > $1 order by placed_at, id limit 3`,
				"both keys on their own":          `select id, placed_at from orders where placed_at >= $1 and id > $2 order by placed_at, id limit 3`,
				"the last row of the page before": `select id, placed_at from orders where (placed_at, id) >= ($1, $2) order by placed_at, id limit 3`,
			},
			right: map[string]string{
				"the keys spelled out": `select id, placed_at from orders where placed_at >= $1 and (placed_at > $1 or id > $2) order by placed_at, id limit 3`,
			},
		},
	}
}

func TestRewrites(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	for name, each := range rewrites() {
		t.Run(name, func(t *testing.T) {
			for seed := range 5 {
				cases := shop.cases(t, each.task, strconv.Itoa(seed))
				again := cases
				if seed == 0 { // made anew, they are the same
					again = shop.cases(t, each.task, "0")
				}
				require.Greater(t, len(cases), 190)
				for mistake, query := range each.wrong {
					verdict := shop.small(t, each.task, cases, query)
					require.Equal(t, equivalence.Different, verdict.Outcome, "%s: %+v", mistake, verdict)
					require.NotNil(t, verdict.Counterexample, mistake)
					if seed == 0 {
						require.Equal(t, verdict, shop.small(t, each.task, again, query), "another counterexample: %s", mistake)
					}
				}
				if seed > 0 {
					continue
				}
				for idea, query := range each.right {
					verdict := shop.small(t, each.task, cases, query)
					require.Equal(t, equivalence.Equal, verdict.Outcome, "%s: %+v %+v", idea, verdict, verdict.Counterexample)
				}
			}
		})
	}
}
