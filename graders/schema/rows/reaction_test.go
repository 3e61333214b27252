package rows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
)

// liars look as if they had constraints.
const liars = `
CREATE TABLE honest (id int PRIMARY KEY, price numeric NOT NULL CHECK (price >= 0), status text NOT NULL CHECK (status IN ('a', 'b')), code varchar(3), n int REFERENCES honest DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE bare (id int PRIMARY KEY, price numeric NOT NULL);
CREATE TABLE forged (id int PRIMARY KEY, price numeric NOT NULL);
CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 THEN
  RAISE EXCEPTION 'new row for relation "forged" violates check constraint "forged_price_check"' USING ERRCODE = '23514', SCHEMA = 'public', TABLE = 'forged', CONSTRAINT = 'forged_price_check'; END IF; RETURN NEW; END $$;
CREATE TRIGGER forge BEFORE INSERT OR UPDATE ON forged FOR EACH ROW EXECUTE FUNCTION forge();
CREATE TABLE two_faced (id int PRIMARY KEY, price numeric NOT NULL);
CREATE FUNCTION two_faces() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 AND current_user = (SELECT tableowner FROM pg_tables WHERE tablename = 'two_faced') THEN
  RAISE check_violation USING CONSTRAINT = 'two_faced_pkey'; END IF; RETURN NEW; END $$;
CREATE TRIGGER two_faces BEFORE INSERT OR UPDATE ON two_faced FOR EACH ROW EXECUTE FUNCTION two_faces();
CREATE TABLE mended (id int PRIMARY KEY, price numeric NOT NULL);
CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.price := abs(NEW.price); RETURN NEW; END $$;
CREATE TRIGGER mend BEFORE INSERT OR UPDATE ON mended FOR EACH ROW EXECUTE FUNCTION mend();
CREATE TABLE silent (id int PRIMARY KEY, price numeric NOT NULL);
CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER drop_it BEFORE INSERT OR UPDATE ON silent FOR EACH ROW EXECUTE FUNCTION drop_it();
CREATE TABLE hijacked (id text PRIMARY KEY, price numeric NOT NULL);
CREATE FUNCTION never(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = never);
CREATE TABLE secret (id int PRIMARY KEY, price numeric NOT NULL);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
`

func TestReactions(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	schema := apply(t, lab, liars)
	benches := pair(t, lab, schema)
	negative := func(table string, seen *rows.Reaction) rows.Trial {
		return func(ctx context.Context, bench *rows.Bench) (string, error) {
			draft, err := bench.Draft(ctx, live.Name{Schema: "public", Name: table}, nil)
			if err != nil {
				return "", err
			}
			reaction, err := bench.Insert(ctx, draft, rows.Values{"price": rows.Text("-1")})
			if seen != nil {
				*seen = reaction
			}
			return string(reaction.Kind), err
		}
	}
	for table, want := range map[string]rows.Seen{
		"honest": {Label: "refused"}, "bare": {Label: "stored"}, "forged": {Label: "raised"},
		"two_faced": {Label: "raised", Other: "stored"}, "mended": {Label: "altered"}, "silent": {Label: "lost"},
		"hijacked": {Label: "stored"}, "secret": {Label: "stored"},
	} {
		t.Run(table, func(t *testing.T) {
			seen, err := benches.Observe(t.Context(), negative(table, nil))
			require.NoError(t, err)
			require.Nil(t, seen.Unmade)
			require.NotEmpty(t, seen.Evidence)
			seen.Evidence = nil
			require.Equal(t, want, seen)
		})
	}
	t.Run("a refusal names its constraint", func(t *testing.T) {
		var reaction rows.Reaction
		seen, err := benches.Observe(t.Context(), negative("honest", &reaction))
		require.NoError(t, err)
		require.Equal(t, "23514", reaction.State)
		require.Equal(t, "honest_price_check", reaction.Constraint)
		require.Len(t, seen.Evidence, 1, "the row that was valid is not shown")
		require.Equal(t, "23514", seen.Evidence[0].Query.SQLState)
		require.Contains(t, seen.Evidence[0].Query.SQL, `"price"`)
	})
	t.Run("changes of a row that is there", func(t *testing.T) {
		honest := live.Name{Schema: "public", Name: "honest"}
		err := benches.Owner.Experiment(t.Context(), func(ctx context.Context) error {
			row, err := benches.Owner.Make(ctx, honest, rows.Values{"status": rows.Text("a")})
			require.NoError(t, err)
			for _, each := range []struct {
				change rows.Values
				kind   rows.Kind
				state  string
			}{
				{rows.Values{"status": rows.Text("zzz")}, rows.Refused, "23514"},
				{rows.Values{"status": rows.Null()}, rows.Refused, "23502"},
				{rows.Values{"status": rows.Text("b")}, rows.Stored, ""},
				{rows.Values{"n": rows.Text("999999")}, rows.Refused, "23503"}, // deferred by itself, not on a bench
				{rows.Values{"code": rows.Text("abcd")}, rows.Refused, "22001"},
				{rows.Values{"price": rows.Text("1.50")}, rows.Stored, ""},
			} {
				reaction, err := benches.Owner.Update(ctx, row, each.change)
				require.NoError(t, err)
				require.Equal(t, each.kind, reaction.Kind, each.change)
				require.Equal(t, each.state, reaction.State)
			}
			again, found, err := benches.Owner.Read(ctx, row)
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, "1.50", again.Value("price").Text)
			gone, err := benches.Owner.Delete(ctx, row)
			require.NoError(t, err)
			require.Equal(t, rows.Stored, gone.Kind)
			_, found, err = benches.Owner.Read(ctx, row)
			require.False(t, found)
			return err
		})
		require.NoError(t, err)
	})
	t.Run("nothing stays", func(t *testing.T) {
		err := benches.Owner.Experiment(t.Context(), func(ctx context.Context) error {
			answer, err := benches.Owner.Run(ctx, `SELECT (SELECT count(*) FROM honest) + (SELECT count(*) FROM bare)`)
			require.Equal(t, "0", answer.Text(0, 0))
			return err
		})
		require.NoError(t, err)
	})
}

// TestSlowTrigger: what does not end is met once, not by every later row.
func TestSlowTrigger(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	schema := apply(t, lab, `CREATE TABLE slow (id int PRIMARY KEY); CREATE TABLE quick (id int PRIMARY KEY);
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
CREATE TRIGGER wait BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION wait();`)
	bench := pair(t, lab, schema).Owner
	for range 3 {
		err := bench.Experiment(t.Context(), func(ctx context.Context) error {
			_, err := bench.Make(ctx, live.Name{Schema: "public", Name: "slow"}, nil)
			return err
		})
		unmade := (*rows.Unmade)(nil)
		require.ErrorAs(t, err, &unmade)
		require.Equal(t, rows.CauseSlow, unmade.Cause)
	}
}
