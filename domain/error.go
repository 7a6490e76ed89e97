package domain

import (
	"strings"
	"unicode/utf8"
)

// Kind says what sort of failure an [Error] is, in terms that hold for every
// way into the program. An adapter that faces callers maps each kind to its
// own signal, HTTP to a status code.
type Kind int

// The kinds of failure. [Kinds] lists them.
const (
	// KindInternal is a failure that no caller can do anything about.
	KindInternal Kind = iota
	// KindValidation means that input breaks a rule; [Error.Fields] names
	// each place.
	KindValidation
	// KindInvalid means that well-formed input makes no sense, alone or in
	// the present state of what it names.
	KindInvalid
	// KindUnauthenticated means that the caller did not prove who they are.
	KindUnauthenticated
	// KindNotFound means that the thing does not exist, or belongs to
	// somebody else: the two must never be told apart.
	KindNotFound
	// KindConflict means that the thing exists already.
	KindConflict
	// KindUnavailable means that a part the program depends on does not
	// answer; the same call may succeed later.
	KindUnavailable

	kindEnd
)

// Kinds returns every kind, so that a test can show that a mapping misses
// none.
func Kinds() []Kind {
	kinds := make([]Kind, 0, kindEnd)
	for k := range kindEnd {
		kinds = append(kinds, k)
	}
	return kinds
}

// Error is a failure that its receiver may see: Code is stable and meant for
// programs, Message is meant for people and reveals nothing internal. Find it
// in a chain with errors.As; compare with the Err… values by errors.Is.
type Error struct {
	Kind    Kind
	Code    string // UPPER_SNAKE, part of the public contract
	Message string
	Fields  []FieldError // of KindValidation only
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Is reports whether target is an *Error with the same code, so that an error
// that carries details still matches its kind of failure.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// The failures of the domain.
var (
	ErrJobPostingNotFound = &Error{Kind: KindNotFound, Code: "JOB_POSTING_NOT_FOUND",
		Message: "Job posting not found or you don't have permission to access it"}
	ErrSessionNotFound = &Error{Kind: KindNotFound, Code: "SESSION_NOT_FOUND",
		Message: "Session not found or you don't have permission to access it"}
	ErrEmailAlreadyRegistered = &Error{Kind: KindConflict, Code: "EMAIL_ALREADY_REGISTERED",
		Message: "An account with this e-mail address already exists"}
	ErrInvalidCredentials = &Error{Kind: KindUnauthenticated, Code: "INVALID_CREDENTIALS",
		Message: "Invalid e-mail or password"}
	ErrUserNotFound = &Error{Kind: KindUnauthenticated, Code: "USER_NOT_FOUND",
		Message: "The account of this token no longer exists"}
	ErrTokenEnded = &Error{Kind: KindUnauthenticated, Code: "INVALID_TOKEN",
		Message: "The token was ended by a log-out everywhere or a change of password"}
	ErrWrongPassword = &Error{Kind: KindInvalid, Code: "WRONG_PASSWORD",
		Message: "The password is not the account's"}
	ErrInvalidStatusFilter = &Error{Kind: KindInvalid, Code: "INVALID_STATUS_FILTER",
		Message: "status must be one of: active, paused, completed"}
	ErrInvalidDateRange = &Error{Kind: KindInvalid, Code: "INVALID_DATE_RANGE",
		Message: "start_date must not be after end_date"}
	ErrInvalidSessionState = &Error{Kind: KindInvalid, Code: "INVALID_SESSION_STATE",
		Message: "The session's status does not allow this"}
	ErrSessionAlreadyCompleted = &Error{Kind: KindInvalid, Code: "SESSION_ALREADY_COMPLETED",
		Message: "The session is completed already"}
	ErrSessionNotActive = &Error{Kind: KindInvalid, Code: "SESSION_NOT_ACTIVE",
		Message: "The session is not active"}
	ErrSessionNotCompleted = &Error{Kind: KindInvalid, Code: "SESSION_NOT_COMPLETED",
		Message: "The session must be completed first"}
	ErrMissingJobPosting = &Error{Kind: KindInvalid, Code: "MISSING_JOB_POSTING",
		Message: "The session's job posting was deleted, so that it cannot be retaken"}
	ErrJobPostingRequired = &Error{Kind: KindInvalid, Code: "JOB_POSTING_REQUIRED",
		Message: "The session's job posting was deleted, and feedback needs it"}
	ErrResumeRequired = &Error{Kind: KindInvalid, Code: "RESUME_REQUIRED",
		Message: "Feedback needs a resume; save yours first"}
	ErrResumeNotFound = &Error{Kind: KindNotFound, Code: "RESUME_NOT_FOUND",
		Message: "Resume not found"}
	ErrResumeAlreadyExists = &Error{Kind: KindConflict, Code: "RESUME_ALREADY_EXISTS",
		Message: "The user already has a resume; replace it instead"}
	ErrFeedbackNotFound = &Error{Kind: KindNotFound, Code: "FEEDBACK_NOT_FOUND",
		Message: "Feedback has not been generated for this session"}
	ErrFeedbackAlreadyExists = &Error{Kind: KindConflict, Code: "FEEDBACK_ALREADY_EXISTS",
		Message: "The session has its feedback already"}
	ErrOperationNotFound = &Error{Kind: KindNotFound, Code: "OPERATION_NOT_FOUND",
		Message: "Operation not found or you don't have permission to access it"}
	ErrOperationNotFailed = &Error{Kind: KindInvalid, Code: "OPERATION_NOT_FAILED",
		Message: "One can only retry failed operations"}
	ErrInvalidAPIKeyFormat = &Error{Kind: KindInvalid, Code: "INVALID_API_KEY_FORMAT",
		Message: "The API key is not of the form that OpenAI gives out"}
	ErrIdempotencyKeyReused = &Error{Kind: KindValidation, Code: "IDEMPOTENCY_KEY_REUSED",
		Message: "The Idempotency-Key came before with another body; use a new key for a new request"}
	ErrIdempotencyKeyInUse = &Error{Kind: KindConflict, Code: "IDEMPOTENCY_KEY_IN_USE",
		Message: "A request with this Idempotency-Key is still in work; try again in a moment"}
	ErrOutcomeUnknown = &Error{Kind: KindUnavailable, Code: "OUTCOME_UNKNOWN",
		Message: "It is not known whether this was done: look before you repeat it, or use an Idempotency-Key"}
	ErrUnavailable = &Error{Kind: KindUnavailable, Code: "SERVICE_UNAVAILABLE",
		Message: "The service is temporarily unavailable; please try again in a moment"}
)

// saying returns the failure with a message that fits the case better.
func (e *Error) saying(message string) *Error {
	said := *e
	said.Message = message
	return &said
}

// Rule names what a [FieldError] found broken.
type Rule int

// The rules that a field can break.
const (
	RuleTooShort  Rule = iota // shorter than Limit code points
	RuleTooLong               // longer than Limit code points
	RuleValue                 // refused for what it says: blank, NUL, a bad e-mail
	RuleOneOf                 // not one of the values that are allowed
	RuleTooCommon             // a password that guessers try first
)

// FieldError is one broken rule at one place of the input.
type FieldError struct {
	// Path leads to the value: member names (string) and list positions
	// (int, from 0), outermost first.
	Path  []any
	Rule  Rule
	Limit int // of RuleTooShort and RuleTooLong, in Unicode code points
	// Message says what is wanted, in words that fit after the field's name.
	Message string
}

// validation returns nil if there are no fields, else a VALIDATION_ERROR that
// carries them.
func validation(fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: KindValidation, Code: "VALIDATION_ERROR", Message: "The input breaks a rule", Fields: fields}
}

// textRule says what [isText] wants, in words that fit after a field's name.
const textRule = "must be valid Unicode without a NUL character"

// isText reports whether every storage can keep s: PostgreSQL takes neither
// invalid UTF-8 nor U+0000.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
