package conformance

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/skalig/skalig/engine/sol/conformance/schema"
)

// A Schema is one JSON Schema of the suite.
type Schema struct {
	Name  string // "facts.json"
	ID    string // "urn:skalig:schema:facts:1.0"
	Bytes []byte // the file
}

// Schemas returns the schemas by name.
func Schemas() ([]Schema, error) {
	entries, err := schema.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var all []Schema
	for _, e := range entries {
		s := Schema{Name: e.Name()}
		if s.Bytes, err = schema.Files.ReadFile(e.Name()); err != nil {
			return nil, err
		}
		var head struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal(s.Bytes, &head); err != nil {
			return nil, fmt.Errorf("couldn't read the schema %s: %w", s.Name, err)
		}
		s.ID = head.ID
		all = append(all, s)
	}
	return all, nil
}
