package questionbank

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// load returns the bank of all JSON files of the folder "bank", if nothing is
// wrong with it. Its error joins all that is.
func load(files fs.FS) (*Bank, error) {
	if errs := checkBank(files); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return read(files)
}

// checkBank returns all that is wrong with the files by our own rules.
func checkBank(files fs.FS) []error {
	names, err := fs.Glob(files, "bank/*.json")
	if err != nil {
		return []error{err}
	}
	var (
		bank Bank
		errs []error
	)
	for _, name := range names {
		if name == schemaFile {
			continue
		}
		file, err := decode(files, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, err := range file.check(name) {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		for i, q := range file.Questions {
			if q == nil {
				errs = append(errs, fmt.Errorf("%s: question %d is null", name, i+1))
				continue
			}
			q.Topic, q.Language = file.Topic, file.Language
			q.prepare()
			for _, err := range q.check() {
				errs = append(errs, fmt.Errorf("%s: question %d, %q: %w", name, i+1, q.ID, err))
			}
			bank.questions = append(bank.questions, q)
		}
	}
	return append(errs, bank.check()...)
}

// How many points a question has.
const (
	minPoints = 3
	maxPoints = 6
)

var kebabCase = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// faults gathers all that is wrong with something.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

func (f *faults) require(ok bool, format string, args ...any) {
	if !ok {
		f.add(format, args...)
	}
}

// check returns all that is wrong with the file apart from its questions.
func (f topicFile) check(name string) []error {
	var wrong faults
	wrong.require(kebabCase.MatchString(f.Topic), "the topic %q is not in kebab-case", f.Topic)
	wrong.require(f.Language == domain.LanguageEnglish || f.Language == domain.LanguageUkrainian, "unknown language %q", f.Language)
	want := fmt.Sprintf("%s-%s.json", f.Language, f.Topic)
	wrong.require(path.Base(name) == want, "its language and topic want it to be named %s", want)
	wrong.require(len(f.Questions) > 0, "it has no questions")
	return wrong
}

// check returns all that is wrong with the question by itself.
func (q *question) check() []error {
	var wrong faults
	wrong.require(kebabCase.MatchString(q.ID), "the id is not in kebab-case")
	wrong.require(strings.HasPrefix(q.ID, "ua-") == (q.Language == domain.LanguageUkrainian),
		"ids begin with ua- in Ukrainian files, and only there")
	wrong.require(slices.Contains(domain.QuestionTypes[:], q.Type), "unknown type %q", q.Type)
	for i, stack := range q.Stacks {
		wrong.require(isLower(stack) && q.tags[i] != "", "the stack %q is blank or not in lower case", stack)
	}
	for _, level := range q.Levels {
		wrong.require(level == junior || level == middle || level == senior, "unknown level %q", level)
	}
	wrong.require(isTrimmed(q.Text), "the text is blank or has blanks around it")
	wrong.require(isTrimmed(q.Learn), "learn is blank or has blanks around it")
	wrong.require(minPoints <= len(q.Points) && len(q.Points) <= maxPoints,
		"%d points, not %d to %d", len(q.Points), minPoints, maxPoints)

	for i, p := range q.Points {
		wrong.require(isTrimmed(p.Point), "point %d is blank or has blanks around it", i+1)
		wrong.require(isTrimmed(p.FollowUp) && strings.HasSuffix(p.FollowUp, "?"),
			"point %d: the follow_up has blanks around it or no question mark at its end", i+1)
		wrong.require(len(p.Terms) > 0, "point %d has no terms", i+1)
	}
	return append(wrong, q.checkTerms()...)
}

// checkTerms returns all that is wrong with the terms of the points.
func (q *question) checkTerms() []error {
	var wrong faults
	text, seen := words(q.Text), make(map[string]bool)
	textHeads := heads(text)
	for i, p := range q.Points {
		followUp := words(p.FollowUp)
		followUpHeads := heads(followUp)
		// There are tens of thousands of terms: only where the beginning of one
		// stands in a text can the whole of it stand there.
		for j, phrase := range phrases(p.Terms...) {
			term := p.Terms[j]
			if !isLower(term) || len(phrase) == 0 {
				wrong.add("point %d: the term %q has no word or is not in lower case", i+1, term)
				continue
			}
			if seen[term] {
				wrong.add("point %d: the term %q was there before", i+1, term)
			}
			if textHeads[head(phrase[0])] && phrase.in(text) {
				wrong.add("point %d: the term %q stands in the question", i+1, term)
			}
			if followUpHeads[head(phrase[0])] && phrase.in(followUp) {
				wrong.add("point %d: the follow_up gives the term %q away", i+1, term)
			}
			seen[term] = true
		}
	}
	return wrong
}

// heads are the heads of the words of a text.
func heads(text []string) map[string]bool {
	set := make(map[string]bool, len(text))
	for _, word := range text {
		set[head(word)] = true
	}
	return set
}

// check returns all that is wrong between questions.
func (b *Bank) check() []error {
	type kind struct {
		language domain.Language
		typ      domain.QuestionType
	}
	var (
		wrong faults
		ids   = make(map[string]bool)
		texts = make(map[string]string) // ids
		kinds = make(map[kind]bool)
		langs = []domain.Language{domain.LanguageEnglish} // what other languages fall back on
	)
	for _, q := range b.questions {
		text := strings.Join(words(q.Text), " ")
		wrong.require(!ids[q.ID], "two questions have the id %q", q.ID)
		wrong.require(texts[text] == "", "%q has the text of %q", q.ID, texts[text])
		if !slices.Contains(langs, q.Language) {
			langs = append(langs, q.Language)
		}
		ids[q.ID], texts[text], kinds[kind{q.Language, q.Type}] = true, q.ID, true
	}
	for _, language := range langs {
		for _, typ := range domain.QuestionTypes {
			wrong.require(kinds[kind{language, typ}], "no %s question in the language %q", typ, language)
		}
	}
	return wrong
}

func isTrimmed(s string) bool { return s != "" && s == strings.TrimSpace(s) }

func isLower(s string) bool { return isTrimmed(s) && s == strings.ToLower(s) }
