package server

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm/contract"
)

// kronor is an amount in öre, in JSON a number of kronor.
type kronor int64

// UnmarshalJSON reads the engine's canonical form.
func (k *kronor) UnmarshalJSON(b []byte) error {
	ore, ok := record.ParseKronor(string(b))
	if !ok {
		return errors.New("not an amount in canonical form")
	}
	*k = kronor(ore)
	return nil
}

// Ore is for templates: {{kronor .Amount.Ore}}.
func (k kronor) Ore() int64 { return int64(k) }

// typedAmount reads an amount as a person wrote it, by the engine's own reading.
func typedAmount(text string) (ore int64, ok bool) {
	var a struct {
		Amount jsontext.Value `json:"amount"`
	}
	if json.Unmarshal(contract.Call("amount", []byte(strings.TrimSpace(text))), &a) != nil || a.Amount == nil {
		return 0, false
	}
	return record.ParseKronor(string(a.Amount))
}
