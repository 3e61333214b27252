package ddl

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decode makes UTF-8 of a file: without a byte order mark, from UTF-16 (as Windows saves
// what a program prints), or from Latin-1. It names the encoding where it is another one.
func decode(raw []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		return fromUTF16(raw[2:], binary.LittleEndian), "UTF-16"
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		return fromUTF16(raw[2:], binary.BigEndian), "UTF-16"
	}
	if utf8.Valid(raw) {
		return withoutNUL(string(raw)), ""
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return withoutNUL(string(runes)), "Latin-1"
}

func fromUTF16(raw []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(raw)/2)
	for at := 0; at+1 < len(raw); at += 2 {
		units = append(units, order.Uint16(raw[at:]))
	}
	return withoutNUL(string(utf16.Decode(units)))
}

// withoutNUL drops what no statement can hold.
func withoutNUL(text string) string { return strings.ReplaceAll(text, "\x00", "") }
