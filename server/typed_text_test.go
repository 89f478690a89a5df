package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestTypedText follows what people write, as harmful as it can be made, to where it is
// shown: one spelling, nothing unseen, and never anything but text.
func TestTypedText(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	id := strings.TrimPrefix(alva.apply(over, nil).path, "/arende/")
	bad := "A\u030angstro\u0308m\x00\x1b[31m \u202egnirts\u202c <script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{.}}\u2066x\u2069 =cmd|' /C calc'!A0 سلام\u200f"
	alva.post("/arende/"+id+"/meddelande", url.Values{"message": {bad}})
	alva.upload("/arende/"+id+"/underlag", "bank", "..\\..\\\u202efdp.\r\nSet-Cookie: x=1<b>.exe", letter)

	doris := s.as(t, "doris")
	doris.read(id)
	for _, page := range []answer{alva.get("/arende/" + id), doris.get("/handlaggare/" + id + "/meddelande"), alva.get("/arende/" + id + "/underlag"), doris.get("/handlaggare/" + id + "/dokument")} {
		if page.code != 200 {
			t.Fatalf("%s: %d", page.path, page.code)
		}
		for _, never := range []string{"\x00", "\x1b", "\u202e", "\u202c", "\u2066", "\u2069", "<script>alert", "<img src=x", "<b>.exe", "..\\", "A\u030a"} {
			if strings.Contains(page.body, never) {
				t.Errorf("%s holds %q", page.path, never)
			}
		}
	}
	if page := alva.get("/arende/" + id).body; !strings.Contains(page, "Ångström[31m gnirts &lt;script&gt;") || !strings.Contains(page, "سلام\u200f") {
		t.Error("the message is not there as it was meant")
	}
	if page := alva.get("/arende/" + id + "/underlag").body; !strings.Contains(page, "fdp.%0D%0ASet-Cookie: x=1&lt;b&gt;.exe") {
		t.Error("the file has not its name on one line")
	}
	given := alva.get("/arende/" + id + "/underlag/1")
	if got := given.head.Get("Content-Disposition"); got != "attachment; filename=underlag-1.pdf" || strings.Contains(given.head.Get("Set-Cookie"), "x=1") {
		t.Errorf("the file is given as %s", got)
	}
}

// TestPolyglots: a file that is two things at once is the one that it begins as, a
// download under a name of ours that no browser runs.
func TestPolyglots(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	id := strings.TrimPrefix(alva.apply(over, nil).path, "/arende/")
	html := "<!doctype html><script>alert(1)</script>"
	for name, c := range map[string]struct{ content, media string }{
		"a page":                    {html, ""},
		"a page after spaces":       {"   " + html, ""},
		"a page after a BOM":        {"\ufeff" + html, ""},
		"a picture that runs":       {`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, ""},
		"a picture that is a GIF":   {"GIF89a=1;alert(1)", ""},
		"a PDF that comes later":    {html + "%PDF-1.7", ""},
		"an archive":                {"PK\x03\x04", ""},
		"a PDF that is a page":      {"%PDF-1.7\n" + html, "application/pdf"},
		"a photo that is a page":    {"\xff\xd8\xff\xe0" + html, "image/jpeg"},
		"a picture that is a page":  {"\x89PNG\r\n\x1a\n" + html, "image/png"},
		"a picture that is a sound": {"RIFF\x00\x00\x00\x00WAVE", ""},
	} {
		before := alva.get("/arende/" + id + "/underlag").body
		a := alva.upload("/arende/"+id+"/underlag", "bank", "x.html", []byte(c.content))
		if c.media == "" {
			if a.code != 422 || strings.Count(a.body, "/underlag/") != strings.Count(before, "/underlag/") {
				t.Errorf("%s is taken: %d", name, a.code)
			}
			continue
		}
		links := strings.Split(a.body, `href="/arende/`+id+"/underlag/")
		n, _, _ := strings.Cut(links[len(links)-1], `"`)
		given := alva.get("/arende/" + id + "/underlag/" + n)
		for header, want := range map[string]string{"Content-Type": c.media, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"} {
			if got := given.head.Get(header); got != want {
				t.Errorf("%s is given with %s %q", name, header, got)
			}
		}
		if got := given.head.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=underlag-") || strings.Contains(got, "html") {
			t.Errorf("%s is given as %s", name, got)
		}
	}
}
