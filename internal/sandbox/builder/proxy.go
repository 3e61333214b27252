package builder

import (
	"net/netip"
	"net/url"
	"strings"
)

// ProxyArgs returns the build arguments that let RUN instructions use the proxy of
// the given environment. They do not end up in the image. A proxy with a password or
// on the machine's own loopback is left out: instructions of a stranger would read
// the one and cannot reach the other.
func ProxyArgs(environment func(string) string) map[string]string {
	args := map[string]string{}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"} {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			value := environment(spelled)
			if value == "" {
				continue
			}
			if name == "NO_PROXY" || shareableProxy(value) {
				args[spelled] = value
			}
		}
	}
	return args
}

func shareableProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.User != nil || parsed.Hostname() == "" || parsed.Hostname() == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(parsed.Hostname())
	return err != nil || !ip.IsLoopback()
}
