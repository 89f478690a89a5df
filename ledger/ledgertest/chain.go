package ledgertest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/note"
)

// Key returns a signer and its verifier key that are the same for the same name.
// Not for anything but tests.
func Key(name string) (note.Signer, string) {
	seed := sha256.Sum256([]byte("ledgertest key " + name))
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		panic(err)
	}
	hash := vkey[len(name)+1:][:8]
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...))
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + secret)
	if err != nil {
		panic(err)
	}
	return signer, vkey
}

// An Item is a record with what belongs to it.
type Item struct {
	Leaf, Record []byte
	Salt         [32]byte
}

// Chain returns the first n leaves of a municipality, each with the record and
// salt that open it. The same arguments give the same bytes.
func Chain(municipality string, n int) []Item {
	items := make([]Item, n)
	var prev [32]byte
	for i := range items {
		engine := sha256.Sum256([]byte("engine"))
		rules := sha256.Sum256([]byte("rules " + municipality))
		salt := sha256.Sum256(fmt.Appendf(nil, "salt %s %d", municipality, i))
		day := fmt.Sprintf("2026-%02d-%02d", 1+i/28%12, 1+i%28)
		record := fmt.Appendf(nil, `{"schema":"skalig/record/1","kind":"decision","municipality":"%s","number":%d,"day":"%s",`+
			`"outcome":"granted","granted":%d,"motivation":"Du får det du ansökte om – \"riksnorm\" och hyra.","engine":"%x","rules":"%x","facts":{"persons":[{"id":"p1","age":34}]}}`,
			municipality, i, day, 10812+i, engine, rules)
		leaf := ledger.Leaf{
			Kind: ledger.Decision, Municipality: municipality, Number: uint64(i),
			Engine: engine, Rules: rules, Prev: prev, Day: day, Commitment: ledger.Commit(salt, record),
		}.Marshal()
		items[i] = Item{leaf, record, salt}
		prev = ledger.LeafHash(leaf)
	}
	return items
}

// Leaves returns the leaves alone.
func Leaves(items []Item) [][]byte {
	leaves := make([][]byte, len(items))
	for i, item := range items {
		leaves[i] = item.Leaf
	}
	return leaves
}
