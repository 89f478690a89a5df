package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const (
	maxPolicy     = 64 << 10
	maxComponents = 64

	cosignatureAlgorithm = 0x04 // of a verifier key: Ed25519 cosignatures
	cosignatureHeader    = "cosignature/v1\ntime "
)

// A Policy says who must have signed a checkpoint before its reader believes it: the
// log, and a quorum of witnesses.
type Policy struct {
	Logs      []string // verifier keys of the logs
	Witnesses []Witness
	quorum    *component // nil: none
}

// A Witness cosigns checkpoints that extend all it has seen of a log.
type Witness struct {
	Name string // in the policy
	Key  string // verifier key of its cosignatures
	URL  string // where it is asked, without "add-checkpoint"; may be empty

	id  cosigner
	pub ed25519.PublicKey
}

// cosigner is by what a signature line names its key.
type cosigner struct {
	name string
	hash uint32
}

// A component is a witness or a group of components.
type component struct {
	witness int // index; -1: a group
	need    int
	members []*component
}

// ParsePolicy reads a policy in the text form that Sigsum, Tessera and torchwood
// read too. The error is [PolicyMalformed].
func ParsePolicy(text []byte) (Policy, error) {
	p, reason := parsePolicy(string(text))
	if reason != "" {
		return Policy{}, reason
	}
	return p, nil
}

func parsePolicy(text string) (p Policy, reason Reason) {
	if len(text) > maxPolicy {
		return p, PolicyMalformed
	}
	named := make(map[string]*component)
	quorum := false
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		ok := false
		switch {
		case f[0] == "log" && (len(f) == 2 || len(f) == 3):
			_, err := note.NewVerifier(f[1])
			ok = err == nil
			p.Logs = append(p.Logs, f[1])
		case f[0] == "witness" && (len(f) == 3 || len(f) == 4) && free(named, f[1]):
			var w Witness
			if w, ok = newWitness(f[1], f[2]); ok {
				ok = !p.has(w)
				if len(f) == 4 {
					w.URL = strings.TrimSuffix(f[3], "/")
				}
				named[f[1]] = &component{witness: len(p.Witnesses)}
				p.Witnesses = append(p.Witnesses, w)
			}
		case f[0] == "group" && len(f) >= 4 && free(named, f[1]):
			var g *component
			if g, ok = group(named, f[2], f[3:]); ok {
				named[f[1]] = g
			}
		case f[0] == "quorum" && len(f) == 2 && !quorum:
			p.quorum, quorum = named[f[1]], true
			ok = p.quorum != nil || f[1] == "none"
		}
		if !ok || len(named)+len(p.Logs) > maxComponents {
			return Policy{}, PolicyMalformed
		}
	}
	if !quorum || p.vouchesForItself() {
		return Policy{}, PolicyMalformed
	}
	return p, ""
}

func free(named map[string]*component, name string) bool { return named[name] == nil && name != "none" }

// has says whether a witness of that key is in the policy: one key is one witness,
// whatever names it goes by.
func (p Policy) has(o Witness) bool {
	for _, w := range p.Witnesses {
		if w.id == o.id || w.pub.Equal(o.pub) {
			return true
		}
	}
	return false
}

// Believing is the policy with logs beside its own. The error is [PolicyMalformed]: one of
// them is a witness in it.
func (p Policy) Believing(vkeys ...string) (Policy, error) {
	p.Logs = slices.Concat(p.Logs, vkeys)
	if p.vouchesForItself() {
		return Policy{}, PolicyMalformed
	}
	return p, nil
}

// vouchesForItself says whether a log's own key is that of a witness.
func (p Policy) vouchesForItself() bool {
	for _, vkey := range p.Logs {
		_, rest, _ := strings.Cut(vkey, "+")
		_, encoded, _ := strings.Cut(rest, "+")
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err == nil && len(raw) > 1 && p.has(Witness{pub: raw[1:]}) {
			return true
		}
	}
	return false
}

func group(named map[string]*component, need string, names []string) (*component, bool) {
	g := &component{witness: -1}
	seen := make(map[string]bool)
	for _, name := range names {
		if named[name] == nil || seen[name] {
			return nil, false
		}
		seen[name] = true
		g.members = append(g.members, named[name])
	}
	switch need {
	case "any":
		g.need = 1
	case "all":
		g.need = len(names)
	default:
		n, ok := parseNumber(need)
		if !ok || n < 1 || n > uint64(len(names)) {
			return nil, false
		}
		g.need = int(n)
	}
	return g, true
}

// newWitness reads a witness's verifier key: its name, four bytes of hash and the
// key in base64, as note keys are written.
func newWitness(name, key string) (w Witness, ok bool) {
	keyName, rest, ok1 := strings.Cut(key, "+")
	hash, encoded, ok2 := strings.Cut(rest, "+")
	raw, ok3 := decodeBase64(encoded)
	if !ok1 || !ok2 || !ok3 || !validName(keyName) || len(hash) != 8 || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureAlgorithm {
		return w, false
	}
	sum := sha256.Sum256([]byte(keyName + "\n" + string(raw)))
	if hex.EncodeToString(sum[:4]) != hash {
		return w, false
	}
	return Witness{Name: name, Key: key, id: cosigner{keyName, binary.BigEndian.Uint32(sum[:4])}, pub: raw[1:]}, true
}

// Quorum reports whether the policy requires any witness at all.
func (p Policy) Quorum() bool { return p.quorum != nil }

// Signed lists the witnesses, by their names in the policy, whose cosignature of the
// checkpoint verifies. A cosignature that a listed witness did not make is
// [CosignatureInvalid].
func (p Policy) Signed(c Checkpoint) (names []string, reason Reason) {
	for _, w := range p.Witnesses {
		signed, reason := w.signed(c)
		if reason != "" {
			return nil, reason
		}
		if signed {
			names = append(names, w.Name)
		}
	}
	return names, ""
}

// check is whether those witnesses have signed who must.
func (p Policy) check(c Checkpoint) (names []string, reason Reason) {
	names, reason = p.Signed(c)
	if reason == "" && p.quorum != nil && !p.quorum.satisfied(p, names) {
		reason = QuorumMissing
	}
	return names, reason
}

// Met reports whether the policy's quorum has cosigned the checkpoint.
func (p Policy) Met(c Checkpoint) bool {
	_, reason := p.check(c)
	return reason == ""
}

// Check verifies the checkpoint: signed by a log of the policy, cosigned by its
// quorum. The error is a [Reason].
func (p Policy) Check(c Checkpoint) error {
	reason := c.verify(p.Logs)
	if reason == "" {
		_, reason = p.check(c)
	}
	if reason != "" {
		return reason
	}
	return nil
}

func (g *component) satisfied(p Policy, names []string) bool {
	if g.witness >= 0 {
		for _, name := range names {
			if name == p.Witnesses[g.witness].Name {
				return true
			}
		}
		return false
	}
	n := 0
	for _, m := range g.members {
		if m.satisfied(p, names) {
			n++
		}
	}
	return n >= g.need
}

// signed says whether the witness has cosigned the checkpoint. What it signs is the
// time at which it did, and the checkpoint's text.
func (w Witness) signed(c Checkpoint) (bool, Reason) {
	for _, sig := range c.sigs {
		if sig.name != w.id.name || binary.BigEndian.Uint32(sig.raw) != w.id.hash {
			continue
		}
		if len(sig.raw) != cosignature {
			return false, CosignatureInvalid
		}
		at := binary.BigEndian.Uint64(sig.raw[4:])
		text := cosignatureHeader + strconv.FormatUint(at, 10) + "\n" + c.text
		if at > MaxNumber || !ed25519.Verify(w.pub, []byte(text), sig.raw[12:]) {
			return false, CosignatureInvalid
		}
		return true, ""
	}
	return false, ""
}

// Cosign adds a witness's signature lines to a signed checkpoint in the place of any
// that it made before. The lines must hold one by the witness that verifies, and no
// other.
func (w Witness) Cosign(signed []byte, lines string) ([]byte, error) {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	line, ok := strings.CutSuffix(lines, "\n")
	sig, parsed := parseSignature(line)
	if !ok || !parsed || sig.name != w.id.name || len(sig.raw) != cosignature || binary.BigEndian.Uint32(sig.raw) != w.id.hash {
		return nil, CosignatureInvalid
	}
	out := c.text + "\n"
	for _, old := range c.sigs {
		if old.name != sig.name || binary.BigEndian.Uint32(old.raw) != w.id.hash {
			out += sigPrefix + old.name + " " + base64.StdEncoding.EncodeToString(old.raw) + "\n"
		}
	}
	out += line + "\n"
	if c, err = ParseCheckpoint([]byte(out)); err != nil {
		return nil, err
	}
	if signed, reason := w.signed(c); !signed || reason != "" {
		return nil, CosignatureInvalid
	}
	return []byte(out), nil
}

// Bare is the checkpoint without cosignatures: what a witness is asked to cosign.
func (c Checkpoint) Bare() []byte {
	out := c.text + "\n"
	for _, sig := range c.sigs {
		if len(sig.raw) != cosignature && len(sig.raw) != cosignatureMLDSA {
			out += sigPrefix + sig.name + " " + base64.StdEncoding.EncodeToString(sig.raw) + "\n"
		}
	}
	return []byte(out)
}
