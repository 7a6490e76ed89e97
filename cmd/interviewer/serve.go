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
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/argon2id"
	"github.com/ai-interviewer/ai-interviewer/adapters/httpapi"
	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
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
	// drainTimeout is how long requests may go on after the signal to stop.
	drainTimeout = 15 * time.Second
	// readyTimeout is how long the storage may take to answer a probe.
	readyTimeout = 2 * time.Second
	// maxWait is the longest pause between two looks for an absent database.
	maxWait = 5 * time.Second
)

type serveCommand struct {
	databaseSetting
	addressSetting
	secretSetting
	originSetting
	logSetting
	Migrate bool `env:"MIGRATE" default:"true" negatable:"" help:"Bring the database schema up to date at start (${default})."`
}

// Validate is called by kong.
func (c *serveCommand) Validate() error {
	return cmp.Or(c.addressSetting.Validate(), c.secretSetting.Validate(), c.originSetting.Validate())
}

// Run serves until the context ends, then drains.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
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

	secret, err := c.secret(storage)
	if err != nil {
		return err
	}
	tokens, err := jwt.New(secret, time.Now)
	if err != nil {
		return fmt.Errorf("JWT_SECRET: %w", err)
	}

	server := &http.Server{
		Handler:           newHandler(storage, tokens, c.FrontendOrigin, logger),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var working sync.WaitGroup
	working.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stop(err)
		}
	})
	logger.Info("listening", "address", listener.Addr().String())
	if storage.remote {
		working.Go(func() {
			if err := waitUntilPrepared(ctx, storage, c.Migrate, logger); err != nil {
				stop(fmt.Errorf("DATABASE_URL: %w", err))
			}
		})
	}

	<-ctx.Done()
	logger.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if server.Shutdown(drain) != nil {
		logger.Warn("requests were cut off", "after", drainTimeout.String())
		server.Close()
	}
	working.Wait() // a migration gives its lock back before the storage is closed
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// newHandler wires the use cases to their adapters.
func newHandler(storage storage, tokens *jwt.Tokens, origins []string, logger *slog.Logger) http.Handler {
	passwords := argon2id.New()
	return httpapi.New(httpapi.Config{
		UseCases: httpapi.UseCases{
			RegisterUser:      app.RegisterUser{Users: storage, Passwords: passwords, Clock: time.Now},
			LogIn:             app.LogIn{Users: storage, Passwords: passwords, Tokens: tokens, Clock: time.Now},
			GetProfile:        app.GetProfile{Users: storage},
			CreateJobPosting:  app.CreateJobPosting{Postings: storage, Clock: time.Now},
			ListJobPostings:   app.ListJobPostings{Postings: storage},
			GetJobPosting:     app.GetJobPosting{Postings: storage},
			ReplaceJobPosting: app.ReplaceJobPosting{Postings: storage, Replacer: storage, Clock: time.Now},
			DeleteJobPosting:  app.DeleteJobPosting{Postings: storage},
			StartSession:      app.StartSession{Postings: storage, Sessions: storage, Clock: time.Now},
			ListSessions:      app.ListSessions{Postings: storage, Sessions: storage},
			GetSession:        app.GetSession{Sessions: storage},
		},
		Tokens: tokens,
		Ready: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, readyTimeout)
			defer cancel()
			return storage.Ping(ctx)
		},
		Logger:         logger,
		AllowedOrigins: origins,
		RequestTimeout: requestTimeout,
	})
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
