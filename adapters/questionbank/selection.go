package questionbank

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// AskQuestion implements [ports.QuestionAsker]. Of the questions of the right
// language and type it prefers those asked least often in the chain, then
// those that fit the posting. Which of equals comes first depends on the
// session alone, so that the same interview always goes on in the same way.
func (b *Bank) AskQuestion(ctx context.Context, interview domain.Interview) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	number, typ := interview.Session.NextQuestion()
	candidates := b.of(interview.Posting.Language, typ)
	if len(candidates) == 0 {
		candidates = b.of(domain.LanguageEnglish, typ)
	}
	asked := map[string]int{}
	for _, text := range interview.Asked() {
		asked[text]++
	}
	subjects := subjectsOf(interview.Posting)
	lot := func(q Question) uint64 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", interview.Session.ID(), number, q.ID))
		return binary.BigEndian.Uint64(sum[:])
	}
	chosen := slices.MinFunc(candidates, func(a, b Question) int {
		return cmp.Or(
			cmp.Compare(asked[a.Text], asked[b.Text]),
			cmp.Compare(fit(b, subjects), fit(a, subjects)),
			cmp.Compare(lot(a), lot(b)))
	})
	return chosen.Text, nil
}

// of returns the questions of a language and type.
func (b *Bank) of(language domain.Language, typ domain.QuestionType) (questions []Question) {
	for _, q := range b.questions {
		if q.Language == language && q.Type == typ {
			questions = append(questions, q)
		}
	}
	return questions
}

// fit says how well a question suits a posting: 1 if it is about one of its
// subjects, 0 if it fits every job, -1 if it is about something else.
func fit(q Question, subjects map[string]bool) int {
	if len(q.Stacks) == 0 {
		return 0
	}
	for _, stack := range q.Stacks {
		if subjects[stack] {
			return 1
		}
	}
	return -1
}

// alias gives one name to a technology of several.
var alias = map[string]string{
	"golang": "go", "postgres": "postgresql", "js": "javascript", "ts": "typescript", "k8s": "kubernetes",
	"reactjs": "react", "react.js": "react", "node.js": "javascript", "nodejs": "javascript", "py": "python",
	"jvm": "java", "spring": "java", "kotlin": "java", "mysql": "sql", "sqlite": "sql",
}

// canonical is the one name of a technology.
func canonical(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if known, ok := alias[name]; ok {
		return known
	}
	return name
}

// subjectsOf returns what a posting is about. Its description says "go" also
// where it means the verb, so that only longer words of it count.
func subjectsOf(p domain.JobPosting) map[string]bool {
	subjects := map[string]bool{}
	for _, technology := range p.TechStack {
		subjects[canonical(technology)] = true
		for word := range strings.FieldsSeq(technology) {
			subjects[canonical(word)] = true
		}
	}
	trim := func(word string) string { return strings.Trim(word, `.,;:!?()[]{}"'«»/`) }
	for word := range strings.FieldsSeq(p.Title) {
		subjects[canonical(trim(word))] = true
	}
	for word := range strings.FieldsSeq(p.Description) {
		if word = trim(word); len(word) > len("go") {
			subjects[canonical(word)] = true
		}
	}
	return subjects
}
