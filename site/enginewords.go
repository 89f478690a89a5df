package site

import "fmt"

// EngineWords returns the engine's words file of a language: the bytes that its call explain takes. It needs no built
// assets, so that commands can use it too.
func EngineWords(lang string) ([]byte, error) {
	file, err := wordFiles.ReadFile("words/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("there is no words/%s.json", lang)
	}
	return file, nil
}
