// Package simulation holds no code but tests: it runs the service's own code from an
// application to its receipt in a world that is made up and obeys a seed.
//
// # The world
//
// What is real: package flow, package store with its group commits, chain and fence, the
// election of a leader, ledger/trillian, publication with its board, receipts and their
// verification, the released engine (whose answers are remembered). What is made up:
//
//	the clock      that of testing/synctest, which goes on when all sleep; each node reads
//	               it with an error of its own, that jumps
//	the disk       package fragile, whose databases lose what they have not synced
//	the database   package fragile, as a PostgreSQL that several nodes share
//	the log server a Trillian in memory (trillian_test.go), whose signer comes when it likes
//	the lines      everything that leaves a node takes a time drawn from the seed, and may
//	               be lost on the way there, on the way back, come late or twice
//
// A world is one node on its own disk, or two or three nodes on one database and one log.
// Applicants send the same form again, to whatever node, until they hold a decision with
// its receipt or know that a person decides; caseworkers decide the same case on two nodes
// at once; approvers order payments at once.
//
// # What happens to it
//
//	kill      a node's process dies at the n-th thing that it does, before or after that
//	          has happened, or at some time
//	power     the same with the disk: what was not synced is gone
//	freeze    a node stops for up to half a minute and goes on as if nothing had been, a
//	          leader that believes that it leads
//	cut off   nothing reaches or leaves a node for a while
//	flush     a flush fails, or the disk is full: kept or not
//	database  the shared database starts again, with or without a power cut
//	log       the log server is away; its signer is
//	clock     a node's clock jumps by minutes, hours, a day or ten days, and back
//
// Then all is calm, and the service must come to rest by itself.
//
// # What must hold
//
// After each death and at the end (invariants_test.go): whatever somebody was told is in
// the journal, once; no case is decided twice, no decision paid twice; the log holds the
// outbox's leaves, in its order, to the byte; checkpoints never shrink and never fork, on
// the board and on each node; every receipt verifies. At the end besides: nothing is half
// done, every application has a decision with a receipt or waits for a person, the
// read models of all nodes and of a fresh replay are one.
//
// # Seeds
//
// Every draw comes from the seed and a stream named for who draws, and steps are apart in
// time, so that a seed plays the same world again. What Go's scheduler decides between
// goroutines that wake at the same instant does not come from the seed; the test plays
// seeds twice and says how many were the same to the last step.
//
//	SKALIG_SEEDS=2000 go test ./server/faults/simulation          so many seeds, from SKALIG_FIRST on
//	SKALIG_SEED=17    go test ./server/faults/simulation -v       that one, and all that happened in it
//
// # Controls
//
// A simulation that can't fail proves nothing. TestSimulationCanFail breaks one thing at a
// time (a disk that lies, no fence, an append that is repeated blindly, an applicant
// without a key, a payment that is not looked up) and demands that it be found.
package simulation
