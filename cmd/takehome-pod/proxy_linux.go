package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

// politeness is how many connections beyond the limit are told so at a time. The rest is
// reset at once: a flood must not use up the descriptors that the relay needs.
const politeness = 32

// backendPatience is how long the database may take to accept a connection.
const backendPatience = 5 * time.Second

// proxy stands between the program and its database. It counts connections by the
// address that they used, and can refuse, black-hole, delay and limit them.
type proxy struct {
	settings wire.Proxy
	doors    []*door
	polite   chan struct{}

	mu      sync.Mutex
	mode    wire.Mode
	changed chan struct{} // closed and replaced whenever the mode changes
	links   map[*link]struct{}
	given   int
	other   int
	over    bool
}

// link is one connection of the program, and its continuation to the database.
type link struct {
	client  net.Conn
	backend net.Conn      // nil until it is dialled
	done    chan struct{} // closed when the link is cut
	once    sync.Once
}

// openProxy listens everywhere and starts in refuse mode: the doors are shut until the
// database is ready.
func openProxy(settings wire.Proxy) (*proxy, error) {
	p := &proxy{
		settings: settings, mode: wire.Mode{Kind: wire.Refuse},
		changed: make(chan struct{}), links: map[*link]struct{}{}, polite: make(chan struct{}, politeness),
	}
	for i, addresses := range [][]string{settings.Given, settings.Other, settings.Maybe} {
		for _, address := range addresses {
			opened, err := openDoor(address, i == 0)
			if err != nil && i == 2 {
				continue
			}
			if err != nil {
				p.close()
				return nil, fmt.Errorf("listen on %s: %w", address, err)
			}
			p.doors = append(p.doors, opened)
		}
	}
	for _, door := range p.doors {
		if err := door.shut(); err != nil {
			p.close()
			return nil, err
		}
		go p.attend(door)
	}
	return p, nil
}

// setMode changes how connections are treated, the open ones too. Its error says which
// door does not move.
func (p *proxy) setMode(mode wire.Mode) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
	close(p.changed)
	p.changed = make(chan struct{})
	var stuck []error
	for _, door := range p.doors {
		move := door.open
		if mode.Kind == wire.Refuse {
			move = door.shut
		}
		if err := move(); err != nil {
			stuck = append(stuck, fmt.Errorf("move the door at %s: %w", door.listener.Addr(), err))
		}
	}
	if mode.Kind == wire.Refuse {
		for link := range p.links {
			link.cut(true)
		}
	}
	return errors.Join(stuck...)
}

func (p *proxy) counts(reset bool) wire.Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := wire.Counts{Given: p.given, Other: p.other, Open: len(p.links)}
	if reset {
		p.given, p.other = 0, 0
	}
	return counts
}

func (p *proxy) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	close(p.changed)
	p.changed = make(chan struct{})
	for _, door := range p.doors {
		door.close()
	}
	for link := range p.links {
		link.cut(true)
	}
}

func (p *proxy) now() (mode wire.Mode, changed <-chan struct{}, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode, p.changed, p.over
}

// attend accepts at one door. While the door is shut Accept fails, and we wait for
// another mode.
func (p *proxy) attend(door *door) {
	for {
		mode, changed, over := p.now()
		if over {
			return
		}
		if mode.Kind == wire.Refuse {
			<-changed
			continue
		}
		client, err := door.accept()
		if err != nil {
			select {
			case <-changed:
			case <-time.After(5 * time.Millisecond): // out of descriptors, or just shut
			}
			continue
		}
		go p.welcome(client, door.given)
	}
}

// welcome counts a connection and sees it through to its end.
func (p *proxy) welcome(client net.Conn, given bool) {
	link := &link{client: client, done: make(chan struct{})}
	if verdict := p.admit(link, given); verdict != admitted {
		link.cut(verdict == turnedAway || !p.apologise(client))
		return
	}
	defer p.forget(link)
	if !p.passes(link) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), backendPatience)
	defer cancel()
	backend, err := (&net.Dialer{}).DialContext(ctx, "unix", p.settings.Backend)
	if err != nil || !p.connect(link, backend) {
		link.cut(true)
		return
	}
	var wait sync.WaitGroup
	wait.Go(func() { p.pump(link, client, backend, true) })
	p.pump(link, backend, client, false)
	wait.Wait()
	link.cut(false)
}

// apologise says that all connections are taken, unless too many are being told already.
func (p *proxy) apologise(client net.Conn) bool {
	select {
	case p.polite <- struct{}{}:
		sayTooMany(client)
		<-p.polite
		return true
	default:
		return false
	}
}

type admission int

const (
	admitted admission = iota
	turnedAway
	tooMany
)

func (p *proxy) admit(link *link, given bool) admission {
	p.mu.Lock()
	defer p.mu.Unlock()
	if given {
		p.given++
	} else {
		p.other++
	}
	switch {
	case p.over, p.mode.Kind == wire.Refuse:
		return turnedAway
	case p.mode.Kind == wire.Limit && len(p.links) >= p.mode.Limit, len(p.links) >= p.settings.Cap:
		return tooMany
	}
	p.links[link] = struct{}{}
	return admitted
}

func (p *proxy) connect(link *link, backend net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-link.done:
		_ = backend.Close()
		return false
	default:
		link.backend = backend
		return true
	}
}

func (p *proxy) forget(link *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, link)
	link.cut(false)
}

// pump copies one direction, held up as the mode says. When the client leaves, the link
// stays until the database has noticed too: it counts as long as it waits in the server's
// backlog.
func (p *proxy) pump(link *link, from, to net.Conn, upward bool) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if !p.passes(link) || upward && !p.lags(link) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				link.cut(true)
				return
			}
		}
		if err != nil {
			if half, ok := to.(halfCloser); ok && !errors.Is(err, net.ErrClosed) {
				_ = half.CloseWrite()
			}
			return
		}
	}
}

// passes waits while the mode is a black hole. It is false once the link is cut.
func (p *proxy) passes(link *link) bool {
	for {
		mode, changed, over := p.now()
		if over {
			return false
		}
		if mode.Kind != wire.BlackHole {
			return true
		}
		select {
		case <-changed:
		case <-link.done:
			return false
		}
	}
}

// lags waits as long as the mode delays each exchange.
func (p *proxy) lags(link *link) bool {
	mode, changed, _ := p.now()
	if mode.Kind != wire.Delay || mode.Delay <= 0 {
		return true
	}
	timer := time.NewTimer(mode.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-link.done:
		return false
	}
	return true
}

// cut ends both halves, with a reset where the program shall notice at once.
func (l *link) cut(reset bool) {
	l.once.Do(func() {
		close(l.done)
		if tcp, ok := l.client.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = l.client.Close()
		if l.backend != nil {
			_ = l.backend.Close()
		}
	})
}
