package apidocs

import (
	"encoding/json"
	"regexp"
	"strings"
)

var (
	requestLine = regexp.MustCompile(`^(` + someMethod + `)\s+(\S+)(?:\s+HTTP/[\d.]+)?\s*$`)
	fileSetting = regexp.MustCompile(`^@([A-Za-z_][\w-]*)\s*=\s*(.*?)\s*$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):\s*(.*?)\s*$`)
	hurlAnswer  = regexp.MustCompile(`^HTTP(?:/[\d.]+)?\s+(\d{3}|\*)`)
	bruRequest  = regexp.MustCompile(`(?m)^(get|post|put|patch|delete)\s*\{\s*\n\s*url:\s*(\S+)`)
)

// HTTPFile reads the requests of a .http, .rest or .hurl file.
func HTTPFile(text string) []Example {
	var examples []Example
	settings := map[string]string{}
	var current *Example
	var body []string
	inBody, done := false, false
	finish := func() {
		if current != nil {
			if joined := strings.TrimSpace(strings.Join(body, "\n")); joined != "" {
				current.Body, current.HasBody = []byte(joined), true
			}
			examples = append(examples, *current)
		}
		current, body, inBody, done = nil, nil, false, false
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if match := fileSetting.FindStringSubmatch(line); match != nil && current == nil {
			settings[match[1]] = filled(match[2], settings)
			continue
		}
		line = filled(line, settings)
		switch match := requestLine.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "###"):
			finish()
		case match != nil && len(examples) < maxRoutes:
			finish()
			if at, ok := PathOf(match[2]); ok {
				current = &Example{Method: match[1], Path: at}
			}
		case current == nil, done:
		case hurlAnswer.MatchString(line):
			done = true
			current.Expected = append(current.Expected, statuses(line)...)
		case inBody:
			body = append(body, line)
		case strings.TrimSpace(line) == "":
			inBody = true
		case strings.HasPrefix(line, "{"):
			inBody = true
			body = append(body, line)
		default:
			if header := headerLine.FindStringSubmatch(line); header != nil {
				current.Headers = append(current.Headers, [2]string{header[1], header[2]})
			}
		}
	}
	finish()
	return examples
}

// filled puts the values of a file's own variables in.
func filled(line string, settings map[string]string) string {
	for name, value := range settings {
		if len(line) > 4096 {
			return line
		}
		line = strings.ReplaceAll(line, "{{"+name+"}}", value)
	}
	return line
}

// Bruno reads the request of a .bru file. Its body is not read.
func Bruno(text string) []Example {
	match := bruRequest.FindStringSubmatch(text)
	if match == nil {
		return nil
	}
	at, ok := PathOf(match[2])
	if !ok {
		return nil
	}
	return []Example{{Method: strings.ToUpper(match[1]), Path: at}}
}

// postmanItem is a request or a folder of a Postman collection.
type postmanItem struct {
	Item    []postmanItem   `json:"item"`
	Request json.RawMessage `json:"request"`
}

type postmanRequest struct {
	Method string          `json:"method"`
	URL    json.RawMessage `json:"url"`
	Header []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"header"`
	Body struct {
		Raw string `json:"raw"`
	} `json:"body"`
}

// Postman reads the requests of a Postman collection, or of an Insomnia export.
func Postman(text string) []Example {
	var file struct {
		Info struct {
			Schema string `json:"schema"`
			Name   string `json:"name"`
		} `json:"info"`
		Item      []postmanItem `json:"item"`
		Resources []struct {
			Type   string `json:"_type"`
			Method string `json:"method"`
			URL    string `json:"url"`
			Body   struct {
				Text string `json:"text"`
			} `json:"body"`
		} `json:"resources"`
	}
	if json.Unmarshal([]byte(text), &file) != nil {
		return nil
	}
	var examples []Example
	for _, resource := range file.Resources {
		if at, ok := PathOf(strings.ReplaceAll(resource.URL, " ", "")); ok && resource.Type == "request" && resource.Method != "" && len(examples) < maxRoutes {
			examples = append(examples, Example{Method: strings.ToUpper(resource.Method), Path: at, Body: []byte(resource.Body.Text), HasBody: resource.Body.Text != ""})
		}
	}
	const maxFolders = 8
	var walk func(items []postmanItem, level int)
	walk = func(items []postmanItem, level int) {
		for _, item := range items {
			if level > maxFolders || len(examples) >= maxRoutes {
				return
			}
			walk(item.Item, level+1)
			if example, ok := item.example(); ok {
				examples = append(examples, example)
			}
		}
	}
	walk(file.Item, 0)
	return examples
}

func (i postmanItem) example() (Example, bool) {
	var request postmanRequest
	if len(i.Request) == 0 || json.Unmarshal(i.Request, &request) != nil || request.Method == "" {
		return Example{}, false
	}
	var address string
	if json.Unmarshal(request.URL, &address) != nil {
		var parts struct {
			Raw string `json:"raw"`
		}
		if json.Unmarshal(request.URL, &parts) != nil {
			return Example{}, false
		}
		address = parts.Raw
	}
	at, ok := PathOf(address)
	made := Example{Method: strings.ToUpper(request.Method), Path: at}
	if request.Body.Raw != "" {
		made.Body, made.HasBody = []byte(request.Body.Raw), true
	}
	for _, header := range request.Header {
		made.Headers = append(made.Headers, [2]string{header.Key, header.Value})
	}
	return made, ok
}
