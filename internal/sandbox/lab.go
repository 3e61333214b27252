package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/relay"
	"github.com/takehome-dev/takehome/internal/sandbox/wire"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Limits are the resources of a program. The zero value means the defaults.
type Limits = profile.Limits

// LabSpec says what a lab shall be. The zero value is a good one.
type LabSpec struct {
	Limits Limits
	// Lifetime is how long the pod may live. Everything in it ends then, whether or not the
	// runner does. 0 means 30 minutes.
	Lifetime time.Duration
	// StartPatience is how long a program may take to listen; 0 means 60 seconds.
	StartPatience time.Duration
	// MigratePatience is how long the migration may take; 0 means 60 seconds.
	MigratePatience time.Duration
	// Aliases are more host names that shall lead to the database, such as the name of the
	// database service in a compose file. db, postgres and database always do.
	Aliases []string
	// Dataset is what the database server holds from the start; nil: an empty database.
	Dataset *takehome.Dataset
}

func (s LabSpec) withDefaults() LabSpec {
	or := func(value *time.Duration, standard time.Duration) {
		if *value <= 0 {
			*value = standard
		}
	}
	or(&s.Lifetime, 30*time.Minute)
	or(&s.StartPatience, time.Minute)
	or(&s.MigratePatience, time.Minute)
	return s
}

// databasePort is where the program finds its database.
const databasePort = 5432

// Lab is one pod. It implements takehome.Lab and is safe for concurrent use; starts, stops
// and the migration happen one after the other.
type Lab struct {
	engine *Engine
	spec   LabSpec
	name   string    // unique within the run
	end    time.Time // when its lifetime is over
	log    zerolog.Logger

	logins postgres.Logins
	host   string     // the host name that the program is given
	given  netip.Addr // what it resolves to
	port   int        // the port that the program is given

	podID    string
	relay    *relay.Relay
	memory   *memoryWatch
	stopping context.CancelFunc // ends what watches in the background

	broken sync.Once
	why    error // of the relay's end

	phases []takehome.Phase // of the opening

	turn      sync.Mutex // one start or stop at a time; guards what follows
	seeded    *seeding
	furnished string // id of the image whose volumes were looked into
	filled    []profile.Filled
	volumes   []string // made for it

	seats      sync.Mutex // guards what follows
	image      takehome.Image
	plan       takehome.StartPlan
	ready      bool   // Equip was called
	settled    string // the profile that worked
	current    *program
	containers []string // of the program and its migration, by name
	interrupt  context.CancelFunc
	notes      []string
	closed     bool
}

var _ takehome.Lab = (*Lab)(nil)

// Open makes a pod with its Postgres, ready for a program. It needs nothing of the
// submission. The lab must be closed; if Open fails, nothing is left.
func (e *Engine) Open(ctx context.Context, spec LabSpec) (*Lab, error) {
	begun := time.Now()
	e.tidy(ctx)
	lab := e.newLab(ctx, spec)
	if err := lab.build(ctx); err != nil {
		return nil, errors.Join(err, lab.Close(ctx))
	}
	e.log.Debug().Str("lab", lab.name).Dur("took", time.Since(begun)).Msg("lab is open")
	return lab, nil
}

func (e *Engine) newLab(ctx context.Context, spec LabSpec) *Lab {
	spec = spec.withDefaults()
	name := hex.EncodeToString(randomBytes(4))
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	host := randomBytes(4)
	lab := &Lab{
		engine: e, spec: spec, name: name, end: time.Now().Add(spec.Lifetime),
		log:    e.log.With().Str("lab", name).Logger(),
		logins: postgres.NewLogins(), host: "db-" + hex.EncodeToString(randomBytes(3)),
		given: netip.AddrFrom4([4]byte{127, 83, host[0], 1 + host[1]%254}),
		port:  randomPort(), stopping: stop,
	}
	lab.memory = watchMemory(watching, e, lab.name)
	return lab
}

// build does in parallel what does not depend on each other: the pod starts while the
// database server's container is created, and the relay opens while the server starts.
func (l *Lab) build(ctx context.Context) error {
	begun := time.Now()
	var podImage, databaseImage madeImage
	images, imagesCtx := errgroup.WithContext(ctx)
	images.Go(func() (err error) { podImage, err = l.engine.podImage(imagesCtx); return err })
	images.Go(func() (err error) { databaseImage, err = l.databaseImage(imagesCtx); return err })
	if err := images.Wait(); err != nil {
		return err
	}
	if err := l.createPod(ctx, podImage.id); err != nil {
		return err
	}
	var database *database
	creating, creatingCtx := errgroup.WithContext(ctx)
	creating.Go(func() error { return l.startPod(creatingCtx) })
	creating.Go(func() (err error) { database, err = l.createDatabase(creatingCtx, databaseImage); return err })
	if err := creating.Wait(); err != nil {
		return err
	}
	begun = l.passed("pod", begun)
	starting, startingCtx := errgroup.WithContext(ctx)
	starting.Go(func() error { return database.start(startingCtx) })
	starting.Go(func() error {
		if err := l.openRelay(startingCtx); err != nil {
			return err
		}
		return l.openProxy(startingCtx)
	})
	if err := starting.Wait(); err != nil {
		return err
	}
	err := database.admit(ctx)
	l.passed("Postgres", begun)
	return err
}

// passed records that a phase which began at a time is over now.
func (l *Lab) passed(phase string, begun time.Time) time.Time {
	now := time.Now()
	l.phases = append(l.phases, takehome.Phase{Name: phase, Micros: now.Sub(begun).Microseconds()})
	return now
}

// Phases says how long the parts of Open took: the pod, then Postgres in it.
func (l *Lab) Phases() []takehome.Phase { return l.phases }

// Equip gives the lab its program. It must be called before the first Start.
func (l *Lab) Equip(image takehome.Image, plan takehome.StartPlan) {
	l.seats.Lock()
	defer l.seats.Unlock()
	l.image, l.plan, l.ready = image, plan, true
}

// Notes are remarks about what was tried for the program, in the order in which it happened.
func (l *Lab) Notes() []string {
	l.seats.Lock()
	defer l.seats.Unlock()
	return append([]string(nil), l.notes...)
}

func (l *Lab) note(text string) {
	l.seats.Lock()
	defer l.seats.Unlock()
	l.notes = append(l.notes, text)
}

var errClosed = errors.New("the lab is closed")

// take begins a start or a stop: it waits for its turn, and ends early when the lab is closed.
func (l *Lab) take(ctx context.Context) (context.Context, func(), error) {
	l.turn.Lock()
	l.seats.Lock()
	defer l.seats.Unlock()
	if l.closed {
		l.turn.Unlock()
		return nil, nil, errClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	l.interrupt = cancel
	return ctx, func() {
		cancel()
		l.turn.Unlock()
	}, nil
}

// claim names a new container of the program, so that Close knows of it before it exists.
func (l *Lab) claim(role string) (string, error) {
	l.seats.Lock()
	defer l.seats.Unlock()
	if l.closed {
		return "", errClosed
	}
	name := l.containerName(fmt.Sprintf("%s-%d", role, len(l.containers)+1))
	l.containers = append(l.containers, name)
	return name, nil
}

// left is how long the program may still run.
func (l *Lab) left() time.Duration { return max(time.Second, time.Until(l.end)) }

// podLeft is a little more, so that a program that is ended at its deadline is seen to be.
func (l *Lab) podLeft() time.Duration {
	const afterwards = 5 * time.Second
	return l.left() + afterwards
}

func (l *Lab) containerName(role string) string {
	return namePrefix(l.engine.lease.Run) + l.name + "-" + role
}

func (l *Lab) labels(role string) map[string]string { return l.engine.labels(l.name, role, l.end) }

func (l *Lab) toolVolume() string   { return l.containerName("tools") }
func (l *Lab) socketVolume() string { return l.containerName("sockets") }

// hosts are the names under which the database is reached: the program's own, and those
// that repositories like to hard-code. They lead to different addresses, which is how the
// proxy tells who used what.
func (l *Lab) hosts() []string {
	local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	hosts := []string{l.host + ":" + l.given.String()}
	taken := map[string]bool{l.host: true, "localhost": true, profile.Hostname: true}
	plain := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	for _, name := range append([]string{"db", "postgres", "database"}, l.spec.Aliases...) {
		if !taken[name] && plain.MatchString(name) && len(hosts) < 16 {
			taken[name] = true
			hosts = append(hosts, name+":"+local.String())
		}
	}
	return hosts
}

// proxyCap is a little above the 100 connections that the program's role may have, so that the
// server itself refuses the next one, and far below the server's backlog, so that a flood
// never keeps our own connections out.
const proxyCap = 112

// openProxy opens the doors of the database proxy; they stay shut until the database is ready.
func (l *Lab) openProxy(ctx context.Context) error {
	_, err := l.ask(ctx, wire.Request{Op: wire.OpProxy, Proxy: &wire.Proxy{
		Given:   []string{netip.AddrPortFrom(l.given, databasePort).String()},
		Other:   []string{fmt.Sprintf("127.0.0.1:%d", databasePort)},
		Maybe:   []string{fmt.Sprintf("[::1]:%d", databasePort)},
		Backend: postgres.Socket, Cap: proxyCap,
	}})
	return err
}

func randomBytes(n int) []byte {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	return raw
}

// randomPort is below the range from which the kernel takes ports for outgoing connections.
func randomPort() int {
	const first, count = 20_000, 12_000
	offset, err := rand.Int(rand.Reader, big.NewInt(count))
	if err != nil {
		return first
	}
	return first + int(offset.Int64())
}
