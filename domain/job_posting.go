package domain

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of a posting's texts, in Unicode code points after trimming.
const (
	MaxTitleLength           = 255
	MaxCompanyLength         = 255
	MaxDescriptionLength     = 10_000
	MaxExperienceLevelLength = 50
	MaxTechnologyLength      = 100
)

// Language is the language in which a posting's interview is held.
type Language string

// The languages of interviews. "ua" is the contract's name for Ukrainian.
const (
	LanguageEnglish   Language = "en"
	LanguageUkrainian Language = "ua"
)

// LanguageRule says which languages there are, in words that fit after a
// field's name.
const LanguageRule = "must be 'en' or 'ua'"

// JobPostingDraft is what a person says of a job, before it is checked. Its
// zero optional members stand for "not said".
type JobPostingDraft struct {
	Title           string
	Company         string // optional
	Description     string
	ExperienceLevel string   // optional
	TechStack       []string // optional
	Language        Language // optional; English if empty
}

// Normalize returns the draft with every text trimmed and the defaults set,
// or a VALIDATION_ERROR that names each bad field.
func (d JobPostingDraft) Normalize() (JobPostingDraft, error) {
	var fields []FieldError
	text := func(value string, required bool, limit int, path ...any) string {
		trimmed := strings.TrimSpace(value)
		switch length := utf8.RuneCountInString(trimmed); {
		case required && value == "":
			fields = append(fields, FieldError{Path: path, Rule: RuleTooShort, Limit: 1, Message: "must not be empty"})
		case required && length == 0:
			fields = append(fields, FieldError{Path: path, Rule: RuleValue, Message: "must not be blank"})
		case length > limit:
			fields = append(fields, FieldError{Path: path, Rule: RuleTooLong, Limit: limit,
				Message: fmt.Sprintf("must have at most %d characters", limit)})
		case !isText(trimmed):
			fields = append(fields, FieldError{Path: path, Rule: RuleValue, Message: textRule})
		}
		return trimmed
	}
	n := JobPostingDraft{
		Title:           text(d.Title, true, MaxTitleLength, "title"),
		Company:         text(d.Company, false, MaxCompanyLength, "company"),
		Description:     text(d.Description, true, MaxDescriptionLength, "description"),
		ExperienceLevel: text(d.ExperienceLevel, false, MaxExperienceLevelLength, "experience_level"),
		TechStack:       make([]string, 0, len(d.TechStack)),
		Language:        d.Language,
	}
	for i, technology := range d.TechStack {
		n.TechStack = append(n.TechStack, text(technology, true, MaxTechnologyLength, "tech_stack", i))
	}
	switch n.Language {
	case "":
		n.Language = LanguageEnglish
	case LanguageEnglish, LanguageUkrainian:
	default:
		fields = append(fields, FieldError{Path: []any{"language"}, Rule: RuleOneOf, Message: LanguageRule})
	}
	return n, validation(fields)
}

// JobPosting is a job that its owner prepares for.
type JobPosting struct {
	ID              uuid.UUID
	UserID          uuid.UUID // the owner
	Title           string
	Company         string // empty if not known
	Description     string
	ExperienceLevel string   // empty if not known
	TechStack       []string // never nil
	Language        Language
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// NewJobPosting makes a posting of a draft, or returns the VALIDATION_ERROR of
// [JobPostingDraft.Normalize].
func NewJobPosting(id, owner uuid.UUID, draft JobPostingDraft, now time.Time) (JobPosting, error) {
	posting := JobPosting{ID: id, UserID: owner, CreatedAt: now}
	if err := posting.Replace(draft, now); err != nil {
		return JobPosting{}, err
	}
	return posting, nil
}

// Replace puts the draft in the place of all that the posting says, so that
// what the draft leaves out falls back to its default. On a VALIDATION_ERROR
// the posting stays as it was.
func (p *JobPosting) Replace(draft JobPostingDraft, now time.Time) error {
	n, err := draft.Normalize()
	if err != nil {
		return err
	}
	p.Title, p.Company, p.Description = n.Title, n.Company, n.Description
	p.ExperienceLevel, p.TechStack, p.Language = n.ExperienceLevel, n.TechStack, n.Language
	p.UpdatedAt = now
	return nil
}

// Item returns what a list of postings shows of the posting. It shares the tech
// stack with p.
func (p JobPosting) Item() JobPostingItem {
	return JobPostingItem{
		ID: p.ID, Title: p.Title, Company: p.Company, ExperienceLevel: p.ExperienceLevel,
		TechStack: p.TechStack, Language: p.Language, CreatedAt: p.CreatedAt,
	}
}

// Headline returns what a list of sessions shows of the posting.
func (p JobPosting) Headline() JobPostingHeadline {
	return JobPostingHeadline{ID: p.ID, Title: p.Title, Company: p.Company}
}

// Clone returns a copy that shares no memory with p.
func (p JobPosting) Clone() JobPosting {
	p.TechStack = slices.Clone(p.TechStack)
	return p
}

// JobPostingItem is what a list of postings shows of a posting.
type JobPostingItem struct {
	ID              uuid.UUID
	Title           string
	Company         string   // empty if not known
	ExperienceLevel string   // empty if not known
	TechStack       []string // never nil
	Language        Language
	CreatedAt       time.Time
}

// JobPostingHeadline is what a list of sessions shows of a posting.
type JobPostingHeadline struct {
	ID      uuid.UUID
	Title   string
	Company string // empty if not known
}
