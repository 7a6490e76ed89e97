package main

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"golang.org/x/crypto/argon2"

	"github.com/ai-interviewer/ai-interviewer/domain"
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

// TestLogInRehashes puts an account into the storage as an earlier version of
// the service, with cheaper parameters, would have left it.
func TestLogInRehashes(t *testing.T) {
	const password = "correct horse"
	salt := []byte("sixteen bytes...")
	encode := base64.RawStdEncoding.EncodeToString
	old := "$argon2id$v=19$m=64,t=1,p=1$" + encode(salt) + "$" + encode(argon2.IDKey([]byte(password), salt, 1, 64, 1, 32))
	onEachStorage(t, func(t *testing.T, a api) {
		id := uuid.New()
		user := domain.User{ID: id, Email: id.String() + "@example.com", PasswordHash: old}
		if err := a.storage.CreateUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
		earlier := a.tokenFor(t, id)
		logIn := func(password string) (response, string) {
			t.Helper()
			resp := a.do(t, request{method: "POST", path: "/api/v1/auth/login", body: map[string]string{"email": user.Email, "password": password}})
			stored, err := a.storage.FindUser(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return resp, stored.PasswordHash
		}

		resp, hash := logIn("wrong horse")
		resp.wantsError(401, "INVALID_CREDENTIALS", "")
		if hash != old {
			t.Error("a wrong password was stored")
		}
		resp, rehashed := logIn(password)
		resp.wants(200)
		if !strings.HasPrefix(rehashed, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("after the log-in the hash is %s", rehashed)
		}
		a.do(t, request{method: "GET", path: "/api/v1/users/me", token: earlier}).wants(200)
		resp, hash = logIn(password)
		resp.wants(200)
		if hash != rehashed {
			t.Error("a hash with the present parameters was replaced")
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
		"common password":  {"register", `{"email":"a@example.com","password":"Password123"}`, []string{password + "password_too_common"}},
		"lone surrogate":   {"register", `{"email":"a@example.com","password":"\ud800 enough"}`, []string{`["body"] json_invalid`}},
		"log in, nothing":  {"login", `{}`, []string{email + "missing", password + "missing"}},
		"log in, too long": {"login", `{"email":"a@example.com","password":"` + strings.Repeat("é", 129) + `"}`, []string{password + "string_too_long"}},
		"log in, e-mail":   {"login", `{"email":"nobody","password":"x"}`, []string{email + "value_error"}},
		"log in, a list":   {"login", `[]`, []string{`["body"] model_attributes_type`}},
	} {
		t.Run(name, func(t *testing.T) {
			resp := a.do(t, request{method: "POST", path: "/api/v1/auth/" + test.path, body: test.body, bad: true})
			resp.wantsInvalid(test.want...)
			if strings.Contains(resp.body, "enough") || strings.Contains(resp.body, "Password123") {
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

// account is somebody who signed up with a password.
type account struct {
	api
	t                      *testing.T
	email, password, token string
}

func (a api) newAccount(t *testing.T) account {
	t.Helper()
	acc := account{a, t, uuid.NewString() + "@example.com", "correct horse", ""}
	a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: map[string]string{"email": acc.email, "password": acc.password}}).wants(201)
	acc.token = acc.logIn(acc.password).wants(200)["access_token"].(string)
	return acc
}

func (a account) logIn(password string) response {
	return a.do(a.t, request{method: "POST", path: "/api/v1/auth/login", body: map[string]string{"email": a.email, "password": password}})
}

func (a account) call(method, path, token string, body any) response {
	return a.do(a.t, request{method: method, path: "/api/v1/" + path, token: token, body: body})
}

func TestLogOutEverywhere(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		acc, other := a.newAccount(t), a.newAccount(t)
		second := acc.logIn(acc.password).wants(200)["access_token"].(string)
		acc.call("GET", "users/me", second, nil).wants(200)
		if ended := acc.call("POST", "auth/logout-all", acc.token, nil); ended.status != 204 || ended.body != "" {
			t.Fatalf("%d %s", ended.status, ended.body)
		}
		for _, token := range []string{acc.token, second} {
			acc.call("GET", "users/me", token, nil).wantsError(401, "INVALID_TOKEN", "ended")
			acc.call("POST", "sessions", token, map[string]any{"job_posting_id": uuid.New()}).wantsError(401, "INVALID_TOKEN", "ended")
		}
		acc.call("GET", "users/me", acc.logIn(acc.password).wants(200)["access_token"].(string), nil).wants(200)
		acc.call("GET", "users/me", other.token, nil).wants(200)
	})
}

func TestChangePassword(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		acc := a.newAccount(t)
		change := func(token, current, next string) response {
			return acc.call("PUT", "users/me/password", token, map[string]string{"current_password": current, "new_password": next})
		}
		change(acc.token, "wrong", "battery staple").wantsError(400, "WRONG_PASSWORD", "")
		change(acc.token, acc.password, "Password123").wantsInvalid(`["body","new_password"] password_too_common`)
		acc.call("GET", "users/me", acc.token, nil).wants(200)
		changed := change(acc.token, acc.password, "battery staple")
		token := changed.wants(200)["access_token"].(string)
		if cache := changed.header.Get("Cache-Control"); cache != "no-store" {
			t.Errorf("Cache-Control is %q", cache)
		}
		acc.call("GET", "users/me", acc.token, nil).wantsError(401, "INVALID_TOKEN", "ended")
		acc.call("GET", "users/me", token, nil).wants(200)
		acc.logIn(acc.password).wantsError(401, "INVALID_CREDENTIALS", "")
		acc.call("GET", "users/me", acc.logIn("battery staple").wants(200)["access_token"].(string), nil).wants(200)
		if log := a.log.String(); strings.Contains(log, "staple") {
			t.Error("the log has a password")
		}
	})
}

func TestDeleteAccount(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		acc := a.newAccount(t)
		p := practice{a, t, acc.token, a.savePosting(t, acc.token), nil}
		p.session = a.startSession(t, acc.token, p.posting)
		acc.call("POST", "resumes", acc.token, map[string]string{"content": "x"}).wants(201)
		remove := func(password string) response {
			return acc.call("DELETE", "users/me", acc.token, map[string]string{"password": password})
		}
		remove("wrong").wantsError(400, "WRONG_PASSWORD", "")
		acc.do(t, request{method: "DELETE", path: "/api/v1/users/me", token: acc.token, body: map[string]any{}, bad: true}).wantsError(422, "VALIDATION_ERROR", "")
		acc.call("GET", "sessions/"+id(p.session), acc.token, nil).wants(200)
		if gone := remove(acc.password); gone.status != 204 || gone.body != "" {
			t.Fatalf("%d %s", gone.status, gone.body)
		}
		for _, path := range []string{"users/me", "users/me/export", "sessions", "sessions/" + id(p.session), "job-postings", "resumes/me", "metrics/dashboard"} {
			acc.call("GET", path, acc.token, nil).wantsError(401, "USER_NOT_FOUND", "")
		}
		acc.logIn(acc.password).wantsError(401, "INVALID_CREDENTIALS", "")
		again := acc.do(t, request{method: "POST", path: "/api/v1/auth/register", body: map[string]string{"email": acc.email, "password": acc.password}}).wants(201)
		if list := acc.do(t, request{method: "GET", path: "/api/v1/sessions", token: a.tokenFor(t, uuid.MustParse(again["id"].(string)))}).wantsList(); len(list) != 0 {
			t.Errorf("whoever has the address next finds %v", list)
		}
	})
}

func TestExportAccount(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		export := func() map[string]any {
			exported := a.do(t, request{method: "GET", path: "/api/v1/users/me/export", token: token})
			if exported.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(exported.header.Get("Content-Disposition"), "attachment") {
				t.Errorf("headers are %v", exported.header)
			}
			return exported.wants(200)
		}
		if empty := export(); empty["resume"] != nil || empty["api_key_saved"] != false || len(empty["sessions"].([]any)) != 0 {
			t.Errorf("somebody new has %v", empty)
		}
		p := practice{a, t, token, a.savePosting(t, token), nil}
		p.session = a.startSession(t, token, p.posting)
		resume := p.saveResume()
		answer := p.of(p.session, "POST", "/answers", map[string]string{"answer_text": "It depends."}).wants(201)
		const key = "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
		a.do(t, request{method: "PUT", path: "/api/v1/users/me/api-key", token: token, body: map[string]string{"api_key": key}}).wants(200)

		got := export()
		me := a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token}).wants(200)
		var sessions []any
		for _, session := range a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList() {
			sessions = append(sessions, session)
		}
		for member, want := range map[string]any{"user": me, "api_key_saved": true, "resume": resume, "job_postings": []any{p.posting},
			"sessions": sessions, "messages": []any{answer}, "feedbacks": []any{}, "operations": []any{}} {
			if !reflect.DeepEqual(got[member], want) {
				t.Errorf("%s is\n%v, want\n%v", member, got[member], want)
			}
		}
		if text := fmt.Sprint(got); strings.Contains(text, key) || strings.Contains(text, "argon2") {
			t.Errorf("the document holds a secret: %s", text)
		}
	})
}
