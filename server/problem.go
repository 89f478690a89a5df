package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

var (
	errSignedOut = errors.New("nobody is signed in")
	errRole      = errors.New("the role has no such page")
	errForm      = errors.New("the form could not be read")
)

// problemData is the page arende-fel.
type problemData struct {
	Text, Next, Link, LinkText string
}

// problems are the plain pages, one for each status: what happened and the next step.
var problems = map[int]struct {
	title string
	data  problemData
}{
	400: {"Det gick inte att läsa formuläret", problemData{"Något i formuläret kom inte fram som det skulle.", "Gå tillbaka och försök igen.", "/", "Till startsidan"}},
	401: {"Du är utloggad", problemData{"Du har varit borta en stund och är utloggad. Inget har skickats.", "Logga in och försök igen.", "/mina", "Logga in"}},
	403: {"Det gick inte att skicka", problemData{"Formuläret kom inte från den här tjänstens egna sidor.", "Öppna sidan här och försök igen.", "/", "Till startsidan"}},
	404: {"Sidan finns inte", problemData{"Sidan finns inte, eller så har du inte tillgång till den.", "Kontrollera adressen.", "/", "Till startsidan"}},
	409: {"Ansökan är redan skickad", problemData{"Den här ansökan har redan skickats med andra uppgifter.", "Titta på den du skickade, eller räkna på nytt.", "/mina", "Mina ärenden"}},
	410: {"Ärendet är gallrat", problemData{"Vi har raderat ärendet. Det gör vi fem år efter den sista anteckningen. Betalningarna står kvar i kommunens bokföring så länge lagen kräver.", "Har du sparat ditt kvitto går det fortfarande att kontrollera.", "/kvitto", "Kontrollera kvitto"}},
	413: {"För mycket på en gång", problemData{"Det du skickade är för stort.", "Ta bort något och försök igen.", "/rakna", "Till uträkningen"}},
	429: {"För många försök", problemData{"Det kom för många förfrågningar på kort tid.", "Vänta några sekunder och försök igen.", "/", "Till startsidan"}},
	500: {"Något gick fel hos oss", problemData{"Vi vet om det. Det du skickade kan ha kommit fram.", "Titta i Mina ärenden innan du försöker igen.", "/mina", "Mina ärenden"}},
	507: {"Vi kan inte ta emot något just nu", problemData{"Vi har ont om plats och kan inte spara något nytt. Det du nyss skickade är kanske inte sparat.", "Skicka det igen om en stund: det räknas bara en gång. Är det bråttom, ring kommunen.", "/", "Till startsidan"}},
	503: {"Tjänsten är upptagen", problemData{"Vi hann inte svara. Det du skickade kan ha kommit fram.", "Titta i Mina ärenden innan du försöker igen.", "/mina", "Mina ärenden"}},
}

// page runs a handler and answers its error with a plain page.
func (s *service) page(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := p(w, r)
		if err == nil {
			return
		}
		code := status(err)
		if code == http.StatusNotFound && errors.Is(err, store.ErrForbidden) {
			s.metrics.Denied()
		}
		if ended, ok := errors.AsType[*endedError](err); ok {
			s.render(w, r, code, "arende-fel", site.Page{Title: "Du är utloggad", Data: problemData{
				"Du har varit borta en stund och är utloggad. Inget har skickats.", "Det du skrev finns kvar. Logga in, så är det ifyllt igen.",
				signIn(ended.path), "Logga in"}})
			return
		}
		if old, ok := errors.AsType[*provenError](err); ok {
			s.render(w, r, code, "arende-fel", site.Page{Title: "Legitimera dig igen", Data: problemData{
				"Det var ett tag sedan du legitimerade dig. Innan vi gör det här vill vi veta att det är du.", "Inget är ändrat än. Du kommer tillbaka hit, och det du skrev finns kvar.",
				signIn(old.path), "Legitimera dig"}})
			return
		}
		if code == http.StatusInsufficientStorage {
			w.Header().Set("Retry-After", "60")
		}
		if code >= 500 {
			s.c.Log.Error("couldn't answer", "error", err)
		}
		s.problem(w, r, code)
	})
}

// status is the answer to an error. Somebody else's case looks like none at all.
func status(err error) int {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errForm):
		return http.StatusBadRequest
	case errors.Is(err, errSignedOut):
		return http.StatusUnauthorized
	case errors.Is(err, errRole), errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrForbidden), errors.Is(err, store.ErrSealed):
		return http.StatusNotFound
	case errors.Is(err, store.ErrErased):
		return http.StatusGone
	case errors.Is(err, flow.ErrConflict), errors.Is(err, store.ErrFormMoved):
		return http.StatusConflict
	case store.Full(err):
		return http.StatusInsufficientStorage
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, store.ErrStopped), errors.Is(err, store.ErrUnavailable):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem answers with a plain page.
func (s *service) problem(w http.ResponseWriter, r *http.Request, code int) {
	p, ok := problems[code]
	if !ok {
		p = problems[http.StatusInternalServerError]
	}
	s.render(w, r, code, "arende-fel", site.Page{Title: p.title, Data: p.data})
}

// signInFailed answers a sign-in that did not succeed.
func (s *service) signInFailed(w http.ResponseWriter, r *http.Request, result string) {
	data := problemData{"Inloggningen blev inte klar.", "Försök igen. Dina uppgifter finns kvar.", "/logga-in", "Logga in"}
	code := http.StatusBadRequest
	switch result {
	case "claims":
		data.Text, data.Next = "Inloggningen gick bra, men den säger inte det vi behöver veta om dig.", "Kontakta kommunen om det händer igen."
	case "state":
		data.Text, data.Next = "Inloggningen är för gammal, eller har redan använts.", "Logga in på nytt. Det du har skrivit finns kvar."
	case "cancelled":
		data.Text = "Inloggningen avbröts."
	case "kept":
		code, data.Text = http.StatusServiceUnavailable, "Du har fått ett nytt personnummer, och vi kan inte spara det just nu."
	case "provider":
		code, data.Text = http.StatusBadGateway, "Tjänsten för e-legitimation svarar inte."
	}
	s.render(w, r, code, "arende-fel", site.Page{Title: "Du är inte inloggad", Data: data})
}

// render writes a whole page, or a plain sentence if it cannot be made.
func (s *service) render(w http.ResponseWriter, r *http.Request, code int, name string, p site.Page) {
	p.Demo = s.c.Demo != nil
	_, p.Path = site.Split(r.URL.Path)
	if who, ok := r.Context().Value(signedIn{}).(auth.Identity); ok {
		p.User, p.Role, p.Roles, p.Mark = who.Name, string(who.Role), nil, s.auth.Mark(who)
		for _, role := range who.Roles {
			p.Roles = append(p.Roles, string(role))
		}
	}
	var b buffer
	if err := s.site.Render(&b, name, p); err != nil {
		s.c.Log.Error("couldn't render a page", "page", name, "error", err)
		plain(w, http.StatusInternalServerError, "Något gick fel hos oss. Försök igen om en stund.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b)
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
