package nodes_test

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// TestPaidOnce has approvers order the same payments on two nodes at once, again and
// again. Each decision is ordered once.
func TestPaidOnce(t *testing.T) {
	p := found(t)
	t.Setenv(nodeBegan, strconv.FormatInt(p.began.UnixMilli(), 10))
	now, err := clock()
	if err != nil {
		t.Fatal(err)
	}
	var nodes []*node
	for _, name := range []string{"a", "b"} {
		n, err := open(t.Context(), filepath.Join(p.root, name), p.url, p.cluster.Address(), now)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := n.close(); err != nil {
				t.Error(err)
			}
		}()
		nodes = append(nodes, n)
	}
	payer := payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"}
	petra := store.Caller{Ref: "staff-p", Role: store.Approver, Municipality: "9999"}
	to := account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}
	const rounds = 5
	ordered := 0
	for round := range int64(rounds) {
		n := nodes[round%2]
		who := person(round)
		if err := n.flow.SetAccount(t.Context(), who, flow.AccountBody{Name: "Alva Exempel", To: to}); err != nil {
			t.Fatal(err)
		}
		if err := n.submit(t.Context(), round); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		for _, n := range nodes {
			if err := n.store.Current(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				wg.Go(func() {
					if _, err := n.flow.Order(t.Context(), petra, payer); err == nil {
						mu.Lock()
						ordered++
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
	}
	if ordered != rounds {
		t.Errorf("%d payment files were ordered for %d decisions", ordered, rounds)
	}
	for round := range int64(rounds) {
		own, err := nodes[0].store.Own(t.Context(), person(round))
		if err != nil || len(own) != 1 {
			t.Fatalf("%v: %d cases", err, len(own))
		}
		paid, err := nodes[0].store.Transfers(t.Context(), store.Program, own[0].ID)
		if err != nil || len(paid) != 1 {
			t.Errorf("%v: a decision is paid by %d transfers", err, len(paid))
		}
	}
}
