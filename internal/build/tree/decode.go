package tree

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// decode makes text of a file's bytes. UTF-16 is not exotic: it is what a Windows shell
// writes for "pip freeze > requirements.txt".
func decode(raw []byte) string {
	var text string
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		text = decodeUTF16(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		text = decodeUTF16(raw[2:], binary.BigEndian)
	default:
		text = string(bytes.TrimPrefix(raw, []byte{0xEF, 0xBB, 0xBF}))
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
}

func decodeUTF16(raw []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(raw)/2)
	for ; len(raw) >= 2; raw = raw[2:] {
		units = append(units, order.Uint16(raw))
	}
	return string(utf16.Decode(units))
}
