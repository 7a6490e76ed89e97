package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
)

// databaseSetting says where everything is stored.
type databaseSetting struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" default:"sqlite:data/interviewer.db" placeholder:"URL" help:"Where everything is stored: sqlite:PATH, postgres://… or memory: (${default})."`
}

// addressSetting says where the service is reached.
type addressSetting struct {
	Addr string `env:"ADDR" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Address to listen on (${default})."`
}

// Validate refuses what nobody can listen on.
func (s addressSetting) Validate() error {
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	return nil
}

// secretSetting is what access tokens are signed with.
type secretSetting struct {
	JWTSecret string `name:"jwt-secret" env:"JWT_SECRET" placeholder:"SECRET" help:"What access tokens are signed with, at least 32 bytes. Without one, SQLite keeps one that it makes beside its file, and memory makes a new one at each start; PostgreSQL needs it."`
}

// Validate refuses a secret that is too short to be one.
func (s secretSetting) Validate() error {
	if n := len(s.JWTSecret); n > 0 && n < jwt.MinSecretBytes {
		return fmt.Errorf("JWT_SECRET: must have at least %d bytes, has %d", jwt.MinSecretBytes, n)
	}
	return nil
}

// originSetting says which web pages may call the API.
type originSetting struct {
	FrontendOrigin []string `env:"FRONTEND_ORIGIN" default:"http://localhost:5173,http://localhost:3000" placeholder:"ORIGIN,…" help:"Origins of the web pages that may call the API (${default})."`
}

// Validate refuses what no browser would ever send as an Origin.
func (s originSetting) Validate() error {
	if len(s.FrontendOrigin) == 0 {
		return errors.New("FRONTEND_ORIGIN: must not be empty; leave it unset for its default")
	}
	for _, origin := range s.FrontendOrigin {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || origin != u.Scheme+"://"+u.Host ||
			strings.Contains(u.Host, "*") {
			return fmt.Errorf("FRONTEND_ORIGIN: %q is not an origin like https://app.example.com", origin)
		}
	}
	return nil
}

// logSetting says what is logged, and how.
type logSetting struct {
	LogLevel  slog.Level `env:"LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error (${default})."`
	LogFormat string     `env:"LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORMAT" help:"Form of the log, on standard output: text or json (${default})."`
}

func (s logSetting) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
