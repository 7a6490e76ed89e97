package questionbank

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func newBank(t *testing.T) *Bank {
	t.Helper()
	bank, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

func TestBankHoldsWhatItPromises(t *testing.T) {
	bank := newBank(t)
	count := map[string]int{}
	for _, q := range bank.questions {
		count[string(q.Type)]++
		count[string(q.Language)]++
		count[string(q.Language)+" "+string(q.Type)]++
	}
	for what, want := range map[string]int{"technical": 10, "behavioral": 10, "situational": 10, "en": 24, "ua": 6,
		"ua technical": 2, "ua behavioral": 2, "ua situational": 2} {
		if count[what] != want {
			t.Errorf("%d questions are %s, want %d", count[what], what, want)
		}
	}
}

func TestBrokenDataIsRefused(t *testing.T) {
	const good = `{"id":"%s","language":"en","type":"%s","stacks":[],"text":"%[1]s?","learn":"l","key_points":[{"point":"p","terms":["a"]},{"point":"q","terms":["b"]},{"point":"r","terms":["c"]}]}`
	whole := "[" + fmt.Sprintf(good, "t", "technical") + "," + fmt.Sprintf(good, "b", "behavioral") + "," + fmt.Sprintf(good, "s", "situational") + "]"
	if _, err := load(fstest.MapFS{"q.json": {Data: []byte(whole)}}); err != nil {
		t.Fatalf("good data: %v", err)
	}
	for name, change := range map[string][2]string{
		"unknown member":      {`"learn"`, `"lern"`},
		"no JSON":             {`[`, `{`},
		"id twice":            {`"id":"b"`, `"id":"t"`},
		"no id":               {`"id":"b"`, `"id":" "`},
		"text twice":          {`"b?"`, `"t?"`},
		"blank text":          {`"b?"`, `" "`},
		"nothing to learn":    {`"learn":"l"`, `"learn":""`},
		"language":            {`"en"`, `"fr"`},
		"type":                {`"situational"`, `"easy"`},
		"a type missing":      {`"situational"`, `"technical"`},
		"two key points":      {`,{"point":"r","terms":["c"]}`, ``},
		"a point without":     {`"terms":["c"]`, `"terms":[]`},
		"term in upper case":  {`["c"]`, `["C"]`},
		"stack in other name": {`"stacks":[]`, `"stacks":["golang"]`},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(whole, change[0], change[1], 1)
			if _, err := load(fstest.MapFS{"q.json": {Data: []byte(broken)}}); err == nil {
				t.Error("it was taken")
			}
		})
	}
}

func interview(language domain.Language, number int, stack ...string) domain.Interview {
	return domain.Interview{
		Session: domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), Status: domain.SessionActive, CurrentQuestionNumber: number}),
		Posting: domain.JobPosting{Title: "Engineer", Description: "You go far with us.", TechStack: stack, Language: language},
	}
}

// ask asks the next question and goes on.
func ask(t *testing.T, bank *Bank, i *domain.Interview) string {
	t.Helper()
	text, err := bank.AskQuestion(t.Context(), *i)
	if err != nil {
		t.Fatal(err)
	}
	message, err := i.Session.Ask(uuid.New(), text, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if q := bank.byText[text]; q.Type != message.QuestionType || q.Language != i.Posting.Language {
		t.Errorf("question %d is %s %s", i.Session.State().CurrentQuestionNumber, q.Language, q.Type)
	}
	i.Messages = append(i.Messages, message)
	return text
}

func TestNothingIsAskedTwiceWhileThereIsMore(t *testing.T) {
	bank := newBank(t)
	for language, size := range map[domain.Language]int{domain.LanguageEnglish: 24, domain.LanguageUkrainian: 6} {
		i := interview(language, 0, "Go")
		seen := map[string]int{}
		for n := range 3 * size {
			if n == size/2 { // a retake: another session of the chain
				i.AskedBefore = i.Asked()
				i.Messages = nil
				i.Session = interview(language, 0).Session
			}
			text := ask(t, bank, &i)
			seen[text]++
			if seen[text] > n/size+1 {
				t.Fatalf("%s: question %d was asked %d times: %s", language, n, seen[text], text)
			}
		}
	}
}

func TestTheSessionAloneDecidesBetweenEquals(t *testing.T) {
	bank := newBank(t)
	firsts := map[string]bool{}
	for range 50 {
		i := interview(domain.LanguageEnglish, 1)
		one, err := bank.AskQuestion(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := bank.AskQuestion(t.Context(), i); again != one {
			t.Fatal("the same interview got two questions")
		}
		firsts[one] = true
	}
	if len(firsts) < 4 {
		t.Errorf("50 sessions began with %d questions", len(firsts))
	}
}

func TestQuestionsFitThePosting(t *testing.T) {
	bank := newBank(t)
	for stack, want := range map[string]string{"Golang": "go", "Postgres": "postgresql", "React.js": "react", "K8s": "kubernetes", "Python 3": "python"} {
		i := interview(domain.LanguageEnglish, 0, stack)
		text := ask(t, bank, &i)
		if fit(*bank.byText[text], map[string]bool{want: true}) != 1 {
			t.Errorf("%s: asked %s", stack, text)
		}
	}
	i := interview(domain.LanguageEnglish, 0) // "go" in the description is the verb
	if text := ask(t, bank, &i); len(bank.byText[text].Stacks) != 0 {
		t.Errorf("of no stack: asked %s", text)
	}
}

func TestAskingStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newBank(t).AskQuestion(ctx, interview(domain.LanguageEnglish, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// answered is an interview of three questions, each answered by answer.
func answered(t *testing.T, bank *Bank, language domain.Language, answer func(Question) string) domain.Interview {
	t.Helper()
	i := interview(language, 0)
	i.Session = domain.RestoreInterviewSession(domain.SessionState{ID: uuid.MustParse("0d7c2f4e-8a53-4f0b-9c55-6a3a2b1c4d5e"), Status: domain.SessionActive})
	for range 3 {
		q := bank.byText[ask(t, bank, &i)]
		if text := answer(*q); text != "" {
			i.Messages = append(i.Messages, domain.Message{Type: domain.MessageAnswer, Content: text})
		}
	}
	return i
}

// good speaks of every key point, and gives reasons.
func good(q Question) string {
	var b strings.Builder
	for _, point := range q.KeyPoints {
		fmt.Fprintf(&b, "First I would do this, because %s matters: %s. ", strings.Join(point.Terms, " and "), point.Point)
	}
	b.WriteString("Then, for example, I check the result. Спочатку це, потім інше, бо так треба, наприклад отже.")
	return b.String()
}

func scores(a domain.Assessment) [4]int {
	return [4]int{a.TechnicalAccuracy.Score, a.CommunicationClarity.Score, a.ProblemSolving.Score, a.Relevance.Score}
}

func TestFeedbackTellsGoodAnswersFromBad(t *testing.T) {
	bank := newBank(t)
	give := func(language domain.Language, answer func(Question) string) domain.Assessment {
		t.Helper()
		i := answered(t, bank, language, answer)
		a, err := bank.GiveFeedback(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := bank.GiveFeedback(t.Context(), i); !reflect.DeepEqual(a, again) {
			t.Error("the same interview got two judgements")
		}
		if a.Method != domain.MethodRules || len(a.KnowledgeGaps) > maxGaps || len(a.LearningRecommendations) > maxLearn {
			t.Errorf("method %s, %d gaps, %d recommendations", a.Method, len(a.KnowledgeGaps), len(a.LearningRecommendations))
		}
		return a
	}
	for _, language := range []domain.Language{domain.LanguageEnglish, domain.LanguageUkrainian} {
		best := give(language, good)
		for _, score := range scores(best) {
			if score < 65 || score > 100 {
				t.Errorf("%s: the best answers score %v", language, scores(best))
			}
		}
		if len(best.KnowledgeGaps) != 0 || len(best.LearningRecommendations) != 0 {
			t.Errorf("%s: the best answers leave %v", language, best.KnowledgeGaps)
		}
		for name, answer := range map[string]func(Question) string{
			"none":              func(Question) string { return "" },
			"blank":             func(Question) string { return " \n" },
			"gibberish":         func(Question) string { return strings.Repeat("asdf qwer zxcv uiop ", 50) },
			"one word, often":   func(Question) string { return strings.Repeat("index ", 500) },
			"the question":      func(q Question) string { return q.Text },
			"no letters":        func(Question) string { return "🚀 !!! ... 123" },
			"very long nothing": func(Question) string { return strings.Repeat("я", domain.MaxAnswerLength) },
		} {
			bad := give(language, answer)
			for k, score := range scores(bad) {
				if score > 40 || score >= scores(best)[k] {
					t.Errorf("%s: %s scores %v, the best %v", language, name, scores(bad), scores(best))
				}
			}
			if len(bad.KnowledgeGaps) == 0 || len(bad.LearningRecommendations) == 0 {
				t.Errorf("%s: %s leaves nothing to learn", language, name)
			}
		}
	}
	english, ukrainian := give(domain.LanguageEnglish, good), give(domain.LanguageUkrainian, good)
	if !strings.Contains(english.OverallComments, "fixed rules") || !strings.Contains(ukrainian.OverallComments, "правилами") {
		t.Errorf("the comments are %q and %q", english.OverallComments, ukrainian.OverallComments)
	}
}

func TestUnansweredQuestionsCount(t *testing.T) {
	bank := newBank(t)
	n := 0
	half, err := bank.GiveFeedback(t.Context(), answered(t, bank, domain.LanguageEnglish, func(q Question) string {
		if n++; n > 1 {
			return ""
		}
		return good(q)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := half.CommunicationClarity.Score; got < 25 || got > 34 {
		t.Errorf("one good answer of three scores %d for communication", got)
	}
	if !strings.HasPrefix(half.OverallComments, "1 of 3 questions") {
		t.Errorf("the comments are %q", half.OverallComments)
	}
}

func TestQuestionsOfAnotherInterviewerAreJudgedByFormAlone(t *testing.T) {
	i := interview(domain.LanguageEnglish, 0)
	i.Messages = []domain.Message{
		{Type: domain.MessageQuestion, Content: "Why do databases need backups?", QuestionType: domain.QuestionTechnical},
		{Type: domain.MessageAnswer, Content: "Because databases fail. First disks die, then people need their backups."},
	}
	a, err := newBank(t).GiveFeedback(t.Context(), i)
	if err != nil || a.TechnicalAccuracy.Score != 0 || a.CommunicationClarity.Score == 0 {
		t.Errorf("%v, %v", scores(a), err)
	}
}
