package estimate_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/estimate"
)

const document = "https://example.org/openapi.json"

// described is the description as it is served, ready to compile schemas from.
var described = sync.OnceValue(func() *description {
	h, err := estimate.New(estimate.Config{Engine: native{}, Words: site.EngineWords})
	if err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/v1/openapi.json", nil))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		panic(err)
	}
	d := &description{doc: doc.(map[string]any), compiled: map[string]*jsonschema.Schema{}}
	d.compiler = jsonschema.NewCompiler()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := d.compiler.AddResource(document, doc); err != nil {
		panic(err)
	}
	return d
})

type description struct {
	sync.Mutex
	doc      map[string]any
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// at follows a path of member names, and references where they stand.
func (d *description) at(path ...string) (any, string) {
	var v any = d.doc
	where := "#"
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok || m[name] == nil {
			return nil, ""
		}
		v, where = m[name], where+"/"+strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
		if m, ok := v.(map[string]any); ok {
			if ref, ok := m["$ref"].(string); ok && strings.HasPrefix(ref, "#/components/responses/") {
				v, where = d.at(strings.Split(ref[2:], "/")...)
			}
		}
	}
	return v, where
}

func (d *description) schema(t testing.TB, where string) *jsonschema.Schema {
	d.Lock()
	defer d.Unlock()
	if s := d.compiled[where]; s != nil {
		return s
	}
	escaped := (&url.URL{Fragment: where[1:]}).String()
	s, err := d.compiler.Compile(document + escaped)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	d.compiled[where] = s
	return s
}

// check holds an answer against the description: the path, the method, the
// status, the content type and the body's schema must all be in it.
func check(t testing.TB, method, target string, w *httptest.ResponseRecorder) {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	if method == "OPTIONS" || strings.HasPrefix(path, "/v1/openapi.") || path == "/v1/nothing" || path == "/v1/none" {
		return
	}
	if strings.HasPrefix(path, "/v1/schema/") {
		path = "/v1/schema/{name}"
	}
	d := described()
	operation, _ := d.at("paths", path, strings.ToLower(method))
	if operation == nil && w.Code == 405 {
		return // the description does not say what is not there
	}
	kind := w.Header().Get("Content-Type")
	_, where := d.at("paths", path, strings.ToLower(method), "responses", strconv.Itoa(w.Code), "content", kind, "schema")
	if where == "" {
		t.Errorf("%s %s: the description knows no %d of %s", method, target, w.Code, kind)
		return
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Errorf("%s %s: %v", method, target, err)
		return
	}
	if err := d.schema(t, where).Validate(body); err != nil {
		t.Errorf("%s %s: %v", method, target, err)
	}
}

// TestDescriptionIsServed, with every schema compiled and in both forms.
func TestDescriptionIsServed(t *testing.T) {
	h := open(t, estimate.Config{})
	_, _, asJSON := do(t, h, "GET", "/v1/openapi.json", "")
	_, head, asYAML := do(t, h, "GET", "/v1/openapi.yaml", "")
	if asJSON != asYAML || head.Get("Content-Type") != "application/yaml" || !json.Valid([]byte(asJSON)) {
		t.Error("the description is not the same in both forms")
	}
	if strings.Contains(asJSON, "urn:skalig") {
		t.Error("the description refers to what is not in it")
	}
	schemas, _ := described().at("components", "schemas")
	names := schemas.(map[string]any)
	if len(names) < 10 {
		t.Errorf("only %d schemas", len(names))
	}
	for name := range names {
		described().schema(t, "#/components/schemas/"+name)
	}
	for _, p := range estimate.Patterns()[1:] {
		if item, _ := described().at("paths", p); item == nil && !strings.HasPrefix(p, "/v1/openapi.") {
			t.Errorf("%s is not described", p)
		}
	}
}

// TestDescriptionRefuses: the schemas in the description still say no, to what
// they can express.
func TestDescriptionRefuses(t *testing.T) {
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	_, where := described().at("paths", "/v1/assess", "post", "requestBody", "content", "application/json", "schema")
	input := described().schema(t, where)
	for _, c := range cases {
		if c.Beyond {
			continue
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Input))
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if err := input.Validate(v); (err == nil) != (c.Refused == "") {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// TestSchemas are served as they are published.
func TestSchemas(t *testing.T) {
	h := open(t, estimate.Config{})
	published, err := conformance.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	_, _, list := do(t, h, "GET", "/v1/schema", "")
	for _, s := range published {
		if _, _, got := do(t, h, "GET", "/v1/schema/"+s.Name, ""); got != string(s.Bytes) {
			t.Errorf("%s is not the published one", s.Name)
		}
		if !strings.Contains(list, `"id":"`+s.ID+`","url":"/v1/schema/`+s.Name+`"`) {
			t.Errorf("%s is not in the list", s.Name)
		}
	}
}
