package torture

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"
)

// practise makes a user who has something of everything, which nobody changes
// any more, and returns a token and the ids of operations.
func (s *service) practise(t testing.TB) (token string, operations []string) {
	t.Helper()
	token = s.signUp(t)
	posting := s.call(t, "POST", "/api/v1/job-postings/", token, map[string]any{"title": "Go engineer", "company": "Initech",
		"description": "Build services that last. Ї, 漢, 🙂", "tech_stack": []string{"Go", "PostgreSQL"}, "language": "ua"}, 201)
	session := s.call(t, "POST", "/api/v1/sessions", token, map[string]any{"job_posting_id": posting["id"]}, 201)
	path := "/api/v1/sessions/" + session["id"].(string)
	finish := func(operation map[string]any) {
		t.Helper()
		id := operation["id"].(string)
		eventually(t, func() bool {
			operation = s.call(t, "GET", "/api/v1/operations/"+id, token, nil, 200)
			return operation["status"] == "completed" || operation["status"] == "failed"
		})
		operations = append(operations, id)
	}
	finish(s.call(t, "POST", path+"/generate-question", token, nil, 202))
	s.call(t, "POST", path+"/answers", token, map[string]any{"answer_text": "I would measure it first."}, 201)
	s.call(t, "POST", path+"/complete", token, nil, 200)
	s.call(t, "POST", "/api/v1/resumes/", token, map[string]any{"content": "I build services."}, 201)
	finish(s.call(t, "POST", path+"/generate-feedback", token, nil, 202))
	s.call(t, "POST", path+"/retake", token, nil, 201)
	return token, operations
}

// answers is what the API tells a user: bodies by their paths, with the status
// before each.
type answers map[string]string

// answersTo reads all that a user can read, and these operations.
func (s *service) answersTo(t testing.TB, token string, operations []string) answers {
	t.Helper()
	all := answers{}
	for _, path := range []string{"/api/v1/users/me", "/api/v1/resumes/me", "/api/v1/job-postings", "/api/v1/sessions",
		"/api/v1/sessions/with-feedback", "/api/v1/metrics/dashboard"} {
		s.get(t, token, path, all)
	}
	for _, id := range operations {
		s.get(t, token, "/api/v1/operations/"+id, all)
	}
	for list, parts := range map[string][]string{
		"/api/v1/job-postings": {""},
		"/api/v1/sessions":     {"", "/messages", "/feedback", "/retake-chain"},
	} {
		for _, id := range ids([]byte(all[list][len("200 "):])) {
			for _, part := range parts {
				s.get(t, token, list+"/"+id+part, all)
			}
		}
	}
	return all
}

func (s *service) get(t testing.TB, token, path string, into answers) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	into[path] = resp.Status[:len("200 ")] + string(body)
}

// ids are those of the items of a list, or of a list in a page.
func ids(body []byte) (ids []string) {
	var items []struct{ ID string }
	if !bytes.HasPrefix(body, []byte("[")) {
		var page map[string]json.RawMessage
		if json.Unmarshal(body, &page) != nil {
			return nil
		}
		for _, member := range page {
			if bytes.HasPrefix(member, []byte("[")) {
				body = member
			}
		}
	}
	json.Unmarshal(body, &items) // an error has none
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	return ids
}

// differences are the paths at which other answers were given.
func (a answers) differences(other answers) (paths []string) {
	for path := range a {
		if other[path] != a[path] {
			paths = append(paths, path)
		}
	}
	for path := range other {
		if _, there := a[path]; !there {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// wantSame reports each path at which the answers are not the same, byte for byte.
func (a answers) wantSame(t testing.TB, when string, got answers) {
	t.Helper()
	for _, path := range a.differences(got) {
		t.Errorf("%s: %s:\n%s\nwas\n%s", when, path, got[path], a[path])
	}
}

func encode(body any) string {
	data, _ := json.Marshal(body) // of strings and lists of them
	return string(data)
}

func members(text []byte) (members map[string]any) {
	json.Unmarshal(text, &members) // a list has none
	return members
}
