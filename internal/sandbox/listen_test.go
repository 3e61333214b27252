package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestTheLikeliestListenerIsChosen(t *testing.T) {
	t.Parallel()
	const given = 20000
	on := func(ports ...int) []wire.Listener {
		var listeners []wire.Listener
		for _, port := range ports {
			listeners = append(listeners, wire.Listener{Address: "::", Port: port})
		}
		return listeners
	}
	named := []takehome.Port{{Number: 4000, Source: "README"}, {Number: 8080, Source: "compose", Declared: true}}
	cases := []struct {
		name      string
		listeners []wire.Listener
		want      place
		found     bool
	}{
		{"nothing", nil, place{}, false},
		{"the given one wins", on(8080, given, 3000), place{"127.0.0.1:20000", given, takehome.PortGiven}, true},
		{"a declared one", on(9000, 4000, 8080), place{"127.0.0.1:8080", 8080, takehome.PortDeclared}, true},
		{"one that is named", on(3000, 4000), place{"127.0.0.1:4000", 4000, takehome.PortOther}, true},
		{"an exposed one", on(3000, 7000), place{"127.0.0.1:7000", 7000, takehome.PortOther}, true},
		{"the lowest of others", on(9001, 3001, 3000), place{"127.0.0.1:3000", 3000, takehome.PortOther}, true},
		{"only a debugger", on(9229), place{}, false},
		{"IPv6 loopback only", []wire.Listener{{Address: "::1", Port: 3000}}, place{"[::1]:3000", 3000, takehome.PortOther}, true},
		{"another loopback", []wire.Listener{{Address: "127.0.0.2", Port: 3000}}, place{"127.0.0.2:3000", 3000, takehome.PortOther}, true},
	}
	for _, test := range cases {
		got, found := choose(test.listeners, given, named, []int{7000})
		require.Equal(t, test.found, found, test.name)
		require.Equal(t, test.want, got, test.name)
	}
	require.Equal(t, []int{80, 3000}, portsOf(append(on(3000, 80), wire.Listener{Address: "0.0.0.0", Port: 80})))
}

func TestTheEnvironmentHasOurValues(t *testing.T) {
	t.Parallel()
	lab := &Lab{host: "db-1", port: 20000}
	lab.logins.Database, lab.logins.Owner.User, lab.logins.Owner.Password = "d1", "o1", "secret"
	require.Equal(t, []string{
		"LISTEN_ADDR=:20000", "PG_URI=postgres://o1:secret@db-1:5432/d1", "PORT=20000",
		"DATABASE_URL=postgresql://o1:secret@db-1:5432/d1?sslmode=disable",
	}, lab.environment(takehome.StartPlan{Env: []takehome.Setting{
		{Name: "LISTEN_ADDR", Value: ":{listen}"},
		{Name: "PG_URI", Value: "postgres://{user}:{password}@{host}:{port}/{database}"},
		{Name: "A=B", Value: "x"},
		{Name: "", Value: "x"},
		{Name: "NUL", Value: "a\x00b"},
	}}))
	require.Equal(t, []string{"PORT=1", "DATABASE_URL=mine"}, lab.environment(takehome.StartPlan{Env: []takehome.Setting{
		{Name: "PORT", Value: "1"}, {Name: "DATABASE_URL", Value: "mine"},
	}}))
}

func TestTheCommandIsThePlansOrTheImages(t *testing.T) {
	t.Parallel()
	image := takehome.Image{Entrypoint: []string{"/entry.sh"}, Command: []string{"node", "server.js"}}
	require.Equal(t, []string{"/entry.sh", "node", "server.js"}, command(image, takehome.StartPlan{}))
	require.Equal(t, []string{"/entry.sh", "npm", "start"}, command(image, takehome.StartPlan{Command: []string{"npm", "start"}}))
	require.Empty(t, command(takehome.Image{}, takehome.StartPlan{}))
}

func TestTheCommandOfAPlanHasOurValues(t *testing.T) {
	t.Parallel()
	lab := &Lab{host: "db-1", port: 20000}
	lab.logins.Database = "d1"
	image := takehome.Image{Entrypoint: []string{"/entry.sh"}, Command: []string{"log", "{host}"}}
	require.Equal(t, []string{"/entry.sh", "log", "{host}"}, lab.filledIn(command(image, takehome.StartPlan{}), image))
	require.Equal(t, []string{"/entry.sh", "serve", "--port=20000"},
		lab.filledIn(command(image, takehome.StartPlan{Command: []string{"serve", "--port={listen}"}}), image))
	require.Equal(t, []string{"migrate", "db-1:5432/d1"}, lab.filledIn([]string{"migrate", "{host}:{port}/{database}"}, image))
}
