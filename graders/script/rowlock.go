package script

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// schemaDigest is one line for everything that has columns, so that a table, view or
// column that appears or disappears changes it.
const schemaDigest = `select count(*), md5(coalesce(string_agg(n.nspname || '.' || c.relname || '.' || a.attname || ':' || a.atttypid::text, ',' order by n.nspname collate "C", c.relname collate "C", a.attnum), ''))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'`

// Catalog sums up the tables and columns that the candidate's schemas have, as one line
// that is equal for equal schemas.
func (s *Store) Catalog(ctx context.Context) (string, takehome.Query, error) {
	answer, err := s.Query(ctx, schemaDigest)
	if err != nil || answer.SQLState != "" || len(answer.Rows) != 1 {
		return "", answer, err
	}
	return strings.Join(answer.Rows[0], " "), answer, nil
}

// RowLock is a transaction of ours, with the rights of the program's own role, that holds
// the row of one item. It makes a slow request out of any update, whatever the language.
type RowLock struct {
	connection  *pgx.Conn
	transaction pgx.Tx
}

// rowLockWait is how long a lock of the program's may keep us from taking ours.
const rowLockWait = 2 * time.Second

// LockRow locks the rows that hold a text. It reports false where there is no such row,
// or where the program's role may not lock it: nothing can be observed then.
func (s *Store) LockRow(ctx context.Context, lab takehome.Lab, text string) (*RowLock, bool, error) {
	if s == nil {
		return nil, false, nil
	}
	if len(s.places) == 0 { // what binding wrote was gone before its table was looked for
		places, _, err := s.Find(ctx, text)
		if err != nil || len(places) == 0 {
			return nil, false, err
		}
		s.places = places
	}
	owner := &Store{lab: lab, role: takehome.RoleOwner}
	ctx, cancel := context.WithTimeout(ctx, queryLimit)
	defer cancel()
	connection, err := owner.connect(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("connect for a row lock: %w", err)
	}
	lock := &RowLock{connection: connection}
	if lock.transaction, err = connection.Begin(ctx); err != nil {
		lock.Release(ctx)
		return nil, false, fmt.Errorf("begin a row lock: %w", err)
	}
	locked := int64(0)
	wait := fmt.Sprintf("set local lock_timeout = %d", rowLockWait.Milliseconds())
	if _, err := lock.transaction.Exec(ctx, wait); err != nil {
		lock.Release(ctx)
		return nil, false, fmt.Errorf("bound a row lock: %w", err)
	}
	for _, place := range s.places {
		tag, err := lock.transaction.Exec(ctx, fmt.Sprintf("select 1 from %s.%s where %s::text like $1 for update",
			pgx.Identifier{place.Schema}.Sanitize(), pgx.Identifier{place.Table}.Sanitize(), pgx.Identifier{place.Column}.Sanitize()),
			"%"+likeEscape(text)+"%")
		if err != nil {
			// The candidate's schema does not let us: a view of rights, a lock that is held.
			lock.Release(ctx)
			_, err = owner.refused(takehome.Query{}, err)
			return nil, false, err
		}
		locked += tag.RowsAffected()
	}
	if locked == 0 {
		lock.Release(ctx)
		return nil, false, nil
	}
	return lock, true, nil
}

// Waiting counts the requests of the program that wait for a lock. It does not reach the
// end of a bounded wait for n of them by failing: fewer is an answer too.
func (l *RowLock) Waiting(ctx context.Context, n int, within time.Duration) (int, error) {
	deadline := time.Now().Add(within)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var waiting string
		err := l.transaction.QueryRow(ctx, "select count(distinct pid)::text from pg_locks where not granted").Scan(&waiting)
		if err != nil {
			return 0, fmt.Errorf("count the requests that wait for a row: %w", err)
		}
		count, err := strconv.Atoi(waiting)
		if err != nil || count >= n || time.Now().After(deadline) {
			return count, err
		}
		select {
		case <-ctx.Done():
			return count, ctx.Err()
		case <-tick.C:
		}
	}
}

// Release gives the row free. It may be called twice.
func (l *RowLock) Release(ctx context.Context) {
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.connection.Close(cleanup) // the server rolls back what a closed connection held
}

// Discard deletes rows whose text is longer than a number of bytes, with the rights of
// the program's own role. An item of 20 MiB that was accepted would spoil every later list.
func (s *Store) Discard(ctx context.Context, lab takehome.Lab, longerThan int) error {
	if s == nil || len(s.places) == 0 {
		return nil
	}
	owner := &Store{lab: lab, role: takehome.RoleOwner}
	ctx, cancel := context.WithTimeout(ctx, queryLimit)
	defer cancel()
	connection, err := owner.connect(ctx)
	if err != nil {
		return fmt.Errorf("connect to discard long rows: %w", err)
	}
	defer func() { _ = connection.Close(ctx) }() // nothing is open in it
	for _, place := range s.places {
		_, err := connection.Exec(ctx, fmt.Sprintf("delete from %s.%s where octet_length(%s::text) > $1::int",
			pgx.Identifier{place.Schema}.Sanitize(), pgx.Identifier{place.Table}.Sanitize(), pgx.Identifier{place.Column}.Sanitize()), longerThan)
		if err != nil {
			if _, err = owner.refused(takehome.Query{}, err); err != nil {
				return err
			}
		}
	}
	return nil
}
