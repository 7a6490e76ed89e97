package questionbank

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// The bounds of what is no answer, for each of the four scores.
const (
	mostOfNonsense = 10
	mostOfQuestion = 25
	mostOfKeyWords = 35
)

const (
	lorem = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed do eiusmod tempor incididunt ut labore et dolore magna aliqua."
	mash  = "Asdf qwer zxcv. Hjkl uiop bnmq! Dfgh rtyu vbnm tyui ghjk wert sdfg xcvb, фівап ролдж ячсм."
	salad = "banana window seven carpet mountain happily spoon drawer orange bicycle lamp winter measure fork elephant garden " +
		"виделка гора щасливо сім килим апельсин зима лампа слон парк міра шухляда"
)

// filler is grammatical prose about nothing, in the language.
var filler = map[domain.Language]string{
	domain.LanguageEnglish: "That is a very good point, and I would like to add that it really is a topic I could speak about for hours. " +
		"In my opinion everybody should think about such things more often. The weather was lovely on that day, and my neighbour has " +
		"bought a yellow bicycle, which he rides along the river every morning with his dog. ",
	domain.LanguageUkrainian: "Це дуже цікава тема, про яку я міг би говорити годинами. На мій погляд, про такі речі варто думати частіше. " +
		"Того дня була чудова погода, а мій сусід купив жовтий велосипед, на якому щоранку їздить уздовж річки зі своїм собакою. ",
}

// cheat is an answer that earns little whatever the question is.
type cheat struct {
	name string
	most int
	text func(*question) string
}

func cheats() []cheat {
	list := []cheat{
		{"blanks and marks", 0, func(*question) string { return "  👍 ... ❤️ \n" }},
		{"keyboard mash", mostOfNonsense, func(*question) string { return strings.Repeat(mash+" ", 5) }},
		{"lorem ipsum", mostOfNonsense, func(*question) string { return strings.Repeat(lorem+" ", 5) }},
		{"random words", mostOfNonsense, func(*question) string { return salad }},
		{"one word", mostOfNonsense, func(*question) string { return strings.Repeat("because ", 300) }},
		{"one term", mostOfNonsense, func(q *question) string { return strings.Repeat(q.Points[0].Terms[0]+" ", 100) }},
		{"one sentence", mostOfNonsense, func(*question) string { return strings.Repeat("I have done this, for example. ", 50) }},
		{"filler", mostOfNonsense, func(q *question) string { return strings.Repeat(filler[q.Language], 3) }},
		{"the question", mostOfQuestion, func(q *question) string { return q.Text }},
		{"the question, three times over", mostOfQuestion, func(q *question) string { return strings.Repeat(strings.ToUpper(q.Text)+" ", 3) }},
		{"the question in a frame", mostOfQuestion, func(q *question) string {
			return "Thank you for this question. Дякую за запитання. " + q.Text + " I am glad that you ask. Добре, що ви питаєте."
		}},
		{"the question's words shuffled", mostOfQuestion, func(q *question) string {
			list := words(q.Text + " " + q.Text)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			return strings.Join(list, " ") + "."
		}},
	}
	for _, separator := range []string{" ", ", ", "\n", "\n- ", ". ", "; ", " and ", " і ", ", then ", " because "} {
		list = append(list, cheat{fmt.Sprintf("key words with %q", separator), mostOfKeyWords, func(q *question) string {
			return strings.Join(termsOf(q), separator)
		}})
	}
	for _, frame := range []string{
		"I know %s. ", "I know what %s is. ", "I have used %s a lot. ", "It is about %s, which is very important. ", "I would use %s here, because it is good. ",
		"Я знаю %s. ", "Я знаю, що таке %s. ", "Тут я б узяв %s, бо це добре. ",
	} {
		list = append(list, cheat{fmt.Sprintf("key words in %q", frame), mostOfKeyWords, func(q *question) string {
			var b strings.Builder
			for _, term := range termsOf(q) {
				fmt.Fprintf(&b, frame, term)
			}
			return b.String()
		}})
	}
	return append(list,
		cheat{"key words in one sentence", mostOfKeyWords, func(q *question) string {
			return "I would use " + strings.Join(termsOf(q), ", ") + " to solve it as well as I can."
		}},
		cheat{"key words, six a sentence", mostOfKeyWords, func(q *question) string {
			var b strings.Builder
			for chunk := range slices.Chunk(termsOf(q), 6) {
				b.WriteString("I have worked with " + strings.Join(chunk, ", ") + ". Я працював із " + strings.Join(chunk, ", ") + ". ")
			}
			return b.String()
		}},
		cheat{"key words in changing frames", mostOfKeyWords, func(q *question) string {
			frames := map[domain.Language][]string{
				domain.LanguageEnglish: {"I know %s.", "I am good at %s.", "We had %s in the last job.", "Then there is %s.", "You should never forget %s.",
					"My friends like %s too."},
				domain.LanguageUkrainian: {"Я знаю %s.", "Я добре вмію %s.", "У нас на роботі був %s.", "Потім іде %s.", "Не забувайте про %s.", "Мої друзі люблять %s."},
			}[q.Language]
			var b strings.Builder
			for i, term := range termsOf(q) {
				fmt.Fprintf(&b, frames[i%len(frames)]+" ", term)
			}
			return b.String()
		}},
	)
}

// termsOf returns the terms of a question, one of each point by turns.
func termsOf(q *question) (list []string) {
	for i := 0; ; i++ {
		before := len(list)
		for _, p := range q.Points {
			if i < len(p.Terms) {
				list = append(list, p.Terms[i])
			}
		}
		if len(list) == before {
			return list
		}
	}
}

func TestWhatIsNoAnswerEarnsLittle(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	// Hundreds of questions take their turns, so that the test stays quick.
	turns := max(1, len(bank.questions)/60)
	for i, c := range cheats() {
		most, of := 0, ""
		for j, q := range bank.questions {
			if (i+j)%turns > 0 {
				continue
			}
			got := slices.Max(scores(scoreAlone(t, bank, q, c.text(q)).Assessment))
			if got > most {
				most, of = got, q.ID
			}
			if got > c.most {
				t.Errorf("%s, %s: %d, should be at most %d", q.ID, c.name, got, c.most)
			}
		}
		t.Logf("at most %3d of %3d: %s %s", most, c.most, c.name, of)
	}
}

func TestAnotherLanguageEarnsLittle(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	for _, g := range allGraded(t, bank) {
		if g.grade != "strong" {
			continue
		}
		for _, q := range bank.questions {
			if q.Language == g.question.Language {
				continue
			}
			if got := scores(scoreAlone(t, bank, q, g.text).Assessment); slices.Max(got) > mostOfNonsense {
				t.Errorf("%s, answered with %s: %v", q.ID, g.question.ID, got)
			}
		}
	}
}

// TestPaddingWinsNothing makes each answer longer in ways that say nothing
// about its question.
func TestPaddingWinsNothing(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	list := allGraded(t, bank)
	posting := domain.JobPosting{Title: "Senior developer", Company: "Acme", TechStack: []string{"Go", "PostgreSQL", "Kubernetes"},
		Description: "You will own our payment services. We expect that you know how to use metrics, logs and profiling, write tests with good " +
			"coverage, and talk to customers and product managers. We run everything on Kubernetes with canary releases and feature flags."}
	const resume = "I reduced the latency of the checkout by half, because I added an index and a cache. I led a team of five, mentored two " +
		"juniors every week, and wrote post-mortems after each incident. I introduced code review, a linter and a pipeline with regression tests."
	score := func(g graded, text string) []int {
		interview := interviewOf(1, posting)
		interview.Posting.Language, interview.Resume = g.question.Language, resume
		interview.Messages = append(interview.Messages,
			domain.Message{Type: domain.MessageQuestion, Content: g.question.Text, QuestionType: g.question.Type})
		answerWith(&interview, text)
		a, err := bank.GiveFeedback(t.Context(), interview)
		if err != nil {
			t.Fatal(err)
		}
		return scores(a)
	}
	raised, tried := make(map[string]int), 0
	for i, g := range list {
		alone := score(g, g.text)
		others := ""
		for _, other := range list {
			if other.question != g.question && other.question.Language == g.question.Language && other.grade == "strong" {
				others += "\n\n" + other.text
			}
		}
		next := list[(i+9)%len(list)]
		for name, padding := range map[string]string{
			"itself":        g.text,
			"itself, upper": strings.ToUpper(g.text),
			"filler":        filler[g.question.Language],
			"much filler":   strings.Repeat(filler[g.question.Language], 8),
			"posting":       posting.Description,
			"resume":        resume,
			"question":      g.question.Text,
			"lorem ipsum":   lorem,
			"all others":    others,
			"one other":     next.text,
		} {
			if name == "one other" && (next.question == g.question || next.most > 0) {
				continue
			}
			tried++
			for _, text := range []string{g.text + "\n\n" + padding, padding + "\n\n" + g.text} {
				for j, got := range score(g, text) {
					if got > alone[j] {
						raised[name]++
						t.Logf("%s, %s, with %s: score %d rises from %d to %d", g.question.ID, g.grade, name, j, alone[j], got)
						break
					}
				}
			}
		}
	}
	total := 0
	for name, n := range raised {
		total += n
		if !slices.Contains([]string{"filler", "all others", "one other"}, name) {
			t.Errorf("%s raises a score %d times", name, n)
		}
	}
	t.Logf("a score rises in %d of %d cases: %v", total, 2*tried, raised)
	// Other people's words on other things hold a term here and there.
	if 25*total > 2*tried {
		t.Error("that is more than 4 percent")
	}
}
