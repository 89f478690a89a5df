package application

import (
	"bytes"
	"slices"
)

// Sniff gives the media type that a document's first bytes tell, and its file
// ending; "" for anything but a photo or a PDF. What the sender calls it says nothing.
func Sniff(content []byte) (media, ending string) {
	at := func(offset int, magic string) bool {
		return len(content) >= offset+len(magic) && bytes.Equal(content[offset:offset+len(magic)], []byte(magic))
	}
	switch {
	case at(0, "%PDF-"):
		return "application/pdf", "pdf"
	case at(0, "\xff\xd8\xff"):
		return "image/jpeg", "jpg"
	case at(0, "\x89PNG\r\n\x1a\n"):
		return "image/png", "png"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "image/webp", "webp"
	case at(4, "ftyp") && len(content) >= 12 && slices.Contains([]string{"heic", "heix", "mif1", "heim", "heis"}, string(content[8:12])):
		return "image/heic", "heic"
	}
	return "", ""
}

// Ending is the file ending of a media type that Sniff tells.
func Ending(media string) string {
	return map[string]string{"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}[media]
}
