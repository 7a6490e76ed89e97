package questionbank

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

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

// tb is what a test and rapid's have in common.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// ask asks the next question and notes it in the interview.
func ask(t tb, bank *Bank, interview *domain.Interview) *question {
	t.Helper()
	text, err := bank.AskQuestion(context.Background(), *interview)
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

// anyPosting draws a posting of some of what postings are made of.
func anyPosting(t *rapid.T) domain.JobPosting {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	return domain.JobPosting{
		Title: pick("title", "Developer", "Senior Go Engineer", "Junior Frontend Developer", "QA", "Data Engineer", "Lead iOS Engineer",
			"COBOL Consultant", "Старший Java-розробник", "Тестувальник", "?"),
		Description: pick("description", "Work.", "We go far, with Java, Spring Boot and Kafka.", "Потрібен досвід з React та SQL.",
			"5+ years of experience with Kubernetes.", "Mobile apps in Swift."),
		ExperienceLevel: pick("level", "", "", "Junior", "Middle/Senior", "3 years", "Lead"),
		TechStack: rapid.SliceOfN(rapid.SampledFrom([]string{"Go", "Java", "React", "Node.js", "PostgreSQL", "AWS", "SAP", "C++", ".NET"}),
			0, 4).Draw(t, "stack"),
		Language: rapid.SampledFrom([]domain.Language{domain.LanguageEnglish, domain.LanguageUkrainian}).Draw(t, "language"),
	}
}

// In any chain of attempts at any posting, the types take turns, the language
// is that of the posting, nothing comes again while there is something else,
// and nothing that does not fit comes while something does. Asked again, the
// bank asks the same.
func TestAnyInterview(t *testing.T) {
	banks := [2]*Bank{newBank(t), newBank(t)}
	rapid.Check(t, func(t *rapid.T) {
		var (
			posting = anyPosting(t)
			before  []string
			times   = make(map[string]int)
		)
		for range rapid.IntRange(1, 3).Draw(t, "attempts") {
			interview := interviewOf(rapid.IntRange(0, 1_000_000).Draw(t, "session"), posting)
			interview.AskedBefore = before
			for range rapid.IntRange(1, 40).Draw(t, "questions") {
				again := interview
				again.Messages = slices.Clone(interview.Messages)
				q := ask(t, banks[0], &interview) // checks the type
				if p := ask(t, banks[1], &again); p.ID != q.ID {
					t.Fatalf("%s, then %s", q.ID, p.ID)
				}
				if q.Language != posting.Language {
					t.Fatalf("%s is asked in %q", q.ID, posting.Language)
				}
				want := banks[0].wantsOf(posting, q.Type)
				misfit := misfitOf(banks[0].selection.byText[q.Text], want)
				for _, c := range banks[0].selection.pools[pool{q.Language, q.Type}] {
					switch {
					case times[c.ID] < times[q.ID]:
						t.Fatalf("%s is asked for the %d. time, %s for the %d.", q.ID, times[q.ID]+1, c.ID, times[c.ID])
					case times[c.ID] == times[q.ID] && misfitOf(c, want) < misfit:
						t.Fatalf("%s comes before %s, which fits better", q.ID, c.ID)
					}
				}
				times[q.ID]++
			}
			before = interview.Asked()
		}
	})
}

// misfitOf is 0 for a question that fits, 1 for one of the opposite level, 2
// for one of another trade, 3 for both.
func misfitOf(c candidate, want wants) (misfit int) {
	fits := c.isCommon || slices.ContainsFunc(c.about, func(name string) bool { return name == anyJob || want.weights[name] > 0 })
	if !fits {
		misfit += 2
	}
	if abs(c.levels.from(want.levels)) == 2 {
		misfit++
	}
	return misfit
}

func TestARetakeAsksOtherQuestions(t *testing.T) {
	bank := newBank(t)
	var before []string
	for session := range 3 {
		interview := interviewOf(session, goPosting)
		interview.AskedBefore = before
		for range perPosting {
			if q := ask(t, bank, &interview); slices.Contains(before, q.Text) {
				t.Errorf("%s is asked in two attempts", q.ID)
			}
		}
		before = interview.Asked()
	}
}

func TestDifferentSessionsGetDifferentQuestions(t *testing.T) {
	bank := newBank(t)
	var first, second = make(map[string]bool), make(map[string]bool)
	for session := range 100 {
		interview := interviewOf(session, goPosting)
		first[ask(t, bank, &interview).ID] = true
		second[ask(t, bank, &interview).ID] = true
	}
	if len(first) < 4 || len(second) < 10 {
		t.Errorf("100 sessions began with %d different questions, and went on with %d", len(first), len(second))
	}
}

func TestTheFirstQuestionFitsThePosting(t *testing.T) {
	bank := newBank(t)
	general := "any job"
	for _, tc := range []struct {
		name    string
		posting domain.JobPosting
		want    string // a stack of the first question
	}{
		{"Golang is Go", domain.JobPosting{TechStack: []string{"Golang 1.26"}}, "go"},
		{"Postgres is PostgreSQL", domain.JobPosting{TechStack: []string{"Postgres"}}, "postgresql"},
		{"JS is JavaScript", domain.JobPosting{TechStack: []string{"JS"}}, "javascript"},
		{"React.js is React", domain.JobPosting{TechStack: []string{"React.js"}}, "react"},
		{"Node.js is Node.js", domain.JobPosting{TechStack: []string{"Node.js"}}, "nodejs"},
		{"K8s is Kubernetes", domain.JobPosting{TechStack: []string{"K8S"}}, "kubernetes"},
		{"C# is not C", domain.JobPosting{TechStack: []string{"C#"}}, "csharp"},
		{"Java is not JavaScript", domain.JobPosting{TechStack: []string{"Java 21"}}, "java"},
		{"the title counts", domain.JobPosting{Title: "Senior Python Engineer"}, "python"},
		{"the title counts more than the stack", domain.JobPosting{Title: "Rust Engineer", TechStack: []string{"Go", "Rust"}}, "rust"},
		{"a technology counts more than back end", domain.JobPosting{Title: "Back-end Engineer", TechStack: []string{"Go"}}, "go"},
		{"the description counts", domain.JobPosting{Description: "You know Kotlin well."}, "kotlin"},
		{"Spring Boot is clear in a description", domain.JobPosting{Description: "We use Spring Boot."}, "spring"},
		{"the verb go is not Go", domain.JobPosting{Description: "We go far, react fast and rest in spring."}, general},
		{"part of a word is not a technology", domain.JobPosting{Title: "Mongodbx gopher"}, general},
		{"nothing known", domain.JobPosting{TechStack: []string{"COBOL"}}, general},
		{"nothing at all", domain.JobPosting{}, general},
		{"the stack outweighs the level", domain.JobPosting{ExperienceLevel: "senior", TechStack: []string{"go"}}, "go"},
		{"a tester is asked about testing", domain.JobPosting{Title: "Tester", TechStack: []string{"Java", "SQL"}}, "testing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for session := range 20 {
				interview := interviewOf(session, tc.posting)
				interview.Posting.Language = domain.LanguageEnglish
				q := ask(t, bank, &interview)
				if !slices.Contains(q.Stacks, tc.want) && !(tc.want == general && len(q.Stacks) == 0) {
					t.Fatalf("%s comes first, of %v, not of %s", q.ID, q.Stacks, tc.want)
				}
			}
		})
	}
}

// sessionsOf asks the nine questions of some sessions of the posting.
func sessionsOf(t *testing.T, posting domain.JobPosting) (list [][]*question) {
	t.Helper()
	bank := newBank(t)
	posting.Language = domain.LanguageEnglish
	for session := range 30 {
		interview := interviewOf(session, posting)
		var asked []*question
		for range perPosting {
			asked = append(asked, ask(t, bank, &interview))
		}
		list = append(list, asked)
	}
	return list
}

func TestASessionMixesTheStacksOfAPosting(t *testing.T) {
	for _, asked := range sessionsOf(t, domain.JobPosting{Title: "Go Developer", TechStack: []string{"Go", "PostgreSQL", "Kubernetes"}}) {
		stacks := make(map[string]int)
		for _, q := range asked {
			for _, stack := range q.Stacks {
				if q.Type == domain.QuestionTechnical && slices.Contains([]string{"go", "postgresql", "kubernetes"}, stack) {
					stacks[stack]++
				}
			}
		}
		if stacks["go"] < 1 || len(stacks) < 2 || stacks["go"]+stacks["postgresql"]+stacks["kubernetes"] != 3 {
			t.Errorf("a session asks about %v", stacks)
		}
	}
}

// Questions of a field come to its postings, and general ones with them.
func TestASessionMixesFieldAndGeneralQuestions(t *testing.T) {
	for field, posting := range map[string]domain.JobPosting{
		"frontend": {Title: "Senior Frontend Developer", TechStack: []string{"React"}},
		"devops":   {Title: "Middle DevOps Engineer"},
		"backend":  {Title: "Senior Go Developer", Description: "A bit of Kubernetes helps."},
	} {
		ofField, ofOps, n := 0, 0, 0
		for _, asked := range sessionsOf(t, posting) {
			general := 0
			for _, q := range asked {
				if q.Type == domain.QuestionTechnical {
					continue
				}
				n++
				switch {
				case len(q.Stacks) == 0:
					general++
				case slices.Contains(q.Stacks, field):
					ofField++
				}
				if slices.Contains(q.Stacks, "kubernetes") || slices.Contains(q.Stacks, "devops") && !slices.Contains(q.Stacks, field) {
					ofOps++
				}
			}
			if general < 2 {
				t.Errorf("%s: a session has %d general questions", field, general)
			}
		}
		if ofField < n/8 {
			t.Errorf("%s: only %d of %d questions are of the field", field, ofField, n)
		}
		if ofOps > n/8 {
			t.Errorf("%s: %d of %d questions are about operations", field, ofOps, n)
		}
	}
}

// What a posting does not name stays out of its sessions.
func TestNobodyIsAskedAboutRivals(t *testing.T) {
	for _, tc := range []struct {
		posting domain.JobPosting
		not     string // the first stack of a question
		unless  string // it has this one as well
	}{
		{domain.JobPosting{Title: "Frontend Developer", TechStack: []string{"JavaScript", "CSS"}}, "nodejs", ""},
		{domain.JobPosting{Title: "Frontend Developer", TechStack: []string{"Vue", "JavaScript"}}, "react", ""},
		{domain.JobPosting{Title: "iOS Developer", TechStack: []string{"Swift"}}, "android", "ios"},
		{domain.JobPosting{Title: "Backend Developer", TechStack: []string{"Kotlin", "Spring"}}, "android", ""},
		{domain.JobPosting{Title: "DevOps Engineer", TechStack: []string{"Azure", "Terraform"}}, "aws", ""},
		{domain.JobPosting{Title: "SAP Consultant", TechStack: []string{"ABAP"}}, "javascript", ""},
	} {
		for _, asked := range sessionsOf(t, tc.posting) {
			for _, q := range asked {
				if len(q.Stacks) > 0 && q.Stacks[0] == tc.not && !slices.Contains(q.Stacks, tc.unless) && q.Type == domain.QuestionTechnical {
					t.Errorf("%s %v is asked %s", tc.posting.Title, tc.posting.TechStack, q.ID)
				}
			}
		}
	}
}

func TestJuniorsAndSeniorsGetTheirOwnQuestions(t *testing.T) {
	for level, opposite := range map[string]string{"Junior": senior, "Senior": junior} {
		for _, title := range []string{"Go Developer", "Frontend Developer", "QA Engineer", "Data Analyst", "COBOL Developer", "Rust Developer"} {
			for _, asked := range sessionsOf(t, domain.JobPosting{Title: title, ExperienceLevel: level}) {
				for _, q := range asked {
					if slices.Equal(q.Levels, []string{opposite}) {
						t.Errorf("a %s %s is asked %s", level, title, q.ID)
					}
				}
			}
		}
	}
}

func TestWhatAPostingNames(t *testing.T) {
	v := newVocabulary(newBank(t).questions)
	for _, tc := range []struct{ text, name, prose string }{
		{"We go far, react fast and rest in spring.", "go react rest spring", ""},
		{"Java, Spring Boot", "java spring", "java spring"},
		{"You write Go and Rust.", "go rust", "go rust"},
		{"Go to the gym. React to change.", "go react", ""},
		{"stack: go, postgresql, kafka", "go kafka postgresql", "go kafka postgresql"},
		{"React and TypeScript in the browser", "react typescript", "react typescript"},
		{"You need:\n- Go\n- Swift\n", "go swift", "go swift"},
		{"Our Go-to-market team", "", ""},
		{"C++, C# and .NET on example.net", "cpp csharp dotnet", "cpp csharp dotnet"},
		{"ASP.NET Core", "dotnet", "dotnet"},
		{"after our Series C", "c", ""},
		{"C, C++", "c cpp", "c cpp"},
		{"Node.js, Vue.js/React.js", "nodejs react vue", "nodejs react vue"},
		{"React Native", "react native", "react native"},
		{"Objective-C", "ios", "ios"},
		{"REST APIs over HTTP", "rest", "rest"},
		{"CI/CD with GitHub Actions", "ci cd", "ci cd"},
		{"full-stack", "backend frontend", "backend frontend"},
		{"front end and back-end", "backend frontend", "backend frontend"},
		{"We take security seriously.", "security", ""},
		{"Пишемо на go та react", "go react", "go react"},
		{"Senior DevOps-інженер", "devops", "devops"},
		{"бекенд-розробниця, мікросервіси", "backend microservices", "backend microservices"},
		{"С++ кирилицею", "cpp", "cpp"},
		{"тестувальниця", "qa testing", ""},
		{"", "", ""},
		{"… 👍 ---", "", ""},
	} {
		for kind, got := range map[string][]string{tc.name: v.inName(tc.text), tc.prose + " ": v.inProse(tc.text)} {
			slices.Sort(got)
			if names := strings.Join(slices.Compact(got), " "); names != strings.TrimSpace(kind) {
				t.Errorf("%q names %q, not %q", tc.text, names, kind)
			}
		}
	}
}

func TestLevelsOfAPosting(t *testing.T) {
	for _, tc := range []struct {
		posting domain.JobPosting
		want    string
	}{
		{domain.JobPosting{}, "middle"},
		{domain.JobPosting{ExperienceLevel: "Junior (entry level)"}, "junior"},
		{domain.JobPosting{ExperienceLevel: "SENIOR", Title: "Junior"}, "senior"},
		{domain.JobPosting{ExperienceLevel: "Middle/Senior"}, "middle senior"},
		{domain.JobPosting{ExperienceLevel: "unknown", Title: "Lead developer"}, "senior"},
		{domain.JobPosting{ExperienceLevel: "0-1 years"}, "junior"},
		{domain.JobPosting{ExperienceLevel: "2–4 yrs"}, "middle"},
		{domain.JobPosting{ExperienceLevel: "від 5 років"}, "senior"},
		{domain.JobPosting{Description: "5+ years of experience with Go."}, "senior"},
		{domain.JobPosting{Description: "3 years of professional experience."}, "middle"},
		{domain.JobPosting{Description: "Від 1 року комерційного досвіду."}, "junior"},
		{domain.JobPosting{Description: "Since 25 years we bring experience."}, "middle"},
		{domain.JobPosting{Title: "Провідний інженер"}, "senior"},
	} {
		var got []string
		for i, ok := range levelsWanted(tc.posting) {
			if ok {
				got = append(got, levelNames[i])
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%+v is for %v, not %s", tc.posting, got, tc.want)
		}
	}
}

// Every stack of the bank is one that some posting can name.
func TestEveryStackCanBeNamed(t *testing.T) {
	bank := newBank(t)
	unnamed := make(map[string]bool)
	for _, q := range bank.questions {
		for _, stack := range q.Stacks {
			if len(bank.selection.vocabulary.inName(stack)) == 0 {
				unnamed[stack] = true
			}
		}
	}
	if len(unnamed) > 0 {
		t.Errorf("nobody can name %v", slices.Sorted(maps.Keys(unnamed)))
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

// BenchmarkSelection picks from as many questions as the bank is to have, for
// a long posting, late in a chain.
func BenchmarkSelection(b *testing.B) {
	bank, err := New()
	if err != nil {
		b.Fatal(err)
	}
	questions := slices.Clone(bank.questions)
	for i := 0; len(questions) < 500; i++ {
		q := *questions[i]
		q.ID, q.Text = fmt.Sprint(q.ID, len(questions)), fmt.Sprint(q.Text, len(questions))
		questions = append(questions, &q)
	}
	for _, q := range questions {
		bank.byText[q.Text] = q
	}
	bank.selection = newSelection(questions)
	sentence := "You build services in Go, PostgreSQL and Kafka, and go on call one week in six. "
	for _, bm := range []struct {
		name        string
		description string
	}{
		{"short", sentence},
		{"long", strings.Repeat(sentence, domain.MaxDescriptionLength/len(sentence))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			interview := interviewOf(1, domain.JobPosting{Title: "Senior Go Engineer", Description: bm.description,
				TechStack: []string{"Go", "PostgreSQL", "Kafka", "Kubernetes"}, Language: domain.LanguageEnglish})
			for range 3 * perPosting {
				ask(b, bank, &interview)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bank.AskQuestion(b.Context(), interview); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
