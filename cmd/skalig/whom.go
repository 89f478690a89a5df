package main

import (
	"fmt"

	"github.com/skalig/skalig/ledger"
)

// whom says which logs are believed, and who must have cosigned them.
type whom struct {
	Key    []string `xor:"whom" required:"" help:"The log's verifier key, or a file that holds it. May be repeated."`
	Policy string   `xor:"whom" required:"" help:"A file that lists the log and the witnesses that must have cosigned it." type:"existingfile" placeholder:"FILE"`
}

// believed is the policy that was given, or that of the keys, which no witness is in.
func (w whom) believed(s streams) (ledger.Policy, error) {
	if w.Policy == "" {
		keys, err := readKeys(w.Key)
		return ledger.Policy{Logs: keys}, err
	}
	return readPolicy(s, w.Policy)
}

// readPolicy reads whom to believe.
func readPolicy(s streams, name string) (ledger.Policy, error) {
	text, err := readFile(s, name, 64<<10)
	if err != nil {
		return ledger.Policy{}, err
	}
	policy, err := ledger.ParsePolicy(text)
	if err != nil {
		return policy, hinted{fmt.Errorf("couldn't read the policy in %s: it is not one, or names a key that is none", name),
			"lines of a policy: log KEY, witness NAME KEY [URL], group NAME any|all|N MEMBER…, quorum NAME|none"}
	}
	return policy, nil
}
