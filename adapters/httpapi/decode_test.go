package httpapi

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestParseUUID(t *testing.T) {
	const want = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
	for s, ok := range map[string]bool{
		want:                                   true,
		strings.ToUpper(want):                  true,
		strings.ReplaceAll(want, "-", ""):      true,
		"{" + want + "}":                       false,
		"urn:uuid:" + want:                     false,
		want[:35]:                              false,
		"f47ac10b058cc04372-a567-0e02b2c3d479": false,
		"f47ac10b-58cc-4372-a567-0e02b2c3d47g": false,
		"":                                     false,
	} {
		if id, got := parseUUID(s); got != ok || ok && id.String() != want {
			t.Errorf("%q: %v, %v", s, id, got)
		}
	}
}

// FuzzDecode reads every kind of member from any body: it must never panic,
// refuse only with a validation error, and take nothing that encoding/json
// and UTF-8 would not.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", `[]`, `{"a":`, `{"title":"t","title":"u"}`, "\ufeff{}", `{"title":"\ud800"}`, "{\"title\":\"\xff\"}",
		`{"title":"t","description":"d","tech_stack":["a",1,null],"language":"ua","job_posting_id":"f47ac10b-58cc-4372-a567-0e02b2c3d479"}`,
		`{"email":"a@example.com","password":"` + strings.Repeat("x", 200) + `"}`, `{"a":1} {"b":2}`, strings.Repeat("[", 20_000),
		`{"title":` + strings.Repeat("9", 400) + `}`, `{"tech_stack":{"a":{"b":[[]]}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := parseObject(body)
		if err == nil {
			if !json.Valid(body) || !utf8.Valid(body) {
				t.Errorf("%q was taken as JSON", body)
			}
			draft, draftErr := readJobPostingDraft(o)
			if draftErr == nil {
				if _, err := draft.Normalize(); err != nil {
					t.Errorf("%q passed and breaks a rule: %v", body, err)
				}
			}
			credentials := domain.Credentials{Email: o.text("email"), Password: o.text("password")}
			_, broken := credentials.ForRegistration()
			if id := o.uuid4("job_posting_id"); len(o.bad) == 0 && id.Version() != 4 {
				t.Errorf("%q gave the id %v", body, id)
			}
			err = o.verdict(broken)
		}
		if err != nil {
			var invalid validationError
			if !errors.As(err, &invalid) || len(invalid) == 0 {
				t.Fatalf("%q: %v", body, err)
			}
			if _, err := json.Marshal(invalid); err != nil || invalid.Error() == "" {
				t.Errorf("%q: the error cannot be written: %v", body, err)
			}
		}
	})
}

// FuzzBearer reads any Authorization header: what comes out is a token that
// stood behind the scheme, without white space around it.
func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer ", "bearer  a.b.c ", "Basic x", "Bearer\tx", "BearerX y", " Bearer x", "Bearer a b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token := bearerToken(header)
		if token == "" {
			return
		}
		if !strings.EqualFold(header[:6], "bearer") || header[6] != ' ' || !strings.Contains(header[7:], token) || strings.TrimSpace(token) != token {
			t.Errorf("%q gave the token %q", header, token)
		}
	})
}
