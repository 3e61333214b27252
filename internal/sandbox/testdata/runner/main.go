// Command runner plays a runner that is killed, in the tests of package sandbox: it opens a
// lab, starts a program that ignores every signal, and waits. Its arguments are the state
// folder, the helper, the image, and how many seconds the lab may live.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/takehome-dev/takehome/internal/sandbox"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func main() {
	ctx := context.Background()
	seconds, _ := strconv.Atoi(os.Args[4])
	engine, err := sandbox.Connect(ctx, sandbox.Settings{StateDir: os.Args[1], PodBinary: os.Args[2]})
	if err != nil {
		panic(err)
	}
	lab, err := engine.Open(ctx, sandbox.LabSpec{Lifetime: time.Duration(seconds) * time.Second})
	if err != nil {
		panic(err)
	}
	lab.Equip(takehome.Image{ID: os.Args[3], Command: []string{"/program", "stubborn"}}, takehome.StartPlan{})
	boot, err := lab.Start(ctx, takehome.StartOptions{})
	fmt.Println(engine.ImageLabels(time.Now())["takehome.run"], boot.Listening, err)
	_, _ = os.Stdin.Read(make([]byte, 1))
}
