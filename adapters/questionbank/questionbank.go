// Package questionbank is an interviewer that needs no network: it asks from a
// bank of questions that is part of the program, and judges by fixed rules.
// bank/README.md describes the bank.
package questionbank

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

//go:embed bank/*.json
var bankFiles embed.FS

// Bank asks and judges. It never changes, so that any number of goroutines may
// use it.
type Bank struct {
	questions []*question
	byText    map[string]*question
}

var _ ports.Interviewer = (*Bank)(nil)

// New returns the bank that is part of the program. An error is a defect of
// that bank; it names everything that is wrong with it.
func New() (*Bank, error) { return load(bankFiles) }

// question is a question as bank/README.md describes it.
type question struct {
	ID        string              `json:"id"`
	Language  domain.Language     `json:"language"`
	Type      domain.QuestionType `json:"type"`
	Stacks    []string            `json:"stacks"`
	Levels    []string            `json:"levels"`
	Text      string              `json:"text"`
	KeyPoints []keyPoint          `json:"key_points"`
	Learn     string              `json:"learn"`

	tags []string // the stacks, normalized as [technologies] does
}

type keyPoint struct {
	Point string   `json:"point"`
	Terms []string `json:"terms"`

	phrases []phrase // the terms
}

// How many key points a question has.
const (
	minKeyPoints = 3
	maxKeyPoints = 6
)

// load reads all JSON files of the folder "bank". Its error joins all that is
// wrong.
func load(files fs.FS) (*Bank, error) {
	names, err := fs.Glob(files, "bank/*.json")
	if err != nil {
		return nil, err
	}
	var (
		bank = &Bank{byText: make(map[string]*question)}
		errs []error
	)
	for _, name := range names {
		questions, err := decode(files, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		for i, q := range questions {
			if q == nil {
				errs = append(errs, fmt.Errorf("%s: item %d is null", name, i+1))
				continue
			}
			q.prepare()
			if err := q.check(); err != nil {
				errs = append(errs, fmt.Errorf("%s: item %d, %q: %w", name, i+1, q.ID, err))
			}
			bank.questions = append(bank.questions, q)
		}
	}
	if err := errors.Join(append(errs, bank.check())...); err != nil {
		return nil, fmt.Errorf("questionbank: %w", err)
	}
	for _, q := range bank.questions {
		bank.byText[q.Text] = q
	}
	return bank, nil
}

func decode(files fs.FS, name string) ([]*question, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	var questions []*question
	if err := decoder.Decode(&questions); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the list of questions")
	}
	return questions, nil
}

func (q *question) prepare() {
	for _, stack := range q.Stacks {
		q.tags = append(q.tags, strings.Join(technologies(stack), " "))
	}
	for i := range q.KeyPoints {
		q.KeyPoints[i].phrases = phrases(q.KeyPoints[i].Terms...)
	}
}

var kebabCase = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check returns all that is wrong with the question by itself.
func (q *question) check() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	require(kebabCase.MatchString(q.ID), "the id is not in kebab-case")
	require(q.Language == domain.LanguageEnglish || q.Language == domain.LanguageUkrainian, "unknown language %q", q.Language)
	require(slices.Contains(domain.QuestionTypes[:], q.Type), "unknown type %q", q.Type)
	for i, stack := range q.Stacks {
		require(isLower(stack) && q.tags[i] != "", "the stack %q is blank or not in lower case", stack)
	}
	for _, level := range q.Levels {
		require(level == junior || level == middle || level == senior, "unknown level %q", level)
	}
	require(isTrimmed(q.Text), "the text is blank or has blanks around it")
	require(isTrimmed(q.Learn), "learn is blank or has blanks around it")
	require(minKeyPoints <= len(q.KeyPoints) && len(q.KeyPoints) <= maxKeyPoints,
		"%d key points, not %d to %d", len(q.KeyPoints), minKeyPoints, maxKeyPoints)

	text, seen := words(q.Text), make(map[string]bool)
	for i, key := range q.KeyPoints {
		require(isTrimmed(key.Point), "point %d is blank or has blanks around it", i+1)
		require(len(key.Terms) > 0, "point %d has no terms", i+1)
		for j, term := range key.Terms {
			require(isLower(term) && len(key.phrases[j]) > 0, "point %d: the term %q has no word or is not in lower case", i+1, term)
			require(!seen[term], "point %d: the term %q was there before", i+1, term)
			require(len(key.phrases[j]) == 0 || !key.phrases[j].in(text), "point %d: the term %q stands in the question", i+1, term)
			seen[term] = true
		}
	}
	return errors.Join(errs...)
}

// check returns all that is wrong between questions.
func (b *Bank) check() error {
	type kind struct {
		language domain.Language
		typ      domain.QuestionType
	}
	var (
		errs  []error
		ids   = make(map[string]bool)
		texts = make(map[string]bool)
		kinds = make(map[kind]bool)
		langs = []domain.Language{domain.LanguageEnglish} // what other languages fall back on
	)
	for _, q := range b.questions {
		text := strings.Join(words(q.Text), " ")
		if ids[q.ID] {
			errs = append(errs, fmt.Errorf("two questions have the id %q", q.ID))
		}
		if texts[text] {
			errs = append(errs, fmt.Errorf("%q has the text of another question", q.ID))
		}
		if !slices.Contains(langs, q.Language) {
			langs = append(langs, q.Language)
		}
		ids[q.ID], texts[text], kinds[kind{q.Language, q.Type}] = true, true, true
	}
	for _, language := range langs {
		for _, typ := range domain.QuestionTypes {
			if !kinds[kind{language, typ}] {
				errs = append(errs, fmt.Errorf("no %s question in the language %q", typ, language))
			}
		}
	}
	return errors.Join(errs...)
}

func isTrimmed(s string) bool { return s != "" && s == strings.TrimSpace(s) }

func isLower(s string) bool { return isTrimmed(s) && s == strings.ToLower(s) }
