// The server reads its address from the environment; its table is made by cmd/migrate.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	pool, err := pgxpool.New(context.Background(), os.Getenv("TODO_DSN"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /todos", func(w http.ResponseWriter, r *http.Request) {
		var todo struct{ Title string }
		if err := json.NewDecoder(r.Body).Decode(&todo); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if _, err := pool.Exec(r.Context(), "INSERT INTO todos (title) VALUES ($1)", todo.Title); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	http.HandleFunc("GET /todos", func(w http.ResponseWriter, r *http.Request) {
		var titles []string
		if err := pool.QueryRow(r.Context(), "SELECT array_agg(title) FROM todos").Scan(&titles); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(titles)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN_ADDR"), nil))
}
