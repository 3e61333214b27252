package takehome

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what is kept of a stranger's bytes.
const (
	// QuoteLine is for a name, a path or one line of output.
	QuoteLine = 300
	// QuoteBody is for a request or response body, or the end of a log.
	QuoteBody = 4 << 10
)

// Text is a piece of a stranger's output that is safe to show: valid UTF-8 of
// limited length in which control characters, bidirectional overrides and other
// invisible format characters are spelled out as \u{XX}. It is made by Quote only.
type Text struct {
	Shown     string `json:"shown"`
	Bytes     int64  `json:"bytes"`               // length of the whole
	SHA256    string `json:"sha256,omitempty"`    // of the whole, where it was kept
	Truncated bool   `json:"truncated,omitempty"` // Shown is only the beginning (or the end, for logs)
}

// String returns what may be shown.
func (t Text) String() string { return t.Shown }

// Quote makes a Text from the beginning of raw, at most limit bytes of it.
func Quote(raw []byte, limit int) Text {
	sum := sha256.Sum256(raw)
	kept := raw
	if len(kept) > limit {
		kept = kept[:limit]
		for i := 0; i < utf8.UTFMax && len(kept) > 0 && !utf8.RuneStart(raw[len(kept)]); i++ {
			kept = kept[:len(kept)-1]
		}
	}
	return Text{
		Shown: Clean(string(kept)), Bytes: int64(len(raw)),
		SHA256: hex.EncodeToString(sum[:]), Truncated: len(kept) < len(raw),
	}
}

// QuoteTail makes a Text from the end of raw, for logs: the last lines tell most.
func QuoteTail(raw []byte, limit int) Text {
	text := Quote(raw, len(raw))
	kept := raw
	if len(kept) > limit {
		kept = kept[len(kept)-limit:]
		for i := 1; i < utf8.UTFMax && len(kept) > 0 && !utf8.RuneStart(kept[0]); i++ {
			kept = kept[1:]
		}
		if cut := strings.IndexByte(string(kept), '\n'); cut >= 0 && cut < len(kept)-1 {
			kept = kept[cut+1:]
		}
		text.Shown, text.Truncated = Clean(string(kept)), true
	}
	return text
}

// Line makes one safe line of at most QuoteLine bytes from a stranger's name,
// path or message. Line breaks are spelled out as well.
func Line(raw string) string {
	text := Quote([]byte(raw), QuoteLine)
	line := strings.ReplaceAll(strings.ReplaceAll(text.Shown, "\n", `\n`), "\t", `\t`)
	if text.Truncated {
		line += "…"
	}
	return line
}

// Clean repairs UTF-8 and spells out every character that can repaint a terminal
// or reorder a page. Line feed and tab stay; a carriage return before a line feed is dropped.
func Clean(raw string) string {
	raw = strings.ReplaceAll(strings.ToValidUTF8(raw, "\uFFFD"), "\r\n", "\n")
	if strings.IndexFunc(raw, needsSpelling) < 0 {
		return raw
	}
	var out strings.Builder
	for _, r := range raw {
		if needsSpelling(r) {
			fmt.Fprintf(&out, `\u{%02X}`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func needsSpelling(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
