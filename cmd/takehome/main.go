// Command takehome grades take-home backend challenges.
package main

import (
	"os"

	"github.com/takehome-dev/takehome/internal/cli"
)

func main() {
	process := cli.Process{
		Arguments: os.Args[1:], Environment: os.Environ(),
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Exit: os.Exit,
	}
	// Where one of these is not known, the settings that need it say so.
	process.Executable, _ = os.Executable()
	process.ConfigDir, _ = os.UserConfigDir()
	process.CacheDir, _ = os.UserCacheDir()
	os.Exit(cli.Run(process))
}
