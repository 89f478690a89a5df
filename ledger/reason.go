package ledger

// A Reason says why something was refused. The list is closed: [Reasons] returns
// every value, and whoever shows a reason to a reader has a sentence for each.
// The empty Reason means that nothing was refused.
type Reason string

// Format: the bytes are not a receipt as [Receipt.Marshal] writes one.
const (
	TooLarge            Reason = "too-large"            // more than [MaxReceipt] bytes
	ReceiptMalformed    Reason = "receipt-malformed"    // not the members, order and spelling of a receipt
	ReceiptVersion      Reason = "receipt-version"      // another schema than skalig/receipt/1
	RecordMalformed     Reason = "record-malformed"     // the record is not JSON without white space, or lacks a field of the header
	RecordVersion       Reason = "record-version"       // another schema than skalig/record/1
	SaltMalformed       Reason = "salt-malformed"       // not base64 of 32 bytes
	LeafMalformed       Reason = "leaf-malformed"       // not the lines of a leaf
	LeafVersion         Reason = "leaf-version"         // another first line than skalig/leaf/1
	ProofMalformed      Reason = "proof-malformed"      // not the lines of a tlog-proof
	CheckpointMalformed Reason = "checkpoint-malformed" // not the lines of a checkpoint, or its base64 is not canonical
)

// Commitment, leaf-matches-record and inclusion.
const (
	CommitmentDiffers   Reason = "commitment-differs" // the record and salt are not those the leaf is bound to
	KindDiffers         Reason = "kind-differs"
	MunicipalityDiffers Reason = "municipality-differs"
	NumberDiffers       Reason = "number-differs"
	DayDiffers          Reason = "day-differs"
	EngineDiffers       Reason = "engine-differs"
	RulesDiffers        Reason = "rules-differs"
	IndexBeyondSize     Reason = "index-beyond-size" // the checkpoint's tree is too small to hold the leaf
	InclusionDiffers    Reason = "inclusion-differs" // the proof does not lead from the leaf to the checkpoint's root
)

// Checkpoint signature.
const (
	KeyMissing         Reason = "key-missing"         // no key was given to verify with
	KeyMalformed       Reason = "key-malformed"       // a given key is not an Ed25519 note key
	OriginUnknown      Reason = "origin-unknown"      // no given key belongs to the log the checkpoint names
	SignatureDuplicate Reason = "signature-duplicate" // one key signs twice
	SignatureInvalid   Reason = "signature-invalid"   // a given key's signature does not verify
	SignatureUnknown   Reason = "signature-unknown"   // signed by a key that was not given, and not as a witness does
	SignatureMissing   Reason = "signature-missing"   // no given key has signed
)

// Witnesses.
const (
	PolicyMalformed    Reason = "policy-malformed"    // the policy is not one, or names a key that is none
	CosignatureInvalid Reason = "cosignature-invalid" // a line by a witness of the policy is not its cosignature
	QuorumMissing      Reason = "quorum-missing"      // fewer witnesses have cosigned than the policy requires
)

// NotChecked stands beside a step that could not run because the bytes could not be read.
const NotChecked Reason = "not-checked"

// Reasons returns the closed list, in the order of the steps.
func Reasons() []Reason {
	return []Reason{
		TooLarge, ReceiptMalformed, ReceiptVersion, RecordMalformed, RecordVersion, SaltMalformed,
		LeafMalformed, LeafVersion, ProofMalformed, CheckpointMalformed,
		CommitmentDiffers,
		KindDiffers, MunicipalityDiffers, NumberDiffers, DayDiffers, EngineDiffers, RulesDiffers,
		IndexBeyondSize, InclusionDiffers,
		KeyMissing, KeyMalformed, OriginUnknown, SignatureDuplicate, SignatureInvalid, SignatureUnknown, SignatureMissing,
		PolicyMalformed, CosignatureInvalid, QuorumMissing,
		NotChecked,
	}
}

// Error makes a Reason usable where a parser returns an error.
func (r Reason) Error() string { return "ledger: " + string(r) }
