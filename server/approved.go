package server

import (
	"path/filepath"

	"github.com/skalig/skalig/server/release"
)

// approved reads what people have approved, and says what is wrong with the rest.
func (s *service) approved() ([]release.Approved, error) {
	approved, faults, err := release.Read(filepath.Join(s.c.Data, "releases"), s.c.Approvers)
	for _, fault := range faults {
		s.c.Log.Warn("a release is not approved", "error", fault)
	}
	return approved, err
}
