package form_test

import (
	"net/url"
	"testing"

	"github.com/skalig/skalig/server/form"
	"github.com/skalig/skalig/wasm/contract"
)

// FuzzRead: whatever is posted, what is read is a document that the engine reads,
// and never more than the form can hold.
func FuzzRead(f *testing.F) {
	f.Add("manad=2026-11&kommun=9999&vuxna=1&p1-age=30&p1-before=no&rent=6+500&tenure=hyresratt&rooms=2")
	f.Add("manad=2026-11&kommun=1287&vuxna=2&p1-age=30&p2-age=x&c1-age=4&c2-age=&gemenskap=ja&community=3")
	f.Add("manad=%ff&p1-wage=1%00&rent-okand=ja&c99-age=1")
	f.Fuzz(func(t *testing.T, query string) {
		posted, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		r := form.Read(posted)
		if len(r.Children) > 50 || len(r.Facts) == 0 || len(r.Filled) == 0 {
			t.Fatalf("%d children, %q, %q", len(r.Children), r.Facts, r.Filled)
		}
		for name, v := range r.Values {
			if len(name) > 100 || len(v) > 100 {
				t.Fatalf("%q=%q is shown again", name, v)
			}
		}
		contract.Assess([]byte(`{"facts":` + string(r.Filled) + `}`))
	})
}
