//go:build race

package main

// The binary of the end-to-end tests is built as the tests are: it is checked
// for races too.
func init() { buildFlags = append(buildFlags, "-race") }
