package main

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// hesitant is a storage that does not find a résumé before it is told to.
type hesitant struct {
	store
	asked, proceed chan struct{}
}

func (h hesitant) FindResume(ctx context.Context, owner uuid.UUID) (domain.Resume, error) {
	h.asked <- struct{}{}
	<-h.proceed
	return h.store.FindResume(ctx, owner)
}

func TestRequestsBeyondTheSlotsAreRefused(t *testing.T) {
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	slow := hesitant{storage.store, make(chan struct{}), make(chan struct{})}
	storage.store = slow
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIIn(t, world, storage, func(c *serveCommand) { c.MaxRequests = 1 }).work(t)
	_, token := a.signUp(t)
	first := make(chan response)
	go func() { first <- a.do(t, request{method: "GET", path: "/api/v1/resumes/me", token: token}) }()
	<-slow.asked // it has the slot

	refused := a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token})
	refused.wantsError(503, "SERVICE_UNAVAILABLE", "")
	if got := refused.header.Get("Retry-After"); got == "" {
		t.Error("it does not say when to come again")
	}
	for _, path := range []string{"/", "/health", "/healthz", "/readyz", "/api/v1/health"} {
		a.do(t, request{method: "GET", path: path}).wants(200)
	}

	close(slow.proceed)
	(<-first).wants(404)
	a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList()
}
