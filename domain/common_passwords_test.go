package domain

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestEveryCommonPasswordCanBeMet finds entries that no password which gets as
// far as the list could equal, such as one in upper case or with a CR.
func TestEveryCommonPasswordCanBeMet(t *testing.T) {
	previous := ""
	for line := range strings.Lines(commonPasswordList) {
		password := strings.TrimSuffix(line, "\n")
		length := utf8.RuneCountInString(password)
		switch {
		case length < MinPasswordLength, length > MaxPasswordLength, !isText(password),
			strings.ToLower(password) != password, strings.TrimSpace(password) != password:
			t.Errorf("%q is never met", password)
		case password <= previous:
			t.Errorf("%q comes after %q", password, previous)
		}
		previous = password
	}
	if n := len(commonPasswords()); n < 8000 {
		t.Errorf("the list has %d passwords", n)
	}
}
