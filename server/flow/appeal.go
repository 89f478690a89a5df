package flow

import (
	"context"
	"errors"
	"time"

	"github.com/skalig/skalig/server/calendar"
	"github.com/skalig/skalig/server/store"
)

// The errors of an appeal.
var (
	ErrAppealed = errors.New("the person has appealed already")
	ErrDoubtful = errors.New("whether the appeal came in time is not tried yet")
	ErrInTime   = errors.New("the appeal came in time")
	ErrTooLate  = errors.New("the appeal came too late")
)

// Why an appeal that came after three weeks is tried all the same (45 §
// förvaltningslagen).
const (
	CauseInformed = "informed" // the board had told the person wrongly how to appeal
	CauseCourt    = "court"    // it came to the court in time
)

// AppealDays is how long a decision can be appealed after it was received (44 §
// förvaltningslagen: three weeks).
const AppealDays = 21

// LastDay is the last day to appeal a decision that was received on a day: three weeks
// later, or the next day that is no holiday (2 § lag (1930:173) om beräkning av
// lagstadgad tid).
func LastDay(received time.Time) time.Time {
	t := received.In(Stockholm)
	return calendar.Next(time.Date(t.Year(), t.Month(), t.Day()+AppealDays, 12, 0, 0, 0, Stockholm))
}

// An Appealing is what is appealed, and by whom.
type Appealing struct {
	Person   string
	Decision string    // municipality/number, as it stood when the form was shown
	Against  uint64    // the event that dismissed the person's earlier appeal, where it is of that
	Could    time.Time // when the person could have what is appealed, at the earliest
	Came     string    // the day it came, where a caseworker enters one from paper
}

// Appeal takes an adult's appeal of the case's decision; each of two adults has one of
// their own. One that seems late is taken all the same: the board says whether it is.
func (s *Service) Appeal(ctx context.Context, caller store.Caller, id string, what Appealing, b AppealedBody) error {
	b.Decision = what.Decision
	came := what.Came
	if came == "" {
		came = s.today().Format(time.DateOnly)
	}
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		against, ok := c.MayAppeal(what.Person)
		switch {
		case c.State != store.StatePublished || c.Decision() != what.Decision:
			return nil, "", ErrVersion
		case !ok:
			return nil, "", ErrAppealed
		case against != what.Against:
			return nil, "", ErrVersion
		}
		h := store.Appealed{Person: what.Person, Index: c.Index, Late: came > LastDay(what.Could).Format(time.DateOnly), Against: against, Came: what.Came}
		if caller.Role == store.Caseworker {
			h.By = caller.Ref
		}
		return h, "", nil
	})
}

// Day is the day an appeal came.
func Day(a *store.Appeal) string {
	if a.Came != "" {
		return a.Came
	}
	return time.UnixMilli(a.At).In(Stockholm).Format(time.DateOnly)
}

// tooLate says whether an appeal came after the last day of somebody who had the decision
// on a day.
func tooLate(a *store.Appeal, received string) (bool, error) {
	day, err := time.ParseInLocation(time.DateOnly, received, Stockholm)
	return Day(a) > LastDay(day).Format(time.DateOnly), err
}

// FindInTime says that an appeal which seemed late came in time: by the day on which the
// person had the decision, or in spite of it.
func (s *Service) FindInTime(ctx context.Context, caller store.Caller, id string, appeal uint64, b AppealInTimeBody) error {
	b.Day = s.today().Format(time.DateOnly)
	return onOpen(ctx, s, caller, id, appeal, b, func(_ *store.Case, a *store.Appeal) (store.Head, error) {
		late, err := tooLate(a, b.Received)
		if err != nil || late && b.Cause != CauseInformed && b.Cause != CauseCourt {
			return nil, errors.Join(err, ErrTooLate)
		}
		return store.AppealInTime{By: caller.Ref, Person: a.Person, Appeal: a.Seq}, nil
	})
}

// Dismiss dismisses an appeal that came too late. It is a decision of its own, which can
// be appealed.
func (s *Service) Dismiss(ctx context.Context, caller store.Caller, id string, appeal uint64, b AppealClosedBody) error {
	b.Day, b.Delegation = s.today().Format(time.DateOnly), s.boards[caller.Municipality].Caseworkers
	return onOpen(ctx, s, caller, id, appeal, b, func(_ *store.Case, a *store.Appeal) (store.Head, error) {
		if late, err := tooLate(a, b.Received); err != nil || !late || !a.Doubtful() {
			return nil, errors.Join(err, ErrInTime)
		}
		return store.AppealClosed{By: caller.Ref, How: store.AppealDismissed, Person: a.Person, Appeal: a.Seq}, nil
	})
}

// CloseAppeal says what became of an appeal: reconsidered, by a new decision that is made
// already and gives what was asked, or forwarded to the court, with the new decision where
// there is one.
func (s *Service) CloseAppeal(ctx context.Context, caller store.Caller, id string, appeal uint64, how string, b AppealClosedBody) error {
	b.Day = s.today().Format(time.DateOnly)
	return onOpen(ctx, s, caller, id, appeal, b, func(c *store.Case, a *store.Appeal) (store.Head, error) {
		switch {
		case a.Doubtful():
			return nil, ErrDoubtful
		case how == store.AppealReconsidered && a.Against == 0 && c.Index == a.Index:
			return nil, ErrVersion
		}
		return store.AppealClosed{By: caller.Ref, How: how, Person: a.Person, Appeal: a.Seq}, nil
	})
}

// onOpen makes an event of what the board says of an open appeal.
func onOpen[T Body](ctx context.Context, s *Service, caller store.Caller, id string, appeal uint64, b T, head func(*store.Case, *store.Appeal) (store.Head, error)) error {
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		for i := range c.Appeals {
			if a := &c.Appeals[i]; a.Seq == appeal && a.Waits() {
				h, err := head(c, a)
				return h, "", err
			}
		}
		return nil, "", ErrVersion
	})
}

// NoteJudgment notes what the court decided about an appeal that it had. Where the decision is to
// be another, the board makes it on the ground of the judgment.
func (s *Service) NoteJudgment(ctx context.Context, caller store.Caller, id string, appeal uint64, result string, b JudgedBody) error {
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		for _, a := range c.Appeals {
			if a.Seq == appeal && a.State == store.AppealForwarded {
				return store.Judged{By: caller.Ref, Result: result, Person: a.Person, Appeal: appeal}, "", nil
			}
		}
		return nil, "", ErrVersion
	})
}
