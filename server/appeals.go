package server

import (
	"context"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// appealView is one adult's appeal. What was written and answered is there only for who
// wrote it and for the board.
type appealView struct {
	store.Appeal
	Name   string // whose it is
	Own    bool   // the reader's
	Day    string // it came
	Text   *flow.AppealedBody
	Found  *flow.AppealInTimeBody // in time
	Answer *flow.AppealClosedBody
	Judged *flow.JudgedBody

	Dismissal uint64 // the event that dismissed it; 0: none did
}

// closed is how it was closed, whatever the court did then.
func (a *appealView) closed() string {
	switch {
	case a.Dismissal != 0:
		return store.AppealDismissed
	case a.State == store.AppealJudged:
		return store.AppealForwarded
	}
	return a.State
}

// readAppeals reads the appeals of a case and what became of each, as the reader may know
// it, and what the timeline says of their events.
func (s *service) readAppeals(ctx context.Context, who auth.Identity, file *store.File, out *progress) (happened map[uint64]string, err error) {
	if len(file.Appeals) == 0 {
		return nil, nil
	}
	names, err := adults(file)
	if err != nil {
		return nil, err
	}
	at, happened := map[uint64]int{}, map[uint64]string{}
	for i, a := range file.Appeals {
		view := appealView{Appeal: a, Name: names[a.Person], Own: a.Person == who.Ref, Day: flow.Day(&a)}
		at[a.Seq] = i
		happened[a.Seq] = "Beslutet överklagades"
		if !view.Own {
			happened[a.Seq] = view.Name + " överklagade beslutet"
		}
		out.Appeals = append(out.Appeals, view)
	}
	for _, kind := range []store.Kind{store.KindAppealed, store.KindAppealInTime, store.KindAppealClosed, store.KindAppealJudged} {
		pages, err := s.store.Pages(ctx, who.Caller(), file.ID, kind)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			if err := out.appealed(&p, at, happened); err != nil {
				return nil, err
			}
		}
	}
	return happened, nil
}

// appealed adds an event of an appeal to it.
func (o *progress) appealed(p *store.Page, at map[uint64]int, happened map[uint64]string) error {
	switch h := p.Head.(type) {
	case *store.Appealed:
		return read(&o.Appeals[at[p.Seq]].Text, p)
	case *store.AppealInTime:
		return read(&o.Appeals[at[h.Appeal]].Found, p)
	case *store.Judged:
		happened[p.Seq] = "Förvaltningsrätten avgjorde överklagandet"
		return read(&o.Appeals[at[h.Appeal]].Judged, p)
	case *store.AppealClosed:
		happened[p.Seq] = closings[h.How]
		for i := range o.Appeals { // an event of before each adult had an appeal names none
			if a := &o.Appeals[i]; a.Seq == h.Appeal || h.Appeal == 0 && a.Closed == p.Seq {
				if h.How == store.AppealDismissed {
					a.Dismissal = p.Seq
				}
				return read(&a.Answer, p)
			}
		}
	}
	return nil
}

// closings are what the timeline says of how an appeal was closed.
var closings = map[string]string{
	store.AppealReconsidered: "Överklagandet ledde till ett nytt beslut",
	store.AppealForwarded:    "Överklagandet skickades till förvaltningsrätten",
	store.AppealDismissed:    "Nämnden avvisade överklagandet",
}

func read[T flow.Body](to **T, p *store.Page) error {
	body, err := flow.DecodeBody[T](p.Body)
	*to = &body
	return err
}

// adults are the names of those who apply, by their references.
func adults(file *store.File) (map[string]string, error) {
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	names := map[string]string{file.Person: submitted.Name}
	if file.Partner != "" && submitted.Partner != nil {
		names[file.Partner] = submitted.Partner.Name
	}
	return names, err
}

// Own is the reader's latest appeal, nil where there is none.
func (o progress) Own() *appealView {
	for i := len(o.Appeals) - 1; i >= 0; i-- {
		if o.Appeals[i].Own {
			return &o.Appeals[i]
		}
	}
	return nil
}

// Others are those of the other adult.
func (o progress) Others() (others []appealView) {
	for _, a := range o.Appeals {
		if !a.Own {
			others = append(others, a)
		}
	}
	return others
}

// sayAppeal puts the reader's own appeal in one sentence; without one, that of the other
// adult, who may appeal for themselves alone.
func (o *progress) sayAppeal(c *store.Case, person, board string) bool {
	own := c.AppealOf(person)
	switch {
	case c.HasOpen(person) && own.Against == 0 && own.Index != c.Index:
		o.Sentence = "Nämnden har ändrat sitt beslut. Ditt överklagande gäller också det nya beslutet."
		o.Next = []string{"Har du inte fått allt du begärde skickar nämnden överklagandet till förvaltningsrätten", "Du ser här vad som händer"}
	case c.HasOpen(person):
		o.Sentence = "Du har överklagat beslutet. Nämnden ser först om den själv kan ändra det."
		o.Next = []string{board + " prövar beslutet på nytt", "Annars skickar nämnden överklagandet till förvaltningsrätten", "Du ser här vad som händer"}
	case own == nil && len(o.Others()) > 0:
		o.Sentence = o.Others()[0].Name + " har överklagat beslutet. Du kan också överklaga."
	case own == nil || own.State == store.AppealReconsidered || own.Covers != c.Index:
		return false
	case own.State == store.AppealForwarded:
		o.Sentence = "Förvaltningsrätten har ditt överklagande. Rätten hör av sig till dig."
	case own.State == store.AppealDismissed:
		o.Sentence = "Nämnden har avvisat ditt överklagande, eftersom det kom in för sent. Du kan överklaga den avvisningen."
	case own.Result == store.CourtUpheld:
		o.Sentence = "Förvaltningsrätten har avgjort ditt överklagande. Beslutet står fast."
	default:
		o.Sentence = "Förvaltningsrätten har avgjort ditt överklagande. Nämnden gör som rätten säger."
	}
	return true
}
