package apidocs

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	curlStart  = regexp.MustCompile("(?m)(?:^[ \\t]*(?:[$>%] +)?|`)curl[ \\t]")
	statusWord = regexp.MustCompile(`\b[2-5]\d\d\b`)
)

// maxCurl is the longest line that is read, its body included.
const maxCurl = 16 << 10

// Curls reads the curl lines of a text. A line that does anything but send one request
// with flags that are known (a file, a pipe into curl, a shell's substitution) is left out.
func Curls(text string) []Example {
	var examples []Example
	places := curlStart.FindAllStringIndex(text, 2*maxExamples)
	for i, place := range places {
		rest := text[place[1]:min(len(text), place[1]+maxCurl)]
		inline := text[place[0]] == '`'
		if inline {
			rest, _, _ = strings.Cut(rest, "`")
		}
		words, ok := shellWords(rest)
		if !ok {
			continue
		}
		example, ok := readCurl(words)
		if !ok {
			continue
		}
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		example.Expected = statuses(text[max(0, place[0]-100):place[0]] + " " + nearby(text[place[1]:end]))
		examples = append(examples, example)
	}
	return examples
}

// nearby is the command, up to the blank line or the fence after it, and the beginning of what follows.
func nearby(text string) string {
	for _, end := range []string{"\n```", "\n\n"} {
		if i := strings.Index(text, end); i >= 0 {
			return text[:min(len(text), i+150)]
		}
	}
	return text[:min(len(text), 300)]
}

func statuses(text string) []int {
	var found []int
	for _, word := range statusWord.FindAllString(text, 20) {
		if n, err := strconv.Atoi(word); err == nil && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	return found
}

// shellWords splits the first command of a text into words as a POSIX shell does, and
// runs nothing: a variable becomes {NAME}, and a substitution makes the line useless.
func shellWords(text string) (words []string, ok bool) {
	var word strings.Builder
	inWord := false
	end := func() {
		if inWord {
			words = append(words, word.String())
			word.Reset()
			inWord = false
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r':
			end()
		case '\n', '|', ';', '&', '>', ')':
			end()
			return words, len(words) > 0
		case '<':
			// A placeholder such as <id>, or a redirection.
			close := strings.IndexAny(text[i:], "> \n")
			if close < 2 || text[i+close] != '>' {
				return nil, false
			}
			word.WriteString("{" + text[i+1:i+close] + "}")
			inWord, i = true, i+close
		case '#':
			if !inWord {
				end()
				return words, len(words) > 0
			}
			word.WriteByte(c)
		case '\'':
			close := strings.IndexByte(text[i+1:], '\'')
			if close < 0 {
				return nil, false
			}
			word.WriteString(text[i+1 : i+1+close])
			inWord, i = true, i+1+close
		case '"':
			inner, length, fine := doubleQuoted(text[i+1:])
			if !fine {
				return nil, false
			}
			word.WriteString(inner)
			inWord, i = true, i+length
		case '\\':
			if i+1 == len(text) {
				return nil, false
			}
			if rest := strings.TrimLeft(text[i+1:], " \t\r"); strings.HasPrefix(rest, "\n") {
				i += len(text[i+1:]) - len(rest) + 1 // the line goes on
				end()
				continue
			}
			i++
			word.WriteByte(text[i])
			inWord = true
		case '$':
			name, length := variable(text[i+1:])
			if length == 0 {
				return nil, false
			}
			word.WriteString(name)
			inWord, i = true, i+length
		case '`':
			return nil, false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	end()
	return words, len(words) > 0
}

// doubleQuoted reads up to the closing quote. The length includes it.
func doubleQuoted(text string) (inner string, length int, ok bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return out.String(), i + 1, true
		case c == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`", text[i+1]) >= 0:
			i++
			out.WriteByte(text[i])
		case c == '\\' && i+1 < len(text) && text[i+1] == '\n':
			i++
		case c == '$':
			name, length := variable(text[i+1:])
			if length == 0 {
				return "", 0, false
			}
			out.WriteString(name)
			i += length
		case c == '`':
			return "", 0, false
		default:
			out.WriteByte(c)
		}
	}
	return "", 0, false
}

var variableName = regexp.MustCompile(`^(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})`)

// variable reads what follows a dollar sign. A command substitution has length 0.
func variable(text string) (placeholder string, length int) {
	name := variableName.FindString(text)
	return "{" + strings.Trim(name, "{}") + "}", len(name)
}

// Flags of curl that change nothing we look at, without and with a value.
var (
	plainFlags  = []string{"--include", "--silent", "--show-error", "--verbose", "--location", "--fail", "--insecure", "--compressed", "--fail-with-body", "--no-progress-meter", "--http1.1", "--globoff", "--no-buffer", "--head", "--get"}
	valueFlags  = []string{"--output", "--write-out", "--max-time", "--connect-timeout", "--user-agent", "--retry"}
	shortFlags  = map[byte]string{'i': "--include", 's': "--silent", 'S': "--show-error", 'v': "--verbose", 'L': "--location", 'f': "--fail", 'k': "--insecure", 'g': "--globoff", 'N': "--no-buffer", 'I': "--head", 'G': "--get"}
	shortValues = map[byte]string{'X': "--request", 'H': "--header", 'd': "--data", 'o': "--output", 'w': "--write-out", 'm': "--max-time", 'u': "--user", 'A': "--user-agent"}
)

type curlLine struct {
	Example
	address   string
	method    string
	data      []string
	get, head bool
	broken    bool
}

func readCurl(words []string) (Example, bool) {
	var line curlLine
	for i := 0; i < len(words) && !line.broken; i++ {
		word := words[i]
		next := func() string {
			if i++; i < len(words) {
				return words[i]
			}
			line.broken = true
			return ""
		}
		switch {
		case strings.HasPrefix(word, "--"):
			name, value, joined := strings.Cut(word, "=")
			if slices.Contains(plainFlags, name) {
				line.set(name, "")
				continue
			}
			if !joined {
				value = next()
			}
			line.set(name, value)
		case len(word) > 1 && word[0] == '-':
			line.short(word[1:], next)
		case line.address == "":
			line.address = word
		default:
			line.broken = true
		}
	}
	return line.example()
}

// short reads -X POST, -XPOST and -isS.
func (l *curlLine) short(letters string, next func() string) {
	for j := range len(letters) {
		if name, ok := shortFlags[letters[j]]; ok {
			l.set(name, "")
			continue
		}
		name, ok := shortValues[letters[j]]
		if !ok {
			l.broken = true
			return
		}
		value := letters[j+1:]
		if value == "" {
			value = next()
		}
		l.set(name, value)
		return
	}
}

func (l *curlLine) set(name, value string) {
	switch name {
	case "--request":
		l.method = strings.ToUpper(value)
	case "--header":
		if field, content, ok := strings.Cut(value, ":"); ok {
			l.Headers = append(l.Headers, [2]string{strings.TrimSpace(field), strings.TrimSpace(content)})
		}
	case "--data", "--data-raw", "--data-binary", "--data-ascii":
		l.broken = l.broken || strings.HasPrefix(value, "@") && name != "--data-raw"
		l.data = append(l.data, value)
	case "--json":
		l.broken = l.broken || strings.HasPrefix(value, "@")
		l.data = append(l.data, value)
		l.Headers = append(l.Headers, [2]string{"Content-Type", "application/json"})
	case "--user":
		l.Headers = append(l.Headers, [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(value))})
	case "--url":
		l.address = value
	case "--get":
		l.get = true
	case "--head":
		l.head = true
	default:
		l.broken = l.broken || !slices.Contains(plainFlags, name) && !slices.Contains(valueFlags, name)
	}
}

func (l *curlLine) example() (Example, bool) {
	at, ok := PathOf(l.address)
	if l.broken || !ok {
		return Example{}, false
	}
	made := l.Example
	made.Path, made.Method = at, "GET"
	if len(l.data) > 0 && l.get {
		joint := "?"
		if strings.Contains(at, "?") {
			joint = "&"
		}
		made.Path += joint + strings.Join(l.data, "&")
	} else if len(l.data) > 0 {
		made.Method, made.HasBody, made.Body = "POST", true, []byte(strings.Join(l.data, "&"))
		declared := slices.ContainsFunc(made.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], "Content-Type") })
		if !declared {
			made.Headers = append(made.Headers, [2]string{"Content-Type", "application/x-www-form-urlencoded"})
		}
	}
	if l.head {
		made.Method = "HEAD"
	}
	if l.method != "" {
		made.Method = l.method
	}
	usable := strings.Trim(made.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && !strings.Contains(string(made.Body), "{{")
	for _, header := range made.Headers {
		usable = usable && !strings.Contains(header[1], "{") && !strings.ContainsAny(header[0]+header[1], "\r\n\x00") && header[0] != ""
	}
	return made, usable
}

// localHosts are where a reader's own copy of the program listens.
var localHosts = regexp.MustCompile(`^(?:\{+[^}]*\}+|localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal|api|app|[a-z-]*(?:host|server|domain|example)[a-z.-]*)(?::(?:\d{1,5}|\{+[^}]*\}+))?$`)

// PathOf is the path of an address on the program itself. An address on another host is
// not ours to ask.
func PathOf(address string) (string, bool) {
	if address == "" || strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7F }) >= 0 {
		return "", false
	}
	rest := address
	if _, after, ok := strings.Cut(rest, "://"); ok {
		rest = after
	}
	host, at := rest, "/"
	if i := strings.IndexAny(strings.NewReplacer("{{", "((", "}}", "))").Replace(rest), "/?"); i >= 0 {
		host, at = rest[:i], rest[i:]
	}
	if host != "" && !localHosts.MatchString(host) {
		return "", false
	}
	if at[0] == '?' {
		at = "/" + at
	}
	at, _, _ = strings.Cut(at, "#")
	return escaped(at), true
}

// escaped writes what a client would escape, and leaves placeholders alone.
func escaped(at string) string {
	var out strings.Builder
	for _, r := range at {
		if r > '~' || r == '"' || r == '\\' || r == '^' || r == '`' {
			out.WriteString(url.PathEscape(string(r)))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
