package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestSearchAtTheDesk: a decided case is found by number and by how its id begins, its
// letter is read at the desk, and the person sees both.
func TestSearchAtTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	mine := alva.apply(single, nil).path
	alva.await(mine, "Ditt kvitto")
	id := strings.TrimPrefix(mine, "/arende/")
	link := `href="/handlaggare/` + id + `"`
	for sought, want := range map[string]int{"19921122-2386": 2, id[:8]: 2, strings.ToUpper(id[:8]): 2, "19921122-2394": 1, "aaaaaaaa": 1} {
		a := doris.post("/handlaggare/sok", url.Values{"sought": {sought}})
		if sought == "19921122-2394" && a.code == 422 {
			continue
		}
		if n := strings.Count(a.body, link); a.code != 200 || n != want { // once in the list of what is decided
			t.Errorf("%s: %d, shown %d times", sought, a.code, n)
		}
		if strings.Contains(a.body, "Alva Exempel") {
			t.Errorf("%s: the list names somebody", sought)
		}
	}
	for _, sought := range []string{"", id[:7], "Alva", "%"} {
		if a := doris.post("/handlaggare/sok", url.Values{"sought": {sought}}); a.code != 422 || !strings.Contains(a.body, "Skriv ett personnummer") {
			t.Errorf("%q: %d", sought, a.code)
		}
	}
	if a := s.as(t, "erik").post("/handlaggare/sok", url.Values{"sought": {"19921122-2386"}}); a.code != 200 || strings.Contains(a.body, id) {
		t.Errorf("another municipality finds it: %d", a.code)
	}
	doris.get("/handlaggare/"+id).has(t, "the desk", "/handlaggare/"+id+"/brev")
	doris.get("/handlaggare/"+id+"/brev").has(t, "the letter at the desk", "Alva Exempel", "/handlaggare/"+id+`"`, "Kvittot")
	readings := alva.get("/mina/lasningar")
	readings.has(t, "the readings", "Doris Demosson", "Såg ärendet i en lista", "Läste ärendet")
}

// TestAnswerOnPaper: what comes by paper or phone is registered by who took it, and is
// shown to the person like any answer.
func TestAnswerOnPaper(t *testing.T) {
	s := run(t, t.TempDir())
	bo, doris := s.as(t, "bo"), s.as(t, "doris")
	mine := bo.apply(over, nil).path
	desk := "/handlaggare/" + strings.TrimPrefix(mine, "/arende/")
	if a := doris.post(desk+"/komplettering/svar", url.Values{"answer": {"Kontrakt."}, "how": {"paper"}}); a.code != 409 {
		t.Errorf("before anything is asked: %d", a.code)
	}
	doris.post(desk+"/komplettering", url.Values{"text": {"Skicka hyresavtalet."}, "due": {"2026-12-09"}})
	for _, form := range []url.Values{{"answer": {""}, "how": {"paper"}}, {"answer": {"Kontrakt."}, "how": {"web"}}} {
		if a := doris.post(desk+"/komplettering/svar", form); a.code != 422 {
			t.Errorf("%v: %d", form, a.code)
		}
	}
	if a := bo.post(desk+"/komplettering/svar", url.Values{"answer": {"Kontrakt."}, "how": {"paper"}}); a.code != 404 {
		t.Errorf("by the applicant: %d", a.code)
	}
	doris.post(desk+"/komplettering/svar", url.Values{"answer": {"Hyresavtalet visades."}, "how": {"paper"}}).has(t, "the answer", "Hyresavtalet visades.", "på papper, inskrivet av Doris Demosson")
	doris.get(desk).has(t, "the desk", "Hyresavtalet visades.")
	if a := doris.get("/handlaggare"); strings.Contains(a.body, "Nytt från den sökande") || strings.Contains(a.body, "Väntar på svar") {
		t.Error("what a caseworker registered is news, or still awaited")
	}
	bo.get(mine).has(t, "the applicant's page", "Uppgifterna kom in")
	if a := doris.upload(desk+"/dokument", "other", "avtal.pdf", []byte("%PDF-1.7\n1 0 obj")); a.code != 200 || !strings.Contains(a.body, "avtal.pdf") {
		t.Errorf("a scanned paper: %d", a.code)
	}
}
