package main

import (
	"errors"
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

// one is believed where one log is read, and that log's key.
func (w whom) one(s streams) (policy ledger.Policy, key string, err error) {
	if policy, err = w.believed(s); err != nil {
		return policy, "", err
	}
	if len(policy.Logs) != 1 {
		return policy, "", errors.New("couldn't read the log: give the key of one log, or a policy that names one")
	}
	return policy, policy.Logs[0], nil
}

// unwitnessed says what a policy finds wrong with a signed checkpoint.
func unwitnessed(policy ledger.Policy, signed []byte) error {
	c, err := ledger.ParseCheckpoint(signed)
	if err == nil {
		err = policy.Check(c)
	}
	var reason ledger.Reason
	if errors.As(err, &reason) {
		return fmt.Errorf("%s: %s", string(reason), reasonText(reason))
	}
	return err
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
