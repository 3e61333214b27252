package script

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Limits of what is read from a program.
const (
	MaxBody   = 1 << 20
	MaxHeader = 64 << 10
)

// Patience of the client. A program that has hung three times is known to hang:
// later requests wait less, so that a run ends.
const (
	headerPatience = 5 * time.Second
	wholePatience  = 10 * time.Second
	knownToHang    = 3
	hangPatience   = 1500 * time.Millisecond
)

// Client sends requests to the submission's program and turns everything that can
// happen into an Exchange. Its errors are ours alone: the pod cannot be reached.
type Client struct {
	network takehome.Network
	address string
	ledger  *Ledger
	kept    *http.Transport
	hangs   atomic.Int32
	manners manners
}

// NewClient makes a client for the program at an address inside the pod.
func NewClient(network takehome.Network, address string, ledger *Ledger) *Client {
	client := &Client{network: network, address: address, ledger: ledger}
	client.kept = client.transport(false)
	return client
}

// transport is strict on purpose: no proxy, no compression behind our back, bounded headers.
func (c *Client) transport(fresh bool) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			// Whatever host a URL names, there is only one place to go.
			return c.network.Dial(ctx, "tcp", c.address)
		},
		DisableCompression: true, DisableKeepAlives: fresh,
		MaxResponseHeaderBytes: MaxHeader, MaxIdleConnsPerHost: 64,
		IdleConnTimeout: 30 * time.Second,
	}
}

// Move points the client at another address, after a restart.
func (c *Client) Move(address string) {
	c.kept.CloseIdleConnections()
	c.address = address
}

// Refresh makes the next request go over a new connection.
func (c *Client) Refresh() { c.kept.CloseIdleConnections() }

// KnownToHang reports whether the program hung so often that waiting for it again would
// show nothing new.
func (c *Client) KnownToHang() bool { return c.hangs.Load() >= knownToHang }

// Close gives the connections back.
func (c *Client) Close() { c.kept.CloseIdleConnections() }

// Do sends one request. Whatever the program does is in the Exchange, which is also
// written into the ledger; the error is a fault of the lab.
func (c *Client) Do(ctx context.Context, request Request) (*Exchange, error) {
	exchange, err := c.politely(ctx, request)
	if err != nil {
		return nil, err
	}
	if exchange.Fault == Hang && request.Patience == 0 {
		c.hangs.Add(1)
	}
	c.ledger.add(exchange)
	return exchange, nil
}

func (c *Client) perform(ctx context.Context, request Request, exchange *Exchange) error {
	started := time.Now()
	defer func() { exchange.Elapsed = time.Since(started) }()
	whole, cancel := context.WithTimeout(ctx, max(wholePatience, 2*request.Patience))
	defer cancel()
	// The wait for the first byte of an answer is bounded apart from the whole: it is what a hang is.
	waiting, stopWaiting := context.WithCancelCause(whole)
	defer stopWaiting(nil)
	patience := headerPatience
	if c.KnownToHang() {
		patience = hangPatience
	}
	if request.Patience > 0 {
		patience = request.Patience
	}
	timer := time.AfterFunc(patience, func() { stopWaiting(errHang) })
	defer timer.Stop()

	built, err := request.build(waiting)
	if err != nil {
		return fmt.Errorf("build request %s: %w", takehome.Line(request.Method+" "+request.Path), err)
	}
	transport := c.kept
	if request.Fresh {
		transport = c.transport(true)
		defer transport.CloseIdleConnections()
	}
	reply, err := transport.RoundTrip(built)
	if err != nil {
		exchange.Fault, err = classify(ctx, waiting, err)
		return err
	}
	defer func() { _ = reply.Body.Close() }() // the verdict is made, nothing more is read
	timer.Stop()
	exchange.Status, exchange.Header = reply.StatusCode, reply.Header
	exchange.Body, exchange.Truncated, err = readBody(reply.Body)
	if err != nil {
		exchange.Fault, err = classifyBody(ctx, whole, err)
		return err
	}
	if exchange.Truncated {
		exchange.Fault = BodyTooLarge
	}
	if strings.EqualFold(reply.Header.Get("Content-Encoding"), "gzip") {
		exchange.inflate()
	}
	return nil
}

var errHang = errors.New("no answer in time")

func (r Request) build(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if !r.NoBody {
		body = bytes.NewReader(r.Body)
	}
	target, err := url.Parse("http://" + hostHeader + r.Path)
	if err != nil {
		// Not even an escaped path; sent as it is.
		target = &url.URL{Scheme: "http", Host: hostHeader, Opaque: r.Path}
	}
	built, err := http.NewRequestWithContext(ctx, r.Method, "http://"+hostHeader+"/", body)
	if err != nil {
		return nil, err
	}
	built.URL = target
	maps.Copy(built.Header, r.Header)
	if built.Header.Get("User-Agent") == "" {
		built.Header.Set("User-Agent", "curl/8.14.1") // nothing that tells a grader from a person
	}
	if built.Header.Get("Accept") == "" {
		built.Header.Set("Accept", "*/*")
	}
	return built, nil
}

// hostHeader is what a person on the candidate's own machine would send.
const hostHeader = "localhost:8080"

func readBody(body io.Reader) (read []byte, truncated bool, err error) {
	read, err = io.ReadAll(io.LimitReader(body, MaxBody+1))
	if len(read) > MaxBody {
		return read[:MaxBody], true, nil
	}
	return read, false, err
}

// inflate replaces a gzip body by its content, within the same limit.
func (e *Exchange) inflate() {
	reader, err := gzip.NewReader(bytes.NewReader(e.Body))
	if err != nil {
		e.Fault = BadHTTP
		return
	}
	inflated, truncated, err := readBody(reader)
	switch {
	case truncated:
		e.Fault = GzipBomb
	case err != nil:
		e.Fault = BadHTTP
	default:
		e.Body = inflated
	}
}

// classify tells what the program did from what went wrong with the pod. It returns
// an error only for the latter, or when the whole run was cancelled.
func classify(run, waiting context.Context, err error) (Fault, error) {
	if run.Err() != nil {
		return NoFault, run.Err()
	}
	if refused, ok := errors.AsType[*takehome.DialError](err); ok {
		if refused.Reason == "timeout" {
			return DialTimeout, nil
		}
		return Refused, nil
	}
	if fault, ok := errors.AsType[*takehome.Fault](err); ok {
		return NoFault, fault
	}
	text := err.Error()
	switch {
	case errors.Is(context.Cause(waiting), errHang), errors.Is(err, context.DeadlineExceeded):
		return Hang, nil
	case strings.Contains(text, "server response headers exceeded"):
		return HeaderTooLarge, nil
	case strings.Contains(text, "malformed"), strings.Contains(text, "invalid header"),
		strings.Contains(text, "transfer encoding"), strings.Contains(text, "bad Content-Length"),
		strings.Contains(text, "invalid Content-Length"), strings.Contains(text, "HTTP/2"):
		return BadHTTP, nil
	}
	return Reset, nil
}

func classifyBody(run, whole context.Context, err error) (Fault, error) {
	switch {
	case run.Err() != nil:
		return NoFault, run.Err()
	case whole.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return BodyTimeout, nil //nolint:nilerr // a finding about the program
	}
	return BodyTruncated, nil
}
