package app_test

import (
	"context"
	"strings"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// createResume is the use case with a writer that expects no call.
type createResume struct {
	app.CreateResume
	resumes *mocks.MockResumeWriter
}

func newCreateResume(t *testing.T) createResume {
	resumes := mocks.NewMockResumeWriter(gomock.NewController(t))
	return createResume{app.CreateResume{Resumes: resumes, Clock: clock}, resumes}
}

func (f createResume) stores() *gomock.Call {
	return f.resumes.EXPECT().CreateResume(gomock.Any(), gomock.AssignableToTypeOf(domain.Resume{}))
}

// badResumes are contents that nobody may save.
var badResumes = map[string]string{
	"no content":             "",
	"a content too long":     strings.Repeat("é", domain.MaxResumeLength+1),
	"a content with a NUL":   "Go\x00",
	"what is not Unicode":    "Go\xff",
	"nothing but a NUL byte": "\x00",
}

func TestCreateResume(t *testing.T) {
	for _, test := range []struct{ name, content string }{
		{"stores the content as it is and returns the résumé", " Wrote Go.\r\n\tAnd SQL. "},
		{"stores blanks", " \n\t"},
		{"stores the longest content", strings.Repeat("é", domain.MaxResumeLength)},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newCreateResume(t)
			var saved domain.Resume
			f.stores().DoAndReturn(func(_ context.Context, resume domain.Resume) error {
				saved = resume
				return nil
			})
			got, err := f.Execute(t.Context(), owner, test.content)
			equal(t, "error", err, nil)
			newID(t, saved.ID)
			equal(t, "saved résumé", saved,
				domain.Resume{ID: saved.ID, UserID: owner, Content: test.content, CreatedAt: now, UpdatedAt: now})
			equal(t, "returned résumé", got, saved)
		})
	}

	for name, content := range badResumes {
		t.Run("stores nothing when given "+name, func(t *testing.T) {
			got, err := newCreateResume(t).Execute(t.Context(), owner, content)
			refusedFields(t, got, err, "content")
		})
	}

	for _, test := range append(failures[:len(failures):len(failures)], []struct {
		name string
		err  error
	}{
		{"has one of the owner's already", domain.ErrResumeAlreadyExists},
		{"does not know the account", domain.ErrUserNotFound},
	}...) {
		t.Run("passes on that the writer "+test.name, func(t *testing.T) {
			f := newCreateResume(t)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), owner, "text")
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newCreateResume(t)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.Resume) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, "text")
		refused(t, got, err, context.Canceled)
	})
}
