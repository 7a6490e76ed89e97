package questionbank

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// readFor reads an answer to the question of the id, of which no word is
// copied.
func readFor(t *testing.T, id, text string) (*question, reading) {
	t.Helper()
	q := questionsOf(t, []string{id})[0]
	return q, readAnswer(q, q.Language, text, func([]string, []bool) {})
}

func TestAPointIsCoveredOnceASentenceSaysSomethingAboutIt(t *testing.T) {
	for _, tc := range []struct {
		name, id, text string
		point          int // from 1
		want           bool
	}{
		{"said", "sql-slow-query", "I read the execution plan, because it shows how the database gets its rows.", 1, true},
		{"a list", "sql-slow-query", "Execution plan, index, statistics, partitioning.", 1, false},
		{"a list in a frame", "sql-slow-query", "I know the execution plan, index, statistics, partitioning.", 1, false},
		{"only named", "sql-slow-query", "I know the execution plan very well.", 1, false},
		{"not known", "sql-slow-query", "I don't know what an index on those columns would change for such a filter.", 2, false},
		{"not known, after the word", "sql-slow-query", "What an index on those columns would change, I have no idea.", 2, false},
		{"not known, but something else is", "sql-slow-query", "I don't know the data, but an index on the filter columns usually makes this quick.", 2, true},
		{"what one does when one does not know", "sql-slow-query", "If I don't know the reason, I read the execution plan and search its slowest step.", 1, true},
		{"not done", "friday-incident", "I would not roll back such a thing before somebody understands the broken code.", 2, false},
		{"not knowing as an answer", "estimate-on-the-spot", "I say honestly that I don't know it, and that a number would only sound like knowledge.", 1, true},
		{"said in Ukrainian", "ua-last-ticket", "Я беру обидві дії в одну транзакцію, щоб база виконала їх як ціле.", 2, true},
		{"not known in Ukrainian", "ua-last-ticket", "Я не знаю, що саме дає транзакція в такому випадку й чим вона допоможе.", 2, false},
		{"not done in Ukrainian", "ua-last-ticket", "Я б точно не блокував таблицю цілком, бо всі інші люди тоді стоятимуть.", 3, false},
		{"in another language", "ua-last-ticket", "Я бы сделал транзакцию, чтобы база выполнила всё как целое и никто не мешал.", 2, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, r := readFor(t, tc.id, tc.text)
			if got := r.worth[tc.point-1] > 0; got != tc.want {
				t.Errorf("point %d is worth %.1f", tc.point, r.worth[tc.point-1])
			}
		})
	}
}

func TestQuotesAreTheAnswersOwnWords(t *testing.T) {
	bank := newBank(t)
	quoted := 0
	for _, g := range allGraded(t, bank) {
		r := readAnswer(g.question, g.question.Language, g.text, func([]string, []bool) {})
		for i, e := range r.found {
			if e == nil {
				continue
			}
			quoted++
			quote := r.quote(e)
			if own := strings.Trim(quote, "…"); own == "" || !strings.Contains(g.text, own) {
				t.Errorf("%q is not in the answer", quote)
			}
			if n := utf8.RuneCountInString(quote); n > 120 {
				t.Errorf("%q has %d letters", quote, n)
			}
			if !slices.ContainsFunc(g.question.terms().find(words(quote)), func(m match) bool { return m.group == i }) {
				t.Errorf("%q has no term of %q", quote, g.question.Points[i].Point)
			}
		}
	}
	if quoted < 200 {
		t.Errorf("only %d quotes", quoted)
	}
}

func TestAQuoteIsTheClauseOfTheTerm(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"When that is done, I add a test with goleak to each of them, and go home.", "I add a test with goleak to each of them"},
		{"And then, goleak, too.", "And then, goleak, too"},
		{"I " + strings.Repeat("really ", 12) + "add a check by goleak at the end" + strings.Repeat(" of it", 8) + ".",
			"…" + strings.Repeat("really ", 8) + "add a check by goleak at the end" + strings.Repeat(" of it", 4) + " of…"},
		{strings.Repeat("goleak", 40), strings.Repeat("goleak", 40)[:maxQuote] + "…"},
	} {
		_, r := readFor(t, "go-goroutine-leak", tc.text)
		if got := r.quote(r.found[4]); got != tc.want {
			t.Errorf("%q is quoted as %q", tc.text, got)
		}
	}
}

func TestSentencesEndWhereTheyDo(t *testing.T) {
	for _, tc := range []struct {
		text string
		want int
	}{
		{"One. Two! Three? Four", 4},
		{"I call ctx.Done in net/http of Go 1.26, e.g. here.", 1},
		{"- one\n- two\n* three\n1. four", 4},
		{"short\nlines\neach", 3},
		{"This line is long enough to have been broken by the width of the\nwindow, so that the sentence goes on here.", 1},
		{"One paragraph\n\nanother", 2},
		{"", 0},
		{strings.Repeat("word ", 100), 3},
	} {
		if got := len(split(tc.text, tokens(tc.text))); got != tc.want {
			t.Errorf("%q has %d sentences, not %d", tc.text, got, tc.want)
		}
	}
}

func TestWordsThatStandElsewhereDoNotCount(t *testing.T) {
	const text = "I would read the execution plan, because it shows in which order the database gets its rows and how many it expects."
	for _, tc := range []struct {
		name   string
		change func(*domain.Interview)
	}{
		{"posting", func(i *domain.Interview) { i.Posting.Description = "You are a good fit if you like to say: " + text }},
		{"resume", func(i *domain.Interview) { i.Resume = strings.ToUpper(text) }},
		{"earlier answer", func(i *domain.Interview) {
			earlier := dialogue(t, domain.LanguageEnglish, []string{"disagreement"}, func(*question) string { return "Once more: " + text })
			i.Messages = append(earlier.Messages, i.Messages...)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			interview := dialogue(t, domain.LanguageEnglish, []string{"sql-slow-query"}, func(*question) string { return text })
			before := judgeInterview(t, interview)
			tc.change(&interview)
			after := judgeInterview(t, interview)
			if before.TechnicalAccuracy.Score == 0 || after.TechnicalAccuracy.Score > 0 {
				t.Errorf("technical accuracy is %d, then %d", before.TechnicalAccuracy.Score, after.TechnicalAccuracy.Score)
			}
			if !strings.Contains(after.Relevance.Text, "another answer do not count: ") {
				t.Errorf("relevance says %q", after.Relevance.Text)
			}
		})
	}
}

func TestAMissedPointComesWithItsFollowUp(t *testing.T) {
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, []string{"sql-slow-query"}, func(*question) string {
		return "I would read the execution plan, because it shows how the database gets its rows. Then, an index."
	}))
	q := questionsOf(t, []string{"sql-slow-query"})[0]
	for _, want := range []string{
		"+ " + q.Points[0].Point + " You said: “I would read the execution plan”\n",
		"~ " + q.Points[1].Point + " Only named: “Then, an index” An interviewer would ask: " + q.Points[1].FollowUp + "\n",
		"− " + q.Points[2].Point + " An interviewer would ask: " + q.Points[2].FollowUp + "\n",
	} {
		if !strings.Contains(a.TechnicalAccuracy.Text+"\n", want) {
			t.Errorf("%q is not in %q", want, a.TechnicalAccuracy.Text)
		}
	}
}

func TestALongInterviewIsToldInPart(t *testing.T) {
	ids := allIDs(newBank(t), domain.LanguageEnglish)
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, ids, func(*question) string { return "Yes." }))
	asked := 0
	for _, q := range questionsOf(t, ids) {
		if q.Type != domain.QuestionTechnical {
			asked++
		}
	}
	if n := strings.Count(a.ProblemSolving.Text, "Points covered: "); n != maxDetails {
		t.Errorf("%d questions are told, want %d", n, maxDetails)
	}
	if rest := fmt.Sprintf("but counted: %d.", asked-maxDetails); !strings.Contains(a.ProblemSolving.Text, rest) {
		t.Errorf("it does not say %q", rest)
	}
}

// manyQuestions returns the files of a bank with 400 questions like those of
// the program.
func manyQuestions(b *testing.B) fs.FS {
	b.Helper()
	bank, err := New()
	if err != nil {
		b.Fatal(err)
	}
	content := topicFile{Topic: "x", Language: domain.LanguageEnglish}
	for i := 0; len(content.Questions) < 400; i++ {
		if q := *bank.questions[i%len(bank.questions)]; q.Language == domain.LanguageEnglish {
			q.ID, q.Text = fmt.Sprintf("%s-%d", q.ID, i), fmt.Sprintf("%d. %s", i, q.Text)
			content.Questions = append(content.Questions, &q)
		}
	}
	data, err := json.Marshal(content)
	if err != nil {
		b.Fatal(err)
	}
	return folder(map[string]string{"en-x.json": string(data)})
}

func largeBank(b *testing.B) *Bank {
	b.Helper()
	bank, err := load(manyQuestions(b))
	if err != nil {
		b.Fatal(err)
	}
	return bank
}

func BenchmarkAskQuestion(b *testing.B) {
	bank := largeBank(b)
	interview := interviewOf(1, goPosting)
	for b.Loop() {
		if _, err := bank.AskQuestion(context.Background(), interview); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad loads 400 questions, and reports what memory they keep.
func BenchmarkLoad(b *testing.B) {
	files := manyQuestions(b)
	heap := func() float64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return float64(stats.HeapAlloc)
	}
	before := heap()
	bank, err := load(files)
	if err != nil {
		b.Fatal(err)
	}
	kept := heap() - before
	runtime.KeepAlive(bank)
	for b.Loop() {
		if _, err := load(files); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(kept/1e6, "MB-kept")
}

// BenchmarkGiveFeedback judges one answer of 20,000 letters.
func BenchmarkGiveFeedback(b *testing.B) {
	bank := largeBank(b)
	q := bank.questions[0]
	for _, bc := range []struct{ name, text string }{
		{"prose", strings.Repeat(filler[domain.LanguageEnglish], 100)},
		{"terms", strings.Repeat(strings.Join(termsOf(q), ", which I use with the others. "), 20)},
		{"lines", strings.Repeat("a\n", domain.MaxAnswerLength/2)},
		{"disclaimers", strings.Repeat("i don't know the не знаю ", 1000)},
		{"disclaimed terms", strings.Repeat("i didn't not "+q.Points[0].Terms[0]+" не "+q.Points[1].Terms[0]+" ", 1000)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			interview := interviewOf(1, goPosting)
			interview.Resume = strings.Repeat(filler[domain.LanguageUkrainian], 100)
			interview.Messages = append(interview.Messages, domain.Message{Type: domain.MessageQuestion, Content: q.Text, QuestionType: q.Type})
			answerWith(&interview, bc.text[:min(len(bc.text), domain.MaxAnswerLength)])
			for b.Loop() {
				if _, err := bank.GiveFeedback(context.Background(), interview); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
