package server

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// approved reads what people have approved, and says what is wrong with the rest.
func (s *service) approved() ([]release.Approved, error) {
	approved, faults, err := release.Read(filepath.Join(s.c.Data, "releases"), s.c.Approvers)
	for _, fault := range faults {
		s.c.Log.Warn("a release is not approved", "error", fault)
	}
	return approved, err
}

// approvers are those of the configuration, and the keys of those who approved what is
// in the log.
func (s *service) approvers(ctx context.Context) ([]release.Approver, error) {
	all := slices.Clone(s.c.Approvers)
	notices, err := s.store.Notices(store.KindReleased)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		text, err := s.flow.Record(ctx, n.Index)
		if err != nil {
			return nil, err
		}
		r, err := record.ParseRelease(text)
		if err != nil {
			return nil, err
		}
		for i, key := range r.Keys {
			if !slices.ContainsFunc(all, func(a release.Approver) bool { return a.Key == key }) {
				all = append(all, release.Approver{Name: r.Approvers[i], Key: key})
			}
		}
	}
	return all, nil
}

// approverKeys serves the file that says whose approval counts.
func (s *service) approverKeys(w http.ResponseWriter, r *http.Request) error {
	all, err := s.approvers(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", site.Revalidate)
	w.Write(release.MarshalApprovers(all)) // an error means that the visitor left
	return nil
}

// releaseReceipts serves the receipts of all releases that are published, a line each.
func (s *service) releaseReceipts(w http.ResponseWriter, r *http.Request) error {
	all, err := s.store.Notices(store.KindReleased)
	if err != nil {
		return err
	}
	var lines []byte
	for _, n := range all {
		_, receipt, err := s.flow.Published(r.Context(), n.Index)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		lines = append(lines, receipt...)
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", site.Revalidate)
	w.Write(lines) // an error means that the visitor left
	return nil
}
