// Package httpapi serves the use cases over HTTP, as docs/openapi.yaml
// describes. A handler decodes a request, calls one use case and encodes its
// outcome; what is the same for all of them stands once: errors.go maps
// failures, decode.go reads input, middleware.go is around every answer.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/swaggest/swgui/v5emb"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/docs"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// UseCases are what the API offers.
type UseCases struct {
	RegisterUser      app.RegisterUser
	LogIn             app.LogIn
	Authenticate      app.Authenticate
	LogOutEverywhere  app.LogOutEverywhere
	ChangePassword    app.ChangePassword
	DeleteAccount     app.DeleteAccount
	ExportAccount     app.ExportAccount
	GetProfile        app.GetProfile
	CreateJobPosting  app.CreateJobPosting
	ListJobPostings   app.ListJobPostings
	GetJobPosting     app.GetJobPosting
	ReplaceJobPosting app.ReplaceJobPosting
	DeleteJobPosting  app.DeleteJobPosting
	SaveAPIKey        app.SaveAPIKey
	CheckAPIKey       app.CheckAPIKey
	CreateResume      app.CreateResume
	GetResume         app.GetResume
	ReplaceResume     app.ReplaceResume
	DeleteResume      app.DeleteResume
	StartSession      app.StartSession
	ListSessions      app.ListSessions
	ListSessionScores app.ListSessionScores
	GetSession        app.GetSession
	DeleteSession     app.DeleteSession
	PauseSession      app.PauseSession
	ResumeSession     app.ResumeSession
	CompleteSession   app.CompleteSession
	ListMessages      app.ListMessages
	SubmitAnswer      app.SubmitAnswer
	RequestQuestion   app.RequestQuestion
	RequestFeedback   app.RequestFeedback
	GetFeedback       app.GetFeedback
	RetakeSession     app.RetakeSession
	ListAttempts      app.ListAttempts
	GetOperation      app.GetOperation
	RetryOperation    app.RetryOperation
	GetMetrics        app.GetMetrics
	// RunOnce goes around each of them that creates.
	RunOnce *app.RunOnce
}

// Config is what the API needs. Every member is required but Limits,
// TrustedProxies and Observe.
type Config struct {
	UseCases UseCases
	Tokens   ports.TokenVerifier
	// Ready returns nil when the service can do its work.
	Ready  func(context.Context) error
	Logger *slog.Logger
	// AllowedOrigins are the origins (scheme://host[:port]) of the pages that
	// may call the API from a browser.
	AllowedOrigins []string
	// RequestTimeout is how long a request may take; then the caller gets 503.
	RequestTimeout time.Duration
	// MaxRequests is how many requests are worked on at once.
	MaxRequests int
	// Limits bound what one user or one address may do; the zero value does not.
	Limits Limits
	// TrustedProxies are the networks of the proxies whose X-Forwarded-For and
	// X-Forwarded-Proto are believed.
	TrustedProxies []netip.Prefix
	// Observe is told of each request, once it is answered.
	Observe func(Request)
}

// Request is what there is to know of one that is answered. Nothing of it is
// chosen by the caller.
type Request struct {
	// Method and Route, the path with the names of its parameters, are empty
	// if no route matched.
	Method, Route string
	Status        int
	Duration      time.Duration
	Shed          bool   // it was refused, since there were too many
	Limited       string // the name of the limit that refused it, or empty
	Replayed      bool   // the answer is that of before, to the same idempotency key
}

// server holds the handlers.
type server struct {
	Config
	router *mux.Router
	limits limits
	slots  *slots
}

// New returns the handler of the whole API, documents and health included.
func New(config Config) http.Handler {
	s := newServer(config)
	return s.around(s.router)
}

// sessionIDForm matches the only form in which a session's path exists; anything
// else is no route.
const sessionIDForm = `:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

func newServer(config Config) *server {
	// A path is matched as it was sent: a redirect would turn a POST into a
	// GET.
	s := &server{Config: config, router: mux.NewRouter().StrictSlash(false).SkipClean(true),
		limits: newLimits(config.Limits), slots: newSlots(config.MaxRequests, config.Logger)}
	s.router.NotFoundHandler = s.handler(s.notFound)
	s.router.MethodNotAllowedHandler = s.handler(s.methodNotAllowed)
	s.router.Use(noteRoute)

	s.public("GET", "/", s.root)
	s.public("GET", "/health", s.health)
	s.public("GET", "/healthz", s.alive)
	s.public("GET", "/readyz", s.ready)
	s.public("GET", "/api/v1/health", s.apiHealth)
	s.public("GET", "/openapi.yaml", s.openAPI)
	page := s.inSlot(docsPage(v5emb.New("AI Interviewer API", "/openapi.yaml", "/docs/")))
	for _, path := range append(docsAssets, "/docs", "/docs/") {
		s.router.Handle(path, page).Methods("GET").Name(path)
	}

	s.public("POST", "/api/v1/auth/register", s.registerUser, s.byAddress(s.limits.register))
	s.public("POST", "/api/v1/auth/login", s.logIn, s.byAddress(s.limits.loginAddress))
	s.protected("POST", "/api/v1/auth/logout-all", s.logOutEverywhere)

	create, generate := s.byUser(s.limits.create), s.byUser(s.limits.generate)
	passwordLimits := []handlerFunc{s.byAddress(s.limits.loginAddress), s.byUser(s.limits.loginAccount)}
	s.protected("GET", "/api/v1/users/me", s.getProfile)
	s.protected("DELETE", "/api/v1/users/me", s.deleteAccount, passwordLimits...)
	s.protected("GET", "/api/v1/users/me/export", s.exportAccount, generate)
	s.protected("PUT", "/api/v1/users/me/password", s.changePassword, passwordLimits...)
	s.protected("POST", "/api/v1/users/me/api-key", s.saveAPIKey)
	s.protected("PUT", "/api/v1/users/me/api-key", s.saveAPIKey)
	s.protected("POST", "/api/v1/users/me/api-key/validate", s.validateAPIKey, generate)

	s.protected("POST", "/api/v1/resumes/", s.once(maxResumeBody, s.createResume), create)
	s.protected("POST", "/api/v1/resumes", s.once(maxResumeBody, s.createResume), create)
	s.protected("GET", "/api/v1/resumes/me", s.getResume)
	s.protected("PUT", "/api/v1/resumes/me", s.replaceResume)
	s.protected("DELETE", "/api/v1/resumes/me", s.deleteResume)

	for _, collection := range []string{"/api/v1/job-postings/", "/api/v1/job-postings"} {
		s.protected("POST", collection, s.once(maxPostingBody, s.createJobPosting), create)
		s.protected("GET", collection, s.listJobPostings)
	}
	s.protected("GET", "/api/v1/job-postings/{job_posting_id}", s.getJobPosting)
	s.protected("PUT", "/api/v1/job-postings/{job_posting_id}", s.replaceJobPosting)
	s.protected("DELETE", "/api/v1/job-postings/{job_posting_id}", s.deleteJobPosting)

	for _, collection := range []string{"/api/v1/sessions", "/api/v1/sessions/"} {
		s.protected("POST", collection, s.once(maxBody, s.startSession), create)
		s.protected("GET", collection, s.listSessions)
	}
	s.protected("GET", "/api/v1/sessions/with-feedback", s.listSessionScores)
	s.protected("GET", "/api/v1/sessions/{session_id}", s.getSession)
	s.protected("DELETE", "/api/v1/sessions/{session_id}", s.deleteSession)
	s.protected("PUT", "/api/v1/sessions/{session_id}/pause", moveSession(s.UseCases.PauseSession.Execute))
	s.protected("PUT", "/api/v1/sessions/{session_id}/resume", moveSession(s.UseCases.ResumeSession.Execute))
	s.protected("POST", "/api/v1/sessions/{session_id}/complete", moveSession(s.UseCases.CompleteSession.Execute))
	s.protected("GET", "/api/v1/sessions/{session_id}/messages", s.listMessages)
	s.protected("POST", "/api/v1/sessions/{session_id}/answers", s.once(maxAnswerBody, s.submitAnswer), create)
	s.protected("POST", "/api/v1/sessions/{session_id}/generate-question", s.once(maxBody, s.requestQuestion), generate)
	s.protected("POST", "/api/v1/sessions/{session_id}/generate-feedback", s.once(maxBody, s.requestFeedback), generate)
	s.protected("GET", "/api/v1/sessions/{session_id}/feedback", s.getFeedback)
	s.protected("POST", "/api/v1/sessions/{session_id}/retake", s.once(maxBody, s.retakeSession), create)
	s.protected("GET", "/api/v1/sessions/{session_id}/retake-chain", s.listAttempts)

	s.protected("GET", "/api/v1/operations/{operation_id}", s.getOperation)
	s.protected("POST", "/api/v1/operations/{operation_id}/retry", s.once(maxBody, s.retryOperation), generate)
	s.protected("GET", "/api/v1/metrics/dashboard", s.getMetrics)
	return s
}

// docsAssets are the files that the page of the API's documentation loads.
var docsAssets = []string{"/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui-standalone-preset.js",
	"/docs/favicon-32x32.png", "/docs/favicon-16x16.png"}

// public registers a route that anybody may call. A token that comes along is
// not looked at, so that a stale one does no harm. The limits come before all
// else.
func (s *server) public(method, path string, h handlerFunc, limits ...handlerFunc) {
	template := strings.ReplaceAll(path, "{session_id}", "{session_id"+sessionIDForm+"}")
	s.router.Handle(template, s.limited(limits, s.inSlot(s.handler(h)))).Methods(method).Name(path)
}

// protected registers a route that needs a token.
func (s *server) protected(method, path string, h protectedFunc, limits ...handlerFunc) {
	s.public(method, path, func(w http.ResponseWriter, r *http.Request) error {
		token, err := s.accessToken(r)
		if err == nil {
			err = s.UseCases.Authenticate.Execute(r.Context(), token)
		}
		if err != nil {
			return err
		}
		return h(w, r, token.UserID)
	}, limits...)
}

func (s *server) openAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	w.Write(docs.OpenAPI)
	return nil
}
