// Package app holds the use cases, one file each. A use case asks the ports
// for what it needs, lets the entities of package domain decide, and hands
// the outcome back to a port. It knows no storage, no HTTP and no token.
//
// Each use case is a struct of its ports with one method, Execute; the zero
// value of a port field is not usable. The caller's identity is an explicit
// argument. The errors that Execute returns are those of the domain, or
// failures of a port, passed on as they are.
package app
