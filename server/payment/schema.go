package payment

import (
	_ "embed"

	"github.com/skalig/skalig/server/outline"
)

// MaxBytes bounds a file in either direction.
const MaxBytes = outline.MaxBytes

// ErrForm says that a file is not of its schema.
var ErrForm = outline.ErrForm

//go:embed iso20022.txt
var messages string

var schema = outline.Must(messages)
