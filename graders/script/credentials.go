package script

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Credentials are what a program wants to see with every request. The client adds them to
// each request that does not say Bare.
type Credentials interface {
	// Header holds the headers that carry the credential; it is not changed by its user.
	Header() http.Header
	// Renew gets a new credential after a 401. It reports whether there is one.
	Renew(ctx context.Context) (bool, error)
}

// Limits of obeying a program: what it refuses for a while is waited for, within reason.
const (
	maxWait     = 10 * time.Second // for one Retry-After
	maxWaiting  = 30 * time.Second // in a whole run
	maxRenewals = 20
	maxFutile   = 2 // renewals in a row after which the program still says 401
)

// manners are how a client behaves towards a program that wants credentials, or that
// limits how often it may be asked.
type manners struct {
	renewing sync.Mutex // held while a credential is renewed
	mutex    sync.Mutex // of all that follows

	credentials Credentials
	generation  int // of the credential
	renewals    int
	futile      int

	quietUntil time.Time
	waited     time.Duration // that was asked for and granted
	refused    int           // answers 429 that were waited out
	exhausted  int           // answers 429 that could not be
}

// Use makes the client send credentials from now on; nil ends it.
func (c *Client) Use(credentials Credentials) {
	c.manners.mutex.Lock()
	defer c.manners.mutex.Unlock()
	c.manners.credentials, c.manners.futile = credentials, 0
	c.manners.generation++
}

// Waited tells how many answers 429 were waited out, and how many had to be taken as the answer.
func (c *Client) Waited() (obeyed, exhausted int) {
	c.manners.mutex.Lock()
	defer c.manners.mutex.Unlock()
	return c.manners.refused, c.manners.exhausted
}

// Quietly sends one request that is left out of the ledger: what it takes to have
// credentials is no part of what a check observes.
func (c *Client) Quietly(ctx context.Context, request Request) (*Exchange, error) {
	return c.politely(ctx, request)
}

// politely performs a request with credentials. It waits as long as the program asks it
// to (RFC 6585 4), and renews a credential that is refused, once for a request.
func (c *Client) politely(ctx context.Context, request Request) (*Exchange, error) {
	renewed := false
	for {
		if err := c.manners.pause(ctx); err != nil {
			return nil, err
		}
		sent, generation := c.manners.dress(request)
		exchange := &Exchange{Request: sent}
		if err := c.perform(ctx, sent, exchange); err != nil {
			return nil, err
		}
		switch {
		case !exchange.Answered():
		case exchange.Status == http.StatusTooManyRequests && !request.Hasty && exchange.Header.Get("Retry-After") != "":
			if c.manners.grant(exchange.Header.Get("Retry-After"), time.Now()) {
				continue
			}
			exchange.Limited = true
		case generation > 0 && !renewed && refused(exchange):
			again, err := c.manners.renew(ctx, generation)
			if err != nil {
				return nil, err
			}
			if renewed = true; again {
				continue
			}
		}
		if renewed || generation > 0 && exchange.Answered() && !refused(exchange) {
			c.manners.settle(refused(exchange))
		}
		return exchange, nil
	}
}

// refused reports an answer to credentials that are no longer known: 401, or 403 from a
// program that does not tell the two apart.
func refused(e *Exchange) bool {
	return e.Answered() && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// dress adds the credentials. The generation is 0 where there are none to renew.
func (m *manners) dress(request Request) (Request, int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if request.Bare || m.credentials == nil {
		return request, 0
	}
	header := request.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	for name, values := range m.credentials.Header() {
		if _, own := header[name]; own {
			return request, 0 // the request brings its own
		}
		header[name] = slices.Clone(values)
	}
	request.Header = header
	return request, m.generation
}

// renew replaces the credential of a generation, unless somebody else did meanwhile.
func (m *manners) renew(ctx context.Context, generation int) (bool, error) {
	m.renewing.Lock()
	defer m.renewing.Unlock()
	m.mutex.Lock()
	credentials, current := m.credentials, m.generation
	spent := m.renewals >= maxRenewals || m.futile >= maxFutile
	m.mutex.Unlock()
	switch {
	case current != generation:
		return true, nil
	case credentials == nil || spent:
		return false, nil
	}
	fresh, err := credentials.Renew(ctx)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.renewals++; err != nil || !fresh {
		return false, err
	}
	m.generation++
	return true, nil
}

// settle remembers whether renewing helped: a 401 that stays has another reason.
func (m *manners) settle(still bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if still {
		m.futile++
		return
	}
	m.futile = 0
}

// grant takes a Retry-After, in seconds or as a date (RFC 9110 10.2.3). It reports false
// where the patience of the run is used up.
func (m *manners) grant(after string, now time.Time) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	wait := min(max(retryAfter(after, now), 100*time.Millisecond), maxWait)
	until := now.Add(wait)
	if !until.After(m.quietUntil) {
		m.refused++
		return true
	}
	// Requests that wait side by side wait once.
	more := until.Sub(now)
	if m.quietUntil.After(now) {
		more = until.Sub(m.quietUntil)
	}
	if m.waited+more > maxWaiting {
		m.exhausted++
		return false
	}
	m.waited, m.quietUntil = m.waited+more, until
	m.refused++
	return true
}

func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return date.Sub(now)
	}
	return time.Second
}

// pause waits until the program may be asked again.
func (m *manners) pause(ctx context.Context) error {
	m.mutex.Lock()
	wait := time.Until(m.quietUntil)
	m.mutex.Unlock()
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// dressRaw adds the credentials to bytes that are a request of HTTP/1.1 without any, after
// its first line. Bytes that are no proper request stay as they are.
func (c *Client) dressRaw(send []byte) []byte {
	line, rest, found := bytes.Cut(send, []byte("\r\n"))
	if !found || !bytes.HasSuffix(line, []byte(" HTTP/1.1")) {
		return send
	}
	dressed, generation := c.manners.dress(Request{Header: http.Header{}})
	if generation == 0 {
		return send
	}
	var out bytes.Buffer
	out.Write(line)
	out.WriteString("\r\n")
	for _, name := range sortedKeys(dressed.Header) {
		for _, value := range dressed.Header[name] {
			out.WriteString(name + ": " + value + "\r\n")
		}
	}
	out.Write(rest)
	return out.Bytes()
}
