// Package ledger defines what Skälig's public log holds and what a person gets in
// the hand: leaves, commitments, checkpoints and receipts, and a verifier that
// needs nothing but the receipt and the log's key.
//
// Every decision is a leaf in an append-only Merkle tree (RFC 6962) that anyone may
// read as C2SP tlog-tiles. A leaf says that a decision exists, which number it has
// and which engine made it; it binds the decision without revealing it. The
// receipt opens one leaf for the one who holds it.
//
// The package reads bytes that strangers wrote. Each format has one spelling:
// parsing and writing are each other's inverse, and every other byte string is
// refused with a [Reason] from a closed list. Numbers are decimal without sign or
// leading zeros and below 2⁵³. Base64 is the standard alphabet, padded, with no
// stray bits. Hexadecimal is lower case. Lines end in one line feed.
//
// # Leaf
//
// Text, one field a line, in this order, 1024 bytes at most:
//
//	skalig/leaf/1
//	kind decision
//	municipality 9999
//	number 1
//	engine ed9f6f25068608efd412958da4dfc19328ca3511251fa6d5f9c42baf230e32f8
//	rules 6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0
//	prev 51b5175c65f864c72d711baec7cc6c6a126a2be457a2e8e89983934b4f68ebf1
//	day 2026-11-22
//	commitment b2243dcf0ca1a025731cabbf8cc9a5b6b04292c0c74db99eee31388a1ca89197
//
// kind is decision, release, statistics, access or erasure. municipality is the
// four digits of the municipality's code, 0000 for the whole service. number counts
// the municipality's leaves of every kind from 0 without a gap. engine is the
// SHA-256 of the engine artefact, rules that of its parameters and the municipal
// guideline. prev is the SHA-256 of a zero byte and the municipality's leaf before
// this one, zeros for number 0. day is when it was decided; nothing finer is said.
// No field is personal data or an amount.
//
// # Record and commitment
//
// The record is the decision itself: one JSON object without white space between
// tokens, 256 KiB at most, no member twice. This package reads its header only,
//
//	{"schema":"skalig/record/1","kind":"decision","municipality":"9999","number":1,"day":"2026-11-22",…,"engine":"ed9f6f25…","rules":"6c621d1a…",…}
//
// wherever in the object those seven members stand; all but schema must say the
// same as the leaf. The leaf's commitment is
//
//	HMAC-SHA-256(key = salt, message = "skalig/record/1" ‖ line feed ‖ record)
//
// with 32 random bytes of salt for each record. Whoever has neither salt nor record
// learns nothing from the leaf, and learns nothing ever once both are destroyed.
//
// # Checkpoint
//
// A C2SP tlog-checkpoint: a signed note of exactly three lines, the log's name
// (which is also its key's name), the number of leaves, and the tree's root. The
// log's signature is Ed25519. Other signature lines are refused, save those of
// witnesses (C2SP tlog-cosignature, told by their length). On those nothing rests
// unless the reader has a policy.
//
// # Policy
//
// Text that says whom a reader believes, read by Sigsum, Tessera and torchwood too:
//
//	log log.example.se/skalig+6d081049+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
//	witness w1 witness.example/w1+f27a52ed+BD6g… https://w1.example
//	witness w2 witness.example/w2+7be1a6d4+BOQt… https://w2.example
//	witness w3 witness.example/w3+93a1bf10+BHc9… https://w3.example
//	group  two-of-three 2 w1 w2 w3
//	quorum two-of-three
//
// A line is a log's note key; a witness with name, cosignature key (algorithm 4,
// Ed25519) and, for the log that asks it, its address; a group with name, how many of
// it are enough (a number, any or all) and its members, which stand above it; or the
// one quorum: a witness, a group, or none. # begins a comment. One public key is one
// witness, whatever names it goes by, and a log's own key is none: a policy that has it
// otherwise is refused. A witness cosigns a
// checkpoint only if it extends all it has cosigned before, so that a log that shows
// different people different histories needs as many dishonest witnesses as the
// quorum says. What a witness signs is
//
//	cosignature/v1
//	time 1795348800
//
// and the checkpoint's three lines. A cosignature by a listed witness that does not
// verify is refused, also where it would not be needed.
//
// # Receipt
//
// One line of JSON, the members in this order, strings escaped as RFC 8785 escapes
// them, one line feed at the end, 1 MiB at most (broken into lines here):
//
//	{"schema":"skalig/receipt/1",
//	 "record":"{\"schema\":\"skalig/record/1\",…}",
//	 "salt":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=",
//	 "leaf":"skalig/leaf/1\nkind decision\n…",
//	 "proof":"c2sp.org/tlog-proof@v1\nindex 2\n…"}
//
// proof is a C2SP tlog-proof without extra data, which tools that know nothing of
// Skälig verify together with the leaf: index, inclusion proof, empty line,
// checkpoint. The receipt of the leaf above, the third and last of a log with the
// key
//
//	log.example.se/skalig+6d081049+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
//
// has the proof
//
//	c2sp.org/tlog-proof@v1
//	index 2
//	PzUvi6O4/FQvj3UtwBdsDynlp5YAO9QggyW5BtE/3Ys=
//
//	log.example.se/skalig
//	3
//	R217d7gtx3gpAUCp4Zh7IMbfU3OpxVoTBCeOfIBT2Tk=
//
//	— log.example.se/skalig bQgQSdGTn1F0nVTgnM11dgcwPLCO6caoSBzkWjE6iGNYp3iF1xaZ8FNbRkkTuzcPb/ZrU4wIwevHLnqa1mPBCCbbswk=
//
// and stands whole in testdata/example.receipt.json.
//
// # Verification
//
// [Verify] takes five steps and names each: the file has the one spelling; record
// and salt give the leaf's commitment; record and leaf agree; the proof leads from
// the leaf to the checkpoint's root; the log's key signed the checkpoint. [VerifyPolicy]
// takes a sixth: the policy's quorum has cosigned it. Change
// any one byte, and one of them fails. What a receipt cannot show is that the
// record is right, or that no other decision was kept out of the log: the first is
// found by running the record again, the second by counting.
//
// # Vectors
//
// testdata/vectors.jsonl holds receipts, a line each,
//
//	{"name":"record with a fraction","receipt":"…","keys":["…"],"reason":"record-malformed"}
//
// named for their one defect, with the keys or the policy to verify by and the
// [Reason] that must be given; an empty reason means that the receipt is good. Every
// kind of leaf is among them. The native verifier, the artefact in wazero and the
// artefact in a JavaScript engine are held to the same file.
//
// # Writing
//
// [Log] is what a backend does: ledger/tessera keeps the log in files. Every backend
// passes the suite in ledger/ledgertest. ledger/serve shows a log to the world.
// The parts that verify import the standard library and golang.org/x/mod only, and
// run in WebAssembly.
package ledger
