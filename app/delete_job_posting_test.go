package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// deleteJobPosting is the use case with a deleter that expects no call.
type deleteJobPosting struct {
	app.DeleteJobPosting
	postings *mocks.MockJobPostingDeleter
}

func newDeleteJobPosting(t *testing.T) deleteJobPosting {
	postings := mocks.NewMockJobPostingDeleter(gomock.NewController(t))
	return deleteJobPosting{app.DeleteJobPosting{Postings: postings}, postings}
}

func TestDeleteJobPosting(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"deletes the owner's posting", nil},
		{"says that the posting is absent or not the owner's", domain.ErrJobPostingNotFound},
		{"passes on that the deleter is unavailable", domain.ErrUnavailable},
		{"passes on that the deleter fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newDeleteJobPosting(t)
			f.postings.EXPECT().DeleteJobPosting(gomock.Any(), owner, postingID).Return(test.err)
			if err := f.Execute(t.Context(), owner, postingID); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newDeleteJobPosting(t)
		f.postings.EXPECT().DeleteJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) error { return ctx.Err() })
		if err := f.Execute(cancelled(t), owner, postingID); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}
