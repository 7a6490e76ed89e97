package domain_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// keyOf is a key of so many characters.
func keyOf(length int) string { return "sk-" + strings.Repeat("k", length-len("sk-")) }

func TestNormalizeAPIKeyTrims(t *testing.T) {
	for _, key := range []string{keyOf(40), keyOf(256), "sk-proj-0123456789_ABCDEFGHIJ-abcdefghijklmn"} {
		for _, typed := range []string{key, " " + key + "\r\n", "\t\u00a0" + key + "\u2003", strings.Repeat(" ", 256) + key} {
			got, err := domain.NormalizeAPIKey(typed)
			equal(t, "error", err, nil)
			equal(t, "key", got, key)
		}
	}
}

func TestNormalizeAPIKeyRefusesLength(t *testing.T) {
	for name, test := range map[string]struct {
		key   string
		rule  domain.Rule
		limit int
	}{
		"missing":                       {"", domain.RuleTooShort, 1},
		"blank":                         {" \t\r\n\u00a0", domain.RuleValue, 0},
		"too long":                      {keyOf(257), domain.RuleTooLong, 256},
		"too long before the prefix":    {strings.Repeat("k", 257), domain.RuleTooLong, 256},
		"too long before the character": {keyOf(256) + "!", domain.RuleTooLong, 256},
		"too long in characters":        {strings.Repeat("é", 257), domain.RuleTooLong, 256},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := domain.NormalizeAPIKey(test.key)
			equal(t, "key", got, "")
			equal(t, "broken rules", brokenRules(t, err), []domain.FieldError{{Path: []any{"api_key"}, Rule: test.rule, Limit: test.limit}})
		})
	}
}

func TestNormalizeAPIKeyRefusesForm(t *testing.T) {
	const prefix, short, characters = "must start with 'sk-'", "too short", "only letters, digits, '-' and '_'"
	for name, test := range map[string]struct{ key, message string }{
		"other prefix":               {"pk-" + keyOf(40), prefix},
		"prefix in capitals":         {"SK-" + keyOf(40), prefix},
		"half a prefix":              {"sk", prefix},
		"prefix before length":       {"pk-short", prefix},
		"prefix before characters":   {"pk-" + strings.Repeat("!", 40), prefix},
		"NUL in front":               {"\x00" + keyOf(40), prefix},
		"not a prefix, in 256":       {strings.Repeat("é", 256), prefix},
		"prefix alone":               {"sk-", short},
		"too short":                  {keyOf(39), short},
		"too short between blanks":   {keyOf(39) + "  ", short},
		"length before characters":   {"sk-!", short},
		"length is not that in UTF8": {"sk-" + strings.Repeat("é", 36), short},
		"other character":            {keyOf(40) + "!", characters},
		"blank inside":               {keyOf(40) + " k", characters},
		"line break inside":          {keyOf(40) + "\nk", characters},
		"NUL inside":                 {keyOf(40) + "\x00k", characters},
		"NUL at the end":             {keyOf(40) + "\x00", characters},
		"letter of another alphabet": {keyOf(40) + "к", characters},
		"invalid UTF-8":              {keyOf(40) + "\xff", characters},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := domain.NormalizeAPIKey(test.key)
			equal(t, "key", got, "")
			var e *domain.Error
			if !errors.As(err, &e) || !errors.Is(e, domain.ErrInvalidAPIKeyFormat) || e.Kind != domain.KindInvalid || e.Fields != nil {
				t.Fatalf("error is %#v", err)
			}
			if !strings.Contains(e.Message, test.message) {
				t.Errorf("message is %q, want %q", e.Message, test.message)
			}
		})
	}
}
