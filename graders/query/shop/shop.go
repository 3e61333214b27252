// Package shop is the data that the query challenges share: the database of an online shop
// at four sizes, each twice the one before. At the largest it holds 1.5 million order lines.
//
// Its rows are hashes of their numbers, so that every load gives the same ones, and uneven
// on purpose: few products sell most, statuses are rare or old, prices change at the same
// instant, a city lies in one country, and every column that may be NULL is.
package shop

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

//go:embed sql
var files embed.FS

// scripts are the files in the order in which they run. The keys come last: a table is
// filled several times faster without them.
func scripts() []string {
	return []string{"tables", "dice", "catalogue", "sales", "reviews", "keys"}
}

// memory is what the four databases take (650 MB) and what a submission may put beside them.
const memory = 1 << 30

// Dataset is the shop as the databases shop_1, shop_2, shop_4 and shop_8, each owned as a
// submission's own database is.
func Dataset() *takehome.Dataset {
	dataset := &takehome.Dataset{Name: "shop", MemoryBytes: memory}
	digest := sha256.New()
	for _, scale := range []int{1, 2, 4, 8} {
		database := takehome.PreparedDatabase{Name: fmt.Sprintf("shop_%d", scale), Scripts: load(scale)}
		for _, script := range database.Scripts {
			_, _ = fmt.Fprintf(digest, "%s %s %d\n%s\n", database.Name, script.File, len(script.SQL), script.SQL)
		}
		dataset.Databases = append(dataset.Databases, database)
	}
	dataset.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return dataset
}

// Schema makes the empty tables with their keys and indexes.
func Schema() []takehome.Script {
	return []takehome.Script{{File: "tables.sql", SQL: text("tables")}, {File: "keys.sql", SQL: text("keys")}}
}

// load lists the scripts of one size. What they are made with is in a schema of its own,
// which goes when the data is there.
func load(scale int) []takehome.Script {
	begin := fmt.Sprintf(`CREATE SCHEMA loading;
CREATE FUNCTION loading.scale() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %d;
`, scale)
	list := []takehome.Script{{File: "begin.sql", SQL: begin}}
	for _, name := range scripts() {
		list = append(list, takehome.Script{File: name + ".sql", SQL: text(name)})
	}
	return append(list, takehome.Script{File: "end.sql", SQL: "DROP SCHEMA loading CASCADE;\n"})
}

func text(name string) string {
	content, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		return "" // it is embedded; a test reads all of them
	}
	return string(content)
}

// Script is the whole shop at the smallest size as one script for psql: what a candidate
// works with.
func Script() string {
	var script strings.Builder
	script.WriteString(heading)
	for _, part := range load(1) {
		script.WriteString(part.SQL + "\n")
	}
	script.WriteString("VACUUM ANALYZE;\n")
	return script.String()
}

// heading stands above the line that holds the size.
const heading = `-- The shop, at an eighth of the size at which submissions are measured. Load it with
--   createdb shop && psql --dbname=shop --file=shop.sql
-- The number in the next function is the size: write 2, 4 or 8 for more. Use PostgreSQL 17.
SET timezone = 'UTC';
SET client_min_messages = warning;
`
