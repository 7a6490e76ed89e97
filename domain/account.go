package domain

// Account is everything that is stored about one person, but for what would let
// others in: the password and the API key.
type Account struct {
	User        User // without the hash of the password
	APIKeySaved bool
	Resume      *Resume // nil if there is none
	// Those that follow are in the order in which they were created, except
	// sessions, which are newest first.
	Postings   []JobPosting
	Sessions   []SessionSummary
	Messages   []Message // session by session, as in [Message]
	Feedbacks  []Feedback
	Operations []Operation
}
