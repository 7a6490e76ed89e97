package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// sessionState is what every form of a session shows.
type sessionState struct {
	ID                    uuid.UUID  `json:"id"`
	UserID                uuid.UUID  `json:"user_id"`
	JobPostingID          *uuid.UUID `json:"job_posting_id"`
	Status                string     `json:"status"`
	CurrentQuestionNumber int        `json:"current_question_number"`
	RetakeNumber          int        `json:"retake_number"`
	OriginalSessionID     *uuid.UUID `json:"original_session_id"`
	CreatedAt             string     `json:"created_at"`
	UpdatedAt             string     `json:"updated_at"`
}

func toSessionState(session domain.InterviewSession) sessionState {
	st := session.State()
	return sessionState{
		ID: st.ID, UserID: st.UserID, JobPostingID: idOrNull(st.JobPostingID), Status: string(st.Status),
		CurrentQuestionNumber: st.CurrentQuestionNumber,
		RetakeNumber:          st.RetakeNumber, OriginalSessionID: idOrNull(st.OriginalSessionID),
		CreatedAt: instant(st.CreatedAt), UpdatedAt: instant(st.UpdatedAt),
	}
}

type sessionBody struct {
	sessionState
	JobPosting *jobPostingBasicBody `json:"job_posting"`
}

type jobPostingBasicBody struct {
	ID      uuid.UUID `json:"id"`
	Title   string    `json:"title"`
	Company *string   `json:"company"`
}

func toSessionBody(summary domain.SessionSummary) sessionBody {
	body := sessionBody{sessionState: toSessionState(summary.Session)}
	if p := summary.Posting; p != nil {
		body.JobPosting = &jobPostingBasicBody{p.ID, p.Title, orNull(p.Company)}
	}
	return body
}

type sessionDetailBody struct {
	sessionState
	JobPosting *sessionPostingBody `json:"job_posting"`
	Resume     *sessionResumeBody  `json:"resume"`
	Messages   []messageBody       `json:"messages"`
}

type sessionPostingBody struct {
	ID              uuid.UUID `json:"id"`
	Title           string    `json:"title"`
	Company         *string   `json:"company"`
	Description     string    `json:"description"`
	ExperienceLevel *string   `json:"experience_level"`
	TechStack       []string  `json:"tech_stack"`
}

type sessionResumeBody struct {
	ID      uuid.UUID `json:"id"`
	Content string    `json:"content"`
}

func toSessionDetailBody(detail domain.SessionDetail, messages []domain.Message) sessionDetailBody {
	body := sessionDetailBody{sessionState: toSessionState(detail.Session), Messages: toMessageBodies(messages)}
	if r := detail.Resume; r != nil {
		body.Resume = &sessionResumeBody{r.ID, r.Content}
	}
	if p := detail.Posting; p != nil {
		body.JobPosting = &sessionPostingBody{p.ID, p.Title, orNull(p.Company), p.Description, orNull(p.ExperienceLevel), p.TechStack}
	}
	return body
}

func (s *server) startSession(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	body, err := readObject(w, r, maxBody)
	if err != nil {
		return err
	}
	postingID := body.uuid4("job_posting_id")
	if err := body.verdict(nil); err != nil {
		return err
	}
	summary, err := s.UseCases.StartSession.Execute(r.Context(), caller, postingID)
	if err != nil {
		return err
	}
	return writeStarted(w, summary)
}

// writeStarted answers with a session that was made.
func writeStarted(w http.ResponseWriter, summary domain.SessionSummary) error {
	w.Header().Set("Location", "/api/v1/sessions/"+summary.Session.ID().String())
	return writeJSON(w, http.StatusCreated, toSessionBody(summary))
}

func (s *server) listSessions(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	q := readQuery(r)
	query := app.SessionQuery{
		Status:            q.text("status"),
		StartDate:         q.date("start_date"),
		EndDate:           q.date("end_date"),
		JobPostingID:      q.uuid("job_posting_id"),
		OriginalSessionID: q.uuid("original_session_id"),
	}
	if limit, asked := q.page(); asked {
		query.Page = &app.SessionPage{After: q.sessionPlace(), Limit: limit}
	}
	if err := q.bad.asError(); err != nil {
		return err
	}
	summaries, next, err := s.UseCases.ListSessions.Execute(r.Context(), caller, query)
	if err != nil {
		return err
	}
	if next != nil {
		q.linkNext(w, r, cursor(next.CreatedAt, next.ID))
	}
	list := make([]sessionBody, 0, len(summaries))
	for _, summary := range summaries {
		list = append(list, toSessionBody(summary))
	}
	return writeJSON(w, http.StatusOK, list)
}

func (s *server) getSession(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	detail, messages, err := s.UseCases.GetSession.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toSessionDetailBody(detail, messages))
}

func (s *server) deleteSession(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	if err := s.UseCases.DeleteSession.Execute(r.Context(), caller, sessionID(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// moveSession handles a transition, which has no body.
func moveSession(move func(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error)) protectedFunc {
	return func(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
		summary, err := move(r.Context(), caller, sessionID(r))
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, toSessionBody(summary))
	}
}

func (s *server) retakeSession(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	summary, err := s.UseCases.RetakeSession.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	return writeStarted(w, summary)
}

// attemptBody is a session in its chain.
type attemptBody struct {
	sessionState
	Feedback *feedbackBody `json:"feedback"`
}

func (s *server) listAttempts(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	attempts, err := s.UseCases.ListAttempts.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	list := make([]attemptBody, 0, len(attempts))
	for _, attempt := range attempts {
		body := attemptBody{sessionState: toSessionState(attempt.Session)}
		if attempt.Feedback != nil {
			feedback := toFeedbackBody(*attempt.Feedback)
			body.Feedback = &feedback
		}
		list = append(list, body)
	}
	return writeJSON(w, http.StatusOK, list)
}

type sessionScoreBody struct {
	SessionID         uuid.UUID           `json:"session_id"`
	CreatedAt         string              `json:"created_at"`
	JobPosting        jobPostingBasicBody `json:"job_posting"`
	OverallScore      int                 `json:"overall_score"`
	RetakeNumber      int                 `json:"retake_number"`
	OriginalSessionID *uuid.UUID          `json:"original_session_id"`
}

func (s *server) listSessionScores(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	scores, err := s.UseCases.ListSessionScores.Execute(r.Context(), caller)
	if err != nil {
		return err
	}
	list := make([]sessionScoreBody, 0, len(scores))
	for _, score := range scores {
		st, p := score.Session.State(), score.Posting
		list = append(list, sessionScoreBody{
			SessionID: st.ID, CreatedAt: instant(st.CreatedAt),
			JobPosting:   jobPostingBasicBody{p.ID, p.Title, orNull(p.Company)},
			OverallScore: score.OverallScore, RetakeNumber: st.RetakeNumber, OriginalSessionID: idOrNull(st.OriginalSessionID),
		})
	}
	return writeJSON(w, http.StatusOK, list)
}
