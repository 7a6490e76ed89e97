package storetest

import (
	"bytes"
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// transitionsInterleaved lets several actors work on the sessions of one
// person. Each first loads and at some later step saves, so that it often
// decides by what others have changed since. A model in plain memory predicts
// what each save returns and what is stored after it.
func transitionsInterleaved(t *testing.T, f fixture) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, f.Storage)
		defer w.cleanUp()
		rt.Repeat(map[string]func(*rapid.T){
			"":                 func(*rapid.T) { w.checkTouched() },
			"wait":             func(*rapid.T) { w.now = w.now.Add(domain.OperationLease) },
			"load session":     func(*rapid.T) { w.loadSession() },
			"load operation":   func(*rapid.T) { w.loadOperation() },
			"start session":    func(*rapid.T) { w.startSession() },
			"move session":     func(*rapid.T) { w.moveSession() },
			"retake session":   func(*rapid.T) { w.retakeSession() },
			"delete session":   func(*rapid.T) { w.deleteSession() },
			"delete posting":   func(*rapid.T) { w.deletePosting() },
			"answer":           func(*rapid.T) { w.answerQuestion() },
			"create operation": func(*rapid.T) { w.createOperation() },
			"retry operation":  func(*rapid.T) { w.retryOperation() },
			"claim operation":  func(*rapid.T) { w.claimOperation() },
			"update operation": func(*rapid.T) { w.updateOperation() },
			"save result":      func(*rapid.T) { w.saveResult() },
		})
		w.checkAll()
	})
}

// world is the storage, those who use it, and the model of what it holds.
type world struct {
	fixture
	rt  *rapid.T
	now time.Time

	actors []*actor

	owner      uuid.UUID
	postings   []*modelPosting
	sessions   []*modelSession
	operations []*modelOperation

	// What the last step may have changed.
	touchedSessions   []*modelSession
	touchedOperations []*modelOperation
}

// actor holds what it has loaded, or saved itself.
type actor struct {
	session   domain.InterviewSession
	operation *domain.Operation // nil until there is one
}

type modelPosting struct {
	domain.JobPosting
	gone bool
}

type modelSession struct {
	domain.SessionState
	messages []domain.Message
	feedback *domain.Feedback
	gone     bool // with all that belongs to it
}

func (s *modelSession) chain() uuid.UUID {
	if s.OriginalSessionID.Valid {
		return s.OriginalSessionID.UUID
	}
	return s.ID
}

type modelOperation struct {
	domain.Operation
	session *modelSession
}

// isHeld reports whether the holder of that attempt may still write.
func (o *modelOperation) isHeld(attempt int) bool {
	return !o.session.gone && o.Attempt == attempt &&
		(o.Status == domain.OperationPending || o.Status == domain.OperationProcessing)
}

func newWorld(rt *rapid.T, storage ports.Storage) *world {
	w := &world{fixture: fixture{rt, storage}, rt: rt, now: at(0)}
	w.owner = w.user().ID
	for range 2 {
		w.postings = append(w.postings, &modelPosting{JobPosting: w.posting(w.owner, w.tick())})
	}
	for _, status := range []domain.SessionStatus{domain.SessionActive, domain.SessionCompleted} {
		session := w.sessionWith(w.postings[0].JobPosting, w.tick(), func(s *domain.SessionState) { s.Status = status })
		w.sessions = append(w.sessions, &modelSession{SessionState: session.State()})
	}
	for i := range 3 {
		w.actors = append(w.actors, &actor{session: domain.RestoreInterviewSession(w.sessions[i%2].SessionState)})
	}
	return w
}

// cleanUp leaves no unfinished operations to those who share the storage.
func (w *world) cleanUp() {
	for _, operation := range w.operations {
		if operation.isHeld(operation.Attempt) {
			w.forget(domain.RestoreInterviewSession(operation.session.SessionState))
			operation.session.gone = true
		}
	}
}

// tick returns the present moment, which is like no other.
func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Microsecond)
	return w.now
}

// pick draws one of those that fit. If none does, the step does not count.
func pick[T any](w *world, label string, all []T, fits func(T) bool) T {
	var places []int
	for i, one := range all {
		if fits(one) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		w.rt.SkipNow()
	}
	return all[rapid.SampledFrom(places).Draw(w.rt, label)]
}

func anyOne[T any](T) bool { return true }

func hasOperation(a *actor) bool { return a.operation != nil }

// alive reports whether there are so many sessions, or more.
func (w *world) alive(n int) bool {
	for _, session := range w.sessions {
		if !session.gone {
			n--
		}
	}
	return n <= 0
}

// modelOf returns what the model knows of an actor's session.
func (w *world) modelOf(session domain.InterviewSession) *modelSession {
	return w.sessions[slices.IndexFunc(w.sessions, func(s *modelSession) bool { return s.ID == session.ID() })]
}

func (w *world) modelOfOperation(operation domain.Operation) *modelOperation {
	return w.operations[slices.IndexFunc(w.operations, func(o *modelOperation) bool { return o.ID == operation.ID })]
}

func (w *world) touch(sessions ...*modelSession) {
	w.touchedSessions = append(w.touchedSessions, sessions...)
}

func (w *world) touchOperation(operations ...*modelOperation) {
	w.touchedOperations = append(w.touchedOperations, operations...)
}

// expect checks what a save returned against the model, and reports whether
// the model follows it.
func (w *world) expect(what string, got, want error) bool {
	w.t.Helper()
	w.wants(what, got, want)
	return got == nil && want == nil
}

// unless returns the error unless the condition holds.
func unless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

func (w *world) loadSession() {
	a, session := pick(w, "actor", w.actors, anyOne), pick(w, "session", w.sessions, anyOne)
	got, err := w.FindSession(w.t.Context(), w.owner, session.ID)
	if w.expect("find session", err, unless(!session.gone, domain.ErrSessionNotFound)) {
		equal(w.fixture, "session", got.Session.State(), session.SessionState)
		equal(w.fixture, "has a posting", got.Posting != nil, session.JobPostingID.Valid)
		a.session = got.Session
	}
}

// loadOperation loads the operation with its session, as a worker does.
func (w *world) loadOperation() {
	operation := pick(w, "operation", w.operations, anyOne)
	a := pick(w, "actor", w.actors, anyOne)
	got, err := w.FindOperation(w.t.Context(), w.owner, operation.ID)
	if !w.expect("find operation", err, unless(!operation.session.gone, domain.ErrOperationNotFound)) {
		return
	}
	equal(w.fixture, "operation", got, operation.Operation)
	summary, err := w.FindSession(w.t.Context(), w.owner, got.SessionID)
	w.must(err)
	a.operation, a.session = &got, summary.Session
}

func (w *world) startSession() {
	if w.alive(4) {
		w.rt.SkipNow()
	}
	posting := pick(w, "posting", w.postings, anyOne)
	session := w.newSession(posting.JobPosting, w.tick())
	err := w.CreateSession(w.t.Context(), session)
	if w.expect("create session", err, unless(!posting.gone, domain.ErrJobPostingNotFound)) {
		w.sessions = append(w.sessions, &modelSession{SessionState: session.State()})
		w.touch(w.modelOf(session))
	}
}

func (w *world) moveSession() {
	a := pick(w, "actor", w.actors, func(a *actor) bool { return a.session.State().Status != domain.SessionCompleted })
	now, read := w.tick(), a.session.State().Status
	aside := map[domain.SessionStatus]string{domain.SessionActive: "pause", domain.SessionPaused: "resume"}
	moved, to := a.session, domain.SessionCompleted
	transition := rapid.SampledFrom([]string{aside[read], "complete"}).Draw(w.rt, "transition")
	switch transition {
	case "pause":
		to = domain.SessionPaused
		w.must(moved.Pause(now))
	case "resume":
		to = domain.SessionActive
		w.must(moved.Resume(now))
	case "complete":
		w.must(moved.Complete(now))
	}
	session := w.modelOf(moved)
	stored, err := w.SaveSessionStatus(w.t.Context(), moved, read)
	w.touch(session)
	if w.expect(transition, err, unless(!session.gone && session.Status == read, ports.ErrChanged)) {
		session.Status, session.UpdatedAt = to, now
		equal(w.fixture, "returned", stored.State(), session.SessionState)
		a.session = stored
	}
}

func (w *world) retakeSession() {
	if w.alive(6) {
		w.rt.SkipNow()
	}
	a := pick(w, "actor", w.actors, func(a *actor) bool {
		return a.session.State().Status == domain.SessionCompleted && a.session.State().JobPostingID.Valid
	})
	retake, err := a.session.Retake(uuid.New(), w.tick())
	w.must(err)
	first := retake.State().OriginalSessionID.UUID
	var want error
	number := a.session.State().RetakeNumber + 1
	if w.modelOf(domain.RestoreInterviewSession(domain.SessionState{ID: first})).gone {
		want = ports.ErrChanged
	} else if w.postings[slices.IndexFunc(w.postings, func(p *modelPosting) bool {
		return p.ID == retake.State().JobPostingID.UUID
	})].gone {
		want = domain.ErrMissingJobPosting
	}
	for _, session := range w.sessions {
		if !session.gone && session.chain() == first {
			number = max(number, session.RetakeNumber+1)
		}
	}
	stored, err := w.CreateRetake(w.t.Context(), retake)
	if w.expect("create retake", err, want) {
		session := &modelSession{SessionState: retake.State()}
		session.RetakeNumber = number
		equal(w.fixture, "returned", stored.State(), session.SessionState)
		w.sessions = append(w.sessions, session)
		w.touch(session)
	}
}

func (w *world) deleteSession() {
	if !w.alive(3) {
		w.rt.SkipNow()
	}
	session := pick(w, "session", w.sessions, anyOne)
	err := w.DeleteSession(w.t.Context(), w.owner, session.ID)
	if !w.expect("delete session", err, unless(!session.gone, domain.ErrSessionNotFound)) {
		return
	}
	session.gone = true
	w.touch(session)
	for _, retake := range w.sessions {
		if !retake.gone && retake.OriginalSessionID == some(session.ID) {
			retake.OriginalSessionID = uuid.NullUUID{}
			w.touch(retake)
		}
	}
	for _, operation := range w.operations {
		if operation.session == session {
			w.touchOperation(operation)
		}
	}
}

func (w *world) deletePosting() {
	posting := pick(w, "posting", w.postings, func(p *modelPosting) bool { return !p.gone })
	w.must(w.DeleteJobPosting(w.t.Context(), w.owner, posting.ID))
	posting.gone = true
	for _, session := range w.sessions {
		if !session.gone && session.JobPostingID == some(posting.ID) {
			session.JobPostingID = uuid.NullUUID{}
			w.touch(session)
		}
	}
}

func (w *world) answerQuestion() {
	a := pick(w, "actor", w.actors, func(a *actor) bool { return a.session.State().Status == domain.SessionActive })
	answer, err := a.session.Answer(uuid.New(), "answer", w.tick())
	w.must(err)
	session := w.modelOf(a.session)
	stored, err := w.CreateAnswer(w.t.Context(), answer)
	w.touch(session)
	if w.expect("create answer", err, unless(!session.gone && session.Status == domain.SessionActive, ports.ErrChanged)) {
		answer.Seq = len(session.messages) + 1
		equal(w.fixture, "returned", stored, answer)
		session.messages = append(session.messages, answer)
	}
}

func (w *world) createOperation() {
	a := pick(w, "actor", w.actors, func(a *actor) bool { return a.session.State().Status != domain.SessionPaused })
	typ, read := domain.QuestionGeneration, a.session.State().Status
	if read == domain.SessionCompleted {
		typ = domain.FeedbackAnalysis
	}
	session := w.modelOf(a.session)
	operation := domain.NewOperation(uuid.New(), typ, a.session, w.tick())
	err := w.CreateOperation(w.t.Context(), operation, read)
	if w.expect("create operation", err, unless(!session.gone && session.Status == read, ports.ErrChanged)) {
		a.operation = w.addOperation(operation, session)
	}
}

func (w *world) addOperation(operation domain.Operation, session *modelSession) *domain.Operation {
	w.operations = append(w.operations, &modelOperation{operation, session})
	w.touchOperation(w.modelOfOperation(operation))
	return &operation
}

func (w *world) retryOperation() {
	a := pick(w, "actor", w.actors, func(a *actor) bool {
		return a.operation != nil && a.operation.Status == domain.OperationFailed
	})
	session := w.modelOfOperation(*a.operation).session
	retry, err := a.operation.Retry(uuid.New(), w.tick())
	w.must(err)
	err = w.CreateRetry(w.t.Context(), retry)
	if w.expect("create retry", err, unless(!session.gone, domain.ErrOperationNotFound)) {
		a.operation = w.addOperation(retry, session)
	}
}

func (w *world) claimOperation() {
	a := pick(w, "actor", w.actors, hasOperation)
	operation := w.modelOfOperation(*a.operation)
	now, claimed := w.tick(), *a.operation
	claimed.Claim(now)
	err := w.ClaimOperation(w.t.Context(), claimed, now)
	w.touchOperation(operation)
	due := !operation.LeaseUntil.After(now)
	if w.expect("claim operation", err, unless(operation.isHeld(a.operation.Attempt) && due, ports.ErrLeaseLost)) {
		operation.Status, operation.Attempt, operation.Failures = claimed.Status, claimed.Attempt, claimed.Failures
		operation.LeaseUntil, operation.UpdatedAt = claimed.LeaseUntil, claimed.UpdatedAt
		a.operation = &claimed
	}
}

func (w *world) updateOperation() {
	a := pick(w, "actor", w.actors, hasOperation)
	operation := w.modelOfOperation(*a.operation)
	now, updated := w.tick(), a.operation.Clone()
	switch change := rapid.SampledFrom([]string{"renew", "begin", "give back", "postpone", "fail"}).Draw(w.rt, "change"); change {
	case "renew", "begin": // of a finished one too: nothing of it may be stored
		updated.Renew(change == "begin", now)
	case "give back":
		updated.GiveBack(now)
	case "postpone":
		updated.Postpone(now.Add(time.Second), now)
	case "fail":
		updated.Fail(domain.FailureUnexpected, now)
	}
	err := w.UpdateOperation(w.t.Context(), updated)
	w.touchOperation(operation)
	if w.expect("update operation", err, unless(operation.isHeld(a.operation.Attempt), ports.ErrLeaseLost)) {
		operation.Status, operation.Failure, operation.Failures = updated.Status, updated.Clone().Failure, updated.Failures
		operation.LeaseUntil, operation.UpdatedAt = updated.LeaseUntil, updated.UpdatedAt
		a.operation = &updated
	}
}

// saveResult ends the operation with what it is for.
func (w *world) saveResult() {
	a := pick(w, "actor", w.actors, func(a *actor) bool {
		return a.operation != nil && a.operation.SessionID == a.session.ID() &&
			(a.operation.Type == domain.FeedbackAnalysis || a.session.State().Status != domain.SessionCompleted)
	})
	operation, session := w.modelOfOperation(*a.operation), w.modelOf(a.session)
	isHeld := operation.isHeld(a.operation.Attempt)
	now := w.tick()
	var completed domain.Operation
	var ok bool
	if a.operation.Type == domain.QuestionGeneration {
		asked := a.session
		question, err := asked.Ask(uuid.New(), "question", now)
		w.must(err)
		completed = a.operation.Clone()
		completed.CompleteQuestion(question, now)
		want := unless(isHeld, ports.ErrLeaseLost)
		if session.gone || session.Status == domain.SessionCompleted ||
			session.CurrentQuestionNumber != a.session.State().CurrentQuestionNumber {
			want = ports.ErrChanged
		}
		if ok = w.expect("save question", w.SaveQuestion(w.t.Context(), completed, asked, question), want); ok {
			types := []domain.QuestionType{domain.QuestionTechnical, domain.QuestionBehavioral, domain.QuestionSituational}
			equal(w.fixture, "type", question.QuestionType, types[session.CurrentQuestionNumber%3])
			question.Seq = len(session.messages) + 1
			session.messages = append(session.messages, question)
			session.CurrentQuestionNumber++
			session.UpdatedAt = now
			a.session = asked
		}
	} else {
		var feedback domain.Feedback
		completed, feedback = w.newFeedback(*a.operation, a.session, rapid.IntRange(0, 100).Draw(w.rt, "score"), now)
		want := unless(isHeld, ports.ErrLeaseLost)
		switch {
		case session.gone:
			want = domain.ErrSessionNotFound
		case session.feedback != nil:
			want = domain.ErrFeedbackAlreadyExists
		}
		if ok = w.expect("save feedback", w.SaveFeedback(w.t.Context(), completed, feedback), want); ok {
			session.feedback = &feedback
		}
	}
	w.touch(session)
	w.touchOperation(operation)
	if ok {
		operation.Status, operation.Result, operation.UpdatedAt = domain.OperationCompleted, completed.Result, now
		a.operation = &completed
	}
}

// checkTouched compares what the last step touched.
func (w *world) checkTouched() {
	w.t.Helper()
	for _, session := range w.touchedSessions {
		w.checkSession(session)
	}
	for _, operation := range w.touchedOperations {
		w.checkOperation(operation)
	}
	w.touchedSessions, w.touchedOperations = nil, nil
}

// checkSession compares the session with its whole chain.
func (w *world) checkSession(session *modelSession) {
	w.t.Helper()
	attempts, err := w.ListAttempts(w.t.Context(), w.owner, session.ID)
	w.wants("list attempts", err, unless(!session.gone, domain.ErrSessionNotFound))
	messages, err := w.ListMessages(w.t.Context(), w.owner, session.ID, nil, 0)
	w.wants("list messages", err, unless(!session.gone, domain.ErrSessionNotFound))
	if session.gone {
		return
	}
	equal(w.fixture, "messages", messages, append([]domain.Message{}, session.messages...))
	var chain []*modelSession
	for _, other := range w.sessions {
		if !other.gone && other.chain() == session.chain() {
			chain = append(chain, other)
		}
	}
	slices.SortFunc(chain, func(a, b *modelSession) int { return a.RetakeNumber - b.RetakeNumber })
	equal(w.fixture, "number of attempts", len(attempts), len(chain))
	for i, other := range chain[:min(len(chain), len(attempts))] {
		equal(w.fixture, "attempt", attempts[i].Session.State(), other.SessionState)
		equal(w.fixture, "its feedback", attempts[i].Feedback, other.feedback)
		if i > 0 && other.RetakeNumber == chain[i-1].RetakeNumber {
			w.t.Errorf("two attempts of a chain have number %d", other.RetakeNumber)
		}
	}
}

func (w *world) checkOperation(operation *modelOperation) {
	w.t.Helper()
	got, err := w.FindOperation(w.t.Context(), w.owner, operation.ID)
	w.wants("find operation", err, unless(!operation.session.gone, domain.ErrOperationNotFound))
	if !operation.session.gone {
		equal(w.fixture, "operation", got, operation.Operation)
	}
}

// checkAll compares all that the storage holds of the person.
func (w *world) checkAll() {
	w.t.Helper()
	var sessions []domain.InterviewSession
	metrics := domain.Metrics{}
	practiced := 0
	newestFirst := slices.SortedFunc(slices.Values(w.sessions), func(a, b *modelSession) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), bytes.Compare(b.ID[:], a.ID[:]))
	})
	for _, session := range newestFirst {
		if session.gone {
			continue // was checked when it went
		}
		w.checkSession(session)
		sessions = append(sessions, domain.RestoreInterviewSession(session.SessionState))
		if session.feedback != nil {
			metrics.Feedbacks++
			metrics.ScoreSum += session.feedback.OverallScore
		}
		if session.Status == domain.SessionCompleted {
			metrics.CompletedInterviews++
			metrics.QuestionsAsked += session.CurrentQuestionNumber
			if session.JobPostingID.Valid {
				practiced++
			}
		}
	}
	w.hasSessions("sessions", w.owner, sessions...)
	for _, operation := range w.operations {
		if !operation.session.gone {
			w.checkOperation(operation)
		}
	}
	got, err := w.ReadMetrics(w.t.Context(), w.owner)
	w.must(err)
	for _, role := range got.MostPracticed {
		practiced -= role.Count
	}
	equal(w.fixture, "completed sessions whose posting is no role", practiced, 0)
	got.MostPracticed = nil
	equal(w.fixture, "metrics", got, metrics)
}
