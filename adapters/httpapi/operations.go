package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type operationBody struct {
	ID                uuid.UUID  `json:"id"`
	OperationType     string     `json:"operation_type"`
	Status            string     `json:"status"`
	Result            any        `json:"result"` // a questionResultBody or an assessmentBody
	ErrorCode         *string    `json:"error_code"`
	ErrorMessage      *string    `json:"error_message"`
	ParentOperationID *uuid.UUID `json:"parent_operation_id"`
	RetryCount        int        `json:"retry_count"`
	CreatedAt         string     `json:"created_at"`
	UpdatedAt         string     `json:"updated_at"`
}

type questionResultBody struct {
	QuestionText string `json:"question_text"`
	QuestionType string `json:"question_type"`
}

func toOperationBody(o domain.Operation) operationBody {
	body := operationBody{
		ID: o.ID, OperationType: string(o.Type), Status: string(o.Status),
		ParentOperationID: idOrNull(o.ParentID), RetryCount: o.RetryCount,
		CreatedAt: instant(o.CreatedAt), UpdatedAt: instant(o.UpdatedAt),
	}
	if f := o.Failure; f != nil {
		body.ErrorCode, body.ErrorMessage = orNull(f.Code), orNull(f.Message)
	}
	if result := o.Result; result != nil && result.Question != nil {
		body.Result = questionResultBody{result.Question.Text, string(result.Question.Type)}
	} else if result != nil {
		body.Result = toAssessmentBody(result.Feedback.Assessment, result.Feedback.OverallScore)
	}
	return body
}

// writeOperation answers with an operation that was just made.
func writeOperation(w http.ResponseWriter, status int, operation domain.Operation) error {
	w.Header().Set("Location", "/api/v1/operations/"+operation.ID.String())
	return writeJSON(w, status, toOperationBody(operation))
}

func (s *server) requestQuestion(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	operation, err := s.UseCases.RequestQuestion.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	return writeOperation(w, http.StatusAccepted, operation)
}

func (s *server) requestFeedback(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	operation, err := s.UseCases.RequestFeedback.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	return writeOperation(w, http.StatusAccepted, operation)
}

func (s *server) getOperation(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	var bad validationError
	id := bad.pathUUID(r, "operation_id")
	if err := bad.asError(); err != nil {
		return err
	}
	operation, err := s.UseCases.GetOperation.Execute(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toOperationBody(operation))
}

func (s *server) retryOperation(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	var bad validationError
	id := bad.pathUUID(r, "operation_id")
	if err := bad.asError(); err != nil {
		return err
	}
	operation, err := s.UseCases.RetryOperation.Execute(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return writeOperation(w, http.StatusOK, operation)
}
