package questionbank

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// The rules by which an answer is read; docs/scoring.md explains them.
const (
	minSentence     = 5    // words of its own in a sentence that can say something
	maxSentence     = 40   // words; what is longer is read in pieces
	minClause       = 4    // words in a part of a sentence that can say something
	minFunction     = 2    // different words such as "the", without which text is no sentence
	functionShare   = 0.2  // of such words in a sentence
	neighbours      = 2    // sentences on either side that make a stretch
	nearFocus       = 0.35 // of the words of a stretch, in sentences with a term, for it to speak of the points
	termsPerWord    = 2    // how much the new words of a sentence may be together, for each that is no term
	minDepth        = 1.5  // new words, besides terms, in the sentences that speak of a point, for it to be covered
	fullDepth       = 5    // of them, for it to count in full
	borrowedRun     = 4    // words in a row that also stand in question, posting or resume
	repeatedRun     = 8    // words in a row that also stand in the answer to another question
	refusalDistance = 2    // words between "I don't" and a term
)

// reading is what an answer was found to say.
type reading struct {
	text      string
	tokens    []token
	words     []string
	copied    []bool // of each word: it is not the answerer's own
	sentences []sentence

	worth   []float64   // for each point of the question: from 0, not covered, to 1
	found   []*evidence // for each point: where a term of it stands, in a sentence that speaks if possible; nil if nowhere
	foreign int         // words of sentences in another language
	dropped int         // words that stand elsewhere too
}

// sentence is a part of an answer: the words from and up to.
type sentence struct {
	from, to int
	whole    bool    // it is a sentence of the language
	matches  []match // the terms in it that count, each of the group of its point
	speaks   bool    // it is whole, and one of a stretch that speaks of the points
}

// evidence is where a term of a point was found.
type evidence struct{ sentence, from, to int }

// reader reads an answer.
type reader struct {
	reading
	question *question // nil if the bank does not know it
	language domain.Language
	term     []bool // of each word: it belongs to a term
}

// readAnswer reads an answer to a question, which is nil if the bank does not
// know it, in a language. The function marks the words that are not the
// answerer's own.
func readAnswer(q *question, language domain.Language, text string, markCopied func(words []string, copied []bool)) reading {
	r := reader{reading: reading{text: text, tokens: tokens(text)}, question: q, language: language}
	r.words = make([]string, len(r.tokens))
	for i, token := range r.tokens {
		r.words[i] = token.word
	}
	r.copied, r.term = make([]bool, len(r.words)), make([]bool, len(r.words))
	markCopied(r.words, r.copied)
	for _, is := range r.copied {
		increase(&r.dropped, is)
	}
	r.findSentences()
	if q == nil {
		for i := range r.sentences {
			r.sentences[i].speaks = r.sentences[i].whole
		}
		return r.reading
	}
	r.findStretches()
	r.weigh()
	return r.reading
}

// findSentences finds sentences, and the terms in them that count.
func (r *reader) findSentences() {
	var found []match
	if r.question != nil {
		found = r.question.terms().find(r.words)
	}
	for _, m := range found {
		for i := m.from; i < m.to; i++ {
			r.term[i] = true
		}
	}
	r.sentences = split(r.text, r.tokens)
	out := r.disclaimed()
	for i := range r.sentences {
		s := &r.sentences[i]
		for ; len(found) > 0 && found[0].from < s.to; found = found[1:] {
			m := found[0]
			if m.to <= s.to && !slices.Contains(r.copied[m.from:m.to], true) && !slices.Contains(out[m.from:m.to], true) {
				s.matches = append(s.matches, m)
			}
		}
		if r.isForeign(*s) {
			r.foreign += s.to - s.from
		} else {
			s.whole = r.isWhole(*s)
		}
	}
}

// isForeign reports whether the sentence seems to be in another language.
func (r *reader) isForeign(s sentence) bool {
	n := 0
	for _, word := range r.words[s.from:s.to] {
		increase(&n, isForeignWord(word, r.language))
	}
	return n > 1 && 8*n >= s.to-s.from
}

// isWhole reports whether the words that are not copied make a sentence.
func (r *reader) isWhole(s sentence) bool {
	own, n := 0, 0
	var different []string // of these words
	for i := s.from; i < s.to; i++ {
		switch {
		case r.copied[i]:
			continue
		case !r.term[i] && isFunctionWord(r.words[i], r.language):
			n++
			if !slices.Contains(different, r.words[i]) {
				different = append(different, r.words[i])
			}
		}
		own++
	}
	return own >= minSentence && len(different) >= minFunction && float64(n) >= functionShare*float64(own)
}

// findStretches finds the sentences that speak of the points: whole ones with
// a term, which do not stand alone among others that have none.
func (r *reader) findStretches() {
	for i := range r.sentences {
		n, of := 0, 0
		for _, s := range r.sentences[max(0, i-neighbours):min(len(r.sentences), i+neighbours+1)] {
			of += s.to - s.from
			if s.whole && len(s.matches) > 0 {
				n += s.to - s.from
			}
		}
		s := &r.sentences[i]
		s.speaks = s.whole && len(s.matches) > 0 && float64(n) >= nearFocus*float64(of)
	}
}

// weigh weighs what the sentences say about the points.
func (r *reader) weigh() {
	points := len(r.question.Points)
	r.worth, r.found = make([]float64, points), make([]*evidence, points)
	var (
		depth    = make([]float64, points)    // new words, for each point
		shown    = make([]bool, len(r.words)) // the first term of each point
		seen     = make(map[string]bool)      // stems that were there before
		asked    = stems(words(r.question.Text))
		inClause = r.clauses()
	)
	for i, s := range r.sentences {
		var named []int // points
		for _, m := range s.matches {
			if !slices.Contains(named, m.group) {
				named = append(named, m.group)
			}
			before := r.found[m.group]
			if before == nil {
				for j := m.from; j < m.to; j++ {
					shown[j] = true
				}
			}
			if before == nil || s.speaks && !r.sentences[before.sentence].speaks {
				r.found[m.group] = &evidence{i, m.from, m.to}
			}
		}
		fresh, besides := 0, 0 // words that are new, and such that are no terms
		for j := s.from; j < s.to; j++ {
			word := stem(r.words[j])
			if r.copied[j] || seen[word] || isFunctionWord(r.words[j], r.language) {
				continue
			}
			seen[word] = true
			increase(&besides, !r.term[j])
			increase(&fresh, !asked[word] && (!r.term[j] || inClause[j] && !shown[j]))
		}
		if !s.speaks {
			continue
		}
		fresh = min(fresh, termsPerWord*besides)
		for _, point := range named {
			depth[point] += float64(fresh) / float64(len(named))
		}
	}
	for i, words := range depth {
		if words >= minDepth {
			r.worth[i] = min(1, words/fullDepth)
		}
	}
}

// covered returns how many points are covered, and what that is worth.
func (r reading) covered() (n int, worth float64) {
	for _, w := range r.worth {
		increase(&n, w > 0)
		worth += w
	}
	return n, worth
}

// focus is the share of the answer's words that stand in sentences which
// speak of a point.
func (r reading) focus() float64 {
	n := 0
	for _, s := range r.sentences {
		if s.speaks {
			n += s.to - s.from
		}
	}
	return float64(n) / float64(max(1, len(r.words)))
}

// density is how many different terms stand in the sentences that speak of a
// point, for a hundred words of the answer.
func (r reading) density() float64 {
	different := make(map[string]bool)
	for _, s := range r.sentences {
		if s.speaks {
			for _, m := range s.matches {
				different[strings.Join(r.words[m.from:m.to], " ")] = true
			}
		}
	}
	return 100 * float64(len(different)) / float64(max(1, len(r.words)))
}

// speaking returns the words of each sentence that speaks of a point.
func (r reading) speaking() (texts [][]string) {
	for _, s := range r.sentences {
		if s.speaks {
			texts = append(texts, r.words[s.from:s.to])
		}
	}
	return texts
}

// overlap judges an answer whose points are not known: by its own words in
// sentences, and by those that it shares with the question.
func (r reading) overlap(asked map[string]bool, language domain.Language) float64 {
	own, shared := make(map[string]bool), make(map[string]bool)
	for _, s := range r.sentences {
		if !s.speaks {
			continue
		}
		for i := s.from; i < s.to; i++ {
			switch word := stem(r.words[i]); {
			case r.copied[i] || isFunctionWord(r.words[i], language):
			case asked[word]:
				shared[word] = true
			default:
				own[word] = true
			}
		}
	}
	return fraction(len(own), fullOwn) * fraction(len(shared), min(fullOverlap, max(1, len(asked))))
}

// clauses marks the words of parts that say something, between commas and
// the like; the items of a list do not.
func (r *reader) clauses() []bool {
	in := make([]bool, len(r.words))
	for _, s := range r.sentences {
		from, function := s.from, 0
		for i := s.from; i < s.to; i++ {
			increase(&function, isFunctionWord(r.words[i], r.language))
			if r.pauses(i, s) || joins[r.words[i]] {
				for j := from; j <= i; j++ {
					in[j] = i+1-from >= minClause && function >= minFunction
				}
				from, function = i+1, 0
			}
		}
	}
	return in
}

// pauses reports whether a comma or the like follows a word of the sentence,
// or its end.
func (r reading) pauses(i int, s sentence) bool {
	return i+1 >= s.to || strings.ContainsAny(r.text[r.tokens[i].to:r.tokens[i+1].from], ",:;()/—–")
}

// disclaimed marks the words that a person says not to know or not to do. A
// term is no disclaimer: in some questions "I don't know" is an answer.
func (r *reader) disclaimed() []bool {
	out := make([]bool, len(r.words))
	signs := disclaimers.find(r.words)
	for i := range r.sentences {
		s := r.sentences[i]
		for ; len(signs) > 0 && signs[0].from < s.to; signs = signs[1:] {
			m := signs[0]
			if slices.Contains(r.term[m.from:m.to], true) {
				continue
			}
			from, to := m.from, m.to
			switch m.group {
			case ignorance:
				if slices.ContainsFunc(r.words[max(s.from, m.from-2):m.from], func(word string) bool { return conditions[word] }) {
					continue
				}
				for from > s.from && !turns[r.words[from-1]] {
					from--
				}
				for to < s.to && !turns[r.words[to]] {
					to++
				}
			case refusal:
				for to < min(s.to, m.to+refusalDistance+1) && !turns[r.words[to]] && !joins[r.words[to]] {
					to++
				}
			case denial:
				to = min(s.to, m.to+1)
			}
			for j := from; j < to; j++ {
				out[j] = true
			}
		}
	}
	return out
}

// maxQuote is how many letters a quote has at most, besides its ellipses.
const maxQuote = 118

// quote returns the clause in which the evidence stands, as it was written,
// cut where it is long.
func (r reading) quote(e *evidence) string {
	s := r.sentences[e.sentence]
	from, to := e.from, e.to
	for from > s.from && !r.pauses(from-1, s) {
		from--
	}
	for to < s.to && !r.pauses(to-1, s) {
		to++
	}
	if to-from < minSentence {
		from, to = s.from, s.to
	}
	text := func() string { return r.text[r.tokens[from].from:r.tokens[to-1].to] }
	cutFrom, cutTo := false, false
	for utf8.RuneCountInString(text()) > maxQuote && (from < e.from || to > e.to) {
		if e.from-from > to-e.to {
			from, cutFrom = from+1, true
		} else {
			to, cutTo = to-1, true
		}
	}
	quoted := text()
	if cutFrom {
		quoted = "…" + quoted
	}
	if cutTo {
		quoted += "…"
	}
	if utf8.RuneCountInString(quoted) > maxQuote+2 { // of one word that has no end
		quoted = string([]rune(quoted)[:maxQuote]) + "…"
	}
	return quoted
}
