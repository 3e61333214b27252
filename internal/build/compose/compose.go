// Package compose reads compose files as far as they tell how to build and start the
// program of a submission and what its database is called. Nothing is run with compose.
package compose

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/document"
	"github.com/takehome-dev/takehome/internal/build/dotenv"
	"github.com/takehome-dev/takehome/internal/build/words"
)

// File is one compose file, or several merged in order.
type File struct{ Services []Service }

// Service is one entry under "services".
type Service struct {
	Name       string
	Image      string
	Build      *Build
	Env        []Variable // in order of the file
	EnvFiles   []string
	Command    []string // nil: not set
	Entrypoint []string // nil: not set
	Workdir    string
	Ports      []int // on the side of the container
	DependsOn  []string
	Mounts     []Mount
	Hosts      []string // names under which others reach it: service, container_name, hostname, aliases
}

// Build is the "build" of a service.
type Build struct {
	Context    string // slash path from the folder of the compose file, "." by default
	Dockerfile string // slash path from Context, "" by default
	Target     string
	Args       []Variable
}

// Variable is an environment variable or a build argument. Value is "" where the file
// only passes the name on.
type Variable struct{ Name, Value string }

// Mount is a volume that comes from a path of the repository.
type Mount struct {
	Source string // slash path from the folder of the compose file
	Target string
}

const maxServices = 40

// Read reads compose files that are merged as compose does: what stands in a later text
// wins. The lookup knows the variables of the .env file beside them.
func Read(texts []string, lookup func(string) (string, bool)) (File, error) {
	var file File
	for _, text := range texts {
		root, err := document.Parse(text)
		if err != nil {
			return File{}, err
		}
		services := root.Get("services")
		if !services.Has() && root.Get("version").Kind == document.Absent {
			services = root // version 1: services at the top
		}
		reader := reader{lookup: lookup, services: services}
		for _, entry := range services.Entries() {
			if entry.Value.Kind == document.Map && len(file.Services) < maxServices {
				file.add(reader.service(entry.Key, entry.Value, 0))
			}
		}
	}
	return file, nil
}

// Service finds a service by name.
func (f File) Service(name string) (Service, bool) {
	at := slices.IndexFunc(f.Services, func(s Service) bool { return s.Name == name })
	if at < 0 {
		return Service{}, false
	}
	return f.Services[at], true
}

// add puts a service in, over one of the same name from an earlier file.
func (f *File) add(service Service) {
	at := slices.IndexFunc(f.Services, func(s Service) bool { return s.Name == service.Name })
	if at < 0 {
		f.Services = append(f.Services, service)
		return
	}
	f.Services[at] = merge(f.Services[at], service)
}

func merge(base, over Service) Service {
	if over.Image != "" {
		base.Image = over.Image
	}
	if over.Build != nil {
		base.Build = over.Build
	}
	if over.Command != nil {
		base.Command = over.Command
	}
	if over.Entrypoint != nil {
		base.Entrypoint = over.Entrypoint
	}
	if over.Workdir != "" {
		base.Workdir = over.Workdir
	}
	for _, variable := range over.Env {
		at := slices.IndexFunc(base.Env, func(v Variable) bool { return v.Name == variable.Name })
		if at >= 0 {
			base.Env[at] = variable
		} else {
			base.Env = append(base.Env, variable)
		}
	}
	base.EnvFiles = append(base.EnvFiles, over.EnvFiles...)
	base.Ports = append(base.Ports, over.Ports...)
	base.DependsOn = append(base.DependsOn, over.DependsOn...)
	base.Mounts = append(base.Mounts, over.Mounts...)
	base.Hosts = append(base.Hosts, over.Hosts...)
	return base
}

type reader struct {
	lookup   func(string) (string, bool)
	services document.Node
}

func (r reader) text(node document.Node) string { return dotenv.Expand(node.Text(), r.lookup) }

func (r reader) texts(node document.Node) []string {
	var made []string
	for _, text := range node.Texts() {
		made = append(made, dotenv.Expand(text, r.lookup))
	}
	return made
}

const maxExtends = 4

func (r reader) service(name string, node document.Node, depth int) Service {
	made := Service{Name: name, Hosts: []string{name}}
	if base := r.extended(node, depth); base != nil {
		made = *base
		made.Name, made.Hosts = name, []string{name}
	}
	over := Service{
		Image: r.text(node.Get("image")), Build: r.build(node.Get("build")),
		Env: r.variables(node.Get("environment")), EnvFiles: r.envFiles(node.Get("env_file")),
		Command: r.command(node.Get("command")), Entrypoint: r.command(node.Get("entrypoint")),
		Workdir: r.text(node.Get("working_dir")), Ports: r.ports(node),
		DependsOn: names(node.Get("depends_on")), Mounts: r.mounts(node.Get("volumes")),
	}
	for _, key := range []string{"container_name", "hostname"} {
		if text := r.text(node.Get(key)); text != "" {
			over.Hosts = append(over.Hosts, text)
		}
	}
	for _, network := range node.Get("networks").Entries() {
		over.Hosts = append(over.Hosts, r.texts(network.Value.Get("aliases"))...)
	}
	return merge(made, over)
}

// extended is the service of the same file that this one extends.
func (r reader) extended(node document.Node, depth int) *Service {
	extends := node.Get("extends")
	name := extends.Text()
	if extends.Kind == document.Map && !extends.Get("file").Has() {
		name = extends.Get("service").Text()
	}
	base := r.services.Get(name)
	if name == "" || base.Kind != document.Map || depth >= maxExtends {
		return nil
	}
	made := r.service(name, base, depth+1)
	return &made
}

func (r reader) build(node document.Node) *Build {
	switch node.Kind {
	case document.Scalar:
		return &Build{Context: cleanPath(r.text(node))}
	case document.Map:
		made := &Build{
			Context: cleanPath(r.text(node.Get("context"))), Target: r.text(node.Get("target")),
			Args: r.variables(node.Get("args")),
		}
		if dockerfile := r.text(node.Get("dockerfile")); dockerfile != "" {
			made.Dockerfile = path.Clean(dockerfile)
		}
		return made
	case document.Absent, document.Null, document.List:
	}
	return nil
}

func cleanPath(name string) string {
	if name == "" {
		return "."
	}
	return path.Clean(strings.ReplaceAll(name, `\`, "/"))
}

// variables reads an environment in its map form and its list form.
func (r reader) variables(node document.Node) []Variable {
	var made []Variable
	for _, entry := range node.Entries() {
		value := r.text(entry.Value)
		if entry.Value.Kind == document.Null {
			value, _ = r.lookup(entry.Key)
		}
		made = append(made, Variable{Name: entry.Key, Value: value})
	}
	for _, item := range node.Items() {
		name, value, hasValue := strings.Cut(item.Text(), "=")
		if !hasValue {
			value, _ = r.lookup(name)
		}
		if name = strings.TrimSpace(name); name != "" {
			made = append(made, Variable{Name: name, Value: dotenv.Expand(value, r.lookup)})
		}
	}
	return made
}

func (r reader) envFiles(node document.Node) []string {
	files := r.texts(node)
	for _, item := range node.Items() {
		if file := r.text(item.Get("path")); file != "" {
			files = append(files, file)
		}
	}
	for i := range files {
		files[i] = cleanPath(files[i])
	}
	return files
}

// command reads a command as compose does: a text is split into words, and no shell runs it.
func (r reader) command(node document.Node) []string {
	switch node.Kind {
	case document.Scalar:
		split, err := words.Split(r.text(node))
		if err != nil {
			return nil
		}
		return append([]string{}, split...)
	case document.List:
		return append([]string{}, r.texts(node)...)
	case document.Absent, document.Null, document.Map:
	}
	return nil
}

func (r reader) ports(node document.Node) []int {
	var ports []int
	for _, item := range node.Get("ports").Items() {
		text := r.text(item)
		if item.Kind == document.Map {
			text = r.text(item.Get("target"))
		}
		text, _, _ = strings.Cut(text, "/")
		if port, ok := portNumber(text[strings.LastIndex(text, ":")+1:]); ok {
			ports = append(ports, port)
		}
	}
	for _, text := range r.texts(node.Get("expose")) {
		if port, ok := portNumber(text); ok {
			ports = append(ports, port)
		}
	}
	return ports
}

func portNumber(text string) (int, bool) {
	port, err := strconv.Atoi(strings.TrimSpace(text))
	return port, err == nil && port > 0 && port < 65536
}

func (r reader) mounts(node document.Node) []Mount {
	var mounts []Mount
	for _, item := range node.Items() {
		source, target := r.text(item.Get("source")), r.text(item.Get("target"))
		if item.Kind == document.Scalar {
			var rest string
			source, rest, _ = strings.Cut(r.text(item), ":")
			target, _, _ = strings.Cut(rest, ":")
		}
		if strings.HasPrefix(source, ".") && target != "" {
			mounts = append(mounts, Mount{Source: cleanPath(source), Target: path.Clean(target)})
		}
	}
	return mounts
}

func names(node document.Node) []string {
	found := node.Texts()
	for _, entry := range node.Entries() {
		found = append(found, entry.Key)
	}
	return found
}
