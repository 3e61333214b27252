package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsEscapes asks the console to interpret escape sequences. Consoles before
// Windows 10 do not.
func understandsEscapes(file *os.File) bool {
	var mode uint32
	console := windows.Handle(file.Fd())
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
