package site

// EngineWords returns the engine's words file of a language: the bytes that its call explain takes. It needs no built
// assets, so that commands can use it too.
func EngineWords(lang string) ([]byte, bool) {
	file, err := wordFiles.ReadFile("words/" + lang + ".json")
	return file, err == nil
}
