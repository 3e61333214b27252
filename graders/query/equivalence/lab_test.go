package equivalence_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// shopTables are the tables that the tests ask their questions about.
const shopTables = `
create table customers (id bigint primary key, email text unique, name text not null, country text, birthday date);
create table orders (id bigint primary key, customer_id bigint references customers, status text not null,
  placed_at timestamptz not null, total numeric(10,2), check (status <> 'free' or total = 0));
create table lines (order_id bigint not null references orders, line_no int not null, sku text not null,
  quantity int not null check (quantity > 0), price numeric(10,2), primary key (order_id, line_no));
create table payments (id bigint primary key, order_id bigint references orders, amount numeric(10,2) not null, method text);
create table prices (id bigint primary key, sku text not null, price numeric(10,2) not null, valid_from date not null);
create table blocked (customer_id bigint, reason text)`

// shop is a lab with the tables of the tests.
type shop struct {
	lab   takehome.Lab
	owner *database.Connection
}

func openShop(t *testing.T) *shop {
	t.Helper()
	made := &shop{lab: sandboxtest.Open(t, nil)}
	made.owner = made.connect(t, takehome.RoleOwner, database.Options{})
	made.run(t, split(shopTables)...)
	return made
}

func (s *shop) connect(t *testing.T, role takehome.Role, options database.Options) *database.Connection {
	t.Helper()
	connection, err := database.Connect(t.Context(), s.lab, role, options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
	return connection
}

// run carries out statements as the owner.
func (s *shop) run(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		answer, err := s.owner.Run(t.Context(), statement)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, "%s: %+v", statement, answer.Refusal)
	}
}

func split(script string) []string {
	var statements []string
	start := 0
	for i := range script {
		if script[i] == ';' {
			statements = append(statements, script[start:i])
			start = i + 1
		}
	}
	return append(statements, script[start:])
}

// task is a query as given and how it is asked.
type task struct {
	given     string
	types     []string
	sets      [][]database.Value
	order     []rows.Key
	unlimited string
	spec      tiny.Spec
}

func values(texts ...string) []database.Value {
	made := make([]database.Value, len(texts))
	for i, text := range texts {
		made[i] = database.Value{Text: text}
	}
	return made
}

func (s *shop) databases(t *testing.T, of task, seed string) []tiny.Database {
	t.Helper()
	maker, err := tiny.New(t.Context(), s.owner, tiny.Source{Spec: of.spec, Types: of.types, Sets: of.sets, Query: of.given})
	require.NoError(t, err)
	made, err := maker.Make(t.Context(), seed)
	require.NoError(t, err)
	return made
}

func (t task) question() equivalence.Question {
	return equivalence.Question{Given: t.given, Types: t.types, Order: t.order, Unlimited: t.unlimited, Statement: 2 * time.Second}
}

// cases are the small databases of a seed with the right answers.
func (s *shop) cases(t *testing.T, of task, seed string) []equivalence.Case {
	t.Helper()
	cases, err := equivalence.Ask(t.Context(), s.owner, of.question(), s.databases(t, of, seed))
	require.NoError(t, err)
	return cases
}

func (s *shop) small(t *testing.T, of task, cases []equivalence.Case, candidate string) equivalence.Verdict {
	t.Helper()
	verdict, err := equivalence.Small(t.Context(), s.owner, of.question(), cases, candidate)
	require.NoError(t, err)
	return verdict
}
