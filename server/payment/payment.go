// Package payment writes the file by which a bank pays what was decided, and reads
// the bank's answer.
//
// # Ids
//
// A line pays one part of one decision. Its id is made of the decision's name in
// the log, the part and the attempt:
//
//	9999-12-1-1    municipality 9999, decision 12, part 1, attempt 1
//
// The same decision gives the same id, so that a bank that sees a file twice pays
// once. A second attempt exists after the bank has refused the first, or where more
// of the decision has become the part's.
//
// # The file
//
// pain.001.001.03 (ISO 20022, customer credit transfer initiation), one payment
// information block in Swedish kronor from one account. Every amount has two
// decimals, and the count and control sum of both levels are those of the lines.
// Bank accounts are named by clearing number and account (BBAN, clearing system
// SESBA), bankgiro numbers by BGNR, as the Swedish banks' common guide has it.
// iso20022.txt is the part of the ISO schema that is used; Check holds every file to it.
//
// # The answer
//
// pain.002.001.03 (payment status report): of the whole file, of a payment block,
// or of single lines. ParseStatus reads it strictly against the same kind of
// schema, and gives each line one of the statuses Accepted, Settled, Waiting and
// Rejected, the last with the bank's reason. Nothing in it proves that a bank wrote it:
// what one person may do by reading it in is for package store (Paid, Rejection).
package payment

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/calendar"
)

// A Line is one transfer.
type Line struct {
	ID     string         `json:"id"`
	Case   string         `json:"case"`
	Number uint64         `json:"number"` // of the decision
	Amount int64          `json:"amount"` // öre
	Payee  string         `json:"payee"`
	To     account.Number `json:"to"`
	Text   string         `json:"text"` // to the payee
}

// ID names a line.
func ID(municipality string, number uint64, part, attempt int) string {
	return fmt.Sprintf("%s-%d-%d-%d", municipality, number, part, attempt)
}

// PartOf reads the part in a line's id.
func PartOf(id string) (int, error) {
	fields := strings.Split(id, "-")
	if len(fields) != 4 {
		return 0, fmt.Errorf("couldn't read the id of a transfer: %s", id)
	}
	n, err := strconv.Atoi(fields[2])
	if err != nil || n < 1 {
		return 0, fmt.Errorf("couldn't read the part in the id of a transfer: %s", id)
	}
	return n, nil
}

// A Payer is whose account is used.
type Payer struct {
	Name         string `json:"name"`
	Organisation string `json:"organisation"` // ten digits
	IBAN         string `json:"iban"`
	BIC          string `json:"bic"`
}

// A Batch is what goes into one file.
type Batch struct {
	ID    string `json:"id"`  // at most 35 characters
	Day   string `json:"day"` // of payment, 2026-11-24
	Made  string `json:"made"`
	Payer Payer  `json:"payer"`
	Lines []Line `json:"lines"`
}

// Total is the sum of the lines in öre.
func (b *Batch) Total() (sum int64) {
	for _, l := range b.Lines {
		sum += l.Amount
	}
	return sum
}

// Payday is the first day after t on which banks pay.
func Payday(t time.Time) string { return calendar.Next(t.AddDate(0, 0, 1)).Format(time.DateOnly) }

// A Status is what the bank says of a line.
type Status string

// The statuses.
const (
	Accepted Status = "accepted" // will be paid on the day
	Settled  Status = "settled"  // has been paid
	Waiting  Status = "waiting"
	Rejected Status = "rejected" // has not been paid and will not be
)

// A Report is the bank's answer about a file.
type Report struct {
	Batch string
	All   Status // of every line that is not named; empty where only lines are
	Why   string
	Lines []LineReport
}

// A LineReport is the answer about one line.
type LineReport struct {
	ID     string
	Status Status
	Why    string // the bank's reason, of Rejected
}
