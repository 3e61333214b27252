// Command holder plays a runner that is killed: it takes a lease and waits.
package main

import (
	"fmt"
	"os"

	"github.com/takehome-dev/takehome/internal/sandbox/lease"
)

func main() {
	held, err := lease.Take(os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println(held.Run)
	_, _ = os.Stdin.Read(make([]byte, 1))
}
