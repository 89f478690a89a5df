package estimate

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/skalig/skalig/engine/sol/conformance/schema"
)

// description is the interface in OpenAPI 3.1 but for the schemas of the
// engine's forms, which stand where "schemas" has the member "published".
//
//go:embed openapi.json
var description []byte

var published = []byte(`"published": true`)

// describe returns the whole description, and the list of the schemas.
func describe() (whole, list []byte, err error) {
	entries, err := schema.Files.ReadDir(".")
	if err != nil {
		return nil, nil, err
	}
	var components, names []string
	for _, e := range entries {
		file, err := schema.Files.ReadFile(e.Name())
		if err != nil {
			return nil, nil, err
		}
		name := strings.TrimSuffix(e.Name(), ".json")
		component, id, err := within(name, file)
		if err != nil {
			return nil, nil, err
		}
		components = append(components, `"`+name+`": `+component)
		names = append(names, `{"name":"`+e.Name()+`","id":"`+id+`","url":"/v1/schema/`+e.Name()+`"}`)
	}
	if bytes.Count(description, published) != 1 {
		return nil, nil, errors.New("couldn't describe the interface: it has no place for the schemas")
	}
	whole = bytes.Replace(description, published, []byte(strings.Join(components, ",\n      ")), 1)
	return whole, []byte(`{"schemas":[` + strings.Join(names, ",") + `]}`), nil
}

var (
	head  = regexp.MustCompile(`^\{\s*"\$schema": "https://json-schema\.org/draft/2020-12/schema",\s*"\$id": "(urn:skalig:schema:[a-z]+:[0-9.]+)",`)
	own   = regexp.MustCompile(`"\$ref": "#/\$defs/`)
	other = regexp.MustCompile(`"\$ref": "urn:skalig:schema:([a-z]+):[0-9.]+"`)
)

// within turns a schema of its own into a component: a reference to another
// schema becomes one within the description, which every reader of OpenAPI can
// follow.
func within(name string, file []byte) (component, id string, err error) {
	m := head.FindSubmatch(file)
	if m == nil {
		return "", "", fmt.Errorf("couldn't describe the interface: the schema %s does not begin with its name", name)
	}
	text := "{" + string(file[len(m[0]):])
	text = own.ReplaceAllString(text, `"$$ref": "#/components/schemas/`+name+`/$$defs/`)
	text = other.ReplaceAllString(text, `"$$ref": "#/components/schemas/$1"`)
	return strings.TrimSpace(text), string(m[1]), nil
}

// schemaNamed is one schema as it is published, or nil.
func schemaNamed(name string) []byte {
	if !fs.ValidPath(name) || !strings.HasSuffix(name, ".json") {
		return nil
	}
	file, err := schema.Files.ReadFile(name)
	if err != nil {
		return nil
	}
	return file
}
