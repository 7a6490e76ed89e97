package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type jobPostingBody struct {
	ID              uuid.UUID `json:"id"`
	UserID          uuid.UUID `json:"user_id"`
	Title           string    `json:"title"`
	Company         *string   `json:"company"`
	Description     string    `json:"description"`
	ExperienceLevel *string   `json:"experience_level"`
	TechStack       []string  `json:"tech_stack"`
	Language        string    `json:"language"`
	CreatedAt       string    `json:"created_at"`
	UpdatedAt       string    `json:"updated_at"`
}

func toJobPostingBody(p domain.JobPosting) jobPostingBody {
	return jobPostingBody{
		ID: p.ID, UserID: p.UserID,
		Title: p.Title, Company: orNull(p.Company), Description: p.Description,
		ExperienceLevel: orNull(p.ExperienceLevel), TechStack: p.TechStack, Language: string(p.Language),
		CreatedAt: instant(p.CreatedAt), UpdatedAt: instant(p.UpdatedAt),
	}
}

// jobPostingItemBody is a posting in a list.
type jobPostingItemBody struct {
	ID              uuid.UUID `json:"id"`
	Title           string    `json:"title"`
	Company         *string   `json:"company"`
	ExperienceLevel *string   `json:"experience_level"`
	TechStack       []string  `json:"tech_stack"`
	Language        string    `json:"language"`
	CreatedAt       string    `json:"created_at"`
}

func toJobPostingItemBody(p domain.JobPostingItem) jobPostingItemBody {
	return jobPostingItemBody{
		ID: p.ID, Title: p.Title, Company: orNull(p.Company), ExperienceLevel: orNull(p.ExperienceLevel),
		TechStack: p.TechStack, Language: string(p.Language), CreatedAt: instant(p.CreatedAt),
	}
}

func readJobPostingDraft(body *object) (domain.JobPostingDraft, error) {
	draft := domain.JobPostingDraft{
		Title:           body.text("title"),
		Company:         body.optionalText("company"),
		Description:     body.text("description"),
		ExperienceLevel: body.optionalText("experience_level"),
		TechStack:       body.optionalTexts("tech_stack"),
		Language:        domain.Language(body.optionalChoice("language", domain.LanguageRule)),
	}
	_, broken := draft.Normalize()
	return draft, body.verdict(broken)
}

func (s *server) createJobPosting(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	body, err := readObject(w, r, maxPostingBody)
	if err != nil {
		return err
	}
	draft, err := readJobPostingDraft(body)
	if err != nil {
		return err
	}
	posting, err := s.UseCases.CreateJobPosting.Execute(r.Context(), caller, draft)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/job-postings/"+posting.ID.String())
	return writeJSON(w, http.StatusCreated, toJobPostingBody(posting))
}

// defaultPostings is how many postings a list holds when it is not said.
const defaultPostings = 100

func (s *server) listJobPostings(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	q := readQuery(r)
	limit, offset := q.count("limit", defaultPostings, 0), q.count("offset", 0, 0)
	if err := q.bad.asError(); err != nil {
		return err
	}
	postings, err := s.UseCases.ListJobPostings.Execute(r.Context(), caller, limit, offset)
	if err != nil {
		return err
	}
	list := make([]jobPostingItemBody, 0, len(postings))
	for _, posting := range postings {
		list = append(list, toJobPostingItemBody(posting))
	}
	return writeJSON(w, http.StatusOK, list)
}

func (s *server) getJobPosting(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	var bad validationError
	id := bad.pathUUID(r, "job_posting_id")
	if err := bad.asError(); err != nil {
		return err
	}
	posting, err := s.UseCases.GetJobPosting.Execute(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toJobPostingBody(posting))
}

func (s *server) replaceJobPosting(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	var bad validationError
	id := bad.pathUUID(r, "job_posting_id")
	body, err := readObject(w, r, maxPostingBody)
	if err != nil {
		return bad.before(err)
	}
	body.bad = bad
	draft, err := readJobPostingDraft(body)
	if err != nil {
		return err
	}
	posting, err := s.UseCases.ReplaceJobPosting.Execute(r.Context(), caller, id, draft)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toJobPostingBody(posting))
}

func (s *server) deleteJobPosting(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	var bad validationError
	id := bad.pathUUID(r, "job_posting_id")
	if err := bad.asError(); err != nil {
		return err
	}
	if err := s.UseCases.DeleteJobPosting.Execute(r.Context(), caller, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
