package live

// typeRow is a type that a column can have.
type typeRow struct {
	OID            uint32
	Schema, Name   string
	Kind, Category string // pg_type.typtype, typcategory
	Base           uint32 // of a domain
	Modifier       int    // of a domain
	NotNull        bool
	Ours           bool `json:"Own"` // made by the submission
	Labels, Checks []string
}

type columnRow struct {
	Column
	Table, TypeOID uint32
}

type constraintRow struct {
	Table                    uint32
	Kind, Name               string
	Columns, TargetKey       []string
	TargetSchema, TargetName string
	OnDelete, OnUpdate       string
	Definition               string
	NullsNotDistinct         bool
	Deferrable, Valid        bool
}

type indexRow struct {
	Index
	Table      uint32
	All        []string // key columns, then included ones
	KeyColumns int
}

type triggerRow struct {
	Trigger
	Table uint32
}

// Every query returns one JSON object for a row, with the names of the Go fields. Texts
// that a stranger chose are cut. What belongs to an extension is not the submission's.
const (
	// ours is true for a namespace of the submission's.
	ours = ` n.nspname !~ '^pg_' and n.nspname <> 'information_schema' `

	typesQuery = `
select json_build_object('OID', t.oid::int8, 'Schema', n.nspname, 'Name', t.typname, 'Kind', t.typtype, 'Category', t.typcategory,
  'Base', t.typbasetype::int8, 'Modifier', t.typtypmod, 'NotNull', t.typnotnull,
  'Own', ` + ours + ` and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'),
  'Labels', (select json_agg(e.enumlabel order by e.enumsortorder) from (select * from pg_enum where enumtypid = t.oid order by enumsortorder limit 200) e),
  'Checks', (select json_agg(left(pg_get_constraintdef(k.oid), 2000) order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c'))
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype <> 'c' and (t.oid < 16384 and t.typtype in ('b', 'r', 'm') or t.oid >= 16384)
order by t.oid >= 16384, n.nspname, t.typname limit 6000`

	tablesQuery = `
select json_build_object('OID', c.oid::int8, 'Schema', n.nspname, 'Name', c.relname, 'Partitioned', c.relkind = 'p',
  'Unlogged', c.relpersistence = 'u', 'RowSecurity', c.relrowsecurity,
  'Rules', (select count(*) from pg_rewrite w where w.ev_class = c.oid and w.rulename <> '_RETURN'),
  'Comment', left(obj_description(c.oid, 'pg_class'), 2000))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and ` + ours + `
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname limit %d`

	columnsQuery = `
select json_build_object('Table', c.oid::int8, 'TypeOID', a.atttypid::int8, 'Name', a.attname, 'Number', a.attnum,
  'Type', left(format_type(a.atttypid, a.atttypmod), 200), 'Modifier', a.atttypmod, 'NotNull', a.attnotnull,
  'Default', case when a.attgenerated = '' then left(pg_get_expr(d.adbin, d.adrelid), 2000) end,
  'Identity', a.attidentity <> '', 'Generated', a.attgenerated <> '',
  'Collation', (select l.collname from pg_collation l where l.oid = a.attcollation and l.collname <> 'default'),
  'Comment', left(col_description(c.oid, a.attnum), 2000))
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and not c.relispartition and ` + ours + ` and a.attnum > 0 and not a.attisdropped
order by n.nspname, c.relname, a.attnum limit %d`

	constraintsQuery = `
select json_build_object('Table', k.conrelid::int8, 'Kind', k.contype, 'Name', k.conname,
  'Columns', (select json_agg(a.attname order by x.place) from unnest(k.conkey) with ordinality x(number, place)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.number),
  'TargetSchema', tn.nspname, 'TargetName', t.relname,
  'TargetKey', (select json_agg(a.attname order by x.place) from unnest(k.confkey) with ordinality x(number, place)
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.number),
  'OnDelete', trim(k.confdeltype::text), 'OnUpdate', trim(k.confupdtype::text),
  'Definition', left(pg_get_constraintdef(k.oid), 4000),
  'NullsNotDistinct', coalesce((select i.indnullsnotdistinct from pg_index i where i.indexrelid = k.conindid), false),
  'Deferrable', k.condeferrable, 'Valid', k.convalidated)
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = k.confrelid left join pg_namespace tn on tn.oid = t.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and ` + ours + ` and k.contype in ('p', 'u', 'f', 'c', 'x')
  and (k.contype <> 'f' or k.conparentid = 0)
order by n.nspname, c.relname, k.contype <> 'p', k.conname limit %d`

	indexesQuery = `
select json_build_object('Table', i.indrelid::int8, 'Name', x.relname, 'Method', m.amname, 'KeyColumns', i.indnkeyatts,
  'All', (select json_agg(coalesce(a.attname, '') order by k.place) from unnest(i.indkey::int2[]) with ordinality k(number, place)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number),
  'Definition', left(pg_get_indexdef(i.indexrelid), 4000),
  'Predicate', left(pg_get_expr(i.indpred, i.indrelid), 2000), 'Expression', left(pg_get_expr(i.indexprs, i.indrelid), 2000),
  'Unique', i.indisunique, 'Primary', i.indisprimary, 'Valid', i.indisvalid,
  'Constraint', exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')),
  'Classes', (select json_agg(o.opcname order by k.place) from unnest(i.indclass::oid[]) with ordinality k(class, place) join pg_opclass o on o.oid = k.class))
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and ` + ours + `
order by n.nspname, c.relname, x.relname limit %d`

	triggersQuery = `
select json_build_object('Table', t.tgrelid::int8, 'Name', t.tgname, 'Definition', left(pg_get_triggerdef(t.oid), 4000),
  'Function', json_build_object('Schema', fn.nspname, 'Name', f.proname))
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
join pg_proc f on f.oid = t.tgfoid join pg_namespace fn on fn.oid = f.pronamespace
where not t.tgisinternal and c.relkind in ('r', 'p') and not c.relispartition and ` + ours + `
order by n.nspname, c.relname, t.tgname limit %d`

	viewsQuery = `
select json_build_object('Schema', n.nspname, 'Name', c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and ` + ours + `
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname limit %d`

	routinesQuery = `
select json_build_object('Schema', n.nspname, 'Name', p.proname)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where ` + ours + ` and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by n.nspname, p.proname limit %d`

	extensionsQuery = `select to_json(extname) from pg_extension where extname <> 'plpgsql' order by extname`
)
