package domain

import (
	"time"

	"github.com/google/uuid"
)

// OperationLease is for how long an operation belongs to the process that
// took it. The process renews it while it works; once it has run out, any
// process may take the operation up. Processes that share a storage need
// clocks that agree to well within it.
const OperationLease = 5 * time.Second

// OperationType says what is to be generated.
type OperationType string

// The types of operations.
const (
	QuestionGeneration OperationType = "question_generation"
	FeedbackAnalysis   OperationType = "feedback_analysis"
)

// OperationStatus is where an operation stands.
type OperationStatus string

// The statuses of an operation. Completed and failed are final.
const (
	OperationPending    OperationStatus = "pending"
	OperationProcessing OperationStatus = "processing"
	OperationCompleted  OperationStatus = "completed"
	OperationFailed     OperationStatus = "failed"
)

// Operation is work of an interviewer that goes on after the request for it
// was answered.
type Operation struct {
	ID         uuid.UUID
	UserID     uuid.UUID // the owner
	SessionID  uuid.UUID
	Type       OperationType
	Status     OperationStatus
	Result     *OperationResult  // of a completed one
	Failure    *OperationFailure // of a failed one
	ParentID   uuid.NullUUID     // the failed one that it is a retry of
	RetryCount int               // retries before it, from 0
	// Attempt counts the leases, from 1. It fences: what holds an older one
	// may no longer write.
	Attempt    int
	LeaseUntil time.Time
	// Failures counts the attempts that failed, or that ended with their
	// process. One that was given back, or that never began, is none.
	Failures  int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// UnfinishedOperations are those of one type and status that are not finished.
type UnfinishedOperations struct {
	Type   OperationType
	Status OperationStatus
	Count  int
	Oldest time.Time // when the first of them was asked for
}

// OperationResult is what an operation made: one of the two.
type OperationResult struct {
	Question *QuestionResult
	Feedback *FeedbackResult
}

// QuestionResult is a question that was asked.
type QuestionResult struct {
	Text string
	Type QuestionType
}

// FeedbackResult is feedback that was given.
type FeedbackResult struct {
	Assessment
	OverallScore int
}

// NewOperation makes an operation on the session. It is leased already, to
// the process that makes it.
func NewOperation(id uuid.UUID, typ OperationType, session InterviewSession, now time.Time) Operation {
	return Operation{
		ID: id, UserID: session.UserID(), SessionID: session.ID(),
		Type: typ, Status: OperationPending,
		Attempt: 1, LeaseUntil: now.Add(OperationLease),
		CreatedAt: now, UpdatedAt: now,
	}
}

// Retry returns a new operation that does again what this one failed to do,
// or [ErrOperationNotFailed].
func (o Operation) Retry(id uuid.UUID, now time.Time) (Operation, error) {
	if o.Status != OperationFailed {
		return Operation{}, ErrOperationNotFailed
	}
	return Operation{
		ID: id, UserID: o.UserID, SessionID: o.SessionID,
		Type: o.Type, Status: OperationPending,
		ParentID: uuid.NullUUID{UUID: o.ID, Valid: true}, RetryCount: o.RetryCount + 1,
		Attempt: 1, LeaseUntil: now.Add(OperationLease),
		CreatedAt: now, UpdatedAt: now,
	}, nil
}

// Finished reports whether the operation's status is final.
func (o Operation) Finished() bool {
	return o.Status == OperationCompleted || o.Status == OperationFailed
}

// Claim takes the operation, whose lease has ended, for another attempt. If the
// one before had begun it ended with its process: a failure.
func (o *Operation) Claim(now time.Time) {
	if o.Status == OperationProcessing {
		o.Failures++
		o.Status, o.UpdatedAt = OperationPending, now
	}
	o.Attempt++
	o.LeaseUntil = now.Add(OperationLease)
}

// Renew keeps the lease for another while, and says whether the work has
// begun.
func (o *Operation) Renew(begun bool, now time.Time) {
	o.LeaseUntil = now.Add(OperationLease)
	if begun && o.Status == OperationPending {
		o.Status, o.UpdatedAt = OperationProcessing, now
	}
}

// GiveBack gives the lease back before the attempt came to its end, for
// another one at once.
func (o *Operation) GiveBack(now time.Time) {
	o.Status, o.LeaseUntil, o.UpdatedAt = OperationPending, now, now
}

// Postpone gives the lease back after an attempt that failed, for another one
// from that time on.
func (o *Operation) Postpone(until, now time.Time) {
	o.GiveBack(now)
	o.Failures++
	o.LeaseUntil = until
}

// CompleteQuestion ends the operation with the question.
func (o *Operation) CompleteQuestion(question Message, now time.Time) {
	o.complete(OperationResult{Question: &QuestionResult{question.Content, question.QuestionType}}, now)
}

// CompleteFeedback ends the operation with the feedback.
func (o *Operation) CompleteFeedback(feedback Feedback, now time.Time) {
	o.complete(OperationResult{Feedback: &FeedbackResult{feedback.Assessment.Clone(), feedback.OverallScore}}, now)
}

func (o *Operation) complete(result OperationResult, now time.Time) {
	o.Status, o.Result, o.UpdatedAt = OperationCompleted, &result, now
}

// Fail ends the operation without a result.
func (o *Operation) Fail(failure OperationFailure, now time.Time) {
	o.Status, o.Failure, o.UpdatedAt = OperationFailed, &failure, now
}

// Clone returns a copy that shares no memory with o.
func (o Operation) Clone() Operation {
	if o.Failure != nil {
		failure := *o.Failure
		o.Failure = &failure
	}
	if o.Result != nil {
		result := *o.Result
		if result.Question != nil {
			question := *result.Question
			result.Question = &question
		}
		if result.Feedback != nil {
			result.Feedback = &FeedbackResult{result.Feedback.Assessment.Clone(), result.Feedback.OverallScore}
		}
		o.Result = &result
	}
	return o
}

// OperationFailure is why an operation failed, in words that its user may
// see: what happened, an empty line, "What to do: " and one action. As an error
// of a run it ends the operation unless it is [OperationFailure.Temporary].
type OperationFailure struct {
	Code    string // UPPER_SNAKE
	Message string
}

func (f OperationFailure) Error() string { return "operation failed: " + f.Code }

// Temporary reports whether another attempt may help.
func (f OperationFailure) Temporary() bool {
	return f.Code == FailureStorage.Code || f.Code == FailureUnexpected.Code
}

func failure(code, happened, action string) OperationFailure {
	return OperationFailure{code, happened + "\n\nWhat to do: " + action}
}

// The failures of operations.
var (
	FailureSessionNotFound = failure("SESSION_NOT_FOUND",
		"The interview session no longer exists.", "Start a new session.")
	FailureSessionNotActive = failure("SESSION_NOT_ACTIVE",
		"The interview session was completed before the question was ready.", "Retake the session to get more questions.")
	FailureJobPostingRequired = failure("JOB_POSTING_REQUIRED",
		"The job posting of this session was deleted.", "Save the posting again and start a new session for it.")
	FailureResumeRequired = failure("RESUME_REQUIRED",
		"Feedback needs your resume.", "Save your resume, then ask for feedback again.")
	FailureNoAnswers = failure("NO_ANSWERS",
		"There is nothing to judge in this session: no question was asked.", "Retake the session and answer its questions.")
	FailureFeedbackExists = failure("FEEDBACK_ALREADY_EXISTS",
		"This session has its feedback already.", "Open the session to read it.")
	FailureStorage = failure("DB_WRITE_FAILED",
		"The result could not be saved.", "Try again in a moment.")
	FailureUnexpected = failure("UNEXPECTED_ERROR",
		"Something went wrong on our side.", "Try again in a moment.")
)
