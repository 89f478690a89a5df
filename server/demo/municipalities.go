package demo

import (
	_ "embed"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/store"
)

//go:embed 9998-2026-01.json
var neighbours []byte

// Neighbour is the code of the second invented municipality: it has delegated
// nothing, so that all its cases go to its own caseworker.
const Neighbour = "9998"

// Municipalities are the invented ones. Their accounts are not at any bank: the clearing
// number is outside every bank's range.
func Municipalities() []municipality.Municipality {
	return []municipality.Municipality{
		{
			Code: municipal.Demo, Name: "Demokommun", Names: map[string]string{"en": "Demo Municipality"},
			Contact: municipality.Contact{Visit: "Torget 1, Demokommun", Post: "Socialnämnden, Box 1, 999 99 Demokommun", Phone: "0999-123 45", Mail: "bistand@demokommun.example", Hours: "vardagar 9–15"},
			Delegation: municipality.Delegation{Automatic: "Delegationsordning 4.2 (påhittad), beslut 2026-01-15 § 12", Kinds: []string{flow.KindNew, flow.KindRenewal},
				Sources: []string{"declared", "register", "caseworker"}, Caseworkers: "Delegationsordning 4.1 (påhittad), beslut 2026-01-15 § 11"},
			Languages: []string{"sv", "en"}, Organisation: "demokommun",
			People: []municipality.Person{
				{Member: "doris", Name: "Doris Demosson", Roles: []store.Role{store.Caseworker}},
				{Member: "dag", Name: "Dag Demosson", Roles: []store.Role{store.Caseworker}, Protected: true},
				{Member: "petra", Name: "Petra Demosson", Roles: []store.Role{store.Approver}},
				{Member: "per", Name: "Per Demosson", Roles: []store.Role{store.Approver}},
				{Member: "pia", Name: "Pia Demosson", Roles: []store.Role{store.Approver}},
				{Member: "rut", Name: "Rut Demosson", Roles: []store.Role{store.Auditor}},
				{Member: "maja", Name: "Maja Demosson", Roles: []store.Role{store.Administrator}},
			},
			Payment: municipality.Payment{Payer: "Demokommun", OrganisationNumber: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS", Landlords: true},
		},
		{
			Code: Neighbour, Name: "Grannkommun", Names: map[string]string{"en": "Neighbour Municipality"},
			Contact:    municipality.Contact{Visit: "Storgatan 2, Grannkommun", Post: "Socialnämnden, Box 2, 999 98 Grannkommun", Phone: "0998-123 45", Mail: "bistand@grannkommun.example", Hours: "vardagar 10–14"},
			BuiltIn:    [][]byte{neighbours},
			Delegation: municipality.Delegation{Caseworkers: "Delegationsordning 3 (påhittad), beslut 2026-02-01 § 7"},
			Languages:  []string{"sv"}, Organisation: "grannkommun",
			People: []municipality.Person{
				{Member: "erik", Name: "Erik Demosson", Roles: []store.Role{store.Caseworker, store.Approver}},
			},
			Payment: municipality.Payment{Payer: "Grannkommun", OrganisationNumber: "2120009998", IBAN: "SE3300000000099980000002", BIC: "DEMOSESS"},
		},
	}
}
