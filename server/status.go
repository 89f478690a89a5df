package server

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/store"
)

// progress is how far a case has come, as the applicant reads it: one sentence,
// what has happened, what is asked for, what was said, and what comes next.
type progress struct {
	Sentence string
	Steps    []step
	Next     []string
	Asked    *asked
	Messages []message
	Payments []flow.Paid
	Payout   flow.Payout  // of the adult who reads, to others the applicant's
	Claim    *flow.Claim  // money paid beyond the decision that now holds
	Appeals  []appealView // the oldest first
	LastDay  string       // to appeal, counted from the day the decision was published
	Contact  municipality.Contact
}

// step is one line of the timeline. Day is empty for what has not happened yet.
type step struct{ Text, Day string }

// asked is what a caseworker needs to know.
type asked struct {
	Name, Text, Due string
	Late            bool // the day has passed; what comes is read all the same
}

type message struct {
	Name, Text, Day string
	Staff, Own      bool

	seq uint64
}

// happened is what the timeline says of an event. A kind that is not here is
// nobody's news.
var happened = map[store.Kind]string{
	store.KindSubmitted:          "Ansökan kom in",
	store.KindQueued:             "Ansökan lämnades till en handläggare",
	store.KindRegisters:          "Myndigheterna tillfrågades igen",
	store.KindCompletionAsked:    "Vi bad om fler uppgifter",
	store.KindCompletionReceived: "Uppgifterna kom in",
}

// follow reads how far a case has come, as the caller may know it.
func (s *service) follow(ctx context.Context, who auth.Identity, file *store.File) (progress, error) {
	var out progress
	if town := s.towns[file.Municipality]; town != nil {
		out.Contact = town.Contact
	}
	appeals, err := s.readAppeals(ctx, who, file, &out)
	if err := errors.Join(err, s.readDialogue(ctx, who, file, &out)); err != nil {
		return out, err
	}
	reader := file.Person
	if who.Role == store.Applicant {
		reader = who.Ref
	}
	if out.Payout, err = s.flow.Payout(ctx, reader, &file.Case); err != nil {
		return out, err
	}
	if file.State == store.StatePublished {
		if out.Payments, err = s.flow.Payments(ctx, who.Caller(), file.ID); err != nil {
			return out, err
		}
		if out.Claim, err = s.flow.ClaimOf(ctx, who.Caller(), file.ID); err != nil {
			return out, err
		}
	}
	decisions := 0
	documents := ""
	for _, e := range file.History {
		on := day(e.At)
		switch text := cmp.Or(happened[e.Kind], appeals[e.Seq]); {
		case text != "":
			out.Steps = append(out.Steps, step{text, on})
		case e.Kind == store.KindDocument && documents != on:
			documents = on
			out.Steps = append(out.Steps, step{"Du lämnade in dokument", on})
		case e.Kind == store.KindPublished:
			if decisions++; decisions > 1 {
				out.Steps = append(out.Steps, step{"Nämnden fattade ett nytt beslut", on})
			} else {
				out.Steps = append(out.Steps, step{"Beslutet fattades", on})
			}
			out.LastDay = lastDay(on)
		}
	}
	out.say(&file.Case, who.Ref, s.board(file.Municipality, file.Month))
	return out, nil
}

// readDialogue reads what is asked for and what was said.
func (s *service) readDialogue(ctx context.Context, who auth.Identity, file *store.File, out *progress) error {
	for _, e := range file.History {
		if e.Kind == store.KindMessage {
			pages, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindMessage)
			if err != nil {
				return err
			}
			for _, p := range pages {
				m, err := flow.DecodeBody[flow.MessageBody](p.Body)
				if err != nil {
					return err
				}
				head, _ := p.Head.(*store.Message)
				out.Messages = append(out.Messages, message{m.Name, m.Text, day(p.At), m.Staff, head != nil && head.By == who.Ref, p.Seq})
			}
			break
		}
	}
	if file.Due == "" {
		return nil
	}
	pages, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindCompletionAsked)
	if err != nil || len(pages) == 0 {
		return err
	}
	a, err := flow.DecodeBody[flow.CompletionAskedBody](pages[len(pages)-1].Body)
	if err != nil {
		return err
	}
	out.Asked = &asked{a.Name, a.Text, file.Due, s.today() > file.Due}
	return nil
}

// lastDay is the last day to appeal what could be read on a day.
func lastDay(on string) string {
	day, err := time.ParseInLocation(time.DateOnly, on, flow.Stockholm)
	if err != nil {
		return ""
	}
	return flow.LastDay(day).Format(time.DateOnly)
}

// say puts the state of a case in one sentence, and what comes next.
func (o *progress) say(c *store.Case, person, board string) {
	switch {
	case c.State == store.StateSubmitted || c.State == store.StateDecided:
		o.Sentence = "Din ansökan är framme. Beslutet skrivs in i den öppna loggen, och sedan visas det här."
	case c.State == store.StateQueued && c.Due != "":
		o.Sentence = "Vi behöver mer från dig innan vi kan besluta."
		o.Next = []string{"Du skickar det vi frågar efter", "En handläggare i " + board + " fattar beslut", "Du får beslutet här, med varje krona förklarad"}
	case c.State == store.StateQueued:
		o.Sentence = "Din ansökan är framme. En handläggare läser den och fattar beslut."
		if c.Completed > 0 {
			o.Sentence = "Dina uppgifter är framme. En handläggare läser dem och fattar beslut."
		}
		first := "En handläggare i " + board + " läser ansökan"
		if c.AcuteNeed {
			first += " före andra, eftersom du behöver hjälp idag"
		}
		o.Next = []string{first, "Du får beslutet här, med varje krona förklarad"}
	case o.sayAppeal(c, person, board):
	case c.Replaces != "":
		o.Sentence = "Nämnden har ändrat sitt beslut. Det nya gäller."
	default:
		o.Sentence = "Ansökan är avgjord."
	}
}
