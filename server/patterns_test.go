package server

import (
	"net/http"

	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/site"
)

// Patterns are the routes of a demonstration, for the tests that walk them all.
func Patterns() ([]string, error) {
	pages, err := site.Open()
	if err != nil {
		return nil, err
	}
	_, patterns := (&service{c: Config{Demo: demo.New()}, site: pages}).routes()
	return patterns, nil
}

// NotReady is what answers at an https address while the service opens.
func NotReady() http.Handler { return &front{https: true} }
