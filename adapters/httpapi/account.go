package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func (s *server) logOutEverywhere(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	if err := s.UseCases.LogOutEverywhere.Execute(r.Context(), caller); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) changePassword(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	body, err := readObject(w, r, maxBody)
	if err != nil {
		return err
	}
	change := domain.PasswordChange{Current: body.text("current_password"), New: body.text("new_password")}
	if err := body.verdict(change.Check()); err != nil {
		return err
	}
	token, err := s.UseCases.ChangePassword.Execute(r.Context(), caller, change)
	if err != nil {
		return err
	}
	return writeToken(w, token)
}

func (s *server) deleteAccount(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	body, err := readObject(w, r, maxBody)
	if err != nil {
		return err
	}
	password := body.text("password")
	if err := body.verdict(domain.CheckPassword(password)); err != nil {
		return err
	}
	if err := s.UseCases.DeleteAccount.Execute(r.Context(), caller, password); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type accountBody struct {
	User        userBody         `json:"user"`
	APIKeySaved bool             `json:"api_key_saved"`
	Resume      *resumeBody      `json:"resume"`
	JobPostings []jobPostingBody `json:"job_postings"`
	Sessions    []sessionBody    `json:"sessions"`
	Messages    []messageBody    `json:"messages"`
	Feedbacks   []feedbackBody   `json:"feedbacks"`
	Operations  []operationBody  `json:"operations"`
}

func toAccountBody(a domain.Account) accountBody {
	body := accountBody{
		User: toUserBody(a.User), APIKeySaved: a.APIKeySaved,
		JobPostings: []jobPostingBody{}, Sessions: []sessionBody{}, Messages: toMessageBodies(a.Messages),
		Feedbacks: []feedbackBody{}, Operations: []operationBody{},
	}
	if a.Resume != nil {
		resume := toResumeBody(*a.Resume)
		body.Resume = &resume
	}
	for _, posting := range a.Postings {
		body.JobPostings = append(body.JobPostings, toJobPostingBody(posting))
	}
	for _, session := range a.Sessions {
		body.Sessions = append(body.Sessions, toSessionBody(session))
	}
	for _, feedback := range a.Feedbacks {
		body.Feedbacks = append(body.Feedbacks, toFeedbackBody(feedback))
	}
	for _, operation := range a.Operations {
		body.Operations = append(body.Operations, toOperationBody(operation))
	}
	return body
}

func (s *server) exportAccount(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	account, err := s.UseCases.ExportAccount.Execute(r.Context(), caller)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="ai-interviewer.json"`)
	return writeJSON(w, http.StatusOK, toAccountBody(account))
}
