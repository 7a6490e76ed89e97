package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/aesgcm"
	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/adapters/openai"
	"github.com/ai-interviewer/ai-interviewer/adapters/tracing"
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

// insightSetting says who may look inside: metrics and profiles at an address of
// their own, traces at a collector.
type insightSetting struct {
	AdminAddr    string `env:"ADMIN_ADDR" placeholder:"HOST:PORT" help:"Address of health, metrics and profiles, for operators alone, as 127.0.0.1:9090. Without one there are no metrics."`
	OTLPEndpoint string `name:"otel-exporter-otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"Base URL of the OpenTelemetry collector that takes traces by OTLP over HTTP, as http://localhost:4318. Without one there are none."`
	OTLPProtocol string `name:"otel-exporter-otlp-protocol" env:"OTEL_EXPORTER_OTLP_PROTOCOL" default:"http/protobuf" hidden:""`
}

// Validate refuses what cannot be listened on or sent to.
func (s insightSetting) Validate() error {
	if s.AdminAddr != "" {
		if _, _, err := net.SplitHostPort(s.AdminAddr); err != nil {
			return fmt.Errorf("ADMIN_ADDR: %w", err)
		}
	}
	if s.OTLPEndpoint != "" {
		if _, err := tracing.ParseEndpoint(s.OTLPEndpoint); err != nil {
			return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		if s.OTLPProtocol == "grpc" {
			return errors.New("OTEL_EXPORTER_OTLP_PROTOCOL: gRPC is not spoken; use the collector's HTTP port, by default 4318")
		}
	}
	return nil
}

// secretSetting is what access tokens are signed with, and what API keys are
// encrypted with.
type secretSetting struct {
	JWTSecret         string `name:"jwt-secret" env:"JWT_SECRET" placeholder:"SECRET" help:"What access tokens are signed with, at least 32 bytes. Without one, SQLite keeps one that it makes beside its file, and memory makes a new one at each start; PostgreSQL needs it."`
	PreviousJWTSecret string `name:"jwt-secret-previous" env:"JWT_SECRET_PREVIOUS" placeholder:"SECRET" help:"The former JWT_SECRET: tokens signed with it are accepted, none is signed with it."`
	APIKeySecret      string `name:"api-key-secret" env:"API_KEY_SECRET" placeholder:"SECRET" help:"What the API keys of users are encrypted with, at least 32 bytes. Made and kept like that of access tokens; with another one, keys that were saved can no longer be read."`
}

// Validate refuses a secret that is too short to be one.
func (s secretSetting) Validate() error {
	if n := len(s.JWTSecret); n > 0 && n < jwt.MinSecretBytes {
		return fmt.Errorf("JWT_SECRET: must have at least %d bytes, has %d", jwt.MinSecretBytes, n)
	}
	if n := len(s.PreviousJWTSecret); n > 0 && n < jwt.MinSecretBytes {
		return fmt.Errorf("JWT_SECRET_PREVIOUS: must have at least %d bytes, has %d", jwt.MinSecretBytes, n)
	}
	if n := len(s.APIKeySecret); n > 0 && n < aesgcm.MinSecretBytes {
		return fmt.Errorf("API_KEY_SECRET: must have at least %d bytes, has %d", aesgcm.MinSecretBytes, n)
	}
	return nil
}

// issuerSetting says who else's access tokens are accepted: all of it, or
// nothing for nobody's.
type issuerSetting struct {
	JWTKeysURL  string `name:"jwt-jwks-url" env:"JWT_JWKS_URL" placeholder:"URL" help:"Where the public keys (JSON Web Key Set) of another issuer are, whose tokens (RS256, ES256, EdDSA) with the id of a user of ours as sub are accepted too; https unless on this machine. Together with the two that follow."`
	JWTIssuer   string `name:"jwt-issuer" env:"JWT_ISSUER" placeholder:"ISS" help:"The claim iss of the other issuer's tokens."`
	JWTAudience string `name:"jwt-audience" env:"JWT_AUDIENCE" placeholder:"AUD" help:"What the claim aud of the other issuer's tokens must be or contain."`
}

// Validate refuses half a setting, and keys that come unprotected.
func (s issuerSetting) Validate() error {
	if s == (issuerSetting{}) {
		return nil
	}
	if s.JWTKeysURL == "" || s.JWTIssuer == "" || s.JWTAudience == "" {
		return errors.New("JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE: must all be set, or none")
	}
	if err := jwt.CheckKeysURL(s.JWTKeysURL); err != nil {
		return fmt.Errorf("JWT_JWKS_URL: %w", err)
	}
	return nil
}

// other returns the other issuer, nil for none.
func (s issuerSetting) other(logger *slog.Logger) *jwt.Issuer {
	if s.JWTKeysURL == "" {
		return nil
	}
	return &jwt.Issuer{KeysURL: s.JWTKeysURL, Name: s.JWTIssuer, Audience: s.JWTAudience, Logger: logger}
}

// providerSetting says where API keys are checked.
type providerSetting struct {
	OpenAIBaseURL string `name:"openai-base-url" env:"OPENAI_BASE_URL" default:"https://api.openai.com/v1" placeholder:"URL" help:"Base of the OpenAI API, which is asked whether a user's API key works (${default})."`
}

// Validate refuses what no API can be at.
func (s providerSetting) Validate() error {
	if _, err := openai.ParseBaseURL(s.OpenAIBaseURL); err != nil {
		return fmt.Errorf("OPENAI_BASE_URL: %w", err)
	}
	return nil
}

// loadSetting bounds what the service takes on, and how it stops.
type loadSetting struct {
	MaxRequests int           `env:"MAX_REQUESTS" default:"64" placeholder:"N" help:"How many requests are worked on at once; twice as many others wait, for a second at most, and all else gets 503 at once (${default})."`
	DrainDelay  time.Duration `env:"DRAIN_DELAY" default:"0s" placeholder:"DURATION" help:"How long new requests are still taken after the signal to stop, while /readyz is 503 (${default})."`
}

// Validate is called by kong.
func (s loadSetting) Validate() error {
	switch {
	case s.MaxRequests < 1:
		return errors.New("MAX_REQUESTS: must be 1 or more")
	case s.DrainDelay < 0 || s.DrainDelay > time.Hour:
		return errors.New("DRAIN_DELAY: must be 0s to 1h")
	}
	return nil
}

// rateSetting bounds what one user or one address may ask for.
type rateSetting struct {
	RateCreate       int `env:"RATE_CREATE" default:"600" placeholder:"N" help:"How many sessions, answers, postings and résumés a user may create a minute; like all rates counted by each process, and 0 is any number (${default})."`
	RateGenerate     int `env:"RATE_GENERATE" default:"120" placeholder:"N" help:"How many questions, feedbacks and checks of an API key a user may ask for a minute (${default})."`
	RateLoginAccount int `env:"RATE_LOGIN_ACCOUNT" default:"10" placeholder:"N" help:"How often a minute the password of one account may be tried (${default})."`
	RateLoginAddress int `env:"RATE_LOGIN_ADDRESS" default:"60" placeholder:"N" help:"How often a minute a password may be tried from one address (${default})."`
	RateRegister     int `env:"RATE_REGISTER" default:"60" placeholder:"N" help:"How often a minute one may sign up from one address (${default})."`
}

// maxRate is far more than a process does in a minute for all.
const maxRate = 1_000_000

// Validate is called by kong.
func (s rateSetting) Validate() error {
	for name, rate := range map[string]int{"RATE_CREATE": s.RateCreate, "RATE_GENERATE": s.RateGenerate,
		"RATE_LOGIN_ACCOUNT": s.RateLoginAccount, "RATE_LOGIN_ADDRESS": s.RateLoginAddress, "RATE_REGISTER": s.RateRegister} {
		if rate < 0 || rate > maxRate {
			return fmt.Errorf("%s: must be 0 to %d", name, maxRate)
		}
	}
	return nil
}

// proxySetting says who stands in front of the service.
type proxySetting struct {
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Networks of the proxies in front, as 10.0.0.0/8, whose X-Forwarded-For and X-Forwarded-Proto are believed. By default nobody's are."`
}

// Validate refuses to trust everybody: then callers would name their own
// address.
func (s proxySetting) Validate() error {
	for _, proxies := range s.TrustedProxies {
		if proxies.Bits() == 0 {
			return fmt.Errorf("TRUSTED_PROXIES: %s is everybody", proxies)
		}
	}
	return nil
}

// operationSetting says how questions and feedback are generated.
type operationSetting struct {
	Workers   int           `name:"operation-workers" env:"OPERATION_WORKERS" default:"4" placeholder:"N" help:"How many questions and feedbacks are generated at once (${default})."`
	TimeLimit time.Duration `name:"operation-timeout" env:"OPERATION_TIMEOUT" default:"60s" placeholder:"DURATION" help:"How long one attempt at generating may take (${default})."`
	Attempts  int           `name:"operation-attempts" env:"OPERATION_ATTEMPTS" default:"4" placeholder:"N" help:"How many attempts there are before an operation fails (${default})."`
	Backoff   time.Duration `name:"operation-backoff" env:"OPERATION_BACKOFF" default:"1s" placeholder:"DURATION" help:"Pause before the second attempt; it doubles with each, and up to a tenth is added at random (${default})."`
	Retention time.Duration `name:"operation-retention" env:"OPERATION_RETENTION" default:"720h" placeholder:"DURATION" help:"How long finished operations are kept (${default})."`
}

// idempotencySetting says how long the keys of requests are known.
type idempotencySetting struct {
	IdempotencyRetention time.Duration `env:"IDEMPOTENCY_RETENTION" default:"24h" placeholder:"DURATION" help:"How long the answer to a request with an Idempotency-Key is kept, to be given again (${default})."`
}

// Validate is called by kong.
func (s idempotencySetting) Validate() error {
	if s.IdempotencyRetention < time.Minute {
		return errors.New("IDEMPOTENCY_RETENTION: must be 1m or more")
	}
	return nil
}

// Validate refuses what makes no sense.
func (s operationSetting) Validate() error {
	switch {
	case s.Workers < 1 || s.Workers > maxWorkers:
		return fmt.Errorf("OPERATION_WORKERS: must be 1 to %d", maxWorkers)
	case s.TimeLimit <= 0:
		return errors.New("OPERATION_TIMEOUT: must be more than 0")
	case s.Attempts < 1:
		return errors.New("OPERATION_ATTEMPTS: must be 1 or more")
	case s.Backoff <= 0 || s.Backoff > time.Hour:
		return errors.New("OPERATION_BACKOFF: must be more than 0, and 1h at most")
	case s.Retention < time.Hour:
		return errors.New("OPERATION_RETENTION: must be 1h or more")
	}
	return nil
}

// maxWorkers bounds what one process may do to its storage.
const maxWorkers = 256

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
