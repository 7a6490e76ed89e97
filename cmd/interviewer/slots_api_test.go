package main

import (
	"io"
	"testing"
)

func TestRequestsBeyondTheSlotsAreRefused(t *testing.T) {
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIIn(t, world, storage, func(c *serveCommand) { c.MaxRequests = 1 }).work(t)
	_, token := a.signUp(t)
	body, rest := io.Pipe()
	slow := make(chan response)
	go func() {
		slow <- a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, body: body, bad: true})
	}()
	rest.Write([]byte("{")) // is read: the request has the slot

	refused := a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token})
	refused.wantsError(503, "SERVICE_UNAVAILABLE", "")
	if got := refused.header.Get("Retry-After"); got == "" {
		t.Error("it does not say when to come again")
	}
	for _, path := range []string{"/", "/health", "/healthz", "/readyz", "/api/v1/health"} {
		a.do(t, request{method: "GET", path: path}).wants(200)
	}

	rest.Write([]byte("}"))
	rest.Close()
	(<-slow).wants(422)
	a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList()
}
