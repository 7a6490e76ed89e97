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

// deleteResume is the use case with a deleter that expects no call.
type deleteResume struct {
	app.DeleteResume
	resumes *mocks.MockResumeDeleter
}

func newDeleteResume(t *testing.T) deleteResume {
	resumes := mocks.NewMockResumeDeleter(gomock.NewController(t))
	return deleteResume{app.DeleteResume{Resumes: resumes}, resumes}
}

func TestDeleteResume(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"deletes the owner's résumé", nil},
		{"says that there is none", domain.ErrResumeNotFound},
		{"passes on that the deleter is unavailable", domain.ErrUnavailable},
		{"passes on that the deleter fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newDeleteResume(t)
			f.resumes.EXPECT().DeleteResume(gomock.Any(), owner).Return(test.err)
			if err := f.Execute(t.Context(), owner); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newDeleteResume(t)
		f.resumes.EXPECT().DeleteResume(gomock.Any(), owner).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID) error { return ctx.Err() })
		if err := f.Execute(cancelled(t), owner); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}
