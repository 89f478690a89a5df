package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// found is a provider as it described itself.
type found struct {
	*oidc.Provider
	at time.Time // when; zero where a sign-in has failed since
}

// lasting is how long a provider's description of itself is relied on.
const lasting = time.Hour

// provider gives the provider that via names: a municipality's own, or the
// service's under any other name.
func (a *Auth) provider(via string) (string, Provider) {
	if p, ok := a.c.Own[via]; ok {
		return via, p
	}
	return "", a.c.Provider
}

// discover finds a provider, once it answers. Who comes while it is asked waits for
// the same answer, and for no other provider's. One that was found before is asked
// anew after a while, and after a sign-in that failed; where it does not answer then,
// what it said before still holds.
func (a *Auth) discover(ctx context.Context, via string) (*oidc.Provider, error) {
	a.mu.Lock()
	known := a.providers[via]
	a.mu.Unlock()
	if known.Provider != nil && time.Since(known.at) < lasting {
		return known.Provider, nil
	}
	asked := a.asking.DoChan(via, func() (any, error) {
		_, named := a.provider(via)
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), a.c.Client), named.Issuer)
		if err != nil && known.Provider == nil {
			return nil, fmt.Errorf("couldn't find the provider: %w", brief{err})
		}
		if err != nil {
			a.c.Log.Error("couldn't ask the provider again", "error", brief{err})
			p = known.Provider
		}
		a.mu.Lock()
		a.providers[via] = found{p, time.Now()}
		a.mu.Unlock()
		return p, nil
	})
	select {
	case got := <-asked:
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(*oidc.Provider), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("couldn't wait for the provider: %w", ctx.Err())
	}
}

// doubt has a provider asked anew at the next sign-in: this one failed with it.
func (a *Auth) doubt(via string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.providers[via] = found{Provider: a.providers[via].Provider}
}

// silent reports whether an exchange failed without an answer of the provider's own
// to what it was asked.
func silent(err error) bool {
	said, ok := errors.AsType[*oauth2.RetrieveError](err)
	return !ok || said.Response.StatusCode >= http.StatusInternalServerError
}

// brief is an error of the library's without the page that it quotes of the provider.
type brief struct{ error }

func (b brief) Error() string {
	line, _, _ := strings.Cut(b.error.Error(), "\n")
	return line[:min(len(line), 300)]
}

func (b brief) Unwrap() error { return b.error }
