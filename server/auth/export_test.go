package auth

import "encoding/json"

// Numbers are what an ID token's claims say of who signs in, read as the library reads them.
func Numbers(token []byte) (number, previous string, err error) {
	var c claims
	err = json.Unmarshal(token, &c)
	return c.number(), c.previous(), err
}
