package restapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// probeOversizedHead sends 64 KiB in a header and 16 KiB in a query string.
func (r *grading) probeOversizedHead(ctx context.Context, at *script.Probing) (script.Observation, error) {
	list, ok := r.binding.Request(script.Intent{Op: script.List})
	if !ok {
		return script.Observation{Missing: script.List}, nil
	}
	list.Fresh = true
	header, query := list, list
	header.Header = http.Header{"X-Remark": {strings.Repeat("x", 64<<10)}}
	header.Name = "list with a header of 64 KiB"
	query.Path = withQuery(list.Path, "remark", strings.Repeat("y", 16<<10))
	query.Name = "list with a query string of 16 KiB"
	good, problems := int64(0), []string{}
	for _, request := range []script.Request{header, query} {
		reply, err := at.Client.Do(ctx, request)
		if err != nil {
			return script.Observation{}, err
		}
		answers, err := r.alive(ctx, at)
		if err != nil {
			return script.Observation{}, err
		}
		// Closing is an answer to a head that is too long (RFC 9110 15.5.15, RFC 6585 5); so is reading it.
		closed := slices.Contains([]script.Fault{script.Reset, script.BodyTruncated, script.BodyTooLarge}, reply.Fault) && reply.Status < 500
		switch {
		case !answers:
			problems = append(problems, request.Name+" ended the program")
		case broke(reply) && !closed:
			problems = append(problems, reply.Describe())
		default:
			good++
		}
	}
	observation := script.Observation{Label: "measured", Share: takehome.Frac(good, 2), Detail: "long heads are refused or read"}
	if len(problems) > 0 {
		observation.Detail = strings.Join(problems, ", ")
	}
	return observation, nil
}

// probeOddFraming sends requests whose bytes contradict themselves (RFC 9112 3, 6.1, 6.3).
func (r *grading) probeOddFraming(ctx context.Context, at *script.Probing) (script.Observation, error) {
	request, ok := r.spliced([]byte(script.Show(at.Canary("canary"))))
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	post := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n", request.Path, at.Client.Host())
	body := string(request.Body)
	cases := []struct {
		what, send string
		cut        bool // the rest never comes: only that the program lives on can be asked
	}{
		{"a bad request line", "FETCH" + request.Path + "\r\n\r\n", false},
		{"a Content-Length shorter than the body", post + fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\n\r\n%s", len(body)/2, body), false},
		{"a Content-Length longer than the body", post + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)+100, body), true},
		{"both Content-Length and Transfer-Encoding", post + fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), len(body), body), false},
	}
	good, problems := int64(0), []string{}
	for _, odd := range cases {
		status, heard, err := r.converse(ctx, at, odd.send, odd.cut)
		if err != nil {
			return script.Observation{}, err
		}
		answers, err := r.alive(ctx, at)
		switch {
		case err != nil:
			return script.Observation{}, err
		case !answers:
			return script.Observation{Label: "died", Detail: odd.what + " ended the program", Fault: "crash"}, nil
		case odd.cut || heard && (status == 0 || status < 500 || status == http.StatusNotImplemented || status == http.StatusHTTPVersionNotSupported):
			good++
		case !heard:
			problems = append(problems, odd.what+" is never answered")
		default:
			problems = append(problems, odd.what+" is a server error")
		}
	}
	observation := script.Observation{Label: "measured", Share: takehome.Frac(good, int64(len(cases))), Detail: "requests that contradict themselves are refused"}
	if len(problems) > 0 {
		observation.Detail = strings.Join(problems, ", ")
	}
	return observation, nil
}

// converse sends bytes and reads the status of the first answer. It hears nothing only when
// the program keeps the connection open without a word; a closed one is heard, with status 0.
func (r *grading) converse(ctx context.Context, at *script.Probing, send string, cut bool) (status int, heard bool, err error) {
	connection, err := at.Client.Dial(ctx)
	if err != nil {
		return 0, true, ours(ctx, err)
	}
	defer func() { _ = connection.Close() }() // everything of interest was read
	if err := connection.SetDeadline(time.Now().Add(conversationPatience)); err != nil {
		return 0, false, fmt.Errorf("bound a conversation: %w", err)
	}
	if _, err := io.WriteString(connection, send); err != nil {
		return 0, true, ctx.Err()
	}
	if cut {
		return 0, true, nil
	}
	status, err = readStatus(connection)
	return status, err == nil || !errors.Is(err, errSilence), ctx.Err()
}

var errSilence = errors.New("no answer in time")

// maxHead is how much of an answer's head is read.
const maxHead = 64 << 10

// readStatus reads the head of an answer. Status 0 without error is a connection that was closed,
// or an answer that is no HTTP.
func readStatus(from io.Reader) (int, error) {
	reply, err := http.ReadResponse(bufio.NewReader(io.LimitReader(from, maxHead)), nil)
	var late net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return 0, errSilence
	case err != nil:
		return 0, nil //nolint:nilerr // closed, or no HTTP: both are the program's doing
	}
	_ = reply.Body.Close() // of no interest
	return reply.StatusCode, nil
}

// ours keeps an error that is not a finding about the program.
func ours(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, finding := errors.AsType[*takehome.DialError](err); finding {
		return nil
	}
	return err
}

// Sizes and waits of the endless body. What reads a whole body before it judges cannot
// answer before the last byte; the pauses give those that can the time to do so.
const (
	endlessBody    = 20 << 20
	firstPart      = 2 << 20
	pause          = 700 * time.Millisecond
	uploadPatience = 15 * time.Second
)

// upload is how the sending of an endless body went.
type upload struct {
	status int  // 0: the connection was closed without an answer
	heard  bool // an answer or a close came
	early  bool // … before the last byte was sent
}

// probeEndlessBody streams a text of 20 MiB and stops as soon as an answer comes.
func (r *grading) probeEndlessBody(ctx context.Context, at *script.Probing) (script.Observation, error) {
	request, ok := r.spliced([]byte(`"` + marker + `"`))
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	sent, err := r.stream(ctx, at, request)
	if err != nil {
		return script.Observation{}, err
	}
	if sent.status/100 == 2 {
		if err := at.Store.Discard(ctx, at.Lab, endlessBody/2); err != nil {
			return script.Observation{}, err
		}
	}
	answers, err := r.alive(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	state, err := at.Lab.State(ctx)
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the program's state: %w", err)
	}
	stats, err := at.Lab.Stats(ctx)
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the program's memory: %w", err)
	}
	observation := script.Observation{Evidence: []takehome.Evidence{memoryNote(r.hostility.memory, stats)}}
	switch {
	case !state.Running || !answers:
		observation.Label, observation.Detail, observation.Fault = "died", "a body of 20 MiB ended the program", "crash"
	case !sent.heard || sent.status >= 500:
		observation.Label, observation.Detail = "failed", "a body of 20 MiB is a server error, or is never answered"
	case sent.status/100 == 2:
		observation.Label, observation.Detail = "stored", "a text of 20 MiB is read and accepted"
	// Express reads a body that is too long to its end, keeps nothing of it, and says 413 then.
	case sent.early, sent.status == http.StatusRequestEntityTooLarge:
		observation.Label, observation.Detail = "refused", "a body of 20 MiB is refused for its size"
	default:
		observation.Label, observation.Detail = "read_then_refused", "a body of 20 MiB is read whole and then refused"
	}
	return observation, nil
}

// stream sends the request with filler in the place of the marker, from one small buffer.
func (r *grading) stream(ctx context.Context, at *script.Probing, request script.Request) (upload, error) {
	connection, err := at.Client.Dial(ctx)
	if err != nil {
		return upload{heard: true, early: true}, ours(ctx, err)
	}
	defer func() { _ = connection.Close() }() // everything of interest was read
	if err := connection.SetDeadline(time.Now().Add(uploadPatience)); err != nil {
		return upload{}, fmt.Errorf("bound an upload: %w", err)
	}
	answered := make(chan upload, 1)
	go func() {
		status, err := readStatus(connection)
		answered <- upload{status: status, heard: err == nil}
		_ = connection.SetWriteDeadline(time.Now()) // nobody reads on; the writer must not wait for it
	}()
	before, after, _ := bytes.Cut(request.Body, []byte(marker))
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		request.Method, request.Path, at.Client.Host(), request.Header.Get("Content-Type"), len(before)+endlessBody+len(after), before)
	// A write that fails is a program that has closed: the reader says what came before.
	_, _ = io.WriteString(connection, head)
	filler := bytes.Repeat([]byte("x"), 64<<10)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for written := 0; written < endlessBody; written += len(filler) {
		if written == firstPart || written == endlessBody-len(filler) {
			timer.Reset(pause)
			select {
			case result := <-answered:
				result.early = true
				return result, ctx.Err()
			case <-timer.C:
			case <-ctx.Done():
				return upload{}, ctx.Err()
			}
		}
		if _, err := connection.Write(filler); err != nil {
			result := <-answered // bounded by the connection's deadline
			result.early = true
			return result, ctx.Err()
		}
	}
	_, _ = connection.Write(after)
	return <-answered, ctx.Err() // bounded by the connection's deadline
}

// Figures of the slow clients: the rubric's 15 s of one byte a second show no more than
// the time in which the others are served.
const (
	slowClients   = 30
	normalClients = 20
	dripEvery     = 100 * time.Millisecond
	normalBound   = 2 * time.Second
)

// probeSlowClients holds connections open that send their bodies a byte at a time, and
// sends normal requests meanwhile.
func (r *grading) probeSlowClients(ctx context.Context, at *script.Probing) (script.Observation, error) {
	create, ok := r.binding.Request(script.Intent{Op: script.Create})
	if !ok {
		return script.Observation{Missing: script.Create}, nil
	}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{", create.Path, at.Client.Host())
	var slow []net.Conn
	defer func() {
		for _, connection := range slow {
			_ = connection.Close() // never meant to end well
		}
	}()
	for range slowClients {
		connection, err := at.Client.Dial(ctx)
		if err != nil {
			if err := ours(ctx, err); err != nil {
				return script.Observation{}, err
			}
			continue
		}
		slow = append(slow, connection)
		if err := connection.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			return script.Observation{}, fmt.Errorf("bound a slow client: %w", err)
		}
		_, _ = io.WriteString(connection, head) // a program that closes is well within its rights
	}
	late, took, err := r.normalLoad(ctx, at, slow)
	if err != nil {
		return script.Observation{}, err
	}
	for _, connection := range slow {
		_ = connection.Close()
	}
	answers, err := r.alive(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	text := fmt.Sprintf("%d slow clients\nlongest of the normal requests: %d ms\nlate or unanswered: %d\n", len(slow), slices.Max(took).Milliseconds(), late)
	observation := script.Observation{
		Label: "served", Detail: "slow clients do not hold up the others",
		Evidence: []takehome.Evidence{{Note: &takehome.Note{Title: "normal requests beside slow ones", Text: takehome.Quote([]byte(text), takehome.QuoteBody)}}},
	}
	switch {
	case !answers:
		observation.Label, observation.Detail, observation.Fault = "died", "after slow clients the program does not answer any more", "crash"
	case late > 1: // one in twenty: the 95th percentile
		observation.Label, observation.Detail = "held_up", "while slow clients send, others are not served"
	}
	return observation, nil
}

// normalLoad sends plain GETs, each on a connection of its own, while every slow client
// gets another byte out now and then. Two that are late settle the matter.
func (r *grading) normalLoad(ctx context.Context, at *script.Probing, slow []net.Conn) (late int, took []time.Duration, err error) {
	drip := time.NewTicker(dripEvery)
	defer drip.Stop()
	get := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\nConnection: close\r\n\r\n", r.binding.Address(r.binding.UnknownID(at.Random())), at.Client.Host())
	for range normalClients {
		started := time.Now()
		served, err := r.normal(ctx, at, get)
		if err != nil {
			return late, took, err
		}
		elapsed := time.Since(started)
		took = append(took, elapsed)
		if !served || elapsed > normalBound {
			if late++; late > 1 {
				return late, took, nil
			}
		}
		select {
		case <-drip.C:
			for _, connection := range slow {
				_, _ = io.WriteString(connection, " ")
			}
		case <-ctx.Done():
			return late, took, ctx.Err()
		default:
		}
	}
	return late, took, nil
}

// normal sends one GET and reports whether it was answered in time, and not by a server error.
func (r *grading) normal(ctx context.Context, at *script.Probing, get string) (bool, error) {
	connection, err := at.Client.Dial(ctx)
	if err != nil {
		return false, ours(ctx, err)
	}
	defer func() { _ = connection.Close() }() // everything of interest was read
	if err := connection.SetDeadline(time.Now().Add(normalBound)); err != nil {
		return false, fmt.Errorf("bound a normal request: %w", err)
	}
	if _, err := io.WriteString(connection, get); err != nil {
		return false, ctx.Err()
	}
	status, err := readStatus(connection)
	return err == nil && status > 0 && status < 500, ctx.Err()
}
