package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
)

// witnessed is who has cosigned the checkpoint that the page shows.
type witnessed struct {
	Required string // by whom the policy requires it; empty: by nobody
	Met      bool   // the checkpoint has that
	Rows     []witnessRow
}

// A witnessRow is a witness that the service asks.
type witnessRow struct {
	Name     string
	Signed   bool   // the checkpoint, and the signature verifies
	Seen     string // when it last cosigned a checkpoint of this log; empty: not since start
	Up       bool   // it answered last time
	Away     string // since when it does not; empty: it does, or was not asked yet
	Conflict bool   // it has cosigned another history
}

// cosigned says what of a checkpoint's cosignatures verifies, and what the log
// knows of those who should have made them.
func (s *service) cosigned(c ledger.Checkpoint) (witnessed, error) {
	signed, err := s.log.Signed(c)
	if err != nil {
		return witnessed{}, fmt.Errorf("couldn't verify the checkpoint's cosignatures: %w", err)
	}
	status, _ := s.log.Witnesses()
	w := witnessed{Required: required(s.log.Policy()), Met: s.log.Met(c)}
	for _, x := range status {
		w.Rows = append(w.Rows, witnessRow{Name: x.Name, Signed: slices.Contains(signed, x.Name), Seen: moment(x.Seen), Up: x.Up, Away: moment(x.Away), Conflict: x.Conflict})
	}
	return w, nil
}

// moment is a time as people in Sweden read it; empty for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(flow.Stockholm).Format("2006-01-02 15:04")
}

// required says in words whom a policy that package ledger has read demands.
func required(policy []byte) string {
	groups := map[string][]string{}
	var say func(name string, inner bool) string
	say = func(name string, inner bool) string {
		g, ok := groups[name]
		if !ok {
			return name
		}
		var members []string
		for _, m := range g[1:] {
			members = append(members, say(m, true))
		}
		need := map[string]string{"any": "minst 1", "all": "alla"}[g[0]]
		if need == "" {
			need = "minst " + g[0]
		}
		text := need + " av " + strings.Join(members, ", ")
		if inner {
			return "(" + text + ")"
		}
		return text
	}
	quorum := "none"
	for line := range strings.Lines(string(policy)) {
		line, _, _ = strings.Cut(line, "#")
		switch f := strings.Fields(line); {
		case len(f) > 3 && f[0] == "group":
			groups[f[1]] = f[2:]
		case len(f) == 2 && f[0] == "quorum":
			quorum = f[1]
		}
	}
	if quorum == "none" {
		return ""
	}
	return say(quorum, false)
}
