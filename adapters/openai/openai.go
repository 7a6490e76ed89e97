// Package openai asks OpenAI, or a service with the same API, about API keys.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// DefaultBaseURL is where OpenAI itself answers.
const DefaultBaseURL = "https://api.openai.com/v1"

// timeout is how long a call may take, the caller's own deadline aside.
const timeout = 10 * time.Second

var (
	// errBaseURL does not repeat the URL: it may have a password in it.
	errBaseURL = errors.New("must be an http or https URL with a host and without user, query or fragment")
	errEcho    = errors.New("openai: the answer cannot be read, and repeats the key")
)

// ParseBaseURL reads the URL under which the API's paths stand, with or
// without a slash at its end. The text of its error fits after the name of a
// setting.
func ParseBaseURL(s string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Hostname() == "" ||
		base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, errBaseURL
	}
	return base, nil
}

// Keys asks about API keys. It is safe for concurrent use.
type Keys struct {
	models string // the URL of the list of models
	client *http.Client
}

var _ ports.APIKeyChecker = (*Keys)(nil)

// New returns Keys that ask the API under a URL of [ParseBaseURL] by the
// client, but follow no redirect: it would carry the key elsewhere.
func New(base *url.URL, client *http.Client) *Keys {
	direct := *client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Keys{base.JoinPath("models").String(), &direct}
}

// CheckAPIKey implements [ports.APIKeyChecker]. It asks for the list of models,
// which costs nothing, and gives up after 10 s. Only the status of the answer
// counts. The error never contains the key; it wraps [context.Canceled] if the
// caller went away.
func (k *Keys) CheckAPIKey(ctx context.Context, key string) (domain.APIKeyVerdict, error) {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodGet, k.models, nil)
	if err != nil {
		return domain.APIKeyUnknown, fmt.Errorf("openai: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	response, err := k.client.Do(request)
	switch {
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return domain.APIKeyUnknown, fmt.Errorf("openai: %w", ctx.Err()) // err has the cause instead, if there is one
	case err != nil && strings.Contains(err.Error(), key): // it quotes a malformed answer
		return domain.APIKeyUnknown, errEcho
	case err != nil:
		return domain.APIKeyUnknown, fmt.Errorf("openai: %w", err)
	}
	response.Body.Close() // unread: it may have no end, and OpenAI's refusal repeats part of the key
	return verdict(response.StatusCode)
}

// verdict takes the status alone: the words beside it are the server's own.
func verdict(status int) (domain.APIKeyVerdict, error) {
	switch status {
	case http.StatusOK:
		return domain.APIKeyValid, nil
	case http.StatusUnauthorized:
		return domain.APIKeyInvalid, nil
	case http.StatusTooManyRequests:
		return domain.APIKeyRateLimited, nil
	}
	return domain.APIKeyUnknown, fmt.Errorf("openai: the list of models was answered with %d %s", status, http.StatusText(status))
}
