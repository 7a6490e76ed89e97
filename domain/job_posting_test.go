package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var (
	owner     = uuid.MustParse("0d7c2f4e-8a53-4f0b-9c55-6a3a2b1c4d5e")
	stranger  = uuid.MustParse("1b6f0c6a-3f0e-4c58-8c5b-0a9d8e7f6a5b")
	postingID = uuid.MustParse("2c9a1f7b-5d4e-4a3b-9f8e-7d6c5b4a3f2e")
	sessionID = uuid.MustParse("3d8b2e6c-4c5f-4b2a-8e7d-6c5b4a3f2e1d")
	messageID = uuid.MustParse("5f6b0c4a-2a7d-4d0b-8c7b-4a3f2e1d0c9b")

	created = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	later   = created.Add(time.Hour)
)

// fullDraft is a draft that is its own normal form.
func fullDraft() domain.JobPostingDraft {
	return domain.JobPostingDraft{
		Title:           "Go Developer",
		Company:         "Acme",
		Description:     "Builds\n\nthings.",
		ExperienceLevel: "senior",
		TechStack:       []string{"Go", "PostgreSQL"},
		Language:        domain.LanguageUkrainian,
	}
}

func TestNormalizeDraft(t *testing.T) {
	at := func(rule domain.Rule, limit int, path ...any) domain.FieldError {
		return domain.FieldError{Path: path, Rule: rule, Limit: limit}
	}
	type fields = []domain.FieldError

	for _, test := range []struct {
		name   string
		change func(*domain.JobPostingDraft)
		want   func(*domain.JobPostingDraft) // how the outcome differs from the full draft; nil if refused
		fields fields
	}{
		{name: "leaves a normal draft as it is",
			change: func(d *domain.JobPostingDraft) {},
			want:   func(d *domain.JobPostingDraft) {}},
		{name: "trims every text at its ends alone",
			change: func(d *domain.JobPostingDraft) {
				d.Title, d.Company = "  Go  Developer\n", "\tAcme\u00a0"
				d.Description, d.ExperienceLevel = "\r\nBuilds\n\nthings. ", " senior "
				d.TechStack = []string{" Go ", "\u2003PostgreSQL"}
			},
			want: func(d *domain.JobPostingDraft) { d.Title = "Go  Developer" }},
		{name: "leaves out what is optional",
			change: func(d *domain.JobPostingDraft) {
				*d = domain.JobPostingDraft{Title: d.Title, Description: d.Description}
			},
			want: func(d *domain.JobPostingDraft) {
				d.Company, d.ExperienceLevel, d.TechStack, d.Language = "", "", []string{}, domain.LanguageEnglish
			}},
		{name: "takes blank optional texts for absent ones",
			change: func(d *domain.JobPostingDraft) { d.Company, d.ExperienceLevel = " \t", "\n" },
			want:   func(d *domain.JobPostingDraft) { d.Company, d.ExperienceLevel = "", "" }},
		{name: "keeps an empty stack",
			change: func(d *domain.JobPostingDraft) { d.TechStack = []string{} },
			want:   func(d *domain.JobPostingDraft) { d.TechStack = []string{} }},
		{name: "keeps the order and the repeats of a stack",
			change: func(d *domain.JobPostingDraft) { d.TechStack = []string{"b", "a", "b"} },
			want:   func(d *domain.JobPostingDraft) { d.TechStack = []string{"b", "a", "b"} }},
		{name: "accepts English",
			change: func(d *domain.JobPostingDraft) { d.Language = domain.LanguageEnglish },
			want:   func(d *domain.JobPostingDraft) { d.Language = domain.LanguageEnglish }},

		{name: "refuses a missing title",
			change: func(d *domain.JobPostingDraft) { d.Title = "" },
			fields: fields{at(domain.RuleTooShort, 1, "title")}},
		{name: "refuses a blank title",
			change: func(d *domain.JobPostingDraft) { d.Title = " \t\u00a0" },
			fields: fields{at(domain.RuleValue, 0, "title")}},
		{name: "refuses a missing description",
			change: func(d *domain.JobPostingDraft) { d.Description = "" },
			fields: fields{at(domain.RuleTooShort, 1, "description")}},
		{name: "refuses a blank description",
			change: func(d *domain.JobPostingDraft) { d.Description = "\r\n" },
			fields: fields{at(domain.RuleValue, 0, "description")}},
		{name: "refuses a missing technology, by its place",
			change: func(d *domain.JobPostingDraft) { d.TechStack = []string{"Go", "", "SQL"} },
			fields: fields{at(domain.RuleTooShort, 1, "tech_stack", 1)}},
		{name: "refuses a blank technology, by its place",
			change: func(d *domain.JobPostingDraft) { d.TechStack = []string{"Go", "SQL", " "} },
			fields: fields{at(domain.RuleValue, 0, "tech_stack", 2)}},
		{name: "refuses a NUL wherever it stands",
			change: func(d *domain.JobPostingDraft) {
				d.Title, d.Company, d.Description, d.ExperienceLevel = "\x00", "a\x00b", "\x00d", "l\x00"
				d.TechStack = []string{"Go\x00"}
			},
			fields: fields{
				at(domain.RuleValue, 0, "title"),
				at(domain.RuleValue, 0, "company"),
				at(domain.RuleValue, 0, "description"),
				at(domain.RuleValue, 0, "experience_level"),
				at(domain.RuleValue, 0, "tech_stack", 0),
			}},
		{name: "refuses another language",
			change: func(d *domain.JobPostingDraft) { d.Language = "uk" },
			fields: fields{at(domain.RuleOneOf, 0, "language")}},
		{name: "refuses a language in upper case",
			change: func(d *domain.JobPostingDraft) { d.Language = "EN" },
			fields: fields{at(domain.RuleOneOf, 0, "language")}},
		{name: "refuses a language with white space",
			change: func(d *domain.JobPostingDraft) { d.Language = " en" },
			fields: fields{at(domain.RuleOneOf, 0, "language")}},
		{name: "names every bad field at once",
			change: func(d *domain.JobPostingDraft) {
				*d = domain.JobPostingDraft{
					Title:           " ",
					Company:         strings.Repeat("c", 256),
					ExperienceLevel: strings.Repeat("e", 51),
					TechStack:       []string{"", "Go", strings.Repeat("t", 101)},
					Language:        "fr",
				}
			},
			fields: fields{
				at(domain.RuleValue, 0, "title"),
				at(domain.RuleTooLong, 255, "company"),
				at(domain.RuleTooShort, 1, "description"),
				at(domain.RuleTooLong, 50, "experience_level"),
				at(domain.RuleTooShort, 1, "tech_stack", 0),
				at(domain.RuleTooLong, 100, "tech_stack", 2),
				at(domain.RuleOneOf, 0, "language"),
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			draft := fullDraft()
			test.change(&draft)
			got, err := draft.Normalize()
			equal(t, "broken rules", brokenRules(t, err), test.fields)
			if test.want != nil {
				want := fullDraft()
				test.want(&want)
				equal(t, "draft", got, want)
				again, err := got.Normalize()
				equal(t, "second error", err, nil)
				equal(t, "second draft", again, want)
			}
		})
	}
}

func TestNormalizeDraftCountsCodePointsAfterTrimming(t *testing.T) {
	for _, field := range []struct {
		name  string
		path  []any
		limit int
		value func(*domain.JobPostingDraft) *string
	}{
		{"title", []any{"title"}, 255, func(d *domain.JobPostingDraft) *string { return &d.Title }},
		{"company", []any{"company"}, 255, func(d *domain.JobPostingDraft) *string { return &d.Company }},
		{"description", []any{"description"}, 10_000, func(d *domain.JobPostingDraft) *string { return &d.Description }},
		{"experience level", []any{"experience_level"}, 50, func(d *domain.JobPostingDraft) *string { return &d.ExperienceLevel }},
		{"technology", []any{"tech_stack", 1}, 100, func(d *domain.JobPostingDraft) *string { return &d.TechStack[1] }},
	} {
		for _, letter := range []string{"x", "ї", "🔑"} {
			t.Run(fmt.Sprintf("%d of %s are not too long a %s", field.limit, letter, field.name), func(t *testing.T) {
				draft, want := fullDraft(), strings.Repeat(letter, field.limit)
				*field.value(&draft) = "  " + want + "\n"
				got, err := draft.Normalize()
				equal(t, "broken rules", brokenRules(t, err), []domain.FieldError(nil))
				equal(t, field.name, *field.value(&got), want)
			})
			t.Run(fmt.Sprintf("%d of %s are too long a %s", field.limit+1, letter, field.name), func(t *testing.T) {
				draft := fullDraft()
				*field.value(&draft) = strings.Repeat(letter, field.limit+1)
				_, err := draft.Normalize()
				equal(t, "broken rules", brokenRules(t, err),
					[]domain.FieldError{{Path: field.path, Rule: domain.RuleTooLong, Limit: field.limit}})
			})
		}
	}
}

func TestNormalizeDraftSaysWhatIsWanted(t *testing.T) {
	_, err := domain.JobPostingDraft{Title: strings.Repeat("t", 256), Description: " ", TechStack: []string{"", "\x00"}, Language: "fr"}.Normalize()
	var got []string
	for _, field := range err.(*domain.Error).Fields {
		got = append(got, fmt.Sprint(field.Path, " ", field.Message))
	}
	equal(t, "messages", got, []string{
		"[title] must have at most 255 characters",
		"[description] must not be blank",
		"[tech_stack 0] must not be empty",
		"[tech_stack 1] must be valid Unicode without a NUL character",
		"[language] must be 'en' or 'ua'",
	})
}

func TestNewJobPosting(t *testing.T) {
	t.Run("is the owner's, says what the draft says, and was made and changed now", func(t *testing.T) {
		draft := fullDraft()
		draft.Title = "  Go Developer "
		got, err := domain.NewJobPosting(postingID, owner, draft, created)
		equal(t, "error", err, nil)
		equal(t, "posting", got, domain.JobPosting{
			ID:              postingID,
			UserID:          owner,
			Title:           "Go Developer",
			Company:         "Acme",
			Description:     "Builds\n\nthings.",
			ExperienceLevel: "senior",
			TechStack:       []string{"Go", "PostgreSQL"},
			Language:        domain.LanguageUkrainian,
			CreatedAt:       created,
			UpdatedAt:       created,
		})
	})
	t.Run("gives omitted optional members their defaults", func(t *testing.T) {
		got, err := domain.NewJobPosting(postingID, owner, domain.JobPostingDraft{Title: "t", Description: "d"}, created)
		equal(t, "error", err, nil)
		equal(t, "posting", got, domain.JobPosting{
			ID: postingID, UserID: owner, Title: "t", Description: "d", TechStack: []string{},
			Language: domain.LanguageEnglish, CreatedAt: created, UpdatedAt: created,
		})
	})
	t.Run("refuses a bad draft and names the fields", func(t *testing.T) {
		_, err := domain.NewJobPosting(postingID, owner, domain.JobPostingDraft{Title: "t"}, created)
		equal(t, "broken rules", brokenRules(t, err),
			[]domain.FieldError{{Path: []any{"description"}, Rule: domain.RuleTooShort, Limit: 1}})
	})
	t.Run("shares no memory with the draft", func(t *testing.T) {
		draft := fullDraft()
		got, err := domain.NewJobPosting(postingID, owner, draft, created)
		equal(t, "error", err, nil)
		draft.TechStack[0] = "scribble"
		equal(t, "stack", got.TechStack, []string{"Go", "PostgreSQL"})
	})
}

func TestReplaceJobPosting(t *testing.T) {
	posting := func(t *testing.T) domain.JobPosting {
		t.Helper()
		p, err := domain.NewJobPosting(postingID, owner, fullDraft(), created)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	t.Run("rewrites all that the posting says and moves its time of change", func(t *testing.T) {
		p := posting(t)
		err := p.Replace(domain.JobPostingDraft{
			Title: " Lead ", Company: "Globex", Description: "Leads.", ExperienceLevel: "lead",
			TechStack: []string{"Rust"}, Language: domain.LanguageEnglish,
		}, later)
		equal(t, "error", err, nil)
		equal(t, "posting", p, domain.JobPosting{
			ID: postingID, UserID: owner, Title: "Lead", Company: "Globex", Description: "Leads.", ExperienceLevel: "lead",
			TechStack: []string{"Rust"}, Language: domain.LanguageEnglish, CreatedAt: created, UpdatedAt: later,
		})
	})
	t.Run("lets omitted optional members fall back to their defaults", func(t *testing.T) {
		p := posting(t)
		equal(t, "error", p.Replace(domain.JobPostingDraft{Title: "t", Description: "d"}, later), nil)
		equal(t, "posting", p, domain.JobPosting{
			ID: postingID, UserID: owner, Title: "t", Description: "d", TechStack: []string{},
			Language: domain.LanguageEnglish, CreatedAt: created, UpdatedAt: later,
		})
	})
	t.Run("leaves the posting as it was when the draft is bad", func(t *testing.T) {
		p := posting(t)
		before := p.Clone()
		err := p.Replace(domain.JobPostingDraft{Title: "t", Description: "d", TechStack: []string{" "}, Language: "fr"}, later)
		equal(t, "broken rules", brokenRules(t, err), []domain.FieldError{
			{Path: []any{"tech_stack", 0}, Rule: domain.RuleValue},
			{Path: []any{"language"}, Rule: domain.RuleOneOf},
		})
		equal(t, "posting", p, before)
	})
	t.Run("leaves an earlier copy's stack alone", func(t *testing.T) {
		p := posting(t)
		before := p
		draft := fullDraft()
		slices.Reverse(draft.TechStack)
		equal(t, "error", p.Replace(draft, later), nil)
		equal(t, "earlier stack", before.TechStack, []string{"Go", "PostgreSQL"})
	})
}

func TestJobPostingItem(t *testing.T) {
	p, err := domain.NewJobPosting(postingID, owner, fullDraft(), created)
	equal(t, "error", err, nil)
	equal(t, "item", p.Item(), domain.JobPostingItem{
		ID: postingID, Title: "Go Developer", Company: "Acme", ExperienceLevel: "senior",
		TechStack: []string{"Go", "PostgreSQL"}, Language: domain.LanguageUkrainian, CreatedAt: created,
	})
}

func TestJobPostingHeadline(t *testing.T) {
	p, err := domain.NewJobPosting(postingID, owner, fullDraft(), created)
	equal(t, "error", err, nil)
	equal(t, "headline", p.Headline(), domain.JobPostingHeadline{ID: postingID, Title: "Go Developer", Company: "Acme"})
}

func TestJobPostingClone(t *testing.T) {
	for _, test := range []struct {
		name  string
		stack []string
	}{
		{"is equal and shares no memory", []string{"Go", "SQL"}},
		{"keeps an empty stack empty, not nil", []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := domain.JobPosting{ID: postingID, UserID: owner, TechStack: test.stack, CreatedAt: created}
			clone := p.Clone()
			equal(t, "clone", clone, p)
			for i := range clone.TechStack {
				clone.TechStack[i] = "scribble"
			}
			if slices.Contains(p.TechStack, "scribble") {
				t.Error("the clone writes into its source")
			}
		})
	}
}
