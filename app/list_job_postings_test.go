package app_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// listJobPostings is the use case with a lister that expects no call.
type listJobPostings struct {
	app.ListJobPostings
	postings *mocks.MockJobPostingLister
}

func newListJobPostings(t *testing.T) listJobPostings {
	postings := mocks.NewMockJobPostingLister(gomock.NewController(t))
	return listJobPostings{app.ListJobPostings{Postings: postings}, postings}
}

func TestListJobPostings(t *testing.T) {
	first, second := ownPosting().Item(), ownPosting().Item()
	second.ID, second.Title = sessionID, "Second"
	for _, test := range []struct {
		name          string
		limit, offset int
		want          []domain.JobPostingItem
	}{
		{"returns a page of the owner's postings in the lister's order", 20, 40, []domain.JobPostingItem{second, first}},
		{"returns an empty list when there are none", 100, 0, []domain.JobPostingItem{}},
		{"asks for an empty page when told to", 0, 0, []domain.JobPostingItem{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newListJobPostings(t)
			f.postings.EXPECT().ListJobPostings(gomock.Any(), owner, test.limit, test.offset).Return(test.want, nil)
			got, err := f.Execute(t.Context(), owner, test.limit, test.offset)
			equal(t, "error", err, nil)
			equal(t, "list", got, test.want)
		})
	}

	for _, test := range failures {
		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newListJobPostings(t)
			f.postings.EXPECT().ListJobPostings(gomock.Any(), owner, 100, 0).Return(nil, test.err)
			got, err := f.Execute(t.Context(), owner, 100, 0)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newListJobPostings(t)
		f.postings.EXPECT().ListJobPostings(gomock.Any(), owner, 100, 0).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID, _, _ int) ([]domain.JobPostingItem, error) {
				return nil, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, 100, 0)
		refused(t, got, err, context.Canceled)
	})
}
