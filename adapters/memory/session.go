package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// sessionRow is a session as it is stored.
type sessionRow struct {
	domain.SessionState
	lastSeq int // of its messages
}

func (r sessionRow) session() domain.InterviewSession {
	return domain.RestoreInterviewSession(r.SessionState)
}

// isOfChain reports whether the session is the chain's first attempt or a
// retake of it.
func (r sessionRow) isOfChain(id uuid.UUID) bool {
	return r.ID == id || r.OriginalSessionID == some(id)
}

func some(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

// FindSession implements [ports.SessionReader].
func (s *Store) FindSession(ctx context.Context, owner, id uuid.UUID) (summary domain.SessionSummary, err error) {
	err = s.read(ctx, func() error {
		row, ok := s.sessions[key{owner, id}]
		if !ok {
			return domain.ErrSessionNotFound
		}
		summary = s.summary(row)
		return nil
	})
	return summary, err
}

func (s *Store) summary(row sessionRow) domain.SessionSummary {
	summary := domain.SessionSummary{Session: row.session()}
	if row.JobPostingID.Valid {
		headline := s.postings[key{row.UserID, row.JobPostingID.UUID}].Headline()
		summary.Posting = &headline
	}
	return summary
}

// FindSessionDetail implements [ports.SessionDetailReader].
func (s *Store) FindSessionDetail(ctx context.Context, owner, id uuid.UUID) (detail domain.SessionDetail, err error) {
	err = s.read(ctx, func() error {
		row, ok := s.sessions[key{owner, id}]
		if !ok {
			return domain.ErrSessionNotFound
		}
		detail.Session = row.session()
		if row.JobPostingID.Valid {
			posting := s.postings[key{owner, row.JobPostingID.UUID}].Clone()
			detail.Posting = &posting
		}
		if resume, ok := s.resumes[owner]; ok {
			detail.Resume = &resume
		}
		return nil
	})
	return detail, err
}

// ListSessions implements [ports.SessionLister].
func (s *Store) ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) (sessions []domain.SessionSummary, err error) {
	err = s.read(ctx, func() error {
		sessions = []domain.SessionSummary{}
		for k, row := range s.sessions {
			if k.owner == owner && passes(row, filter) {
				sessions = append(sessions, s.summary(row))
			}
		}
		slices.SortFunc(sessions, func(a, b domain.SessionSummary) int {
			return comparePlaces(a.Session.Place(), b.Session.Place())
		})
		sessions = firstOf(sessions, filter.Limit)
		return nil
	})
	return sessions, err
}

func passes(row sessionRow, filter domain.SessionFilter) bool {
	switch {
	case filter.Status != "" && row.Status != filter.Status,
		!filter.CreatedFrom.IsZero() && row.CreatedAt.Before(filter.CreatedFrom),
		!filter.CreatedUntil.IsZero() && !row.CreatedAt.Before(filter.CreatedUntil),
		filter.JobPostingID.Valid && row.JobPostingID != filter.JobPostingID,
		filter.OriginalSessionID.Valid && !row.isOfChain(filter.OriginalSessionID.UUID),
		filter.After != nil && comparePlaces(row.session().Place(), *filter.After) <= 0:
		return false
	}
	return true
}

func comparePlaces(a, b domain.SessionPlace) int {
	return newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
}

// firstOf returns the first rows: all of them if the limit is 0.
func firstOf[T any](rows []T, limit int) []T {
	if limit == 0 {
		return rows
	}
	return rows[:min(limit, len(rows))]
}

// ListSessionScores implements [ports.SessionScoreLister].
func (s *Store) ListSessionScores(ctx context.Context, owner uuid.UUID) (scores []domain.SessionScore, err error) {
	err = s.read(ctx, func() error {
		scores = []domain.SessionScore{}
		for k, row := range s.sessions {
			feedback, judged := s.feedbacks[k]
			if k.owner != owner || row.Status != domain.SessionCompleted || !judged || !row.JobPostingID.Valid {
				continue
			}
			scores = append(scores, domain.SessionScore{
				Session: row.session(), Posting: *s.summary(row).Posting, OverallScore: feedback.OverallScore})
		}
		slices.SortFunc(scores, func(a, b domain.SessionScore) int {
			return comparePlaces(b.Session.Place(), a.Session.Place())
		})
		return nil
	})
	return scores, err
}

// ListAttempts implements [ports.AttemptLister].
func (s *Store) ListAttempts(ctx context.Context, owner, id uuid.UUID) (attempts []domain.Attempt, err error) {
	err = s.read(ctx, func() error {
		member, ok := s.sessions[key{owner, id}]
		if !ok {
			return domain.ErrSessionNotFound
		}
		chain := member.session().ChainID()
		for k, row := range s.sessions {
			if k.owner != owner || !row.isOfChain(chain) {
				continue
			}
			attempt := domain.Attempt{Session: row.session()}
			if feedback, ok := s.feedbacks[k]; ok {
				feedback.Assessment = feedback.Assessment.Clone()
				attempt.Feedback = &feedback
			}
			attempts = append(attempts, attempt)
		}
		slices.SortFunc(attempts, func(a, b domain.Attempt) int {
			return cmp.Or(cmp.Compare(a.Session.State().RetakeNumber, b.Session.State().RetakeNumber),
				comparePlaces(b.Session.Place(), a.Session.Place()))
		})
		return nil
	})
	return attempts, err
}

// CreateSession implements [ports.SessionWriter].
func (s *Store) CreateSession(ctx context.Context, session domain.InterviewSession) error {
	return s.write(ctx, func() error {
		state := session.State()
		_, userFound := s.users[state.UserID]
		if !userFound || !s.hasPosting(state) {
			return domain.ErrJobPostingNotFound
		}
		if original := state.OriginalSessionID; original.Valid {
			if _, ok := s.sessions[key{state.UserID, original.UUID}]; !ok {
				return errMissingParent
			}
		}
		return s.insertSession(state)
	})
}

// hasPosting reports whether the posting that the session refers to, if any,
// is there.
func (s *Store) hasPosting(state domain.SessionState) bool {
	_, ok := s.postings[key{state.UserID, state.JobPostingID.UUID}]
	return ok || !state.JobPostingID.Valid
}

// insertSession refuses an id that is there, and a number that another retake
// of the chain has.
func (s *Store) insertSession(state domain.SessionState) error {
	k := key{state.UserID, state.ID}
	if _, ok := s.sessions[k]; ok {
		return errDuplicate
	}
	for other, row := range s.sessions {
		if state.OriginalSessionID.Valid && other.owner == state.UserID &&
			row.OriginalSessionID == state.OriginalSessionID && row.RetakeNumber == state.RetakeNumber {
			return errDuplicate
		}
	}
	s.sessions[k] = sessionRow{SessionState: state}
	return nil
}

// CreateRetake implements [ports.RetakeWriter].
func (s *Store) CreateRetake(ctx context.Context, retake domain.InterviewSession) (stored domain.InterviewSession, err error) {
	err = s.write(ctx, func() error {
		state := retake.State()
		first := state.OriginalSessionID.UUID
		if _, ok := s.sessions[key{state.UserID, first}]; !ok {
			return ports.ErrChanged
		}
		if !s.hasPosting(state) {
			return domain.ErrMissingJobPosting
		}
		for k, row := range s.sessions {
			if k.owner == state.UserID && row.isOfChain(first) {
				state.RetakeNumber = max(state.RetakeNumber, row.RetakeNumber+1)
			}
		}
		if err := s.insertSession(state); err != nil {
			return err
		}
		stored = domain.RestoreInterviewSession(state)
		return nil
	})
	return stored, err
}

// SaveSessionStatus implements [ports.SessionStatusWriter].
func (s *Store) SaveSessionStatus(ctx context.Context, session domain.InterviewSession, from domain.SessionStatus) (stored domain.InterviewSession, err error) {
	err = s.write(ctx, func() error {
		state := session.State()
		k := key{state.UserID, state.ID}
		row, ok := s.sessions[k]
		if !ok || row.Status != from {
			return ports.ErrChanged
		}
		row.Status, row.UpdatedAt = state.Status, state.UpdatedAt
		s.sessions[k] = row
		stored = row.session()
		return nil
	})
	return stored, err
}

// DeleteSession implements [ports.SessionDeleter].
func (s *Store) DeleteSession(ctx context.Context, owner, id uuid.UUID) error {
	return s.write(ctx, func() error {
		deleted := key{owner, id}
		if _, ok := s.sessions[deleted]; !ok {
			return domain.ErrSessionNotFound
		}
		delete(s.sessions, deleted)
		delete(s.feedbacks, deleted)
		maps.DeleteFunc(s.messages, func(k key, m domain.Message) bool {
			return key{k.owner, m.SessionID} == deleted
		})
		maps.DeleteFunc(s.operations, func(k key, o domain.Operation) bool {
			return key{k.owner, o.SessionID} == deleted
		})
		for k, row := range s.sessions {
			if k.owner == owner && row.OriginalSessionID == some(id) {
				row.OriginalSessionID = uuid.NullUUID{}
				s.sessions[k] = row
			}
		}
		return nil
	})
}
