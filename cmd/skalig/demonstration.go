//go:build !earnest

package main

import (
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
)

// invented is what --demo serves; a program built with the tag earnest has none.
func invented() server.Demonstration { return demo.New() }
