package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

const apiKey = "sk-proj-0123456789_abcdefghijklmnopqrstuvwxyz"

func TestAPIKey(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		for _, method := range []string{"POST", "PUT", "PUT"} {
			saved := a.do(t, request{method: method, path: "/api/v1/users/me/api-key", token: token, body: map[string]string{"api_key": " " + apiKey + "\n"}, bad: true})
			if saved.wants(200)["message"] != "API key configured successfully" {
				t.Errorf("%s: %s", method, saved.body)
			}
		}
		if profile := a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token}); strings.Contains(profile.body, "key") {
			t.Errorf("the profile is %s", profile.body)
		}
		a.do(t, request{method: "PUT", path: "/api/v1/users/me/api-key", token: a.tokenFor(t, uuid.New()), body: map[string]string{"api_key": apiKey}}).
			wantsError(401, "USER_NOT_FOUND", "")
		if strings.Contains(a.log.String(), apiKey) {
			t.Error("the key is in the log")
		}
	})
}

func TestBadAPIKeys(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	for _, call := range []string{"POST /api/v1/users/me/api-key", "PUT /api/v1/users/me/api-key", "POST /api/v1/users/me/api-key/validate"} {
		method, path, _ := strings.Cut(call, " ")
		bad := func(body any) response {
			t.Helper()
			return a.do(t, request{method: method, path: path, token: token, body: body, bad: true})
		}
		key := func(key string) map[string]string { return map[string]string{"api_key": key} }
		bad(key("pk-"+apiKey)).wantsError(400, "INVALID_API_KEY_FORMAT", "must start with 'sk-'")
		bad(key("sk-short")).wantsError(400, "INVALID_API_KEY_FORMAT", "too short")
		bad(key(apiKey+"!")).wantsError(400, "INVALID_API_KEY_FORMAT", "letters")
		bad(key("")).wantsInvalid(`["body","api_key"] string_too_short`)
		bad(key("  ")).wantsInvalid(`["body","api_key"] value_error`)
		bad(key(strings.Repeat("x", 257))).wantsInvalid(`["body","api_key"] string_too_long`)
		bad(map[string]any{}).wantsInvalid(`["body","api_key"] missing`)
		bad(map[string]any{"api_key": nil}).wantsInvalid(`["body","api_key"] string_type`)
	}
}

// TestValidateAPIKey asks a provider on this machine.
func TestValidateAPIKey(t *testing.T) {
	status := 0
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" || r.URL.Path != "/v1/models" || r.Header.Get("Authorization") != "Bearer "+apiKey {
			t.Errorf("the provider was asked %s %s", r.Method, r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	defer provider.Close()
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIIn(t, world{clock: time.Now}, storage, func(c *serveCommand) { c.OpenAIBaseURL = provider.URL + "/v1/" })
	_, token := a.signUp(t)
	for _, test := range []struct {
		status int
		valid  bool
		words  string
	}{
		{200, true, "valid and working"},
		{401, false, "Invalid API key"},
		{429, false, "Rate limit exceeded"},
		{500, false, "Could not validate API key"},
	} {
		status = test.status
		got := a.do(t, request{method: "POST", path: "/api/v1/users/me/api-key/validate", token: token, body: map[string]string{"api_key": apiKey}}).wants(200)
		if got["valid"] != test.valid || !strings.Contains(got["message"].(string), test.words) {
			t.Errorf("when the provider says %d: %v", test.status, got)
		}
	}
	if strings.Contains(a.log.String(), apiKey) || !strings.Contains(a.log.String(), "API key not checked") {
		t.Errorf("the log is %s", a.log)
	}
}
