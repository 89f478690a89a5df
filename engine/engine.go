// Package engine is the mechanism under the law: money, months, citations,
// parameters, the trace and the canonical JSON that carries them. It knows no
// Swedish law; that is package sol. It imports only the standard library and
// has no clock, chance, float, goroutine or I/O, so that the native build and
// the WebAssembly artefact give the same bytes for the same input.
//
// # Money
//
// An [Ore] is an integer number of öre. Every amount in the JSON forms is in
// kronor with at most two decimals and is read digit by digit, never through
// floating point. A division names its [Rounding].
//
// # Trace
//
// A computation writes [Step]s into a [Trace] as it goes; the explanation is
// the computation. Steps lie in reading order with their depth. A step whose Op
// is [OpSum] equals the signed sum of the steps directly below it:
//
//	0   result        sum    5 220
//	1 + norm          sum    5 220
//	2 + norm.adult    table  3 940
//	2 + norm.joint    table  1 280
//
// Computing without a trace (a nil *Trace) gives the same result and allocates
// nothing.
//
// # Canonical bytes
//
// A [Writer] writes fields in a fixed order without white space, so equal values
// have equal bytes and a SHA-256 over them identifies the value. A [Reader] is
// strict: unknown and repeated fields, exponents, more than two decimals,
// invalid UTF-8 and trailing bytes are errors that name the path to the field.
package engine
