package domain

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of credentials, in Unicode code points except where said. The e-mail
// limits are those of RFC 5321 §4.5.3.1, in octets.
const (
	MaxEmailOctets          = 254
	MaxEmailLocalPartOctets = 64
	MinPasswordLength       = 8
	MaxPasswordLength       = 128
)

// reservedTopLevels are the names under which nobody can receive mail
// (RFC 2606, RFC 6761, RFC 6762, RFC 7686). example.com and its kin stay
// usable, since tests and documents need them.
var reservedTopLevels = map[string]bool{
	"test": true, "local": true, "localhost": true, "invalid": true, "onion": true, "arpa": true,
}

// User is a person who signed up.
type User struct {
	ID           uuid.UUID
	Email        string // lower case, as [NormalizeEmail] returns it
	PasswordHash string // opaque; made and checked by a port
	// TokenVersion is that of the tokens which are still taken: see [AccessToken].
	TokenVersion int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// AccessToken is what a token says of its bearer.
type AccessToken struct {
	UserID uuid.UUID
	// Version is the user's token version when it was issued: 0 at first, and
	// one more whenever all earlier tokens are ended.
	Version int
}

// Credentials are what a person signs up or logs in with, as they typed them.
type Credentials struct {
	Email    string
	Password string
}

// ForRegistration returns the credentials with the e-mail normalised, or a
// VALIDATION_ERROR: the rules of [NormalizeEmail], and a password of
// [MinPasswordLength] to [MaxPasswordLength] code points, any but NUL, taken
// as it is, that is none of the most common ones.
func (c Credentials) ForRegistration() (Credentials, error) {
	return c.check(MinPasswordLength)
}

// ForLogin is [Credentials.ForRegistration] without a minimum length, and with
// common passwords: a short one is wrong, not malformed, and a common one may
// be from before it was refused.
func (c Credentials) ForLogin() (Credentials, error) {
	return c.check(0)
}

func (c Credentials) check(minPassword int) (Credentials, error) {
	var fields []FieldError
	email, err := NormalizeEmail(c.Email)
	if err != nil {
		fields = append(fields, FieldError{Path: []any{"email"}, Rule: RuleValue, Message: err.Error()})
	}
	fields = append(fields, checkPassword("password", c.Password, minPassword)...)
	return Credentials{Email: email, Password: c.Password}, validation(fields)
}

// checkPassword applies the rules of a password in the field; least is how many
// code points it must have.
func checkPassword(field, password string, least int) []FieldError {
	path := []any{field}
	switch length := utf8.RuneCountInString(password); {
	case length < least:
		return []FieldError{{Path: path, Rule: RuleTooShort, Limit: least,
			Message: fmt.Sprintf("must have at least %d characters", least)}}
	case length > MaxPasswordLength:
		return []FieldError{{Path: path, Rule: RuleTooLong, Limit: MaxPasswordLength,
			Message: fmt.Sprintf("must have at most %d characters", MaxPasswordLength)}}
	case !isText(password):
		return []FieldError{{Path: path, Rule: RuleValue, Message: textRule}}
	case least > 0 && isCommonPassword(password):
		return []FieldError{{Path: path, Rule: RuleTooCommon, Message: "must not be one of the most common passwords"}}
	}
	return nil
}

// CheckPassword returns a VALIDATION_ERROR of the field password for what
// cannot be anybody's: the rules of [Credentials.ForLogin].
func CheckPassword(password string) error { return validation(checkPassword("password", password, 0)) }

// PasswordChange is what a person gives to have another password.
type PasswordChange struct {
	Current, New string
}

// Check returns a VALIDATION_ERROR of the fields current_password, for which the
// rules are those of [Credentials.ForLogin], and new_password, with those of
// [Credentials.ForRegistration].
func (c PasswordChange) Check() error {
	return validation(append(checkPassword("current_password", c.Current, 0),
		checkPassword("new_password", c.New, MinPasswordLength)...))
}

// emailProblem is why an address is refused, in words that fit after "email".
type emailProblem string

func (p emailProblem) Error() string { return string(p) }

// NormalizeEmail returns the address without surrounding white space and in
// lower case, the form in which addresses are stored and compared. It checks
// the syntax of RFC 5321 (no quoted local part, no display name, no IP
// literal, a dotted domain that is not reserved), never the DNS. The text of
// its error fits after the name of the field.
func NormalizeEmail(s string) (string, error) {
	if !isText(s) || strings.ContainsFunc(s, foldsToASCII) {
		return "", emailProblem("must be an e-mail address like name@example.com")
	}
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, found := strings.Cut(s, "@")
	switch {
	case s == "":
		return "", emailProblem("must not be blank")
	case len(s) > MaxEmailOctets:
		return "", emailProblem(fmt.Sprintf("must have at most %d bytes", MaxEmailOctets))
	case !found || local == "" || domain == "":
		return "", emailProblem("must be an e-mail address like name@example.com")
	case len(local) > MaxEmailLocalPartOctets:
		return "", emailProblem(fmt.Sprintf("must have at most %d bytes before the @", MaxEmailLocalPartOctets))
	}
	// The standard parser knows RFC 5322; what it accepts beyond a plain
	// address (names, comments, quotes) comes back different from what
	// went in.
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || strings.ContainsAny(s, "\"<>()[]") || strings.ContainsFunc(s, isInvisible) {
		return "", emailProblem("must be an e-mail address like name@example.com")
	}
	if !isMailDomain(domain) {
		return "", emailProblem("must have a domain that can receive mail, like example.com")
	}
	return s, nil
}

// isMailDomain applies the host name rules of RFC 1123 §2.1 (letters, digits
// and inner hyphens, here in any script), asks for a dot, and refuses
// reserved names and, by a last label of digits alone, IP addresses in any
// notation.
func isMailDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	top := labels[len(labels)-1]
	if len(labels) < 2 || reservedTopLevels[top] || strings.Trim(top, "0123456789") == "" {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && !unicode.In(r, unicode.Letter, unicode.Digit, unicode.Mark) {
				return false
			}
		}
	}
	return true
}

// foldsToASCII finds the few letters outside ASCII whose lower case is inside
// it: they would turn one person's address into another's.
func foldsToASCII(r rune) bool { return r >= utf8.RuneSelf && unicode.ToLower(r) < utf8.RuneSelf }

func isInvisible(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }
