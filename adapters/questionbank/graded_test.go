package questionbank

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

//go:embed testdata/answers testdata/holdout
var gradedFiles embed.FS

// graded is an answer that a person has graded: weak, fair or strong, or a
// cheat, which may score a number at most.
type graded struct {
	question *question
	grade    string
	most     int // of a cheat
	text     string
}

var cheatHeading = regexp.MustCompile(`^cheat: at most (\d+), \S`)

// readGraded reads the files of a folder: the id of the question under #, and
// each answer under its grade.
func readGraded(t *testing.T, bank *Bank, folder string) (list []graded) {
	t.Helper()
	names, err := fs.Glob(gradedFiles, folder+"/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(gradedFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(data), "\n## ")
		id := strings.TrimSpace(strings.TrimPrefix(parts[0], "# "))
		at := slices.IndexFunc(bank.questions, func(q *question) bool { return q.ID == id })
		if at < 0 || id != strings.TrimSuffix(path.Base(name), ".md") {
			t.Fatalf("%s: the question %q is not known, or not that of its name", name, id)
		}
		for _, part := range parts[1:] {
			heading, text, _ := strings.Cut(part, "\n")
			g := graded{question: bank.questions[at], grade: heading, text: strings.TrimSpace(text)}
			if m := cheatHeading.FindStringSubmatch(heading); m != nil {
				g.most, _ = strconv.Atoi(m[1])
			} else if !slices.Contains([]string{"weak", "fair", "strong"}, heading) {
				t.Fatalf("%s: unknown heading %q", name, heading)
			}
			list = append(list, g)
		}
	}
	return list
}

func allGraded(t *testing.T, bank *Bank) []graded {
	t.Helper()
	return slices.Concat(readGraded(t, bank, "testdata/answers"), readGraded(t, bank, "testdata/holdout"))
}

// scoreAlone returns the feedback of an interview of one question.
func scoreAlone(t *testing.T, bank *Bank, q *question, text string) domain.Feedback {
	t.Helper()
	interview := interviewOf(1, domain.JobPosting{Title: "Developer", Description: "We build things.", Language: q.Language})
	interview.Messages = append(interview.Messages, domain.Message{Type: domain.MessageQuestion, Content: q.Text, QuestionType: q.Type})
	answerWith(&interview, text)
	a, err := bank.GiveFeedback(t.Context(), interview)
	if err != nil {
		t.Fatal(err)
	}
	return domain.NewFeedback(interview.Session.ID(), interview.Session, a, interview.Session.State().CreatedAt)
}

// margin is by how many points of 100 a better answer must beat a worse one.
const margin = 10

func TestBetterAnswersScoreMore(t *testing.T) {
	bank := newBank(t)
	for _, folder := range []string{"testdata/answers", "testdata/holdout"} {
		overall := make(map[*question]map[string]int)
		var order []*question
		for _, g := range readGraded(t, bank, folder) {
			if g.most > 0 {
				continue
			}
			if overall[g.question] == nil {
				overall[g.question] = make(map[string]int)
				order = append(order, g.question)
			}
			f := scoreAlone(t, bank, g.question, g.text)
			overall[g.question][g.grade] = f.OverallScore
		}
		pairs, right := 0, 0
		var report strings.Builder
		for _, q := range order {
			of := overall[q]
			note := ""
			for _, pair := range [][2]string{{"weak", "fair"}, {"fair", "strong"}, {"weak", "strong"}} {
				pairs++
				if of[pair[0]]+margin <= of[pair[1]] {
					right++
				} else {
					note += fmt.Sprintf("  %s is not below %s", pair[0], pair[1])
				}
			}
			fmt.Fprintf(&report, "%-28s weak %3d  fair %3d  strong %3d%s\n", q.ID, of["weak"], of["fair"], of["strong"], note)
		}
		t.Logf("%s: the order holds in %d of %d pairs, by %d or more\n%s", folder, right, pairs, margin, report.String())
		// Of answers to questions on which no rule was tried, some may fail.
		if folder == "testdata/answers" && right < pairs || 10*right < 9*pairs {
			t.Errorf("%s: the order does not hold in %d pairs", folder, pairs-right)
		}
	}
}

func TestCheatsStayUnderTheirBounds(t *testing.T) {
	bank := newBank(t)
	var report strings.Builder
	for _, g := range allGraded(t, bank) {
		if g.most == 0 {
			continue
		}
		f := scoreAlone(t, bank, g.question, g.text)
		fmt.Fprintf(&report, "%-28s %v  %s\n", g.question.ID, scores(f.Assessment), g.grade)
		if slices.Max(scores(f.Assessment)) > g.most {
			t.Errorf("%s, %s: %v", g.question.ID, g.grade, scores(f.Assessment))
		}
	}
	t.Log("\n" + report.String())
}

func TestTheTableIsLargeEnough(t *testing.T) {
	bank := newBank(t)
	all, cheats, ukrainian := 0, 0, 0
	for _, g := range allGraded(t, bank) {
		all++
		increase(&cheats, g.most > 0)
		increase(&ukrainian, g.question.Language == domain.LanguageUkrainian)
	}
	t.Logf("%d graded answers, of these %d cheats and %d in Ukrainian", all, cheats, ukrainian)
	if all < 60 || cheats < 15 || ukrainian < 15 {
		t.Error("too few")
	}
}

// TestTheRuleIsPublished compares the numbers in docs/scoring.md.
func TestTheRuleIsPublished(t *testing.T) {
	data, err := os.ReadFile("../../docs/scoring.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"minSentence": minSentence, "maxSentence": maxSentence, "minClause": minClause, "minFunction": minFunction,
		"functionShare": functionShare, "neighbours": neighbours, "nearFocus": nearFocus, "termsPerWord": termsPerWord,
		"minDepth": minDepth, "fullDepth": fullDepth, "borrowedRun": borrowedRun, "repeatedRun": repeatedRun,
		"refusalDistance": refusalDistance, "fullCoverage": fullCoverage, "leastDensity": leastDensity, "fullDensity": fullDensity,
		"clearFocus": clearFocus, "fullLinks": fullLinks, "fullReasoning": fullReasoning,
		"unknownWorth": unknownWorth, "fullOwn": fullOwn, "fullOverlap": fullOverlap,
	} {
		if row := fmt.Sprintf("| %v | `%s` |", value, name); !strings.Contains(string(data), row) {
			t.Errorf("no row ends in %q", row)
		}
	}
}

// TestAnswersToOtherQuestionsEarnLittle takes strong answers for those to
// other questions. Some hold what another question asks for, too.
func TestAnswersToOtherQuestionsEarnLittle(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	pairs, over, sum := 0, 0, 0
	for _, g := range allGraded(t, bank) {
		if g.grade != "strong" {
			continue
		}
		for _, q := range bank.questions {
			if q == g.question || q.Language != g.question.Language {
				continue
			}
			score := scoreAlone(t, bank, q, g.text).OverallScore
			pairs++
			sum += score
			if score > mostOfKeyWords {
				over++
				t.Logf("%s, answered with %s: %d", q.ID, g.question.ID, score)
			}
		}
	}
	t.Logf("%d of %d pairs have more than %d; the mean is %.1f", over, pairs, mostOfKeyWords, float64(sum)/float64(pairs))
	if 20*over > pairs {
		t.Error("that is more than 5 percent")
	}
}
