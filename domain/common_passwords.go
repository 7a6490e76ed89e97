package domain

import (
	_ "embed"
	"strings"
	"sync"
)

// commonPasswordList is Django's list of the most common passwords of
// breaches, without those that are too short anyhow: one a line, in lower
// case. Its origin and licence stand in common_passwords.LICENSE.
//
//go:embed common_passwords.txt
var commonPasswordList string

var commonPasswords = sync.OnceValue(func() map[string]bool {
	common := map[string]bool{}
	for password := range strings.Lines(commonPasswordList) {
		common[strings.TrimSuffix(password, "\n")] = true
	}
	return common
})

// isCommonPassword reports whether a password is, letter case aside, among the
// first that a guesser tries (NIST SP 800-63B, revision 3, §5.1.1.2).
func isCommonPassword(password string) bool { return commonPasswords()[strings.ToLower(password)] }
