package questionbank

import (
	"unicode"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// The groups of signs of form. They are of both languages, because people mix
// them.
const (
	linkSign = iota
	exampleSign
	reasoningSign
)

var signs = newIndex(
	phrases("because", "therefore", "so that", "which is why", "first", "firstly", "second", "secondly", "then", "next", "after that",
		"afterwards", "finally", "however", "although", "instead", "in addition", "on the other hand", "at the same time", "meanwhile",
		"otherwise", "once", "since",
		"тому", "тож", "бо", "оскільки", "адже", "щоб", "спочатку", "спершу", "по-перше", "по-друге", "потім", "далі", "після цього",
		"нарешті", "однак", "проте", "хоча", "натомість", "водночас", "тим часом", "крім того", "з іншого боку", "отже", "інакше"),
	phrases("for example", "for instance", "such as", "something like", "as a result", "in one case", "in my last", "e.g.", "last year",
		"наприклад", "приміром", "зокрема", "у результаті", "в результаті", "як-от", "торік", "одного разу"),
	phrases("because", "therefore", "the reason", "which is why", "cause", "option", "alternativ", "trade-off", "instead", "rather than",
		"depends", "risk", "consequence", "compare", "otherwise", "in case", "unless", "assum", "measur", "verif", "as a result", "learned",
		"if", "so that", "whether",
		"тому що", "бо", "оскільки", "причин", "варіант", "альтернатив", "компроміс", "натомість", "замість", "залежить", "ризик", "наслід",
		"порівня", "інакше", "якщо", "припуст", "припущ", "виміря", "перевір", "у результаті", "в результаті", "виснов", "щоб", "чому"),
)

// The groups of words with which people say that they do not know, or do not
// do, what they speak of.
const (
	ignorance = iota // disclaims the clauses around it
	refusal          // disclaims what follows at once
	denial           // disclaims the next word
)

var disclaimers = newIndex(
	phrases("i don't know", "i do not know", "i really don't know", "i don't really know", "i honestly don't know", "i don't even know",
		"i have no idea", "no idea", "i have never heard", "i've never heard", "never heard of", "i'm not sure what", "i am not sure what",
		"i have never used", "i've never used", "i never used", "i haven't used", "i have not used", "i can't explain", "i cannot explain",
		"i don't remember", "i do not remember", "i don't understand", "i do not understand", "i'm not familiar", "i am not familiar",
		"i have no experience", "i never worked with", "i have never worked with", "i've never worked with",
		"не знаю", "не пам'ятаю", "не чув", "не чула", "гадки не маю", "поняття не маю", "без поняття", "не розумію", "не можу пояснити",
		"ніколи не користува", "не користува", "не працював з", "не працювала з", "не маю досвіду"),
	phrases("i don't", "i do not", "i didn't", "i did not", "i wouldn't", "i would not", "i'd not", "i won't", "i will not", "i never",
		"i would never", "i'd never", "we don't", "we do not", "we didn't", "we did not", "we never", "there's no need", "there is no need"),
	phrases("не"),
)

// conditions are words after which "I don't know" tells what one does then.
var conditions = wordSet("if when whenever while as because until where what unless якщо коли поки доки чого бо")

// turns are words with which a sentence turns from what one does not know to
// something else.
var turns = wordSet("but however so therefore instead yet although though але однак проте тож тому зате натомість хоча")

// joins are words with which a sentence goes on to another thing.
var joins = wordSet("and or because until unless if when і й та або бо якщо коли поки")

// functionWords are words that every real sentence has, and gibberish lacks.
var functionWords = map[domain.Language]map[string]bool{
	domain.LanguageEnglish: wordSet(`
		a about after again all already also always an and another any are as at away be because been before being both but by can
		can't could couldn't did didn't do does doesn't don't down during each either else even ever every for from further get gets
		got had has hasn't have haven't having he he's her here him his how however i i'd i'll i'm i've if in into is isn't it it's its
		itself just let like made make many may me might more most much must my myself never no nor not now of off often on once one
		only or other our out over own per perhaps quite rather really same shall she should shouldn't since so some something still
		such than that that's the their them then there there's these they they're this those through to too under until up upon us
		very was wasn't we we'd we'll we're we've well were weren't what when where whether which while who whom whose why will with
		within without won't would wouldn't yet you you'd your`),
	domain.LanguageUkrainian: wordSet(`
		а або аби але б без би більш більше біля бо був буде будемо буду будуть була були було бути в вам вас ваш ваша ваші вже ви від
		він вона вони воно все всі всіх всього всьому всю весь ввесь вся г'є да де дещо для до доки дуже є ж же за зі з із здається
		знову і із їй їх його її йому й коли кожен кожна кожне кожного кожному кожну крім ледь лише ла мене мені ми мій моя моє мої
		моєму моїй мною на навіть навпаки над надто нам нами нас наш наша наше наші не нехай ні ніби ніж ніхто нічого них ніде ну о об
		один одна одне одного одним однак отже перед по поки після про проте при просто разом раз сам сама самі саме свій своє своєї
		свою свої своїм своїх себе собі стосовно так також така такий таке такі там та те ти тим тих тій тільки то тобі тобто того тож
		той тому тоді треба три тут ту ти у уже усе усі хіба хоча хто це цей ця ці цим цих цю цього цьому цією чи через чим чого чому
		що щоб щось щодо як яка яке який яких якийсь якась якого якому якої якою якій яку якщо які ще я під`),
}

func isFunctionWord(word string, language domain.Language) bool { return functionWords[language][word] }

// foreignWords are everyday words of the languages that are most easily taken
// for the one that is asked for.
var foreignWords = map[domain.Language]map[string]bool{
	domain.LanguageEnglish: wordSet(`
		ich und der das ist nicht ein eine einen mit auf für dann wenn würde wir sie von zu den dem auch oder weil
		el la los las que qué y con una un para por luego mi del al como si más pero sería
		le les des et je est pour une dans nous vous qui sur avec pas ce puis mais
		jest nie się bym że jak na przez oraz il di che per non sono come della`),
	domain.LanguageUkrainian: wordSet(`и что как мы они если чтобы или когда было был была потом сначала меня мне только уже нет это этот
		эта эти все его ее еще нужно надо можно сейчас после поэтому потому затем`),
}

// isForeignWord reports whether a word belongs to another language than the
// one that is asked for, and not to it.
func isForeignWord(word string, language domain.Language) bool {
	if isFunctionWord(word, language) {
		return false
	}
	if foreignWords[language][word] {
		return true
	}
	for _, r := range word {
		switch {
		case language == domain.LanguageUkrainian && (r == 'ы' || r == 'э' || r == 'ъ' || r == 'ё'):
			return true
		case language == domain.LanguageEnglish && unicode.Is(unicode.Cyrillic, r):
			return true
		}
	}
	return false
}

func wordSet(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range words(text) {
		set[word] = true
	}
	return set
}
