package main

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// documentedCall is one operation of docs/openapi.yaml.
type documentedCall struct {
	method, path string // the path has the names of its parameters
	id           string // its operationId
	public       bool   // it needs no token
	takesKey     bool
	inPath       []string
	inQuery      map[string]string // an example each
	body         map[string]any    // an example, nil if none is described
}

func (c documentedCall) String() string { return c.method + " " + c.path }

// documentedCalls are all operations, in the order of the document.
var documentedCalls = sync.OnceValue(func() (calls []documentedCall) {
	model, err := openAPIDocument().BuildV3Model()
	if err != nil {
		panic(err)
	}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			call := documentedCall{method: strings.ToUpper(method), path: path, id: operation.OperationId,
				public: operation.Security != nil && len(operation.Security) == 0, inQuery: map[string]string{}}
			for _, parameter := range slices.Concat(item.Parameters, operation.Parameters) {
				switch parameter.In {
				case "path":
					call.inPath = append(call.inPath, parameter.Name)
				case "query":
					example := ""
					if parameter.Example != nil {
						example = parameter.Example.Value
					}
					call.inQuery[parameter.Name] = example
				case "header":
					call.takesKey = call.takesKey || parameter.Name == "Idempotency-Key"
				}
			}
			call.body = exampleBody(operation)
			calls = append(calls, call)
		}
	}
	return calls
})

func exampleBody(operation *v3.Operation) (body map[string]any) {
	if operation.RequestBody == nil {
		return nil
	}
	media, _ := operation.RequestBody.Content.Get("application/json")
	for example := range media.Examples.ValuesFromOldest() {
		if err := example.Value.Decode(&body); err != nil {
			panic(err)
		}
		return body
	}
	panic(operation.OperationId + " has no example of its body")
}

// owner is somebody who has one of everything, and what they have by the names
// under which a path, a query or a body speak of it. What nobody else may see
// differs from one owner to the next.
type owner struct {
	practice
	values map[string]string
}

// objects are the values that name something that is stored.
var objects = []string{"job_posting_id", "session_id", "original_session_id", "operation_id"}

// sessionFor is how far the session has come, and lacks what is taken away, so
// that a call goes well; any other wants an active session, a failed operation
// and a résumé.
var (
	sessionFor = map[string]string{"resumeSession": "paused", "generateFeedback": "completed", "retakeSession": "completed", "getFeedback": "judged"}
	endsTokens = []string{"logOutEverywhere", "changePassword", "deleteAccount"} // of whoever makes the call
	wantsNoCV  = []string{"createResume", "createResumeWithoutSlash"}
)

// newOwner returns an owner who may make the call.
func newOwner(t *testing.T, a api, call documentedCall) owner {
	t.Helper()
	mark := strings.ReplaceAll(uuid.NewString(), "-", "")
	o := owner{values: map[string]string{
		"email": "mail" + mark + "@example.com", "password": "password " + mark, "current_password": "password " + mark,
		"new_password": "another " + mark, "api_key": "sk-" + mark + "0123456789",
		"title": "Title " + mark, "company": "Company " + mark, "description": "description " + mark,
		"content": "My résumé " + mark, "answer_text": "My answer " + mark,
	}}
	account := map[string]any{"email": o.values["email"], "password": o.values["password"]}
	user := a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: account}).wants(201)
	o.practice = practice{api: a, t: t, token: a.tokenFor(t, uuid.MustParse(id(user)))}
	o.posting = o.call("POST", "/job-postings/", map[string]any{
		"title": o.values["title"], "company": o.values["company"], "description": o.values["description"]}).wants(201)
	resume := map[string]any{"content": o.values["content"]}
	o.call("POST", "/resumes/", resume).wants(201)

	empty := o.complete(o.startSession(t, o.token, o.posting))
	failed := o.ended(o.of(empty, "POST", "/generate-feedback", nil).wants(202))
	o.failed(failed, "NO_ANSWERS")
	o.session = o.startSession(t, o.token, o.posting)
	o.ask(o.session)
	o.of(o.session, "POST", "/answers", map[string]any{"answer_text": o.values["answer_text"]}).wants(201)
	switch sessionFor[call.id] {
	case "paused":
		o.of(o.session, "PUT", "/pause", nil).wants(200)
	case "completed":
		o.complete(o.session)
	case "judged":
		o.complete(o.session)
		o.ended(o.of(o.session, "POST", "/generate-feedback", nil).wants(202))
	}
	if slices.Contains(wantsNoCV, call.id) {
		if resp := o.call("DELETE", "/resumes/me", nil); resp.status != 204 {
			t.Fatal(resp)
		}
	}
	maps.Copy(o.values, map[string]string{"job_posting_id": id(o.posting), "session_id": id(o.session),
		"original_session_id": id(o.session), "operation_id": id(failed)})
	return o
}

// make returns a request for the call that says these values, with those
// parameters of the query that are asked for. A name in the path or the query,
// or an id in the body, for which there is no value ends the test.
func (c documentedCall) make(t *testing.T, values map[string]string, inQuery ...string) request {
	t.Helper()
	value := func(name string) string {
		v, ok := values[name]
		if !ok {
			t.Fatalf("%s: newOwner must know of a %s", c, name)
		}
		return v
	}
	r := request{method: c.method, path: c.path}
	for _, name := range c.inPath {
		r.path = strings.ReplaceAll(r.path, "{"+name+"}", value(name))
	}
	if strings.Contains(r.path, "{") {
		t.Fatalf("%s: a parameter is not documented", c)
	}
	query := url.Values{}
	for _, name := range inQuery {
		query.Set(name, value(name))
	}
	if len(query) > 0 {
		r.path += "?" + query.Encode()
	}
	if c.body != nil {
		body := maps.Clone(c.body)
		for name, example := range body {
			if v, ok := values[name]; ok {
				body[name] = v
			} else if text, _ := example.(string); uuid.Validate(text) == nil {
				value(name)
			}
		}
		r.body = body
	}
	if c.id == "registerUser" { // the owner has an account
		r.body.(map[string]any)["email"] = strings.ReplaceAll(uuid.NewString(), "-", "") + "@example.com"
	}
	return r
}

// queryObjects are the parameters of the query that name something stored.
func (c documentedCall) queryObjects(t *testing.T) (names []string) {
	t.Helper()
	for name, example := range c.inQuery {
		if slices.Contains(objects, name) {
			names = append(names, name)
		} else if uuid.Validate(example) == nil {
			t.Errorf("%s: newOwner must know of a %s", c, name)
		}
	}
	slices.Sort(names)
	return names
}

// namesObject reports whether a request names something stored.
func (c documentedCall) namesObject(t *testing.T, r request) bool {
	body, err := json.Marshal(r.body)
	if err != nil {
		t.Fatal(err)
	}
	return uuidPattern.MatchString(r.path) || uuidPattern.Match(body)
}

var uuidPattern = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
