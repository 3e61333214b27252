package restapi

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// exposureProbes look for what should not be reachable, and for a limit of requests.
func (r *grading) exposureProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"exposed":    {Labels: []string{"closed", "metrics", "open", "fails"}, Observe: r.probeExposed},
		"rate_limit": {Once: true, Labels: []string{"limits", "limits_without_time", "unlimited", "none"}, Observe: r.probeRateLimit},
	}
}

// probeExposed asks for one path. A program that answers every unknown path with the
// same page exposes nothing by it.
func (r *grading) probeExposed(ctx context.Context, at *script.Probing) (script.Observation, error) {
	wanted, _ := at.With["path"].(string)
	get := func(path, name string) (*script.Exchange, error) {
		return at.Client.Do(ctx, script.Request{Method: http.MethodGet, Path: path, NoBody: true, Name: name})
	}
	unknown, err := get("/"+strings.ToLower(at.Canary("nothing"))[:8]+"-is-not-here", "GET an unknown route")
	if err != nil {
		return script.Observation{}, err
	}
	reply, err := get(wanted, "GET "+wanted)
	if err != nil {
		return script.Observation{}, err
	}
	same := reply.Status == unknown.Status && (bytes.Equal(reply.Body, unknown.Body) || reply.Media() == "html" && unknown.Media() == "html")
	switch {
	case !reply.Success() && (!reply.Answered() || reply.Status >= 500) && reply.Status != unknown.Status:
		return seen("fails", reply.Describe()), nil
	case !reply.Success(), unknown.Success() && same, len(reply.Body) == 0:
		return seen("closed", reply.Describe()), nil
	case strings.HasPrefix(wanted, "/metrics"):
		return seen("metrics", "metrics are open to everybody"), nil
	default:
		return seen("open", wanted+" is open to everybody"), nil
	}
}

// quickRequests is how many requests a limit that is any use does not let pass at once.
const quickRequests = 300

// probeRateLimit sends quick requests, where the repository or an answer speaks of a limit.
func (r *grading) probeRateLimit(ctx context.Context, at *script.Probing) (script.Observation, error) {
	speaks := r.binding.clues.speaksOfLimits()
	for _, exchange := range at.Ledger.Checked() {
		for name := range exchange.Header {
			speaks = speaks || strings.Contains(strings.ToLower(name), "ratelimit")
		}
		speaks = speaks || exchange.Status == http.StatusTooManyRequests
	}
	request, ok := r.binding.Request(script.Intent{Op: script.Fetch, ID: at.Given("item").ID})
	if !speaks || !ok {
		return seen("none", "nothing speaks of a limit of requests"), nil
	}
	request.Hasty = true // here a refusal is what is looked for
	for range quickRequests {
		reply, err := at.Client.Do(ctx, request)
		if err != nil {
			return script.Observation{}, err
		}
		if reply.Status != http.StatusTooManyRequests {
			if !reply.Answered() {
				break
			}
			continue
		}
		// What follows must not be refused for what we did here.
		if err := r.again(ctx, at); err != nil {
			return script.Observation{}, err
		}
		if reply.Header.Get("Retry-After") == "" {
			return seen("limits_without_time", "refuses too many requests, and does not say for how long"), nil
		}
		return seen("limits", "refuses too many requests and says for how long"), nil
	}
	return seen("unlimited", "many quick requests are all served"), nil
}
