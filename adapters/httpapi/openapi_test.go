package httpapi

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"go.yaml.in/yaml/v3"

	"github.com/ai-interviewer/ai-interviewer/docs"
)

var parameterPattern = regexp.MustCompile(`\{(\w+):.*\}`)

// TestRoutesAndDocumentAreTheSame compares the router with docs/openapi.yaml,
// both ways.
func TestRoutesAndDocumentAreTheSame(t *testing.T) {
	var routes []string
	err := newServer(Config{}).router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, "/docs/") { // parts of the page at /docs
			return nil
		}
		path = parameterPattern.ReplaceAllString(path, "{$1}")
		if route.GetName() != path {
			t.Errorf("the log shows %s as %s", path, route.GetName())
		}
		for _, method := range methods {
			routes = append(routes, method+" "+path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	var document struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	var documented []string
	for path, operations := range document.Paths {
		for method := range operations {
			if method != "parameters" { // of all its operations
				documented = append(documented, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for _, route := range routes {
		if !slices.Contains(documented, route) {
			t.Errorf("%s is served and not documented", route)
		}
	}
	for _, route := range documented {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is documented and not served", route)
		}
	}
	var post struct {
		Summary string
		Tags    []string
	}
	operation := document.Paths["/api/v1/sessions"]["post"]
	if err := operation.Decode(&post); err != nil {
		t.Fatal(err)
	}
	if post.Summary != "Create a new interview session" || !slices.Equal(post.Tags, []string{"sessions"}) {
		t.Errorf("the summary is %q, the tags are %q", post.Summary, post.Tags)
	}
}
