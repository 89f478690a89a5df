// Package nodes holds several nodes to their promises: real processes on one journal in
// PostgreSQL and one log in Trillian are killed, frozen, cut off and healed while all of
// them take applications, and the databases are harmed under them.
//
// After every harm, with everything back, this must hold:
//
//	each acknowledged application is there, and is one case: the same form sent again
//	    after an error, on whatever node, is not another
//	each acknowledged decision stands in the log once, with a receipt that verifies
//	journal and log have the same leaves in the same order
//	each node goes on by itself
package nodes
