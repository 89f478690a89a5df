package server

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
)

// dialogue is what was asked, answered, said and handed in since the application, as
// the desk shows it.
type dialogue struct {
	News    []newsRow // what no caseworker has taken in
	Last    uint64    // number of the latest of it
	Asked   *asked    // what is waited for
	Answers []message
	Papers  []fileRow
	Written int // messages in all
}

type newsRow struct{ What, Name, Day, Text string }

// newsWords name what came, in a list and in a row of the queue.
var newsWords = map[store.Kind]string{
	store.KindMessage:            "Meddelande",
	store.KindCompletionReceived: "Svar på din fråga",
	store.KindDocument:           "Dokument",
}

// newsWord says once of each kind what is new in a case.
func newsWord(news []store.News) string {
	var out []string
	for _, n := range news {
		if w := newsWords[n.Kind]; !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}

// dialogue reads it.
func (s *service) dialogue(ctx context.Context, who auth.Identity, file *store.File) (d dialogue, err error) {
	var said progress
	if err := s.readDialogue(ctx, who, file, &said); err != nil {
		return d, err
	}
	d.Asked, d.Written = said.Asked, len(said.Messages)
	if d.Answers, err = s.answers(ctx, who, file); err != nil {
		return d, err
	}
	handed, err := s.store.Documents(ctx, who.Caller(), file.ID)
	if err != nil {
		return d, err
	}
	d.Papers = fileRows(handed)
	texts := map[uint64]newsRow{}
	for _, m := range slices.Concat(said.Messages, d.Answers) {
		texts[m.seq] = newsRow{Name: m.Name, Text: m.Text}
	}
	for _, h := range handed {
		texts[h.Seq] = newsRow{Text: string(h.Name)}
	}
	for _, n := range file.News {
		row := texts[n.Seq]
		row.What, row.Day = newsWords[n.Kind], day(n.At)
		d.News, d.Last = append(d.News, row), n.Seq
	}
	return d, nil
}

// newsListRow is a case in which something is new.
type newsListRow struct {
	ID, Month, What, Since string
	Decided, Sealed        bool
}

// newsList are the cases in which those who apply have written what nobody has taken in.
func (s *service) newsList(ctx context.Context, who auth.Identity) (out []newsListRow, err error) {
	cases, err := s.store.News(ctx, who.Caller())
	for _, c := range cases {
		out = append(out, newsListRow{ID: c.ID, Month: c.Month, What: newsWord(c.News), Since: day(c.News[0].At),
			Decided: c.State == store.StatePublished, Sealed: c.Protected})
	}
	return out, err
}

// seen notes that what came has been taken in.
func (s *service) seen(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	last, err := strconv.ParseUint(f.Of("last"), 10, 64)
	if err != nil {
		return errForm
	}
	return s.again(w, r, who, f, s.flow.Seen(r.Context(), who.Caller(), id, last))
}
