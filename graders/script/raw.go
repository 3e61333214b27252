package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// maxRaw is how much of a raw answer is read.
const maxRaw = 64 << 10

// rawPatience bounds a raw conversation.
const rawPatience = 5 * time.Second

// raw sends the step's bytes as they are and keeps the whole answer as the body of an exchange.
func (r *run) raw(ctx context.Context, step RawStep) error {
	text, err := r.text(step.Send)
	if err != nil {
		return err
	}
	text = strings.ReplaceAll(r.place(text, r.items["item"].ID), "\n", "\r\n")
	exchange, err := r.Client.Raw(ctx, []byte(text))
	if err != nil {
		return err
	}
	r.last = []*Exchange{exchange}
	return nil
}

// Raw writes bytes on a connection of its own and reads until the program closes it,
// stops sending, or 64 KiB have come. Framing that net/http hides is visible here.
func (c *Client) Raw(ctx context.Context, send []byte) (*Exchange, error) {
	started := time.Now()
	exchange := &Exchange{Request: Request{Method: "RAW", Body: send, Name: "raw request"}, Header: http.Header{}}
	connection, err := c.network.Dial(ctx, "tcp", c.address)
	if err != nil {
		exchange.Fault, err = classify(ctx, ctx, err)
		if err != nil {
			return nil, fmt.Errorf("dial for a raw request: %w", err)
		}
		c.ledger.add(exchange)
		return exchange, nil
	}
	defer func() { _ = connection.Close() }() // everything of interest was read
	if err := connection.SetDeadline(started.Add(rawPatience)); err != nil {
		return nil, fmt.Errorf("bound a raw request: %w", err)
	}
	if _, err := connection.Write(c.dressRaw(send)); err != nil {
		exchange.Fault = Reset
	}
	exchange.Body, err = readRaw(connection)
	if err != nil && len(exchange.Body) == 0 {
		exchange.Fault = Reset
		if errors.Is(err, os.ErrDeadlineExceeded) {
			exchange.Fault = Hang
		}
	}
	exchange.Elapsed = time.Since(started)
	exchange.Truncated = len(exchange.Body) == maxRaw
	c.ledger.add(exchange)
	return exchange, ctx.Err()
}

// readRaw reads until the end, the limit, or 300 ms of silence after the first bytes.
func readRaw(connection net.Conn) ([]byte, error) {
	var read []byte
	buffer := make([]byte, 8<<10)
	for len(read) < maxRaw {
		n, err := connection.Read(buffer)
		read = append(read, buffer[:n]...)
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return read, err
		}
		if err := connection.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			return read, err
		}
	}
	return read[:maxRaw], nil
}
