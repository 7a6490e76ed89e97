package questionbank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// interviewOf returns an interview of a session, numbered, in which nothing
// was asked yet.
func interviewOf(session int, posting domain.JobPosting) domain.Interview {
	return domain.Interview{
		Session: domain.RestoreInterviewSession(domain.SessionState{
			ID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, session)), Status: domain.SessionActive}),
		Posting: posting,
	}
}

// ask asks the next question and notes it in the interview.
func ask(t *testing.T, bank *Bank, interview *domain.Interview) *question {
	t.Helper()
	text, err := bank.AskQuestion(t.Context(), *interview)
	if err != nil {
		t.Fatal(err)
	}
	q := bank.byText[text]
	if q == nil {
		t.Fatalf("%q is not of the bank", text)
	}
	state := interview.Session.State()
	if _, typ := interview.Session.NextQuestion(); q.Type != typ {
		t.Fatalf("question %d is %s, not %s", state.CurrentQuestionNumber+1, q.Type, typ)
	}
	state.CurrentQuestionNumber++
	interview.Session = domain.RestoreInterviewSession(state)
	interview.Messages = append(interview.Messages,
		domain.Message{Type: domain.MessageQuestion, Content: text, QuestionType: q.Type})
	return q
}

func answerWith(interview *domain.Interview, text string) {
	interview.Messages = append(interview.Messages, domain.Message{Type: domain.MessageAnswer, Content: text})
}

var goPosting = domain.JobPosting{Title: "Backend developer", Description: "We build a shop.", TechStack: []string{"Go"},
	Language: domain.LanguageEnglish}

func TestNothingIsAskedTwiceWhileThereIsMore(t *testing.T) {
	bank := newBank(t)
	for language, all := range map[domain.Language]int{domain.LanguageEnglish: 24, domain.LanguageUkrainian: 6} {
		for session := range 20 {
			interview := interviewOf(session, domain.JobPosting{Title: "Developer", Description: "Work.", Language: language})
			times := make(map[string]int)
			for number := range 2 * all {
				q := ask(t, bank, &interview)
				if q.Language != language {
					t.Fatalf("%s is asked in an interview in %q", q.ID, language)
				}
				times[q.ID]++
				if round := number/all + 1; times[q.ID] > round {
					t.Fatalf("%q: question %d, %s, is asked for the %d. time", language, number+1, q.ID, times[q.ID])
				}
			}
			if len(times) != all {
				t.Errorf("%q: %d of %d questions were asked", language, len(times), all)
			}
		}
	}
}

func TestARetakeAsksOtherQuestions(t *testing.T) {
	bank := newBank(t)
	var before []string
	for session := range 2 { // of 12 questions each, which is all
		interview := interviewOf(session, goPosting)
		interview.AskedBefore = before
		for range 12 {
			if q := ask(t, bank, &interview); slices.Contains(before, q.Text) {
				t.Errorf("%s is asked in both attempts", q.ID)
			}
		}
		before = append(before, interview.Asked()...)
	}
}

func TestTheSameInterviewGetsTheSameQuestion(t *testing.T) {
	interview := interviewOf(1, goPosting)
	first := ask(t, newBank(t), &interview)
	for range 10 {
		again := interviewOf(1, goPosting)
		if q := ask(t, newBank(t), &again); q.ID != first.ID {
			t.Fatalf("%s, then %s", first.ID, q.ID)
		}
	}
}

func TestDifferentSessionsGetDifferentQuestions(t *testing.T) {
	bank := newBank(t)
	second := make(map[string]bool) // the behavioral ones fit any job
	for session := range 100 {
		interview := interviewOf(session, goPosting)
		ask(t, bank, &interview)
		second[ask(t, bank, &interview).ID] = true
	}
	if len(second) != 8 {
		t.Errorf("100 sessions got %d different questions of 8", len(second))
	}
}

func TestQuestionsFitThePosting(t *testing.T) {
	bank := newBank(t)
	for _, tc := range []struct {
		name    string
		posting domain.JobPosting
		want    []string // one of these comes first
	}{
		{"Golang is Go", domain.JobPosting{TechStack: []string{"Golang 1.26"}}, []string{"go-goroutine-leak"}},
		{"Postgres is PostgreSQL", domain.JobPosting{TechStack: []string{"Postgres"}}, []string{"sql-slow-query"}},
		{"JS is JavaScript", domain.JobPosting{TechStack: []string{"JS"}}, []string{"frontend-frozen-page"}},
		{"React.js is React", domain.JobPosting{TechStack: []string{"React.js"}}, []string{"frontend-frozen-page"}},
		{"K8s is Kubernetes", domain.JobPosting{TechStack: []string{"K8S"}}, []string{"kubernetes-restarting-pods"}},
		{"Java is not JavaScript", domain.JobPosting{TechStack: []string{"Java 21"}}, []string{"jvm-latency-spikes"}},
		{"the title counts", domain.JobPosting{Title: "Senior Python Engineer"}, []string{"python-many-api-calls"}},
		{"the description counts", domain.JobPosting{Description: "You know Kotlin well."}, []string{"jvm-latency-spikes"}},
		{"golang is clear in a description", domain.JobPosting{Description: "We write golang."}, []string{"go-goroutine-leak"}},
		{"the verb go is not Go", domain.JobPosting{Description: "We go far, react fast and rest in spring."},
			[]string{"system-design-notifications", "testing-from-nothing"}},
		{"part of a word is not a technology", domain.JobPosting{Title: "Mongodb gopher"},
			[]string{"system-design-notifications", "testing-from-nothing"}},
		{"an unknown technology gets a general question", domain.JobPosting{TechStack: []string{"COBOL"}},
			[]string{"system-design-notifications", "testing-from-nothing"}},
		{"a junior gets no design", domain.JobPosting{ExperienceLevel: "Junior (entry level)"}, []string{"testing-from-nothing"}},
		{"a senior gets it first", domain.JobPosting{ExperienceLevel: "SENIOR"}, []string{"system-design-notifications"}},
		{"the title may name the level", domain.JobPosting{Title: "Lead developer"}, []string{"system-design-notifications"}},
		{"the stack outweighs the level", domain.JobPosting{ExperienceLevel: "senior", TechStack: []string{"go"}}, []string{"go-goroutine-leak"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for session := range 20 {
				interview := interviewOf(session, tc.posting)
				interview.Posting.Language = domain.LanguageEnglish
				if q := ask(t, bank, &interview); !slices.Contains(tc.want, q.ID) {
					t.Fatalf("%s comes first, none of %v", q.ID, tc.want)
				}
			}
		})
	}
}

func TestOtherTradesComeLast(t *testing.T) {
	bank := newBank(t)
	interview := interviewOf(1, goPosting)
	var technical []*question
	for range 24 {
		if q := ask(t, bank, &interview); q.Type == domain.QuestionTechnical {
			technical = append(technical, q)
		}
	}
	if technical[0].ID != "go-goroutine-leak" || len(technical[1].Stacks)+len(technical[2].Stacks) > 0 {
		t.Errorf("a Go job is asked %s, %s, %s first", technical[0].ID, technical[1].ID, technical[2].ID)
	}
}

func TestAnUnknownLanguageIsAskedInEnglish(t *testing.T) {
	bank := newBank(t)
	for _, language := range []domain.Language{"", "de"} {
		interview := interviewOf(1, domain.JobPosting{Language: language})
		if q := ask(t, bank, &interview); q.Language != domain.LanguageEnglish {
			t.Errorf("%q is asked in %q", language, q.Language)
		}
	}
}

func TestNoQuestionOnceTheContextIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if text, err := newBank(t).AskQuestion(ctx, interviewOf(1, goPosting)); text != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", text, err)
	}
}
