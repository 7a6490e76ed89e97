package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type resumeBody struct {
	ID        uuid.UUID `json:"id"`
	UserID    uuid.UUID `json:"user_id"`
	Content   string    `json:"content"`
	CreatedAt string    `json:"created_at"`
	UpdatedAt string    `json:"updated_at"`
}

func toResumeBody(r domain.Resume) resumeBody {
	return resumeBody{ID: r.ID, UserID: r.UserID, Content: r.Content, CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt)}
}

func readResumeContent(w http.ResponseWriter, r *http.Request) (string, error) {
	body, err := readObject(w, r, maxResumeBody)
	if err != nil {
		return "", err
	}
	content := body.text("content")
	return content, body.verdict(domain.CheckResume(content))
}

func (s *server) createResume(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	content, err := readResumeContent(w, r)
	if err != nil {
		return err
	}
	resume, err := s.UseCases.CreateResume.Execute(r.Context(), caller, content)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/resumes/me")
	return writeJSON(w, http.StatusCreated, toResumeBody(resume))
}

func (s *server) getResume(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	resume, err := s.UseCases.GetResume.Execute(r.Context(), caller)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toResumeBody(resume))
}

func (s *server) replaceResume(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	content, err := readResumeContent(w, r)
	if err != nil {
		return err
	}
	resume, err := s.UseCases.ReplaceResume.Execute(r.Context(), caller, content)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toResumeBody(resume))
}

func (s *server) deleteResume(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	if err := s.UseCases.DeleteResume.Execute(r.Context(), caller); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
