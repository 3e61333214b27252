package compose

import (
	"path"
	"slices"
	"strings"
)

// Database is what a compose file calls its Postgres and how one logs in to it.
type Database struct {
	Service  string
	Hosts    []string
	User     string
	Password string
	Name     string
}

// IsPostgres reports whether an image is a Postgres server under any of its usual names.
func IsPostgres(image string) bool {
	switch baseName(image) {
	case "postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector", "supabase-postgres", "cloudnative-pg", "spilo", "alloydbomni":
		return true
	}
	return false
}

// IsInfrastructure reports whether an image is a server or a tool that no candidate wrote.
func IsInfrastructure(image string) bool {
	return slices.Contains([]string{
		"redis", "valkey", "mysql", "mariadb", "mongo", "mongo-express", "adminer", "pgadmin4", "pgadmin", "pgweb", "nginx", "traefik",
		"caddy", "rabbitmq", "kafka", "zookeeper", "elasticsearch", "kibana", "grafana", "prometheus", "jaeger", "all-in-one", "mailhog",
		"mailpit", "minio", "localstack", "memcached", "swagger-ui", "swagger-editor", "keycloak", "vault", "nats", "pgbouncer", "haproxy",
		"cloudbeaver", "dpage", "sonarqube", "busybox", "alpine", "curl",
	}, baseName(image)) || IsPostgres(image) || MigrationTool(image) != ""
}

// MigrationTool is the migration tool that an image holds: "golang-migrate", "flyway",
// "dbmate", "goose", "liquibase", or "".
func MigrationTool(image string) string {
	switch baseName(image) {
	case "migrate":
		return "golang-migrate"
	case "flyway":
		return "flyway"
	case "dbmate":
		return "dbmate"
	case "goose":
		return "goose"
	case "liquibase":
		return "liquibase"
	}
	return ""
}

func baseName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name, _, _ := strings.Cut(path.Base(image), ":")
	return strings.ToLower(name)
}

// DatabaseOf reads the login of a service that runs a Postgres, with the image's own defaults.
func DatabaseOf(service Service) Database {
	found := Database{Service: service.Name, Hosts: service.Hosts, User: "postgres"}
	for _, variable := range service.Env {
		switch variable.Name {
		case "POSTGRES_USER", "POSTGRESQL_USERNAME":
			found.User = variable.Value
		case "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD":
			found.Password = variable.Value
		case "POSTGRES_DB", "POSTGRESQL_DATABASE":
			found.Name = variable.Value
		}
	}
	if found.Name == "" {
		found.Name = found.User
	}
	return found
}

// InitFolder is where the official Postgres image looks for scripts of the first start.
const InitFolder = "/docker-entrypoint-initdb.d"

// InitMounts are the mounts of a Postgres service that put scripts there.
func InitMounts(service Service) []Mount {
	var found []Mount
	for _, mount := range service.Mounts {
		if mount.Target == InitFolder || strings.HasPrefix(mount.Target, InitFolder+"/") {
			found = append(found, mount)
		}
	}
	return found
}
