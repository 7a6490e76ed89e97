// Package ports holds the outbound interfaces: what the use cases in package
// app need from the world. (In some codebases "ports" are the entry points;
// here the way in, HTTP, is an adapter like any other.)
//
// A port is small, named for its role, and speaks in domain types. Its
// comments are its contract; the suite in ports/storetest holds every storage
// to them. What is true of all storage ports:
//
//   - Every call names the owner, and another owner's row is answered as if
//     it did not exist. (The methods that look for the operations of any owner
//     say so.)
//   - A call is atomic: it happens whole or not at all, and what it wrote is
//     as durable as the storage can be when it returns nil.
//   - Times come back equal to the microsecond, in UTC.
//   - What is returned belongs to the caller, and what is passed in stays
//     the caller's: no memory is shared.
//   - [domain.ErrUnavailable] is in the chain of the error when the storage
//     cannot be reached or does not answer before the context's deadline; a
//     cancelled context gives an error that wraps [context.Canceled]. Before
//     it comes [domain.ErrOutcomeUnknown] if the connection was lost, or the
//     deadline passed, while something was being written. Any
//     error that a method does not name is a failure of the storage.
package ports

import "errors"

// The outcomes of writes that depend on what was read before. They never leave
// the use cases, which read again and decide anew.
var (
	// ErrChanged says that the row is no longer as it was read.
	ErrChanged = errors.New("ports: the row changed since it was read")
	// ErrLeaseLost says that the operation is finished, or somebody else's by
	// now.
	ErrLeaseLost = errors.New("ports: the lease of the operation is lost")
)

//go:generate go tool mockgen -destination mocks/mocks.go -package mocks . UserReader,UserByEmailReader,UserWriter,TokenVersionReader,TokenEnder,PasswordReplacer,UserDeleter,AccountReader,PasswordHasher,PasswordVerifier,PasswordRehasher,PasswordHashReplacer,TokenIssuer,TokenVerifier,JobPostingReader,JobPostingLister,JobPostingWriter,JobPostingReplacer,JobPostingDeleter,ResumeReader,ResumeWriter,ResumeReplacer,ResumeDeleter,SessionReader,SessionDetailReader,SessionLister,SessionScoreLister,AttemptLister,SessionWriter,RetakeWriter,SessionStatusWriter,SessionDeleter,MessageLister,AskedQuestionLister,AnswerWriter,QuestionWriter,OperationReader,OperationWriter,RetryWriter,OperationUpdater,OperationClaimer,OperationCounter,OperationPruner,OperationDispatcher,FeedbackReader,FeedbackWriter,MetricsReader,APIKeyEncrypter,APIKeyWriter,APIKeyChecker,QuestionAsker,FeedbackGiver,OnceRunner,IdempotencyKeyPruner
