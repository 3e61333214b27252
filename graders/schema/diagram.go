package schema

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/notation"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
)

// diagramFacts are the submission's own diagram and how far it shows the live schema.
type diagramFacts struct {
	live     erd.Model
	found    notation.Found
	best     notation.Diagram
	compared erd.Comparison
	readable bool // there is a best one
}

// lookAtDiagram finds the diagrams of the submission and compares the best of them with the schema.
func (r *grading) lookAtDiagram() error {
	root, err := os.OpenRoot(r.session.Submission.Dir)
	if err != nil {
		return fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }()
	r.diagram.live = diagramOf(r.schema, r.mapping)
	if r.diagram.found, err = notation.Find(root.FS()); err != nil {
		return err
	}
	r.diagram.best, r.diagram.compared, r.diagram.readable = r.diagram.found.Best(r.diagram.live)
	if len(r.schema.Tables) > 0 {
		r.out.Exhibits = append(r.out.Exhibits, r.diagram.exhibit())
	}
	return nil
}

// diagramOf is a live schema as a diagram: tables with their columns, foreign keys as lines
// whose ends say what DDL can say.
func diagramOf(schema live.Schema, mapped mapping.Mapping) erd.Model {
	roles, fields := rolesOf(mapped), fieldsOf(mapped)
	var model erd.Model
	for _, table := range schema.Tables[:min(len(schema.Tables), notation.MaxEntities)] {
		entity := erd.Entity{
			Name: table.String(), Also: roles[table.Name], Core: isCore(table.Name, mapped), Technical: isBookkeeping(table.Name.Name),
			Note: table.Comment,
		}
		for _, column := range table.Columns[:min(len(table.Columns), maxColumns)] {
			entity.Attributes = append(entity.Attributes, attributeOf(table, column, entity.Core, fields))
		}
		model.Entities = append(model.Entities, entity)
		for _, key := range table.ForeignKeys {
			if _, known := schema.Table(key.Target); known {
				model.Relations = append(model.Relations, relationOf(table, key))
			}
		}
	}
	for _, soft := range mapped.SoftKeys {
		model.Relations = append(model.Relations, erd.Relation{
			From: erd.End{Entity: soft.Table.String(), Attributes: []string{soft.Column}, Cardinality: erd.Cardinality{Most: erd.Several}},
			To:   erd.End{Entity: soft.Target.String(), Attributes: []string{soft.TargetColumn}, Cardinality: erd.Cardinality{Most: erd.AtMostOne}},
			Soft: true,
		})
	}
	for _, view := range schema.Views {
		model.Others = append(model.Others, view.String())
	}
	for _, enum := range schema.Enums {
		model.Others = append(model.Others, enum.String())
	}
	for _, domain := range schema.Domains {
		model.Others = append(model.Others, domain.String())
	}
	return model
}

// maxColumns is how many columns of a table a diagram knows.
const maxColumns = 300

// columnOf is a column with its table.
type columnOf struct {
	table  live.Name
	column string
}

// rolesOf are the parts that tables play, as other names for them: a diagram may say Customer
// where the schema says t_01.
func rolesOf(mapped mapping.Mapping) map[live.Name][]string {
	roles := map[live.Name][]string{}
	for _, role := range slices.Concat(mapping.Core(), mapping.Secondary()) {
		if table, ok := mapped.Table(role); ok {
			roles[table] = append(roles[table], string(role))
		}
	}
	return roles
}

func isCore(table live.Name, mapped mapping.Mapping) bool {
	return slices.ContainsFunc(mapping.Core(), func(role mapping.Role) bool {
		name, ok := mapped.Table(role)
		return ok && name == table
	})
}

// fieldsOf are the columns that mean something to a shop. Keys and dates of bookkeeping are
// left out: what a diagram has to show of them is looked at apart, or not at all.
func fieldsOf(mapped mapping.Mapping) map[columnOf]bool {
	fields := map[columnOf]bool{}
	for _, columns := range mapped.Columns {
		for field, choice := range columns {
			if field != mapping.Key && field != mapping.CreatedAt && field != mapping.DeletedAt {
				fields[columnOf{choice.Table, choice.Column}] = true
			}
		}
	}
	return fields
}

func attributeOf(table live.Table, column live.Column, core bool, fields map[columnOf]bool) erd.Attribute {
	attribute := erd.Attribute{
		Name: column.Name, Type: shortType(column.Type), Required: column.NotNull,
		Primary: slices.Contains(table.PrimaryKey(), column.Name),
		Unique:  slices.ContainsFunc(uniqueKeys(table), func(key []string) bool { return len(key) == 1 && key[0] == column.Name }),
		Foreign: slices.ContainsFunc(table.ForeignKeys, func(key live.ForeignKey) bool { return slices.Contains(key.Columns, column.Name) }),
	}
	attribute.Essential = fields[columnOf{table.Name, column.Name}] || !core && !isRoutine(column.Name)
	return attribute
}

// relationOf says what DDL can say of both ends: whether the reference may be empty, and
// whether one row may be referred to by several.
func relationOf(table live.Table, key live.ForeignKey) erd.Relation {
	relation := erd.Relation{
		From: erd.End{Entity: table.String(), Attributes: key.Columns, Cardinality: erd.Cardinality{Most: erd.Several}},
		To:   erd.End{Entity: key.Target.String(), Attributes: key.TargetKey, Cardinality: erd.Cardinality{Least: erd.AtLeastOne, Most: erd.AtMostOne}},
	}
	for _, name := range key.Columns {
		if column, _ := table.Column(name); !column.NotNull {
			relation.To.Cardinality.Least = erd.MayBeNone
		}
	}
	for _, unique := range uniqueKeys(table) {
		if !slices.ContainsFunc(unique, func(column string) bool { return !slices.Contains(key.Columns, column) }) {
			relation.From.Cardinality.Most = erd.AtMostOne
		}
	}
	relation.Optional = !slices.ContainsFunc(key.Columns, func(column string) bool { return !isAuthor(column) })
	return relation
}

// isAuthor reports whether a column says who wrote a row, which few diagrams draw.
func isAuthor(column string) bool {
	return slices.Contains([]string{
		"created_by", "updated_by", "modified_by", "deleted_by", "changed_by", "last_modified_by", "created_by_id", "updated_by_id",
	}, strings.ToLower(column))
}

// uniqueKeys are the sets of columns of which no two rows hold the same, whether a constraint
// or an index without a condition says so.
func uniqueKeys(table live.Table) [][]string {
	var keys [][]string
	for _, key := range table.Keys {
		keys = append(keys, key.Columns)
	}
	for _, index := range table.Indexes {
		if index.Unique && index.Valid && index.Predicate == "" && index.Expression == "" && len(index.Columns) > 0 {
			keys = append(keys, index.Columns)
		}
	}
	return keys
}

// isRoutine reports whether a column is kept for its own sake: when and by whom a row was
// written, where it stands in a list. A link table may have it and is a link table still.
func isRoutine(column string) bool {
	return slices.Contains([]string{
		"id", "uuid", "created_at", "created", "created_on", "createdat", "added_at", "assigned_at", "granted_at", "updated_at", "updated", "updatedat", "modified_at",
		"deleted_at", "version", "position", "sort_order", "sort", "rank", "ordinal", "display_order", "is_primary", "is_default",
	}, strings.ToLower(column)) || isAuthor(column)
}

// isBookkeeping reports whether a table belongs to a migration tool.
func isBookkeeping(table string) bool {
	return slices.Contains([]string{
		"schema_migrations", "migrations", "flyway_schema_history", "goose_db_version", "_prisma_migrations", "knex_migrations",
		"knex_migrations_lock", "alembic_version", "databasechangelog", "databasechangeloglock", "gorp_migrations", "sequelizemeta", "spatial_ref_sys",
	}, strings.ToLower(table))
}

// shortType is a type as people write it.
func shortType(declared string) string {
	return strings.NewReplacer(
		"public.", "", "character varying", "varchar", "character(", "char(", "timestamp with time zone", "timestamptz", "timestamp without time zone", "timestamp",
		"time with time zone", "timetz", "time without time zone", "time", "double precision", "float8",
	).Replace(declared)
}
