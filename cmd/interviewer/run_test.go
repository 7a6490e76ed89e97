package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

func TestWrongSettingsStopWithOneLineThatNamesThem(t *testing.T) {
	postgres := postgrestest.NewDatabase(t)
	notADatabase := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	const secret = "--jwt-secret=0123456789abcdef0123456789abcdef"
	const keySecret = "--api-key-secret=0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no port":                  {[]string{"--addr=localhost"}, "ADDR"},
		"port taken by nobody":     {[]string{"--addr=127.0.0.1:99999", "--database-url=memory:"}, "ADDR"},
		"admin without a port":     {[]string{"--admin-addr=localhost"}, "ADMIN_ADDR"},
		"admin port of nobody":     {[]string{"--admin-addr=127.0.0.1:99999", "--addr=127.0.0.1:0", "--database-url=memory:"}, "ADMIN_ADDR"},
		"collector":                {[]string{"--otel-exporter-otlp-endpoint=localhost:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"},
		"collector's protocol":     {[]string{"--otel-exporter-otlp-endpoint=http://localhost:4317", "--otel-exporter-otlp-protocol=grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL"},
		"short secret":             {[]string{"--jwt-secret=short"}, "JWT_SECRET"},
		"certificate alone":        {[]string{"--tls-cert-file=/nowhere/cert.pem"}, "TLS_KEY_FILE"},
		"key alone":                {[]string{"healthcheck", "--tls-key-file=/nowhere/key.pem"}, "TLS_CERT_FILE"},
		"no certificate there":     {[]string{"--tls-cert-file=/nowhere/cert.pem", "--tls-key-file=/nowhere/key.pem", "--database-url=memory:"}, "TLS_CERT_FILE"},
		"no certificate to check":  {[]string{"healthcheck", "--tls-cert-file=/nowhere/cert.pem", "--tls-key-file=/nowhere/key.pem"}, "TLS_CERT_FILE"},
		"short former secret":      {[]string{"--jwt-secret-previous=short"}, "JWT_SECRET_PREVIOUS"},
		"keys of no issuer":        {[]string{"--jwt-jwks-url=https://id.example.com/jwks", "--jwt-audience=x"}, "JWT_ISSUER"},
		"keys of no URL":           {[]string{"--jwt-issuer=x", "--jwt-audience=x"}, "JWT_JWKS_URL"},
		"keys over plain HTTP":     {[]string{"--jwt-jwks-url=http://id.example.com/jwks", "--jwt-issuer=x", "--jwt-audience=x"}, "JWT_JWKS_URL"},
		"no secret":                {[]string{"--database-url=" + postgres}, "JWT_SECRET"},
		"no secret of API keys":    {[]string{"--database-url=" + postgres, secret}, "API_KEY_SECRET"},
		"short secret of API keys": {[]string{"--api-key-secret=short"}, "API_KEY_SECRET"},
		"provider":                 {[]string{"--openai-base-url=ftp://x"}, "OPENAI_BASE_URL"},
		"negative rate":            {[]string{"--rate-create=-1"}, "RATE_CREATE"},
		"rate beyond reason":       {[]string{"--rate-login-account=1000001"}, "RATE_LOGIN_ACCOUNT"},
		"proxy that is no network": {[]string{"--trusted-proxies=10.0.0.1"}, "trusted-proxies"},
		"everybody a proxy":        {[]string{"--trusted-proxies=10.0.0.0/8,0.0.0.0/0"}, "TRUSTED_PROXIES"},
		"no workers":               {[]string{"--operation-workers=0"}, "OPERATION_WORKERS"},
		"no time":                  {[]string{"--operation-timeout=0s"}, "OPERATION_TIMEOUT"},
		"no attempts":              {[]string{"--operation-attempts=0"}, "OPERATION_ATTEMPTS"},
		"no pause":                 {[]string{"--operation-backoff=0s"}, "OPERATION_BACKOFF"},
		"no retention":             {[]string{"--operation-retention=1s"}, "OPERATION_RETENTION"},
		"other database":           {[]string{"--database-url=mysql://root:hunter2@localhost/"}, "DATABASE_URL"},
		"no path":                  {[]string{"--database-url=sqlite:"}, "DATABASE_URL"},
		"path under a file":        {[]string{"--database-url=sqlite:/dev/null/x.db"}, "DATABASE_URL"},
		"not a database":           {[]string{"--database-url=sqlite:" + notADatabase}, "DATABASE_URL"},
		"bad URL":                  {[]string{"--database-url=postgres://u:hunter2@localhost:x/db", secret, keySecret}, "DATABASE_URL"},
		"unknown database":         {[]string{"--database-url=" + strings.Replace(postgres, "/test_", "/unknown_", 1), "--addr=127.0.0.1:0", secret, keySecret}, "DATABASE_URL"},
		"unknown, over TLS first":  {[]string{"--database-url=" + strings.NewReplacer("/test_", "/unknown_", "sslmode=disable", "sslmode=prefer").Replace(postgres), "--addr=127.0.0.1:0", secret, keySecret}, "DATABASE_URL"},
		"schema behind":            {[]string{"--database-url=" + postgres, "--no-migrate", "--addr=127.0.0.1:0", secret, keySecret}, "DATABASE_URL"},
		"origin with a path":       {[]string{"--frontend-origin=http://localhost:3000/"}, "FRONTEND_ORIGIN"},
		"no origin":                {[]string{"--frontend-origin="}, "FRONTEND_ORIGIN"},
		"two slashes":              {[]string{"--database-url=sqlite://data/x.db"}, "DATABASE_URL"},
		"memory of SQLite":         {[]string{"--database-url=sqlite::memory:"}, "DATABASE_URL"},
		"memory of what":           {[]string{"--database-url=memory:x"}, "DATABASE_URL"},
		"any origin":               {[]string{"--frontend-origin=*"}, "FRONTEND_ORIGIN"},
		"level":                    {[]string{"--log-level=loud"}, "log-level"},
		"format":                   {[]string{"--log-format=xml"}, "log-format"},
		"flag":                     {[]string{"--frobnicate"}, "frobnicate"},
		"command":                  {[]string{"frobnicate"}, "frobnicate"},
		"distribute SQLite":        {[]string{"migrate", "--database-url=sqlite:" + filepath.Join(t.TempDir(), "x.db"), "--distribute=citus"}, "--distribute"},
		"migrate in memory":        {[]string{"migrate", "--database-url=memory:"}, "DATABASE_URL"},
		"migrate where":            {[]string{"migrate", "sideways"}, "direction"},
		"healthcheck of nothing":   {[]string{"healthcheck", "--addr=127.0.0.1:1"}, "127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout bytes.Buffer
			err := runProgram(t.Context(), test.args, &stdout)
			if err == nil {
				t.Fatal("it was taken")
			}
			if line := err.Error(); !strings.Contains(line, test.want) || strings.Contains(line, "\n") || strings.Contains(line, "hunter2") {
				t.Errorf("the error is %q, want one line that names %s", line, test.want)
			}
		})
	}
}

func TestRefusedPasswordStops(t *testing.T) {
	server := postgrestest.Start(t)
	server.DemandPasswords(t)
	err := runProgram(t.Context(), []string{"--database-url=" + strings.Replace(server.URL("postgres"), "postgres@", "postgres:hunter2@", 1),
		"--addr=127.0.0.1:0", "--jwt-secret=0123456789abcdef0123456789abcdef", "--api-key-secret=0123456789abcdef0123456789abcdef"}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %q", err)
	}
}

func TestFailedMigrationStops(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "m.db"), "postgres": postgrestest.NewDatabase(t)} {
		t.Run(name, func(t *testing.T) {
			// Somebody else's table is in the way.
			storage, err := openStorage(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer storage.close()
			foreign := map[string]func() (*sql.DB, error){
				"sqlite":   func() (*sql.DB, error) { return sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:")) },
				"postgres": func() (*sql.DB, error) { return sql.Open("pgx", url) },
			}
			db, err := foreign[name]()
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE job_postings (id int)"); err != nil {
				t.Fatal(err)
			}
			err = runProgram(t.Context(), []string{"--database-url=" + url, "--addr=127.0.0.1:0", "--jwt-secret=0123456789abcdef0123456789abcdef", "--api-key-secret=0123456789abcdef0123456789abcdef"}, &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || !strings.Contains(err.Error(), "job_postings") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %q", err)
			}
		})
	}
}

// TestStopWhileMigratingGivesTheLockBack lets nobody write a version, so that
// the migration waits, and stops the program.
func TestStopWhileMigratingGivesTheLockBack(t *testing.T) {
	url := postgrestest.NewDatabase(t)
	for _, direction := range []string{"up", "down"} { // so that goose's tables are there
		if err := runProgram(t.Context(), []string{"migrate", direction, "--database-url=" + url}, &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("LOCK TABLE goose_db_version IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	locked := func() (locked bool) {
		if err := db.QueryRow("SELECT EXISTS (SELECT 1 FROM goose_lock WHERE locked)").Scan(&locked); err != nil {
			t.Fatal(err)
		}
		return locked
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- runProgram(ctx, []string{"--database-url=" + url, "--addr=127.0.0.1:0", "--jwt-secret=0123456789abcdef0123456789abcdef", "--api-key-secret=0123456789abcdef0123456789abcdef"}, &logBuffer{})
	}()
	eventually(t, locked)
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
	if locked() {
		t.Error("the lock is still held")
	}
}

func TestCommandsThatOnlyTell(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--help"}, {"serve", "--help"}} {
		var stdout bytes.Buffer
		if err := runProgram(t.Context(), args, &stdout); err != nil || !strings.Contains(stdout.String(), "interviewer") {
			t.Errorf("%v: %q, %v", args, stdout.String(), err)
		}
	}
}

func TestMigrateCommand(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "m.db"), "postgres": postgrestest.NewDatabase(t)} {
		t.Run(name, func(t *testing.T) {
			for _, args := range [][]string{{"migrate"}, {"migrate", "up"}, {"migrate", "down"}, {"migrate", "up"}} {
				if err := runProgram(t.Context(), append(args, "--database-url="+url), &bytes.Buffer{}); err != nil {
					t.Errorf("%v: %v", args, err)
				}
			}
			storage, err := openStorage(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer storage.close()
			if err := storage.prepare(t.Context(), false); err != nil {
				t.Errorf("after up: %v", err)
			}
		})
	}
}

// TestOlderReplicaServesOnANewerSchema is what an upgrade of one replica after
// the other, and a roll back of the program alone, rely on.
func TestOlderReplicaServesOnANewerSchema(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "newer.db"), "postgres": postgrestest.NewDatabase(t)} {
		t.Run(name, func(t *testing.T) {
			storage, err := openStorage(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer storage.close()
			if err := storage.prepare(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{ // as a later version may, see docs/development.md
				"ALTER TABLE interview_sessions ADD COLUMN mood varchar(50)",
				"ALTER TABLE job_postings ADD COLUMN stars int NOT NULL DEFAULT 0",
				"CREATE TABLE later (id int PRIMARY KEY)",
				"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)",
			} {
				pool := storage.pools["requests"]
				if pool == nil {
					pool = storage.pools["write"]
				}
				if _, err := pool.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			for _, migrate := range []bool{true, false} {
				if err := storage.prepare(t.Context(), migrate); err != nil {
					t.Errorf("MIGRATE=%t: %v", migrate, err)
				}
			}
			a := newAPI(t, storage)
			_, token := a.signUp(t)
			a.startSession(t, token, a.savePosting(t, token))
			if err := runProgram(t.Context(), []string{"migrate", "down", "--database-url=" + url}, io.Discard); err == nil {
				t.Error("the older program takes back a migration that it does not know")
			}
		})
	}
}

func TestKeptSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	secrets := make([]string, 8)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			secret, err := keptSecret(path)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = string(secret)
		})
	}
	wg.Wait()
	for _, secret := range secrets {
		if len(secret) < 32 || secret != secrets[0] {
			t.Errorf("the secrets are %q", secrets)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := fs.Glob(os.DirFS(filepath.Dir(path)), "*"); err != nil || len(left) != 1 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keptSecret(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a short secret: %v", err)
	}
}

// TestRunServesUntilTheContextEnds starts the program itself, in process.
func TestRunServesUntilTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	log := &logBuffer{}
	done := make(chan error, 1)
	go func() {
		done <- runProgram(ctx, []string{"--database-url=memory:", "--addr=127.0.0.1:0", "--log-format=json"}, log)
	}()
	base := "http://" + addressIn(t, log, done)
	get(t, base+"/readyz", 200)
	var told bytes.Buffer
	if err := runProgram(t.Context(), []string{"healthcheck", "--addr=" + strings.TrimPrefix(base, "http://")}, &told); err != nil || told.String() != "ready\n" {
		t.Errorf("healthcheck: %q, %v", told.String(), err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}

// runProgram runs the program as main does.
func runProgram(ctx context.Context, args []string, stdout io.Writer) error {
	world, err := realWorld()
	if err != nil {
		return err
	}
	return run(ctx, args, stdout, world)
}
