package domain

import (
	"time"

	"github.com/google/uuid"
)

// MaxResumeLength is how long a résumé may be, in Unicode code points.
const MaxResumeLength = 50_000

// Resume is what a person says of themselves. Everybody has at most one.
type Resume struct {
	ID        uuid.UUID
	UserID    uuid.UUID // the owner
	Content   string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CheckResume returns a VALIDATION_ERROR of the field content unless it has 1
// to [MaxResumeLength] code points and can be stored. Blanks count: a résumé is
// kept as it was given.
func CheckResume(content string) error { return checkText("content", content, MaxResumeLength) }

// NewResume makes a résumé, or returns the VALIDATION_ERROR of [CheckResume].
func NewResume(id, owner uuid.UUID, content string, now time.Time) (Resume, error) {
	resume := Resume{ID: id, UserID: owner, CreatedAt: now}
	if err := resume.Replace(content, now); err != nil {
		return Resume{}, err
	}
	return resume, nil
}

// Replace changes the content, or returns the VALIDATION_ERROR of
// [CheckResume] and changes nothing.
func (r *Resume) Replace(content string, now time.Time) error {
	if err := CheckResume(content); err != nil {
		return err
	}
	r.Content, r.UpdatedAt = content, now
	return nil
}
