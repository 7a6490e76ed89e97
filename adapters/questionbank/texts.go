package questionbank

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// texts are the words of a feedback in one language. Numbers stand where no
// word has to agree with them.
type texts struct {
	pointsOfType   string // name of the type, covered, all
	pointsOfAny    string // the same, where no question of the type was asked
	noPoints       string // where the bank knows none of the questions
	ofQuestion     string // question, covered, all
	noAnswerTo     string // question
	covered        string // point, quote
	named          string // point, quote
	missed         string // point
	more           string // questions that are not shown
	onlyForm       string // questions that the bank does not know
	reasonedIn     string // answers with signs of reasoning, asked
	form           string // words of an answer, share of words that speak of points, answers with examples, asked
	tookUp         string // answers that speak of their question, asked
	dropped        string // words that are not the answerer's own
	foreign        string // words in another language
	noAnswer       string
	answeredOf     string // answered, asked
	rules          string
	zero           string
	next           string       // follow-up
	advice         [4][3]string // for each judgement, by grade
	technicalName  string
	practicalNames string
}

// The judgements in advice.
const (
	technicalAdvice = iota
	clarityAdvice
	problemAdvice
	relevanceAdvice
)

func textsOf(language domain.Language) texts {
	if language == domain.LanguageUkrainian {
		return ukrainian
	}
	return english
}

func (t texts) technical(answers []answer, g grade) string {
	return paragraphs(
		join(t.points(answers, t.technicalName, domain.QuestionTechnical), t.advise(technicalAdvice, tallyOf(answers), g)),
		t.details(answers, domain.QuestionTechnical))
}

func (t texts) problemSolving(answers []answer, g grade) string {
	n := tallyOf(answers)
	summary := join(t.points(answers, t.practicalNames, domain.QuestionBehavioral, domain.QuestionSituational),
		fmt.Sprintf(t.reasonedIn, n.reasoned, n.asked), t.advise(problemAdvice, n, g))
	return paragraphs(summary, t.details(answers, domain.QuestionBehavioral, domain.QuestionSituational))
}

func (t texts) clarity(answers []answer, g grade) string {
	n := tallyOf(answers)
	if n.answered == 0 {
		return t.noAnswer
	}
	return join(fmt.Sprintf(t.form, n.meanWords, n.percent, n.figures, n.asked), t.advise(clarityAdvice, n, g))
}

func (t texts) relevance(answers []answer, g grade) string {
	n := tallyOf(answers)
	parts := []string{fmt.Sprintf(t.tookUp, n.onTopic, n.asked)}
	if n.dropped > 0 {
		parts = append(parts, fmt.Sprintf(t.dropped, n.dropped))
	}
	if n.foreign > 0 {
		parts = append(parts, fmt.Sprintf(t.foreign, n.foreign))
	}
	return join(append(parts, t.advise(relevanceAdvice, n, g))...)
}

func (t texts) overall(answers []answer) string {
	n := tallyOf(answers)
	parts := []string{fmt.Sprintf(t.answeredOf, n.answered, n.asked), t.rules}
	if n.answered < n.asked {
		parts = append(parts, t.zero)
	}
	if n.unknown > 0 {
		parts = append(parts, fmt.Sprintf(t.onlyForm, n.unknown))
	}
	return join(parts...)
}

func (t texts) points(answers []answer, name string, types ...domain.QuestionType) string {
	n := tallyOf(answers)
	if n.points == 0 {
		return t.noPoints
	}
	if len(ofType(answers, types...)) == 0 {
		return fmt.Sprintf(t.pointsOfAny, name, n.covered, n.points)
	}
	return fmt.Sprintf(t.pointsOfType, name, n.covered, n.points)
}

// How much of the answers a text tells.
const (
	maxDetails  = 8  // questions
	maxQuestion = 90 // letters of a question
)

// details tells, question by question, which points an answer covered, in its
// own words, and which it missed, with what an interviewer would ask to draw
// it out. It leaves out questions of other types, of
// which another text tells.
func (t texts) details(answers []answer, types ...domain.QuestionType) string {
	var blocks []string
	left := 0
	for i, a := range answers {
		switch {
		case a.question == nil || !slices.Contains(types, a.typ):
		case len(blocks) == maxDetails:
			left++
		default:
			blocks = append(blocks, t.detail(i+1, a))
		}
	}
	if left > 0 {
		blocks = append(blocks, fmt.Sprintf(t.more, left))
	}
	return paragraphs(blocks...)
}

func (t texts) detail(number int, a answer) string {
	asked := shorten(a.question.Text, maxQuestion)
	if !a.answered {
		return fmt.Sprintf(t.noAnswerTo, number, asked)
	}
	covered, _ := a.covered()
	lines := []string{fmt.Sprintf(t.ofQuestion, number, asked, covered, len(a.worth))}
	for i, p := range a.question.Points {
		switch {
		case a.worth[i] > 0:
			lines = append(lines, fmt.Sprintf(t.covered, p.Point, a.quote(a.found[i])))
		case a.found[i] != nil:
			lines = append(lines, join(fmt.Sprintf(t.named, p.Point, a.quote(a.found[i])), fmt.Sprintf(t.next, p.FollowUp)))
		default:
			lines = append(lines, join(fmt.Sprintf(t.missed, p.Point), fmt.Sprintf(t.next, p.FollowUp)))
		}
	}
	return strings.Join(lines, "\n")
}

// advise leaves advice on an answer out where there is none.
func (t texts) advise(judgement int, n tally, g grade) string {
	if n.answered == 0 {
		return t.noAnswer
	}
	return t.advice[judgement][g]
}

// shorten returns the text, cut at a blank if it has more letters than most.
func shorten(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	short := string(letters[:most])
	if at := strings.LastIndexByte(short, ' '); at > 0 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}

func join(parts ...string) string { return strings.Join(parts, " ") }

func paragraphs(parts ...string) string {
	return strings.TrimRight(strings.Join(parts, "\n\n"), "\n")
}

var english = texts{
	technicalName:  "technical",
	practicalNames: "behavioral and situational",
	pointsOfType:   "Your answers to the %s questions covered %d of %d points.",
	pointsOfAny:    "There were no %s questions, so all answers count here: they covered %d of %d points.",
	noPoints:       "No points are known for these questions, so only shared words were counted, for half of the score at most.",
	ofQuestion:     "%d. “%s” Points covered: %d of %d.",
	noAnswerTo:     "%d. “%s” No answer in words.",
	covered:        "+ %s You said: “%s”",
	named:          "~ %s Only named: “%s”",
	missed:         "− %s",
	more:           "Questions that are not shown here, but counted: %d.",
	onlyForm:       "Questions that are not in the question bank: %d. For these only shared words were counted.",
	reasonedIn:     "Signs of reasoning (causes, options, consequences) stand beside a point in %d of %d answers.",
	form:           "Words in an average answer: %d, of which %d%% stand in sentences that speak of a point. An example or a figure stands there in %d of %d answers.",
	tookUp:         "%d of %d answers covered at least half of the points of their question.",
	dropped:        "Words that repeat the question, the posting, the resume or another answer do not count: %d.",
	foreign:        "Words of sentences in another language than the interview's do not count: %d.",
	noAnswer:       "There was no answer in words to judge.",
	answeredOf:     "%d of %d questions were answered.",
	rules: "This feedback was made by fixed rules: they look for words that show a point, in sentences that say something about it. " +
		"They cannot tell whether what you said is true, and may miss what you said in other words; so compare each point with your answer yourself.",
	zero: "A question without an answer counts as zero.",
	next: "An interviewer would ask: %s",
	advice: [...][3]string{
		technicalAdvice: {
			"Most points are missing; begin with the first knowledge gaps.",
			"The points marked − show what to add.",
			"Few points are missing.",
		},
		clarityAdvice: {
			"Say what you mean in full sentences of your own, each about something that was asked, and link them: first, because, for example.",
			"Leave out what leads away from the question, and show one point with an example or a figure.",
			"Linked sentences, most of them about what was asked.",
		},
		problemAdvice: {
			"Say what you found out or would find out, which options there were, and why you chose one.",
			"Name more alternatives, risks and results.",
			"Reasons stand beside the points.",
		},
		relevanceAdvice: {
			"Stay with what was asked, and go through each part of the question.",
			"Look which part of the question you left out.",
			"The answers keep to the questions.",
		},
	},
}

var ukrainian = texts{
	technicalName:  "технічні",
	practicalNames: "поведінкові й ситуаційні",
	pointsOfType:   "Відповіді на %s запитання: розкрито тез %d з %d.",
	pointsOfAny:    "Таких запитань не було: %s. Тож тут ураховано всі відповіді: розкрито тез %d з %d.",
	noPoints:       "Для цих запитань тези невідомі, тому враховано лише спільні слова, не більше ніж на половину оцінки.",
	ofQuestion:     "%d. «%s» Розкрито тез: %d з %d.",
	noAnswerTo:     "%d. «%s» Словесної відповіді немає.",
	covered:        "+ %s Ви сказали: «%s»",
	named:          "~ %s Лише названо: «%s»",
	missed:         "− %s",
	more:           "Запитань, яких тут не показано, але враховано: %d.",
	onlyForm:       "Запитань не з банку: %d. Для них ураховано лише спільні слова.",
	reasonedIn:     "Відповідей, де поруч із тезою є ознаки міркування (причини, варіанти, наслідки): %d з %d.",
	form:           "У середньому слів на відповідь: %d, з них у реченнях, що стосуються тез: %d%%. Відповідей, де там є приклад або число: %d з %d.",
	tookUp:         "Відповідей, у яких розкрито щонайменше половину тез запитання: %d з %d.",
	dropped:        "Слова, що повторюють запитання, вакансію, резюме чи іншу відповідь, не враховано: %d.",
	foreign:        "Слова з речень іншою мовою, ніж мова співбесіди, не враховано: %d.",
	noAnswer:       "Немає жодної словесної відповіді, яку можна оцінити.",
	answeredOf:     "Запитань із відповіддю: %d з %d.",
	rules: "Цей відгук складено за сталими правилами: вони шукають слова, які вказують на тезу, у реченнях, що її пояснюють. " +
		"Вони не можуть визначити, чи правда те, що ви сказали, і можуть не впізнати сказане іншими словами, тому порівняйте кожну тезу зі своєю відповіддю самі.",
	zero: "Запитання без відповіді рахується як нуль.",
	next: "Далі спитали б: %s",
	advice: [...][3]string{
		technicalAdvice: {
			"Бракує більшості тез; почніть із перших прогалин.",
			"Що додати, показують тези з позначкою −.",
			"Бракує небагатьох тез.",
		},
		clarityAdvice: {
			"Кажіть свою думку повними реченнями, кожне про те, що спитали, і пов'язуйте їх: спочатку, тому що, наприклад.",
			"Приберіть те, що відводить від запитання, і покажіть одну тезу на прикладі або числі.",
			"Речення пов'язані, і більшість із них про те, що спитали.",
		},
		problemAdvice: {
			"Кажіть, що ви з'ясували або з'ясували б, які були варіанти й чому ви обрали саме цей.",
			"Називайте більше варіантів, ризиків і результатів.",
			"Поруч із тезами є причини.",
		},
		relevanceAdvice: {
			"Тримайтеся того, про що спитали, і пройдіть кожну частину запитання.",
			"Подивіться, яку частину запитання ви оминули.",
			"Відповіді тримаються запитань.",
		},
	},
}
