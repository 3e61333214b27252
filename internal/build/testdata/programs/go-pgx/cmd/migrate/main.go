// The migration runs once before the server: go run ./cmd/migrate -dir migrations
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

func main() {
	dir := flag.String("dir", "", "folder of SQL files")
	flag.Parse()
	files, err := filepath.Glob(filepath.Join(*dir, "*.sql"))
	if err != nil || len(files) == 0 {
		log.Fatal("no migrations found")
	}
	conn, err := pgx.Connect(context.Background(), os.Getenv("TODO_DSN"))
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := conn.Exec(context.Background(), string(text)); err != nil {
			log.Fatal(err)
		}
	}
}
