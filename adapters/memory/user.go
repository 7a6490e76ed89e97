package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// FindUser implements [ports.UserReader].
func (s *Store) FindUser(ctx context.Context, id uuid.UUID) (user domain.User, err error) {
	err = s.read(ctx, func() error {
		var ok bool
		if user, ok = s.users[id]; !ok {
			return domain.ErrUserNotFound
		}
		return nil
	})
	return user, err
}

// FindUserByEmail implements [ports.UserByEmailReader].
func (s *Store) FindUserByEmail(ctx context.Context, email string) (user domain.User, err error) {
	err = s.read(ctx, func() error {
		id, ok := s.emails[email]
		if !ok {
			return domain.ErrUserNotFound
		}
		user = s.users[id]
		return nil
	})
	return user, err
}

// CreateUser implements [ports.UserWriter].
func (s *Store) CreateUser(ctx context.Context, user domain.User) error {
	return s.write(ctx, func() error {
		if _, ok := s.emails[user.Email]; ok {
			return domain.ErrEmailAlreadyRegistered
		}
		if _, ok := s.users[user.ID]; ok {
			return errDuplicate
		}
		s.users[user.ID] = user
		s.emails[user.Email] = user.ID
		return nil
	})
}

// ReplacePasswordHash implements [ports.PasswordHashReplacer].
func (s *Store) ReplacePasswordHash(ctx context.Context, id uuid.UUID, former, hash string) error {
	return s.write(ctx, func() error {
		if user, ok := s.users[id]; ok && user.PasswordHash == former {
			user.PasswordHash = hash
			s.users[id] = user
		}
		return nil
	})
}

// SaveAPIKey implements [ports.APIKeyWriter].
func (s *Store) SaveAPIKey(ctx context.Context, owner uuid.UUID, encrypted string, now time.Time) error {
	return s.write(ctx, func() error {
		user, ok := s.users[owner]
		if !ok {
			return domain.ErrUserNotFound
		}
		user.UpdatedAt = now
		s.users[owner], s.apiKeys[owner] = user, encrypted
		return nil
	})
}

// FindTokenVersion implements [ports.TokenVersionReader].
func (s *Store) FindTokenVersion(ctx context.Context, id uuid.UUID) (int, error) {
	user, err := s.FindUser(ctx, id)
	return user.TokenVersion, err
}

// EndTokens implements [ports.TokenEnder].
func (s *Store) EndTokens(ctx context.Context, id uuid.UUID, now time.Time) (version int, err error) {
	err = s.write(ctx, func() error {
		user, ok := s.users[id]
		if !ok {
			return domain.ErrUserNotFound
		}
		user.TokenVersion++
		user.UpdatedAt = now
		s.users[id], version = user, user.TokenVersion
		return nil
	})
	return version, err
}

// ReplacePassword implements [ports.PasswordReplacer].
func (s *Store) ReplacePassword(ctx context.Context, id uuid.UUID, former, hash string, now time.Time) (version int, err error) {
	err = s.write(ctx, func() error {
		user, ok := s.users[id]
		switch {
		case !ok:
			return domain.ErrUserNotFound
		case user.PasswordHash != former:
			return domain.ErrWrongPassword
		}
		user.PasswordHash, user.UpdatedAt = hash, now
		user.TokenVersion++
		s.users[id], version = user, user.TokenVersion
		return nil
	})
	return version, err
}

// DeleteUser implements [ports.UserDeleter].
func (s *Store) DeleteUser(ctx context.Context, id uuid.UUID) error {
	return s.write(ctx, func() error {
		user, ok := s.users[id]
		if !ok {
			return domain.ErrUserNotFound
		}
		delete(s.users, id)
		delete(s.emails, user.Email)
		delete(s.apiKeys, id)
		delete(s.resumes, id)
		deleteOf(s.postings, id)
		deleteOf(s.sessions, id)
		deleteOf(s.messages, id)
		deleteOf(s.operations, id)
		deleteOf(s.feedbacks, id)
		maps.DeleteFunc(s.replies, func(k replyKey, _ storedReply) bool { return k.owner == id })
		return nil
	})
}

// deleteOf deletes the rows of one user.
func deleteOf[Row any](rows map[key]Row, owner uuid.UUID) {
	maps.DeleteFunc(rows, func(k key, _ Row) bool { return k.owner == owner })
}

// FindAccount implements [ports.AccountReader].
func (s *Store) FindAccount(ctx context.Context, id uuid.UUID) (account domain.Account, err error) {
	err = s.read(ctx, func() error {
		user, ok := s.users[id]
		if !ok {
			return domain.ErrUserNotFound
		}
		user.PasswordHash = ""
		account.User = user
		_, account.APIKeySaved = s.apiKeys[id]
		if resume, ok := s.resumes[id]; ok {
			account.Resume = &resume
		}
		account.Postings = rowsOf(s.postings, id, func(a, b domain.JobPosting) int {
			return -newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
		})
		for i, posting := range account.Postings {
			account.Postings[i] = posting.Clone()
		}
		for _, row := range rowsOf(s.sessions, id, func(a, b sessionRow) int {
			return newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
		}) {
			account.Sessions = append(account.Sessions, s.summary(row))
		}
		account.Messages = rowsOf(s.messages, id, func(a, b domain.Message) int {
			return cmp.Or(compareIDs(a.SessionID, b.SessionID), cmp.Compare(a.Seq, b.Seq),
				-newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID))
		})
		account.Feedbacks = rowsOf(s.feedbacks, id, func(a, b domain.Feedback) int {
			return -newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
		})
		for i := range account.Feedbacks {
			account.Feedbacks[i].Assessment = account.Feedbacks[i].Assessment.Clone()
		}
		account.Operations = rowsOf(s.operations, id, func(a, b domain.Operation) int {
			return -newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
		})
		return nil
	})
	return account, err
}

// rowsOf returns the rows of one user in order.
func rowsOf[Row any](rows map[key]Row, owner uuid.UUID, order func(a, b Row) int) []Row {
	var found []Row
	for k, row := range rows {
		if k.owner == owner {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, order)
	return found
}
