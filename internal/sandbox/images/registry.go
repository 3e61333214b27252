package images

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/image"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// answer is what a registry said about an image.
type answer int

const (
	pulled   answer = iota
	absent          // it does not have the image, or does not give it to everybody
	noAnswer        // there is no registry, or no way to it
)

// pull asks the image's registry for it. Whether a registry can be reached at all is
// found out once for each registry and process.
func (s *Store) pull(ctx context.Context, wanted wanted) (answer, error) {
	s.mu.Lock()
	answers, asked := s.answered[wanted.registry]
	s.mu.Unlock()
	if asked && !answers {
		return noAnswer, nil
	}
	got, err := s.pullOnce(ctx, wanted)
	if err != nil {
		return got, err
	}
	if got == noAnswer && answers { // it did before: this is an outage, not a machine without a registry
		return got, pullFault(wanted, errPatience)
	}
	s.mu.Lock()
	s.answered[wanted.registry] = got != noAnswer
	s.mu.Unlock()
	return got, nil
}

func (s *Store) pullOnce(ctx context.Context, wanted wanted) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, pullDeadline)
	defer cancel()
	asking, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	patience := time.AfterFunc(s.options.AnswerIn, func() { stop(errPatience) })
	defer patience.Stop()

	stream, err := s.engine.ImagePull(asking, wanted.name, image.PullOptions{})
	if err != nil {
		return s.judge(ctx, asking, wanted, err)
	}
	defer stream.Close() //nolint:errcheck // only read from
	decoder := json.NewDecoder(stream)
	begun := false
	last := ""
	for {
		var entry struct{ Status, ID, Error string }
		err := decoder.Decode(&entry)
		switch {
		case errors.Is(err, io.EOF):
			return pulled, nil
		case err != nil:
			if !begun {
				return s.judge(ctx, asking, wanted, err)
			}
			return noAnswer, pullFault(wanted, err)
		case entry.Error != "":
			if !begun {
				return s.judge(ctx, asking, wanted, errors.New(entry.Error))
			}
			return noAnswer, pullFault(wanted, errors.New(takehome.Line(entry.Error)))
		}
		if strings.HasPrefix(entry.Status, "Pulling from") {
			begun = true // the registry has it; from here on it may take its time
			patience.Stop()
		}
		if entry.Status != last && entry.Status != "" {
			last = entry.Status
			s.say(wanted.name, entry.Status)
		}
	}
}

var errPatience = errors.New("the registry did not answer in time")

// judge sorts the engine's error about a pull.
func (s *Store) judge(ctx, asking context.Context, wanted wanted, err error) (answer, error) {
	if ctx.Err() != nil {
		return noAnswer, fmt.Errorf("pull %s: %w", wanted.name, ctx.Err())
	}
	if errors.Is(context.Cause(asking), errPatience) {
		return noAnswer, nil
	}
	// The name is a stranger's; it must not be read as the registry's words.
	text := strings.NewReplacer(wanted.name, "…", wanted.path, "…", wanted.tag, "…").Replace(err.Error())
	text = strings.ToLower(text)
	switch {
	case containsAny(text, "cannot connect to the docker daemon", "error during connect"):
		return noAnswer, engineFault(err)
	case containsAny(text, "toomanyrequests", "rate limit"):
		return noAnswer, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the registry allows no more pulls for now", Err: err,
			Hint: "log in to the registry (docker login) or try again in some hours",
		}
	case containsAny(text, "no space left on device"):
		return noAnswer, engineFault(err)
	case containsAny(text, "no such host", "dial tcp", "i/o timeout", "connection refused", "network is unreachable", "server misbehaving",
		"x509: ", "tls: ", "tls handshake", "client.timeout exceeded", "request canceled", "context deadline exceeded", "proxyconnect tcp", "connection reset", ": eof"):
		return noAnswer, nil
	case containsAny(text, "manifest unknown", "not found", "pull access denied", "repository does not exist", "name unknown", "no matching manifest",
		"requested access to the resource is denied", "name_unknown", "unauthorized", "authentication required", "invalid reference format"):
		return absent, nil
	case containsAny(text, "403 forbidden", "error parsing http 403", "407", "method not allowed"):
		return noAnswer, nil // something between us and the registry
	}
	return noAnswer, pullFault(wanted, err)
}

func pullFault(wanted wanted, err error) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the image " + takehome.Line(wanted.name) + " could not be pulled", Err: err,
		Hint: "try docker pull " + takehome.Line(wanted.name) + " by hand, then run it again",
	}
}

func containsAny(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
