package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestJobPostingLife(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		user, token := a.signUp(t)
		resp := a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, body: map[string]any{
			"title": "  Go engineer ", "company": " ", "description": "\nBuild ", "experience_level": nil, "tech_stack": []string{" Go "}, "id": "ignored"}})
		posting := resp.wants(201)
		for member, want := range map[string]any{"user_id": user, "title": "Go engineer", "company": nil, "description": "Build",
			"experience_level": nil, "language": "en", "updated_at": posting["created_at"]} {
			if posting[member] != want {
				t.Errorf("%s is %v, want %v", member, posting[member], want)
			}
		}
		path := "/api/v1/job-postings/" + id(posting)
		if got := resp.header.Get("Location"); got != path || fmt.Sprint(posting["tech_stack"]) != "[Go]" {
			t.Errorf("Location is %q, the stack %v", got, posting["tech_stack"])
		}
		for _, form := range []string{path, "/api/v1/job-postings/" + strings.ToUpper(id(posting)), "/api/v1/job-postings/" + compact(posting)} {
			if got := a.do(t, request{method: "GET", path: form, token: token}).wants(200); fmt.Sprint(got) != fmt.Sprint(posting) {
				t.Errorf("%s gives %v, want %v", form, got, posting)
			}
		}

		full := map[string]any{"title": "t", "company": "c", "description": "d", "experience_level": "e", "tech_stack": []string{"a", "b"}, "language": "ua"}
		replaced := a.do(t, request{method: "PUT", path: path, token: token, body: full}).wants(200)
		if replaced["company"] != "c" || replaced["language"] != "ua" || replaced["created_at"] != posting["created_at"] ||
			replaced["updated_at"].(string) <= posting["updated_at"].(string) || replaced["id"] != posting["id"] {
			t.Errorf("replaced gives %v", replaced)
		}
		fallen := a.do(t, request{method: "PUT", path: path, token: token, body: map[string]any{"title": "t", "description": "d", "tech_stack": nil}}).wants(200)
		if fallen["company"] != nil || fallen["experience_level"] != nil || fallen["language"] != "en" || len(fallen["tech_stack"].([]any)) != 0 {
			t.Errorf("what a replacement leaves out does not fall back: %v", fallen)
		}

		if resp := a.do(t, request{method: "DELETE", path: path, token: token}); resp.status != 204 || resp.body != "" {
			t.Errorf("delete gives %d %q", resp.status, resp.body)
		}
		for _, method := range []string{"GET", "DELETE"} {
			a.do(t, request{method: method, path: path, token: token}).wantsError(404, "JOB_POSTING_NOT_FOUND", "not found")
		}
		a.do(t, request{method: "PUT", path: path, token: token, body: full}).wantsError(404, "JOB_POSTING_NOT_FOUND", "not found")
	})
}

func TestJobPostingOfSomebodyElse(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, owner := a.signUp(t)
		_, token := a.signUp(t)
		posting := a.savePosting(t, owner)
		body := map[string]any{"title": "t", "description": "d"}
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			r := request{method: method, token: token}
			if method == "PUT" {
				r.body = body
			}
			r.path = "/api/v1/job-postings/" + id(posting)
			foreign := a.do(t, r)
			r.path = "/api/v1/job-postings/" + uuid.NewString()
			absent := a.do(t, r)
			absent.wantsError(404, "JOB_POSTING_NOT_FOUND", "not found")
			if foreign.status != absent.status || foreign.body != absent.body {
				t.Errorf("%s: another's answers %s, a missing one %s", method, foreign.body, absent.body)
			}
		}
		if got := a.do(t, request{method: "GET", path: "/api/v1/job-postings/" + id(posting), token: owner}).wants(200); fmt.Sprint(got) != fmt.Sprint(posting) {
			t.Errorf("a stranger changed it: %v", got)
		}
	})
}

func TestListJobPostings(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		_, stranger := a.signUp(t)
		a.savePosting(t, stranger)
		first, second := a.savePosting(t, token), a.savePosting(t, token)
		for query, want := range map[string][]map[string]any{
			"": {second, first}, "?limit=1": {second}, "?limit=1&offset=1": {first}, "?offset=2": {}, "?limit=0": {}, "?limit=5000": {second, first},
		} {
			for _, path := range []string{"/api/v1/job-postings/", "/api/v1/job-postings"} {
				list := a.do(t, request{method: "GET", path: path + query, token: token}).wantsList()
				if len(list) != len(want) {
					t.Fatalf("%s: %d postings, want %d", query, len(list), len(want))
				}
				for i, item := range list {
					if _, ok := item["description"]; ok || id(item) != id(want[i]) || item["language"] != "ua" {
						t.Errorf("%s: item %d is %v", query, i, item)
					}
				}
			}
		}
		for query, want := range map[string]string{
			"?limit=-1": `["query","limit"] greater_than_equal`, "?offset=-1": `["query","offset"] greater_than_equal`,
			"?limit=x": `["query","limit"] int_parsing`, "?offset=": `["query","offset"] int_parsing`, "?limit=1.5": `["query","limit"] int_parsing`,
			"?limit=99999999999999999999": `["query","limit"] int_parsing`, "?limit=%zz": `["query"] value_error`, "?limit=1&limit=2": `["query","limit"] value_error`,
		} {
			a.do(t, request{method: "GET", path: "/api/v1/job-postings/" + query, token: token, bad: true}).wantsInvalid(want)
		}
	})
}

func TestJobPostingRefusesBadInput(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	path := "/api/v1/job-postings/" + id(a.savePosting(t, token))
	long := func(n int) string { return strings.Repeat("é", n) }
	for name, test := range map[string]struct {
		body any
		want []string
	}{
		"nothing":           {`{}`, []string{`["body","title"] missing`, `["body","description"] missing`}},
		"null":              {`{"title":null,"description":null}`, []string{`["body","title"] string_type`, `["body","description"] string_type`}},
		"empty":             {`{"title":"","description":""}`, []string{`["body","title"] string_too_short`, `["body","description"] string_too_short`}},
		"blank":             {`{"title":" ","description":"\n"}`, []string{`["body","title"] value_error`, `["body","description"] value_error`}},
		"NUL":               {`{"title":"a\u0000","description":"\u0000"}`, []string{`["body","title"] value_error`, `["body","description"] value_error`}},
		"too long":          {map[string]any{"title": long(256), "company": long(256), "description": long(10_001), "experience_level": long(51)}, []string{`["body","title"] string_too_long`, `["body","company"] string_too_long`, `["body","description"] string_too_long`, `["body","experience_level"] string_too_long`}},
		"a number":          {`{"title":5,"description":"d","company":6}`, []string{`["body","title"] string_type`, `["body","company"] string_type`}},
		"stack no list":     {`{"title":"t","description":"d","tech_stack":"Go"}`, []string{`["body","tech_stack"] list_type`}},
		"stack with others": {map[string]any{"title": "t", "description": "d", "tech_stack": []any{"ok", 5, nil}}, []string{`["body","tech_stack",1] string_type`, `["body","tech_stack",2] string_type`}},
		"stack with both": {map[string]any{"title": "t", "description": "d", "tech_stack": []any{5, " ", "ok"}},
			[]string{`["body","tech_stack",0] string_type`, `["body","tech_stack",1] value_error`}},
		"stack with blanks": {map[string]any{"title": "t", "description": "d", "tech_stack": []any{"ok", " ", long(101)}}, []string{`["body","tech_stack",1] value_error`, `["body","tech_stack",2] string_too_long`}},
		"language":          {`{"title":"t","description":"d","language":"fr"}`, []string{`["body","language"] literal_error`}},
		"language null":     {`{"title":"t","description":"d","language":null}`, []string{`["body","language"] literal_error`}},
		"language empty":    {`{"title":"t","description":"d","language":""}`, []string{`["body","language"] literal_error`}},
		"a list":            {`[]`, []string{`["body"] model_attributes_type`}},
		"none":              {nil, []string{`["body"] missing`}},
	} {
		t.Run(name, func(t *testing.T) {
			a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, body: test.body, bad: true}).wantsInvalid(test.want...)
			a.do(t, request{method: "PUT", path: path, token: token, body: test.body, bad: true}).wantsInvalid(test.want...)
			a.do(t, request{method: "PUT", path: "/api/v1/job-postings/nonsense", token: token, body: test.body, bad: true}).
				wantsInvalid(append([]string{`["path","job_posting_id"] uuid_parsing`}, test.want...)...)
		})
	}
	a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, bad: true, body: map[string]any{ // longer than the document says, until it is trimmed
		"title": " " + long(255) + " ", "company": long(255), "description": long(10_000) + " ", "experience_level": long(50), "tech_stack": []string{long(100)}}}).wants(201)

	for _, method := range []string{"GET", "DELETE"} {
		a.do(t, request{method: method, path: "/api/v1/job-postings/nonsense", token: token, bad: true}).wantsInvalid(`["path","job_posting_id"] uuid_parsing`)
	}
	for _, r := range []request{{method: "POST", path: "/api/v1/job-postings/"}, {method: "PUT", path: path}, {method: "PUT", path: "/api/v1/job-postings/nonsense"}} {
		r.token, r.bad = token, true
		r.body = strings.Repeat(" ", 256<<10+1)
		a.do(t, r).wantsError(413, "PAYLOAD_TOO_LARGE", "")
		r.body, r.header = "x", map[string]string{"Content-Type": "text/plain"}
		a.do(t, r).wantsError(415, "UNSUPPORTED_MEDIA_TYPE", "")
	}
}
