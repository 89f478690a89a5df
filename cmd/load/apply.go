package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
)

// apply is one household's whole way: from the calculator's answer over sign-in and
// signatures to the decision, whose receipt is fetched and verified.
func (l *load) apply(ctx context.Context, n int) error {
	now := time.Now()
	a, err := applicantOf(n, now)
	if err != nil {
		return err
	}
	b := newBrowser(l.url, n, l.figures)
	defer b.close()
	p, err := b.ask(ctx, "hand over", "/ansok", url.Values{"facts": {a.facts(now)}})
	if err == nil {
		p, err = b.signIn(ctx, p, a.person.ID)
	}
	if err == nil && a.couple {
		p, err = b.together(ctx, a)
	}
	if err != nil {
		return err
	}
	key, err := p.find("a form to sign", formKey)
	if err != nil {
		return err
	}
	signed := time.Now()
	if p, err = b.ask(ctx, "sign", "/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); err != nil {
		return err
	}
	if a.couple {
		other := newBrowser(l.url, n+1<<14, l.figures)
		defer other.close()
		if p, signed, err = other.cosign(ctx, a); err != nil {
			return err
		}
	}
	took := time.Since(signed)
	if !strings.HasPrefix(p.path, "/arende/") {
		return fmt.Errorf("the signed form leads to no case")
	}
	if !strings.Contains(p.body, "kvitto.json") {
		l.figures.referred(a.kind)
		return nil
	}
	l.figures.took(lastSignature, took)
	l.figures.granted(a.kind)
	return l.receipt(ctx, b, p.path)
}

// lastSignature is the name of the time that the promise is about.
const lastSignature = "last signature → decision with receipt"

// together names the co-applicant and goes to the page where it is signed.
func (b *browser) together(ctx context.Context, a applicant) (page, error) {
	_, err := b.ask(ctx, "name the co-applicant", "/ansok/medsokande", url.Values{"partner-name": {a.partner.Name}, "partner-number": {a.partner.Number}})
	if err != nil {
		return page{}, err
	}
	return b.ask(ctx, "check", "/ansok/kontrollera", nil)
}

// cosign signs in the other adult, who reads and signs, and says when.
func (b *browser) cosign(ctx context.Context, a applicant) (p page, signed time.Time, err error) {
	if p, err = b.ask(ctx, "to sign in", "/logga-in", nil); err != nil {
		return p, signed, err
	}
	if _, err = b.signIn(ctx, p, a.partner.ID); err != nil {
		return p, signed, err
	}
	if p, err = b.ask(ctx, "own cases", "/mina", nil); err != nil {
		return p, signed, err
	}
	link, err := p.find("an invitation", invitation)
	if err != nil {
		return p, signed, err
	}
	if p, err = b.ask(ctx, "open the invitation", link, url.Values{"act": {"oppna"}}); err != nil {
		return p, signed, err
	}
	key, err := p.find("a form to sign", formKey)
	if err != nil {
		return p, signed, err
	}
	signed = time.Now()
	p, err = b.ask(ctx, "co-sign", link, url.Values{"act": {"skriv"}, "key": {key}, "attest": {"ja"}})
	return p, signed, err
}

// receipt fetches a decision's receipt, verifies it and notes its leaf, which must
// be nobody else's.
func (l *load) receipt(ctx context.Context, b *browser, path string) error {
	p, err := b.ask(ctx, "receipt", path+"/kvitto.json", nil)
	if err != nil {
		return err
	}
	rep := ledger.Verify([]byte(p.body), []string{l.key})
	if !rep.OK {
		return fmt.Errorf("a receipt does not verify: %w", rep.Reason)
	}
	if !l.figures.leaf(rep.Index) {
		return fmt.Errorf("two decisions have leaf %d", rep.Index)
	}
	_, err = b.ask(ctx, "read the decision", path, nil)
	return err
}
