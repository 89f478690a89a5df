package server

import (
	"net/http"

	"github.com/skalig/skalig/server/store"
)

// rooms are what readyz says of the room on the disk. Where it is little, nothing
// new is taken in: whoever can send people to another service does so. The pages
// still answer, and with a single service they are better than none.
var rooms = map[store.Room]struct {
	code int
	text string
}{
	store.Ample:  {http.StatusOK, "ready"},
	store.Scarce: {http.StatusServiceUnavailable, "little room on the disk: nothing new is taken in"},
	store.None:   {http.StatusServiceUnavailable, "no room on the disk: nothing is kept, and no personal file can be read"},
}
