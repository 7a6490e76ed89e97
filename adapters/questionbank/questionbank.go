// Package questionbank is an interviewer that needs no key and no network. It
// asks from a bank of questions that is part of the program, and judges by
// fixed rules: which of a question's key points an answer speaks of, and how
// it is built. Whether a statement is true it cannot know, and says so.
package questionbank

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

//go:embed bank/*.json
var files embed.FS

// Question is an entry of the bank. Each file in bank/ is a list of them.
type Question struct {
	ID       string              `json:"id"` // unique, never shown
	Language domain.Language     `json:"language"`
	Type     domain.QuestionType `json:"type"`
	// Stacks are the technologies that the question is about, in lower case;
	// none if it fits every job.
	Stacks []string `json:"stacks"`
	Text   string   `json:"text"`
	// KeyPoints are what a good answer speaks of: three or more.
	KeyPoints []KeyPoint `json:"key_points"`
	// Learn says what to read or to practise.
	Learn string `json:"learn"`
}

// KeyPoint is a part of a good answer.
type KeyPoint struct {
	// Point is read by the person whose answer lacks it.
	Point string `json:"point"`
	// Terms are lower-case words or phrases, any of which shows that an answer
	// speaks of the point. Longer ones match the beginnings of words, so that
	// a stem stands for all its forms.
	Terms []string `json:"terms"`
}

// Bank is an interviewer. Make one with [New].
type Bank struct {
	questions []Question
	byText    map[string]*Question
}

var _ ports.Interviewer = (*Bank)(nil)

// New returns the interviewer with the bank that is part of the program. An
// error means that its data is broken, and names every fault.
func New() (*Bank, error) {
	sub, err := fs.Sub(files, "bank")
	if err != nil {
		return nil, err
	}
	return load(sub)
}

// load reads every file in the root of the file system.
func load(fsys fs.FS) (*Bank, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	bank := &Bank{byText: map[string]*Question{}}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		var questions []Question
		if err := decoder.Decode(&questions); err != nil {
			return nil, fmt.Errorf("question bank: %s: %w", name, err)
		}
		bank.questions = append(bank.questions, questions...)
	}
	if err := check(bank.questions); err != nil {
		return nil, fmt.Errorf("question bank: %w", err)
	}
	for i := range bank.questions {
		bank.byText[bank.questions[i].Text] = &bank.questions[i]
	}
	return bank, nil
}

// minKeyPoints is how many key points a question has at least: with fewer, an
// answer is either all or nothing.
const minKeyPoints = 3

// check returns every fault of the data.
func check(questions []Question) error {
	var faults []error
	ids, texts := map[string]bool{}, map[string]bool{}
	there := map[domain.Language]map[domain.QuestionType]bool{}
	for _, q := range questions {
		fault := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("%q: %s", q.ID, fmt.Sprintf(format, args...)))
		}
		switch {
		case strings.TrimSpace(q.ID) == "":
			fault("has no id")
		case ids[q.ID]:
			fault("the id is there twice")
		}
		if texts[q.Text] {
			fault("the text is there twice")
		}
		ids[q.ID], texts[q.Text] = true, true
		if q.Language != domain.LanguageEnglish && q.Language != domain.LanguageUkrainian {
			fault("the language is %q", q.Language)
		}
		if q.Type != domain.QuestionTechnical && q.Type != domain.QuestionBehavioral && q.Type != domain.QuestionSituational {
			fault("the type is %q", q.Type)
		}
		if strings.TrimSpace(q.Text) == "" || strings.TrimSpace(q.Learn) == "" {
			fault("text and learn must not be blank")
		}
		if len(q.KeyPoints) < minKeyPoints {
			fault("has %d key points, needs %d", len(q.KeyPoints), minKeyPoints)
		}
		for _, point := range q.KeyPoints {
			if strings.TrimSpace(point.Point) == "" || len(point.Terms) == 0 {
				fault("a key point needs a text and terms")
			}
			for _, term := range point.Terms {
				if term != normalize(term) || term == "" {
					fault("the term %q must be in lower case, without blanks around it", term)
				}
			}
		}
		for _, stack := range q.Stacks {
			if stack != canonical(stack) || stack == "" {
				fault("the stack %q must be %q", stack, canonical(stack))
			}
		}
		if there[q.Language] == nil {
			there[q.Language] = map[domain.QuestionType]bool{}
		}
		there[q.Language][q.Type] = true
	}
	if there[domain.LanguageEnglish] == nil {
		faults = append(faults, errors.New("there is no question in English"))
	}
	for language, types := range there {
		if len(types) < len(domain.QuestionTypes) {
			faults = append(faults, fmt.Errorf("the language %q lacks a type of question", language))
		}
	}
	return errors.Join(faults...)
}
