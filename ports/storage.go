package ports

// Storage is every storage port: what a storage adapter implements, what the
// suite in storetest runs on, and what the program wires. A use case never
// takes it; it takes the ports that it needs.
type Storage interface {
	UserReader
	UserByEmailReader
	UserWriter
	JobPostingReader
	JobPostingLister
	JobPostingWriter
	JobPostingReplacer
	JobPostingDeleter
	SessionReader
	SessionLister
	SessionWriter
}
