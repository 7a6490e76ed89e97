package questionbank

import (
	"fmt"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// texts are the words of a feedback in one language. Numbers stand where no
// word has to agree with them.
type texts struct {
	pointsOfType   string // touched, all
	pointsOfAny    string // the same, where no question of the type was asked
	noPoints       string // where the bank knows none of the questions
	onlyForm       string // questions that the bank does not know
	reasonedIn     string // answers with signs of reasoning, asked
	form           string // words, sentences of an answer; answers with examples, asked
	tookUp         string // answers that take up their question, asked
	noAnswer       string
	answeredOf     string // answered, asked
	rules          string
	zero           string
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

func (t texts) technical(n tally, g grade) string {
	return join(t.points(n, t.technicalName, domain.QuestionTechnical), t.advise(technicalAdvice, n, g))
}

func (t texts) problemSolving(n tally, g grade) string {
	return join(t.points(n, t.practicalNames, domain.QuestionBehavioral, domain.QuestionSituational),
		fmt.Sprintf(t.reasonedIn, n.reasoned, n.asked), t.advise(problemAdvice, n, g))
}

func (t texts) clarity(n tally, g grade) string {
	if n.answered == 0 {
		return t.noAnswer
	}
	return join(fmt.Sprintf(t.form, n.meanWords, n.meanSentences, n.figures, n.asked), t.advise(clarityAdvice, n, g))
}

func (t texts) relevance(n tally, g grade) string {
	return join(fmt.Sprintf(t.tookUp, n.onTopic, n.asked), t.advise(relevanceAdvice, n, g))
}

func (t texts) overall(n tally) string {
	parts := []string{fmt.Sprintf(t.answeredOf, n.answered, n.asked), t.rules}
	if n.answered < n.asked {
		parts = append(parts, t.zero)
	}
	if n.unknown > 0 {
		parts = append(parts, fmt.Sprintf(t.onlyForm, n.unknown))
	}
	return strings.Join(parts, " ")
}

func (t texts) points(n tally, name string, types ...domain.QuestionType) string {
	if n.points == 0 {
		return t.noPoints
	}
	for _, typ := range types {
		if n.types[typ] {
			return fmt.Sprintf(t.pointsOfType, name, n.touched, n.points)
		}
	}
	return fmt.Sprintf(t.pointsOfAny, name, n.touched, n.points)
}

// advise leaves advice on an answer out where there is none.
func (t texts) advise(judgement int, n tally, g grade) string {
	if n.answered == 0 {
		return t.noAnswer
	}
	return t.advice[judgement][g]
}

func join(parts ...string) string { return strings.Join(parts, " ") }

var english = texts{
	technicalName:  "technical",
	practicalNames: "behavioral and situational",
	pointsOfType:   "Your answers to the %s questions touched %d of %d key points.",
	pointsOfAny:    "There were no %s questions, so all answers count here: they touched %d of %d key points.",
	noPoints:       "No key points are known for these questions, so only form and shared words were counted, for half of the score at most.",
	onlyForm:       "Questions that are not in the question bank: %d. For these only form and shared words were counted.",
	reasonedIn:     "Signs of reasoning (causes, options, consequences) stand in %d of %d answers.",
	form:           "Words in an average answer: %d; full sentences: %d. An example or a figure stands in %d of %d answers.",
	tookUp:         "%d of %d answers took up their question: a key point, or words of the question and the posting.",
	noAnswer:       "There was no answer in words to judge.",
	answeredOf:     "%d of %d questions were answered.",
	rules: "This feedback was made by fixed rules: they look for key points and form, " +
		"and cannot tell whether what you said is true.",
	zero: "A question without an answer counts as zero.",
	advice: [...][3]string{
		technicalAdvice: {
			"Most of what the rules look for is missing; begin with the first knowledge gaps below.",
			"The knowledge gaps below show what to add.",
			"Little of what the rules look for is missing.",
		},
		clarityAdvice: {
			"Answer in several full sentences of your own, and link them: first, because, for example, as a result.",
			"An example, a figure or a clearer order would carry more.",
			"Length and form are good.",
		},
		problemAdvice: {
			"Say what you would find out, which options there are, and why you choose one.",
			"Name more alternatives, risks and results.",
			"Steps and reasons are easy to follow.",
		},
		relevanceAdvice: {
			"Stay with what was asked, and tie the answer to the job.",
			"Go further into what exactly was asked.",
			"The answers keep to the questions.",
		},
	},
}

var ukrainian = texts{
	technicalName:  "технічні",
	practicalNames: "поведінкові й ситуаційні",
	pointsOfType:   "Відповіді на %s запитання: згадано ключових тез %d з %d.",
	pointsOfAny:    "Таких запитань не було: %s. Тож тут ураховано всі відповіді: згадано ключових тез %d з %d.",
	noPoints:       "Для цих запитань ключові тези невідомі, тому враховано лише форму та спільні слова, не більше ніж на половину оцінки.",
	onlyForm:       "Запитань не з банку: %d. Для них ураховано лише форму та спільні слова.",
	reasonedIn:     "Відповідей з ознаками міркування (причини, варіанти, наслідки): %d з %d.",
	form:           "У середньому на відповідь: слів %d, повних речень %d. Відповідей із прикладом або числом: %d з %d.",
	tookUp:         "Відповідей по суті запитання (є ключова теза або слова запитання й вакансії): %d з %d.",
	noAnswer:       "Немає жодної словесної відповіді, яку можна оцінити.",
	answeredOf:     "Запитань із відповіддю: %d з %d.",
	rules: "Цей відгук складено за сталими правилами, які рахують ключові тези та зважають на форму відповідей. " +
		"Вони не можуть визначити, чи є твердження правдивим.",
	zero: "Запитання без відповіді рахується як нуль.",
	advice: [...][3]string{
		technicalAdvice: {
			"Бракує більшості того, що шукають правила; почніть із перших прогалин у списку нижче.",
			"Що додати, показують прогалини у списку нижче.",
			"Бракує лише небагатьох тез із тих, що шукають правила.",
		},
		clarityAdvice: {
			"Відповідайте кількома повними реченнями своїми словами й пов'язуйте їх: спочатку, тому що, наприклад, у результаті.",
			"Приклад, число або чіткіший порядок зробили б відповіді переконливішими.",
			"Обсяг і форма добрі.",
		},
		problemAdvice: {
			"Кажіть, що ви з'ясували б, які є варіанти й чому обираєте саме цей.",
			"Називайте більше варіантів, ризиків і результатів.",
			"Кроки й причини легко простежити.",
		},
		relevanceAdvice: {
			"Тримайтеся того, про що запитали, і пов'язуйте відповідь із вакансією.",
			"Глибше розкривайте саме те, про що запитали.",
			"Відповіді тримаються запитань.",
		},
	},
}

// The signs are of both languages, because people mix them.
var (
	linkSigns = phrases("because", "therefore", "so that", "first", "firstly", "second", "secondly", "then", "after that", "afterwards",
		"finally", "however", "although", "instead", "in addition", "on the other hand", "at the same time", "meanwhile",
		"тому", "оскільки", "адже", "щоб", "спочатку", "спершу", "по-перше", "по-друге", "потім", "далі", "після цього", "нарешті",
		"однак", "проте", "хоча", "натомість", "водночас", "крім того", "з іншого боку", "отже")
	exampleSigns = phrases("for example", "for instance", "such as", "as a result", "in one case", "in my last", "e.g.",
		"наприклад", "приміром", "зокрема", "у результаті", "в результаті", "як-от")
	reasoningSigns = phrases("because", "therefore", "the reason", "cause", "option", "alternativ", "trade-off", "instead", "depends",
		"risk", "consequence", "compare", "compared", "otherwise", "in case", "unless", "assum", "measur", "verif", "as a result", "learned",
		"тому що", "оскільки", "причин", "варіант", "альтернатив", "компроміс", "натомість", "залежить", "ризик", "наслід", "порівня",
		"інакше", "якщо", "припуст", "припущ", "виміря", "перевір", "у результаті", "в результаті", "виснов")
)

// functionWords are words that every real sentence has, and gibberish lacks.
var functionWords = wordSet(`
	a about after all also an and are as at be been before but by can could did do does for from had has have he her his how i if in
	into is it its just me more my no not of on one or our she so some than that the their them then there they this to up was we
	were what when which who why will with would you your
	а або але б без би більше був була були було бути в вам вас ви від він вона вони все всі да де для до є ж за з зі і із його її їх
	й коли ла ли лише мене мені ми мій моя мої на над нам нас наш не ні них ну об один та так також такий там те ти тим то того тоді тож
	у усе усі хто це цей ця ці цього чи що щоб я як яка який які якщо під після при про через`)

func wordSet(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range words(text) {
		set[word] = true
	}
	return set
}
