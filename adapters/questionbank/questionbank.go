// Package questionbank is an interviewer that needs no network: it asks from a
// bank of questions that is part of the program, and judges by fixed rules.
// bank/README.md describes the bank.
package questionbank

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-json-experiment/json"

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
	selection selection
}

var _ ports.Interviewer = (*Bank)(nil)

// New returns the bank that is part of the program. An error is a defect of
// that bank. What else may be wrong with it, tests find: a start should not take
// the time.
func New() (*Bank, error) { return read(bankFiles) }

// topicFile is a file of the bank, as bank/README.md describes it.
type topicFile struct {
	Schema    string          `json:"$schema"` // for editors
	Topic     string          `json:"topic"`
	Language  domain.Language `json:"language"`
	Questions []*question     `json:"questions"`
}

// question is a question of the bank, with what a strong answer covers.
type question struct {
	ID     string              `json:"id"`
	Type   domain.QuestionType `json:"type"`
	Stacks []string            `json:"stacks"`
	Levels []string            `json:"levels"`
	Text   string              `json:"text"`
	Points []point             `json:"points"`
	Learn  string              `json:"learn"`

	Topic    string          `json:"-"` // of the file
	Language domain.Language `json:"-"` // of the file

	tags []string // the stacks, normalized as [technologies] does
}

// point is one thing that a strong answer covers.
type point struct {
	Point    string   `json:"point"`
	Terms    []string `json:"terms"`
	FollowUp string   `json:"follow_up"`
}

// schemaFile is the file of the folder that holds no questions.
const schemaFile = "bank/schema.json"

// read returns the bank of all JSON files of the folder "bank".
func read(files fs.FS) (*Bank, error) {
	names, err := fs.Glob(files, "bank/*.json")
	if err != nil {
		return nil, err
	}
	bank := &Bank{byText: make(map[string]*question)}
	for _, name := range names {
		if name == schemaFile {
			continue
		}
		file, err := decode(files, name)
		if err != nil {
			return nil, fmt.Errorf("questionbank: %s: %w", name, err)
		}
		for _, q := range file.Questions {
			q.Topic, q.Language = file.Topic, file.Language
			q.prepare()
			bank.questions = append(bank.questions, q)
			bank.byText[q.Text] = q
		}
	}
	bank.selection = newSelection(bank.questions)
	return bank, nil
}

func decode(files fs.FS, name string) (topicFile, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return topicFile{}, err
	}
	var content topicFile
	err = json.Unmarshal(data, &content, json.RejectUnknownMembers(true))
	return content, err
}

func (q *question) prepare() {
	for _, stack := range q.Stacks {
		q.tags = append(q.tags, strings.Join(technologies(stack), " "))
	}
}

// terms returns an index of the terms, each of the group of its point. It is
// made anew when an answer is read, which happens far less often than the
// program starts with hundreds of questions.
func (q *question) terms() index {
	groups := make([][]phrase, len(q.Points))
	for i, p := range q.Points {
		groups[i] = phrases(p.Terms...)
	}
	return newIndex(groups...)
}
