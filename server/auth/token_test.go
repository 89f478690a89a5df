package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/skalig/skalig/server/auth"
)

// signed is a token as the provider signs it, with an algorithm that it has said.
func signed(t *testing.T, key *rsa.PrivateKey, claims map[string]any) string {
	t.Helper()
	return token(t, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, claims)
}

// confused is signed with what everybody knows: the provider's public key, as if it
// were a secret that both share.
func confused(t *testing.T, public *rsa.PublicKey, claims map[string]any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	known := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	return token(t, jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: known, KeyID: "k"}}, claims)
}

func token(t *testing.T, key jose.SigningKey, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	made, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := made.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTokensThatAreRefused changes one thing at a time in an honest token.
func TestTokensThatAreRefused(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, value any) func(map[string]any) {
		return func(claims map[string]any) { claims[name] = value }
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"other issuer":         {set("iss", i.URL+"/"), "token"},
		"other audience":       {set("aud", "another"), "token"},
		"two audiences":        {set("aud", []string{"skalig", "another"}), "token"},
		"other party":          {set("azp", "another"), "token"},
		"other nonce":          {set("nonce", "n"), "token"},
		"no nonce":             {set("nonce", nil), "token"},
		"expired":              {set("exp", time.Now().Add(-time.Hour).Unix()), "token"},
		"weak context":         {set("acr", "loa2"), "token"},
		"no context":           {set("acr", nil), "token"},
		"proven long ago":      {set("auth_time", time.Now().Add(-2*time.Minute).Unix()), "token"},
		"not told when":        {set("auth_time", nil), "token"},
		"no number":            {set(auth.ClaimNumber, nil), "claims"},
		"wrong check digit":    {set(auth.ClaimNumber, "199211222387"), "claims"},
		"born in the future":   {set(auth.ClaimNumber, "209912312387"), "claims"},
		"ten digits":           {set(auth.ClaimNumber, "9211222386"), "claims"},
		"a hyphen":             {set(auth.ClaimNumber, "19921122-2386"), "claims"},
		"no name":              {set("name", " "), "claims"},
		"unknown organisation": {set(auth.ClaimAffiliation, "d@another"), "claims"},
		"no member":            {set(auth.ClaimAffiliation, "@org"), "claims"},
		"without a role":       {set(auth.ClaimAffiliation, "f@org"), "claims"},
		"no organisation":      {set(auth.ClaimAffiliation, "org"), "claims"},
	} {
		i.change = c.change
		b := client(t)
		if code, body := get(t, b, p.URL+"/logga-in"); code != 400 || body != "failed: "+c.want+"\n" {
			t.Errorf("%s: %d %s, want %s", name, code, body, c.want)
		}
		if _, body := get(t, b, p.URL+"/x"); !strings.HasPrefix(body, "/x: false") {
			t.Errorf("%s: afterwards %s", name, body)
		}
	}
	i.change = nil
	i.sign = func(claims map[string]any) string { return signed(t, other, claims) }
	if _, body := get(t, client(t), p.URL+"/logga-in"); body != "failed: token\n" {
		t.Errorf("another key: %s", body)
	}
	i.sign = func(claims map[string]any) string { return confused(t, &i.key.PublicKey, claims) }
	if _, body := get(t, client(t), p.URL+"/logga-in"); body != "failed: token\n" {
		t.Errorf("the public key as a shared secret: %s", body)
	}
	i.sign = func(claims map[string]any) string { return "eyJhbGciOiJub25lIn0.e30." }
	if _, body := get(t, client(t), p.URL+"/logga-in"); body != "failed: token\n" {
		t.Errorf("no signature: %s", body)
	}
}
