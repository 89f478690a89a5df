package main

import "github.com/skalig/skalig/ledger"

// reasonTexts has a sentence for every reason a receipt can be refused for.
var reasonTexts = map[ledger.Reason]string{
	"":                         "",
	ledger.TooLarge:            "the file is larger than a receipt can be",
	ledger.ReceiptMalformed:    "the file is not a receipt in canonical form, byte for byte",
	ledger.ReceiptVersion:      "the receipt is of another version",
	ledger.RecordMalformed:     "the record is not in canonical form",
	ledger.RecordVersion:       "the record is of another version",
	ledger.SaltMalformed:       "the salt is not 32 bytes in base64",
	ledger.LeafMalformed:       "the leaf is not in canonical form",
	ledger.LeafVersion:         "the leaf is of another version",
	ledger.ProofMalformed:      "the inclusion proof is not in canonical form",
	ledger.CheckpointMalformed: "the checkpoint is not in canonical form",
	ledger.CommitmentDiffers:   "the record and the salt are not the ones the leaf commits to",
	ledger.KindDiffers:         "the record and the leaf name different kinds",
	ledger.MunicipalityDiffers: "the record and the leaf name different municipalities",
	ledger.NumberDiffers:       "the record and the leaf have different numbers",
	ledger.DayDiffers:          "the record and the leaf have different days",
	ledger.EngineDiffers:       "the record and the leaf name different engines",
	ledger.RulesDiffers:        "the record and the leaf name different rules",
	ledger.IndexBeyondSize:     "the leaf's place lies outside the checkpoint's tree",
	ledger.InclusionDiffers:    "the proof does not lead from the leaf to the checkpoint's root",
	ledger.KeyMissing:          "no key was given",
	ledger.KeyMalformed:        "the key is not an Ed25519 verifier key",
	ledger.OriginUnknown:       "no key belongs to the log that the checkpoint names",
	ledger.SignatureDuplicate:  "one key signed the checkpoint twice",
	ledger.SignatureInvalid:    "the checkpoint's signature is wrong",
	ledger.SignatureUnknown:    "the checkpoint is signed by a key that was not given",
	ledger.SignatureMissing:    "the log has not signed the checkpoint",
	ledger.PolicyMalformed:     "the policy is not one",
	ledger.CosignatureInvalid:  "a witness's cosignature is wrong",
	ledger.QuorumMissing:       "fewer witnesses have cosigned the checkpoint than the policy requires",
	ledger.NotChecked:          "not checked",
}

func reasonText(r ledger.Reason) string {
	if text, ok := reasonTexts[r]; ok {
		return text
	}
	return string(r)
}
