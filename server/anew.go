package server

import (
	"net/http"
	"time"

	"github.com/skalig/skalig/server/auth"
)

// proofLasts is how long after proving who they are somebody may do what does most harm
// in another's hands, where a device lay open.
func proofLasts() time.Duration { return 10 * time.Minute }

// anew lets through who has proven lately who they are. Others do it again first, and
// come back to the page at path.
func (s *service) anew(path string, p person) person {
	return func(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
		if err := s.proven(r, who, path); err != nil {
			return err
		}
		return p(w, r, who)
	}
}

// proven asks for a new proof where the last one is old. What was typed waits for the
// page at path, which asks for it with Unstash.
func (s *service) proven(r *http.Request, who auth.Identity, path string) error {
	if since := time.Since(time.Unix(who.Proven, 0)).Abs(); since < s.c.proofLasts() { // the provider's clock may be ahead
		return nil
	}
	if err := stashable(r); err != nil {
		return err
	}
	s.auth.Stash(r.Context(), path, s.auth.Mark(who), r.PostForm)
	return &provenError{path}
}

// provenError says that who is signed in has proven it too long ago.
type provenError struct{ path string }

func (e *provenError) Error() string { return "the proof of who is signed in is old" }
func (e *provenError) Unwrap() error { return errSignedOut }
