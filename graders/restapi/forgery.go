package restapi

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// forgery is a credential that the program did not issue.
type forgery struct {
	name       string
	credential string
	unsigned   bool // alg: none
}

// forgeries makes them from a genuine credential: of a JSON Web Token (RFC 7519) every
// part can be forged, anything else is only replaced or cut short.
func forgeries(known *accounts, genuine *session, random *rand.Rand) []forgery {
	if known.kind == kindBasic {
		wrong := genuine.username + ":" + script.Token(random)
		return []forgery{
			{name: "a wrong password", credential: base64.StdEncoding.EncodeToString([]byte(wrong))},
			{name: "garbage", credential: script.Token(random)},
		}
	}
	name, value, after := "", genuine.credential, ""
	if known.kind == kindCookie {
		name, value, _ = strings.Cut(genuine.credential, "=")
		value, after, _ = strings.Cut(value, "; ")
		name += "="
		if after != "" {
			after = "; " + after
		}
	}
	made := []forgery{
		{name: "garbage", credential: script.Token(random) + script.Token(random)},
		{name: "a token cut short", credential: value[:len(value)*2/3]},
	}
	if token, ok := parseJWT(value); ok {
		made = append(made, token.forgeries(random)...)
	}
	for i := range made {
		made[i].credential = name + made[i].credential + after
	}
	return made
}

// jwt is a token in three parts.
type jwt struct {
	header, claims map[string]any
	parts          [3]string
}

// parseJWT reads a token without believing it.
func parseJWT(text string) (jwt, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || len(text) > maxToken {
		return jwt{}, false
	}
	token := jwt{parts: [3]string(parts)}
	header, ok := decodePart(parts[0])
	if !ok || header["alg"] == nil {
		return jwt{}, false
	}
	claims, ok := decodePart(parts[1])
	token.header, token.claims = header, claims
	return token, ok
}

func decodePart(part string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var object map[string]any
	return object, decoder.Decode(&object) == nil && object != nil
}

func encodePart(part map[string]any) string {
	raw, err := json.Marshal(part)
	if err != nil {
		return "" // it was decoded from JSON
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (t jwt) forgeries(random *rand.Rand) []forgery {
	with := func(part map[string]any, name string, value any) map[string]any {
		changed := map[string]any{}
		maps.Copy(changed, part)
		changed[name] = value
		return changed
	}
	hs256 := encodePart(map[string]any{"alg": "HS256", "typ": "JWT"})
	key := []byte(script.Token(random) + script.Token(random) + script.Token(random))
	sign := func(claims string) string {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(hs256 + "." + claims))
		return hs256 + "." + claims + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	const longAgo = 946684800 // the year 2000
	expired := with(with(t.claims, "exp", longAgo), "iat", longAgo-3600)
	none := encodePart(map[string]any{"alg": "none", "typ": "JWT"})
	return []forgery{
		{name: "a token with another key", credential: sign(t.parts[1])},
		{name: "an expired token", credential: sign(encodePart(expired))},
		{name: "a token whose content was edited", credential: t.parts[0] + "." + encodePart(with(t.claims, "edited", true)) + "." + t.parts[2]},
		{name: "an unsigned token (alg: none)", credential: none + "." + t.parts[1] + ".", unsigned: true},
	}
}
