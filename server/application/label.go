package application

// A kind of cost or income with what it is called, and the document that shows it.
type kind struct{ code, label, paper string }

var costs = []kind{
	{"rent", "Hyra eller avgift", "Hyresavi"},
	{"electricity", "El i hemmet", "Elräkning"},
	{"homeInsurance", "Hemförsäkring", "Räkning från försäkringen"},
	{"unemploymentFund", "Avgift till a-kassa", "Räkning från a-kassan"},
	{"unionFee", "Avgift till facket", "Räkning från facket"},
	{"workTravel", "Resor till arbetet", "Kvitto på resor"},
	{"broadband", "Bredband", "Räkning för bredband"},
	{"medicine", "Läkemedel", "Kvitto på läkemedel"},
	{"healthCare", "Läkarvård", "Kvitto på läkarvård"},
	{"dental", "Tandvård", "Kvitto eller kostnadsförslag från tandläkaren"},
	{"childCare", "Barnomsorg", "Räkning för barnomsorg"},
}

var incomes = []kind{
	{"wage", "Lön", "Lönebesked"},
	{"unemploymentBenefit", "Ersättning från a-kassa", ""},
	{"activityGrant", "Aktivitetsstöd", ""},
	{"sicknessBenefit", "Sjukpenning", ""},
	{"parentalBenefit", "Föräldrapenning", ""},
	{"pension", "Pension", ""},
	{"studentAid", "Studiemedel, även lånet", ""},
	{"taxRefund", "Skatteåterbäring", ""},
	{"housingBenefit", "Bostadsbidrag", ""},
	{"childBenefit", "Barnbidrag", ""},
	{"childSupplement", "Flerbarnstillägg", ""},
	{"maintenance", "Underhåll för barn", ""},
	{"other", "Annan inkomst", "Underlag för annan inkomst"},
	{"grant", "Bidrag från stiftelse eller fond", "Beslut om bidraget"},
	{"disabilityCosts", "Merkostnadsersättning (räknas inte)", ""},
	{"studySupplement", "Extra tillägg från CSN (räknas inte)", ""},
}

// joint are the incomes that are asked for once, not for each adult.
var joint = []string{"housingBenefit", "childBenefit", "childSupplement", "maintenance"}

func kindsOf(group string) []kind {
	if group == "cost" {
		return costs
	}
	return incomes
}

// Label is what a kind of cost or income is called.
func Label(group, code string) string {
	for _, k := range kindsOf(group) {
		if k.code == code {
			return k.label
		}
	}
	return code
}

// PaperLabel is what a document that is asked for is called.
func PaperLabel(what string) string {
	switch what {
	case "bank":
		return "Kontoutdrag för alla konton"
	case "other":
		return "Annat underlag"
	}
	for _, list := range [][]kind{costs, incomes} {
		for _, k := range list {
			if k.code == what && k.paper != "" {
				return k.paper
			}
		}
	}
	return what
}

// IsPaper says whether what is a document of the closed list.
func IsPaper(what string) bool { return PaperLabel(what) != what }

// Tenures are the ways of living, in the order they are shown.
var Tenures = []struct{ Code, Label string }{
	{"rent", "Hyr i första hand"}, {"sublet", "Hyr i andra hand"}, {"lodger", "Inneboende"},
	{"own", "Äger bostaden"}, {"homeless", "Har ingen egen bostad"},
}

// Specials are the circumstances that can be told, in the order they are shown.
var Specials = []struct{ Code, Label string }{
	{"selfEmployed", "Jag har eget företag"},
	{"property", "Jag äger hus, bil eller annat av värde"},
	{"specialReasons", "Vi har högre kostnader av särskilda skäl, till exempel specialkost"},
	{"beyondRight", "Jag söker också till något annat, till exempel möbler"},
}
