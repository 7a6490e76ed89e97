package questionbank

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// AskQuestion implements [ports.QuestionAsker]. It takes a question of the
// posting's language (English, if the bank has none of the type in it) by this
// rule:
//
//   - What a posting names weighs 8 in the title, 4 in the tech stack and 3 in
//     the description; the first entry of the tech stack weighs 8 if the title
//     has none of it. What goes with a name, as front end goes with React,
//     weighs a third of it. A title such as "Tester" is a trade: it weighs 12;
//     "back end" and "front end" weigh 4.
//   - A question counts as its weightiest tag, divided by one more than the
//     questions of that tag and type that the session had. One without tags
//     fits any job: its tag weighs 1.5.
//   - It counts half if it is about platforms none of which is named, a quarter
//     if one of their kind is, as Vue is of React's; half of that if it is for
//     the level below, and a fifth if it is for the level above.
//   - Behavioral and situational questions count by fields alone, if they have
//     any. For them any title weighs 8, what goes with a name weighs as much as
//     the name, and any job weighs 8, so that a session has some of both.
//   - The least asked in the session and its chain come first, of these the
//     ones that fit at all, of these the ones that are not for the opposite
//     level, of these the ones that count most, of these the ones whose topic
//     came least in the session. Among equals the session and the number of the
//     question draw a tag, and then a question of it.
//
// The error is that of the context.
func (b *Bank) AskQuestion(ctx context.Context, interview domain.Interview) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	number, typ := interview.Session.NextQuestion()
	list := b.selection.pools[pool{interview.Posting.Language, typ}]
	if list == nil {
		list = b.selection.pools[pool{domain.LanguageEnglish, typ}]
	}
	var (
		want = b.wantsOf(interview.Posting, typ)
		past = b.pastOf(interview, typ)
		best []candidate
		tags []string // of the best, each that on which it counts
		top  rank
	)
	for _, c := range list {
		r, tag := c.rank(want, past)
		order := r.compare(top)
		if len(best) == 0 || order < 0 {
			best, tags, top, order = best[:0], tags[:0], r, 0
		}
		if order == 0 {
			best, tags = append(best, c), append(tags, tag)
		}
	}
	draw := func(what string) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", interview.Session.ID(), number, what))
		return sum[:]
	}
	tag := slices.MinFunc(tags, func(t, u string) int { return bytes.Compare(draw(t), draw(u)) })
	var drawn []candidate
	for i, c := range best {
		if tags[i] == tag {
			drawn = append(drawn, c)
		}
	}
	return slices.MinFunc(drawn, func(c, d candidate) int { return bytes.Compare(draw(c.ID), draw(d.ID)) }).Text, nil
}

// selection is what the bank prepares for picking questions.
type selection struct {
	vocabulary vocabulary
	pools      map[pool][]candidate
	byText     map[string]candidate
}

type pool struct {
	language domain.Language
	typ      domain.QuestionType
}

// candidate is a question with what its selection looks at.
type candidate struct {
	*question
	about     []string // its tags, each by the name that the vocabulary has for it
	platforms []string // those of them
	isCommon  bool     // whether all of them are
	levels    levelSet
}

func newSelection(questions []*question) selection {
	s := selection{newVocabulary(questions), make(map[pool][]candidate), make(map[string]candidate)}
	for _, q := range questions {
		of := pool{q.Language, q.Type}
		c := newCandidate(q, s.vocabulary)
		s.pools[of] = append(s.pools[of], c)
		s.byText[q.Text] = c
	}
	return s
}

func newCandidate(q *question, v vocabulary) candidate {
	c := candidate{question: q, levels: levelsOf(q.Levels)}
	for _, tag := range q.tags {
		for _, name := range v.named(tag) {
			if slices.Contains(c.about, name) {
				continue
			}
			c.about = append(c.about, name)
			if platforms[name] != "" {
				c.platforms = append(c.platforms, name)
			}
		}
	}
	if q.Type != domain.QuestionTechnical && slices.ContainsFunc(c.about, isField) {
		c.about = slices.DeleteFunc(c.about, func(name string) bool { return !isField(name) })
	}
	c.isCommon = !slices.ContainsFunc(c.about, func(name string) bool { return !common[name] })
	if len(c.about) == 0 {
		c.about = []string{anyJob}
	}
	return c
}

func isField(name string) bool { return fields[name] }

// The weights of what a posting names, by place, and what becomes of them.
const (
	tradeWeight       = 12 // in the title
	titleWeight       = 8
	stackWeight       = 4
	descriptionWeight = 3
	commonWeight      = 1
	platformShare     = 1. / 2
	rivalShare        = 1. / 4
	easierShare       = 1. / 2
	harderShare       = 1. / 5
)

// anyJob is the tag of questions that have none.
const anyJob = ""

// anyJobWeight is the weight of that tag.
var anyJobWeight = map[domain.QuestionType]float64{
	domain.QuestionTechnical:   1.5,
	domain.QuestionBehavioral:  titleWeight,
	domain.QuestionSituational: titleWeight,
}

// impliedShare is what of the weight of a name goes to what it implies. What
// one did or would do is a matter of the field, more than of a technology.
var impliedShare = map[domain.QuestionType]float64{
	domain.QuestionTechnical:   1. / 3,
	domain.QuestionBehavioral:  1,
	domain.QuestionSituational: 1,
}

// wants is what a posting asks for.
type wants struct {
	weights map[string]float64
	kinds   map[string]bool // of the platforms among them
	levels  levelSet
}

// wantsOf returns what the posting asks for in questions of the type.
func (b *Bank) wantsOf(posting domain.JobPosting, typ domain.QuestionType) wants {
	var (
		vocabulary = b.selection.vocabulary
		w          = wants{make(map[string]float64), make(map[string]bool), levelsWanted(posting)}
	)
	add := func(names []string, weight float64) {
		for _, name := range names {
			w.weights[name] = max(w.weights[name], weight)
		}
	}
	title := vocabulary.inName(posting.Title)
	share := impliedShare[typ]
	for _, name := range title {
		weight := titleWeight
		switch {
		case typ != domain.QuestionTechnical:
		case trades[name]:
			weight = tradeWeight
		case wide[name]:
			weight = stackWeight
		}
		add([]string{name}, float64(weight))
	}
	first := !slices.ContainsFunc(posting.TechStack, func(entry string) bool {
		return slices.ContainsFunc(vocabulary.inName(entry), func(name string) bool {
			return slices.Contains(title, name) && !trades[name] && !wide[name]
		})
	})
	for _, entry := range posting.TechStack {
		names := vocabulary.inName(entry)
		if add(names, stackWeight); first && len(names) > 0 {
			add(names, titleWeight)
			first = false
		}
	}
	add(vocabulary.inProse(posting.Description), descriptionWeight)
	named := make(map[string]float64, len(w.weights))
	for name, weight := range w.weights {
		named[name] = weight
	}
	for _, pair := range implied {
		if weight, ok := named[pair[0]]; ok {
			add([]string{pair[1]}, weight*share)
		}
	}
	for name := range w.weights {
		w.kinds[platforms[name]] = true
	}
	return w
}

// platformShare is what a question counts that is about platforms.
func (w wants) platformShare(list []string) float64 {
	share := 1.
	for _, name := range list {
		switch {
		case w.weights[name] > 0:
			return 1
		case w.kinds[platforms[name]]:
			share = rivalShare
		default:
			share = min(share, platformShare)
		}
	}
	return share
}

// past is what was asked before.
type past struct {
	anyJobWeight float64
	asked        map[string]int // texts of the session and its chain
	about        map[string]int // tags of the session's questions of the type
	topics       map[string]int // likewise
}

func (b *Bank) pastOf(interview domain.Interview, typ domain.QuestionType) past {
	p := past{anyJobWeight[typ], make(map[string]int), make(map[string]int), make(map[string]int)}
	for _, text := range interview.Asked() {
		p.asked[strings.TrimSpace(text)]++
	}
	for _, message := range interview.Messages {
		if message.Type != domain.MessageQuestion {
			continue
		}
		if c, ok := b.selection.byText[strings.TrimSpace(message.Content)]; ok && c.Type == typ {
			p.topics[c.Topic]++
			for _, name := range c.about {
				p.about[name]++
			}
		}
	}
	return p
}

// rank is the place of a question among others, the lowest first.
type rank struct {
	asked   int
	misfit  int // 0 of no kind, 1 for the opposite level, 2 for another trade, 3 for both
	weight  float64
	ofTopic int
}

func (r rank) compare(s rank) int {
	return cmp.Or(
		cmp.Compare(r.asked, s.asked),
		cmp.Compare(r.misfit, s.misfit),
		cmp.Compare(s.weight, r.weight),
		cmp.Compare(r.ofTopic, s.ofTopic),
	)
}

// rank also returns the tag on which the question counts.
func (c candidate) rank(want wants, past past) (r rank, tag string) {
	r = rank{asked: past.asked[c.Text], ofTopic: past.topics[c.Topic]}
	for _, name := range c.about {
		weight := want.weights[name]
		switch {
		case name == anyJob:
			weight = past.anyJobWeight
		case c.isCommon:
			weight = max(weight, commonWeight)
		}
		if weight /= float64(1 + past.about[name]); weight > r.weight {
			r.weight, tag = weight, name
		}
	}
	if r.weight == 0 {
		r.weight, r.misfit = 1, 2
	}
	r.weight *= want.platformShare(c.platforms)
	switch c.levels.from(want.levels) {
	case -1:
		r.weight *= easierShare
	case 1:
		r.weight *= harderShare
	case -2, 2:
		r.misfit++
	}
	return r, tag
}
