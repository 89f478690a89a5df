package server

import (
	"fmt"

	"github.com/skalig/skalig/site"
)

// typedField is a field of one form among several alike, as part_typed shows it.
type typedField struct {
	ID, Name, Label, Hint, Kind, Value, Fault string
	Options                                   []pick
}

type pick struct{ Value, Label string }

// faultOf is what is wrong with a field, empty where nothing is.
func faultOf(errs []site.FieldError, id string) string {
	for _, e := range errs {
		if e.Field == id {
			return e.Text
		}
	}
	return ""
}

// Typed is a field of the form of one appeal, with what was typed where it comes back. Two
// forms of one appeal tell fields of one name apart by id.
func (d *appealDeskData) Typed(seq uint64, id, name, kind, label, hint string) typedField {
	f := typedField{ID: fmt.Sprintf("%s-%d", id, seq), Name: name, Kind: kind, Label: label, Hint: hint}
	if d.Answer.At == seq {
		f.Value, f.Fault = d.Answer.typed(name), faultOf(d.errs, f.ID)
	}
	return f
}

// Picked is a question of the form of one appeal: its values and labels, in pairs.
func (d *appealDeskData) Picked(seq uint64, name, label string, options ...string) typedField {
	f := d.Typed(seq, name, name, "", label, "")
	for i := 0; i+1 < len(options); i += 2 {
		f.Options = append(f.Options, pick{options[i], options[i+1]})
	}
	return f
}

// typed is what was typed in a field.
func (f *answerForm) typed(name string) string {
	if at := f.fields()[name]; at != nil {
		return *at
	}
	return ""
}
