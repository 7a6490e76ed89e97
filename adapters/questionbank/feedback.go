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

// The rule of the scores; docs/scoring.md explains it.
const (
	fullCoverage  = 0.8 // of the points of a question
	leastDensity  = 1.0 // different terms for a hundred words of an answer, for its points to count at all
	fullDensity   = 3.0 // of them, for its points to count in full
	clearFocus    = 0.6 // of the words of an answer, for full clarity and relevance
	fullLinks     = 3   // different linking words beside points
	fullReasoning = 3   // different signs of reasoning beside points
	unknownWorth  = 0.5 // of an answer whose question has no points here
	fullOwn       = 25  // different words of its own in such an answer
	fullOverlap   = 5   // different words that such an answer shares with the question
	weakBelow     = 0.40
	goodFrom      = 0.80
)

// How long the lists of a feedback are at most.
const (
	maxGaps            = 10
	maxRecommendations = 5
)

// GiveFeedback implements [ports.FeedbackGiver]. It finds which points an
// answer covers, and quotes the words that show it; it cannot tell whether a
// statement is true, and says so. A question without an answer counts as 0.
// The same interview gets the same feedback. The error is that of the context.
func (b *Bank) GiveFeedback(ctx context.Context, interview domain.Interview) (domain.Assessment, error) {
	posting := interview.Posting
	given, repeated := newRuns(borrowedRun), newRuns(repeatedRun)
	for _, text := range []string{posting.Title, posting.Company, posting.Description, strings.Join(posting.TechStack, " "), interview.Resume} {
		given.add(words(text), "given")
	}
	var answers []answer
	for _, exchange := range domain.Transcript(interview.Messages) {
		if err := ctx.Err(); err != nil {
			return domain.Assessment{}, err
		}
		asked := strings.TrimSpace(exchange.Question.Content)
		question := newRuns(borrowedRun)
		question.add(words(asked), "asked")
		a := measure(b.byText[asked], posting.Language, exchange, func(words []string, copied []bool) {
			given.mark(words, "", copied)
			question.mark(words, "", copied)
			repeated.mark(words, asked, copied)
			repeated.add(words, asked)
		})
		answers = append(answers, a)
	}
	if err := ctx.Err(); err != nil {
		return domain.Assessment{}, err
	}
	technical := orAll(ofType(answers, domain.QuestionTechnical), answers)
	practical := orAll(ofType(answers, domain.QuestionBehavioral, domain.QuestionSituational), answers)
	t := textsOf(posting.Language)
	gaps, recommendations := lessons(answers)
	return domain.Assessment{
		TechnicalAccuracy:       judge(technical, answer.technical, t.technical),
		CommunicationClarity:    judge(answers, answer.clarity, t.clarity),
		ProblemSolving:          judge(practical, answer.problemSolving, t.problemSolving),
		Relevance:               judge(answers, answer.relevance, t.relevance),
		OverallComments:         t.overall(answers),
		KnowledgeGaps:           gaps,
		LearningRecommendations: recommendations,
		Method:                  domain.MethodRules,
	}, nil
}

// answer is what was measured of the answer to one question. All is zero if
// there is none. A fraction is from 0 to 1.
type answer struct {
	reading
	question *question // nil if the bank does not know it
	typ      domain.QuestionType

	answered bool
	figures  bool // an example or a number beside a point

	coverage  float64 // fraction of the points, less where the answer is about something else
	links     float64 // fraction of linking words beside points
	reasoning float64 // fraction of signs of reasoning beside points
	focused   float64 // fraction of the words beside points
}

// The scores of one answer, from 0 to 1. Each is a product with the covered
// points, which cannot be had by writing more.

func (a answer) technical() float64 { return a.coverage }

func (a answer) problemSolving() float64 { return a.coverage * (0.6 + 0.4*a.reasoning) }

func (a answer) clarity() float64 {
	form := 0.2 + 0.3*a.focused + 0.3*a.links
	if a.figures {
		form += 0.2
	}
	return a.coverage * form
}

func (a answer) relevance() float64 { return a.coverage * (0.5 + 0.5*a.focused) }

// onTopic reports whether the answer covers at least half of the points.
func (a answer) onTopic() bool {
	n, _ := a.covered()
	return n > 0 && 2*n >= len(a.worth)
}

// measure measures the answer to a question, which is nil if the bank does not
// know it. The function marks the words that are not the answerer's own.
func measure(q *question, language domain.Language, exchange domain.Exchange, markCopied func(words []string, copied []bool)) answer {
	a := answer{question: q, typ: exchange.Question.QuestionType}
	if q != nil {
		language = q.Language
		a.worth, a.found = make([]float64, len(q.Points)), make([]*evidence, len(q.Points))
	}
	if exchange.Answer == nil {
		return a
	}
	a.reading = readAnswer(q, language, exchange.Answer.Content, markCopied)
	a.answered = len(a.words) > 0
	if q == nil {
		a.coverage = unknownWorth * a.overlap(stems(words(exchange.Question.Content)), language)
		return a
	}
	var found [reasoningSign + 1]map[string]bool
	for group := range found {
		found[group] = make(map[string]bool)
	}
	for _, text := range a.speaking() {
		a.figures = a.figures || slices.ContainsFunc(text, hasDigit)
		for _, m := range signs.find(text) {
			found[m.group][stem(text[m.from])] = true
		}
	}
	a.figures = a.figures || len(found[exampleSign]) > 0
	a.links = fraction(len(found[linkSign]), fullLinks)
	a.reasoning = fraction(len(found[reasoningSign]), fullReasoning)
	a.focused = min(1, a.focus()/clearFocus)
	_, worth := a.covered()
	counts := min(1, max(0, a.density()-leastDensity)/(fullDensity-leastDensity))
	a.coverage = counts * min(1, worth/(fullCoverage*float64(len(q.Points))))
	return a
}

func fraction(n, full int) float64 { return min(1, float64(n)/float64(full)) }

func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

// ofType returns the answers to questions of the types.
func ofType(answers []answer, types ...domain.QuestionType) (some []answer) {
	for _, a := range answers {
		if slices.Contains(types, a.typ) {
			some = append(some, a)
		}
	}
	return some
}

func orAll(some, all []answer) []answer {
	if len(some) == 0 {
		return all
	}
	return some
}

// judge gives the mean of the answers' scores, with what the text says of it.
func judge(answers []answer, score func(answer) float64, text func([]answer, grade) string) domain.Judgement {
	sum := 0.0
	for _, a := range answers {
		sum += score(a)
	}
	mean := sum / float64(max(1, len(answers)))
	of := fair
	switch {
	case mean < weakBelow:
		of = weak
	case mean >= goodFrom:
		of = good
	}
	return domain.Judgement{Score: int(math.Round(100 * mean)), Text: text(answers, of)}
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
	asked, answered    int
	points, covered    int
	unknown            int // questions without points
	onTopic, figures   int // answers
	reasoned           int // answers with a sign of reasoning
	dropped, foreign   int // words
	meanWords, percent int // of an answer that was given; of words that speak of a point
}

func tallyOf(answers []answer) tally {
	t := tally{asked: len(answers)}
	words, focused := 0, 0.0
	for _, a := range answers {
		increase(&t.unknown, a.question == nil)
		n, _ := a.covered()
		t.points, t.covered = t.points+len(a.worth), t.covered+n
		increase(&t.answered, a.answered)
		increase(&t.onTopic, a.onTopic())
		increase(&t.figures, a.figures)
		increase(&t.reasoned, a.reasoning > 0)
		t.dropped, t.foreign = t.dropped+a.dropped, t.foreign+a.foreign
		words += len(a.words)
		focused += a.focus() * float64(len(a.words))
	}
	t.meanWords = int(math.Round(float64(words) / float64(max(1, t.answered))))
	t.percent = int(math.Round(100 * focused / float64(max(1, words))))
	return t
}

func increase(n *int, yes bool) {
	if yes {
		*n++
	}
}

// lessons returns the points that no answer covered, in the order of their
// questions, and what to learn, by the weakest question. A question that was
// asked twice counts once, with all that was said of it.
func lessons(answers []answer) (gaps, recommendations []string) {
	type lesson struct {
		question *question
		missed   []point
	}
	var lessons []*lesson
	of := make(map[*question]*lesson)
	for _, a := range answers {
		if a.question == nil {
			continue
		}
		l := of[a.question]
		if l == nil {
			l = &lesson{a.question, a.question.Points}
			of[a.question] = l
			lessons = append(lessons, l)
		}
		var missed []point
		for i, p := range a.question.Points {
			if a.worth[i] == 0 && slices.ContainsFunc(l.missed, func(m point) bool { return m.Point == p.Point }) {
				missed = append(missed, p)
			}
		}
		l.missed = missed
	}
	gaps, recommendations = []string{}, []string{}
	for _, l := range lessons {
		for _, p := range l.missed {
			if len(gaps) < maxGaps && !slices.Contains(gaps, p.Point) {
				gaps = append(gaps, p.Point)
			}
		}
	}
	share := func(l *lesson) float64 { return fraction(len(l.missed), len(l.question.Points)) }
	slices.SortStableFunc(lessons, func(a, b *lesson) int { return cmp.Compare(share(b), share(a)) })
	for _, l := range lessons {
		if len(l.missed) > 0 && len(recommendations) < maxRecommendations && !slices.Contains(recommendations, l.question.Learn) {
			recommendations = append(recommendations, l.question.Learn)
		}
	}
	return gaps, recommendations
}
