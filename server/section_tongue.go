package server

import "github.com/skalig/skalig/server/tongue"

// Tongues are the languages that are offered to who wants an interpreter. Another may be
// written.
func (sectionData) Tongues() []tongue.Language { return tongue.Languages }

// Tongue is the field for it.
func (d sectionData) Tongue() inputField {
	f := d.Field("language", "Behöver du tolk? Vilket språk?", "", tongue.Name(d.A.Contact.Language), "")
	f.List = "languages"
	return f
}
