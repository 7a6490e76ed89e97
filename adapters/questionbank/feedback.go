package questionbank

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// What is full marks, for one answer.
const (
	fullCoverage  = 0.75 // of the key points: nobody names all
	fullWords     = 40   // different words
	fullSentences = 3
	fullSigns     = 3 // different words that show reasoning
	fullOverlap   = 4 // different words shared with question and posting
	// copied is the share of an answer's words that come from the question,
	// from which on it is taken for a copy of it.
	copied = 0.8
	// shortTerm is up to which length a term must match a whole word.
	shortTerm = 3
	maxGaps   = 10
	maxLearn  = 5
)

// answer is what the rules see in one answer. All shares are 0 to 1, and 0
// where there is no answer.
type answer struct {
	question  *Question // nil if it is not of the bank
	typ       domain.QuestionType
	answered  bool
	covered   int
	missing   []string
	coverage  float64
	length    float64
	sentences float64
	signs     float64
	overlap   float64
}

// GiveFeedback implements [ports.FeedbackGiver]. A question without an answer
// counts as 0 in every score.
func (b *Bank) GiveFeedback(ctx context.Context, interview domain.Interview) (domain.Assessment, error) {
	words := textsOf(interview.Posting.Language)
	var answers []answer
	for _, exchange := range domain.Transcript(interview.Messages) {
		if err := ctx.Err(); err != nil {
			return domain.Assessment{}, err
		}
		answers = append(answers, b.look(exchange, interview.Posting, words))
	}
	var covered, points, answered, reasoned int
	for _, a := range answers {
		if a.question != nil {
			covered, points = covered+a.covered, points+len(a.question.KeyPoints)
		}
		if a.answered {
			answered++
		}
		if a.signs > 0 {
			reasoned++
		}
	}
	technical := of(answers, domain.QuestionTechnical)
	practical := of(answers, domain.QuestionBehavioral, domain.QuestionSituational)
	gaps, learn := lessons(answers)
	return domain.Assessment{
		TechnicalAccuracy: domain.Judgement{
			Score: score(technical, func(a answer) float64 { return a.coverage }),
			Text:  words.technical(covered, points)},
		CommunicationClarity: domain.Judgement{
			Score: score(answers, func(a answer) float64 {
				form := 0.5*a.length + 0.25*a.sentences + 0.25*a.signs
				if a.offTopic() {
					return 0.3 * form
				}
				return form
			}),
			Text: words.communication(answered, len(answers))},
		ProblemSolving: domain.Judgement{
			Score: score(practical, func(a answer) float64 {
				if a.offTopic() {
					return 0
				}
				return 0.6*a.coverage + 0.4*a.signs
			}),
			Text: words.problemSolving(reasoned, len(answers))},
		Relevance: domain.Judgement{
			Score: score(answers, func(a answer) float64 { return 0.6*a.coverage + 0.4*a.overlap }),
			Text:  words.relevance()},
		OverallComments:         words.overall(answered, len(answers)),
		KnowledgeGaps:           gaps,
		LearningRecommendations: learn,
		Method:                  domain.MethodRules,
	}, nil
}

// offTopic reports whether nothing in the answer has to do with its question.
func (a answer) offTopic() bool { return a.covered == 0 && a.overlap < 0.5 }

// look applies the rules to one answer.
func (b *Bank) look(exchange domain.Exchange, posting domain.JobPosting, words texts) answer {
	a := answer{question: b.byText[exchange.Question.Content], typ: exchange.Question.QuestionType}
	said := ""
	if exchange.Answer != nil {
		said = normalize(exchange.Answer.Content)
	}
	own, asked := wordSet(said), wordSet(normalize(exchange.Question.Content))
	fromQuestion := 0
	for word := range own {
		if asked[word] {
			fromQuestion++
		}
	}
	if len(own) == 0 || float64(fromQuestion) >= copied*float64(len(own)) && len(own) > 2 {
		if a.question != nil {
			for _, point := range a.question.KeyPoints {
				a.missing = append(a.missing, point.Point)
			}
		}
		return a
	}
	a.answered = true
	a.length = share(len(own), fullWords)
	a.sentences = share(sentences(exchange.Answer.Content), fullSentences)
	for _, sign := range words.signs {
		if mentions(said, sign) {
			a.signs++
		}
	}
	a.signs = share(int(a.signs), fullSigns)
	if a.question != nil {
		for _, point := range a.question.KeyPoints {
			if slices.ContainsFunc(point.Terms, func(term string) bool { return mentions(said, term) }) {
				a.covered++
			} else {
				a.missing = append(a.missing, point.Point)
			}
		}
		a.coverage = min(1, float64(a.covered)/float64(len(a.question.KeyPoints))/fullCoverage)
	}
	about := wordSet(normalize(strings.Join(append([]string{posting.Title, posting.Description}, posting.TechStack...), " ")))
	common := 0
	for word := range own {
		if utf8.RuneCountInString(word) > shortTerm && (asked[word] || about[word]) {
			common++
		}
	}
	a.overlap = share(common, fullOverlap)
	return a
}

// of returns the answers to questions of the types, or all if there is none.
func of(answers []answer, types ...domain.QuestionType) (some []answer) {
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

// score is the mean of a measure, 0 to 100.
func score(answers []answer, measure func(answer) float64) int {
	if len(answers) == 0 {
		return 0
	}
	sum := 0.0
	for _, a := range answers {
		sum += measure(a)
	}
	return int(math.Round(100 * sum / float64(len(answers))))
}

// lessons returns the key points that were not spoken of, in the order of the
// questions, and what to learn, the weakest answer first.
func lessons(answers []answer) (gaps, learn []string) {
	weakest := slices.Clone(answers)
	slices.SortStableFunc(weakest, func(a, b answer) int { return a.covered - b.covered })
	for _, a := range answers {
		for _, point := range a.missing {
			if len(gaps) < maxGaps && !slices.Contains(gaps, point) {
				gaps = append(gaps, point)
			}
		}
	}
	for _, a := range weakest {
		if len(a.missing) > 0 && len(learn) < maxLearn && !slices.Contains(learn, a.question.Learn) {
			learn = append(learn, a.question.Learn)
		}
	}
	return gaps, learn
}

func share(n, full int) float64 { return min(1, float64(n)/float64(full)) }

// normalize gives texts one form: lower case, single blanks, one apostrophe.
func normalize(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("’", "'", "ʼ", "'").Replace(strings.ToLower(s))), " ")
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' }

// stemLength is how much of a word counts as its stem, in letters.
const stemLength = 5

// wordSet returns the stems of the different words of a normalised text.
func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !isWordRune(r) }) {
		if letters := []rune(word); len(letters) > stemLength {
			word = string(letters[:stemLength])
		}
		set[word] = true
	}
	return set
}

func sentences(s string) (n int) {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(".!?;\n", r) }) {
		if strings.ContainsFunc(part, unicode.IsLetter) {
			n++
		}
	}
	return n
}

// mentions reports whether a normalised text has the term at the beginning of
// a word, or, if the term is short, as a whole word.
func mentions(text, term string) bool {
	whole := utf8.RuneCountInString(term) <= shortTerm
	for from := 0; ; {
		at := strings.Index(text[from:], term)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(term):])
		if (at == 0 || !isWordRune(before)) && (!whole || at+len(term) == len(text) || !isWordRune(after)) {
			return true
		}
		from = at + len(term)
	}
}
