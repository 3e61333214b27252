package script

import (
	"strings"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// curlBase is where a reader's own copy of the program is assumed to listen.
const curlBase = "http://localhost:8080"

// maxCurlBody is the longest body that is written into a curl line.
const maxCurlBody = 2 << 10

// Curl writes a request as a line that can be pasted into a POSIX shell. Every part
// is quoted, since ids and addresses in it may come from the candidate's program.
func Curl(request Request) string {
	line := []string{"curl -i"}
	if request.Method == "HEAD" {
		line[0] = "curl --head"
	} else if request.Method != "GET" || !request.NoBody {
		line = append(line, "-X "+quoted(request.Method))
	}
	if strings.Contains(request.Path, "/../") || strings.Contains(request.Path, "//") {
		line = append(line, "--path-as-is")
	}
	line = append(line, quoted(curlBase+request.Path))
	for _, name := range sortedKeys(request.Header) {
		for _, value := range request.Header[name] {
			if secretHeaders[name] {
				value = "…"
			}
			line = append(line, "-H "+quoted(name+": "+value))
		}
	}
	switch {
	case request.NoBody:
	case len(request.Body) > maxCurlBody:
		line = append(line, "--data-binary "+quoted("…"), "# the body is shown in the evidence")
	default:
		line = append(line, "--data-binary "+quoted(string(request.Body)))
	}
	return takehome.Clean(strings.Join(line, " "))
}

// quoted is one word of a shell, whatever is in it.
func quoted(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7F || r == utf8.RuneError }) < 0 {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	var out strings.Builder
	out.WriteString("$'")
	for i := range len(text) {
		switch b := text[i]; {
		case b == '\\' || b == '\'':
			out.WriteByte('\\')
			out.WriteByte(b)
		case b < ' ' || b >= 0x7F:
			const hex = "0123456789abcdef"
			out.WriteString(`\x` + string(hex[b>>4]) + string(hex[b&15]))
		default:
			out.WriteByte(b)
		}
	}
	out.WriteString("'")
	return out.String()
}
