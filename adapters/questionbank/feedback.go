package questionbank

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// What earns the full mark of a measure, in one answer.
const (
	fullLength    = 25   // different words of its own
	fullLanguage  = 0.2  // share of words such as "the", without which text is no sentence
	fullSentences = 3    // of three words or more
	fullLinks     = 3    // different linking words
	fullReasoning = 3    // different signs of reasoning
	fullOverlap   = 5    // different words shared with question and posting
	unknownWorth  = 0.5  // of the content of an answer whose question has no key points here
	minSentence   = 3    // words
	weakBelow     = 0.40 // score of what is called weak
	goodFrom      = 0.75 // score of what is called good
)

// How long the lists of a feedback are at most.
const (
	maxGaps            = 10
	maxRecommendations = 5
)

// GiveFeedback implements [ports.FeedbackGiver]. It counts which key points an
// answer speaks of, and looks at length, form and words; it cannot tell
// whether a statement is true, and says so. A question without an answer
// counts as 0. The same interview gets the same feedback. The error is that of
// the context.
func (b *Bank) GiveFeedback(ctx context.Context, interview domain.Interview) (domain.Assessment, error) {
	about := aboutOf(interview.Posting)
	var answers []answer
	for _, exchange := range domain.Transcript(interview.Messages) {
		if err := ctx.Err(); err != nil {
			return domain.Assessment{}, err
		}
		answers = append(answers, measure(b.byText[strings.TrimSpace(exchange.Question.Content)], exchange, about))
	}
	if err := ctx.Err(); err != nil {
		return domain.Assessment{}, err
	}
	technical := ofType(answers, domain.QuestionTechnical)
	practical := ofType(answers, domain.QuestionBehavioral, domain.QuestionSituational)
	t := textsOf(interview.Posting.Language)
	gaps, recommendations := lessons(answers)
	return domain.Assessment{
		TechnicalAccuracy:       judge(technical, answer.technical, t.technical),
		CommunicationClarity:    judge(answers, answer.clarity, t.clarity),
		ProblemSolving:          judge(practical, answer.problemSolving, t.problemSolving),
		Relevance:               judge(answers, answer.relevance, t.relevance),
		OverallComments:         t.overall(tallyOf(answers)),
		KnowledgeGaps:           gaps,
		LearningRecommendations: recommendations,
		Method:                  domain.MethodRules,
	}, nil
}

// answer is what was measured of the answer to one question. All is zero if
// there is none. A fraction is from 0 to 1.
type answer struct {
	question *question // nil if the bank does not know it
	typ      domain.QuestionType

	answered  bool
	touched   []bool // for each key point of the question
	words     int
	sentences int
	figures   bool // an example or a number

	content   float64 // fraction of the key points
	substance float64 // fraction of a full answer in the answerer's own words
	structure float64 // fraction of sentences, links, examples
	reasoning float64 // fraction of signs of reasoning
	overlap   float64 // fraction of words shared with question and posting
}

// The scores of one answer, from 0 to 1. Each is a product with what cannot be
// had by repeating words: the touched key points, or the substance.

func (a answer) technical() float64 { return a.content * (0.6 + 0.4*a.substance) }

func (a answer) problemSolving() float64 {
	return a.content * (0.5 + 0.2*a.substance + 0.3*a.reasoning*a.substance)
}

func (a answer) clarity() float64 { return a.substance * (0.4 + 0.6*a.structure) }

func (a answer) relevance() float64 { return a.substance * (0.7*a.content + 0.3*a.overlap) }

// onTopic reports whether the answer takes up its question, and is more than a
// copy of it.
func (a answer) onTopic() bool {
	return a.substance > 0 && (slices.Contains(a.touched, true) || a.overlap >= 0.5)
}

// measure measures the answer to a question, which is nil if the bank does not
// know it.
func measure(q *question, exchange domain.Exchange, about map[string]bool) answer {
	a := answer{question: q, typ: exchange.Question.QuestionType}
	if q != nil {
		a.touched = make([]bool, len(q.Points))
	}
	if exchange.Answer == nil {
		return a
	}
	text := words(exchange.Answer.Content)
	a.words, a.answered = len(text), len(text) > 0
	if !a.answered {
		return a
	}
	asked := stems(words(exchange.Question.Content))
	own, shared := 0, 0
	for stem := range stems(text) {
		if asked[stem] || about[stem] {
			shared++
		} else {
			own++
		}
	}
	a.substance = fraction(own, fullLength) * min(1, functionShare(text)/fullLanguage)
	a.overlap = fraction(shared, min(fullOverlap, max(1, len(asked)+len(about))))
	a.sentences = sentences(exchange.Answer.Content)
	a.figures = count(exampleSigns, text) > 0 || slices.ContainsFunc(text, hasDigit)
	a.structure = fraction(a.sentences, fullSentences) + fraction(count(linkSigns, text), fullLinks)
	if a.figures {
		a.structure++
	}
	a.structure /= 3
	a.reasoning = fraction(count(reasoningSigns, text), fullReasoning)
	if q == nil {
		a.content = unknownWorth * a.overlap * a.substance
		return a
	}
	n := 0
	for i, key := range q.Points {
		if slices.ContainsFunc(key.phrases, func(p phrase) bool { return p.in(text) }) {
			a.touched[i] = true
			n++
		}
	}
	a.content = fraction(n, len(q.Points))
	return a
}

// aboutOf returns the stems of the words of a posting.
func aboutOf(posting domain.JobPosting) map[string]bool {
	return stems(words(posting.Title + " " + posting.Description + " " + strings.Join(posting.TechStack, " ")))
}

func fraction(n, full int) float64 { return min(1, float64(n)/float64(full)) }

func functionShare(text []string) float64 {
	n := 0
	for _, word := range text {
		if functionWords[word] {
			n++
		}
	}
	return float64(n) / float64(len(text))
}

func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

// sentences returns how many parts of the text between marks and line ends
// have enough words for a sentence.
func sentences(text string) int {
	n := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".!?…\n", r) }) {
		if len(words(part)) >= minSentence {
			n++
		}
	}
	return n
}

// ofType returns the answers to questions of the types, or all if there are
// none.
func ofType(answers []answer, types ...domain.QuestionType) []answer {
	var some []answer
	for _, a := range answers {
		if slices.Contains(types, a.typ) {
			some = append(some, a)
		}
	}
	if len(some) == 0 {
		return answers
	}
	return some
}

// judge gives the mean of the answers' scores, with what the text says of it.
func judge(answers []answer, score func(answer) float64, text func(tally, grade) string) domain.Judgement {
	if len(answers) == 0 {
		return domain.Judgement{Text: text(tally{}, weak)}
	}
	sum := 0.0
	for _, a := range answers {
		sum += score(a)
	}
	mean := sum / float64(len(answers))
	of := fair
	switch {
	case mean < weakBelow:
		of = weak
	case mean >= goodFrom:
		of = good
	}
	return domain.Judgement{Score: int(math.Round(100 * mean)), Text: text(tallyOf(answers), of)}
}

// grade is what a score is called.
type grade int

const (
	weak grade = iota
	fair
	good
)

// tally is what the texts of a feedback report.
type tally struct {
	asked, answered          int
	points, touched          int
	unknown                  int // questions without key points
	onTopic, figures         int // answers
	reasoned                 int // answers with a sign of reasoning
	meanWords, meanSentences int // of an answer that was given
	types                    map[domain.QuestionType]bool
}

func tallyOf(answers []answer) tally {
	t := tally{asked: len(answers), types: make(map[domain.QuestionType]bool)}
	words, sentences := 0, 0
	for _, a := range answers {
		t.types[a.typ] = true
		if a.question == nil {
			t.unknown++
		}
		t.points += len(a.touched)
		for _, touched := range a.touched {
			increase(&t.touched, touched)
		}
		increase(&t.answered, a.answered)
		increase(&t.onTopic, a.onTopic())
		increase(&t.figures, a.figures)
		increase(&t.reasoned, a.reasoning > 0)
		words, sentences = words+a.words, sentences+a.sentences
	}
	if t.answered > 0 {
		t.meanWords, t.meanSentences = mean(words, t.answered), mean(sentences, t.answered)
	}
	return t
}

func increase(n *int, yes bool) {
	if yes {
		*n++
	}
}

func mean(sum, n int) int { return int(math.Round(float64(sum) / float64(n))) }

// lessons returns the key points that no answer touched, in the order of their
// questions, and what to learn, by the weakest question. A question that was
// asked twice counts once, with all that was said of it.
func lessons(answers []answer) (gaps, recommendations []string) {
	type lesson struct {
		question *question
		touched  []bool
		share    float64
	}
	var lessons []*lesson
	of := make(map[*question]*lesson)
	for _, a := range answers {
		if a.question == nil {
			continue
		}
		l := of[a.question]
		if l == nil {
			l = &lesson{question: a.question, touched: make([]bool, len(a.touched))}
			of[a.question] = l
			lessons = append(lessons, l)
		}
		for i, touched := range a.touched {
			l.touched[i] = l.touched[i] || touched
		}
	}
	gaps, recommendations = []string{}, []string{}
	for _, l := range lessons {
		n := 0
		for i, touched := range l.touched {
			if point := l.question.Points[i].Point; touched {
				n++
			} else if len(gaps) < maxGaps && !slices.Contains(gaps, point) {
				gaps = append(gaps, point)
			}
		}
		l.share = fraction(n, len(l.touched))
	}
	slices.SortStableFunc(lessons, func(a, b *lesson) int { return cmp.Compare(a.share, b.share) })
	for _, l := range lessons {
		if l.share < 1 && len(recommendations) < maxRecommendations && !slices.Contains(recommendations, l.question.Learn) {
			recommendations = append(recommendations, l.question.Learn)
		}
	}
	return gaps, recommendations
}
