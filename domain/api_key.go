package domain

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of a provider's API key, in characters after trimming.
const (
	MaxAPIKeyLength = 256
	MinAPIKeyLength = 40
)

var apiKeyCharacters = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// NormalizeAPIKey returns the key without the blanks around it. It refuses one
// that is blank or too long with a VALIDATION_ERROR of the field api_key, and
// one that OpenAI cannot have given out with [ErrInvalidAPIKeyFormat].
func NormalizeAPIKey(key string) (string, error) {
	trimmed := strings.TrimSpace(key)
	broken := FieldError{Path: []any{"api_key"}}
	switch {
	case key == "":
		broken.Rule, broken.Limit, broken.Message = RuleTooShort, 1, "must not be empty"
	case trimmed == "":
		broken.Rule, broken.Message = RuleValue, "must not be blank"
	case utf8.RuneCountInString(trimmed) > MaxAPIKeyLength:
		broken.Rule, broken.Limit, broken.Message = RuleTooLong, MaxAPIKeyLength, fmt.Sprintf("must have at most %d characters", MaxAPIKeyLength)
	case !strings.HasPrefix(trimmed, "sk-"):
		return "", ErrInvalidAPIKeyFormat.saying("The API key must start with 'sk-'")
	case utf8.RuneCountInString(trimmed) < MinAPIKeyLength:
		return "", ErrInvalidAPIKeyFormat.saying(fmt.Sprintf("The API key is too short: it must have at least %d characters", MinAPIKeyLength))
	case !apiKeyCharacters.MatchString(trimmed):
		return "", ErrInvalidAPIKeyFormat.saying("The API key may have only letters, digits, '-' and '_'")
	default:
		return trimmed, nil
	}
	return "", validation([]FieldError{broken})
}

// APIKeyVerdict is what a provider says of a key.
type APIKeyVerdict int

// The verdicts on a key.
const (
	APIKeyUnknown APIKeyVerdict = iota // the provider could not be asked
	APIKeyValid
	APIKeyInvalid
	APIKeyRateLimited // too many calls; whether it is valid is not known
)
