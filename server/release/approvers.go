package release

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrApprovers: the bytes are no list of approvers.
var ErrApprovers = errors.New("not a list of approvers")

// MarshalApprovers writes the file that says whose signatures count.
func MarshalApprovers(approvers []Approver) []byte {
	var b bytes.Buffer
	for _, p := range approvers {
		fmt.Fprintf(&b, "approver %s %s\n", p.Key, p.Name)
	}
	return b.Bytes()
}

// ParseApprovers reads such a file. It lists [Needed] people at least.
func ParseApprovers(text []byte) (all []Approver, err error) {
	if len(text) > MaxBytes {
		return nil, ErrApprovers
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		rest, ok1 := strings.CutPrefix(line, "approver ")
		key, name, ok2 := strings.Cut(rest, " ")
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("%w: line %d", ErrApprovers, i+1)
		}
		all = append(all, Approver{Name: name, Key: key})
	}
	_, names, err := listed(all, true)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrApprovers, err)
	}
	slices.Sort(names)
	if people := len(slices.Compact(names)); people < Needed {
		return nil, fmt.Errorf("%w: it has %d people, and %d must approve", ErrApprovers, people, Needed)
	}
	return all, nil
}
