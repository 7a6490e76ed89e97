package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

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
	Resume     *struct{}           `json:"resume"`   // nobody has one yet
	Messages   []struct{}          `json:"messages"` // there are none yet
}

type sessionPostingBody struct {
	ID              uuid.UUID `json:"id"`
	Title           string    `json:"title"`
	Company         *string   `json:"company"`
	Description     string    `json:"description"`
	ExperienceLevel *string   `json:"experience_level"`
	TechStack       []string  `json:"tech_stack"`
}

func toSessionDetailBody(detail domain.SessionDetail) sessionDetailBody {
	body := sessionDetailBody{sessionState: toSessionState(detail.Session), Messages: []struct{}{}}
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
	if err := q.bad.asError(); err != nil {
		return err
	}
	summaries, err := s.UseCases.ListSessions.Execute(r.Context(), caller, query)
	if err != nil {
		return err
	}
	list := make([]sessionBody, 0, len(summaries))
	for _, summary := range summaries {
		list = append(list, toSessionBody(summary))
	}
	return writeJSON(w, http.StatusOK, list)
}

func (s *server) getSession(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	id, err := uuid.Parse(mux.Vars(r)["session_id"]) // the route lets nothing else through
	if err != nil {
		return errNotFound
	}
	detail, err := s.UseCases.GetSession.Execute(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toSessionDetailBody(detail))
}
