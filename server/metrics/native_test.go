package metrics_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/skalig/skalig/server/flow"
)

// scrape reads the metrics as a Prometheus does that takes native histograms.
func scrape(t *testing.T, h http.Handler) map[string]*dto.MetricFamily {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	format := expfmt.ResponseFormat(w.Header())
	if format.FormatType() != expfmt.TypeProtoDelim {
		t.Fatalf("the scrape is answered in %s", format)
	}
	families := map[string]*dto.MetricFamily{}
	for decoder := expfmt.NewDecoder(w.Body, format); ; {
		var f dto.MetricFamily
		err := decoder.Decode(&f)
		if errors.Is(err, io.EOF) {
			return families
		}
		if err != nil {
			t.Fatal(err)
		}
		families[f.GetName()] = &f
	}
}

// TestNativeHistograms: every histogram of ours is exposed in both ways, with the same
// number of observations in the classic buckets and in the native ones.
func TestNativeHistograms(t *testing.T) {
	m := made()
	m.Begun()("GET /", 200, 3*time.Millisecond)
	m.Computed(flow.Native, time.Microsecond)
	m.Computed(flow.Released, 2*time.Millisecond)
	m.Appended(3, time.Millisecond)
	m.Covered(time.Millisecond)
	m.Published("automatic", time.Second)
	m.Committed(3, time.Millisecond)
	m.LetterPrinted(time.Second)
	histograms, observed := 0, 0
	for name, f := range scrape(t, m.Handler()) {
		if f.GetType() != dto.MetricType_HISTOGRAM || name[:7] != "skalig_" {
			continue
		}
		histograms++
		for _, one := range f.GetMetric() {
			h := one.GetHistogram()
			if len(h.GetBucket()) == 0 || h.GetZeroThreshold() == 0 && len(h.GetPositiveSpan()) == 0 {
				t.Errorf("%s has %d classic buckets, and a native histogram of %d spans", name, len(h.GetBucket()), len(h.GetPositiveSpan()))
			}
			native := int64(h.GetZeroCount())
			at := int64(0)
			for _, delta := range h.GetPositiveDelta() {
				at += delta
				native += at
			}
			if native != int64(h.GetSampleCount()) {
				t.Errorf("%s has seen %d and holds %d in native buckets", name, h.GetSampleCount(), native)
			}
			if h.GetSampleCount() > 0 {
				observed++
			}
		}
	}
	if histograms < 6 || observed < 8 {
		t.Errorf("%d histograms, %d of them with anything in", histograms, observed)
	}
}
