package ssbteksim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/register"
)

// Answer writes the SOAP answer about a person, of what is known between two days.
func Answer(number, correlation, from, to string, known []register.Answer, how Behaviour) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
		`<ssbt:hamtaBastjanstInformationResponse xmlns:ssbt="` + space + `" xmlns:er="http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2" ` +
		`xmlns:in="http://INT014.UBPService.Schemas" xmlns:tns="http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1" ` +
		`xmlns:fordon="http://schema.transportstyrelsen.se/ssbtek/fordon/1">`)
	if correlation != "" {
		b.WriteString(`<ssbt:korrelationsid>` + escape(correlation) + `</ssbt:korrelationsid>`)
	}
	b.WriteString(`<ssbt:svarsdata>`)
	p := period{number, from, to}
	for _, block := range []struct {
		name   string
		agency register.Agency
		write  func(*strings.Builder, period, register.Answer)
	}{
		{"AF", register.Arbetsformedlingen, writeAF}, {"CSN", register.CSN, writeCSN}, {"FK", register.Forsakringskassan, func(b *strings.Builder, p period, a register.Answer) {
			writeFK(b, p, a, of(known, register.Pensions), how)
		}}, {"SKV", register.Skatteverket, writeSKV}, {"SO", register.Akassorna, writeSO}, {"TNS", register.Transportstyrelsen, writeTNS}, {"MIV", register.Migrationsverket, writeMIV},
	} {
		if slices.Contains(how.Missing, block.agency) {
			continue
		}
		a := of(known, block.agency)
		b.WriteString("<ssbt:" + block.name + ">")
		if how.down(a) && block.name != "FK" {
			b.WriteString(`<ssbt:error><ssbt:kalla>SSBT</ssbt:kalla><ssbt:felkod>10</ssbt:felkod><ssbt:felmeddelande>Timeout</ssbt:felmeddelande></ssbt:error>`)
		} else {
			b.WriteString("<ssbt:data>")
			block.write(&b, p, a)
			b.WriteString("</ssbt:data>")
		}
		b.WriteString("</ssbt:" + block.name + ">")
	}
	b.WriteString(`</ssbt:svarsdata></ssbt:hamtaBastjanstInformationResponse></soap:Body></soap:Envelope>`)
	return []byte(b.String())
}

type period struct{ number, from, to string }

// kronor writes öre as xsd:decimal.
func kronor(ore int64) string { return fmt.Sprintf("%d.%02d", ore/100, ore%100) }

// or is the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func writeAF(b *strings.Builder, p period, a register.Answer) {
	fmt.Fprintf(b, `<er:Fraga><er:OrganisationsnummerForIngivare>162120009999</er:OrganisationsnummerForIngivare><er:NamnPaIngivare>Demokommun</er:NamnPaIngivare>`+
		`<er:KontonamnForHandlaggare>system</er:KontonamnForHandlaggare><er:Referensnummer>1</er:Referensnummer><er:From>%s</er:From><er:Tom>%s</er:Tom>`+
		`<er:SyfteMedFraga>bistånd</er:SyfteMedFraga><er:LagParagraf>15 kap.</er:LagParagraf><er:IdentitetsbeteckningFysiskPerson>%s</er:IdentitetsbeteckningFysiskPerson></er:Fraga>`+
		`<er:Svar><er:Schemaversion>4.0</er:Schemaversion><er:Referensnummer>1</er:Referensnummer><er:LagParagraf>15 kap.</er:LagParagraf>`+
		`<er:IdentitetsbeteckningFysiskPerson>%s</er:IdentitetsbeteckningFysiskPerson><er:Sekretessmarkering>%t</er:Sekretessmarkering>`,
		p.from, p.to, p.number, p.number, a.Silence == register.Withheld)
	if len(a.Notes) > 0 {
		fmt.Fprintf(b, `<er:ArbetssokandeInfo><er:Arbetssokande>%t</er:Arbetssokande><er:AktivetetsRapportDatum><er:AktivitetsRapportMeddelande>Ingen</er:AktivitetsRapportMeddelande></er:AktivetetsRapportDatum></er:ArbetssokandeInfo>`,
			strings.HasPrefix(string(a.Notes[0]), "Inskriven"))
	}
	b.WriteString(`<er:StatusSokandeinformationKod>0</er:StatusSokandeinformationKod><er:StatusSokandeinformationKodText>OK</er:StatusSokandeinformationKodText></er:Svar>`)
}

func writeCSN(b *strings.Builder, p period, a register.Answer) {
	var doc strings.Builder
	fmt.Fprintf(&doc, `<CSNSvar schemaVersion="4.0" xmlns="http://schema.csn.se/v4.0/kommunfraga" xmlns:p="http://schema.csn.se/v4.0/person" xmlns:t="http://schema.csn.se/v4.0/csntyper" xmlns:m="http://schema.csn.se/v4.0/studiemedel">`+
		`<GemensamtSvarEkbistand><Resultat><ResultatKod>0</ResultatKod><ResultatText>Allt OK</ResultatText></Resultat></GemensamtSvarEkbistand><GemensamtFragaEkbistand/><Personer>`+
		`<Person personnummer="%s" Status="          " sekretess="  " sekel="%s"><p:Studiestodstypforteckning><t:studiemedel>1</t:studiemedel><t:studiehjalp>0</t:studiehjalp><t:hemutrustningslan>0</t:hemutrustningslan><t:studiestartsstod>0</t:studiestartsstod><t:omstallningsstudiestod>0</t:omstallningsstudiestod></p:Studiestodstypforteckning><p:Studiemedel>`,
		p.number[2:], p.number[:2])
	if rows := a.Rows; len(rows) > 0 {
		doc.WriteString(`<p:Arenden>`)
		for i, r := range rows {
			fmt.Fprintf(&doc, `<p:Arende lopnummer="%d"><m:stodform>SM</m:stodform><m:klartext>%s</m:klartext><m:status>BESLUTAD</m:status><m:soktaTider/><m:BeviljadeTider/><m:UtbetalningsPlan><m:Utbetalning>`+
				`<t:utbetdatum>%s</t:utbetdatum><t:utbetstatus>Utbetald</t:utbetstatus><t:Utbetaldatider/><t:totbelopp>%d</t:totbelopp></m:Utbetalning></m:UtbetalningsPlan></p:Arende>`,
				i+1, escape(or(r.Text, "Studiemedel")), strings.ReplaceAll(r.Paid, "-", ""), r.Amount/100)
		}
		doc.WriteString(`</p:Arenden>`)
	}
	doc.WriteString(`</p:Studiemedel><p:Studiehjalp/><p:HemutrustningsLan/><p:Studiestartsstod/><p:Omstallningsstudiestod/></Person></Personer></CSNSvar>`)
	b.WriteString(`<ssbt:svar>` + base64.StdEncoding.EncodeToString([]byte(doc.String())) + `</ssbt:svar>`)
}

func writeFK(b *strings.Builder, p period, a, pm register.Answer, how Behaviour) {
	state := func(a register.Answer) string {
		if how.down(a) {
			return "OTILLGANGLIG"
		}
		return "OK"
	}
	var doc strings.Builder
	fmt.Fprintf(&doc, `{"utlamnare":[{"utlamnare":{"kod":"FK","namn":"Försäkringskassan"},"tillstand":{"kod":%q,"beskrivning":""}},{"utlamnare":{"kod":"PM","namn":"Pensionsmyndigheten"},"tillstand":{"kod":%q,"beskrivning":""}}]`, state(a), state(pm))
	if !how.down(a) {
		fmt.Fprintf(&doc, `,"formansinformation":{"generellPersoninformation":[{"personnummer":%q}],"utbetalningsuppgift":[`, p.number)
		for i, r := range a.Rows {
			if i > 0 {
				doc.WriteString(",")
			}
			fmt.Fprintf(&doc, `{"typ":{"id":1,"beskrivning":"Månad"},"foretag":{"id":1001,"beskrivning":"Försäkringskassan"},"formansfamilj":{"id":"X","beskrivning":%q},"datum":%q,"period":{"fran":%q,"till":%q},"nettobelopp":{"summa":%s,"valuta":"SEK"}}`,
				r.Text, r.Paid, r.From, r.To, kronor(r.Amount))
		}
		doc.WriteString(`]}`)
	}
	if !how.down(pm) {
		doc.WriteString(`,"utbetalningar":[`)
		for i, r := range pm.Rows {
			if i > 0 {
				doc.WriteString(",")
			}
			fmt.Fprintf(&doc, `{"utbetalningsdatum":%q,"utbetalningsperiod":{"from":%q,"tom":%q},"nettobelopp":%d,"utbetalningsrader":[{"formansgrupp":{"kod":"PM:AP","beskrivning":%q},"belopp":%d}]}`,
				r.Paid, or(r.From, r.Paid), or(r.To, r.Paid), r.Amount/100, r.Text, r.Amount/100)
		}
		doc.WriteString(`]`)
	}
	doc.WriteString(`}`)
	b.WriteString(`<ssbt:lefiJsonSvar>` + base64.StdEncoding.EncodeToString([]byte(doc.String())) + `</ssbt:lefiJsonSvar>`)
}

func writeSKV(b *strings.Builder, p period, a register.Answer) {
	b.WriteString(`<svar><![CDATA[<?xml version="1.0" encoding="UTF-8"?>` +
		`<SvarBeskattningsuppgifterEnligtSFS2008-975 xmlns="http://xmls.skatteverket.se/se/skatteverket/zg/instans/standardiseradInformation/1.0" xmlns:b="http://xmls.skatteverket.se/se/skatteverket/zg/komponent/infoForBeskattning/1.0" xmlns:f="http://xmls.skatteverket.se/se/skatteverket/zg/komponent/infoForFolkbokforing/1.0">` +
		`<PersonuppgiftLista><Personuppgift><f:IdentitetsbeteckningFysiskPerson>` + p.number + `</f:IdentitetsbeteckningFysiskPerson>`)
	for range a.Notes {
		b.WriteString(`<Kapitaluppgift><b:Taxeringsar>2025</b:Taxeringsar><b:OverskottPaKapital>666</b:OverskottPaKapital></Kapitaluppgift>`)
	}
	b.WriteString(`</Personuppgift></PersonuppgiftLista></SvarBeskattningsuppgifterEnligtSFS2008-975>]]></svar>`)
}

func writeSO(b *strings.Builder, p period, a register.Answer) {
	fmt.Fprintf(b, `<in:OrganisationsnummerIngivare>162120009999</in:OrganisationsnummerIngivare><in:NamnIngivare>Demokommun</in:NamnIngivare><in:KontonamnHandlaggare>system</in:KontonamnHandlaggare>`+
		`<in:Referensnummer>1</in:Referensnummer><in:From>%s</in:From><in:Tom>%s</in:Tom><in:Syfte>bistånd</in:Syfte><in:Paragraf>15 kap.</in:Paragraf><in:IdentificationNumber>%s</in:IdentificationNumber><in:ArbetsloshetsersattningLista>`, p.from, p.to, p.number)
	if rows := a.Rows; len(rows) > 0 {
		b.WriteString(`<in:Arbetsloshetsersattning><in:SvarandeOrganisation>Provkassan</in:SvarandeOrganisation><in:StatusSvarandeOrganisation>OK</in:StatusSvarandeOrganisation>`)
		for _, r := range rows {
			fmt.Fprintf(b, `<in:Utbetalningar><in:Utbetalningsdatum>%s</in:Utbetalningsdatum><in:NettoEfterSkatt>%[2]s</in:NettoEfterSkatt><in:NettoEfterAvdrag>%[2]s</in:NettoEfterAvdrag>`+
				`<in:Ersattningsdagar>22</in:Ersattningsdagar><in:AvserFrom>%[3]s</in:AvserFrom><in:AvserTom>%[4]s</in:AvserTom></in:Utbetalningar>`, r.Paid, kronor(r.Amount), or(r.From, r.Paid), or(r.To, r.Paid))
		}
		b.WriteString(`</in:Arbetsloshetsersattning>`)
	}
	b.WriteString(`</in:ArbetsloshetsersattningLista>`)
}

func writeTNS(b *strings.Builder, _ period, a register.Answer) {
	b.WriteString(`<tns:resultat>OK</tns:resultat>`)
	if len(a.Notes) == 0 {
		return
	}
	b.WriteString(`<tns:fordonsinnehav>`)
	for range a.Notes {
		b.WriteString(`<fordon:fordon><fordon:regnr>ABC001</fordon:regnr><fordon:fabrikat>Provbil</fordon:fabrikat><fordon:fordonsar>2012</fordon:fordonsar><fordon:fordonsslag>PERSONBIL</fordon:fordonsslag><fordon:handelsbeteckning>P1</fordon:handelsbeteckning></fordon:fordon>`)
	}
	b.WriteString(`</tns:fordonsinnehav>`)
}

func writeMIV(b *strings.Builder, p period, a register.Answer) {
	b.WriteString(`<response><correlationid>1</correlationid><personnummer>` + p.number + `</personnummer>`)
	if len(a.Notes) > 0 {
		b.WriteString(`<svarCollection><svar><beslutsTypNamn>PERMANENT UPPEHÅLLSTILLSTÅND</beslutsTypNamn><giltighetstid>PERMANENT</giltighetstid></svar></svarCollection>`)
	}
	b.WriteString(`</response>`)
}
