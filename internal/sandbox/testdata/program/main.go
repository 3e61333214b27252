// Command program plays a candidate's program in the tests of package sandbox. Its first
// argument says how it behaves.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	behaviours := map[string]func(args []string) error{
		"serve": serve, "serve-on": serveOn, "exit": exit, "never": never, "hog": hog, "hog-child": hogChild,
		"needs-disk": needsDisk, "needs-root": needsRoot, "graceful": graceful, "stubborn": stubborn,
		"patient": patient, "fill-disk": fillDisk, "migrate": migrate, "unready": unready, "volume": volume,
	}
	behave, known := behaviours[os.Args[1]]
	if !known {
		fmt.Println("what?")
		os.Exit(64)
	}
	if err := behave(os.Args[2:]); err != nil {
		fmt.Println("fatal:", err)
		os.Exit(1)
	}
}

// serve listens on PORT, after a connection to DATABASE_URL if it is told "database".
func serve(args []string) error {
	if len(args) > 0 && args[0] == "database" {
		conn, err := pgx.Connect(context.Background(), os.Getenv("DATABASE_URL"))
		if err != nil {
			return err
		}
		defer conn.Close(context.Background())
	}
	return serveOn([]string{os.Getenv("PORT")})
}

func serveOn(ports []string) error {
	for _, port := range ports[1:] {
		if _, err := net.Listen("tcp", ":"+port); err != nil {
			return err
		}
	}
	fmt.Println("listening")
	return http.ListenAndServe(":"+ports[0], routes())
}

func routes() http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, do func(r *http.Request) (string, error)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			text, err := do(r)
			if err != nil {
				w.WriteHeader(http.StatusInternalServerError)
				text = err.Error()
			}
			_, _ = io.WriteString(w, text)
		})
	}
	answer("/", func(*http.Request) (string, error) { return "ok", nil })
	answer("/env", func(*http.Request) (string, error) { return strings.Join(os.Environ(), "\n"), nil })
	answer("/id", func(*http.Request) (string, error) {
		return fmt.Sprintf("%d:%d pid %d", os.Getuid(), os.Getgid(), os.Getpid()), nil
	})
	answer("/read", func(r *http.Request) (string, error) {
		content, err := os.ReadFile(r.FormValue("path"))
		return string(content), err
	})
	answer("/write", func(r *http.Request) (string, error) {
		size, _ := strconv.Atoi(r.FormValue("size"))
		return "written", os.WriteFile(r.FormValue("path"), make([]byte, size), 0o600)
	})
	answer("/dial", func(r *http.Request) (string, error) {
		conn, err := net.DialTimeout(r.FormValue("network"), r.FormValue("address"), 2*time.Second)
		if err != nil {
			return "", err
		}
		_, err = conn.Write([]byte("hello"))
		return "connected", errors.Join(err, conn.Close())
	})
	answer("/lookup", func(r *http.Request) (string, error) {
		begun := time.Now()
		found, err := net.LookupHost(r.FormValue("host"))
		return fmt.Sprintf("%v %v", found, time.Since(begun)), err
	})
	answer("/query", func(r *http.Request) (string, error) {
		return query(r.Context(), r.FormValue("url"), r.FormValue("sql"))
	})
	answer("/syscall", func(r *http.Request) (string, error) {
		var numbers [4]uintptr
		for i, name := range []string{"n", "a", "b", "c"} {
			number, _ := strconv.ParseUint(r.FormValue(name), 0, 64)
			numbers[i] = uintptr(number)
		}
		_, _, errno := syscall.Syscall(numbers[0], numbers[1], numbers[2], numbers[3])
		return fmt.Sprintf("errno %d", int(errno)), nil
	})
	answer("/kill", func(r *http.Request) (string, error) {
		pid, _ := strconv.Atoi(r.FormValue("pid"))
		number, _ := strconv.Atoi(r.FormValue("signal"))
		return "sent", syscall.Kill(pid, syscall.Signal(number))
	})
	answer("/trace", func(*http.Request) (string, error) { return "traced", syscall.PtraceAttach(1) })
	answer("/hog-child", func(*http.Request) (string, error) {
		return "child: ", exec.Command(os.Args[0], "hog").Run()
	})
	answer("/complain", func(*http.Request) (string, error) {
		fmt.Println("Error: EROFS: read-only file system, mkdir '/app/uploads'")
		return "", nil
	})
	answer("/flood", func(r *http.Request) (string, error) {
		address := r.FormValue("address")
		for range 300 { // as many as the ulimit allows, all the time
			go func() {
				for {
					if conn, err := net.Dial("tcp", address); err == nil {
						go func() {
							time.Sleep(time.Second)
							_ = conn.Close()
						}()
					}
				}
			}()
		}
		time.Sleep(time.Second)
		return "", nil
	})
	answer("/reset", func(*http.Request) (string, error) { panic(http.ErrAbortHandler) })
	return mux
}

func query(ctx context.Context, url, sql string) (string, error) {
	if url == "" {
		url = os.Getenv("DATABASE_URL")
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var text string
	err = conn.QueryRow(ctx, sql).Scan(&text)
	return text, err
}

func exit(args []string) error {
	fmt.Println(strings.Join(args[1:], " "))
	code, _ := strconv.Atoi(args[0])
	os.Exit(code)
	return nil
}

func never([]string) error {
	fmt.Println("thinking")
	for {
		time.Sleep(time.Hour)
	}
}

func hog([]string) error {
	var held [][]byte
	for {
		block := make([]byte, 8<<20)
		for i := range block {
			block[i] = 1
		}
		held = append(held, block)
	}
}

func hogChild([]string) error {
	_ = exec.Command(os.Args[0], "hog").Run()
	return serve(nil)
}

func needsDisk([]string) error {
	if err := os.WriteFile("/app.log", []byte("started"), 0o600); err != nil {
		return err
	}
	return serve(nil)
}

// needsRoot exits without a word where it is not root.
func needsRoot([]string) error {
	if os.Getuid() != 0 {
		os.Exit(9)
	}
	return serve(nil)
}

func graceful([]string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		fmt.Println("finishing")
		time.Sleep(200 * time.Millisecond)
		os.Exit(0)
	}()
	return serve(nil)
}

func stubborn([]string) error {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	return serve(nil)
}

func fillDisk([]string) error {
	go func() {
		for i := 0; ; i++ {
			if err := os.WriteFile(fmt.Sprintf("/fill-%d", i), make([]byte, 4<<20), 0o600); err != nil {
				fmt.Println(err)
				time.Sleep(time.Second)
			}
		}
	}()
	return serve(nil)
}

func migrate(args []string) error {
	conn, err := pgx.Connect(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), strings.Join(args, " "))
	fmt.Println("migrated")
	return err
}

// patient does not listen before its database answers.
func patient([]string) error {
	for {
		conn, err := pgx.Connect(context.Background(), os.Getenv("DATABASE_URL"))
		if err == nil {
			_ = conn.Close(context.Background())
			return serve(nil)
		}
		fmt.Println("waiting for the database")
		time.Sleep(100 * time.Millisecond)
	}
}

// unready answers 503 for the first 300 ms.
func unready([]string) error {
	begun := time.Now()
	return http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if time.Since(begun) < 300*time.Millisecond {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
}

func volume(args []string) error {
	content, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", content)
	return serve(nil)
}
