package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
	"github.com/takehome-dev/takehome/internal/takehome"
)

var errBrokenRelay = wire.ErrBroken

// How a program's listener is looked for. A port that it was not given may be one of
// several that it opens, so the given one gets a moment to appear.
const (
	pollPause     = 12 * time.Millisecond
	declaredGrace = 100 * time.Millisecond
	otherGrace    = time.Second
	// readyPatience bounds the wait for the path that the plan calls ready.
	readyPatience = 10 * time.Second
)

// place is where a program listens.
type place struct {
	address string // to dial
	port    int
	by      takehome.PortSource
}

// awaitListener polls until the program listens, ends, or patience is over.
func (l *Lab) awaitListener(ctx context.Context, run *program, patience time.Duration) (place, bool, error) {
	l.seats.Lock()
	plan, exposed := l.plan, l.image.Ports
	l.seats.Unlock()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(pollPause)
	defer ticker.Stop()
	var seen time.Time // when the first listener was seen
	for {
		reply, err := l.ask(ctx, wire.Request{Op: wire.OpListening})
		if err != nil {
			return place{}, false, err
		}
		best, found := choose(reply.Listeners, l.port, plan.Ports, exposed)
		if !found {
			seen = time.Time{}
		} else {
			if seen.IsZero() {
				seen = time.Now()
			}
			if time.Since(seen) >= grace(best.by) {
				return best, true, nil
			}
		}
		select {
		case <-ctx.Done():
			return place{}, false, ctx.Err()
		case <-run.over:
			return place{}, false, nil
		case <-deadline.C:
			return best, found, nil
		case <-ticker.C:
		}
	}
}

func grace(by takehome.PortSource) time.Duration {
	switch by {
	case takehome.PortGiven:
		return 0
	case takehome.PortDeclared:
		return declaredGrace
	case takehome.PortOther:
	}
	return otherGrace
}

// choose picks the listener that is most likely the service: on the port that it was given,
// on one that the repository declares, names or exposes, or else the lowest. The ports on
// which debuggers wait are not a service, unless the repository names them.
func choose(listeners []wire.Listener, given int, named []takehome.Port, exposed []int) (place, bool) {
	debuggers := []int{9229, 9230, 5858, 5005, 8000 + 787, 2345}
	rank := func(port int) (int, takehome.PortSource) {
		if port == given {
			return 0, takehome.PortGiven
		}
		for _, candidate := range named {
			if candidate.Number == port && candidate.Declared {
				return 1, takehome.PortDeclared
			}
		}
		for _, candidate := range named {
			if candidate.Number == port {
				return 2, takehome.PortOther
			}
		}
		switch {
		case slices.Contains(exposed, port):
			return 3, takehome.PortOther
		case slices.Contains(debuggers, port):
			return 5, takehome.PortOther
		}
		return 4, takehome.PortOther
	}
	best, bestRank := place{}, 5
	for _, listener := range listeners {
		order, by := rank(listener.Port)
		if order < bestRank || order == bestRank && order < 5 && listener.Port < best.port {
			best, bestRank = place{address: dialable(listener), port: listener.Port, by: by}, order
		}
	}
	return best, bestRank < 5
}

// dialable is how to reach a listener from inside the pod.
func dialable(listener wire.Listener) string {
	host := listener.Address
	if address, err := netip.ParseAddr(host); err != nil || address.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(listener.Port))
}

func portsOf(listeners []wire.Listener) []int {
	var ports []int
	for _, listener := range listeners {
		ports = append(ports, listener.Port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// awaitReady asks the path that the plan calls ready until it answers with anything but a
// server error. A program that never becomes ready has nevertheless started.
func (l *Lab) awaitReady(ctx context.Context, last attempt, path string) error {
	const pause, answer = 50 * time.Millisecond, 2 * time.Second
	waiting, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	transport := &http.Transport{
		DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return l.Dial(ctx, network, last.place.address)
		},
	}
	asker := &http.Client{
		Transport: transport, Timeout: answer,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for {
		request, err := http.NewRequestWithContext(waiting, http.MethodGet, "http://localhost/", nil)
		if err != nil {
			return err
		}
		request.URL.Path = path
		response, err := asker.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode < http.StatusInternalServerError {
				return nil
			}
		}
		if fault, ok := errors.AsType[*takehome.Fault](err); ok {
			return fault
		}
		select {
		case <-waiting.Done():
			return ctx.Err()
		case <-last.run.over:
			return nil
		case <-time.After(pause):
		}
	}
}
