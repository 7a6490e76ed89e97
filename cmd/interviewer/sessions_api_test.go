package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestListSessions(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		_, stranger := a.signUp(t)
		one, two := a.savePosting(t, token), a.savePosting(t, token)
		first := a.startSession(t, token, one)
		second := a.startSession(t, token, two)
		third := a.startSession(t, token, one)
		foreign := a.savePosting(t, stranger)
		a.startSession(t, stranger, foreign)
		created, err := time.Parse(time.RFC3339, first["created_at"].(string))
		if err != nil {
			t.Fatal(err)
		}
		tomorrow := created.AddDate(0, 0, 2).Format(time.DateOnly) // whatever the time of day
		yesterday := created.AddDate(0, 0, -1).Format(time.DateOnly)

		for query, want := range map[string][]map[string]any{
			"":                                         {third, second, first},
			"?status=active":                           {third, second, first},
			"?status=paused":                           {},
			"?status=completed":                        {},
			"?start_date=" + yesterday:                 {third, second, first},
			"?end_date=" + tomorrow:                    {third, second, first},
			"?start_date=" + tomorrow:                  {},
			"?end_date=" + yesterday:                   {},
			"?end_date=9999-12-31":                     {third, second, first},
			"?start_date=0001-01-01":                   {third, second, first},
			"?job_posting_id=" + id(one):               {third, first},
			"?job_posting_id=" + compact(one):          {third, first},
			"?original_session_id=" + id(second):       {second},
			"?original_session_id=" + uuid.NewString(): {},
			"?status=completed&original_session_id=" + id(first):                                              {},
			"?status=active&job_posting_id=" + id(two) + "&start_date=" + yesterday + "&end_date=" + tomorrow: {second},
			"?unknown=1": {third, second, first},
		} {
			list := a.do(t, request{method: "GET", path: "/api/v1/sessions" + query, token: token}).wantsList()
			if got, want := fmt.Sprint(list), fmt.Sprint(want); got != want {
				t.Errorf("%s:\n got %s\nwant %s", query, got, want)
			}
		}
		a.do(t, request{method: "GET", path: "/api/v1/sessions/", token: a.tokenFor(t, uuid.New())}).wantsError(401, "USER_NOT_FOUND", "")

		bad := func(query string) response {
			return a.do(t, request{method: "GET", path: "/api/v1/sessions" + query, token: token, bad: true})
		}
		bad("?status=").wantsError(400, "INVALID_STATUS_FILTER", "")
		bad("?status=Active").wantsError(400, "INVALID_STATUS_FILTER", "")
		bad("?start_date=2026-01-02&end_date=2026-01-01").wantsError(400, "INVALID_DATE_RANGE", "")
		bad("?job_posting_id="+uuid.NewString()).wantsError(404, "JOB_POSTING_NOT_FOUND", "")
		bad("?job_posting_id="+id(foreign)).wantsError(404, "JOB_POSTING_NOT_FOUND", "")
		bad("?start_date=").wantsInvalid(`["query","start_date"] date_parsing`)
		bad("?end_date=2026-02-30").wantsInvalid(`["query","end_date"] date_parsing`)
		bad("?start_date=2026-1-2").wantsInvalid(`["query","start_date"] date_parsing`)
		bad("?start_date=2026-01-02T00:00:00Z").wantsInvalid(`["query","start_date"] date_parsing`)
		bad("?job_posting_id=x").wantsInvalid(`["query","job_posting_id"] uuid_parsing`)
		bad("?status=active&status=paused").wantsInvalid(`["query","status"] value_error`)
		bad("?original_session_id=").wantsInvalid(`["query","original_session_id"] uuid_parsing`)
		// In this order: 422 of any parameter, status, range, posting.
		bad("?status=x&start_date=y&job_posting_id=z").wantsInvalid(`["query","start_date"] date_parsing`, `["query","job_posting_id"] uuid_parsing`)
		bad("?status=x&start_date=2026-01-02&end_date=2026-01-01&job_posting_id="+uuid.NewString()).wantsError(400, "INVALID_STATUS_FILTER", "")
		bad("?start_date=2026-01-02&end_date=2026-01-01&job_posting_id="+uuid.NewString()).wantsError(400, "INVALID_DATE_RANGE", "")
	})
}

func TestGetSession(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		_, stranger := a.signUp(t)
		posting := a.savePosting(t, token)
		session := a.startSession(t, token, posting)
		path := "/api/v1/sessions/" + id(session)

		detail := a.do(t, request{method: "GET", path: path, token: token}).wants(200)
		want := map[string]any{}
		for _, member := range []string{"id", "title", "company", "description", "experience_level", "tech_stack"} {
			want[member] = posting[member]
		}
		if fmt.Sprint(detail["job_posting"]) != fmt.Sprint(want) {
			t.Errorf("job_posting is %v, want %v", detail["job_posting"], want)
		}

		missing := a.do(t, request{method: "GET", path: "/api/v1/sessions/" + uuid.NewString(), token: token})
		missing.wantsError(404, "SESSION_NOT_FOUND", "")
		foreign := a.do(t, request{method: "GET", path: path, token: stranger})
		if foreign.status != missing.status || foreign.body != missing.body {
			t.Errorf("another's session answers %s, a missing one %s", foreign.body, missing.body)
		}

		a.do(t, request{method: "DELETE", path: "/api/v1/job-postings/" + id(posting), token: token})
		detail = a.do(t, request{method: "GET", path: path, token: token}).wants(200)
		if detail["job_posting"] != nil || detail["job_posting_id"] != nil || detail["updated_at"] != session["updated_at"] {
			t.Errorf("after its posting was deleted the session is %v", detail)
		}
		list := a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList()
		if len(list) != 1 || list[0]["job_posting"] != nil {
			t.Errorf("after its posting was deleted the list is %v", list)
		}
	})
}

func TestOnlyOneFormOfASessionsPathIsARoute(t *testing.T) {
	a := newAPI(t, storage{})
	for _, id := range []string{"not-a-valid-uuid", "F47AC10B-58CC-4372-A567-0E02B2C3D479", "f47ac10b58cc4372a5670e02b2c3d479",
		"f47ac10b-58cc-4372-a567-0e02b2c3d479/", "f47ac10b-58cc-4372-a567-0e02b2c3d4790", "%66"} {
		a.do(t, request{method: "GET", path: "/api/v1/sessions/" + id, bad: true}).wantsError(404, "NOT_FOUND", "")
	}
	a.do(t, request{method: "GET", path: "/api/v1/sessions/018f4d2e-7b1a-7c3d-8e4f-5a6b7c8d9e0f", bad: true}).wantsError(401, "NOT_AUTHENTICATED", "")
}

func id(object map[string]any) string { return object["id"].(string) }

func compact(object map[string]any) string { return strings.ReplaceAll(id(object), "-", "") }
