package site

import "fmt"

// EngineWords returns the engine's words file of a language, as it stands.
func (s *Site) EngineWords(lang string) ([]byte, error) {
	file, ok := s.engine[lang]
	if !ok {
		return nil, fmt.Errorf("there is no words/%s.json", lang)
	}
	return file, nil
}
