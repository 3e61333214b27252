package shop

import "strings"

// Script makes the shop at its smallest size, for psql on a candidate's own machine. Its third
// line says how to make it larger.
func Script() string {
	var text strings.Builder
	text.WriteString(`-- The database of the shop at an eighth of the size at which queries are measured, for PostgreSQL 17:
--   createdb shop && psql -d shop -f shop.sql
-- For the full size put an 8 in the place of the 1 in the line that makes loading.scale(); 2 and 4 are possible, too.
\set ON_ERROR_STOP on
SET timezone = 'UTC';
`)
	for _, script := range load(1) {
		text.WriteString("\n" + script.SQL)
	}
	text.WriteString("\nVACUUM ANALYZE;\n")
	return text.String()
}
