package build

import (
	"path"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/names"
	"github.com/takehome-dev/takehome/internal/build/source"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const maxPorts = 12

// ports lists where the repository says that the program listens, the most telling source
// first. A port counts as declared where a reader looks for it: takehome.yaml, the compose
// file, .env.example, the README. EXPOSE, a command and the code only tell where to look.
func (p *planner) ports(command []string, commandBy string) []takehome.Port {
	var found []takehome.Port
	add := func(number int, from string, declared bool) {
		for _, known := range found {
			if known.Number == number {
				return
			}
		}
		if len(found) < maxPorts && number > 0 {
			found = append(found, takehome.Port{Number: number, Source: from, Declared: declared})
		}
	}
	add(p.manifest.Port, "takehome.yaml", true)
	for _, number := range p.compose.program.Ports {
		add(number, p.compose.source(), true)
	}
	for _, name := range sortedKeys(p.examples) {
		shown := p.examples[name]
		if shown.give && names.Classify(name, shown.value).IsListen() {
			if number, ok := portOf(shown.value); ok {
				add(number, shown.source, true)
			}
		}
	}
	if file, text, ok := p.readme(); ok {
		for _, number := range source.Announced(text) {
			add(number, takehome.Line(path.Base(file)), true)
		}
	}
	for _, number := range p.own.file.Ports {
		add(number, p.recipe.Source+": EXPOSE", false)
	}
	if number, ok := source.InCommand(command); ok {
		add(number, commandBy, false)
	}
	if number, ok := source.InCommand(append(p.own.file.Entrypoint, p.own.file.Command...)); ok {
		add(number, p.recipe.Source+": CMD", false)
	}
	for _, name := range sortedKeys(p.examples) {
		if shown := p.examples[name]; !shown.give && names.Classify(name, shown.value).IsListen() {
			if number, ok := portOf(shown.value); ok {
				add(number, strings.TrimSuffix(shown.source, readsIt), false)
			}
		}
	}
	for _, port := range p.facts.Ports {
		add(port.Number, takehome.Line(port.File), false)
	}
	return found
}

// portOf reads "3000", ":3000" and "0.0.0.0:3000".
func portOf(value string) (int, bool) {
	return source.ListenNumber(value[strings.LastIndex(value, ":")+1:])
}
