// Package torture breaks the service on purpose and counts what it loses. It
// is all tests: they run the built binary against real databases on this
// machine, kill it, cut its connections and stop its database while clients
// work, and then read the database themselves.
//
// go test runs each scenario in a short form, make torture in a long one.
package torture
