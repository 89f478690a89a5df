package monitor

import (
	"encoding/hex"
	"errors"
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/sample"
	"golang.org/x/mod/sumdb/tlog"
)

// access holds that a sample is what its secret draws from the log, and that the
// secret is the one which the request sealed (package sample). Of other access leaves
// it only holds that they are shown.
func (p *poll) access(index int64, l ledger.Leaf, hash tlog.Hash) {
	var r struct {
		What    string   `json:"what"`
		Asked   uint64   `json:"asked"`
		Secret  string   `json:"secret"`
		Root    string   `json:"root"`
		Indexes []uint64 `json:"indexes"`
	}
	if !p.record(index, hash, &r) || r.What != "revealed" {
		return
	}
	seed := sample.Seed{Size: r.Asked + 1, Municipality: l.Municipality}
	if n, err := hex.Decode(seed.Secret[:], []byte(r.Secret)); err != nil || n != len(seed.Secret) || r.Asked >= uint64(index) {
		p.fault(SampleDiffers, index, "it draws by no secret, or for a request that is not before it")
		return
	}
	count, ok := p.sealed(index, r.Asked, seed)
	if !ok {
		return
	}
	root, err := tlog.TreeHash(int64(seed.Size), p.reader)
	if err != nil {
		p.unread = errors.Join(p.unread, p.readFault(index, err))
		return
	}
	seed.Root = root
	candidates, err := p.decisions(l.Municipality, seed.Size)
	if p.unread = errors.Join(p.unread, err); err != nil || p.blind {
		return
	}
	if r.Root != hex.EncodeToString(root[:]) || !slices.Equal(r.Indexes, seed.Draw(count, candidates)) {
		p.fault(SampleDiffers, index, "it names other decisions than the secret draws from the tree of %d leaves", seed.Size)
	}
}

// sealed opens the request of a sample: how many decisions it asks for, if it sealed
// the secret.
func (p *poll) sealed(index int64, at uint64, seed sample.Seed) (count int, ok bool) {
	var asked struct {
		What         string `json:"what"`
		Municipality string `json:"municipality"`
		Count        int    `json:"count"`
		Seal         string `json:"seal"`
	}
	hashes, err := p.reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(at))})
	if err != nil {
		p.unread = errors.Join(p.unread, p.readFault(index, err))
		return 0, false
	}
	if !p.record(int64(at), hashes[0], &asked) {
		return 0, false
	}
	seal := sample.Seal(seed.Secret)
	if asked.What != "asked" || asked.Municipality != seed.Municipality || asked.Seal != hex.EncodeToString(seal[:]) {
		p.fault(SampleDiffers, index, "its secret is not one that leaf %d of the same municipality sealed", at)
		return 0, false
	}
	return asked.Count, true
}

// decisions are the municipality's decision leaves below size, read again from the
// log's beginning: samples are few.
func (p *poll) decisions(municipality string, size uint64) (indexes []uint64, err error) {
	for first := uint64(0); first < size; first += 256 {
		entries, hashes, err := p.entries(first)
		if err != nil || entries == nil {
			return nil, err
		}
		for i, entry := range entries {
			index := first + uint64(i)
			l, err := ledger.ParseLeaf(entry)
			if ledger.LeafHash(entry) != hashes[i] || err != nil {
				p.blind = true
				p.fault(LeafDiffers, int64(index), "%s shows another leaf than the one that the tree holds", entriesPath(first/256, len(entries)))
				return nil, nil
			}
			if index < size && l.Kind == ledger.Decision && l.Municipality == municipality {
				indexes = append(indexes, index)
			}
		}
	}
	return indexes, nil
}
