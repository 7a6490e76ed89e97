package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// TestNobodysSecretsAreTold makes every call of the document, well and in ways
// that fail, to a service that tells all it can, to one that panics and to one
// whose database is gone. What people entrust to it goes to its owner alone: no
// error, no line of the log, no metric and no span has it.
func TestNobodysSecretsAreTold(t *testing.T) {
	collector := newCollector(t)
	a := seen(t, collector.url).work(t)
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	panicking := newAPIIn(t, world, storage{}, func(c *serveCommand) { c.OTLPEndpoint = collector.url })

	secrets := map[string]map[string]string{} // of each call's owner, by what they are
	statuses := map[int]int{}
	make := func(a api, c documentedCall, r request) response {
		r.bad = true // on purpose, most of them
		resp := a.do(t, r)
		statuses[resp.status/100]++
		if resp.status >= 400 {
			tellsNone(t, "the answer to "+c.String(), resp.comparable(), secrets[c.id])
		}
		return resp
	}
	requests := map[string][]request{}
	for _, c := range documentedCalls() {
		o := newOwner(t, a, c)
		secrets[c.id] = maps.Clone(o.values)
		delete(secrets[c.id], "operation_id") // by which the log speaks of what fails
		secrets[c.id]["token"] = o.token
		secrets[c.id]["idempotency key"] = "key-" + o.values["password"][len("password "):]
		well := c.make(t, o.values)
		well.token = o.token
		if c.takesKey {
			well.header = map[string]string{"Idempotency-Key": secrets[c.id]["idempotency key"]}
		}
		if resp := make(a, c, well); resp.status > 299 {
			t.Errorf("%s is answered %d %s", c, resp.status, resp.body)
		}
		requests[c.id] = append(failing(t, c, well, secrets[c.id]), well)
		for _, r := range requests[c.id] {
			make(panicking, c, r)
			if resp := make(a, c, r); resp.status >= 500 {
				t.Errorf("%s is answered %d %s", c, resp.status, resp.body)
			}
		}
	}
	numbers := scrape(t, a)
	if err := a.storage.close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range documentedCalls() {
		for _, r := range requests[c.id] {
			make(a, c, r)
		}
	}
	a.flush()
	panicking.flush()
	if !strings.Contains(panicking.log.String(), "panic: ") || !strings.Contains(a.log.String(), "sql: database is closed") || len(collector.spans) == 0 ||
		statuses[2] == 0 || statuses[4] == 0 || statuses[5] == 0 {
		t.Errorf("not everything went wrong that should: %v, %d spans", statuses, len(collector.spans))
	}
	for _, of := range secrets {
		tellsNone(t, "the log", a.log.String(), of)
		tellsNone(t, "the log of panics", panicking.log.String(), of)
		tellsNone(t, "a span", collector.text, of)
		tellsNone(t, "a metric", numbers, of)
	}
	t.Logf("answers by the first digit of their status: %v; %d spans", statuses, len(collector.spans))
}

// tellsNone looks for secrets.
func tellsNone(t *testing.T, where, text string, secrets map[string]string) {
	t.Helper()
	for what, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells the %s, %q", where, what, secret)
		}
	}
}

// failing returns requests for a call that say the same secrets as one that goes
// well, in places and forms where they are refused.
func failing(t *testing.T, c documentedCall, well request, secrets map[string]string) (requests []request) {
	t.Helper()
	bad := func(change func(*request)) {
		r := well
		change(&r)
		requests = append(requests, r)
	}
	all := strings.Join([]string{secrets["email"], secrets["password"], secrets["api_key"]}, " ")
	bad(func(r *request) { r.token += "x" })
	bad(func(r *request) { r.token = all })
	bad(func(r *request) { r.method = "PATCH" })
	bad(func(r *request) { r.path += "/" + secrets["password"][len("password "):] })
	bad(func(r *request) {
		r.path += "?limit=" + secrets["email"] + "&cursor=" + secrets["api_key"] + "&status=" + secrets["api_key"] + "&job_posting_id=" + secrets["api_key"]
	})
	bad(func(r *request) {
		r.header = map[string]string{"Idempotency-Key": all, "X-Request-ID": all, "Traceparent": all, "User-Agent": all}
	})
	bad(func(r *request) { r.header = map[string]string{"Content-Type": "text/" + secrets["api_key"]} })
	if c.takesKey {
		bad(func(r *request) { r.body = "{" + all })
	}
	if well.body == nil {
		return requests
	}
	body, err := json.Marshal(well.body)
	if err != nil {
		t.Fatal(err)
	}
	bad(func(r *request) { r.body = string(bytes.TrimSuffix(body, []byte("}"))) })
	bad(func(r *request) { r.body = string(body) + all })
	bad(func(r *request) { r.body = "[" + string(body) + "]" })
	bad(func(r *request) { r.body = string(body[:len(body)-1]) + "," + string(body[1:]) })
	for name, value := range well.body.(map[string]any) {
		with := func(value any) {
			bad(func(r *request) {
				changed := maps.Clone(well.body.(map[string]any))
				changed[name] = value
				r.body = changed
			})
		}
		with(map[string]any{all: value})
		with([]any{value, all, 1})
		with(fmt.Sprint(value, "\x00"))
		with(strings.Repeat(fmt.Sprint(value), 2000))
	}
	return requests
}
