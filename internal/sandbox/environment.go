package sandbox

import (
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// values puts ours in the places of the placeholders of a plan.
func (l *Lab) values() *strings.Replacer {
	return strings.NewReplacer(
		"{host}", l.host, "{port}", strconv.Itoa(databasePort), "{database}", l.logins.Database,
		"{user}", l.logins.Owner.User, "{password}", l.logins.Owner.Password, "{listen}", strconv.Itoa(l.port),
	)
}

// environment gives the program the settings of its plan with our values in them. A port
// and a database it gets in any case.
func (l *Lab) environment(plan takehome.StartPlan) []string {
	values := l.values()
	settings := plan.Env
	for _, needed := range []takehome.Setting{
		{Name: "PORT", Value: "{listen}"},
		{Name: "DATABASE_URL", Value: "postgresql://{user}:{password}@{host}:{port}/{database}?sslmode=disable"},
	} {
		named := func(s takehome.Setting) bool { return s.Name == needed.Name }
		if !slices.ContainsFunc(settings, named) {
			settings = append(slices.Clip(settings), needed)
		}
	}
	var env []string
	for _, setting := range settings {
		value := values.Replace(setting.Value)
		if setting.Name == "" || strings.ContainsAny(setting.Name, "=\x00") || strings.ContainsRune(value, 0) {
			continue // cannot be put into an environment
		}
		env = append(env, setting.Name+"="+value)
	}
	return env
}

// command is what the plan, or else the image, starts. The plan's replaces the image's CMD;
// an ENTRYPOINT stays before it, as with docker run and compose.
func command(image takehome.Image, plan takehome.StartPlan) []string {
	arguments := image.Command
	if len(plan.Command) > 0 {
		arguments = plan.Command
	}
	return slices.Concat(image.Entrypoint, arguments)
}

// filledIn is a command of a plan with our values in it. The image's own is never changed.
func (l *Lab) filledIn(command []string, image takehome.Image) []string {
	own := slices.Concat(image.Entrypoint, image.Command)
	if slices.Equal(command, own) {
		return command
	}
	values, filled := l.values(), make([]string, len(command))
	for i, argument := range command {
		filled[i] = values.Replace(argument)
	}
	return filled
}
