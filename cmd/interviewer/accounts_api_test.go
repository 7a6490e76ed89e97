package main

import (
	"strings"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

func TestRegisterAndLogIn(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		email := uuid.NewString() + "@example.com"
		// A stale token is no hindrance.
		register := a.do(t, request{method: "POST", path: "/api/v1/auth/register", token: "stale",
			body: map[string]string{"email": "  " + strings.ToUpper(email) + " ", "password": "correct horse 🐎"}, bad: true})
		user := register.wants(201)
		if user["email"] != email || uuid.MustParse(user["id"].(string)).Version() != 4 {
			t.Errorf("the account is %v", user)
		}
		a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: map[string]string{"email": strings.ToUpper(email), "password": "another one"}}).
			wantsError(409, "EMAIL_ALREADY_REGISTERED", "")

		login := func(email, password string) response {
			return a.do(t, request{method: "POST", path: "/api/v1/auth/login", token: "stale",
				body: map[string]string{"email": email, "password": password}, bad: true})
		}
		token := login(strings.ToUpper(email)+" ", "correct horse 🐎").wants(200)
		if token["token_type"] != "bearer" {
			t.Errorf("token_type is %v", token["token_type"])
		}
		claims := gojwt.RegisteredClaims{}
		if _, _, err := gojwt.NewParser().ParseUnverified(token["access_token"].(string), &claims); err != nil {
			t.Fatal(err)
		}
		if life := claims.ExpiresAt.Sub(claims.IssuedAt.Time); claims.Subject != user["id"] || life != 24*time.Hour {
			t.Errorf("claims are %+v", claims)
		}
		me := a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token["access_token"].(string)}).wants(200)
		if me["id"] != user["id"] || me["email"] != email || me["created_at"] != user["created_at"] {
			t.Errorf("me is %v, want %v", me, user)
		}

		wrong := login(email, "correct horse")
		wrong.wantsError(401, "INVALID_CREDENTIALS", "")
		short := login(email, "x")
		unknown := login(uuid.NewString()+"@example.com", "correct horse")
		if unknown.body != wrong.body || unknown.status != wrong.status || short.body != wrong.body {
			t.Errorf("a wrong password answers %s, an unknown e-mail %s, a short password %s", wrong.body, unknown.body, short.body)
		}
		if log := a.log.String(); strings.Contains(log, "horse") || strings.Contains(log, email) || strings.Contains(log, token["access_token"].(string)) {
			t.Error("the log has a password, an e-mail or a token")
		}
	})
}

func TestRegisterRefusesBadInput(t *testing.T) {
	a := inMemory(t)
	email, password := `["body","email"] `, `["body","password"] `
	for name, test := range map[string]struct {
		path, body string
		want       []string
	}{
		"nothing":          {"register", `{}`, []string{email + "missing", password + "missing"}},
		"null":             {"register", `{"email":null,"password":null}`, []string{email + "string_type", password + "string_type"}},
		"other types":      {"register", `{"email":1,"password":["x"]}`, []string{email + "string_type", password + "string_type"}},
		"both bad":         {"register", `{"email":"x","password":"short"}`, []string{email + "value_error", password + "string_too_short"}},
		"type and rule":    {"register", `{"email":7,"password":"short"}`, []string{email + "string_type", password + "string_too_short"}},
		"display name":     {"register", `{"email":"Ada <a@example.com>","password":"long enough"}`, []string{email + "value_error"}},
		"reserved domain":  {"register", `{"email":"a@b.test","password":"long enough"}`, []string{email + "value_error"}},
		"long password":    {"register", `{"email":"a@example.com","password":"` + strings.Repeat("é", 129) + `"}`, []string{password + "string_too_long"}},
		"NUL in password":  {"register", `{"email":"a@example.com","password":"long\u0000enough"}`, []string{password + "value_error"}},
		"lone surrogate":   {"register", `{"email":"a@example.com","password":"\ud800 enough"}`, []string{`["body"] json_invalid`}},
		"log in, nothing":  {"login", `{}`, []string{email + "missing", password + "missing"}},
		"log in, too long": {"login", `{"email":"a@example.com","password":"` + strings.Repeat("é", 129) + `"}`, []string{password + "string_too_long"}},
		"log in, e-mail":   {"login", `{"email":"nobody","password":"x"}`, []string{email + "value_error"}},
		"log in, a list":   {"login", `[]`, []string{`["body"] model_attributes_type`}},
	} {
		t.Run(name, func(t *testing.T) {
			resp := a.do(t, request{method: "POST", path: "/api/v1/auth/" + test.path, body: test.body, bad: true})
			resp.wantsInvalid(test.want...)
			if strings.Contains(resp.body, "enough") {
				t.Error("the answer repeats the input")
			}
		})
	}
	a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: `{"email":"edge@example.com","password":"` + strings.Repeat("é", 128) + `"}`}).wants(201)
	for _, path := range []string{"/api/v1/auth/register", "/api/v1/auth/login"} {
		a.do(t, request{method: "POST", path: path, body: strings.Repeat(" ", 64<<10+1), bad: true}).wantsError(413, "PAYLOAD_TOO_LARGE", "")
		a.do(t, request{method: "POST", path: path, body: `email=x`, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, bad: true}).
			wantsError(415, "UNSUPPORTED_MEDIA_TYPE", "")
	}
}

func TestAccountThatIsGone(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		token := a.tokenFor(t, uuid.New())
		a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token}).wantsError(401, "USER_NOT_FOUND", "")
		a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, body: map[string]string{"title": "t", "description": "d"}}).
			wantsError(401, "USER_NOT_FOUND", "")
	})
}
