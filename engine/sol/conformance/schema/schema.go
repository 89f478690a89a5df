// Package schema holds the JSON Schemas (draft 2020-12) of the engine's forms,
// a file a form. It has no dependencies, so that what is served at an edge can
// hand them out too.
package schema

import "embed"

// Files are the schemas: facts.json and the others.
//
//go:embed *.json
var Files embed.FS
