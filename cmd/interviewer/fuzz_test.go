package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Texts that parsers stumble over.
var hostileTexts = []string{
	"", " ", "\x00", "\ufeff", "\xff\xfe", "\u2028", "é", "a\tb", "..", "%", "%00", "%2e%2e", "%2F", "%zz", "%252e", "%C0%AF", ";", "+", "//", "?", "#",
	"{}", "null", "-1", "0", "1e999", "9223372036854775808", strings.Repeat("9", 500), strings.Repeat("x", 300), "1001", "2025-13-01", "0000-01-01", "9999-12-31",
	"f47ac10b-58cc-4372-a567-0e02b2c3d479", "F47AC10B58CC4372A5670E02B2C3D479", "f47ac10b-58cc-1372-a567-0e02b2c3d479", "00000000-0000-0000-0000-000000000000",
	`"quoted"`, `"`, "a,b", "sk-", "sk-" + strings.Repeat("x", 40), "Bearer", "ACTIVE", "active", "MCAwIGY0N2FjMTBiLTU4Y2MtNDM3Mi1hNTY3LTBlMDJiMmMzZDQ3OQ",
	"LTkyMjMzNzIwMzY4NTQ3NzU4MDggZjQ3YWMxMGItNThjYy00MzcyLWE1NjctMGUwMmIyYzNkNDc5",
}

// Bodies that are no JSON objects, or hardly.
var hostileBodies = []string{
	"", " ", "{", "null", "[]", "{}{}", "\ufeff{}", `{"a":1,"a":2}`, `{"title":"\ud800"}`, "{\"title\":\"\xff\"}", `{"title":"\u0000"}`,
	strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 10_001), `{"title":` + strings.Repeat("9", 400) + "}", `{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
	strings.Repeat(" ", 10<<20), `{"email":"` + strings.Repeat("a@", 5000) + `"}`,
}

// Values that a member of a body may have.
var hostileValues = []string{"null", "true", "0", "-0.0", "1e999", `""`, `" "`, `"\u0000"`, `"\ud83d"`, `"\ud83d\ude80"`, "[]", "{}", `[[[[]]]]`, `["",null,1]`, `["a"]`,
	`"f47ac10b-58cc-4372-a567-0e02b2c3d479"`, `"a@example.com"`, `"en"`, `"` + strings.Repeat("x", 30_000) + `"`}

// choices are the bytes of the fuzzer, read as decisions. At their end all
// decisions are 0.
type choices struct{ bytes []byte }

func (c *choices) next() int {
	if len(c.bytes) == 0 {
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(b)
}

// text is one that parsers stumble over, or the fuzzer's own.
func (c *choices) text() string {
	if n := c.next(); n < len(hostileTexts) {
		return hostileTexts[n]
	}
	n := min(c.next(), len(c.bytes))
	own := string(c.bytes[:n])
	c.bytes = c.bytes[n:]
	return own
}

// body is that of the example, or with some members changed, or none at all.
func (c *choices) body(example map[string]any) string {
	if n := c.next(); n > 200 {
		return hostileBodies[n%len(hostileBodies)]
	} else if example == nil && n < 150 {
		return ""
	}
	members := map[string]json.RawMessage{}
	for name, value := range example {
		data, _ := json.Marshal(value)
		members[name] = data
	}
	var text strings.Builder
	text.WriteString("{")
	for _, name := range []string{"email", "password", "api_key", "content", "answer_text", "job_posting_id", "title", "company", "description", "experience_level", "tech_stack", "language"} {
		value, there := members[name]
		switch n := c.next(); {
		case n > 240:
			continue
		case n > 200:
			data, _ := json.Marshal(c.text())
			value = data
		case n > 100:
			value = json.RawMessage(hostileValues[n%len(hostileValues)])
		case !there:
			continue
		}
		fmt.Fprintf(&text, "%q:%s,", name, value)
	}
	return strings.TrimSuffix(text.String(), ",") + "}"
}

// request puts a request together as it comes over the wire: of an operation of
// the document, and wrong here and there.
func (c *choices) request(o owner) string {
	calls := documentedCalls()
	call := calls[c.next()%len(calls)]
	method, path := call.method, call.path
	for _, name := range call.inPath {
		value := o.values[name]
		if c.next() > 127 {
			value = c.text()
		}
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	switch n := c.next(); {
	case n > 250:
		path = c.text()
	case n > 240:
		at := c.next() % (len(path) + 1)
		path = path[:at] + c.text() + path[at:]
	case n > 235:
		method = c.text()
	}
	query := ""
	for _, name := range []string{"limit", "offset", "cursor", "status", "start_date", "end_date", "job_posting_id", "original_session_id"} {
		if _, there := call.inQuery[name]; !there {
			continue
		}
		switch n := c.next(); {
		case n > 240:
			query += "&" + c.text()
		case n > 128:
			query += "&" + name + "=" + url.QueryEscape(c.text())
		case n > 96:
			query += "&" + name + "=" + c.text()
		case n > 64:
			query += "&" + name + "=" + url.QueryEscape(call.inQuery[name])
		}
	}
	if query != "" {
		path += "?" + query[1:]
	}
	header := "Host: localhost\r\n"
	switch n := c.next(); {
	case n > 245:
		header += "Authorization: " + c.text() + "\r\n"
	case n > 235:
		header += "Authorization: Bearer " + c.text() + "\r\n"
	default:
		header += "Authorization: Bearer " + o.token + "\r\n"
	}
	if c.next() > 200 {
		header += "Idempotency-Key: " + c.text() + "\r\n"
	}
	if n := c.next(); n > 230 {
		header += "Content-Type: " + c.text() + "\r\n"
	} else if n > 20 {
		header += "Content-Type: application/json\r\n"
	}
	if c.next() > 220 {
		header += []string{"X-Request-ID", "Traceparent", "Origin", "X-Forwarded-Proto", "Access-Control-Request-Method", "Content-Encoding"}[c.next()%6] + ": " + c.text() + "\r\n"
	}
	example := map[string]any{}
	for name, value := range call.body {
		if example[name] = value; o.values[name] != "" {
			example[name] = o.values[name]
		}
	}
	if call.body == nil {
		example = nil
	}
	body := c.body(example)
	return fmt.Sprintf("%s %s HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s", method, path, header, len(body), body)
}

// FuzzRouter makes requests of any kind to the whole service: each gets an answer
// that the document allows for the route that it met, and never a 5xx.
func FuzzRouter(f *testing.F) {
	for operation := range documentedCalls() {
		f.Add([]byte{byte(operation)})
		f.Add([]byte{byte(operation), 255, 2, 255, 3, 255, 4, 255, 5, 255, 6, 255, 7})
		f.Add(append([]byte{byte(operation)}, bytes.Repeat([]byte{130, 17}, 16)...))
		f.Add(append([]byte{byte(operation)}, bytes.Repeat([]byte{0, 0, 210, 27}, 10)...))
		f.Add(append([]byte{byte(operation)}, bytes.Repeat([]byte{210, 99, 6, 'a', 0, 0xff, '%', '"', '\\'}, 10)...))
	}
	for n := range 256 {
		f.Add([]byte{byte(n), 0, 0, 0, 0, 0, byte(n), byte(n), byte(n), byte(n)})
	}
	var a api
	var o owner
	requests := 0
	f.Fuzz(func(t *testing.T, data []byte) {
		if requests++; a.handler == nil || requests%1000 == 0 { // what was made so far may go
			a, o = fuzzedService(t)
		}
		wire := (&choices{data}).request(o)
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
		if err != nil {
			return // net/http refuses it
		}
		for _, values := range req.Header {
			for _, value := range values {
				if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
					return // that too
				}
			}
		}
		a.log.reset()
		recorder := httptest.NewRecorder()
		a.handler.ServeHTTP(recorder, req)
		log := a.log.String()
		if recorder.Code >= 500 || strings.Contains(log, `"level":"ERROR"`) {
			t.Fatalf("%.2000q\nis answered %d %s\n%s", wire, recorder.Code, recorder.Body, log)
		}
		if recorder.Header().Get("X-Request-ID") == "" || !utf8.Valid(recorder.Body.Bytes()) {
			t.Errorf("%.2000q\nis answered %v %q", wire, recorder.Header(), recorder.Body)
		}
		checkDocumented(t, routed(t, req, log), recorder.Result(), recorder.Body.Bytes())
		if t.Failed() {
			t.Logf("the request was %.2000q", wire)
		}
	})
}

// routed returns a request for the route that a request met, by the line in the
// log, in a form in which any reader finds it.
func routed(t *testing.T, req *http.Request, log string) *http.Request {
	t.Helper()
	var line struct{ Msg, Method, Route string }
	for text := range strings.Lines(log) {
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Msg == "request" {
			break
		}
	}
	path := parameterInPath.ReplaceAllString(line.Route, uuid.NewString())
	if path == "" || !strings.HasPrefix(path, "/") {
		path = "/unknown"
	}
	again := httptest.NewRequest(http.MethodGet, path, nil)
	again.Method, again.Header = req.Method, req.Header
	return again
}

// fuzzedService is the service with somebody who has one of everything. It
// generates nothing more.
func fuzzedService(t *testing.T) (api, owner) {
	t.Helper()
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI(t, storage)
	a.pool.Start()
	o := newOwner(t, a, documentedCall{})
	a.pool.Shutdown(t.Context())
	return a, o
}

var parameterInPath = regexp.MustCompile(`\{\w+\}`)
