package language

import (
	"regexp"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

var (
	rubyAsked = regexp.MustCompile(`(?m)^\s*ruby\s+["'](?:~>\s*)?(\d+\.\d+)`)
	rubyFile  = regexp.MustCompile(`^\s*(?:ruby-)?(\d+\.\d+)`)
	usesRails = regexp.MustCompile(`(?m)^\s*gem\s+["']rails["']`)
	usesRack  = regexp.MustCompile(`(?m)^\s*gem\s+["'](rackup|puma|thin|falcon|unicorn)["']`)
)

const rubyVersion = "3.3"

// detectRuby serves Rails, Rack programs with a config.ru, and single files with Sinatra.
// Rails runs in its development environment: that of production redirects to HTTPS and
// wants a key, neither of which a challenge asks for.
func detectRuby(p Project) App {
	gemfile, _ := p.text("Gemfile")
	app := App{Language: "ruby", Context: p.Folder}
	switch {
	case usesRails.MatchString(gemfile):
		app.Command = shell(`exec bundle exec rails server -b 0.0.0.0 -p "${PORT:-3000}"`)
		app.CommandBy = "detected: rails"
	case p.has("config.ru") && usesRack.MatchString(gemfile):
		server := usesRack.FindStringSubmatch(gemfile)[1]
		line := `exec bundle exec rackup --host 0.0.0.0 --port "${PORT:-9292}"`
		if server == "puma" {
			line = `exec bundle exec puma -b "tcp://0.0.0.0:${PORT:-9292}" config.ru`
		}
		app.Command, app.CommandBy = shell(line), "detected: config.ru"
	case p.has("config.ru"):
		app.Command = shell(`exec bundle exec rackup --host 0.0.0.0 --port "${PORT:-9292}"`)
		app.CommandBy = "detected: config.ru"
	default:
		for _, name := range []string{"app.rb", "main.rb", "server.rb", "api.rb"} {
			if p.has(name) {
				app.Command = shell(`exec bundle exec ruby ` + name + ` -o 0.0.0.0 -p "${PORT:-4567}"`)
				app.CommandBy = "detected: " + name
				break
			}
		}
	}
	if app.Command == nil {
		app.Problem = "no Rails, Rack or Sinatra program was found beside the Gemfile"
		app.Help = "add a config.ru, or say how to start it in takehome.yaml"
		return app
	}
	w := dockerfile.NewWriter()
	w.Line("FROM ruby:" + rubyBase(p, gemfile))
	w.Line(makeUser)
	w.Line("WORKDIR /app")
	w.Line("ENV BUNDLE_JOBS=2 BUNDLE_RETRY=2 RUBYOPT=-W0")
	if p.has("Gemfile.lock") {
		w.Copy(appUser, "./", "Gemfile", "Gemfile.lock")
	} else {
		w.Copy(appUser, "./", "Gemfile")
		app.Notes = append(app.Notes, "Gemfile.lock is missing; the newest gems that fit are installed")
	}
	w.Line("RUN bundle install")
	w.Copy(appUser, ".", ".")
	w.Line("USER " + appUser)
	w.Command(app.Command...)
	app.Dockerfile = w.Bytes()
	return app
}

func rubyBase(p Project, gemfile string) string {
	if parts := rubyAsked.FindStringSubmatch(gemfile); parts != nil {
		return parts[1]
	}
	if text, ok := p.text(".ruby-version"); ok {
		if parts := rubyFile.FindStringSubmatch(text); parts != nil {
			return parts[1]
		}
	}
	return rubyVersion
}
