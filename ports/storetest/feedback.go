package storetest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func feedbackRoundTrip(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	save := func(what string, assessment domain.Assessment) {
		t.Helper()
		session := f.completed(posting, at(0))
		_, err := f.FindFeedback(t.Context(), session.UserID(), session.ID())
		f.wants(what+": find before", err, domain.ErrFeedbackNotFound)
		operation := f.operation(session, at(1))
		feedback := domain.NewFeedback(uuid.New(), session, assessment, at(2))
		operation.CompleteFeedback(feedback, at(3))
		feedback.UpdatedAt = at(4)
		f.must(f.SaveFeedback(t.Context(), operation, feedback))
		f.hasFeedback(what, feedback)
		f.hasOperation(what+": its operation", operation)
		f.hasSession(what+": its session", session)
	}
	save("full", domain.Assessment{ // each member differs from the others
		TechnicalAccuracy:    domain.Judgement{Score: 0, Text: "1" + oddText},
		CommunicationClarity: domain.Judgement{Score: 100, Text: "2" + oddText},
		ProblemSolving:       domain.Judgement{Score: 71, Text: "3" + oddText},
		Relevance:            domain.Judgement{Score: 7, Text: "4" + oddText},
		OverallComments:      "5" + oddText,
		KnowledgeGaps:        []string{oddText, "", "[]", "gap"}, LearningRecommendations: []string{"b", "a", "b"},
		Method: domain.MethodRules,
	})
	save("bare", domain.Assessment{})
}

func feedbackSharesNoMemory(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	operation, feedback := f.newFeedback(f.operation(session, at(1)), session, 50, at(2))
	wantOperation, want := operation.Clone(), feedback
	want.Assessment = feedback.Assessment.Clone()
	f.must(f.SaveFeedback(t.Context(), operation, feedback))
	operation.Result.Feedback.OverallScore = 0
	operation.Result.Feedback.KnowledgeGaps[0] = "scribble"
	feedback.KnowledgeGaps[0], feedback.LearningRecommendations[0] = "scribble", "scribble"
	for range 2 {
		got, err := f.FindFeedback(t.Context(), want.UserID, want.SessionID)
		f.must(err)
		equal(f, "stored", got, want)
		got.KnowledgeGaps[0], got.LearningRecommendations[0] = "scribble", "scribble"
		gotOperation, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
		f.must(err)
		equal(f, "its operation", gotOperation, wantOperation)
		gotOperation.Result.Feedback.OverallScore = 0
		gotOperation.Result.Feedback.LearningRecommendations[0] = "scribble"
	}
}

func feedbackUnknownOrAnothers(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	f.feedback(session, 50, at(1))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		_, err := f.FindFeedback(t.Context(), key[0], key[1])
		f.wants(name, err, domain.ErrSessionNotFound)
	}
}

func feedbackOneEach(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	pending := f.operation(session, at(1))
	_, first := f.feedback(session, 50, at(2))
	operation, second := f.newFeedback(pending, session, 60, at(3))
	f.wants("second", f.SaveFeedback(t.Context(), operation, second), domain.ErrFeedbackAlreadyExists)
	second.ID = first.ID
	f.wants("second with the same id", f.SaveFeedback(t.Context(), operation, second), domain.ErrFeedbackAlreadyExists)
	f.hasFeedback("first", first)
	f.hasOperation("the operation of the second", pending)
}

func feedbackOneEachOfMany(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	pending, completed, feedbacks := make([]domain.Operation, 8), make([]domain.Operation, 8), make([]domain.Feedback, 8)
	for i := range pending {
		pending[i] = f.operation(session, at(i))
		completed[i], feedbacks[i] = f.newFeedback(pending[i], session, i, at(i+10))
	}
	errs := atOnce(len(pending), func(i int) error { return f.SaveFeedback(t.Context(), completed[i], feedbacks[i]) })
	if stored, refused := count(errs, nil), count(errs, domain.ErrFeedbackAlreadyExists); stored != 1 || refused != 7 {
		t.Errorf("%d stored and %d refused, want 1 and 7: %v", stored, refused, errs)
	}
	for i, err := range errs {
		if err == nil {
			f.hasFeedback("the one that was stored", feedbacks[i])
			f.hasOperation("its operation", completed[i])
		} else {
			f.hasOperation("the operation of another", pending[i])
		}
	}
}

func feedbackMissingSession(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	stranger := f.user().ID
	pending := f.operation(session, at(1))
	operation, feedback := f.newFeedback(pending, session, 50, at(2))
	for name, key := range map[string][2]uuid.UUID{
		"unknown": {session.UserID(), uuid.New()}, "another's": {stranger, session.ID()}, "no user": {uuid.New(), session.ID()},
	} {
		lost := feedback
		lost.UserID, lost.SessionID = key[0], key[1]
		f.wants(name, f.SaveFeedback(t.Context(), operation, lost), domain.ErrSessionNotFound)
	}
	f.hasOperation("its operation", pending)
	_, err := f.FindFeedback(t.Context(), session.UserID(), session.ID())
	f.wants("find", err, domain.ErrFeedbackNotFound)
	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	f.wants("gone", f.SaveFeedback(t.Context(), operation, feedback), domain.ErrSessionNotFound)
}

func feedbackDuplicateID(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	one, other := f.completed(posting, at(0)), f.completed(posting, at(0))
	_, first := f.feedback(one, 50, at(1))
	pending := f.operation(other, at(2))
	operation, second := f.newFeedback(pending, other, 60, at(3))
	second.ID = first.ID
	if err := f.SaveFeedback(t.Context(), operation, second); err == nil {
		t.Error("feedback with the id of another session's was stored")
	}
	f.hasFeedback("first", first)
	f.hasOperation("the operation of the second", pending)
	_, err := f.FindFeedback(t.Context(), other.UserID(), other.ID())
	f.wants("find", err, domain.ErrFeedbackNotFound)
}

func feedbackOfLostOperation(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	other := f.completed(f.posting(session.UserID(), at(0)), at(0))
	completed, _ := f.feedback(other, 50, at(0))
	for name, lost := range f.lostOperations(session) {
		operation, feedback := f.newFeedback(lost.held, session, 50, at(3))
		f.wants("operation "+name, f.SaveFeedback(t.Context(), operation, feedback), ports.ErrLeaseLost)
		if lost.stored != nil {
			f.hasOperation("operation "+name, *lost.stored)
		} else {
			_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
			f.wants("operation "+name, err, domain.ErrOperationNotFound)
		}
	}
	again, feedback := f.newFeedback(completed, session, 60, at(3))
	f.wants("completed operation", f.SaveFeedback(t.Context(), again, feedback), ports.ErrLeaseLost)
	f.hasOperation("completed operation", completed)
	_, err := f.FindFeedback(t.Context(), session.UserID(), session.ID())
	f.wants("find", err, domain.ErrFeedbackNotFound)
	f.hasSession("its session", session)
}
