package server

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// caseText is the case as plain text, for the court: what was applied for, what agencies
// said, what the caseworkers noted and changed, and what was asked, answered and said to
// each adult.
func (s *service) caseText(ctx context.Context, who auth.Identity, id string, status *progress) ([]byte, error) {
	work, err := s.flow.Work(ctx, who.Caller(), id)
	if err != nil {
		return nil, err
	}
	desk, err := s.deskData(work)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	s.applicationText(&b, &desk)
	s.registersText(&b, &desk)
	heading(&b, "KVITTERADE VARNINGAR")
	for _, x := range desk.Warnings {
		fmt.Fprintf(&b, "%s\n  %s: %s\n", x.Text, cmp.Or(x.By, "inte kvitterad"), x.Note)
	}
	heading(&b, "ÄNDRINGAR I BERÄKNINGEN")
	for _, o := range desk.Overrides {
		fmt.Fprintf(&b, "%s (%s)\n  %s: %s\n", o.Text, o.Ground, o.Name, o.Reason)
	}
	if err := s.completionText(ctx, who, id, &b); err != nil {
		return nil, err
	}
	heading(&b, "MEDDELANDEN")
	for _, m := range status.Messages {
		fmt.Fprintf(&b, "%s, %s\n  %s\n", m.Day, m.Name, m.Text)
	}
	heading(&b, "HÄNDELSER")
	for _, e := range status.Steps {
		fmt.Fprintf(&b, "%s %s\n", e.Day, e.Text)
	}
	return []byte(b.String()), nil
}

func heading(b *strings.Builder, text string) { fmt.Fprintf(b, "\n%s\n", text) }

// applicationText is what was applied for, with whom and with which notes.
func (s *service) applicationText(b *strings.Builder, d *deskData) {
	sent := &d.Work.Submitted
	fmt.Fprintf(b, "ANSÖKAN\nÄrende: %s\nKom in: %s\nMånad: %s\nSökande: %s, %s\n", d.ID, d.Submitted, d.Case.Month, d.Name, d.Number)
	if sent.Partner != nil {
		fmt.Fprintf(b, "Medsökande: %s, %s\n", sent.Partner.Name, hyphened(sent.Partner.Number))
	}
	for _, x := range sent.Signatures {
		fmt.Fprintf(b, "Underskrift: %s, %s, %s\n", x.Name, x.How, x.At)
	}
	fmt.Fprintf(b, "Hushåll: %d personer\n", len(d.Facts.Persons))
	for _, c := range d.Facts.Costs {
		fmt.Fprintf(b, "Kostnad: %s %s\n", s.label("cost", c.Kind), s.kronor(c.Amount.Ore()))
	}
	for _, i := range d.Facts.Incomes {
		fmt.Fprintf(b, "Inkomst: %s %s %s\n", s.label("income", i.Kind), s.kronor(i.Amount.Ore()), d.Facts.Whose(i.Person))
	}
	for _, n := range sent.Notes {
		if n.Text != "" {
			fmt.Fprintf(b, "Anteckning om %s: %s\n", n.About, n.Text)
		}
	}
	if c := sent.Contact; c != nil && c.Planning != "" {
		fmt.Fprintf(b, "Planering: %s\n", c.Planning)
	}
}

// registersText is what agencies said, and which of it somebody says is wrong.
func (s *service) registersText(b *strings.Builder, d *deskData) {
	heading(b, "UPPGIFTER FRÅN MYNDIGHETER")
	for _, r := range d.Work.Registers {
		for _, a := range r.Answers {
			if a.Silence != "" {
				fmt.Fprintf(b, "%s, %s: inget svar\n", r.Person, a.Agency.Name())
			}
			for _, x := range a.Rows {
				fmt.Fprintf(b, "%s, %s: %s %s %s\n", r.Person, a.Agency.Name(), x.Text, s.kronor(x.Amount), x.Paid)
			}
			for _, n := range a.Notes {
				fmt.Fprintf(b, "%s, %s: %s\n", r.Person, a.Agency.Name(), n)
			}
		}
	}
	for _, o := range d.Objections {
		fmt.Fprintf(b, "%s säger att det är fel: %s. %s\n", o.Who, strings.Join(o.Rows, "; "), o.Why)
	}
}

// completionText is what was asked for, and the answers.
func (s *service) completionText(ctx context.Context, who auth.Identity, id string, b *strings.Builder) error {
	pages, err := s.store.Folder(ctx, who.Caller(), id, store.KindCompletionAsked, store.KindCompletionReceived)
	if err != nil {
		return err
	}
	heading(b, "KOMPLETTERING")
	for _, p := range pages[store.KindCompletionAsked] {
		asked, err := flow.DecodeBody[flow.CompletionAskedBody](p.Body)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "%s, %s frågade\n  %s\n", day(p.At), asked.Name, asked.Text)
	}
	for _, p := range pages[store.KindCompletionReceived] {
		got, err := flow.DecodeBody[flow.CompletionReceivedBody](p.Body)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "%s, %s svarade\n  %s\n", day(p.At), got.Name, got.Text)
	}
	return nil
}
