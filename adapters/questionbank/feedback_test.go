package questionbank

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// The answers of three people to the same questions.
var (
	goodAnswers = map[string]string{
		"go-goroutine-leak": `First I would look at evidence: I take a goroutine profile with pprof twice, an hour apart, and compare the
stacks. For example, in my last project 4000 goroutines were stuck on sending to a channel whose reader had returned, because the
request had timed out. Therefore every goroutine I start has an owner and gets a context, and the send is in a select with
ctx.Done. I use an errgroup with a limit, so that the number stays bounded. Finally I add a test with goleak and an alert on the
number of goroutines.`,
		"disagreement": `In a project for a bank our team lead wanted to rewrite the billing module, and I thought it was too risky because
the deadline was in six weeks. I asked him what worried him and listened: he had spent three weekends on defects. Then I collected
numbers from the tracker and built a small prototype, so that we could compare two options. We found a compromise: only the
rounding was rewritten. As a result the release came on time with two defects instead of nine, and I learned to ask first. He has
trusted my estimates since then.`,
		"friday-incident": `First I find out how many customers are affected: I look at the error rate on the dashboard and at the logs.
Then I roll back to the previous version, because looking for the defect takes longer than an hour at worst. Meanwhile I inform
support and the manager on call, and put a note on the status page. After that I verify with a smoke test that payments work, and
keep an eye on the metrics. On Monday we reconcile the failed payments, refund what was charged twice, and hold a blameless
post-mortem. For example, the cause might be a missing regression test, or a release without a canary.`,
		"ua-password-login": `Спочатку про зберігання: я не зберігаю паролі, а лише хеші Argon2id із сіллю, тому що повільний хеш робить
перебір дорогим. По-друге, ставлю ліміт спроб, наприклад п'ять на хвилину, і пропоную двофакторну автентифікацію. Усі запити до бази
йдуть із параметрами, тож дані не стають частиною команди. Проти XSS шаблони екранують виведене, і я вмикаю CSP. Сесія живе в cookie
з HttpOnly та SameSite. Нарешті, відповідь на невідоме ім'я однакова, щоб не було видно, хто зареєстрований.`,
		"ua-team-trouble": `У минулому проєкті двоє колег не розмовляли, і реліз був під загрозою. Спочатку я поговорив із кожним окремо,
щоб зрозуміти причини: один вважав, що його код переписують без пояснень. Потім я запропонував правила для рев'ю, і ми домовилися
на ретроспективі, що кожне зауваження має приклад. Я намагався говорити спокійно й не шукати винних. У результаті реліз вийшов на
тиждень пізніше, але без помилок, а я зробив висновок, що питати треба раніше.`,
		"ua-slow-after-release": `Спочатку я дивлюся на метрики й логи, щоб знати, скількох користувачів це стосується. Потім пояснюю
керівникові факти: ризик чекати до ранку більший, оскільки о восьмій приходить найбільше людей. Я пропоную два варіанти: відкат на
попередню версію або вимкнення нової функції прапором. Якщо він не згоден, шукаю причину на тестовому сервері й порівнюю запити
до бази. Наприклад, минулого разу бракувало індексу. У результаті ми додали сповіщення і поступовий випуск.`,
	}
	poorAnswers = map[string]string{
		"go-goroutine-leak":     `I would look at a profile and then I would fix it.`,
		"disagreement":          `I told him that he was wrong. In the end we agreed.`,
		"friday-incident":       `I would try to call somebody and wait for them. Maybe a rollback.`,
		"ua-password-login":     `Я б зберігав хеші, і все було б добре.`,
		"ua-team-trouble":       `У нас було погано з колегами, і я пішов.`,
		"ua-slow-after-release": `Я б зробив відкат, бо так краще.`,
	}
)

// dialogue returns an interview with the questions, each with the answer that
// the function gives; an empty one stands for none.
func dialogue(t *testing.T, language domain.Language, ids []string, answer func(*question) string) domain.Interview {
	t.Helper()
	interview := interviewOf(1, domain.JobPosting{Title: "Go developer", Description: "We build payments for banks.",
		TechStack: []string{"Go", "PostgreSQL"}, Language: language})
	for _, q := range questionsOf(t, ids) {
		interview.Messages = append(interview.Messages,
			domain.Message{Type: domain.MessageQuestion, Content: q.Text, QuestionType: q.Type})
		if text := answer(q); text != "" {
			answerWith(&interview, text)
		}
	}
	return interview
}

func questionsOf(t *testing.T, ids []string) (list []*question) {
	t.Helper()
	bank := newBank(t)
	for _, id := range ids {
		i := slices.IndexFunc(bank.questions, func(q *question) bool { return q.ID == id })
		if i < 0 {
			t.Fatalf("no question %q", id)
		}
		list = append(list, bank.questions[i])
	}
	return list
}

func allIDs(bank *Bank, language domain.Language) (ids []string) {
	for _, q := range bank.questions {
		if q.Language == language {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

func judgeInterview(t *testing.T, interview domain.Interview) domain.Assessment {
	t.Helper()
	a, err := newBank(t).GiveFeedback(t.Context(), interview)
	if err != nil {
		t.Fatal(err)
	}
	if a.Method != domain.MethodRules {
		t.Errorf("the method is %q", a.Method)
	}
	for i, j := range judgements(a) {
		if j.Score < 0 || j.Score > 100 {
			t.Errorf("score %d is %d", i, j.Score)
		}
		if strings.TrimSpace(j.Text) == "" || strings.Contains(j.Text, "%!") {
			t.Errorf("text %d is %q", i, j.Text)
		}
	}
	if strings.Contains(a.OverallComments, "%!") {
		t.Errorf("the comments are %q", a.OverallComments)
	}
	if a.KnowledgeGaps == nil || len(a.KnowledgeGaps) > 10 || a.LearningRecommendations == nil || len(a.LearningRecommendations) > 5 {
		t.Errorf("the lists are %q and %q", a.KnowledgeGaps, a.LearningRecommendations)
	}
	return a
}

func judgements(a domain.Assessment) []domain.Judgement {
	return []domain.Judgement{a.TechnicalAccuracy, a.CommunicationClarity, a.ProblemSolving, a.Relevance}
}

func scores(a domain.Assessment) (list []int) {
	for _, j := range judgements(a) {
		list = append(list, j.Score)
	}
	return list
}

var (
	englishIDs   = []string{"go-goroutine-leak", "disagreement", "friday-incident"}
	ukrainianIDs = []string{"ua-password-login", "ua-team-trouble", "ua-slow-after-release"}
)

func TestGoodAnswersBeatPoorOnesBeatNone(t *testing.T) {
	for language, ids := range map[domain.Language][]string{domain.LanguageEnglish: englishIDs, domain.LanguageUkrainian: ukrainianIDs} {
		good := scores(judgeInterview(t, dialogue(t, language, ids, func(q *question) string { return goodAnswers[q.ID] })))
		poor := scores(judgeInterview(t, dialogue(t, language, ids, func(q *question) string { return poorAnswers[q.ID] })))
		none := scores(judgeInterview(t, dialogue(t, language, ids, func(*question) string { return "" })))
		t.Logf("%s: good %v, poor %v, none %v", language, good, poor, none)
		for i := range good {
			if good[i] < 75 || poor[i] > 20 || none[i] != 0 {
				t.Errorf("%q, score %d: good %d, poor %d, none %d", language, i, good[i], poor[i], none[i])
			}
		}
	}
}

func TestAnUnansweredQuestionCountsAsZero(t *testing.T) {
	all := judgeInterview(t, dialogue(t, domain.LanguageEnglish, englishIDs, func(q *question) string { return goodAnswers[q.ID] }))
	some := judgeInterview(t, dialogue(t, domain.LanguageEnglish, englishIDs, func(q *question) string {
		if q.Type == domain.QuestionSituational {
			return ""
		}
		return goodAnswers[q.ID]
	}))
	if some.TechnicalAccuracy.Score != all.TechnicalAccuracy.Score {
		t.Errorf("technical accuracy fell to %d", some.TechnicalAccuracy.Score)
	}
	for i := 1; i < 4; i++ {
		if got, was := scores(some)[i], scores(all)[i]; got > was*3/4 {
			t.Errorf("score %d is %d, and %d with all answers", i, got, was)
		}
	}
	if !strings.Contains(some.OverallComments, "2 of 3 questions were answered.") || !strings.Contains(some.OverallComments, "counts as zero") {
		t.Errorf("the comments are %q", some.OverallComments)
	}
	if strings.Contains(all.OverallComments, "zero") {
		t.Errorf("the comments on all answers are %q", all.OverallComments)
	}
}

func TestTheLastAnswerCounts(t *testing.T) {
	interview := dialogue(t, domain.LanguageEnglish, englishIDs[:1], func(*question) string { return "Not yet." })
	answerWith(&interview, goodAnswers[englishIDs[0]])
	if a := judgeInterview(t, interview); a.TechnicalAccuracy.Score < 75 {
		t.Errorf("technical accuracy is %d", a.TechnicalAccuracy.Score)
	}
}

func TestTheFeedbackSaysWhatWasCounted(t *testing.T) {
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, englishIDs, func(q *question) string { return poorAnswers[q.ID] }))
	for text, want := range map[string]string{
		a.TechnicalAccuracy.Text:    "Your answers to the technical questions covered 1 of 5 points.",
		a.ProblemSolving.Text:       "Your answers to the behavioral and situational questions covered 0 of 11 points.",
		a.CommunicationClarity.Text: "there in 0 of 3 answers",
		a.Relevance.Text:            "0 of 3 answers covered at least half of the points of their question.",
		a.OverallComments:           "fixed rules: they look for words that show a point",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
	if !strings.Contains(a.OverallComments, "cannot tell whether what you said is true") {
		t.Errorf("the comments are %q", a.OverallComments)
	}
}

func TestUkrainianPostingsGetUkrainianTexts(t *testing.T) {
	const latin = "abcdefghijklmnopqrstuvwxyz"
	for _, answers := range []map[string]string{goodAnswers, poorAnswers, nil} {
		a := judgeInterview(t, dialogue(t, domain.LanguageUkrainian, ukrainianIDs, func(q *question) string { return answers[q.ID] }))
		for _, text := range []string{a.TechnicalAccuracy.Text, a.CommunicationClarity.Text, a.ProblemSolving.Text, a.Relevance.Text, a.OverallComments} {
			text, _, _ = strings.Cut(text, "\n\n") // what follows are points and quotes, with words such as bcrypt
			if strings.ContainsAny(strings.ToLower(text), latin) {
				t.Errorf("%q is not Ukrainian", text)
			}
		}
		if !strings.Contains(a.OverallComments, "Запитань із відповіддю: ") {
			t.Errorf("the comments are %q", a.OverallComments)
		}
	}
}

func TestBothLanguagesHaveAllTexts(t *testing.T) {
	for _, language := range []texts{english, ukrainian} {
		v := reflect.ValueOf(language)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s is empty", v.Type().Field(i).Name)
			}
		}
		for _, grades := range language.advice {
			if slices.Contains(grades[:], "") {
				t.Errorf("advice is missing in %q", grades)
			}
		}
	}
}

func TestGapsAndRecommendationsFollowTheAnswers(t *testing.T) {
	questions := questionsOf(t, englishIDs)
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, englishIDs, func(q *question) string {
		switch q.ID {
		case "disagreement":
			return "" // the weakest
		case "go-goroutine-leak":
			return "I would take a profile with pprof and look at the lines where most of them stand."
		}
		return goodAnswers[q.ID]
	}))
	var want []string
	for _, key := range questions[0].Points[1:] {
		want = append(want, key.Point)
	}
	for _, key := range questions[1].Points {
		want = append(want, key.Point)
	}
	if !slices.Equal(a.KnowledgeGaps, want) {
		t.Errorf("gaps are %q, not %q", a.KnowledgeGaps, want)
	}
	if want := []string{questions[1].Learn, questions[0].Learn}; !slices.Equal(a.LearningRecommendations, want) {
		t.Errorf("recommendations are %q, not %q", a.LearningRecommendations, want)
	}
}

func TestListsAreBoundedAndNameNothingTwice(t *testing.T) {
	ids := allIDs(newBank(t), domain.LanguageEnglish)
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, append(ids, ids...), func(*question) string { return "" }))
	for _, list := range [][]string{a.KnowledgeGaps, a.LearningRecommendations} {
		if sorted := slices.Sorted(slices.Values(list)); len(slices.Compact(sorted)) != len(list) {
			t.Errorf("%q names something twice", list)
		}
	}
	if len(a.KnowledgeGaps) != 10 || len(a.LearningRecommendations) != 5 {
		t.Errorf("%d gaps, %d recommendations", len(a.KnowledgeGaps), len(a.LearningRecommendations))
	}
}

func TestWhatWasSaidTheSecondTimeIsNoGap(t *testing.T) {
	first := true
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, []string{"friday-incident", "friday-incident"}, func(q *question) string {
		if first {
			first = false
			return "I do not know."
		}
		return goodAnswers[q.ID]
	}))
	if len(a.KnowledgeGaps)+len(a.LearningRecommendations) > 0 {
		t.Errorf("%q, %q", a.KnowledgeGaps, a.LearningRecommendations)
	}
}

func TestQuestionsOfOthersAreJudgedBySharedWordsAlone(t *testing.T) {
	score := func(text string) (domain.Assessment, int) {
		interview := dialogue(t, domain.LanguageEnglish, englishIDs[:1], func(q *question) string { return text })
		interview.Messages[0].Content = "Which goroutines of a service would you look at first if memory grows, and how?"
		a := judgeInterview(t, interview)
		return a, slices.Max(scores(a))
	}
	a, got := score(goodAnswers[englishIDs[0]])
	if got == 0 || got > 50 {
		t.Errorf("a good answer has %v", scores(a))
	}
	if len(a.KnowledgeGaps)+len(a.LearningRecommendations) > 0 {
		t.Errorf("%q, %q", a.KnowledgeGaps, a.LearningRecommendations)
	}
	if !strings.Contains(a.TechnicalAccuracy.Text, "No points are known") ||
		!strings.Contains(a.OverallComments, "not in the question bank: 1.") {
		t.Errorf("%q, %q", a.TechnicalAccuracy.Text, a.OverallComments)
	}
	for _, text := range []string{mash, lorem, salad, "Which goroutines of a service would you look at first if memory grows, and how?",
		"pprof, channel, context, errgroup, goleak, memory, goroutines, service"} {
		if a, got := score(text); got > mostOfNonsense {
			t.Errorf("%q has %v", text, scores(a))
		}
	}
}

func TestWithoutTechnicalQuestionsAllCount(t *testing.T) {
	a := judgeInterview(t, dialogue(t, domain.LanguageEnglish, englishIDs[1:], func(q *question) string { return goodAnswers[q.ID] }))
	if a.TechnicalAccuracy.Score < 75 || !strings.Contains(a.TechnicalAccuracy.Text, "There were no technical questions") {
		t.Errorf("%+v", a.TechnicalAccuracy)
	}
}

func TestTheSameInterviewGetsTheSameFeedback(t *testing.T) {
	interview := dialogue(t, domain.LanguageEnglish, allIDs(newBank(t), domain.LanguageEnglish), func(q *question) string { return goodAnswers[q.ID] })
	first := judgeInterview(t, interview)
	for range 20 {
		if again := judgeInterview(t, interview); !reflect.DeepEqual(first, again) {
			t.Fatalf("%+v, then %+v", first, again)
		}
	}
}

func TestOddInputIsJudgedToo(t *testing.T) {
	for name, text := range map[string]string{
		"blank":         " \t\n",
		"emoji":         strings.Repeat("👩‍👩‍👧❤️", 2000),
		"marks":         strings.Repeat("'’.!?…", 3000),
		"one long word": strings.Repeat("ї", domain.MaxAnswerLength),
		"short lines":   strings.Repeat("a\n", domain.MaxAnswerLength/2),
		"other script":  strings.Repeat("これは答えです。", 2000),
		"odd letters":   strings.Repeat("İıſßﬁ", 2000),
		"bad UTF-8":     "\xff\xfe because \xc3",
		"percent signs": "%d %s %!",
	} {
		t.Run(name, func(t *testing.T) {
			judgeInterview(t, dialogue(t, domain.LanguageUkrainian, append(ukrainianIDs, englishIDs...), func(*question) string { return text }))
		})
	}
	t.Run("nothing at all", func(t *testing.T) { judgeInterview(t, domain.Interview{}) })
	t.Run("an answer before any question", func(t *testing.T) {
		interview := interviewOf(1, goPosting)
		answerWith(&interview, "Hello.")
		judgeInterview(t, interview)
	})
}

// TestManyLongAnswersAreJudgedSoon allows far more than it takes, yet less than
// a rule would need that is not linear.
func TestManyLongAnswersAreJudgedSoon(t *testing.T) {
	var long strings.Builder
	for i := 0; long.Len() < domain.MaxAnswerLength; i++ {
		fmt.Fprintf(&long, "Word%d, and so on. ", i)
	}
	ids := allIDs(newBank(t), domain.LanguageEnglish)
	for len(ids) < 80 {
		ids = append(ids, ids...)
	}
	interview := dialogue(t, domain.LanguageEnglish, ids, func(*question) string { return long.String() })
	begun := time.Now()
	judgeInterview(t, interview)
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("%d long answers took %v", len(ids), took)
	} else {
		t.Logf("%d long answers took %v", len(ids), took)
	}
}

func TestNoFeedbackOnceTheContextIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	interview := dialogue(t, domain.LanguageEnglish, englishIDs, func(q *question) string { return goodAnswers[q.ID] })
	a, err := newBank(t).GiveFeedback(ctx, interview)
	if !errors.Is(err, context.Canceled) || !reflect.DeepEqual(a, domain.Assessment{}) {
		t.Errorf("%+v, %v", a, err)
	}
}
