package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/testcontainers/testcontainers-go"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/relay"
	"github.com/takehome-dev/takehome/internal/sandbox/wire"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// database is the Postgres container of a lab while it is being started.
type database struct {
	lab       *Lab
	container testcontainers.Container
	secret    string
}

// databaseImage is what the server starts from: an empty cluster, or one with a data set.
func (l *Lab) databaseImage(ctx context.Context) (madeImage, error) {
	if l.spec.Dataset == nil {
		return l.engine.databaseImage(ctx)
	}
	return l.engine.datasetImage(ctx, *l.spec.Dataset, nil)
}

// createDatabase makes the container through testcontainers, whose request is rewritten
// as a whole by our profile.
func (l *Lab) createDatabase(ctx context.Context, image madeImage) (*database, error) {
	described := profile.Database{
		Image: image.id, Pod: l.podID, Tools: l.toolVolume(), Sockets: l.socketVolume(),
		Deadline: l.podLeft(), Labels: l.labels(roleDatabase),
	}
	if l.spec.Dataset != nil {
		described.DataBytes = l.spec.Dataset.MemoryBytes
	}
	made := &database{lab: l, secret: image.secret}
	err := l.engine.insist(ctx, "create the database server", slow, func(ctx context.Context) error {
		config := &container.Config{}
		var err error
		made.container, err = l.engine.provider.CreateContainer(ctx, testcontainers.ContainerRequest{
			Image: image.id, Name: l.containerName(roleDatabase),
			ConfigModifier: func(c *container.Config) { config = c },
			HostConfigModifier: func(host *container.HostConfig) {
				described.Config(config, host)
			},
		})
		return err
	})
	return made, err
}

func (d *database) start(ctx context.Context) error {
	return d.lab.engine.call(ctx, "start the database server", slow, func(ctx context.Context) error {
		return d.container.Start(ctx)
	})
}

// admit waits until the server answers, gives it the names and passwords of this run, and
// opens the doors of the proxy. Before that nothing of the candidate's can reach it.
func (d *database) admit(ctx context.Context) error {
	const patience, pause = time.Minute, 4 * time.Millisecond
	first := takehome.Access{
		Network: "unix", Address: postgres.Socket,
		Database: postgres.Statistics, User: postgres.FirstLogin, Password: d.secret,
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for attempt := 1; ; attempt++ {
		conn, err := d.lab.connect(waiting, first)
		if err == nil {
			_, err = conn.Exec(waiting, d.lab.logins.Statements()).ReadAll()
			_ = conn.Close(waiting)
			if err != nil {
				return d.failed(ctx, fmt.Errorf("name the roles: %w", err))
			}
			return d.lab.Proxy(ctx, takehome.ProxyMode{Kind: takehome.ProxyPass})
		}
		if !stillStarting(err) || attempt%100 == 0 && d.ended(ctx) {
			return d.failed(ctx, err)
		}
		select {
		case <-waiting.Done():
			return d.failed(ctx, err)
		case <-ticker.C:
		}
	}
}

// ended reports whether the server's container is known not to run any more.
func (d *database) ended(ctx context.Context) bool {
	running := true
	_ = d.lab.engine.call(ctx, "look at the database server", quick, func(ctx context.Context) error {
		inspected, err := d.lab.engine.cli.ContainerInspect(ctx, d.container.GetContainerID())
		running = err != nil || inspected.State == nil || inspected.State.Running
		return err
	})
	return !running
}

// stillStarting reports whether a connection failed in one of the ways in which it does
// while a server starts: no socket yet, nobody behind it, or SQLSTATE 57P03.
func stillStarting(err error) bool {
	if refused, ok := errors.AsType[*relay.Refused](err); ok {
		return refused.Reason == wire.NoSuchSocket || refused.Reason == wire.Refused
	}
	if dial, ok := errors.AsType[*takehome.DialError](err); ok {
		return dial.Reason == string(wire.NoSuchSocket) || dial.Reason == string(wire.Refused)
	}
	const cannotConnectNow = "57P03"
	said, ok := errors.AsType[*pgconn.PgError](err)
	return ok && said.Code == cannotConnectNow
}

// failed is a database server that did not come up: no program was there that could have
// been the reason.
func (d *database) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait for the database server: %w", ctx.Err())
	}
	if fault, ok := errors.AsType[*takehome.Fault](err); ok {
		return fault
	}
	said, _ := d.lab.engine.tail(ctx, d.container.GetContainerID(), takehome.QuoteBody)
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the database server did not start",
		Err:  fmt.Errorf("%w; it said: %s", err, takehome.QuoteTail(said, takehome.QuoteBody)),
		Hint: "run takehome images again; if that does not help, report it",
	}
}

// Access returns how to log in with one of our roles. pg_stat_statements is in the database
// "postgres", where only RoleAdmin may connect.
func (l *Lab) Access(role takehome.Role) takehome.Access {
	logins := map[takehome.Role]postgres.Login{
		takehome.RoleOwner: l.logins.Owner, takehome.RoleProbe: l.logins.Probe, takehome.RoleAdmin: l.logins.Admin,
	}
	login := logins[role]
	return takehome.Access{
		Network: "unix", Address: postgres.Socket,
		Database: l.logins.Database, User: login.User, Password: login.Password,
	}
}

// connect logs in to the database server.
func (l *Lab) connect(ctx context.Context, access takehome.Access) (*pgconn.PgConn, error) {
	// Every value is set, so that none comes from the runner's own environment.
	config, err := pgconn.ParseConfig("host=" + postgres.SocketDir + " port=5432 sslmode=disable target_session_attrs=any user=x password=x dbname=x")
	if err != nil {
		return nil, fmt.Errorf("prepare a login: %w", err)
	}
	config.Host, config.User, config.Password, config.Database = postgres.SocketDir, access.User, access.Password, access.Database
	config.RuntimeParams = map[string]string{"application_name": "takehome"}
	config.Fallbacks = nil
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return l.Dial(ctx, access.Network, access.Address)
	}
	return pgconn.ConnectConfig(ctx, config)
}

// Proxy sets how the program's connections to its database are treated. A normal Start
// sets it to pass.
func (l *Lab) Proxy(ctx context.Context, mode takehome.ProxyMode) error {
	kinds := map[string]string{
		takehome.ProxyPass: wire.Pass, takehome.ProxyRefuse: wire.Refuse, takehome.ProxyBlackHole: wire.BlackHole,
		takehome.ProxyDelay: wire.Delay, takehome.ProxyLimit: wire.Limit,
	}
	kind, known := kinds[mode.Kind]
	if !known {
		return &takehome.Fault{Owner: takehome.Author, Summary: fmt.Sprintf("there is no proxy mode %q", mode.Kind), Hint: "use pass, refuse, blackhole, delay or limit"}
	}
	_, err := l.ask(ctx, wire.Request{Op: wire.OpMode, Mode: &wire.Mode{Kind: kind, Delay: mode.Delay, Limit: mode.Limit}})
	return err
}

// Connections counts the program's connections since its last start. A connection that is
// refused is not made, and not counted.
func (l *Lab) Connections(ctx context.Context) (takehome.Connections, error) {
	reply, err := l.ask(ctx, wire.Request{Op: wire.OpCounts})
	return takehome.Connections{Given: reply.Counts.Given, Other: reply.Counts.Other, Open: reply.Counts.Open}, err
}

// recount starts counting anew.
func (l *Lab) recount(ctx context.Context) error {
	_, err := l.ask(ctx, wire.Request{Op: wire.OpCounts, Reset: true})
	return err
}
