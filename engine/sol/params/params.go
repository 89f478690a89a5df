// Package params holds the national figures as data: one row a calendar year
// with its source and how sure it is. The rules use them as Go literals that
// params/generate writes.
//
// Status of a row: S seen in a primary source; S2 seen in a secondary source;
// D derived, the derivation is the source; ? not verified.
package params

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed *.json
var files embed.FS

// A Norm is the riksnorm of a year in kronor per month.
type Norm struct {
	Year                 int
	Status               string
	Source               string
	Single               int64
	Couple               int64
	Children             [8]int64
	ChildrenWithoutLunch [4]int64
	Joint                [7]int64
	Prisbasbelopp        int64 // of a draft only; the figures in force have their own file
}

// A Ceiling is the prisbasbelopp of a year in kronor.
type Ceiling struct {
	Year   int
	Status string
	Source string
	Amount int64
}

// Riksnorm returns the rows of the riksnorm, oldest first.
func Riksnorm() ([]Norm, error) {
	return rows[Norm]("riksnorm.json")
}

// Prisbasbelopp returns the prisbasbelopp of each year.
func Prisbasbelopp() (map[int]Ceiling, error) {
	list, err := rows[Ceiling]("prisbasbelopp.json")
	byYear := map[int]Ceiling{}
	for _, c := range list {
		byYear[c.Year] = c
	}
	return byYear, err
}

// Draft reads a draft of the riksnorm: one row in the form of riksnorm.json, with
// the prisbasbelopp of its year.
func Draft(data []byte) (Norm, error) {
	var n Norm
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&n); err != nil {
		return n, fmt.Errorf("couldn't read the draft of the riksnorm: %w", err)
	}
	amounts := append(append(append([]int64{n.Single, n.Couple, n.Prisbasbelopp}, n.Children[:]...), n.ChildrenWithoutLunch[:]...), n.Joint[:]...)
	for _, kr := range amounts {
		if kr <= 0 || kr > 1_000_000 {
			return n, fmt.Errorf("couldn't read the draft of the riksnorm: %d kr is no amount for a row, and every row must be there", kr)
		}
	}
	return n, nil
}

func rows[Row any](name string) ([]Row, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Schema, Unit, Checked, Children, Joint string
		Rows                                   []Row
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("couldn't read %s: %w", name, err)
	}
	return file.Rows, nil
}
