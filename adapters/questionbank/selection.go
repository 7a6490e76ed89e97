package questionbank

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// AskQuestion implements [ports.QuestionAsker]. Of the questions of the
// posting's language (English, if the bank has none in it) it takes the ones
// that were asked least in the session and its chain, of these the ones that
// fit the posting best, and of these one that depends on the session and the
// number of the question. The error is that of the context.
func (b *Bank) AskQuestion(ctx context.Context, interview domain.Interview) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	number, typ := interview.Session.NextQuestion()
	asked := make(map[string]int)
	for _, text := range interview.Asked() {
		asked[strings.TrimSpace(text)]++
	}
	draw := func(q *question) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", interview.Session.ID(), number, q.ID))
		return sum[:]
	}
	job := wantsOf(interview.Posting)
	best := slices.MinFunc(b.candidates(interview.Posting.Language, typ), func(p, q *question) int {
		return cmp.Or(
			cmp.Compare(asked[p.Text], asked[q.Text]),
			cmp.Compare(job.fit(q), job.fit(p)),
			bytes.Compare(draw(p), draw(q)),
		)
	})
	return best.Text, nil
}

// candidates returns the questions of the type in the language, or in English
// if the bank has none in the language. There is at least one.
func (b *Bank) candidates(language domain.Language, typ domain.QuestionType) []*question {
	of := func(language domain.Language) (list []*question) {
		for _, q := range b.questions {
			if q.Language == language && q.Type == typ {
				list = append(list, q)
			}
		}
		return list
	}
	if list := of(language); len(list) > 0 {
		return list
	}
	return of(domain.LanguageEnglish)
}

// wants is what a posting asks for.
type wants struct {
	named     string // technologies of the tech stack and the title, a blank around each word
	described string // technologies of the description, likewise
	levels    map[string]bool
}

func wantsOf(posting domain.JobPosting) wants {
	var named []string
	for _, text := range append(slices.Clone(posting.TechStack), posting.Title) {
		// The stroke keeps a tag of two words from matching across two texts.
		named = append(append(named, technologies(text)...), "|")
	}
	levels := levelsIn(posting.ExperienceLevel)
	if len(levels) == 0 {
		levels = levelsIn(posting.Title)
	}
	return wants{
		named:     " " + strings.Join(named, " ") + " ",
		described: " " + strings.Join(unambiguousTechnologies(posting.Description), " ") + " ",
		levels:    levels,
	}
}

// The weights of a match. One of the tech stack or the title outweighs a level
// that does not fit, one of the description does not. What belongs to another
// trade weighs less than all else.
const (
	namedWeight     = 4
	describedWeight = 2
	levelWeight     = 1
	wrongLevel      = -3
	wrongStack      = -100
)

func (w wants) fit(q *question) int {
	score := 0
	for _, tag := range q.tags {
		switch tag = " " + tag + " "; {
		case strings.Contains(w.named, tag):
			score += namedWeight
		case strings.Contains(w.described, tag):
			score += describedWeight
		}
	}
	if len(q.tags) > 0 && score == 0 {
		score = wrongStack
	}
	if len(q.Levels) > 0 && len(w.levels) > 0 {
		if slices.ContainsFunc(q.Levels, func(level string) bool { return w.levels[level] }) {
			score += levelWeight
		} else {
			score += wrongLevel
		}
	}
	return score
}

// aliases are other names of technologies.
var aliases = map[string]string{
	"golang": "go",
	"js":     "javascript", "ecmascript": "javascript", "nodejs": "javascript",
	"ts":      "typescript",
	"reactjs": "react", "nextjs": "react",
	"vuejs": "vue", "angularjs": "angular",
	"py": "python", "python3": "python",
	"postgres": "postgresql", "pg": "postgresql", "psql": "postgresql",
	"mariadb": "mysql",
	"k8s":     "kubernetes", "k3s": "kubernetes", "openshift": "kubernetes",
}

// ambiguous are names of technologies that are also words of everyday English;
// names of one or two letters are ambiguous without being listed.
var ambiguous = map[string]bool{
	"express": true, "helm": true, "node": true, "react": true, "rest": true, "rust": true, "spring": true, "swift": true,
}

// symbols spells out the names that words would cut short.
var symbols = strings.NewReplacer("c++", "cpp", "c#", "csharp", "f#", "fsharp", ".net", " dotnet")

// technologies returns the words of a text, each technology under one name.
func technologies(text string) []string {
	list := words(symbols.Replace(strings.ToLower(text)))
	for i, word := range list {
		list[i] = cmp.Or(aliases[word], word)
	}
	return list
}

// unambiguousTechnologies is technologies for running text, where "go" is more
// often a verb than a language: ambiguous words are left out.
func unambiguousTechnologies(text string) []string {
	list := words(symbols.Replace(strings.ToLower(text)))
	for i, word := range list {
		switch alias := aliases[word]; {
		case alias != "":
			list[i] = alias
		case ambiguous[word] || utf8.RuneCountInString(word) <= 2:
			list[i] = "|"
		}
	}
	return list
}

// The levels that a question may be for.
const (
	junior = "junior"
	middle = "middle"
	senior = "senior"
)

var levelWords = map[string]string{
	"junior": junior, "jr": junior, "intern": junior, "trainee": junior, "entry": junior, "graduate": junior,
	"джуніор": junior, "молодший": junior, "молодша": junior, "стажер": junior, "стажист": junior, "початківець": junior,
	"middle": middle, "mid": middle, "intermediate": middle, "regular": middle,
	"мідл": middle, "міддл": middle, "середній": middle, "середня": middle,
	"senior": senior, "sr": senior, "lead": senior, "staff": senior, "principal": senior, "expert": senior, "architect": senior,
	"сеньйор": senior, "сініор": senior, "старший": senior, "старша": senior, "провідний": senior, "провідна": senior,
}

func levelsIn(text string) map[string]bool {
	levels := make(map[string]bool)
	for _, word := range words(text) {
		if level := levelWords[word]; level != "" {
			levels[level] = true
		}
	}
	return levels
}
