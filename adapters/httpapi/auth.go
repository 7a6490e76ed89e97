package httpapi

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// accessToken returns what the token that the request bears says, which is
// verified once a request. It reads neither the body nor the storage.
func (s *server) accessToken(r *http.Request) (domain.AccessToken, error) {
	n := noteOf(r)
	if n.verified {
		return n.token, n.denied
	}
	n.verified = true
	if token := bearerToken(r.Header.Get("Authorization")); token == "" {
		n.denied = errNotAuthenticated
	} else {
		n.token, n.denied = s.Tokens.VerifyToken(r.Context(), token)
	}
	return n.token, n.denied
}

// bearerToken returns the token of an Authorization header, or "" if the
// header is not of the Bearer scheme (RFC 6750 §2.1; a scheme is matched
// without regard to case, RFC 9110 §11.1).
func bearerToken(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

type userBody struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email"`
	CreatedAt string    `json:"created_at"`
}

func toUserBody(user domain.User) userBody {
	return userBody{user.ID, user.Email, instant(user.CreatedAt)}
}

type tokenBody struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
}

// readCredentials reads an e-mail and a password, and returns them as the rules
// do.
func readCredentials(w http.ResponseWriter, r *http.Request, rules func(domain.Credentials) (domain.Credentials, error)) (domain.Credentials, error) {
	body, err := readObject(w, r, maxBody)
	if err != nil {
		return domain.Credentials{}, err
	}
	credentials := domain.Credentials{Email: body.text("email"), Password: body.text("password")}
	credentials, broken := rules(credentials)
	return credentials, body.verdict(broken)
}

func (s *server) registerUser(w http.ResponseWriter, r *http.Request) error {
	credentials, err := readCredentials(w, r, domain.Credentials.ForRegistration)
	if err != nil {
		return err
	}
	user, err := s.UseCases.RegisterUser.Execute(r.Context(), credentials)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, toUserBody(user))
}

func (s *server) logIn(w http.ResponseWriter, r *http.Request) error {
	credentials, err := readCredentials(w, r, domain.Credentials.ForLogin)
	if err != nil {
		return err
	}
	if err := s.limits.loginAccount.take(w, r, accountKey(credentials.Email)); err != nil {
		return err
	}
	token, err := s.UseCases.LogIn.Execute(r.Context(), credentials)
	if err != nil {
		return err
	}
	return writeToken(w, token)
}

func writeToken(w http.ResponseWriter, token string) error {
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 §5.1
	return writeJSON(w, http.StatusOK, tokenBody{AccessToken: token, TokenType: "bearer"})
}

func (s *server) getProfile(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	user, err := s.UseCases.GetProfile.Execute(r.Context(), caller)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toUserBody(user))
}
