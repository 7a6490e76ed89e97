package domain_test

import (
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestTextLimits(t *testing.T) {
	for _, field := range []struct {
		name  string
		check func(string) error
		limit int
	}{
		{"answer_text", domain.CheckAnswer, 20_000},
		{"content", domain.CheckResume, 50_000},
	} {
		broken := func(rule domain.Rule, limit int) []domain.FieldError {
			return []domain.FieldError{{Path: []any{field.name}, Rule: rule, Limit: limit}}
		}
		for _, test := range []struct {
			name, text string
			want       []domain.FieldError
		}{
			{"accepts one character", "a", nil},
			{"accepts one character of four bytes", "🔑", nil},
			{"accepts blanks", " ", nil},
			{"accepts line breaks and tabs", "\r\n\t", nil},
			{"accepts control characters other than NUL", "a\x01\x7f", nil},
			{"accepts as many characters as it may have", strings.Repeat("é", field.limit), nil},
			{"refuses nothing", "", broken(domain.RuleTooShort, 1)},
			{"refuses a character too many", strings.Repeat("é", field.limit+1), broken(domain.RuleTooLong, field.limit)},
			{"refuses a blank too many", strings.Repeat("é", field.limit) + " ", broken(domain.RuleTooLong, field.limit)},
			{"says that it is too long before that it has a NUL", strings.Repeat("\x00", field.limit+1), broken(domain.RuleTooLong, field.limit)},
			{"refuses a NUL", "\x00", broken(domain.RuleValue, 0)},
			{"refuses a NUL inside", "a\x00b", broken(domain.RuleValue, 0)},
			{"refuses invalid UTF-8", "a\xff", broken(domain.RuleValue, 0)},
			{"refuses half a surrogate pair", "a\xed\xa0\x80", broken(domain.RuleValue, 0)},
		} {
			t.Run(field.name+" "+test.name, func(t *testing.T) {
				equal(t, "broken rules", brokenRules(t, field.check(test.text)), test.want)
			})
		}
	}
}

func TestMessagePlace(t *testing.T) {
	message := domain.Message{ID: messageID, SessionID: sessionID, Seq: 7, Content: "text", CreatedAt: created}
	equal(t, "place", message.Place(), domain.MessagePlace{Seq: 7, CreatedAt: created, ID: messageID})
}

func question(text string) domain.Message {
	return domain.Message{Type: domain.MessageQuestion, Content: text}
}

func answer(text string) domain.Message {
	return domain.Message{Type: domain.MessageAnswer, Content: text}
}

func TestTranscript(t *testing.T) {
	// exchange is a question with its answer, if there is one.
	exchange := func(texts ...string) domain.Exchange {
		e := domain.Exchange{Question: question(texts[0])}
		for _, text := range texts[1:] {
			e.Answer = new(answer(text))
		}
		return e
	}
	for _, test := range []struct {
		name     string
		messages []domain.Message
		want     []domain.Exchange
	}{
		{"has nothing of no messages", nil, nil},
		{"has a question with its answer", []domain.Message{question("q1"), answer("a1")}, []domain.Exchange{exchange("q1", "a1")}},
		{"takes the last answer before the next question", []domain.Message{
			question("q1"), answer("first"), answer("second"), answer("last"), question("q2"), answer("other"),
		}, []domain.Exchange{exchange("q1", "last"), exchange("q2", "other")}},
		{"keeps questions that were not answered", []domain.Message{
			question("q1"), question("q2"), answer("a2"), question("q3"),
		}, []domain.Exchange{exchange("q1"), exchange("q2", "a2"), exchange("q3")}},
		{"leaves out answers before the first question", []domain.Message{
			answer("early"), answer("earlier"), question("q1"),
		}, []domain.Exchange{exchange("q1")}},
		{"has nothing of answers alone", []domain.Message{answer("a"), answer("b")}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			equal(t, "transcript", domain.Transcript(test.messages), test.want)
		})
	}
}

func TestAsked(t *testing.T) {
	interview := domain.Interview{
		Messages:    []domain.Message{answer("early"), question("q1"), answer("a1"), question("q2")},
		AskedBefore: append(make([]string, 0, 8), "b1", "b2"), // with room for more
	}
	equal(t, "list", interview.Asked(), []string{"b1", "b2", "q1", "q2"})
	equal(t, "room of the other list", interview.AskedBefore[:4], []string{"b1", "b2", "", ""})
	equal(t, "number", len(domain.Interview{}.Asked()), 0)
}
