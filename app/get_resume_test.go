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

// getResume is the use case with a reader that expects no call.
type getResume struct {
	app.GetResume
	resumes *mocks.MockResumeReader
}

func newGetResume(t *testing.T) getResume {
	resumes := mocks.NewMockResumeReader(gomock.NewController(t))
	return getResume{app.GetResume{Resumes: resumes}, resumes}
}

func (f getResume) finds(resume domain.Resume, err error) {
	f.resumes.EXPECT().FindResume(gomock.Any(), owner).Return(resume, err)
}

func TestGetResume(t *testing.T) {
	t.Run("returns the owner's résumé", func(t *testing.T) {
		f := newGetResume(t)
		want := ownResume()
		f.finds(want, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "resume", got, want)
	})

	t.Run("says that there is none", func(t *testing.T) {
		f := newGetResume(t)
		f.finds(domain.Resume{}, domain.ErrResumeNotFound)
		got, err := f.Execute(t.Context(), owner)
		refused(t, got, err, domain.ErrResumeNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetResume(t)
			f.finds(domain.Resume{}, test.err)
			got, err := f.Execute(t.Context(), owner)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetResume(t)
		f.resumes.EXPECT().FindResume(gomock.Any(), owner).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID) (domain.Resume, error) { return domain.Resume{}, ctx.Err() })
		got, err := f.Execute(cancelled(t), owner)
		refused(t, got, err, context.Canceled)
	})
}
