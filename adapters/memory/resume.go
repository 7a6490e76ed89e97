package memory

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// FindResume implements [ports.ResumeReader].
func (s *Store) FindResume(ctx context.Context, owner uuid.UUID) (resume domain.Resume, err error) {
	err = s.read(ctx, func() error {
		var ok bool
		if resume, ok = s.resumes[owner]; !ok {
			return domain.ErrResumeNotFound
		}
		return nil
	})
	return resume, err
}

// CreateResume implements [ports.ResumeWriter].
func (s *Store) CreateResume(ctx context.Context, resume domain.Resume) error {
	return s.write(ctx, func() error {
		if _, ok := s.users[resume.UserID]; !ok {
			return domain.ErrUserNotFound
		}
		if _, ok := s.resumes[resume.UserID]; ok {
			return domain.ErrResumeAlreadyExists
		}
		s.resumes[resume.UserID] = resume
		return nil
	})
}

// ReplaceResume implements [ports.ResumeReplacer].
func (s *Store) ReplaceResume(ctx context.Context, resume domain.Resume) error {
	return s.write(ctx, func() error {
		old, ok := s.resumes[resume.UserID]
		if !ok || old.ID != resume.ID {
			return domain.ErrResumeNotFound
		}
		resume.CreatedAt = old.CreatedAt
		s.resumes[resume.UserID] = resume
		return nil
	})
}

// DeleteResume implements [ports.ResumeDeleter].
func (s *Store) DeleteResume(ctx context.Context, owner uuid.UUID) error {
	return s.write(ctx, func() error {
		if _, ok := s.resumes[owner]; !ok {
			return domain.ErrResumeNotFound
		}
		delete(s.resumes, owner)
		return nil
	})
}
