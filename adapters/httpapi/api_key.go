package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type apiKeySavedBody struct {
	Message string `json:"message"`
}

type validityBody struct {
	Valid   bool   `json:"valid"`
	Message string `json:"message"`
}

func toValidityBody(verdict domain.APIKeyVerdict) validityBody {
	switch verdict {
	case domain.APIKeyValid:
		return validityBody{true, "API key is valid and working"}
	case domain.APIKeyInvalid:
		return validityBody{false, "Invalid API key"}
	case domain.APIKeyRateLimited:
		return validityBody{false, "Rate limit exceeded; please try again in a moment"}
	}
	return validityBody{false, "Could not validate API key; please try again in a moment"}
}

// readAPIKey reads a key of the right type and length. Whether it has the form
// of a key is left to the use case, which is asked only if all else is right.
func readAPIKey(w http.ResponseWriter, r *http.Request) (string, error) {
	body, err := readObject(w, r, maxBody)
	if err != nil {
		return "", err
	}
	key := body.text("api_key")
	_, broken := domain.NormalizeAPIKey(key)
	return key, body.verdict(broken) // an INVALID_API_KEY_FORMAT names no field and passes
}

func (s *server) saveAPIKey(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	key, err := readAPIKey(w, r)
	if err != nil {
		return err
	}
	if err := s.UseCases.SaveAPIKey.Execute(r.Context(), caller, key); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apiKeySavedBody{"API key configured successfully"})
}

func (s *server) validateAPIKey(w http.ResponseWriter, r *http.Request, _ uuid.UUID) error {
	key, err := readAPIKey(w, r)
	if err != nil {
		return err
	}
	answer, err := s.UseCases.CheckAPIKey.Execute(r.Context(), key)
	if err != nil {
		return err
	}
	if answer.Reason != nil {
		s.Logger.WarnContext(r.Context(), "API key not checked", "error", answer.Reason.Error(), requestIDKey, requestID(r))
	}
	return writeJSON(w, http.StatusOK, toValidityBody(answer.Verdict))
}
