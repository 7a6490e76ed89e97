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

// getJobPosting is the use case with a reader that expects no call.
type getJobPosting struct {
	app.GetJobPosting
	postings *mocks.MockJobPostingReader
}

func newGetJobPosting(t *testing.T) getJobPosting {
	postings := mocks.NewMockJobPostingReader(gomock.NewController(t))
	return getJobPosting{app.GetJobPosting{Postings: postings}, postings}
}

func TestGetJobPosting(t *testing.T) {
	t.Run("returns the owner's posting", func(t *testing.T) {
		f := newGetJobPosting(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).Return(ownPosting(), nil)
		got, err := f.Execute(t.Context(), owner, postingID)
		equal(t, "error", err, nil)
		equal(t, "posting", got, ownPosting())
	})

	t.Run("says that a posting is absent or not the owner's", func(t *testing.T) {
		f := newGetJobPosting(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), stranger, postingID).
			Return(domain.JobPosting{}, domain.ErrJobPostingNotFound)
		got, err := f.Execute(t.Context(), stranger, postingID)
		refused(t, got, err, domain.ErrJobPostingNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetJobPosting(t)
			f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).Return(domain.JobPosting{}, test.err)
			got, err := f.Execute(t.Context(), owner, postingID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetJobPosting(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
				return domain.JobPosting{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, postingID)
		refused(t, got, err, context.Canceled)
	})
}
