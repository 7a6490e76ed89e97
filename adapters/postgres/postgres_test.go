package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore/conflicttest"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore/schematest"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/storetest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

func TestConformance(t *testing.T) {
	db, sent := openTraced(t)
	statements := sent.of(t, func() error {
		storetest.Run(t, func(*testing.T) ports.Storage { return db })
		return nil
	})
	t.Run("EveryStatementNamesItsUser", func(t *testing.T) { everyNamesItsUser(t, statements) })
}

func TestSchema(t *testing.T) {
	db := openMigrated(t, postgrestest.NewDatabase(t))
	schematest.Run(t, schematest.Database{
		DB: sqlx.NewDb(db.pools[0], "pgx"), Store: db.Store,
		EncodeTime: func(at time.Time) any { return at }, Classify: classify})
}

// migrationCount returns how many migrations there are to take back.
func migrationCount(t *testing.T) int {
	t.Helper()
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestSchemaGoesUpDownAndUp(t *testing.T) {
	db := openMigrated(t, postgrestest.NewDatabase(t))
	if err := db.Schema.Check(t.Context()); err != nil {
		t.Errorf("check after up: %v", err)
	}
	for range 2 {
		for range migrationCount(t) {
			if err := db.Schema.Down(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var tables int
		if err := db.pools[1].QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'`).Scan(&tables); err != nil || tables != 0 {
			t.Errorf("%d tables are left, %v", tables, err)
		}
		if err := db.Schema.Check(t.Context()); !errors.Is(err, sqlstore.ErrSchemaBehind) || db.Schema.Ready() {
			t.Errorf("check after down: %v", err)
		}
		if err := db.Schema.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyReplicasMigrateAtOnce(t *testing.T) {
	url := postgrestest.NewDatabase(t)
	var wg sync.WaitGroup
	for range 4 {
		db := opened(t, url)
		wg.Go(func() {
			if err := db.Schema.Up(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// cutOnce breaks the connection at the first statement that names a table.
type cutOnce struct {
	table string
	once  sync.Once
}

func (c *cutOnce) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.Contains(data.SQL, c.table) {
		c.once.Do(func() { conn.PgConn().Conn().Close() })
	}
	return ctx
}

func (c *cutOnce) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestMigrationCutOffSucceedsWhenTriedAgain(t *testing.T) {
	for _, table := range []string{"goose_lock", "goose_db_version", "interview_sessions"} {
		t.Run(table, func(t *testing.T) {
			config, err := pgx.ParseConfig(postgrestest.NewDatabase(t))
			if err != nil {
				t.Fatal(err)
			}
			config.Tracer = &cutOnce{table: table}
			db, err := open(config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Schema.Up(t.Context()); err != nil && !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("cut off: %v", err)
			}
			if err := db.Schema.Up(t.Context()); err != nil {
				t.Errorf("tried again: %v", err)
			}
		})
	}
}

func TestNothingConnectsBeforeTheSchemaIsReady(t *testing.T) {
	url := postgrestest.NewDatabase(t)
	openMigrated(t, url)
	db := opened(t, url)
	if _, err := db.FindUser(t.Context(), uuid.New()); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("find before: %v", err)
	}
	if err := db.Ping(t.Context()); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("ping before: %v", err)
	}
	if err := db.Schema.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("ping after: %v", err)
	}
}

// TestClientGoesAway holds the posting's row, so that the insert waits for it,
// and cancels the waiting caller.
func TestClientGoesAway(t *testing.T) {
	url := postgrestest.NewDatabase(t)
	db := openMigrated(t, url)
	user, posting := seed(t, db)
	session, err := domain.NewInterviewSession(uuid.New(), user, posting, time.UnixMicro(0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	holder, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close(context.Background())
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT 1 FROM job_postings WHERE user_id = $1 FOR UPDATE`, user); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	created := make(chan error)
	go func() { created <- db.CreateSession(ctx, session) }()
	const waiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%INSERT INTO interview_sessions%' AND pid <> pg_backend_pid() AND state = 'active' AND wait_event_type = 'Lock'`
	waitFor(t, holder, waiting, 1)
	cancel()
	if err := <-created; !errors.Is(err, context.Canceled) {
		t.Errorf("create: %v", err)
	}
	waitFor(t, holder, waiting, 0) // the server gave up too
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.FindSession(t.Context(), user, session.ID()); !errors.Is(err, domain.ErrSessionNotFound) {
		t.Errorf("find: %v", err)
	}

	// The same, but the deadline passes.
	if tx, err = holder.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `SELECT 1 FROM job_postings WHERE user_id = $1 FOR UPDATE`, user); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := db.CreateSession(ctx, session); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("create past its deadline: %v", err)
	}
}

// TestConnectionOutlivesACancelledTransaction has clients leave in the middle of
// their transactions: that must not cost a connection each time.
func TestConnectionOutlivesACancelledTransaction(t *testing.T) {
	db := openMigrated(t, postgrestest.NewDatabase(t))
	pool := db.pools[0]
	pool.SetMaxOpenConns(1)
	user, posting := seed(t, db)
	backend := func() (pid int) {
		if err := pool.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	before := backend()
	for range 10 {
		ctx, leave := context.WithCancel(t.Context())
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE job_postings SET title = 'half' WHERE user_id = $1", user); err != nil {
			t.Fatal(err)
		}
		leave()
		tx.Rollback() // or database/sql was first
	}
	if after := backend(); after != before {
		t.Errorf("the connection is another one")
	}
	if got, err := db.FindJobPosting(t.Context(), user, posting.ID); err != nil || got.Title != posting.Title {
		t.Errorf("the posting is %v, %v", got, err)
	}
}

// waitFor polls until a count is as wanted.
func waitFor(t *testing.T, conn *pgx.Conn, query string, want int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		var got int
		if err := conn.QueryRow(t.Context(), query).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		<-tick.C
	}
	t.Fatalf("%s never gave %d", query, want)
}

func TestServerAwayIsUnavailableAndComesBack(t *testing.T) {
	server := postgrestest.Start(t)
	db := openMigrated(t, server.URL("postgres"))
	user, posting := seed(t, db)

	server.Stop(t)
	calls := map[string]func() error{
		"ping": func() error { return db.Ping(t.Context()) },
		"find": func() error { _, err := db.FindUser(t.Context(), user); return err },
		"insert": func() error {
			_, err := app.StartSession{Postings: db, Sessions: db, Clock: time.Now}.Execute(t.Context(), user, posting.ID)
			return err
		},
		"transaction": func() error { return db.DeleteJobPosting(t.Context(), user, posting.ID) },
		"schema":      func() error { return db.Schema.Up(t.Context()) },
	}
	for name, call := range calls {
		for range 3 { // a broken connection first, then none
			if err := call(); !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("%s with the server stopped: %v", name, err)
			}
		}
	}

	server.Restart(t)
	for _, name := range []string{"ping", "find", "insert", "transaction"} {
		if err := calls[name](); err != nil {
			t.Errorf("%s with the server back: %v", name, err)
		}
	}
}

// TestStandbyIsUnavailableAndLeft moves the one address that the store knows
// from a primary to its standby and back.
func TestStandbyIsUnavailableAndLeft(t *testing.T) {
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	config, err := pgx.ParseConfig(primary.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	address := primary.Host()
	config.DialFunc = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	db, err := open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	address = standby.Host()
	user := domain.User{ID: uuid.New(), Email: "somebody@example.com", PasswordHash: "hash", CreatedAt: time.Now().UTC()}
	for range 2 {
		if err := db.CreateUser(t.Context(), user); !errors.Is(err, domain.ErrUnavailable) || errors.Is(err, domain.ErrOutcomeUnknown) {
			t.Errorf("on the standby: %v", err)
		}
	}
	address = primary.Host()
	if err := db.CreateUser(t.Context(), user); err != nil {
		t.Errorf("back on the primary: %v", err)
	}
}

func TestWrongSettingsAreNotWaitedFor(t *testing.T) {
	url := postgrestest.NewDatabase(t)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.Database = "no_such_database"
	db, err := open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Schema.Up(t.Context()); err == nil || errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("unknown database: %v", err)
	}
	if classifyAtStart(&pgconn.PgError{Code: "28P01"}) != sqlstore.Other {
		t.Error("a refused password is waited for")
	}
}

func TestClassify(t *testing.T) {
	for _, test := range []struct {
		err  error
		want sqlstore.Class
	}{
		{&pgconn.PgError{Code: "23505"}, sqlstore.Duplicate},
		{&pgconn.PgError{Code: "23503"}, sqlstore.MissingParent},
		{&pgconn.PgError{Code: "08006"}, sqlstore.Lost},
		{&pgconn.PgError{Code: "57P01"}, sqlstore.Lost},
		{&pgconn.PgError{Code: "57P02"}, sqlstore.Lost},
		{&pgconn.PgError{Code: "57P03"}, sqlstore.Unavailable},
		{&pgconn.PgError{Code: "53100"}, sqlstore.Unavailable},
		{&pgconn.PgError{Code: "53300"}, sqlstore.Unavailable},
		{&pgconn.PgError{Code: "23514"}, sqlstore.Other},
		{&pgconn.PgError{Code: "42P01"}, sqlstore.Other},
		{&pgconn.PgError{Code: "57014"}, sqlstore.Unavailable},
		{&pgconn.PgError{Code: "55P03"}, sqlstore.Locked},
		{&pgconn.PgError{Code: "25P02"}, sqlstore.Conflict},
		{&pgconn.PgError{Code: "25006"}, sqlstore.Unavailable},
		{&pgconn.PgError{Code: "40001"}, sqlstore.Conflict},
		{&pgconn.PgError{Code: "40P01"}, sqlstore.Conflict},
		{&pgconn.PgError{Code: "40003"}, sqlstore.Lost},
		{&pgconn.ConnectError{}, sqlstore.Unavailable},
		{io.ErrUnexpectedEOF, sqlstore.Lost},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, sqlstore.Lost},
		{context.DeadlineExceeded, sqlstore.Unavailable},
		{errNotReady, sqlstore.Unavailable},
		{errors.New("anything else"), sqlstore.Other},
	} {
		if got := classify(fmt.Errorf("wrapped: %w", test.err)); got != test.want {
			t.Errorf("%T %q: %v, want %v", test.err, sqlState(test.err), got, test.want)
		}
	}
}

// deafConn breaks once a commit was sent on it, before the answer is heard.
type deafConn struct {
	net.Conn
	armed *atomic.Bool
	deaf  bool
}

func (c *deafConn) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("commit")) && c.armed.CompareAndSwap(true, false) {
		c.deaf = true
	}
	return c.Conn.Write(p)
}

func (c *deafConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.deaf {
		c.Conn.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func TestConnectionLostAtCommitIsUnknown(t *testing.T) {
	config, err := pgx.ParseConfig(postgrestest.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	var armed atomic.Bool
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &deafConn{Conn: conn, armed: &armed}, err
	}
	db, err := open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	owner, posting := seed(t, db)

	armed.Store(true)
	if err := db.DeleteJobPosting(t.Context(), owner, posting.ID); !errors.Is(err, domain.ErrOutcomeUnknown) || armed.Load() {
		t.Errorf("without a key: %v", err)
	}
	if _, err := db.FindJobPosting(t.Context(), owner, posting.ID); !errors.Is(err, domain.ErrJobPostingNotFound) {
		t.Errorf("the commit was not done: %v", err)
	}

	armed.Store(true)
	now, worked := time.Now(), 0
	key := domain.IdempotencyKey{UserID: owner, Method: "POST", Path: "/", Key: "k"}
	reply, replayed, err := db.RunOnce(t.Context(), key, now, now.Add(-time.Hour), func(context.Context) (domain.Reply, error) {
		worked++
		return domain.Reply{Status: 201}, nil
	})
	if err != nil || reply.Status != 201 || !replayed || worked != 1 || armed.Load() {
		t.Errorf("with a key: %+v, replayed %v, worked %d times, %v", reply, replayed, worked, err)
	}
}

func TestInjectedConflicts(t *testing.T) {
	config, err := pgx.ParseConfig(postgrestest.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	openMigrated(t, config.ConnString())
	injector := new(conflicttest.Injector)
	pool := sql.OpenDB(injector.Wrap(stdlib.GetConnector(*config)))
	t.Cleanup(func() { pool.Close() })
	engine := engineOn(sqlx.NewDb(pool, "pgx"))
	conflicttest.Run(t, conflicttest.Database{
		Store: sqlstore.New(engine), Injector: injector,
		Conflicts: []error{&pgconn.PgError{Code: "40001"}, &pgconn.PgError{Code: "40P01"}}, Lost: io.ErrUnexpectedEOF})
}

// TestConflictsAreRepeated gives each transaction a snapshot, in which it may
// not change what another has changed since: of two that touch one row, one is
// refused with 40001.
func TestConflictsAreRepeated(t *testing.T) {
	address, err := url.Parse(postgrestest.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("default_transaction_isolation", "serializable")
	address.RawQuery = query.Encode()
	db := openMigrated(t, address.String())
	ctx, now := t.Context(), time.Now().UTC()
	user := domain.User{ID: uuid.New(), Email: "somebody@example.com", PasswordHash: "hash", CreatedAt: now}
	session := domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user.ID,
		Status: domain.SessionActive, RetakeNumber: 1, CreatedAt: now, UpdatedAt: now})
	if err := errors.Join(db.CreateUser(ctx, user), db.CreateSession(ctx, session)); err != nil {
		t.Fatal(err)
	}
	const answers = 4 // each conflict means that another one is stored
	errs := make(chan error, answers)
	for i := range answers {
		go func() {
			_, err := db.CreateAnswer(ctx, domain.Message{ID: uuid.New(), UserID: user.ID, SessionID: session.ID(),
				Type: domain.MessageAnswer, Content: strconv.Itoa(i), CreatedAt: now})
			errs <- err
		}()
	}
	for range answers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	messages, err := db.ListMessages(ctx, user.ID, session.ID(), nil, 0)
	if err != nil || len(messages) != answers || messages[answers-1].Seq != answers {
		t.Errorf("messages are %+v, %v", messages, err)
	}
}

func TestOpenDoesNotRepeatThePassword(t *testing.T) {
	_, err := Open("postgres://user:hunter2@localhost:notaport/db")
	if err == nil {
		t.Fatal("a URL with a bad port was taken")
	}
	if got := err.Error(); strings.Contains(got, "hunter2") {
		t.Errorf("the error is %q", got)
	}
}

func opened(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func openMigrated(t *testing.T, url string) *DB {
	t.Helper()
	db := opened(t, url)
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// seed stores a user with a posting.
func seed(t *testing.T, db *DB) (uuid.UUID, domain.JobPosting) {
	t.Helper()
	now := time.UnixMicro(0).UTC()
	user := domain.User{ID: uuid.New(), Email: uuid.NewString() + "@example.com", CreatedAt: now, UpdatedAt: now}
	posting, err := domain.NewJobPosting(uuid.New(), user.ID, domain.JobPostingDraft{Title: "t", Description: "d"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if err := db.CreateJobPosting(t.Context(), posting); err != nil {
		t.Fatal(err)
	}
	return user.ID, posting
}
