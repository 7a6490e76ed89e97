package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func operationRoundTrip(_ *testing.T, f fixture) {
	session := f.active()
	operation := domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, at(1))
	f.must(f.CreateOperation(f.t.Context(), operation, domain.SessionActive))
	f.hasOperation("new", operation)

	failed := operation.Clone()
	failed.Fail(domain.OperationFailure{Code: "SOME_CODE", Message: oddText}, at(2))
	f.must(f.UpdateOperation(f.t.Context(), failed))
	f.hasOperation("failed", failed)

	retry, err := failed.Retry(uuid.New(), at(3))
	f.must(err)
	retry.RetryCount, retry.CreatedAt = 7, at(2) // each member differs from the others
	f.must(f.CreateRetry(f.t.Context(), retry))
	f.hasOperation("retry", retry)
	due := retry.LeaseUntil.Add(time.Microsecond)
	retry.Claim(due)
	f.must(f.ClaimOperation(f.t.Context(), retry, due))
	retry.Renew(true, at(4))
	f.must(f.UpdateOperation(f.t.Context(), retry))
	f.hasOperation("retry, claimed and begun", retry)
	completed, asked, question := f.newQuestion(retry, session, oddText, at(5))
	f.must(f.SaveQuestion(f.t.Context(), completed, asked, question))
	f.hasOperation("completed with a question", completed)

	ended := f.save(asked, (*domain.InterviewSession).Complete, at(6))
	analysis := f.operation(ended, at(7))
	analysis.LeaseUntil = time.Time{}
	f.must(f.UpdateOperation(f.t.Context(), analysis))
	f.hasOperation("without a lease", analysis)
	analysis, feedback := f.newFeedback(analysis, ended, 55, at(8))
	f.must(f.SaveFeedback(f.t.Context(), analysis, feedback))
	f.hasOperation("completed with feedback", analysis)

	bare := f.completed(f.posting(session.UserID(), at(9)), at(9))
	empty := domain.NewFeedback(uuid.New(), bare, domain.Assessment{}, at(10))
	operation = f.operation(bare, at(9))
	operation.LeaseUntil = time.Time{}
	operation.CompleteFeedback(empty, at(10))
	f.must(f.SaveFeedback(f.t.Context(), operation, empty))
	operation.LeaseUntil = at(9).Add(domain.OperationLease) // is not what a completion stores
	f.hasOperation("completed with bare feedback", operation)
}

func operationUnknownOrAnothers(_ *testing.T, f fixture) {
	operation := f.operation(f.active(), at(0))
	for name, key := range f.foreign(operation.UserID, operation.ID) {
		_, err := f.FindOperation(f.t.Context(), key[0], key[1])
		f.wants(name, err, domain.ErrOperationNotFound)
	}
}

func operationDuplicateID(t *testing.T, f fixture) {
	session := f.active()
	failed := f.failed(session, at(0))
	again := domain.NewOperation(failed.ID, domain.QuestionGeneration, session, at(1))
	switch err := f.CreateOperation(t.Context(), again, domain.SessionActive); {
	case err == nil:
		t.Error("a second operation with the same id was stored")
	case errors.Is(err, ports.ErrChanged):
		t.Error("a second operation with the same id is refused as if its session had changed")
	}
	retry, err := failed.Retry(failed.ID, at(1))
	f.must(err)
	switch err := f.CreateRetry(t.Context(), retry); {
	case err == nil:
		t.Error("a retry with the id of its parent was stored")
	case errors.Is(err, domain.ErrOperationNotFound):
		t.Error("a retry with the id of its parent is refused as if there were none")
	}
	f.hasOperation("first", failed)
}

func operationCreateForStatus(t *testing.T, f fixture) {
	statuses := []domain.SessionStatus{domain.SessionActive, domain.SessionPaused, domain.SessionCompleted}
	posting := f.posting(f.user().ID, at(0))
	try := func(what string, session domain.InterviewSession, status domain.SessionStatus, want error) {
		t.Helper()
		operation := domain.NewOperation(uuid.New(), domain.FeedbackAnalysis, session, at(1))
		f.wants(what, f.CreateOperation(t.Context(), operation, status), want)
		if want == nil {
			f.hasOperation(what, operation)
		} else {
			_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
			f.wants(what+": find", err, domain.ErrOperationNotFound)
		}
	}
	for _, stored := range statuses {
		session := f.sessionWith(posting, at(0), func(s *domain.SessionState) { s.Status = stored })
		for _, asked := range statuses {
			want := ports.ErrChanged
			if asked == stored {
				want = nil
			}
			try(fmt.Sprintf("for the %s one when it is %s", asked, stored), session, asked, want)
		}
		f.hasSession("its session", session)
	}
	session := f.session(posting, at(1))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		try(name, altered(session, func(s *domain.SessionState) { s.UserID, s.ID = key[0], key[1] }), domain.SessionActive, ports.ErrChanged)
	}
	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	try("gone", session, domain.SessionActive, ports.ErrChanged)
}

func operationCreateWhileCompleted(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 10 {
		session := f.session(posting, at(0))
		operations := make([]domain.Operation, 5)
		for i := range operations {
			operations[i] = domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, at(i))
		}
		errs := atOnce(len(operations)+1, func(i int) error {
			if i < len(operations) {
				return f.CreateOperation(t.Context(), operations[i], domain.SessionActive)
			}
			completed := session
			if err := completed.Complete(at(9)); err != nil {
				return err
			}
			_, err := f.SaveSessionStatus(t.Context(), completed, domain.SessionActive)
			return err
		})
		f.must(errs[len(operations)])
		f.outcomes("operation", errs, ports.ErrChanged)
		for i, operation := range operations {
			if errs[i] == nil {
				f.hasOperation("operation", operation)
			} else {
				_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
				f.wants("find refused operation", err, domain.ErrOperationNotFound)
			}
		}
		late := domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, at(9))
		f.wants("late", f.CreateOperation(t.Context(), late, domain.SessionActive), ports.ErrChanged)
	}
}

func operationRetry(t *testing.T, f fixture) {
	for _, transition := range []func(*domain.InterviewSession, time.Time) error{nil,
		(*domain.InterviewSession).Pause, (*domain.InterviewSession).Complete} {
		session := f.active()
		failed := f.failed(session, at(0))
		if transition != nil {
			session = f.save(session, transition, at(1))
		}
		// One operation may be retried more than once.
		for i := range 2 {
			retry, err := failed.Retry(uuid.New(), at(2+i))
			f.must(err)
			f.must(f.CreateRetry(t.Context(), retry))
			f.hasOperation("retry in a session that is "+string(session.State().Status), retry)
		}
		f.hasOperation("parent", failed)
		f.hasSession("its session", session)
	}
}

func operationRetryOfNothing(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(0))
	failed := f.failed(session, at(0))
	try := func(what string, change func(*domain.Operation)) {
		t.Helper()
		retry, err := failed.Retry(uuid.New(), at(1))
		f.must(err)
		change(&retry)
		f.wants(what, f.CreateRetry(t.Context(), retry), domain.ErrOperationNotFound)
		_, err = f.FindOperation(t.Context(), retry.UserID, retry.ID)
		f.wants(what+": find", err, domain.ErrOperationNotFound)
	}
	for name, key := range f.foreign(session.UserID(), failed.ID) {
		try("parent "+name, func(o *domain.Operation) { o.UserID, o.ParentID = key[0], some(key[1]) })
	}
	try("session unknown", func(o *domain.Operation) { o.SessionID = uuid.New() })
	try("session another's", func(o *domain.Operation) { o.SessionID = f.active().ID() })
	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	try("session gone", func(*domain.Operation) {})
	try("parent gone", func(o *domain.Operation) { o.SessionID = other.ID() })
}

func operationUpdate(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(0))
	operation, untouched := f.operation(session, at(0)), f.operation(session, at(0))
	for _, step := range []struct {
		name  string
		apply func(*domain.Operation)
	}{
		{"renewed", func(o *domain.Operation) { o.Renew(false, at(1)) }},
		{"begun", func(o *domain.Operation) { o.Renew(true, at(2)) }},
		{"renewed again", func(o *domain.Operation) { o.Renew(true, at(3)) }},
		{"postponed", func(o *domain.Operation) { o.Postpone(at(60_000_000), at(4)) }},
		{"postponed again", func(o *domain.Operation) { o.Postpone(at(60_000_001), at(4)) }},
		{"given back", func(o *domain.Operation) { o.GiveBack(at(4)) }},
		{"without a lease", func(o *domain.Operation) { o.LeaseUntil = time.Time{} }},
		{"leased again", func(o *domain.Operation) { o.Renew(true, at(5)) }},
		{"failed", func(o *domain.Operation) { o.Fail(domain.FailureNoAnswers, at(6)) }},
	} {
		step.apply(&operation)
		// Nothing else of it changes.
		scribbled := operation.Clone()
		scribbled.SessionID, scribbled.Type = other.ID(), domain.FeedbackAnalysis
		scribbled.Result = &domain.OperationResult{Question: &domain.QuestionResult{Text: "scribble", Type: domain.QuestionTechnical}}
		scribbled.ParentID, scribbled.RetryCount, scribbled.CreatedAt = some(untouched.ID), 9, at(99)
		f.must(f.UpdateOperation(t.Context(), scribbled))
		f.hasOperation(step.name, operation)
	}
	f.hasOperation("another operation", untouched)
	f.hasSession("its session", session)
}

func operationUpdateOfLost(t *testing.T, f fixture) {
	session := f.active()
	completed, session, _ := f.question(session, "Why Go?", at(0))
	for name, lost := range f.lostOperations(session) {
		changed := lost.held
		changed.Fail(domain.FailureNoAnswers, at(9))
		f.wants("operation "+name, f.UpdateOperation(t.Context(), changed), ports.ErrLeaseLost)
		if lost.stored != nil {
			f.hasOperation("operation "+name, *lost.stored)
		} else {
			_, err := f.FindOperation(t.Context(), changed.UserID, changed.ID)
			f.wants("operation "+name, err, domain.ErrOperationNotFound)
		}
	}
	changed := completed
	changed.Renew(true, at(9))
	f.wants("completed operation", f.UpdateOperation(t.Context(), changed), ports.ErrLeaseLost)
	f.hasOperation("completed operation", completed)
	pending := f.operation(session, at(1))
	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	f.wants("operation that is gone", f.UpdateOperation(t.Context(), pending), ports.ErrLeaseLost)
}

func operationUpdateSharesNoMemory(t *testing.T, f fixture) {
	failed := f.operation(f.active(), at(0))
	failed.Fail(domain.FailureNoAnswers, at(1))
	want := failed.Clone()
	f.must(f.UpdateOperation(t.Context(), failed))
	failed.Failure.Message = "scribble"
	for range 2 {
		got, err := f.FindOperation(t.Context(), want.UserID, want.ID)
		f.must(err)
		equal(f, "stored", got, want)
		got.Failure.Message = "scribble"
	}
}

// operationFinishedOnce lets those who hold one operation end it each in
// another way.
func operationFinishedOnce(t *testing.T, f fixture) {
	for range 10 {
		session := f.active()
		pending := f.operation(session, at(0))
		asking, asked, question := f.newQuestion(pending, session, "Why Go?", at(1))
		judging, feedback := f.newFeedback(pending, session, 50, at(2))
		ends := []domain.Operation{asking, judging}
		for i := range 4 {
			failing := pending
			failing.Fail(domain.OperationFailure{Code: "SOME_CODE", Message: fmt.Sprint(i)}, at(3+i))
			ends = append(ends, failing)
		}
		errs := atOnce(len(ends), func(i int) error {
			switch i {
			case 0:
				return f.SaveQuestion(t.Context(), asking, asked, question)
			case 1:
				return f.SaveFeedback(t.Context(), judging, feedback)
			default:
				return f.UpdateOperation(t.Context(), ends[i])
			}
		})
		if done, lost := count(errs, nil), count(errs, ports.ErrLeaseLost); done != 1 || lost != 5 {
			t.Errorf("%d finished it and %d had lost it, want 1 and 5: %v", done, lost, errs)
		}
		winner := slices.Index(errs, nil)
		if winner < 0 {
			continue
		}
		f.hasOperation("the operation", ends[winner])
		if winner == 0 {
			f.hasSession("its session", asked)
			f.places(session, 1)
		} else {
			f.hasSession("its session", session)
			f.places(session, 0)
		}
		if winner == 1 {
			f.hasFeedback("feedback", feedback)
		} else {
			_, err := f.FindFeedback(t.Context(), session.UserID(), session.ID())
			f.wants("find feedback", err, domain.ErrFeedbackNotFound)
		}
	}
}

// operationListUnfinished shares the storage with what other tests left there.
func operationListUnfinished(t *testing.T, f fixture) {
	one, other := f.active(), f.active()
	defer f.forget(one, other)
	leased := func(session domain.InterviewSession, until time.Time, begun bool) domain.Operation {
		operation := f.operation(session, longAgo)
		if begun {
			operation.Renew(true, longAgo.Add(time.Second))
		}
		operation.LeaseUntil = until
		f.must(f.UpdateOperation(t.Context(), operation))
		return operation
	}
	// Neither the order of their creation nor their owners matter.
	third := leased(one, longAgo.Add(2*time.Microsecond), false)
	first := leased(other, longAgo, false)
	fourth := leased(one, at(1000), true)
	second := leased(one, longAgo.Add(time.Microsecond), true)
	leased(one, time.Time{}, false) // has no lease
	f.failed(one, longAgo)
	f.question(one, "Why Go?", longAgo)
	want := []domain.Operation{first, second, third, fourth}

	all, err := f.ListUnfinished(t.Context(), math.MaxInt32)
	f.must(err)
	mine := slices.DeleteFunc(slices.Clone(all), func(o domain.Operation) bool {
		return o.SessionID != one.ID() && o.SessionID != other.ID()
	})
	equal(f, "those of this test", mine, want)
	for i, operation := range all {
		if operation.Finished() || operation.LeaseUntil.IsZero() || i > 0 && operation.LeaseUntil.Before(all[i-1].LeaseUntil) {
			t.Errorf("number %d is %s with a lease until %v", i, operation.Status, operation.LeaseUntil)
		}
	}
	for limit := range min(len(all), len(want)) + 1 {
		got, err := f.ListUnfinished(t.Context(), limit)
		f.must(err)
		equal(f, fmt.Sprintf("at most %d", limit), got, append([]domain.Operation{}, all[:limit]...))
	}
}

// operationCountUnfinished shares the storage with what other tests left there.
func operationCountUnfinished(t *testing.T, f fixture) {
	count := func() map[[2]string]domain.UnfinishedOperations {
		counts, err := f.CountUnfinished(t.Context())
		f.must(err)
		byKind := map[[2]string]domain.UnfinishedOperations{}
		for i, c := range counts {
			if c.Count < 1 || i > 0 && cmp.Or(cmp.Compare(counts[i-1].Type, c.Type), cmp.Compare(counts[i-1].Status, c.Status)) >= 0 {
				t.Errorf("number %d is %+v, after %+v", i, c, counts[:i])
			}
			byKind[[2]string{string(c.Type), string(c.Status)}] = c
		}
		return byKind
	}
	before := count()
	active := f.active()
	completed := f.completed(f.posting(f.user().ID, at(0)), at(0))
	defer f.forget(active, completed)
	earliest := longAgo.Add(-time.Hour) // before what any other test asks for
	f.operation(active, longAgo)
	f.operation(active, earliest)
	begun := f.operation(active, earliest.Add(time.Microsecond))
	begun.Renew(true, longAgo)
	f.must(f.UpdateOperation(t.Context(), begun))
	f.operation(completed, earliest.Add(2*time.Microsecond))
	f.failed(active, earliest)
	f.question(active, "Why Go?", earliest)
	unleased := f.operation(active, earliest.Add(-time.Hour))
	unleased.LeaseUntil = time.Time{}
	f.must(f.UpdateOperation(t.Context(), unleased))
	after := count()
	for _, want := range []domain.UnfinishedOperations{
		{Type: domain.QuestionGeneration, Status: domain.OperationPending, Count: 2, Oldest: earliest},
		{Type: domain.QuestionGeneration, Status: domain.OperationProcessing, Count: 1, Oldest: earliest.Add(time.Microsecond)},
		{Type: domain.FeedbackAnalysis, Status: domain.OperationPending, Count: 1, Oldest: earliest.Add(2 * time.Microsecond)},
	} {
		kind := [2]string{string(want.Type), string(want.Status)}
		want.Count += before[kind].Count
		equal(f, fmt.Sprint(kind), after[kind], want)
	}
}

func operationClaim(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(0))
	operation, untouched := f.operation(session, at(0)), f.operation(session, at(0))
	for i, begun := range []bool{false, true} {
		operation.Renew(begun, at(i))
		f.must(f.UpdateOperation(t.Context(), operation))
		now := operation.LeaseUntil.Add(time.Duration(i) * time.Hour) // the moment of its end counts
		operation.Claim(now)
		scribbled := operation.Clone()
		scribbled.Failure = new(domain.FailureNoAnswers)
		scribbled.SessionID, scribbled.Type = other.ID(), domain.FeedbackAnalysis
		scribbled.ParentID, scribbled.RetryCount, scribbled.CreatedAt = some(untouched.ID), 9, at(99)
		f.must(f.ClaimOperation(t.Context(), scribbled, now))
		equal(f, "attempt", operation.Attempt, i+2)
		equal(f, "failures", operation.Failures, i) // the second one had begun
		f.hasOperation("claimed", operation)
	}
	f.hasOperation("another operation", untouched)
	f.hasSession("its session", session)
}

func operationClaimRefused(t *testing.T, f fixture) {
	session := f.active()
	pending := f.operation(session, at(0))
	due := pending.LeaseUntil
	claim := func(o domain.Operation, by int, now time.Time) error {
		o.Attempt += by
		o.LeaseUntil = now.Add(domain.OperationLease)
		return f.ClaimOperation(t.Context(), o, now)
	}
	f.wants("a moment too early", claim(pending, 1, due.Add(-time.Microsecond)), ports.ErrLeaseLost)
	f.wants("the attempt that is stored", claim(pending, 0, due), ports.ErrLeaseLost)
	f.wants("the attempt after next", claim(pending, 2, due), ports.ErrLeaseLost)
	for name, key := range f.foreign(pending.UserID, pending.ID) {
		foreign := pending
		foreign.UserID, foreign.ID = key[0], key[1]
		f.wants(name, claim(foreign, 1, due), ports.ErrLeaseLost)
	}
	f.hasOperation("pending", pending)

	leaseless := pending
	leaseless.LeaseUntil = time.Time{}
	f.must(f.UpdateOperation(t.Context(), leaseless))
	f.wants("without a lease", claim(leaseless, 1, due), ports.ErrLeaseLost)
	f.hasOperation("without a lease", leaseless)

	failed := f.failed(session, at(1))
	f.wants("failed", claim(failed, 1, due), ports.ErrLeaseLost)
	f.hasOperation("failed", failed)
	completed, _, _ := f.question(session, "Why Go?", at(1))
	f.wants("completed", claim(completed, 1, due), ports.ErrLeaseLost)
	f.hasOperation("completed", completed)

	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	f.wants("gone", claim(pending, 1, due), ports.ErrLeaseLost)
}

func operationClaimAtOnce(t *testing.T, f fixture) {
	pending := f.operation(f.active(), at(0))
	claims := slices.Repeat([]domain.Operation{pending}, 8)
	for i := range claims {
		claims[i].Claim(pending.LeaseUntil.Add(time.Duration(i) * time.Second))
	}
	errs := atOnce(len(claims), func(i int) error {
		return f.ClaimOperation(t.Context(), claims[i], pending.LeaseUntil.Add(time.Hour))
	})
	if won, lost := count(errs, nil), count(errs, ports.ErrLeaseLost); won != 1 || lost != 7 {
		t.Errorf("%d claimed it and %d lost, want 1 and 7: %v", won, lost, errs)
	}
	if winner := slices.Index(errs, nil); winner >= 0 {
		f.hasOperation("claimed", claims[winner])
		f.wants("renewal by the one before", f.UpdateOperation(t.Context(), pending), ports.ErrLeaseLost)
		f.must(f.UpdateOperation(t.Context(), claims[winner]))
	}
}

// operationPrune forgets what is older than the rows of all other tests.
func operationPrune(t *testing.T, f fixture) {
	before := longAgo.Add(time.Hour)
	_, err := f.PruneOperations(t.Context(), before) // what others left
	f.must(err)
	one, other := f.active(), f.active()
	defer f.forget(one, other)
	early, late := before.Add(-time.Microsecond), before

	failed := f.failed(one, early)
	completed, one, question := f.question(one, "Why Go?", early)
	anothers := f.failed(other, early)
	gone := []domain.Operation{failed, completed, anothers}
	retries := []domain.Operation{}
	for _, created := range []time.Time{early, late, late} {
		retry, err := failed.Retry(uuid.New(), created)
		f.must(err)
		f.must(f.CreateRetry(t.Context(), retry))
		retries = append(retries, retry)
	}
	retries[0].Fail(domain.FailureNoAnswers, early) // goes together with its parent
	retries[1].Fail(domain.FailureNoAnswers, late)
	f.must(f.UpdateOperation(t.Context(), retries[0]))
	f.must(f.UpdateOperation(t.Context(), retries[1]))
	gone = append(gone, retries[0])

	unfinished, young := f.operation(one, early), f.failed(one, late)
	renewed := f.operation(one, early)
	renewed.Fail(domain.FailureNoAnswers, late)
	f.must(f.UpdateOperation(t.Context(), renewed))
	retryOfYoung, err := young.Retry(uuid.New(), late)
	f.must(err)
	f.must(f.CreateRetry(t.Context(), retryOfYoung))

	removed, err := f.PruneOperations(t.Context(), before)
	f.must(err)
	equal(f, "how many were removed", removed, len(gone))
	for _, operation := range gone {
		_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
		f.wants("find", err, domain.ErrOperationNotFound)
	}
	for _, retry := range retries[1:] {
		retry.ParentID = uuid.NullUUID{}
		f.hasOperation("retry of what is gone", retry)
	}
	for _, operation := range []domain.Operation{unfinished, young, renewed, retryOfYoung} {
		f.hasOperation("what stays", operation)
	}
	f.hasSession("their session", one)
	question.Seq = 1
	f.hasMessages("their session's messages", one, question)

	removed, err = f.PruneOperations(t.Context(), before)
	f.must(err)
	equal(f, "how many were removed the second time", removed, 0)
	retry, err := failed.Retry(uuid.New(), late)
	f.must(err)
	f.wants("retry of what is gone", f.CreateRetry(t.Context(), retry), domain.ErrOperationNotFound)
}

// operationPruneWhileRetried races retries against the pruning of their
// parent: each is stored, and detached in the end, or refused.
func operationPruneWhileRetried(t *testing.T, f fixture) {
	session := f.active()
	defer f.forget(session)
	before := longAgo.Add(time.Hour)
	for range 15 {
		failed := f.failed(session, longAgo)
		retries := make([]domain.Operation, 5)
		for i := range retries {
			var err error
			retries[i], err = failed.Retry(uuid.New(), before)
			f.must(err)
		}
		errs := atOnce(len(retries)+1, func(i int) error {
			if i < len(retries) {
				return f.CreateRetry(t.Context(), retries[i])
			}
			_, err := f.PruneOperations(t.Context(), before)
			return err
		})
		f.must(errs[len(retries)])
		_, err := f.FindOperation(t.Context(), failed.UserID, failed.ID)
		f.wants("find", err, domain.ErrOperationNotFound)
		f.outcomes("retry", errs[:len(retries)], domain.ErrOperationNotFound)
		for i, retry := range retries {
			if errs[i] == nil {
				retry.ParentID = uuid.NullUUID{}
				f.hasOperation("a retry that was stored", retry)
			}
		}
	}
}
