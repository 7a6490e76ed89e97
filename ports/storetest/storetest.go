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
// accounts of their own and disturb no other rows, finished operations from
// before 2002 excepted, which they prune. They run one after the other and bear
// no other use of the store meanwhile: they read the operations of everybody.
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
		{"User/ReplacePasswordHash", userReplacePasswordHash},
		{"User/SaveAPIKey", userSaveAPIKey},
		{"User/EndTokens", userEndTokens},
		{"User/ReplacePassword", userReplacePassword},
		{"User/ReplacePasswordAtOnce", userReplacePasswordAtOnce},
		{"User/Delete", userDelete},
		{"User/Account", userAccount},
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
		{"Resume/RoundTrip", resumeRoundTrip},
		{"Resume/UnknownOrAnothers", resumeUnknownOrAnothers},
		{"Resume/OneEach", resumeOneEach},
		{"Resume/OneEachOfManyAtOnce", resumeOneEachOfMany},
		{"Resume/NoAccount", resumeNoAccount},
		{"Resume/Replace", resumeReplace},
		{"Resume/Delete", resumeDelete},
		{"Resume/DeleteAtOnce", resumeDeleteAtOnce},
		{"Session/RoundTrip", sessionRoundTrip},
		{"Session/Detail", sessionDetail},
		{"Session/DetailSharesNoMemory", sessionDetailSharesNoMemory},
		{"Session/DetailIsOfOneMoment", sessionDetailOfOneMoment},
		{"Session/UnknownOrAnothers", sessionUnknownOrAnothers},
		{"Session/DuplicateID", sessionDuplicateID},
		{"Session/SameIDsOfTwoOwners", sessionSameIDs},
		{"Session/MissingPosting", sessionMissingPosting},
		{"Session/MissingOriginal", sessionMissingOriginal},
		{"Session/RetakeNumberTaken", sessionRetakeNumberTaken},
		{"Session/NoAccount", sessionNoAccount},
		{"Session/List", sessionList},
		{"Session/ListFilters", sessionListFilters},
		{"Session/ListPages", sessionListPages},
		{"Session/CreateAtOnce", sessionCreateAtOnce},
		{"Session/CreateWhilePostingIsDeleted", sessionCreateWhileDeleted},
		{"Session/Scores", sessionScores},
		{"Session/Attempts", sessionAttempts},
		{"Session/AttemptsInOrder", sessionAttemptsInOrder},
		{"Session/AttemptsShareNoMemory", sessionAttemptsShareNoMemory},
		{"Session/Retake", sessionRetake},
		{"Session/RetakeRaisesNumber", sessionRetakeRaisesNumber},
		{"Session/RetakeDuplicateID", sessionRetakeDuplicateID},
		{"Session/RetakeWithoutFirstAttempt", sessionRetakeWithoutFirst},
		{"Session/RetakeWithoutPosting", sessionRetakeWithoutPosting},
		{"Session/RetakeAtOnce", sessionRetakeAtOnce},
		{"Session/RetakeWhileFirstAttemptIsDeleted", sessionRetakeWhileFirstIsDeleted},
		{"Session/RetakeWhilePostingIsDeleted", sessionRetakeWhilePostingIsDeleted},
		{"Session/SaveStatus", sessionSaveStatus},
		{"Session/SaveStatusOfChanged", sessionSaveStatusOfChanged},
		{"Session/CompleteAtOnce", sessionCompleteAtOnce},
		{"Session/Delete", sessionDelete},
		{"Session/DeleteRetake", sessionDeleteRetake},
		{"Session/DeleteAtOnce", sessionDeleteAtOnce},
		{"Session/DeleteWhileItGoesOn", sessionDeleteWhileItGoesOn},
		{"Session/DeleteWithAllAroundIt", sessionDeleteWithAllAroundIt},
		{"Message/AnswerRoundTrip", answerRoundTrip},
		{"Message/AnswerRefused", answerRefused},
		{"Message/AnswerDuplicateID", answerDuplicateID},
		{"Message/AnswerAtOnce", answerAtOnce},
		{"Message/AnswerWhileCompleted", answerWhileCompleted},
		{"Message/QuestionRoundTrip", questionRoundTrip},
		{"Message/QuestionLeavesTheRestOfItsSession", questionLeavesTheRest},
		{"Message/QuestionOfChangedSession", questionOfChangedSession},
		{"Message/QuestionOfLostOperation", questionOfLostOperation},
		{"Message/QuestionDuplicateID", questionDuplicateID},
		{"Message/QuestionSharesNoMemory", questionSharesNoMemory},
		{"Message/QuestionOfManyOperationsAtOnce", questionOfManyOperations},
		{"Message/QuestionOfOneOperationAtOnce", questionOfOneOperation},
		{"Message/QuestionWhileCompleted", questionWhileCompleted},
		{"Message/List", messageList},
		{"Message/ListPages", messageListPages},
		{"Message/UnknownOrAnothers", messageUnknownOrAnothers},
		{"Message/AskedBefore", messageAskedBefore},
		{"Once/StoresWorkWithReply", onceStoresWorkWithReply},
		{"Once/StoresNothingOfWorkThatFails", onceStoresNothingOfWorkThatFails},
		{"Once/TellsKeysApart", onceTellsKeysApart},
		{"Once/Forgets", onceForgets},
		{"Once/AtOnce", onceAtOnce},
		{"Once/WhileTwinRuns", onceWhileTwinRuns},
		{"Operation/RoundTrip", operationRoundTrip},
		{"Operation/UnknownOrAnothers", operationUnknownOrAnothers},
		{"Operation/DuplicateID", operationDuplicateID},
		{"Operation/CreateForStatus", operationCreateForStatus},
		{"Operation/CreateWhileCompleted", operationCreateWhileCompleted},
		{"Operation/Retry", operationRetry},
		{"Operation/RetryOfNothing", operationRetryOfNothing},
		{"Operation/Update", operationUpdate},
		{"Operation/UpdateOfLost", operationUpdateOfLost},
		{"Operation/UpdateSharesNoMemory", operationUpdateSharesNoMemory},
		{"Operation/FinishedOnceOfManyAtOnce", operationFinishedOnce},
		{"Operation/ListUnfinished", operationListUnfinished},
		{"Operation/CountUnfinished", operationCountUnfinished},
		{"Operation/Claim", operationClaim},
		{"Operation/ClaimRefused", operationClaimRefused},
		{"Operation/ClaimAtOnce", operationClaimAtOnce},
		{"Operation/Prune", operationPrune},
		{"Operation/PruneWhileRetried", operationPruneWhileRetried},
		{"Feedback/RoundTrip", feedbackRoundTrip},
		{"Feedback/SharesNoMemory", feedbackSharesNoMemory},
		{"Feedback/UnknownOrAnothers", feedbackUnknownOrAnothers},
		{"Feedback/OneEach", feedbackOneEach},
		{"Feedback/OneEachOfManyAtOnce", feedbackOneEachOfMany},
		{"Feedback/MissingSession", feedbackMissingSession},
		{"Feedback/DuplicateID", feedbackDuplicateID},
		{"Feedback/OfLostOperation", feedbackOfLostOperation},
		{"Metrics/None", metricsNone},
		{"Metrics/Counts", metricsCounts},
		{"Metrics/MostPracticed", metricsMostPracticed},
		{"Property/TransitionsInterleaved", transitionsInterleaved},
		{"Context/EveryMethodIsTried", contextEveryMethod},
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

// tester is what the suite needs of a *testing.T or a *rapid.T.
type tester interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// fixture makes rows, and fails the test when that fails.
type fixture struct {
	t tester
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

func (f fixture) newResume(owner uuid.UUID, created time.Time) domain.Resume {
	f.t.Helper()
	resume, err := domain.NewResume(uuid.New(), owner, oddText, created)
	f.must(err)
	return resume
}

func (f fixture) resume(owner uuid.UUID, created time.Time) domain.Resume {
	f.t.Helper()
	resume := f.newResume(owner, created)
	f.must(f.CreateResume(f.t.Context(), resume))
	return resume
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

// sessionWith stores a session that differs from a new one.
func (f fixture) sessionWith(posting domain.JobPosting, created time.Time, change func(*domain.SessionState)) domain.InterviewSession {
	f.t.Helper()
	session := altered(f.newSession(posting, created), change)
	f.must(f.CreateSession(f.t.Context(), session))
	return session
}

// altered returns the session with what no method of it would change.
func altered(session domain.InterviewSession, change func(*domain.SessionState)) domain.InterviewSession {
	state := session.State()
	change(&state)
	return domain.RestoreInterviewSession(state)
}

// active is a session of a person of its own.
func (f fixture) active() domain.InterviewSession {
	f.t.Helper()
	return f.session(f.posting(f.user().ID, at(0)), at(0))
}

// completed is the first attempt, completed, at a posting.
func (f fixture) completed(posting domain.JobPosting, created time.Time) domain.InterviewSession {
	f.t.Helper()
	return f.sessionWith(posting, created, func(s *domain.SessionState) { s.Status = domain.SessionCompleted })
}

// retake stores another attempt after a completed one.
func (f fixture) retake(session domain.InterviewSession, created time.Time) domain.InterviewSession {
	f.t.Helper()
	retake, err := session.Retake(uuid.New(), created)
	f.must(err)
	retake, err = f.CreateRetake(f.t.Context(), retake)
	f.must(err)
	return retake
}

// save stores a transition of the session as it was read, and returns it as
// it is then.
func (f fixture) save(session domain.InterviewSession, transition func(*domain.InterviewSession, time.Time) error, now time.Time) domain.InterviewSession {
	f.t.Helper()
	from := session.State().Status
	f.must(transition(&session, now))
	saved, err := f.SaveSessionStatus(f.t.Context(), session, from)
	f.must(err)
	return saved
}

func (f fixture) newAnswer(session domain.InterviewSession, text string, created time.Time) domain.Message {
	f.t.Helper()
	answer, err := session.Answer(uuid.New(), text, created)
	f.must(err)
	return answer
}

func (f fixture) answer(session domain.InterviewSession, text string, created time.Time) domain.Message {
	f.t.Helper()
	answer, err := f.CreateAnswer(f.t.Context(), f.newAnswer(session, text, created))
	f.must(err)
	return answer
}

// operation stores an operation that fits the session's status.
func (f fixture) operation(session domain.InterviewSession, created time.Time) domain.Operation {
	f.t.Helper()
	typ, status := domain.QuestionGeneration, session.State().Status
	if status == domain.SessionCompleted {
		typ = domain.FeedbackAnalysis
	}
	operation := domain.NewOperation(uuid.New(), typ, session, created)
	f.must(f.CreateOperation(f.t.Context(), operation, status))
	return operation
}

// failed stores an operation and its failure.
func (f fixture) failed(session domain.InterviewSession, created time.Time) domain.Operation {
	f.t.Helper()
	operation := f.operation(session, created)
	operation.Fail(domain.FailureUnexpected, created)
	f.must(f.UpdateOperation(f.t.Context(), operation))
	return operation
}

// newQuestion lets the session ask on behalf of the operation, and returns
// all three as SaveQuestion takes them.
func (f fixture) newQuestion(operation domain.Operation, session domain.InterviewSession, text string, now time.Time) (domain.Operation, domain.InterviewSession, domain.Message) {
	f.t.Helper()
	question, err := session.Ask(uuid.New(), text, now)
	f.must(err)
	operation.CompleteQuestion(question, now)
	return operation, session, question
}

// question stores a question with an operation of its own. The message has no
// Seq yet.
func (f fixture) question(session domain.InterviewSession, text string, now time.Time) (domain.Operation, domain.InterviewSession, domain.Message) {
	f.t.Helper()
	operation, asked, question := f.newQuestion(f.operation(session, now), session, text, now)
	f.must(f.SaveQuestion(f.t.Context(), operation, asked, question))
	return operation, asked, question
}

// newFeedback judges the session on behalf of the operation. Its overall score
// is the given one.
func (f fixture) newFeedback(operation domain.Operation, session domain.InterviewSession, score int, now time.Time) (domain.Operation, domain.Feedback) {
	feedback := domain.NewFeedback(uuid.New(), session, domain.Assessment{
		TechnicalAccuracy:    domain.Judgement{Score: score, Text: "technical " + oddText},
		CommunicationClarity: domain.Judgement{Score: score, Text: "communication " + oddText},
		ProblemSolving:       domain.Judgement{Score: score, Text: "problems " + oddText},
		Relevance:            domain.Judgement{Score: score, Text: "relevance " + oddText},
		OverallComments:      "overall " + oddText,
		KnowledgeGaps:        []string{"gap " + oddText, ""}, LearningRecommendations: []string{"read " + oddText, "a", "a"},
		Method: domain.MethodRules,
	}, now)
	operation.CompleteFeedback(feedback, now)
	return operation, feedback
}

// feedback stores feedback with an operation of its own.
func (f fixture) feedback(session domain.InterviewSession, score int, now time.Time) (domain.Operation, domain.Feedback) {
	f.t.Helper()
	operation, feedback := f.newFeedback(f.operation(session, now), session, score, now)
	f.must(f.SaveFeedback(f.t.Context(), operation, feedback))
	return operation, feedback
}

// oddText is what careless quoting, encoding or trimming would change.
const oddText = " \t\"quoted\" 'single' \\ $1 ? %s {\"json\": null} <b>&amp;</b> \u2028\u2029\ufeff\u00a0 é e\u0301 Ї 👩\u200d💻🚀 \ufffd\x7f\r\n\n "

// foreign returns keys that find no row although there is the owner's: the
// owner always comes first.
func (f fixture) foreign(owner, id uuid.UUID) map[string][2]uuid.UUID {
	f.t.Helper()
	return map[string][2]uuid.UUID{
		"unknown":   {owner, uuid.New()},
		"another's": {f.user().ID, id},
		"no user":   {uuid.New(), id},
	}
}

// hasSession checks that the session is stored just so.
func (f fixture) hasSession(what string, want domain.InterviewSession) {
	f.t.Helper()
	got, err := f.FindSession(f.t.Context(), want.UserID(), want.ID())
	f.must(err)
	equal(f, what, got.Session, want)
}

// hasMessages checks that the session has just these messages.
func (f fixture) hasMessages(what string, session domain.InterviewSession, want ...domain.Message) {
	f.t.Helper()
	got, err := f.ListMessages(f.t.Context(), session.UserID(), session.ID(), nil, 0)
	f.must(err)
	equal(f, what, got, append([]domain.Message{}, want...))
}

// hasOperation checks that the operation is stored just so.
func (f fixture) hasOperation(what string, want domain.Operation) {
	f.t.Helper()
	got, err := f.FindOperation(f.t.Context(), want.UserID, want.ID)
	f.must(err)
	equal(f, what, got, want)
}

// hasFeedback checks that the feedback is stored just so.
func (f fixture) hasFeedback(what string, want domain.Feedback) {
	f.t.Helper()
	got, err := f.FindFeedback(f.t.Context(), want.UserID, want.SessionID)
	f.must(err)
	equal(f, what, got, want)
}

// outcomes checks that each error is nil or the one that is allowed, and
// returns how many are nil.
func (f fixture) outcomes(what string, errs []error, allowed error) (succeeded int) {
	f.t.Helper()
	for _, err := range errs {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, allowed):
			f.t.Errorf("%s: error is %v, want none or %v", what, err, allowed)
		}
	}
	return succeeded
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
