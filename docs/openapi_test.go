package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/ai-interviewer/ai-interviewer/docs"
)

// TestExamplesAreTrue checks the document itself, and that each of its
// examples is what it describes.
func TestExamplesAreTrue(t *testing.T) {
	document, err := libopenapi.NewDocument(docs.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	judge, errs := validator.NewValidator(document, config.WithFormatAssertions())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, errs := judge.ValidateDocument(); !ok {
		t.Fatal(errs)
	}
	for template, item := range model.Model.Paths.PathItems.FromOldest() {
		path := strings.NewReplacer("{session_id}", "f47ac10b-58cc-4372-a567-0e02b2c3d479",
			"{job_posting_id}", "f47ac10b-58cc-4372-a567-0e02b2c3d479").Replace(template)
		for method, operation := range item.GetOperations().FromOldest() {
			method = strings.ToUpper(method)
			t.Run(method+" "+template, func(t *testing.T) {
				if body := operation.RequestBody; body != nil {
					for name, example := range body.Content.GetOrZero("application/json").Examples.FromOldest() {
						req := httptest.NewRequest(method, path, bytes.NewReader(toJSON(t, example.Value.Decode)))
						req.Header.Set("Content-Type", "application/json")
						req.Header.Set("Authorization", "Bearer token")
						if ok, errs := judge.ValidateHttpRequest(req); !ok {
							t.Errorf("request %s: %v", name, errs)
						}
					}
				}
				for status, response := range operation.Responses.Codes.FromOldest() {
					if response.Content == nil { // of 204
						continue
					}
					content, ok := response.Content.Get("application/json")
					if !ok {
						continue
					}
					if content.Examples.Len() == 0 {
						t.Errorf("%s has no example", status)
					}
					for name, example := range content.Examples.FromOldest() {
						code, err := strconv.Atoi(status)
						if err != nil {
							t.Fatal(err)
						}
						resp := &http.Response{StatusCode: code, Header: exampleHeaders(t, response),
							Body: io.NopCloser(bytes.NewReader(toJSON(t, example.Value.Decode)))}
						if ok, errs := judge.ValidateHttpResponse(httptest.NewRequest(method, path, nil), resp); !ok {
							t.Errorf("%s %s: %v", status, name, errs)
						}
					}
				}
			})
		}
	}
}

func toJSON(t *testing.T, decode func(any) error) []byte {
	t.Helper()
	var value any
	if err := decode(&value); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func exampleHeaders(t *testing.T, response *v3.Response) http.Header {
	t.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	for name, described := range response.Headers.FromOldest() {
		var value any
		if err := described.Example.Decode(&value); err != nil {
			t.Fatal(err)
		}
		header.Set(name, fmt.Sprint(value))
	}
	return header
}
