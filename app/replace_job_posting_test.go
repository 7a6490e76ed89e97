package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// replaceJobPosting is the use case with ports that expect no call: a
// replacer that is told nothing more proves that a refused change stores
// nothing.
type replaceJobPosting struct {
	app.ReplaceJobPosting
	postings *mocks.MockJobPostingReader
	replacer *mocks.MockJobPostingReplacer
}

func newReplaceJobPosting(t *testing.T) replaceJobPosting {
	ctrl := gomock.NewController(t)
	postings, replacer := mocks.NewMockJobPostingReader(ctrl), mocks.NewMockJobPostingReplacer(ctrl)
	return replaceJobPosting{app.ReplaceJobPosting{Postings: postings, Replacer: replacer, Clock: clock}, postings, replacer}
}

func (f replaceJobPosting) finds(posting domain.JobPosting, err error) {
	f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).Return(posting, err)
}

// shortDraft says what is required alone, shortPosting is what it makes of
// the owner's posting.
var (
	shortDraft   = domain.JobPostingDraft{Title: " New ", Description: "Newer."}
	shortPosting = domain.JobPosting{
		ID: postingID, UserID: owner, Title: "New", Description: "Newer.",
		TechStack: []string{}, Language: domain.LanguageEnglish, CreatedAt: created, UpdatedAt: now,
	}
)

func TestReplaceJobPosting(t *testing.T) {
	t.Run("stores all that the draft says, changed now, and returns it", func(t *testing.T) {
		f := newReplaceJobPosting(t)
		want := domain.JobPosting{
			ID: postingID, UserID: owner, Title: "Lead", Company: "Globex", Description: "Leads.", ExperienceLevel: "lead",
			TechStack: []string{"Rust"}, Language: domain.LanguageEnglish, CreatedAt: created, UpdatedAt: now,
		}
		f.finds(ownPosting(), nil)
		f.replacer.EXPECT().ReplaceJobPosting(gomock.Any(), want).Return(nil)
		got, err := f.Execute(t.Context(), owner, postingID, domain.JobPostingDraft{
			Title: " Lead ", Company: "Globex", Description: "Leads.", ExperienceLevel: "lead",
			TechStack: []string{" Rust"}, Language: domain.LanguageEnglish,
		})
		equal(t, "error", err, nil)
		equal(t, "posting", got, want)
	})

	t.Run("lets what the draft leaves out fall back to its default", func(t *testing.T) {
		f := newReplaceJobPosting(t)
		f.finds(ownPosting(), nil)
		f.replacer.EXPECT().ReplaceJobPosting(gomock.Any(), shortPosting).Return(nil)
		got, err := f.Execute(t.Context(), owner, postingID, shortDraft)
		equal(t, "error", err, nil)
		equal(t, "posting", got, shortPosting)
	})

	t.Run("calls no port with a bad draft and names every bad field", func(t *testing.T) {
		f := newReplaceJobPosting(t)
		got, err := f.Execute(t.Context(), owner, postingID, domain.JobPostingDraft{Description: " ", TechStack: []string{"Go", " "}})
		refusedFields(t, got, err, "title", "description", "tech_stack")
	})
}

func TestReplaceJobPostingStoresNothingWhen(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the posting is absent or not the owner's", domain.ErrJobPostingNotFound},
		{"the reader is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the reader fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newReplaceJobPosting(t)
			f.finds(domain.JobPosting{}, test.err)
			got, err := f.Execute(t.Context(), owner, postingID, shortDraft)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newReplaceJobPosting(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
				return domain.JobPosting{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, postingID, shortDraft)
		refused(t, got, err, context.Canceled)
	})
}

func TestReplaceJobPostingPassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the posting was deleted meanwhile", domain.ErrJobPostingNotFound},
		{"the replacer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the replacer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newReplaceJobPosting(t)
			f.finds(ownPosting(), nil)
			f.replacer.EXPECT().ReplaceJobPosting(gomock.Any(), shortPosting).Return(test.err)
			got, err := f.Execute(t.Context(), owner, postingID, shortDraft)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the posting was stored", func(t *testing.T) {
		f := newReplaceJobPosting(t)
		f.finds(ownPosting(), nil)
		f.replacer.EXPECT().ReplaceJobPosting(gomock.Any(), shortPosting).
			DoAndReturn(func(ctx context.Context, _ domain.JobPosting) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, postingID, shortDraft)
		refused(t, got, err, context.Canceled)
	})
}
