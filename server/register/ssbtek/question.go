package ssbtek

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"regexp"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/register"
)

// The purpose and the law of every question. Chapter 15 of the act obliges the
// agencies to answer.
const (
	purpose = "Beslut om eller kontroll av ekonomiskt bistånd"
	law     = "15 kap. 10–12 §§ socialtjänstlagen (2025:400)"
)

const space = "http://schema.forsakringskassan.se/integration/ssbt/10"

// benefits are the groups of LEFI version 9 that are payments to a household.
var benefits = []string{"FK:ABB", "FK:AS", "FK:BOB", "FK:BTI", "FK:FP", "FK:FSJP", "FK:GP", "FK:NP", "FK:OMV", "FK:PROG", "FK:RBE", "FK:SA", "FK:SJP", "FK:TFP", "FK:US"}

var pensions = []string{"PM:AP", "PM:BTI", "PM:EF"}

// lefiQuestion is the question to the Social Insurance Agency and the Pensions Agency.
type lefiQuestion struct {
	Number      string     `json:"personnummer"`
	Period      lefiPeriod `json:"period"`
	Information []string   `json:"formansinformation"`
	Preliminary []string   `json:"preliminaraUtbetalningar"`
	Payments    []string   `json:"utbetalningar"`
}

type lefiPeriod struct {
	From string `json:"from"`
	To   string `json:"tom"`
}

var twelve = regexp.MustCompile(`^[0-9]{12}$`)

// Question writes the SOAP message.
func Question(c Config, q register.Query) ([]byte, error) {
	if !twelve.MatchString(q.Number) || q.Case == "" || !date(q.From) || !date(q.To) || q.To < q.From {
		return nil, errors.New("couldn't ask: the person, the case or the period is not set")
	}
	lefi, err := json.Marshal(lefiQuestion{q.Number, lefiPeriod{q.From, q.To}, benefits, append(append([]string(nil), benefits...), pensions...), append(append([]string(nil), benefits...), pensions...)})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	open := func(name string) { b.WriteString("<s:" + name + ">") }
	end := func(name string) { b.WriteString("</s:" + name + ">") }
	leaf := func(name, text string) {
		open(name)
		_ = xml.EscapeText(&b, []byte(text)) // a buffer takes all
		end(name)
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:s="` + space + `"><e:Header/><e:Body>`)
	open("hamtaBastjanstInformation")
	open("generellaFrageparametrar")
	leaf("korrelationsid", rand.Text())
	leaf("fraganSkallInkluderasISvaret", "false")
	open("ingivare")
	leaf("organisationsnummer", c.Organisation)
	leaf("namn", c.Name)
	leaf("handlaggare", "system")
	end("ingivare")
	leaf("personidentitet", q.Number)
	leaf("arendeidentitet", q.Case)
	open("tidsperiod")
	leaf("fromDatum", q.From)
	leaf("tomDatum", q.To)
	end("tidsperiod")
	leaf("syfte", purpose)
	leaf("lagtext", law)
	end("generellaFrageparametrar")
	open("specifikaFrageparametrar")
	b.WriteString(`<s:AF inkludera="true"/><s:CSN inkludera="true"/><s:FK inkludera="true">`)
	open("fraga")
	leaf("version", "v9")
	leaf("aktorsid", c.Actor)
	leaf("lefiJsonFraga", base64.StdEncoding.EncodeToString(lefi))
	end("fraga")
	b.WriteString(`</s:FK><s:SKV inkludera="true"/><s:SO inkludera="true"/><s:TNS inkludera="true"/><s:MIV inkludera="true"/>`)
	end("specifikaFrageparametrar")
	end("hamtaBastjanstInformation")
	b.WriteString(`</e:Body></e:Envelope>`)
	return b.Bytes(), nil
}

func date(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}
