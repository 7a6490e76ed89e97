package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// runOnce is the use case with a keeper of keys that expects no call.
type runOnce struct {
	*app.RunOnce
	keys *mocks.MockOnceRunner
}

func newRunOnce(t *testing.T) runOnce {
	keys := mocks.NewMockOnceRunner(gomock.NewController(t))
	return runOnce{&app.RunOnce{Keys: keys, Clock: clock, Retention: retention}, keys}
}

type work = func(context.Context) (domain.Reply, error)

// stores expects a key, and lets the keeper do with the work as it likes.
func (f runOnce) stores(do func(ctx context.Context, work work) (domain.Reply, bool, error)) *gomock.Call {
	return f.keys.EXPECT().RunOnce(gomock.Any(), ownKey(), now, now.Add(-retention), gomock.Any()).
		DoAndReturn(func(ctx context.Context, _ domain.IdempotencyKey, _, _ time.Time, work work) (domain.Reply, bool, error) {
			return do(ctx, work)
		})
}

func ownKey() domain.IdempotencyKey {
	return domain.IdempotencyKey{UserID: owner, Method: "POST", Path: "/sessions", Key: "k", Fingerprint: [32]byte{1}}
}

var reply = domain.Reply{Status: 201, Location: "/sessions/1", Body: []byte("{}")}

func gives(reply domain.Reply) work {
	return func(context.Context) (domain.Reply, error) { return reply, nil }
}

// once does the work as a storage does that has not seen the key.
func once(ctx context.Context, work work) (domain.Reply, bool, error) {
	reply, err := work(ctx)
	return reply, false, err
}

func TestRunOnce(t *testing.T) {
	t.Run("does the work and returns its reply", func(t *testing.T) {
		f := newRunOnce(t)
		f.stores(once)
		got, replayed, err := f.Execute(t.Context(), ownKey(), gives(reply))
		equal(t, "error", err, nil)
		equal(t, "reply", got, reply)
		equal(t, "replayed", replayed, false)
	})

	t.Run("returns the reply of before without doing the work", func(t *testing.T) {
		f := newRunOnce(t)
		f.stores(func(context.Context, work) (domain.Reply, bool, error) { return reply, true, nil })
		got, replayed, err := f.Execute(t.Context(), ownKey(), func(context.Context) (domain.Reply, error) {
			t.Error("the work was done")
			return domain.Reply{}, nil
		})
		equal(t, "error", err, nil)
		equal(t, "reply", got, reply)
		equal(t, "replayed", replayed, true)
	})

	t.Run("passes on the error of the work, and can be asked again", func(t *testing.T) {
		f := newRunOnce(t)
		f.stores(once).Times(2)
		_, _, err := f.Execute(t.Context(), ownKey(), func(context.Context) (domain.Reply, error) {
			return domain.Reply{}, domain.ErrSessionNotFound
		})
		equal(t, "error", err, error(domain.ErrSessionNotFound))
		_, _, err = f.Execute(t.Context(), ownKey(), gives(reply))
		equal(t, "error", err, nil)
	})

	t.Run("lets others in after a panic", func(t *testing.T) {
		f := newRunOnce(t)
		f.stores(once).Times(2)
		func() {
			defer func() { equal(t, "panic", recover(), any("a bug")) }()
			f.Execute(t.Context(), ownKey(), func(context.Context) (domain.Reply, error) { panic("a bug") })
		}()
		_, _, err := f.Execute(t.Context(), ownKey(), gives(reply))
		equal(t, "error", err, nil)
	})
}

// TestRunOnceDispatchesWhatIsStored asks for a question with a key: no worker
// may have the operation before it is stored, and none may have one that is
// not.
func TestRunOnceDispatchesWhatIsStored(t *testing.T) {
	ask := func(q requestQuestion) work {
		return func(ctx context.Context) (domain.Reply, error) {
			_, err := q.Execute(ctx, owner, sessionID)
			return reply, err
		}
	}

	t.Run("after it is stored, the operation of the time that succeeded", func(t *testing.T) {
		q := newRequestQuestion(t)
		f := newRunOnce(t)
		q.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(summaryOf(ownSession()), nil).Times(2)
		first, second := q.stores(), q.stores()
		gomock.InOrder(first, second)
		saves(first)
		saved := saves(second)
		var dispatched *domain.Operation
		f.stores(func(ctx context.Context, work work) (domain.Reply, bool, error) {
			if _, err := work(ctx); err != nil { // lost a conflict, and is repeated
				t.Error(err)
			}
			reply, err := work(ctx)
			dispatched = dispatches(q.dispatcher) // from now on, when it is stored
			return reply, false, err
		})
		_, _, err := f.Execute(t.Context(), ownKey(), ask(q))
		equal(t, "error", err, nil)
		equal(t, "dispatched operation", *dispatched, *saved)
	})

	t.Run("nothing, if it was not", func(t *testing.T) {
		q := newRequestQuestion(t) // its dispatcher expects nothing
		f := newRunOnce(t)
		q.finds(summaryOf(ownSession()), nil)
		saves(q.stores())
		f.stores(func(ctx context.Context, work work) (domain.Reply, bool, error) {
			work(ctx)
			return domain.Reply{}, false, errStorage
		})
		_, _, err := f.Execute(t.Context(), ownKey(), ask(q))
		equal(t, "error", err, errStorage)
	})
}

func TestRunOnceWaitsForATwin(t *testing.T) {
	// twins starts a request that is in work for so long, and then its twin.
	twins := func(t *testing.T, f runOnce, ctx context.Context, takes time.Duration) error {
		started := make(chan bool)
		go f.Execute(context.Background(), ownKey(), func(context.Context) (domain.Reply, error) {
			started <- true
			time.Sleep(takes)
			return reply, nil
		})
		<-started
		other := ownKey()
		other.Fingerprint = [32]byte{2} // is looked at by the storage alone
		_, _, err := f.Execute(ctx, other, gives(reply))
		time.Sleep(takes)
		return err
	}

	t.Run("and asks the storage then", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newRunOnce(t)
			f.keys.EXPECT().RunOnce(gomock.Any(), gomock.Any(), now, now.Add(-retention), gomock.Any()).
				DoAndReturn(func(ctx context.Context, _ domain.IdempotencyKey, _, _ time.Time, work work) (domain.Reply, bool, error) {
					return once(ctx, work)
				}).Times(2)
			equal(t, "error", twins(t, f, t.Context(), domain.IdempotencyWait-time.Millisecond), nil)
		})
	})

	t.Run("but not for ever", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newRunOnce(t)
			f.stores(once)
			equal(t, "error", twins(t, f, t.Context(), domain.IdempotencyWait+time.Millisecond), error(domain.ErrIdempotencyKeyInUse))
		})
	})

	for _, test := range []struct {
		name string
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		{"nor once the caller is gone", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"nor past its deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, domain.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newRunOnce(t)
				f.stores(once)
				ctx, cancel := test.ctx(t.Context())
				defer cancel()
				if err := twins(t, f, ctx, 2*domain.IdempotencyWait); !errors.Is(err, test.want) {
					t.Errorf("error is %v, want %v", err, test.want)
				}
			})
		})
	}

	t.Run("and lets other keys pass", func(t *testing.T) {
		f := newRunOnce(t)
		f.keys.EXPECT().RunOnce(gomock.Any(), gomock.Any(), now, now.Add(-retention), gomock.Any()).
			DoAndReturn(func(ctx context.Context, _ domain.IdempotencyKey, _, _ time.Time, work work) (domain.Reply, bool, error) {
				return once(ctx, work)
			}).Times(2)
		_, _, err := f.Execute(t.Context(), ownKey(), func(ctx context.Context) (domain.Reply, error) {
			other := ownKey()
			other.Key = "another"
			got, _, err := f.Execute(context.Background(), other, gives(reply))
			return got, err
		})
		equal(t, "error", err, nil)
	})
}

func TestPruneIdempotencyKeys(t *testing.T) {
	keys := mocks.NewMockIdempotencyKeyPruner(gomock.NewController(t))
	keys.EXPECT().PruneIdempotencyKeys(gomock.Any(), now.Add(-retention)).Return(7, errStorage)
	got, err := app.PruneIdempotencyKeys{Keys: keys, Clock: clock, Retention: retention}.Execute(t.Context())
	equal(t, "number", got, 7)
	equal(t, "error", err, errStorage)
}
