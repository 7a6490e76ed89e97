package httpapi

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/pb33f/libopenapi"

	"github.com/ai-interviewer/ai-interviewer/docs"
)

var pattern = regexp.MustCompile(`\{(\w+):.*\}`)

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
		for _, method := range methods {
			routes = append(routes, method+" "+pattern.ReplaceAllString(path, "{$1}"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	document, err := libopenapi.NewDocument(docs.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			documented = append(documented, strings.ToUpper(method)+" "+path)
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
	post := model.Model.Paths.PathItems.GetOrZero("/api/v1/sessions").Post
	if post.Summary != "Create a new interview session" || !slices.Equal(post.Tags, []string{"sessions"}) {
		t.Errorf("the summary is %q, the tags are %q", post.Summary, post.Tags)
	}
}
