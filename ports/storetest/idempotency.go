package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func newKey(owner uuid.UUID, body string) domain.IdempotencyKey {
	return domain.IdempotencyKey{UserID: owner, Method: "POST", Path: "/api/v1/sessions", Key: uuid.NewString(),
		Fingerprint: sha256.Sum256([]byte(body))}
}

func newReply(status int, location, body string) domain.Reply {
	return domain.Reply{Status: status, Location: location, Body: []byte(body)}
}

// replies is work that only gives the reply.
func replies(reply domain.Reply) func(context.Context) (domain.Reply, error) {
	return func(context.Context) (domain.Reply, error) { return reply, nil }
}

// mustNotRun is work that must not be done.
func (f fixture) mustNotRun(what string) func(context.Context) (domain.Reply, error) {
	return func(context.Context) (domain.Reply, error) {
		f.t.Errorf("%s: the work was done", what)
		return domain.Reply{}, nil
	}
}

// runOnce runs the work at a time when nothing expires.
func (f fixture) runOnce(key domain.IdempotencyKey, work func(context.Context) (domain.Reply, error)) (domain.Reply, bool, error) {
	return f.RunOnce(f.t.Context(), key, at(0), longAgo, work)
}

// replays checks that the key has the reply.
func (f fixture) replays(what string, key domain.IdempotencyKey, want domain.Reply) {
	f.t.Helper()
	reply, replayed, err := f.runOnce(key, f.mustNotRun(what))
	f.must(err)
	equal(f, what+": reply", reply, want)
	equal(f, what+": replayed", replayed, true)
}

func onceStoresWorkWithReply(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	session := f.newSession(posting, at(0))
	key, want := newKey(posting.UserID, "body"), newReply(201, "/api/v1/sessions/1", oddText)
	reply, replayed, err := f.runOnce(key, func(ctx context.Context) (domain.Reply, error) {
		if _, err := f.FindJobPosting(ctx, posting.UserID, posting.ID); err != nil {
			return domain.Reply{}, err
		}
		if err := f.CreateSession(ctx, session); err != nil {
			return domain.Reply{}, err
		}
		if found, err := f.FindSession(ctx, session.UserID(), session.ID()); err != nil {
			return domain.Reply{}, err
		} else if found.Session != session {
			t.Errorf("within, the session is %+v", found.Session)
		}
		return want, nil
	})
	f.must(err)
	equal(f, "reply", reply, want)
	equal(f, "replayed", replayed, false)
	f.hasSession("session", session)
	f.replays("again", key, want)
	f.replays("and again", key, want)

	bare := newKey(posting.UserID, "")
	_, _, err = f.runOnce(bare, replies(domain.Reply{Status: 202}))
	f.must(err)
	reply, _, err = f.runOnce(bare, f.mustNotRun("again"))
	f.must(err)
	if reply.Status != 202 || reply.Location != "" || len(reply.Body) != 0 {
		t.Errorf("a bare reply came back as %+v", reply)
	}
}

func onceStoresNothingOfWorkThatFails(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	failure := errors.New("the work failed")
	key, want := newKey(posting.UserID, "body"), newReply(201, "", "{}")
	session, completed := f.newSession(posting, at(0)), f.completed(posting, at(0))
	retake, err := completed.Retake(uuid.New(), at(1))
	f.must(err)
	store := func(ctx context.Context) {
		f.must(f.CreateSession(ctx, session))
		_, err := f.CreateRetake(ctx, retake) // in a transaction of its own elsewhere
		f.must(err)
	}
	storesNothing := func(what string) {
		t.Helper()
		for _, id := range []uuid.UUID{session.ID(), retake.ID()} {
			_, err := f.FindSession(t.Context(), posting.UserID, id)
			f.wants(what+": find session", err, domain.ErrSessionNotFound)
		}
	}
	_, _, err = f.runOnce(key, func(ctx context.Context) (domain.Reply, error) {
		store(ctx)
		return want, failure
	})
	f.wants("failing work", err, failure)
	storesNothing("failing work")

	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not come through")
			}
		}()
		f.runOnce(key, func(ctx context.Context) (domain.Reply, error) {
			store(ctx)
			panic("a bug")
		})
	}()
	storesNothing("panicking work")

	ctx, cancel := context.WithCancel(t.Context())
	_, _, err = f.RunOnce(ctx, key, at(0), longAgo, func(ctx context.Context) (domain.Reply, error) {
		store(ctx)
		cancel()
		return want, nil
	})
	f.wants("abandoned work", err, context.Canceled)
	storesNothing("abandoned work")

	_, replayed, err := f.runOnce(key, func(ctx context.Context) (domain.Reply, error) { store(ctx); return want, nil })
	f.must(err)
	equal(f, "replayed", replayed, false)
	f.hasSession("session", session)
	f.replays("in the end", key, want)
}

func onceTellsKeysApart(t *testing.T, f fixture) {
	owner := f.user().ID
	key, want := newKey(owner, "body"), newReply(201, "", "first")
	_, _, err := f.runOnce(key, replies(want))
	f.must(err)
	for name, change := range map[string]func(*domain.IdempotencyKey){
		"another user":   func(k *domain.IdempotencyKey) { k.UserID = f.user().ID },
		"another method": func(k *domain.IdempotencyKey) { k.Method = "PUT" },
		"another path":   func(k *domain.IdempotencyKey) { k.Path += "/" },
		"another key":    func(k *domain.IdempotencyKey) { k.Key += "x" },
		"another case":   func(k *domain.IdempotencyKey) { k.Key = "A" + k.Key; k.Path = "/API" },
	} {
		other := key
		change(&other)
		own := newReply(202, "", name)
		reply, replayed, err := f.runOnce(other, replies(own))
		f.must(err)
		equal(f, name, reply, own)
		equal(f, name+": replayed", replayed, false)
	}
	f.replays("the first", key, want)

	other := key
	other.Fingerprint = sha256.Sum256([]byte("another body"))
	_, _, err = f.runOnce(other, f.mustNotRun("another body"))
	f.wants("another body", err, domain.ErrIdempotencyKeyReused)
	f.replays("the first, after another body", key, want)

	unknown := newKey(uuid.New(), "body")
	_, _, err = f.runOnce(unknown, replies(want))
	f.wants("without an account", err, domain.ErrUserNotFound)
}

func onceForgets(t *testing.T, f fixture) {
	owner := f.user().ID
	key, second := newKey(owner, "body"), newKey(owner, "another body")
	second.Key = key.Key
	run := func(key domain.IdempotencyKey, now, expired time.Time, body string) (domain.Reply, bool) {
		t.Helper()
		reply, replayed, err := f.RunOnce(t.Context(), key, now, expired, replies(newReply(201, "", body)))
		f.must(err)
		return reply, replayed
	}
	run(key, longAgo, longAgo.Add(-time.Hour), "first")
	if reply, replayed := run(key, at(0), longAgo, "second"); !replayed || string(reply.Body) != "first" {
		t.Errorf("in the moment before it expires: %q, %t", reply.Body, replayed)
	}
	if reply, replayed := run(second, at(1), longAgo.Add(time.Microsecond), "third"); replayed || string(reply.Body) != "third" {
		t.Errorf("once it expired: %q, %t", reply.Body, replayed)
	}
	f.replays("the new one", second, newReply(201, "", "third"))

	old := newKey(owner, "old")
	run(old, longAgo.Add(time.Second), longAgo, "old")
	removed, err := f.PruneIdempotencyKeys(t.Context(), longAgo.Add(time.Second))
	f.must(err)
	equal(f, "removed too early", removed, 0)
	f.replays("before it is pruned", old, newReply(201, "", "old"))
	removed, err = f.PruneIdempotencyKeys(t.Context(), longAgo.Add(time.Second+time.Microsecond))
	f.must(err)
	equal(f, "removed", removed, 1)
	if reply, replayed := run(old, at(0), longAgo.Add(-time.Hour), "new"); replayed || string(reply.Body) != "new" {
		t.Errorf("after it was pruned: %q, %t", reply.Body, replayed)
	}
	f.replays("the young one", second, newReply(201, "", "third"))
}

// onceAtOnce sends twins: one does the work, the others have its reply.
func onceAtOnce(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 10 {
		key := newKey(posting.UserID, "body")
		session := f.newSession(posting, at(0))
		want := newReply(201, "", session.ID().String())
		var fresh atomic.Int32
		errs := atOnce(8, func(int) error {
			reply, replayed, err := f.runOnce(key, func(ctx context.Context) (domain.Reply, error) {
				return want, f.CreateSession(ctx, session)
			})
			if err == nil {
				equal(f, "reply", reply, want)
			}
			if err == nil && !replayed {
				fresh.Add(1)
			}
			return err
		})
		f.outcomes("twin", errs, nil)
		equal(f, "how many did it", int(fresh.Load()), 1)
		f.hasSession("session", session)
	}
}

// onceWhileTwinRuns lets a twin come while the first is in work for longer than
// anybody waits: it is told so, or knows the outcome in the end.
func onceWhileTwinRuns(t *testing.T, f fixture) {
	owner := f.user().ID
	key, want := newKey(owner, "body"), newReply(201, "", "first")
	running, end, first := make(chan bool), make(chan bool), make(chan error)
	go func() {
		_, _, err := f.runOnce(key, func(context.Context) (domain.Reply, error) {
			running <- true
			<-end
			return want, nil
		})
		first <- err
	}()
	<-running
	time.AfterFunc(domain.IdempotencyWait+500*time.Millisecond, func() { close(end) })
	reply, replayed, err := f.runOnce(key, f.mustNotRun("a twin"))
	switch {
	case err == nil:
		equal(f, "reply", reply, want)
		equal(f, "replayed", replayed, true)
	default:
		f.wants("a twin", err, domain.ErrIdempotencyKeyInUse)
	}
	f.must(<-first)
	f.replays("after it", key, want)
}
