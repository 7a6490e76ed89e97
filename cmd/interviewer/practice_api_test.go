package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// practice is somebody with a posting and an active session for it.
type practice struct {
	api
	t       *testing.T
	token   string
	posting map[string]any
	session map[string]any
}

func newPractice(t *testing.T, a api) practice {
	t.Helper()
	_, token := a.signUp(t)
	posting := a.savePosting(t, token)
	return practice{a, t, token, posting, a.startSession(t, token, posting)}
}

// call makes a request of the owner's.
func (p practice) call(method, path string, body any) response {
	p.t.Helper()
	return p.do(p.t, request{method: method, path: "/api/v1" + path, token: p.token, body: body})
}

// of makes a request about a session.
func (p practice) of(session map[string]any, method, path string, body any) response {
	p.t.Helper()
	return p.call(method, "/sessions/"+id(session)+path, body)
}

// ended waits for the end of an operation.
func (p practice) ended(operation map[string]any) map[string]any {
	p.t.Helper()
	eventually(p.t, func() bool {
		operation = p.call("GET", "/operations/"+id(operation), nil).wants(200)
		return operation["status"] == "completed" || operation["status"] == "failed"
	})
	return operation
}

// ask has a question asked.
func (p practice) ask(session map[string]any) map[string]any {
	p.t.Helper()
	operation := p.ended(p.of(session, "POST", "/generate-question", nil).wants(202))
	if operation["status"] != "completed" {
		p.t.Fatalf("the question ended as %v", operation)
	}
	return operation
}

// failing is how an operation failed.
func (p practice) failed(operation map[string]any, code string) {
	p.t.Helper()
	message, _ := operation["error_message"].(string)
	if operation["status"] != "failed" || operation["error_code"] != code || operation["result"] != nil || !strings.Contains(message, "\n\nWhat to do: ") {
		p.t.Errorf("the operation is %v, want it failed with %s", operation, code)
	}
}

func (p practice) complete(session map[string]any) map[string]any {
	p.t.Helper()
	return p.of(session, "POST", "/complete", nil).wants(200)
}

func (p practice) saveResume() map[string]any {
	p.t.Helper()
	return p.call("POST", "/resumes/", map[string]any{"content": "I build services in Go. \u2028 🚀"}).wants(201)
}

// TestInterview goes all the way: five questions with answers, feedback,
// another try, and how far one has come.
func TestInterview(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		asked := map[string]bool{}
		types := []string{"technical", "behavioral", "situational", "technical", "behavioral"}
		for i, typ := range types {
			requested := p.of(p.session, "POST", "/generate-question", nil)
			operation := requested.wants(202)
			if operation["status"] != "pending" || operation["operation_type"] != "question_generation" || operation["retry_count"] != 0.0 ||
				requested.header.Get("Location") != "/api/v1/operations/"+id(operation) {
				t.Errorf("asked for a question, got %v", operation)
			}
			result := p.ended(operation)["result"].(map[string]any)
			if result["question_type"] != typ || asked[result["question_text"].(string)] {
				t.Errorf("question %d is %v, want a new one, %s", i+1, result, typ)
			}
			asked[result["question_text"].(string)] = true
			answer := p.of(p.session, "POST", "/answers", map[string]any{"answer_text": "  Because it is measured first, \u0001 then changed.\n"}).wants(201)
			if answer["message_type"] != "answer" || answer["question_type"] != nil || answer["content"] != "  Because it is measured first, \u0001 then changed.\n" || answer["session_id"] != id(p.session) {
				t.Errorf("the answer is %v", answer)
			}
			p.of(p.session, "POST", "/generate-feedback", nil).wantsError(400, "SESSION_NOT_COMPLETED", "completed")
		}
		detail := p.of(p.session, "GET", "", nil).wants(200)
		messages := detail["messages"].([]any)
		if detail["current_question_number"] != 5.0 || len(messages) != 10 || detail["resume"] != nil {
			t.Fatalf("the session is %v", detail)
		}
		for i, message := range messages {
			if want := []string{"question", "answer"}[i%2]; message.(map[string]any)["message_type"] != want {
				t.Errorf("message %d is %v, want a %s", i, message, want)
			}
		}
		if got := p.of(p.session, "GET", "/messages", nil).wantsList(); fmt.Sprint(got) != fmt.Sprint(messages) {
			t.Errorf("the messages are %v", got)
		}
		p.of(p.session, "GET", "/feedback", nil).wantsError(404, "FEEDBACK_NOT_FOUND", "not been generated")

		completed := p.complete(p.session)
		if completed["status"] != "completed" || completed["current_question_number"] != 5.0 || completed["job_posting"] == nil {
			t.Errorf("completed, the session is %v", completed)
		}
		p.of(p.session, "POST", "/generate-feedback", nil).wantsError(400, "RESUME_REQUIRED", "")
		resume := p.saveResume()
		if detail := p.of(p.session, "GET", "", nil).wants(200); fmt.Sprint(detail["resume"]) != fmt.Sprint(map[string]any{"id": resume["id"], "content": resume["content"]}) {
			t.Errorf("the session shows the résumé %v", detail["resume"])
		}
		operation := p.ended(p.of(p.session, "POST", "/generate-feedback", nil).wants(202))
		result, _ := operation["result"].(map[string]any)
		if operation["operation_type"] != "feedback_analysis" || result["method"] != "rules" {
			t.Fatalf("feedback ended as %v", operation)
		}
		feedback := p.of(p.session, "GET", "/feedback", nil).wants(200)
		for member, value := range result {
			if fmt.Sprint(feedback[member]) != fmt.Sprint(value) {
				t.Errorf("%s is %v in the feedback, %v in the operation", member, feedback[member], value)
			}
		}
		p.of(p.session, "POST", "/generate-feedback", nil).wantsError(409, "FEEDBACK_ALREADY_EXISTS", "")
		if after := p.of(p.session, "GET", "", nil).wants(200); after["updated_at"] != completed["updated_at"] {
			t.Errorf("feedback moved the session's time from %v to %v", completed["updated_at"], after["updated_at"])
		}

		started := p.of(p.session, "POST", "/retake", nil)
		retake := started.wants(201)
		if retake["retake_number"] != 2.0 || retake["original_session_id"] != id(p.session) || retake["status"] != "active" ||
			retake["current_question_number"] != 0.0 || started.header.Get("Location") != "/api/v1/sessions/"+id(retake) {
			t.Errorf("the retake is %v", retake)
		}
		for range types {
			if text := p.ask(retake)["result"].(map[string]any)["question_text"].(string); asked[text] {
				t.Errorf("the retake asks again %q", text)
			}
		}
		chain := p.of(retake, "GET", "/retake-chain", nil).wantsList()
		if len(chain) != 2 || id(chain[0]) != id(p.session) || fmt.Sprint(chain[0]["feedback"]) != fmt.Sprint(feedback) || id(chain[1]) != id(retake) || chain[1]["feedback"] != nil {
			t.Errorf("the chain is %v", chain)
		}
		if _, there := chain[0]["job_posting"]; there {
			t.Error("the chain shows postings")
		}
		scores := p.call("GET", "/sessions/with-feedback", nil).wantsList()
		if len(scores) != 1 || scores[0]["session_id"] != id(p.session) || scores[0]["overall_score"] != feedback["overall_score"] || scores[0]["retake_number"] != 1.0 {
			t.Errorf("the scores are %v", scores)
		}
		metrics := p.call("GET", "/metrics/dashboard", nil).wants(200)
		roles := metrics["most_practiced_roles"].([]any)
		if metrics["completed_interviews"] != 1.0 || metrics["total_questions_answered"] != 5.0 || metrics["average_score"] != feedback["overall_score"] ||
			len(roles) != 1 || roles[0].(map[string]any)["job_posting_id"] != id(p.posting) || roles[0].(map[string]any)["count"] != 1.0 {
			t.Errorf("the metrics are %v", metrics)
		}
	})
}

// TestSessionStates makes every call in every state.
func TestSessionStates(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		p.saveResume()
		reach := map[string][]string{"active": nil, "paused": {"PUT /pause"}, "completed": {"POST /complete"}}
		for _, test := range []struct {
			call string
			want map[string]string // by state: the state after, or the code
		}{
			{"PUT /pause", map[string]string{"active": "paused", "paused": "INVALID_SESSION_STATE", "completed": "INVALID_SESSION_STATE"}},
			{"PUT /resume", map[string]string{"active": "INVALID_SESSION_STATE", "paused": "active", "completed": "INVALID_SESSION_STATE"}},
			{"POST /complete", map[string]string{"active": "completed", "paused": "completed", "completed": "SESSION_ALREADY_COMPLETED"}},
			{"POST /generate-question", map[string]string{"active": "", "paused": "SESSION_NOT_ACTIVE", "completed": "SESSION_NOT_ACTIVE"}},
			{"POST /answers", map[string]string{"active": "", "paused": "SESSION_NOT_ACTIVE", "completed": "SESSION_NOT_ACTIVE"}},
			{"POST /generate-feedback", map[string]string{"active": "SESSION_NOT_COMPLETED", "paused": "SESSION_NOT_COMPLETED", "completed": ""}},
			{"POST /retake", map[string]string{"active": "SESSION_NOT_COMPLETED", "paused": "SESSION_NOT_COMPLETED", "completed": ""}},
		} {
			for state, want := range test.want {
				session := a.startSession(t, p.token, p.posting)
				make := func(call string) response {
					method, path, _ := strings.Cut(call, " ")
					if path == "/answers" {
						return p.of(session, method, path, map[string]any{"answer_text": "x"})
					}
					return p.of(session, method, path, "{ ignored")
				}
				for _, step := range reach[state] {
					make(step).wants(200)
				}
				before := p.of(session, "GET", "", nil).wants(200)
				answer := make(test.call)
				switch {
				case want == "":
					if answer.status < 201 || answer.status > 202 {
						t.Errorf("%s when %s: %d %s", test.call, state, answer.status, answer.body)
					}
				case want == strings.ToUpper(want):
					answer.wantsError(400, want, map[string]string{"POST /answers": "Only active sessions accept answers", "POST /generate-question": state, "POST /retake": "must be completed"}[test.call])
					if after := p.of(session, "GET", "", nil).wants(200); fmt.Sprint(after) != fmt.Sprint(before) {
						t.Errorf("%s when %s was refused, and changed\n%v to\n%v", test.call, state, before, after)
					}
				default:
					if after := answer.wants(200); after["status"] != want || after["updated_at"].(string) <= before["updated_at"].(string) {
						t.Errorf("%s when %s gives %v", test.call, state, after)
					}
				}
			}
		}
	})
}

// TestEveryPracticeRouteKeepsOthersOut calls each route without a token, on
// another's row, and on none.
func TestEveryPracticeRouteKeepsOthersOut(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		operation := p.ended(p.of(p.session, "POST", "/generate-question", nil).wants(202))
		_, stranger := a.signUp(t)
		for _, route := range []struct{ method, path, of, code string }{
			{"GET", "/api/v1/users/me", "", ""},
			{"POST", "/api/v1/users/me/api-key", "", ""},
			{"PUT", "/api/v1/users/me/api-key", "", ""},
			{"POST", "/api/v1/users/me/api-key/validate", "", ""},
			{"POST", "/api/v1/resumes/", "", ""},
			{"POST", "/api/v1/resumes", "", ""},
			{"GET", "/api/v1/resumes/me", "", ""},
			{"PUT", "/api/v1/resumes/me", "", ""},
			{"DELETE", "/api/v1/resumes/me", "", ""},
			{"GET", "/api/v1/sessions/with-feedback", "", ""},
			{"GET", "/api/v1/metrics/dashboard", "", ""},
			{"DELETE", "/api/v1/sessions/", "session", "SESSION_NOT_FOUND"},
			{"PUT", "/api/v1/sessions/*/pause", "session", "SESSION_NOT_FOUND"},
			{"PUT", "/api/v1/sessions/*/resume", "session", "SESSION_NOT_FOUND"},
			{"POST", "/api/v1/sessions/*/complete", "session", "SESSION_NOT_FOUND"},
			{"GET", "/api/v1/sessions/*/messages", "session", "SESSION_NOT_FOUND"},
			{"POST", "/api/v1/sessions/*/answers", "session", "SESSION_NOT_FOUND"},
			{"POST", "/api/v1/sessions/*/generate-question", "session", "SESSION_NOT_FOUND"},
			{"POST", "/api/v1/sessions/*/generate-feedback", "session", "SESSION_NOT_FOUND"},
			{"GET", "/api/v1/sessions/*/feedback", "session", "SESSION_NOT_FOUND"},
			{"POST", "/api/v1/sessions/*/retake", "session", "SESSION_NOT_FOUND"},
			{"GET", "/api/v1/sessions/*/retake-chain", "session", "SESSION_NOT_FOUND"},
			{"GET", "/api/v1/operations/", "operation", "OPERATION_NOT_FOUND"},
			{"POST", "/api/v1/operations/*/retry", "operation", "OPERATION_NOT_FOUND"},
		} {
			path := func(id string) string {
				switch {
				case route.of == "":
					return route.path
				case strings.Contains(route.path, "*"):
					return strings.Replace(route.path, "*", id, 1)
				}
				return route.path + id
			}
			var body any
			if strings.HasSuffix(route.path, "/answers") {
				body = map[string]any{"answer_text": "x"}
			}
			own := map[string]string{"session": id(p.session), "operation": id(operation)}[route.of]
			a.do(t, request{method: route.method, path: path(own), bad: true, body: "{"}).wantsError(401, "NOT_AUTHENTICATED", "Missing bearer token")
			if route.of == "" {
				continue
			}
			missing := a.do(t, request{method: route.method, path: path(uuid.NewString()), token: p.token, body: body})
			missing.wantsError(404, route.code, "not found")
			foreign := a.do(t, request{method: route.method, path: path(own), token: stranger, body: body})
			if foreign.status != missing.status || foreign.body != missing.body {
				t.Errorf("%s %s: another's answers %s, a missing one %s", route.method, route.path, foreign.body, missing.body)
			}
		}
		if after := p.of(p.session, "GET", "", nil).wants(200); after["status"] != "active" || after["current_question_number"] != 1.0 {
			t.Errorf("the stranger changed the session to %v", after)
		}
	})
}

func TestAnswerText(t *testing.T) {
	p := newPractice(t, inMemory(t))
	bad := func(body any) response {
		t.Helper()
		return p.do(t, request{method: "POST", path: "/api/v1/sessions/" + id(p.session) + "/answers", token: p.token, body: body, bad: true})
	}
	for _, good := range []string{"x", " ", strings.Repeat("є", domain.MaxAnswerLength)} {
		if answer := p.of(p.session, "POST", "/answers", map[string]any{"answer_text": good}).wants(201); answer["content"] != good {
			t.Errorf("an answer of %d bytes came back changed", len(good))
		}
	}
	bad(map[string]any{"answer_text": ""}).wantsInvalid(`["body","answer_text"] string_too_short`)
	bad(map[string]any{"answer_text": strings.Repeat("є", domain.MaxAnswerLength+1)}).wantsInvalid(`["body","answer_text"] string_too_long`)
	bad(map[string]any{"answer_text": "a\x00b"}).wantsInvalid(`["body","answer_text"] value_error`)
	bad(map[string]any{"answer_text": 5}).wantsInvalid(`["body","answer_text"] string_type`)
	bad(map[string]any{}).wantsInvalid(`["body","answer_text"] missing`)
	bad("{").wantsInvalid(`["body"] json_invalid`)
	bad("").wantsInvalid(`["body"] missing`)
	bad(`{"answer_text":"`+strings.Repeat("x", 256<<10)+`"}`).wantsError(413, "PAYLOAD_TOO_LARGE", "")
}

func TestResume(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		do := func(method, path string, content any, bad bool) response {
			t.Helper()
			return a.do(t, request{method: method, path: "/api/v1/resumes" + path, token: token, body: content, bad: bad})
		}
		content := func(text string) map[string]any { return map[string]any{"content": text} }
		do("GET", "/me", nil, false).wantsError(404, "RESUME_NOT_FOUND", "not found")
		do("PUT", "/me", content("x"), false).wantsError(404, "RESUME_NOT_FOUND", "not found")
		do("DELETE", "/me", nil, false).wantsError(404, "RESUME_NOT_FOUND", "not found")
		created := do("POST", "/", content(" \n "), false).wants(201)
		if created["content"] != " \n " {
			t.Errorf("blanks came back as %q", created["content"])
		}
		do("POST", "", content("x"), false).wantsError(409, "RESUME_ALREADY_EXISTS", "already has a resume")
		long := strings.Repeat("🚀", domain.MaxResumeLength)
		replaced := do("PUT", "/me", content(long), false).wants(200)
		if replaced["id"] != created["id"] || replaced["created_at"] != created["created_at"] || replaced["updated_at"].(string) <= created["updated_at"].(string) || replaced["content"] != long {
			t.Errorf("replaced: %v %v", replaced["id"], replaced["updated_at"])
		}
		if got := do("GET", "/me", nil, false).wants(200); fmt.Sprint(got) != fmt.Sprint(replaced) {
			t.Error("read back, it is another")
		}
		for _, method := range []string{"POST /", "PUT /me"} {
			method, path, _ := strings.Cut(method, " ")
			do(method, path, content(""), true).wantsInvalid(`["body","content"] string_too_short`)
			do(method, path, content(long+"x"), true).wantsInvalid(`["body","content"] string_too_long`)
			do(method, path, content("\x00"), true).wantsInvalid(`["body","content"] value_error`)
			do(method, path, map[string]any{}, true).wantsInvalid(`["body","content"] missing`)
			do(method, path, `{"content":"`+strings.Repeat("x", 1<<20)+`"}`, true).wantsError(413, "PAYLOAD_TOO_LARGE", "")
		}
		if gone := do("DELETE", "/me", nil, false); gone.status != 204 || gone.body != "" {
			t.Errorf("delete: %d %s", gone.status, gone.body)
		}
		do("POST", "/", content("again"), false).wants(201)
		a.do(t, request{method: "POST", path: "/api/v1/resumes/", token: a.tokenFor(t, uuid.New()), body: content("x")}).wantsError(401, "USER_NOT_FOUND", "")
	})
}

func TestDeleteSession(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		p.saveResume()
		operation := p.ask(p.session)
		p.complete(p.session)
		p.ended(p.of(p.session, "POST", "/generate-feedback", nil).wants(202))
		retake := p.of(p.session, "POST", "/retake", nil).wants(201)
		if gone := p.of(p.session, "DELETE", "", nil); gone.status != 204 {
			t.Fatalf("delete: %d %s", gone.status, gone.body)
		}
		p.of(p.session, "GET", "", nil).wantsError(404, "SESSION_NOT_FOUND", "")
		p.of(p.session, "GET", "/messages", nil).wantsError(404, "SESSION_NOT_FOUND", "")
		p.of(p.session, "GET", "/feedback", nil).wantsError(404, "SESSION_NOT_FOUND", "")
		p.call("GET", "/operations/"+id(operation), nil).wantsError(404, "OPERATION_NOT_FOUND", "")
		left := p.of(retake, "GET", "/retake-chain", nil).wantsList()
		if len(left) != 1 || left[0]["original_session_id"] != nil || left[0]["retake_number"] != 2.0 || left[0]["updated_at"] != retake["updated_at"] {
			t.Errorf("the retake that is left is %v", left)
		}
		p.complete(retake)
		if third := p.of(retake, "POST", "/retake", nil).wants(201); third["retake_number"] != 3.0 || third["original_session_id"] != id(retake) {
			t.Errorf("a retake of it is %v", third)
		}
	})
}

func TestRetakesAtOnceHaveNumbersOfTheirOwn(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		p.complete(p.session)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { p.of(p.session, "POST", "/retake", nil).wants(201) })
		}
		wg.Wait()
		chain := p.of(p.session, "GET", "/retake-chain", nil).wantsList()
		for i, attempt := range chain {
			if attempt["retake_number"] != float64(i+1) {
				t.Errorf("attempt %d has number %v", i+1, attempt["retake_number"])
			}
		}
		if len(chain) != 6 {
			t.Errorf("%d attempts", len(chain))
		}
		all := p.call("GET", "/sessions?original_session_id="+id(p.session), nil).wantsList()
		if len(all) != 6 {
			t.Errorf("the filter finds %d", len(all))
		}
	})
}

func TestOneOfManyCompletionsWins(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		statuses := make([]int, 6)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() { statuses[i] = p.of(p.session, "POST", "/complete", nil).status })
		}
		wg.Wait()
		won := 0
		for _, status := range statuses {
			switch status {
			case 200:
				won++
			case 400:
			default:
				t.Errorf("a completion got %d", status)
			}
		}
		if won != 1 {
			t.Errorf("%d completions won", won)
		}
	})
}

// TestPages walks lists of sessions and messages by their links.
func TestPages(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		for range 4 {
			a.startSession(t, p.token, p.posting)
		}
		for i := range 5 {
			p.of(p.session, "POST", "/answers", map[string]any{"answer_text": fmt.Sprint("answer ", i)}).wants(201)
		}
		for _, path := range []string{"/sessions?status=active&", "/sessions/" + id(p.session) + "/messages?"} {
			whole := p.call("GET", strings.TrimSuffix(path, "&"), nil)
			if link := whole.header.Get("Link"); link != "" {
				t.Errorf("the whole list has a Link %s", link)
			}
			var walked []map[string]any
			pages, next := 0, path+"limit=2"
			for next != "" {
				page := p.call("GET", next, nil)
				list := page.wantsList()
				walked = append(walked, list...)
				pages++
				link := page.header.Get("Link")
				next = ""
				if link != "" {
					target, rel, _ := strings.Cut(link, ">; ")
					if rel != `rel="next"` {
						t.Fatalf("the Link is %s", link)
					}
					next = strings.TrimPrefix(strings.TrimPrefix(target, "<"), "/api/v1")
				}
			}
			if all := whole.wantsList(); pages != 3 || fmt.Sprint(walked) != fmt.Sprint(all) {
				t.Errorf("%s: %d pages:\n got %v\nwant %v", path, pages, walked, all)
			}
			if exact := p.call("GET", path+"limit=5", nil); exact.header.Get("Link") != "" {
				t.Error("a page that holds all has a Link")
			}
			for query, item := range map[string]string{
				"limit=0": "limit greater_than_equal", "limit=-1": "limit greater_than_equal", "limit=1001": "limit less_than_equal",
				"limit=x": "limit int_parsing", "cursor=x": "cursor value_error", "cursor=": "cursor value_error", "cursor=MSAy": "cursor value_error",
			} {
				name, typ, _ := strings.Cut(item, " ")
				p.do(t, request{method: "GET", path: "/api/v1" + path + query, token: p.token, bad: true}).wantsInvalid(fmt.Sprintf(`["query",%q] %s`, name, typ))
			}
		}
	})
}

func TestMetricsOfNobodyYet(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		metrics := a.do(t, request{method: "GET", path: "/api/v1/metrics/dashboard", token: token})
		if want := `{"completed_interviews":0,"average_score":null,"total_questions_answered":0,"most_practiced_roles":[]}` + "\n"; metrics.status != http.StatusOK || metrics.body != want {
			t.Errorf("%d %s, want %s", metrics.status, metrics.body, want)
		}
	})
}
