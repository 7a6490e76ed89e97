package ports

// Storage is every storage port: what a storage adapter implements, what the
// suite in storetest runs on, and what the program wires. A use case never
// takes it; it takes the ports that it needs.
type Storage interface {
	UserReader
	UserByEmailReader
	PasswordHashReplacer
	UserWriter
	TokenVersionReader
	TokenEnder
	PasswordReplacer
	UserDeleter
	AccountReader
	APIKeyWriter
	JobPostingReader
	JobPostingLister
	JobPostingWriter
	JobPostingReplacer
	JobPostingDeleter
	ResumeReader
	ResumeWriter
	ResumeReplacer
	ResumeDeleter
	SessionReader
	SessionDetailReader
	SessionLister
	SessionScoreLister
	AttemptLister
	SessionWriter
	RetakeWriter
	SessionStatusWriter
	SessionDeleter
	MessageLister
	AskedQuestionLister
	AnswerWriter
	QuestionWriter
	OperationReader
	OperationWriter
	RetryWriter
	OperationUpdater
	OperationClaimer
	OperationCounter
	OperationPruner
	FeedbackReader
	FeedbackWriter
	MetricsReader
	OnceRunner
	IdempotencyKeyPruner
}
