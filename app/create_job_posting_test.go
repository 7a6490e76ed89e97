package app_test

import (
	"context"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// createJobPosting is the use case with a writer that expects no call.
type createJobPosting struct {
	app.CreateJobPosting
	postings *mocks.MockJobPostingWriter
}

func newCreateJobPosting(t *testing.T) createJobPosting {
	postings := mocks.NewMockJobPostingWriter(gomock.NewController(t))
	return createJobPosting{app.CreateJobPosting{Postings: postings, Clock: clock}, postings}
}

func (f createJobPosting) stores() *gomock.Call {
	return f.postings.EXPECT().CreateJobPosting(gomock.Any(), gomock.AssignableToTypeOf(domain.JobPosting{}))
}

func TestCreateJobPosting(t *testing.T) {
	for _, test := range []struct {
		name  string
		draft domain.JobPostingDraft
		want  domain.JobPosting
	}{
		{
			"stores the owner's posting, normalised, and returns it",
			domain.JobPostingDraft{
				Title: " Go Developer ", Company: "Acme\n", Description: "\tBuilds things.", ExperienceLevel: " senior",
				TechStack: []string{" Go", "SQL "}, Language: domain.LanguageUkrainian,
			},
			domain.JobPosting{
				Title: "Go Developer", Company: "Acme", Description: "Builds things.", ExperienceLevel: "senior",
				TechStack: []string{"Go", "SQL"}, Language: domain.LanguageUkrainian,
			},
		},
		{
			"stores the defaults of what the draft leaves out",
			domain.JobPostingDraft{Title: "t", Description: "d"},
			domain.JobPosting{Title: "t", Description: "d", TechStack: []string{}, Language: domain.LanguageEnglish},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newCreateJobPosting(t)
			var saved domain.JobPosting
			f.stores().DoAndReturn(func(_ context.Context, posting domain.JobPosting) error {
				saved = posting
				return nil
			})
			got, err := f.Execute(t.Context(), owner, test.draft)
			if err != nil {
				t.Fatal(err)
			}
			newID(t, saved.ID)
			want := test.want
			want.ID, want.UserID, want.CreatedAt, want.UpdatedAt = saved.ID, owner, now, now
			equal(t, "saved posting", saved, want)
			equal(t, "returned posting", got, want)
		})
	}

	t.Run("stores nothing of a bad draft and names every bad field", func(t *testing.T) {
		f := newCreateJobPosting(t)
		got, err := f.Execute(t.Context(), owner, domain.JobPostingDraft{Title: " ", TechStack: []string{""}, Language: "fr"})
		refusedFields(t, got, err, "title", "description", "tech_stack", "language")
	})

	t.Run("passes on that the account is gone", func(t *testing.T) {
		f := newCreateJobPosting(t)
		f.stores().Return(domain.ErrUserNotFound)
		got, err := f.Execute(t.Context(), owner, domain.JobPostingDraft{Title: "t", Description: "d"})
		refused(t, got, err, domain.ErrUserNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the writer "+test.name, func(t *testing.T) {
			f := newCreateJobPosting(t)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), owner, domain.JobPostingDraft{Title: "t", Description: "d"})
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newCreateJobPosting(t)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.JobPosting) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, domain.JobPostingDraft{Title: "t", Description: "d"})
		refused(t, got, err, context.Canceled)
	})
}
