package app_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// replaceResume is the use case with ports that expect no call: a replacer
// that is told nothing more proves that a refused change stores nothing.
type replaceResume struct {
	app.ReplaceResume
	resumes  *mocks.MockResumeReader
	replacer *mocks.MockResumeReplacer
}

func newReplaceResume(t *testing.T) replaceResume {
	ctrl := gomock.NewController(t)
	resumes, replacer := mocks.NewMockResumeReader(ctrl), mocks.NewMockResumeReplacer(ctrl)
	return replaceResume{app.ReplaceResume{Resumes: resumes, Replacer: replacer, Clock: clock}, resumes, replacer}
}

func (f replaceResume) finds(resume domain.Resume, err error) {
	f.resumes.EXPECT().FindResume(gomock.Any(), owner).Return(resume, err)
}

// stores expects the owner's résumé with this content, changed now.
func (f replaceResume) stores(content string) *gomock.Call {
	return f.replacer.EXPECT().ReplaceResume(gomock.Any(), replaced(content))
}

func replaced(content string) domain.Resume {
	resume := ownResume()
	resume.Content, resume.UpdatedAt = content, now
	return resume
}

func TestReplaceResume(t *testing.T) {
	for _, content := range []string{" Writes Go.\n", " ", ownResume().Content} {
		t.Run(fmt.Sprintf("stores %q as it is, changed now, and returns the résumé", content), func(t *testing.T) {
			f := newReplaceResume(t)
			f.finds(ownResume(), nil)
			f.stores(content).Return(nil)
			got, err := f.Execute(t.Context(), owner, content)
			equal(t, "error", err, nil)
			equal(t, "résumé", got, replaced(content))
		})
	}

	for name, content := range badResumes {
		t.Run("calls no port with "+name, func(t *testing.T) {
			got, err := newReplaceResume(t).Execute(t.Context(), owner, content)
			refusedFields(t, got, err, "content")
		})
	}
}

func TestReplaceResumePassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"there is none", domain.ErrResumeNotFound},
		{"the storage is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the storage fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newReplaceResume(t)
			f.finds(domain.Resume{}, test.err)
			got, err := f.Execute(t.Context(), owner, "text")
			refused(t, got, err, test.err)
		})

		t.Run(test.name+" by the time it is stored", func(t *testing.T) {
			f := newReplaceResume(t)
			f.finds(ownResume(), nil)
			f.stores("text").Return(test.err)
			got, err := f.Execute(t.Context(), owner, "text")
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newReplaceResume(t)
		f.finds(ownResume(), nil)
		f.stores("text").DoAndReturn(func(ctx context.Context, _ domain.Resume) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, "text")
		refused(t, got, err, context.Canceled)
	})
}
