package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/aesgcm"
	"github.com/ai-interviewer/ai-interviewer/adapters/argon2id"
	"github.com/ai-interviewer/ai-interviewer/adapters/httpapi"
	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/adapters/openai"
	"github.com/ai-interviewer/ai-interviewer/adapters/questionbank"
	"github.com/ai-interviewer/ai-interviewer/adapters/tokenversions"
	"github.com/ai-interviewer/ai-interviewer/adapters/worker"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// A request must have arrived within readTimeout, and be done within
	// requestTimeout: the difference is what is left to work for a client that
	// sends slowly.
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	requestTimeout    = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	// drainTimeout is how long requests and operations may go on after the
	// signal to stop.
	drainTimeout = 15 * time.Second
	// readyTimeout is how long the storage may take to answer a probe.
	readyTimeout = 2 * time.Second
	// maxWait is the longest pause between two looks for an absent database.
	maxWait = 5 * time.Second
)

type serveCommand struct {
	databaseSetting
	addressSetting
	tlsSetting
	insightSetting
	secretSetting
	issuerSetting
	providerSetting
	loadSetting
	rateSetting
	proxySetting
	operationSetting
	idempotencySetting
	originSetting
	logSetting
	Migrate bool `env:"MIGRATE" default:"true" negatable:"" help:"Bring the database schema up to date at start (${default})."`
}

// Validate is called by kong.
func (c *serveCommand) Validate() error {
	return cmp.Or(c.addressSetting.Validate(), c.tlsSetting.Validate(), c.insightSetting.Validate(), c.secretSetting.Validate(),
		c.issuerSetting.Validate(), c.providerSetting.Validate(), c.loadSetting.Validate(), c.rateSetting.Validate(),
		c.proxySetting.Validate(), c.operationSetting.Validate(), c.idempotencySetting.Validate(), c.originSetting.Validate())
}

// Run serves until the context ends, then drains.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer, world world) error {
	logger := c.logger(stdout)

	storage, err := openStorage(ctx, c.DatabaseURL)
	if err != nil {
		return err
	}
	defer storage.close()
	if !storage.remote {
		if err := storage.prepare(ctx, c.Migrate); err != nil {
			return fmt.Errorf("DATABASE_URL: %w", err)
		}
	}

	service, err := c.newService(storage, world, logger)
	if err != nil {
		return err
	}
	if service.flush != nil {
		defer service.flush()
	}
	tlsConfig, err := c.serverTLS(logger)
	if err != nil {
		return err
	}
	server := &http.Server{
		TLSConfig:         tlsConfig,
		Handler:           partWhen(service.stopping, service.handler),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	if service.admin != nil { // first and last, so that it shows how the service starts and stops
		stopAdmin, err := serveAdmin(c.AdminAddr, service.admin, logger)
		if err != nil {
			return fmt.Errorf("ADMIN_ADDR: %w", err)
		}
		defer stopAdmin()
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var working sync.WaitGroup
	working.Go(func() {
		serve := server.Serve
		if tlsConfig != nil {
			serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stop(err)
		}
	})
	logger.Info("listening", "address", listener.Addr().String())
	service.pool.Start()
	working.Go(func() {
		if err := service.tokens.FetchKeys(ctx); err != nil {
			stop(fmt.Errorf("JWT_JWKS_URL: %w", err))
		}
	})
	if storage.remote {
		working.Go(func() {
			if err := waitUntilPrepared(ctx, storage, c.Migrate, logger); err != nil {
				stop(fmt.Errorf("DATABASE_URL: %w", err))
			}
		})
	}

	<-ctx.Done()
	logger.Info("stopping")
	service.stopping.Store(true)
	if errors.Is(context.Cause(ctx), context.Canceled) { // told to, not broken
		time.Sleep(c.DrainDelay)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if server.Shutdown(drain) != nil {
		logger.Warn("requests were cut off", "after", drainTimeout.String())
		server.Close()
	}
	service.pool.Shutdown(drain) // last, since requests ask for operations until they end
	working.Wait()               // a migration gives its lock back before the storage is closed
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// partWhen has clients make a new connection for each request, once the service
// stops: in the end it closes those that are idle, and a request that is on its
// way on one of them would be lost.
func partWhen(stopping *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// world is what the service meets beside its storage, and what a test may put
// in its place.
type world struct {
	clock       app.Clock
	interviewer ports.Interviewer
}

// realWorld returns what the service meets when it is not tested.
func realWorld() (world, error) {
	bank, err := questionbank.New()
	return world{clock: time.Now, interviewer: bank}, err
}

// service is what answers requests, and what works between them.
type service struct {
	handler http.Handler
	pool    *worker.Pool
	tokens  *jwt.Tokens
	// admin is what operators are shown, and flush sends the traces that are
	// left; nil if that is off.
	admin http.Handler
	flush func()
	// stopping makes it unready, so that no proxy sends it anything more.
	stopping *atomic.Bool
}

// newService wires the use cases to their adapters.
func (c *serveCommand) newService(storage storage, world world, logger *slog.Logger) (service, error) {
	clock := world.clock
	tokenSecret, err := storage.secret("JWT_SECRET", c.JWTSecret)
	if err != nil {
		return service{}, err
	}
	tokens, err := jwt.New(jwt.Config{Secret: tokenSecret, PreviousSecret: []byte(c.PreviousJWTSecret), Issuer: c.other(logger), Now: clock})
	if err != nil {
		return service{}, fmt.Errorf("JWT_SECRET: %w", err)
	}
	keySecret, err := storage.secret("API_KEY_SECRET", c.APIKeySecret)
	if err != nil {
		return service{}, err
	}
	keys, err := aesgcm.New(keySecret)
	if err != nil {
		return service{}, fmt.Errorf("API_KEY_SECRET: %w", err)
	}
	baseURL, err := openai.ParseBaseURL(c.OpenAIBaseURL)
	if err != nil {
		return service{}, fmt.Errorf("OPENAI_BASE_URL: %w", err)
	}
	passwords := argon2id.New()
	versions := tokenversions.New(storage)
	stopping := new(atomic.Bool)
	insight, err := c.newInsight(storage, clock, logger)
	if err != nil {
		return service{}, err
	}
	logger = insight.logger

	pool := worker.New(worker.Config{
		Run: app.RunOperation{
			AskQuestion: app.AskQuestion{Sessions: storage, Messages: storage, Asked: storage,
				Interviewer: world.interviewer, Questions: storage, Clock: clock},
			GiveFeedback: app.GiveFeedback{Sessions: storage, Messages: storage,
				Interviewer: world.interviewer, Feedbacks: storage, Clock: clock},
			Operations: storage, Clock: clock, TimeLimit: c.TimeLimit, Attempts: c.Attempts, Backoff: c.Backoff,
		},
		Hold:   app.HoldOperation{Operations: storage, Clock: clock},
		TakeUp: app.TakeUpOperations{Claimer: storage, Operations: storage, Clock: clock, Attempts: c.Attempts},
		Prune: map[string]worker.Pruner{
			"operations":       app.PruneOperations{Operations: storage, Clock: clock, Retention: c.Retention},
			"idempotency keys": app.PruneIdempotencyKeys{Keys: storage, Clock: clock, Retention: c.IdempotencyRetention},
		},
		Workers: c.Workers,
		Logger:  logger,
		Tracer:  insight.tracer,
		Observe: insight.observeAttempt,
	})

	handler := httpapi.New(httpapi.Config{
		UseCases: httpapi.UseCases{
			RegisterUser:     app.RegisterUser{Users: storage, Passwords: passwords, Clock: clock},
			LogIn:            app.LogIn{Users: storage, Passwords: passwords, Rehasher: passwords, Hashes: storage, Tokens: tokens, Clock: clock},
			Authenticate:     app.Authenticate{Versions: versions},
			LogOutEverywhere: app.LogOutEverywhere{Tokens: versions, Clock: clock},
			ChangePassword: app.ChangePassword{Users: storage, Verifier: passwords, Hasher: passwords, Replacer: versions,
				Tokens: tokens, Clock: clock},
			DeleteAccount:     app.DeleteAccount{Users: storage, Verifier: passwords, Deleter: versions},
			ExportAccount:     app.ExportAccount{Accounts: storage},
			GetProfile:        app.GetProfile{Users: storage},
			SaveAPIKey:        app.SaveAPIKey{Keys: storage, Encrypter: keys, Clock: clock},
			CheckAPIKey:       app.CheckAPIKey{Checker: openai.New(baseURL, &http.Client{})},
			CreateResume:      app.CreateResume{Resumes: storage, Clock: clock},
			GetResume:         app.GetResume{Resumes: storage},
			ReplaceResume:     app.ReplaceResume{Resumes: storage, Replacer: storage, Clock: clock},
			DeleteResume:      app.DeleteResume{Resumes: storage},
			CreateJobPosting:  app.CreateJobPosting{Postings: storage, Clock: clock},
			ListJobPostings:   app.ListJobPostings{Postings: storage},
			GetJobPosting:     app.GetJobPosting{Postings: storage},
			ReplaceJobPosting: app.ReplaceJobPosting{Postings: storage, Replacer: storage, Clock: clock},
			DeleteJobPosting:  app.DeleteJobPosting{Postings: storage},
			StartSession:      app.StartSession{Postings: storage, Sessions: storage, Clock: clock},
			ListSessions:      app.ListSessions{Postings: storage, Sessions: storage},
			ListSessionScores: app.ListSessionScores{Sessions: storage},
			GetSession:        app.GetSession{Sessions: storage, Messages: storage},
			DeleteSession:     app.DeleteSession{Sessions: storage},
			PauseSession:      app.PauseSession{Sessions: storage, Statuses: storage, Clock: clock},
			ResumeSession:     app.ResumeSession{Sessions: storage, Statuses: storage, Clock: clock},
			CompleteSession:   app.CompleteSession{Sessions: storage, Statuses: storage, Clock: clock},
			ListMessages:      app.ListMessages{Messages: storage},
			SubmitAnswer:      app.SubmitAnswer{Sessions: storage, Answers: storage, Clock: clock},
			RequestQuestion:   app.RequestQuestion{Sessions: storage, Operations: storage, Dispatcher: pool, Clock: clock},
			RequestFeedback: app.RequestFeedback{Sessions: storage, Feedbacks: storage, Resumes: storage, Operations: storage,
				Dispatcher: pool, Clock: clock},
			GetFeedback:    app.GetFeedback{Feedbacks: storage},
			RetakeSession:  app.RetakeSession{Sessions: storage, Retakes: storage, Clock: clock},
			ListAttempts:   app.ListAttempts{Sessions: storage},
			GetOperation:   app.GetOperation{Operations: storage},
			RetryOperation: app.RetryOperation{Operations: storage, Retries: storage, Dispatcher: pool, Clock: clock},
			GetMetrics:     app.GetMetrics{Metrics: storage},
			RunOnce:        &app.RunOnce{Keys: storage, Clock: clock, Retention: c.IdempotencyRetention},
		},
		Tokens: tokens,
		Ready: func(ctx context.Context) error {
			if stopping.Load() {
				return fmt.Errorf("%w: stopping", domain.ErrUnavailable)
			}
			ctx, cancel := context.WithTimeout(ctx, readyTimeout)
			defer cancel()
			return storage.Ping(ctx)
		},
		Logger:         logger,
		AllowedOrigins: c.FrontendOrigin,
		RequestTimeout: requestTimeout,
		MaxRequests:    c.MaxRequests,
		Limits: httpapi.Limits{Create: c.RateCreate, Generate: c.RateGenerate,
			LoginAccount: c.RateLoginAccount, LoginAddress: c.RateLoginAddress, Register: c.RateRegister},
		TrustedProxies: c.TrustedProxies,
		Observe:        insight.observeRequest,
	})
	handler = insight.around(handler)
	return service{handler: handler, pool: pool, tokens: tokens, stopping: stopping,
		admin: insight.admin(handler), flush: insight.flush}, nil
}

// waitUntilPrepared tries until the storage is there and prepared, or gives up
// at the first failure that waiting does not mend.
func waitUntilPrepared(ctx context.Context, storage storage, migrate bool, logger *slog.Logger) error {
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, maxWait) {
		err := storage.prepare(ctx, migrate)
		switch {
		case err == nil:
			logger.Info("database ready")
			return nil
		case ctx.Err() != nil:
			return nil
		case !errors.Is(err, domain.ErrUnavailable):
			return err
		}
		logger.Warn("waiting for the database", "error", err.Error())
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}
