// Command tool is what Dockerfiles of the tests run: it needs no base image.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	switch os.Args[1] {
	case "exit":
		code, _ := strconv.Atoi(os.Args[2])
		fmt.Println("about to exit", code)
		os.Exit(code)
	case "sleep":
		fmt.Println("sleeping")
		time.Sleep(time.Hour)
	case "flood":
		megabytes, _ := strconv.Atoi(os.Args[2])
		line := strings.Repeat("flood ", 170) + "\n"
		for range megabytes << 10 {
			_, _ = io.WriteString(os.Stdout, line)
		}
	case "append":
		file, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = file.WriteString(os.Args[3] + "\n")
		}
		check(err)
	case "show":
		content, err := os.ReadFile(os.Args[2])
		check(err)
		fmt.Printf("content of %s: %s", os.Args[2], content)
	case "absent":
		if _, err := os.Stat(os.Args[2]); err == nil {
			check(fmt.Errorf("%s is there", os.Args[2]))
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
