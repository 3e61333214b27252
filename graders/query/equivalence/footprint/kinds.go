package footprint

// kind is one kind of object and how its objects are found: a statement with their key, the
// name to show, and the facts about them that have to stay.
type kind struct {
	word  string
	why   string // they are not allowed, unless a challenge says so
	facts []string
	sql   string
}

// Parts of the statements. What an extension brought is the extension's, and not listed.
const (
	ownSchema = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg\_temp\_%' and n.nspname not like 'pg\_toast\_temp\_%'`
	noMember  = ` and not exists (select from pg_catalog.pg_depend d where d.classid = x.tableoid and d.objid = x.oid and d.deptype = 'e')`
	qualified = `n.nspname || '.' || `
	shown     = `case n.nspname when 'public' then '' else n.nspname || '.' end || `
)

// relation finds what pg_class holds of some kinds.
func relation(relkinds string) string {
	return `select ` + qualified + `x.relname, ` + shown + `x.relname, x.oid, x.relpersistence, x.relowner, x.relrowsecurity or x.relforcerowsecurity,
  x.reloptions, x.relispartition, x.relkind,
  (select pg_catalog.string_agg(i.inhparent::text, ' ' order by i.inhseqno) from pg_catalog.pg_inherits i where i.inhrelid = x.oid),
  case when x.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(x.oid) end
from pg_catalog.pg_class x join pg_catalog.pg_namespace n on n.oid = x.relnamespace
where x.relkind in (` + relkinds + `) and ` + ownSchema + noMember
}

// relationFacts are what relation selects.
func relationFacts() []string {
	return []string{"another one of its name", "persistence", "owner", "row security", "options", "partition", "kind", "inheritance", "definition"}
}

// named finds the objects of a catalog that have a name and a schema.
func named(catalog, name, schema, condition string) string {
	return `select ` + qualified + name + `, ` + shown + name + `, x.oid from pg_catalog.` + catalog + ` x join pg_catalog.pg_namespace n on n.oid = x.` + schema +
		` where ` + ownSchema + condition + noMember
}

// global finds the objects of a catalog that belong to no schema and that did not come with
// the server.
func global(catalog, name string) string {
	return `select ` + name + `::text, ` + name + `::text, x.oid from pg_catalog.` + catalog + ` x where x.oid >= 16384` + noMember
}

// ofTable finds the objects of a catalog that belong to a table.
func ofTable(columns, catalog, table, condition string) string {
	return `select ` + qualified + `c.relname || '.' || ` + columns + ` from pg_catalog.` + catalog +
		` x join pg_catalog.pg_class c on c.oid = x.` + table + ` join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ` + ownSchema + condition
}

// kinds lists what is looked at. Their words are those of a challenge's permissions.
func kinds() []kind {
	const (
		// Postgres documents no other options of columns; servers keep notes of their own there.
		distinct = `from pg_catalog.unnest(x.attoptions) o where o like 'n\_distinct%'`

		other   = "the data set is given: a query is to be made fast on it as it is"
		names   = "it can give another meaning to a name or an operator that queries use"
		kept    = "an answer that is kept is not computed from the data"
		code    = "code that runs on reading or writing can change what a query means"
		nothing = "it has nothing to do with a query"
	)
	return []kind{
		{"schema", names, []string{"owner"}, `select n.nspname, n.nspname, n.nspowner from pg_catalog.pg_namespace n where ` + ownSchema},
		{"table", other, relationFacts(), relation(`'r', 'p'`)},
		{"view", names, relationFacts(), relation(`'v'`)},
		{"materialized_view", kept, relationFacts(), relation(`'m'`)},
		{"sequence", nothing, relationFacts(), relation(`'S'`)},
		{"foreign_table", other, relationFacts(), relation(`'f'`)},
		{
			"storage", "the rows of the table were written anew",
			[]string{"file"},
			`select ` + qualified + `x.relname, ` + shown + `x.relname, x.relfilenode from pg_catalog.pg_class x join pg_catalog.pg_namespace n on n.oid = x.relnamespace where x.relkind = 'r' and ` + ownSchema + noMember,
		},
		{"column", other, []string{"number", "type", "NOT NULL", "default", "generated", "identity", "collation", "storage", "compression"}, ofTable(
			`x.attname, `+shown+`c.relname || '.' || x.attname, x.attnum, pg_catalog.format_type(x.atttypid, x.atttypmod), x.attnotnull,
  (select pg_catalog.pg_get_expr(v.adbin, v.adrelid) from pg_catalog.pg_attrdef v where v.adrelid = x.attrelid and v.adnum = x.attnum),
  x.attgenerated, x.attidentity, x.attcollation, x.attstorage, x.attcompression`,
			`pg_attribute`, `attrelid`, ` and c.relkind in ('r', 'p') and x.attnum > 0 and not x.attisdropped`)},
		{"statistics_target", "the planner is told how much to know", []string{"target"}, ofTable(
			`x.attnum, `+shown+`c.relname || '.' || x.attname, x.attstattarget`, `pg_attribute`, `attrelid`,
			` and c.relkind in ('r', 'p', 'i') and x.attnum > 0 and not x.attisdropped and coalesce(x.attstattarget, -1) >= 0`)},
		{"column_option", "the planner is told something other than what is there", []string{"options"}, ofTable(
			`x.attnum, `+shown+`c.relname || '.' || x.attname, (select pg_catalog.string_agg(o, ' ' order by o) `+distinct+`)`, `pg_attribute`, `attrelid`,
			` and c.relkind in ('r', 'p') and x.attnum > 0 and not x.attisdropped and exists (select `+distinct+`)`)},
		{"index", "the challenge asks to do without", []string{"definition", "validity"}, `select ` + qualified + `i.relname, ` + shown + `i.relname || ' on ' || c.relname,
  pg_catalog.pg_get_indexdef(x.indexrelid), x.indisvalid from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_class c on c.oid = x.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ` + ownSchema},
		{"constraint", "it demands of the rows what the schema does not", []string{"definition", "validity"}, ofTable(
			`x.conname, `+shown+`c.relname || '.' || x.conname, pg_catalog.pg_get_constraintdef(x.oid), x.convalidated`, `pg_constraint`, `conrelid`, ` and x.contype <> 't'`)},
		{"trigger", code, []string{"definition", "state"}, ofTable(
			`x.tgname, `+shown+`c.relname || '.' || x.tgname, pg_catalog.pg_get_triggerdef(x.oid), x.tgenabled`, `pg_trigger`, `tgrelid`, ` and not x.tgisinternal`)},
		{"rule", code, []string{"definition", "state"}, ofTable(
			`x.rulename, `+shown+`c.relname || '.' || x.rulename, pg_catalog.pg_get_ruledef(x.oid), x.ev_enabled`, `pg_rewrite`, `ev_class`, ` and x.rulename <> '_RETURN'`)},
		{"policy", code, identity(), ofTable(`x.polname, `+shown+`c.relname || '.' || x.polname, x.oid`, `pg_policy`, `polrelid`, ``)},
		{"extended_statistics", "the challenge asks to do without", []string{"definition", "target"}, `select ` + qualified + `x.stxname, ` + shown + `x.stxname,
  pg_catalog.pg_get_statisticsobjdef(x.oid), x.stxstattarget from pg_catalog.pg_statistic_ext x join pg_catalog.pg_namespace n on n.oid = x.stxnamespace where ` + ownSchema},
		{"function", code, []string{"another one of its name", "body", "language", "volatility"}, `select x.oid::regprocedure::text, ` + shown + `x.proname, x.oid, x.prosrc, x.prolang, x.provolatile
  from pg_catalog.pg_proc x join pg_catalog.pg_namespace n on n.oid = x.pronamespace where ` + ownSchema + noMember},
		{"operator", names, []string{"another one of its name", "function"}, `select x.oid::regoperator::text, ` + shown + `x.oprname, x.oid, x.oprcode from pg_catalog.pg_operator x
  join pg_catalog.pg_namespace n on n.oid = x.oprnamespace where ` + ownSchema + noMember},
		{"cast", names, identity(), global(`pg_cast`, `pg_catalog.format_type(x.castsource, null) || ' to ' || pg_catalog.format_type(x.casttarget, null)`)},
		{"type", names, identity(), named(`pg_type`, `x.typname`, `typnamespace`,
			` and x.typcategory <> 'A' and (x.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = x.typrelid and c.relkind = 'c'))`)},
		{"collation", names, identity(), named(`pg_collation`, `x.collname`, `collnamespace`, ``)},
		{"conversion", names, identity(), named(`pg_conversion`, `x.conname`, `connamespace`, ``)},
		{"operator_class", names, identity(), named(`pg_opclass`, `x.opcname`, `opcnamespace`, ``)},
		{"operator_family", names, identity(), named(`pg_opfamily`, `x.opfname`, `opfnamespace`, ``)},
		{"text_search_configuration", names, identity(), named(`pg_ts_config`, `x.cfgname`, `cfgnamespace`, ``)},
		{"text_search_dictionary", names, identity(), named(`pg_ts_dict`, `x.dictname`, `dictnamespace`, ``)},
		{"extension", names, []string{"version"}, `select x.extname, x.extname, x.extversion from pg_catalog.pg_extension x`},
		{"language", code, identity(), global(`pg_language`, `x.lanname`)},
		{"event_trigger", code, identity(), global(`pg_event_trigger`, `x.evtname`)},
		{"foreign_server", other, identity(), global(`pg_foreign_server`, `x.srvname`)},
		{"publication", nothing, identity(), global(`pg_publication`, `x.pubname`)},
		{"default_privilege", nothing, identity(), global(`pg_default_acl`, `x.defaclobjtype`)},
		{"large_object", kept, []string{"owner"}, `select 'large object ' || pg_catalog.row_number() over (order by x.oid), 'large object ' || pg_catalog.row_number() over (order by x.oid), x.lomowner from pg_catalog.pg_largeobject_metadata x`},
		{
			"setting", "settings belong into settings.sql",
			[]string{"value"},
			`select x.setdatabase || ' ' || x.setrole || ' ' || pg_catalog.split_part(c, '=', 1), pg_catalog.split_part(c, '=', 1), c
  from pg_catalog.pg_db_role_setting x, pg_catalog.unnest(x.setconfig) c`,
		},
	}
}

// identity is for what is not looked into: that it is the same object has to do.
func identity() []string { return []string{"another one of its name"} }

// reason says why a change is not allowed.
func reason(of string, action Action) string {
	for _, each := range kinds() {
		switch {
		case each.word != of:
		case action == Dropped && of == "index":
			return "an index that was there may serve other queries"
		case action == Added:
			return each.why
		case of == "storage":
			return each.why
		default:
			return "what was there has to stay as it was"
		}
	}
	return ""
}
