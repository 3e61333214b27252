package openapi

import "strings"

const dangling = "refers to something that is not there"

// follow resolves a reference. One that leaves the document leads to nothing known, and is no fault.
func (d *Document) follow(node any) (object map[string]any, problem string) {
	resolved, ok := d.resolve(node)
	if !ok {
		if d.leaves(node) {
			return map[string]any{}, ""
		}
		return nil, dangling
	}
	object, ok = resolved.(map[string]any)
	if !ok {
		return nil, "is no object"
	}
	return object, ""
}

// leaves reports a chain of references that ends outside of the document.
func (d *Document) leaves(node any) bool {
	for range maxHops {
		ref, ok := target(node)
		if !ok {
			return false
		}
		if !strings.HasPrefix(ref, "#") {
			return true
		}
		if node, ok = d.lookup(ref); !ok {
			return false
		}
	}
	return false
}

// schema makes a Schema. One with a dangling reference cannot be used.
func (d *Document) schema(node any) (Schema, string) {
	if node == nil {
		return Schema{}, ""
	}
	visits := 0
	if problem := d.complete(node, &visits); problem != "" {
		return Schema{}, problem
	}
	return Schema{node: node, document: d}, ""
}

// complete proves that every reference below a schema leads somewhere.
func (d *Document) complete(node any, visits *int) string {
	if *visits++; *visits > maxNodes {
		return ""
	}
	if ref, ok := target(node); ok {
		if d.proved[ref] {
			return ""
		}
		if !strings.HasPrefix(ref, "#") {
			return ""
		}
		inner, found := d.lookup(ref)
		if !found {
			return dangling
		}
		d.proved[ref] = true
		problem := d.complete(inner, visits)
		d.proved[ref] = problem == ""
		return problem
	}
	switch v := node.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			if name == "example" || name == "examples" || name == "default" || name == "enum" {
				continue
			}
			if problem := d.complete(v[name], visits); problem != "" {
				return problem
			}
		}
	case []any:
		for _, inner := range v {
			if problem := d.complete(inner, visits); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (d *Document) readParameters(into *Operation, operation map[string]any, list any) string {
	entries, _ := list.([]any)
	for _, entry := range entries {
		object, problem := d.follow(entry)
		if problem != "" {
			return "a parameter " + problem
		}
		parameter := Parameter{Name: text(object, "name"), In: text(object, "in"), Required: object["required"] == true}
		node := object["schema"]
		if parameter.In == "body" {
			schema, problem := d.schema(node)
			if problem != "" {
				return "its body " + problem
			}
			into.Body = &Body{Required: parameter.Required, Content: map[string]Content{}}
			for _, media := range d.media(operation, "consumes") {
				into.Body.Content[media] = Content{Schema: schema, Examples: d.examples(object, schema)}
			}
			continue
		}
		if node == nil && d.swagger() {
			node = object
		}
		if parameter.Schema, problem = d.schema(node); problem != "" {
			return "parameter " + parameter.Name + " " + problem
		}
		into.Parameters = append(into.Parameters, parameter)
	}
	return ""
}

// media lists the media types of Swagger 2.0, which stand apart from the bodies.
func (d *Document) media(operation map[string]any, member string) []string {
	for _, object := range []map[string]any{operation, d.root} {
		var names []string
		list, _ := object[member].([]any)
		for _, entry := range list {
			if name, ok := entry.(string); ok {
				names = append(names, strings.ToLower(name))
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	return []string{"application/json"}
}

func (d *Document) readBody(into *Operation, node any) string {
	object, problem := d.follow(node)
	if problem != "" {
		return "its body " + problem
	}
	content, problem := d.readContent(object["content"])
	if problem != "" {
		return "its body " + problem
	}
	into.Body = &Body{Required: object["required"] == true, Content: content}
	return ""
}

func (d *Document) readContent(node any) (map[string]Content, string) {
	contents := map[string]Content{}
	byMedia, _ := node.(map[string]any)
	for _, media := range sortedKeys(byMedia) {
		object, _ := byMedia[media].(map[string]any)
		schema, problem := d.schema(object["schema"])
		if problem != "" {
			return nil, problem
		}
		name, _, _ := strings.Cut(strings.ToLower(media), ";")
		contents[strings.TrimSpace(name)] = Content{Schema: schema, Examples: d.examples(object, schema)}
	}
	return contents, ""
}

func (d *Document) readResponse(operation map[string]any, node any) (Response, string) {
	object, problem := d.follow(node)
	if problem != "" {
		return Response{}, problem
	}
	var response Response
	if node, ok := object["schema"]; ok && d.swagger() {
		schema, problem := d.schema(node)
		if problem != "" {
			return Response{}, problem
		}
		response.Content = map[string]Content{}
		for _, media := range d.media(operation, "produces") {
			response.Content[media] = Content{Schema: schema}
		}
	} else if response.Content, problem = d.readContent(object["content"]); problem != "" {
		return Response{}, problem
	}
	headers, _ := object["headers"].(map[string]any)
	for _, name := range sortedKeys(headers) {
		header, problem := d.follow(headers[name])
		if problem == "" && header["required"] == true {
			response.Headers = append(response.Headers, name)
		}
	}
	return response, ""
}

// examples lists the documented examples of a body: those of the media type, of the
// schema, or the one that the examples of its properties make.
func (d *Document) examples(object map[string]any, schema Schema) []any {
	var found []any
	collect := func(of map[string]any) {
		if example, ok := of["example"]; ok {
			found = append(found, example)
		}
		switch list := of["examples"].(type) {
		case map[string]any:
			for _, name := range sortedKeys(list) {
				entry, problem := d.follow(list[name])
				if value, ok := entry["value"]; ok && problem == "" {
					found = append(found, value)
				}
			}
		case []any:
			found = append(found, list...)
		}
	}
	collect(object)
	if len(found) == 0 {
		resolved, _ := d.resolve(schema.node)
		if node, ok := resolved.(map[string]any); ok {
			collect(node)
			if len(found) == 0 {
				found = append(found, d.composed(node)...)
			}
		}
	}
	const maxExamples = 4
	return found[:min(len(found), maxExamples)]
}

// composed makes an example of those of the properties, if every required one has one.
func (d *Document) composed(node map[string]any) []any {
	properties, _ := node["properties"].(map[string]any)
	if len(properties) > maxProperties {
		return nil
	}
	example := map[string]any{}
	for name, inner := range properties {
		resolved, _ := d.resolve(inner)
		property, _ := resolved.(map[string]any)
		if property["readOnly"] == true {
			continue
		}
		if value, ok := property["example"]; ok {
			example[name] = value
		} else if list, ok := property["examples"].([]any); ok && len(list) > 0 {
			example[name] = list[0]
		}
	}
	required, _ := node["required"].([]any)
	for _, name := range required {
		if key, _ := name.(string); example[key] == nil {
			return nil
		}
	}
	if len(example) == 0 {
		return nil
	}
	return []any{example}
}
