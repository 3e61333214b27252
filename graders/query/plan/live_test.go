package plan

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

var update = flag.Bool("update", false, "run the queries anew and write the plans and the golden files")

// ground is a small skewed shop.
var ground = []string{
	`CREATE TABLE customers (id int PRIMARY KEY, country text NOT NULL)`,
	`CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, placed_on date NOT NULL, status text NOT NULL, note text)`,
	`CREATE TABLE order_lines (id int PRIMARY KEY, order_id int NOT NULL, amount int NOT NULL)`,
	`INSERT INTO customers SELECT i, CASE WHEN i % 50 = 0 THEN 'FR' ELSE 'DE' END FROM generate_series(1, 2000) i`,
	`INSERT INTO orders SELECT i, 1 + i * 7919 % 2000, date '2024-01-01' + i % 366, CASE WHEN i % 97 = 0 THEN 'open' ELSE 'paid' END, repeat('x', 80)
		FROM generate_series(1, 20000) i`,
	`INSERT INTO order_lines SELECT i, 1 + i % 20000, i * 31 % 500 FROM generate_series(1, 80000) i`,
	`CREATE INDEX orders_placed_on ON orders (placed_on)`,
	`CREATE INDEX order_lines_order_id ON order_lines (order_id) INCLUDE (amount)`,
	`CREATE FUNCTION few() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1 UNION ALL SELECT 2'`,
	`VACUUM (ANALYZE) customers`, `VACUUM (ANALYZE) orders`, `VACUUM (ANALYZE) order_lines`,
}

// queries have every kind of node and of sub-plan whose blocks are easily counted twice.
var queries = map[string]string{
	"scan":       `SELECT count(*) FROM order_lines l WHERE amount % 7 = 3`,
	"index-only": `SELECT sum(amount) FROM order_lines WHERE order_id BETWEEN 100 AND 200`,
	"join":       `SELECT c.country, sum(l.amount) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'open' GROUP BY c.country ORDER BY 2 DESC`,
	"left-join":  `SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'open' GROUP BY c.id`,
	"spill":      `SELECT * FROM (SELECT o.*, l.amount FROM orders o JOIN order_lines l ON l.order_id = o.id ORDER BY o.note, l.amount, l.id OFFSET 0) s OFFSET 79990`,
	"subplan":    `SELECT c.id, (SELECT sum(l.amount) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = c.id AND o.placed_on = '2024-02-03') FROM customers c WHERE c.country = 'FR'`,
	"not-in":     `SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_lines WHERE amount > 450)`,
	"init-plan":  `SELECT count(*) FROM orders WHERE placed_on = (SELECT max(placed_on) FROM orders WHERE status = 'open') LIMIT 1`,
	"init-list":  `SELECT id, (SELECT count(*) FROM order_lines WHERE amount = 7) FROM customers WHERE country = 'FR'`,
	"cte":        `WITH recent AS MATERIALIZED (SELECT * FROM orders WHERE placed_on > '2024-12-20') SELECT a.id, b.id FROM recent a JOIN recent b ON a.customer_id = b.customer_id WHERE a.id < b.id AND a.id > (SELECT min(id) FROM recent)`,
	"recursive":  `WITH RECURSIVE walk(id, depth) AS (SELECT 1, 0 UNION ALL SELECT o.id, depth + 1 FROM walk w JOIN orders o ON o.id = w.id * 3 WHERE depth < 20) SELECT * FROM walk`,
	"unwarned":   `SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id + 0 < 20000 AND c.id % 1 = 0 AND o.status || '' = 'paid'`,
	"offset":     `SELECT id FROM orders ORDER BY placed_on, id LIMIT 20 OFFSET 18000`,
	"window":     `SELECT id, sum(amount) OVER (PARTITION BY order_id ORDER BY id) FROM order_lines WHERE order_id < 40`,
	"set":        `SELECT customer_id FROM orders EXCEPT SELECT id FROM customers WHERE country = 'FR'`,
	"function":   `SELECT * FROM few() f JOIN generate_series(1, 10) g ON g = f`,
	"never-run":  `SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = -1`,
	"backward":   `SELECT * FROM orders WHERE placed_on < '2024-05-01' ORDER BY placed_on DESC LIMIT 3`,
	"strange":    `SELECT count(*) FROM customers AS "</pre><script>alert('x')</script>"`,
}

// The parts of a plan add up to the whole on a real server, whatever is attached where.
func TestRealPlansAddUp(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{Patience: 5 * time.Minute, Settings: map[string]string{
		"jit": "off", "max_parallel_workers_per_gather": "0", "work_mem": "1MB",
	}})
	require.NoError(t, err)
	for _, statement := range ground {
		answer, err := owner.Run(t.Context(), statement)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, "%s", statement)
	}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		var twice []Counts
		for range 3 {
			answer, err := owner.Run(t.Context(), Explain+queries[name])
			require.NoError(t, err)
			require.Nil(t, answer.Refusal, "%s: %+v", name, answer.Refusal)
			explained := []byte(answer.Text(0, 0))
			reading, err := Read(explained, Options{BigTables: []string{"orders", "order_lines"}})
			require.NoError(t, err, name)
			requireAddsUp(t, reading, name)
			twice = append(twice, reading.Counts)
			if *update {
				require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".json"), explained, 0o600))
			}
		}
		require.Equal(t, twice[1], twice[2], "%s: the counts are the same in every run", name)
	}
}

// requireAddsUp checks what holds for every true plan.
func requireAddsUp(t *testing.T, reading Reading, name string) {
	t.Helper()
	var sum Counts
	for _, each := range reading.Operations {
		require.GreaterOrEqual(t, each.Own.Buffers, int64(0), name)
		sum.Buffers += each.Own.Buffers
		sum.Temp += each.Own.Temp
		sum.Rows += each.Own.Rows
	}
	require.Equal(t, reading.Counts.Buffers, sum.Buffers, "%s: buffers", name)
	require.Equal(t, reading.Counts.Temp, sum.Temp, "%s: temp", name)
	require.Equal(t, reading.Counts.Rows, sum.Rows, "%s: rows", name)
	require.Equal(t, 1000, perMille(reading.Plan.Root), name)
}

func perMille(n takehome.PlanNode) int {
	total := n.PerMille
	for _, child := range n.Children {
		total += perMille(child)
	}
	return total
}
