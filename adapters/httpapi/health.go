package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// apiVersion is the version of the contract.
const apiVersion = "1.0.0"

func (s *server) root(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{
		"message": "AI Interviewer API", "status": "running", "version": apiVersion})
}

// alive says that the process serves, whatever its storage does.
func (s *server) alive(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says that the service can do its work.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	if err := s.Ready(r.Context()); err != nil {
		if !errors.Is(err, domain.ErrUnavailable) {
			err = fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
		}
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

// health says the same in the contract's words.
func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	status, health, database := http.StatusOK, "healthy", "connected"
	if err := s.Ready(r.Context()); err != nil {
		s.Logger.ErrorContext(r.Context(), "unhealthy", "error", err.Error(), requestIDKey, requestID(r))
		status, health, database = http.StatusServiceUnavailable, "unhealthy", "unavailable"
		w.Header().Set("Retry-After", retryAfterSeconds)
	}
	return writeJSON(w, status, map[string]string{"status": health, "database": database, "api": "operational"})
}

func (s *server) apiHealth(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "healthy"})
}
