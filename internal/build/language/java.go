package language

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

var (
	mavenJava  = regexp.MustCompile(`<(?:java\.version|maven\.compiler\.(?:release|target|source)|release|jvmTarget)>\s*(?:1\.)?(\d+)`)
	gradleJava = regexp.MustCompile(`(?:languageVersion\s*(?:=|\.set\()\s*JavaLanguageVersion\.of\(|sourceCompatibility\s*=?\s*(?:JavaVersion\.VERSION_)?["']?(?:1[._])?|jvmToolchain\()\s*(\d+)`)
	wrapper    = regexp.MustCompile(`gradle-(\d+)(?:\.\d+)*-(?:bin|all)\.zip`)
)

// detectJava builds with Maven or Gradle and runs the one jar that comes out. The wrapper
// scripts are not used: they fetch their tool from a place of their own.
func detectJava(p Project) App {
	app := App{Language: "java", Context: p.Folder}
	app.Command = shell(`exec java -jar /app/app.jar`)
	w := dockerfile.NewWriter()
	if pom, ok := p.text("pom.xml"); ok {
		mavenStage(w, pom, &app)
	} else {
		gradleStage(w, p, &app)
	}
	w.Line(makeUser)
	w.Line("WORKDIR /app")
	w.Line("COPY --from=build --chown=" + appUser + " /out/ ./")
	w.Line("USER " + appUser)
	w.Command(app.Command...)
	app.Dockerfile = w.Bytes()
	return app
}

func mavenStage(w *dockerfile.Writer, pom string, app *App) {
	java := javaVersion(mavenJava.FindStringSubmatch(pom))
	app.CommandBy = "detected: pom.xml"
	w.Line("FROM maven:3-eclipse-temurin-" + java + " AS build")
	w.Line("WORKDIR /src")
	if !strings.Contains(pom, "<modules>") {
		w.Line("COPY pom.xml ./")
		w.Line("RUN mvn -B -q dependency:go-offline || true")
	}
	w.Line("COPY . .")
	w.Line("RUN mvn -B -q -DskipTests package")
	w.Line("RUN " + collect("target", pom))
	if strings.Contains(pom, "<modules>") {
		app.Notes = append(app.Notes, "the Maven project has modules; the largest jar of them is started")
	}
	if strings.Contains(pom, "quarkus") && !strings.Contains(pom, "uber-jar") {
		app.Command = shell(`exec java -jar /app/quarkus-app/quarkus-run.jar`)
	}
	w.Line("FROM eclipse-temurin:" + java)
}

func gradleStage(w *dockerfile.Writer, p Project, app *App) {
	script, ok := p.text("build.gradle")
	app.CommandBy = "detected: build.gradle"
	if !ok {
		script, _ = p.text("build.gradle.kts")
		app.CommandBy = "detected: build.gradle.kts"
	}
	java := javaVersion(gradleJava.FindStringSubmatch(script))
	gradle := "8"
	if properties, ok := p.text("gradle/wrapper/gradle-wrapper.properties"); ok {
		if parts := wrapper.FindStringSubmatch(properties); parts != nil && slices.Contains([]string{"7", "8", "9"}, parts[1]) {
			gradle = parts[1]
		}
	}
	w.Line("FROM gradle:" + gradle + "-jdk" + java + " AS build")
	w.Line("WORKDIR /src")
	w.Line("COPY . .")
	task := "build -x test"
	if strings.Contains(script, "org.springframework.boot") {
		task = "bootJar"
	}
	w.Line("RUN gradle --no-daemon -q " + task)
	w.Line("RUN " + collect("build/libs", script))
	w.Line("FROM eclipse-temurin:" + java)
}

// collect puts what has to run into /out: Quarkus's folder, or the largest jar, which is
// the one that holds its dependencies.
func collect(folder, script string) string {
	if strings.Contains(script, "quarkus") && !strings.Contains(script, "uber-jar") {
		return "mkdir /out && cp -r " + strings.Replace(folder, "build/libs", "build", 1) + "/quarkus-app /out/"
	}
	return "mkdir /out && find . -path '*/" + folder + `/*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name 'original-*' ! -path '*/lib/*' -printf '%s %p\n'` +
		` | sort -rn | head -n 1 | cut -d ' ' -f 2- | xargs -I '{}' cp '{}' /out/app.jar && test -f /out/app.jar`
}

// javaVersion is the release with long support that serves the asked one. Older ones are
// used where they are asked for: Lombok and others of their time fail on newer compilers.
func javaVersion(parts []string) string {
	const usual = 21
	asked := usual
	if parts != nil {
		if number, err := strconv.Atoi(parts[1]); err == nil {
			asked = number
		}
	}
	for _, release := range []int{8, 11, 17, 21, 25} {
		if release >= asked {
			return strconv.Itoa(release)
		}
	}
	return strconv.Itoa(usual)
}
