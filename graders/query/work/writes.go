package work

import (
	"context"
	"fmt"
	"strconv"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Batch is what a fixed batch of writes cost.
type Batch struct {
	WAL     int64 // bytes
	Buffers int64 // blocks
	Updates int64 // rows that were updated,
	HOT     int64 // and how many of them without touching an index
}

// MeasureBatch runs statements in a database of their own, one after the other, as the owner,
// and reads what they cost from pg_stat_statements, which counts triggers and checks of
// references as well. admin is a session of RoleAdmin in the database of the statistics.
func MeasureBatch(ctx context.Context, lab database.Lab, admin *database.Connection, name string, statements []string) (batch Batch, err error) {
	owner, err := database.Connect(ctx, lab, takehome.RoleOwner, database.Options{Database: name, Settings: map[string]string{"jit": "off"}})
	if err != nil {
		return Batch{}, err
	}
	defer func() { _ = owner.Close(context.WithoutCancel(ctx)) }() // the database goes at once
	// A first time, taken back, so that what the server looks up once for the session is not
	// counted: the plans of its checks of references, above all.
	for _, round := range [][]string{{"BEGIN"}, statements, {"ROLLBACK"}} {
		if err := carryOut(ctx, owner, round); err != nil {
			return Batch{}, err
		}
	}
	before, err := readBatch(ctx, owner, admin, name)
	if err == nil {
		err = carryOut(ctx, owner, statements)
	}
	if err != nil {
		return Batch{}, err
	}
	after, err := readBatch(ctx, owner, admin, name)
	return Batch{
		WAL: after.WAL - before.WAL, Buffers: after.Buffers - before.Buffers,
		Updates: after.Updates - before.Updates, HOT: after.HOT - before.HOT,
	}, err
}

// carryOut runs statements of ours; one that is refused is a *RefusedWrite.
func carryOut(ctx context.Context, owner *database.Connection, statements []string) error {
	for _, statement := range statements {
		answer, err := owner.Run(ctx, statement)
		if err != nil {
			return fmt.Errorf("run the batch of writes: %w", err)
		}
		if answer.Refusal != nil {
			return &RefusedWrite{Statement: statement, Refusal: *answer.Refusal}
		}
	}
	return nil
}

// readBatch reads what the writes in a database have cost so far.
func readBatch(ctx context.Context, owner, admin *database.Connection, name string) (Batch, error) {
	counted, err := only(ctx, admin, `SELECT coalesce(sum(wal_bytes), 0)::bigint, coalesce(sum(shared_blks_hit + shared_blks_read), 0)::bigint
		FROM public.pg_stat_statements s JOIN pg_catalog.pg_database d ON d.oid = s.dbid
		WHERE d.datname = $1 AND s.toplevel AND s.query ~* '^\s*(insert|update|delete|merge|with)'`, name)
	if err != nil {
		return Batch{}, err
	}
	if _, err := only(ctx, owner, `SELECT pg_catalog.pg_stat_force_next_flush() IS NULL`); err != nil {
		return Batch{}, err
	}
	updated, err := only(ctx, owner, `SELECT coalesce(sum(pg_catalog.pg_stat_get_tuples_updated(c.oid)), 0)::bigint,
		coalesce(sum(pg_catalog.pg_stat_get_tuples_hot_updated(c.oid)), 0)::bigint
		FROM pg_catalog.pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::pg_catalog.regnamespace`)
	if err != nil {
		return Batch{}, err
	}
	return Batch{WAL: counted[0], Buffers: counted[1], Updates: updated[0], HOT: updated[1]}, nil
}

// RefusedWrite is a statement of the batch that was not carried out: the author's doing
// without the candidate's DDL, and the candidate's with it.
type RefusedWrite struct {
	Statement string
	Refusal   database.Refusal
}

// Error says what was refused.
func (r *RefusedWrite) Error() string { return "a write is refused: " + Tell(r.Refusal) }

// only reads the one row of a query of ours, as numbers.
func only(ctx context.Context, session *database.Connection, sql string, arguments ...any) ([]int64, error) {
	answer, err := session.Run(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("read a count: %w", err)
	}
	if answer.Refusal != nil || len(answer.Rows) != 1 {
		return nil, fmt.Errorf("read a count: %s", answer.Refusal.Message)
	}
	numbers := make([]int64, len(answer.Columns))
	for i := range numbers {
		numbers[i], _ = strconv.ParseInt(answer.Text(0, i), 10, 64) // what is no number is none
	}
	return numbers, nil
}

// Storage is how many bytes the tables and indexes of a database take. The session is one of
// RoleAdmin there; it reads the catalog and sizes alone.
func Storage(ctx context.Context, admin *database.Connection) (int64, error) {
	numbers, err := only(ctx, admin, `SELECT coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm') AND n.nspname OPERATOR(pg_catalog.!~) '^pg_|^information_schema$'`)
	if err != nil {
		return 0, err
	}
	return numbers[0], nil
}

// Clone copies a database, as database.Clone does. Where there is no room for it, the error is
// a *RefusedWrite; any other refusal is a fault of ours.
func Clone(ctx context.Context, lab database.Lab, admin *database.Connection, from, to string) error {
	refusal, err := database.Clone(ctx, lab, admin, from, to)
	switch {
	case err != nil:
		return err
	case refusal != nil && Exhausted(*refusal):
		return &RefusedWrite{Statement: "CREATE DATABASE", Refusal: *refusal}
	case refusal != nil:
		return fmt.Errorf("copy the database %s: %s", from, refusal.Message)
	}
	return nil
}

// Drop removes a copy, and ends the sessions in it.
func Drop(ctx context.Context, admin *database.Connection, name string) error {
	answer, err := admin.Run(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	if err == nil && answer.Refusal != nil {
		err = fmt.Errorf("remove the database %s: %s", name, answer.Refusal.Message)
	}
	return err
}
