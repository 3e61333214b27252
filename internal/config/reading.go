package config

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bytes is a size in bytes.
type Bytes int64

const (
	kibibyte Bytes = 1 << 10
	mebibyte Bytes = 1 << 20
	gibibyte Bytes = 1 << 30
)

// String writes the largest unit that needs no fraction: "512 MiB", "1000 B".
func (b Bytes) String() string {
	for _, unit := range []struct {
		size Bytes
		name string
	}{{gibibyte, "GiB"}, {mebibyte, "MiB"}, {kibibyte, "KiB"}} {
		if b >= unit.size && b%unit.size == 0 {
			return fmt.Sprintf("%d %s", b/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d B", int64(b))
}

// parseBytes reads "512 MiB", "512m" (as Docker writes it), "1GB", "1000" and "1000 B".
// KB, MB and GB are powers of 1000, all others of 1024.
func parseBytes(text string) (Bytes, bool) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || number < 0 {
		return 0, false
	}
	factors := map[string]int64{
		"": 1, "b": 1,
		"k": 1 << 10, "kib": 1 << 10, "kb": 1e3,
		"m": 1 << 20, "mib": 1 << 20, "mb": 1e6,
		"g": 1 << 30, "gib": 1 << 30, "gb": 1e9,
	}
	factor, ok := factors[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	if !ok || number > math.MaxInt64/factor {
		return 0, false
	}
	return Bytes(number * factor), true
}

func sizeSetting(name, fallback, usage string, least, most Bytes) setting {
	return setting{
		name: name, fallback: fallback, usage: usage,
		allowed: fmt.Sprintf("a size from %v to %v, such as 512MiB", least, most),
		read: func(text string) (any, string, bool) {
			size, ok := parseBytes(text)
			return size, size.String(), ok && size >= least && size <= most
		},
	}
}

func durationSetting(name, fallback, usage string, least, most time.Duration) setting {
	return setting{
		name: name, fallback: fallback, usage: usage,
		allowed: fmt.Sprintf("a time from %v to %v with its unit, such as 90s or 5m", least, most),
		read: func(text string) (any, string, bool) {
			length, err := time.ParseDuration(text)
			return length, length.String(), err == nil && length >= least && length <= most
		},
	}
}

func numberSetting(name, fallback, usage string, least, most int) setting {
	return setting{
		name: name, fallback: fallback, usage: usage,
		allowed: fmt.Sprintf("a whole number from %d to %d", least, most),
		read: func(text string) (any, string, bool) {
			number, err := strconv.Atoi(text)
			return number, strconv.Itoa(number), err == nil && number >= least && number <= most
		},
	}
}

func choiceSetting(name, fallback, usage string, choices ...string) setting {
	return setting{
		name: name, fallback: fallback, usage: usage, allowed: strings.Join(choices, ", "),
		read: func(text string) (any, string, bool) { return text, text, slices.Contains(choices, text) },
	}
}

func cores(text string) (any, string, bool) {
	number, err := strconv.ParseFloat(text, 64)
	ok := err == nil && number >= 0.1 && number <= 256 && !strings.ContainsAny(text, "eExXpP_")
	return number, strconv.FormatFloat(number, 'f', -1, 64), ok
}

func seed(text string) (any, string, bool) {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
	return text, text, len(text) <= 64 && strings.Trim(text, allowed) == ""
}

func engineAddress(text string) (any, string, bool) {
	for _, scheme := range []string{"unix://", "npipe://", "tcp://", "http://", "https://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			return text, text, rest != ""
		}
	}
	return text, text, text == ""
}

func absolutePath(orEmpty bool) reader {
	return func(text string) (any, string, bool) {
		return text, text, filepath.IsAbs(text) || orEmpty && text == ""
	}
}
