// Package storetest is the conformance suite of the storage ports. A storage
// adapter is done when Run passes on it, under the race detector, with
// nothing skipped.
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) ports.Storage { return memory.New() })
//	}
package storetest

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// Run runs the suite, one sub-test a promise of the ports. newStore is called
// once for each; it may return the same store each time, since the tests use
// accounts of their own and disturb no other rows.
func Run(t *testing.T, newStore func(t *testing.T) ports.Storage) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, fixture)
	}{
		{"User/RoundTrip", userRoundTrip},
		{"User/Unknown", userUnknown},
		{"User/DuplicateID", userDuplicateID},
		{"User/EmailTaken", userEmailTaken},
		{"User/EmailTakenOfManyAtOnce", userEmailTakenOfMany},
		{"JobPosting/RoundTrip", postingRoundTrip},
		{"JobPosting/SharesNoMemory", postingSharesNoMemory},
		{"JobPosting/UnknownOrAnothers", postingUnknownOrAnothers},
		{"JobPosting/DuplicateID", postingDuplicateID},
		{"JobPosting/NoAccount", postingNoAccount},
		{"JobPosting/List", postingList},
		{"JobPosting/Replace", postingReplace},
		{"JobPosting/ReplaceAtOnce", postingReplaceAtOnce},
		{"JobPosting/Delete", postingDelete},
		{"JobPosting/DeleteAtOnce", postingDeleteAtOnce},
		{"Session/RoundTrip", sessionRoundTrip},
		{"Session/UnknownOrAnothers", sessionUnknownOrAnothers},
		{"Session/DuplicateID", sessionDuplicateID},
		{"Session/SameIDsOfTwoOwners", sessionSameIDs},
		{"Session/MissingPosting", sessionMissingPosting},
		{"Session/NoAccount", sessionNoAccount},
		{"Session/List", sessionList},
		{"Session/ListFilters", sessionListFilters},
		{"Session/CreateAtOnce", sessionCreateAtOnce},
		{"Session/CreateWhilePostingIsDeleted", sessionCreateWhileDeleted},
		{"Context/Cancelled", contextCancelled},
		{"Context/DeadlinePassed", contextDeadlinePassed},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(t, fixture{t, newStore(t)})
		})
	}
}

// at returns an instant that many microseconds after a fixed one whose own
// microseconds are not round.
func at(micros int) time.Time {
	return time.Date(2025, 12, 23, 6, 26, 11, 507_603_000, time.UTC).Add(time.Duration(micros) * time.Microsecond)
}

// fixture makes rows, and fails the test when that fails.
type fixture struct {
	t *testing.T
	ports.Storage
}

func (f fixture) user() domain.User {
	f.t.Helper()
	id := uuid.New()
	user := domain.User{ID: id, Email: id.String() + "@example.com", PasswordHash: "hash of " + id.String(),
		CreatedAt: at(0), UpdatedAt: at(1)}
	f.must(f.CreateUser(f.t.Context(), user))
	return user
}

func (f fixture) newPosting(owner uuid.UUID, created time.Time) domain.JobPosting {
	f.t.Helper()
	posting, err := domain.NewJobPosting(uuid.New(), owner, domain.JobPostingDraft{
		Title: "Go engineer", Company: "Wörk & Söhne \"quoted\" 🚀", Description: "Build\nthings; 'DROP TABLE'",
		ExperienceLevel: "Senior", TechStack: []string{"Go", "PostgreSQL", "C++ <>&"}, Language: domain.LanguageUkrainian,
	}, created)
	f.must(err)
	return posting
}

func (f fixture) posting(owner uuid.UUID, created time.Time) domain.JobPosting {
	f.t.Helper()
	posting := f.newPosting(owner, created)
	f.must(f.CreateJobPosting(f.t.Context(), posting))
	return posting
}

func (f fixture) newSession(posting domain.JobPosting, created time.Time) domain.InterviewSession {
	f.t.Helper()
	session, err := domain.NewInterviewSession(uuid.New(), posting.UserID, posting, created)
	f.must(err)
	return session
}

func (f fixture) session(posting domain.JobPosting, created time.Time) domain.InterviewSession {
	f.t.Helper()
	session := f.newSession(posting, created)
	f.must(f.CreateSession(f.t.Context(), session))
	return session
}

func (f fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// wants checks the error of a call, named by what.
func (f fixture) wants(what string, got, want error) {
	f.t.Helper()
	if !errors.Is(got, want) {
		f.t.Errorf("%s: error is %v, want %v", what, got, want)
	}
}

// equal compares whole values: times must be equal to the microsecond and in
// UTC, and an empty list is not nil.
func equal[T any](f fixture, what string, got, want T) {
	f.t.Helper()
	if !reflect.DeepEqual(got, want) {
		f.t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// atOnce calls f n times, all released at the same moment, and returns their
// errors.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// count returns how many of the errors match.
func count(errs []error, target error) (n int) {
	for _, err := range errs {
		if errors.Is(err, target) {
			n++
		}
	}
	return n
}

// calls lists each method once, with arguments that exist.
func (f fixture) calls(posting domain.JobPosting, session domain.InterviewSession) map[string]func(context.Context) error {
	owner := posting.UserID
	id := uuid.New()
	return map[string]func(context.Context) error{
		"FindUser": func(ctx context.Context) error { _, err := f.FindUser(ctx, owner); return err },
		"FindUserByEmail": func(ctx context.Context) error {
			_, err := f.FindUserByEmail(ctx, owner.String()+"@example.com")
			return err
		},
		"CreateUser": func(ctx context.Context) error {
			return f.CreateUser(ctx, domain.User{ID: id, Email: id.String() + "@example.com", CreatedAt: at(0), UpdatedAt: at(0)})
		},
		"FindJobPosting":   func(ctx context.Context) error { _, err := f.FindJobPosting(ctx, owner, posting.ID); return err },
		"ListJobPostings":  func(ctx context.Context) error { _, err := f.ListJobPostings(ctx, owner, 10, 0); return err },
		"CreateJobPosting": func(ctx context.Context) error { return f.CreateJobPosting(ctx, f.newPosting(owner, at(0))) },
		"ReplaceJobPosting": func(ctx context.Context) error {
			replaced := posting
			replaced.Title = "changed"
			return f.ReplaceJobPosting(ctx, replaced)
		},
		"DeleteJobPosting": func(ctx context.Context) error { return f.DeleteJobPosting(ctx, owner, posting.ID) },
		"FindSession":      func(ctx context.Context) error { _, err := f.FindSession(ctx, owner, session.ID()); return err },
		"ListSessions": func(ctx context.Context) error {
			_, err := f.ListSessions(ctx, owner, domain.SessionFilter{})
			return err
		},
		"CreateSession": func(ctx context.Context) error { return f.CreateSession(ctx, f.newSession(posting, at(0))) },
	}
}

// unchanged checks that the owner has just this posting and this session.
func (f fixture) unchanged(posting domain.JobPosting, session domain.InterviewSession) {
	f.t.Helper()
	postings, err := f.ListJobPostings(f.t.Context(), posting.UserID, 10, 0)
	f.must(err)
	equal(f, "postings", postings, []domain.JobPostingItem{posting.Item()})
	stored, err := f.FindJobPosting(f.t.Context(), posting.UserID, posting.ID)
	f.must(err)
	equal(f, "posting", stored, posting)
	sessions, err := f.ListSessions(f.t.Context(), posting.UserID, domain.SessionFilter{})
	f.must(err)
	if len(sessions) != 1 {
		f.t.Fatalf("%d sessions, want 1", len(sessions))
	}
	equal(f, "session", sessions[0].Session, session)
}

func contextCancelled(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	session := f.session(posting, at(0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range f.calls(posting, session) {
		f.wants(name, call(ctx), context.Canceled)
	}
	f.unchanged(posting, session)
}

func contextDeadlinePassed(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	session := f.session(posting, at(0))
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, call := range f.calls(posting, session) {
		f.wants(name, call(ctx), domain.ErrUnavailable)
	}
	f.unchanged(posting, session)
}
