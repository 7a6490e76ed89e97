package questionbank

import (
	"fmt"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// texts are what the feedback says, in one language.
type texts struct {
	// signs are words that show reasoning.
	signs          []string
	technical      func(covered, points int) string
	communication  func(answered, asked int) string
	problemSolving func(reasoned, asked int) string
	relevance      func() string
	overall        func(answered, asked int) string
}

func textsOf(language domain.Language) texts {
	if language == domain.LanguageUkrainian {
		return ukrainian
	}
	return english
}

var english = texts{
	signs: []string{"because", "therefore", "so that", "for example", "for instance", "first", "then", "finally", "instead",
		"however", "if", "as a result", "which means", "trade-off", "the reason", "in order to"},
	technical: func(covered, points int) string {
		return fmt.Sprintf("Your answers touched %d of %d key points that were looked for.", covered, points)
	},
	communication: func(answered, asked int) string {
		return fmt.Sprintf("You answered %d of %d questions. This score looks at length, sentences and linking words, not at style.", answered, asked)
	},
	problemSolving: func(reasoned, asked int) string {
		return fmt.Sprintf("In %d of %d answers there are words that show steps or reasons, such as \"first\", \"because\" or \"instead\".", reasoned, asked)
	},
	relevance: func() string {
		return "This score compares the words of your answers with the key points, the questions and the posting."
	},
	overall: func(answered, asked int) string {
		return fmt.Sprintf("%d of %d questions were answered. This feedback was made by fixed rules: they look for key points and form, and cannot tell whether what you said is true.", answered, asked)
	},
}

var ukrainian = texts{
	signs: []string{"бо", "тому", "оскільки", "наприклад", "спочатку", "спершу", "потім", "нарешті", "натомість", "однак", "якщо",
		"отже", "в результаті", "зрештою", "щоб", "через те"},
	technical: func(covered, points int) string {
		return fmt.Sprintf("Ваші відповіді торкнулися ключових тез: %d з %d.", covered, points)
	},
	communication: func(answered, asked int) string {
		return fmt.Sprintf("Відповідей на запитання: %d з %d. Ця оцінка зважає на довжину, речення і сполучні слова, а не на стиль.", answered, asked)
	},
	problemSolving: func(reasoned, asked int) string {
		return fmt.Sprintf("Слова, що показують кроки чи причини («спочатку», «бо», «натомість»), є у відповідях: %d з %d.", reasoned, asked)
	},
	relevance: func() string {
		return "Ця оцінка порівнює слова ваших відповідей із ключовими тезами, запитаннями і вакансією."
	},
	overall: func(answered, asked int) string {
		return fmt.Sprintf("Відповідей на запитання: %d з %d. Цей відгук створено за сталими правилами: вони шукають ключові тези й форму і не знають, чи правда те, що ви сказали.", answered, asked)
	},
}
