// Package schematest checks what a schema must refuse and allow by itself,
// whatever the program does. Each SQL engine runs it on its own schema.
package schematest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
)

// Database is a migrated database and what differs between the engines.
type Database struct {
	*sqlx.DB   // may write
	Store      *sqlstore.Store
	EncodeTime sqlstore.TimeEncoder
	Classify   func(error) sqlstore.Class
}

// Run runs the checks, each on accounts of its own.
func Run(t *testing.T, db Database) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Database)
	}{
		{"TakesTheContractsColumns", takesContractColumns},
		{"RefusesASessionOnAnothersPosting", refusesAnothersPosting},
		{"RefusesARetakeOfAnothersSession", refusesAnothersOriginal},
		{"RefusesToDeleteAPostingInUse", refusesDeleteInUse},
		{"DeletesAllOfAUser", deletesAllOfUser},
		{"RefusesValuesOutOfRange", refusesValues},
		{"RefusesTheSameEmailTwice", refusesSameEmail},
		{"RefusesASecondOfWhatThereIsOneOf", refusesSecond},
		{"RefusesRowsOfAnothersSession", refusesAnothersSession},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, db) })
	}
}

// row is the columns of a table with their values.
type row map[string]any

func (db Database) insert(table string, r row) error {
	var columns, places []string
	var values []any
	for column, value := range r {
		columns, values = append(columns, column), append(values, value)
		places = append(places, fmt.Sprintf("$%d", len(values)))
	}
	_, err := db.Exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(places, ", ")), values...)
	return err
}

func (db Database) mustInsert(t *testing.T, table string, r row) row {
	t.Helper()
	if err := db.insert(table, r); err != nil {
		t.Fatalf("insert into %s: %v", table, err)
	}
	return r
}

// user, posting and session are rows with just the columns that the wire
// contract lists (and the owner).
func (db Database) user() row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "email": uuid.NewString() + "@example.com", "hashed_password": "$2b$12$anything",
		"encrypted_api_key": nil, "created_at": now, "updated_at": now}
}

func (db Database) posting(user row) row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "user_id": user["id"], "title": "Engineer", "company": nil, "description": "Build",
		"experience_level": nil, "tech_stack": nil, "created_at": now, "updated_at": now}
}

func (db Database) session(posting row) row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "user_id": posting["user_id"], "job_posting_id": posting["id"], "status": "active",
		"current_question_number": 0, "original_session_id": nil, "created_at": now, "updated_at": now}
}

// resume, message, operation and feedback likewise.
func (db Database) resume(user row) row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "user_id": user["id"], "content": "I build.", "created_at": now, "updated_at": now}
}

func (db Database) message(session row) row {
	return row{"id": uuid.New(), "user_id": session["user_id"], "session_id": session["id"], "message_type": "question",
		"content": "Why?", "question_type": "technical", "created_at": db.EncodeTime(time.Now())}
}

func (db Database) operation(session row) row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "user_id": session["user_id"], "session_id": session["id"], "operation_type": "question_generation",
		"status": "failed", "result": nil, "error_message": "No.", "parent_operation_id": nil, "created_at": now, "updated_at": now}
}

func (db Database) feedback(session row) row {
	now := db.EncodeTime(time.Now())
	return row{"id": uuid.New(), "user_id": session["user_id"], "session_id": session["id"],
		"technical_accuracy_score": 0, "communication_clarity_score": 100, "problem_solving_score": 50, "relevance_score": 50,
		"overall_score": 50, "technical_feedback": "a", "communication_feedback": "b", "problem_solving_feedback": "c",
		"relevance_feedback": "d", "overall_comments": nil, "knowledge_gaps": "[]", "learning_recommendations": "[]",
		"created_at": now, "updated_at": now}
}

func (db Database) count(t *testing.T, table string, user row) (n int) {
	t.Helper()
	if err := db.Get(&n, "SELECT count(*) FROM "+table+" WHERE user_id = $1", user["id"]); err != nil {
		t.Fatal(err)
	}
	return n
}

func (db Database) wants(t *testing.T, what string, err error, want sqlstore.Class) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: allowed", what)
	} else if got := db.Classify(err); got != want {
		t.Errorf("%s: class %v, want %v: %v", what, got, want, err)
	}
}

func takesContractColumns(t *testing.T, db Database) {
	user := db.mustInsert(t, "users", db.user())
	posting := db.mustInsert(t, "job_postings", db.posting(user))
	session := db.mustInsert(t, "interview_sessions", db.session(posting))

	null := db.posting(user)
	null["tech_stack"] = "null"
	db.mustInsert(t, "job_postings", null)
	if got, err := db.Store.FindJobPosting(t.Context(), user["id"].(uuid.UUID), null["id"].(uuid.UUID)); err != nil || got.TechStack == nil {
		t.Errorf("a stack of JSON null reads %v, %v", got.TechStack, err)
	}

	db.mustInsert(t, "session_messages", db.message(session))
	db.mustInsert(t, "operations", db.operation(session))
	db.mustInsert(t, "interview_feedbacks", db.feedback(session))
	messages, err := db.Store.ListMessages(t.Context(), user["id"].(uuid.UUID), session["id"].(uuid.UUID), nil, 0)
	if err != nil || len(messages) != 1 || messages[0].Seq != 0 {
		t.Errorf("a message without a place reads %+v, %v", messages, err)
	}

	got, err := db.Store.FindSessionDetail(t.Context(), user["id"].(uuid.UUID), session["id"].(uuid.UUID))
	if err != nil {
		t.Fatal(err)
	}
	if state := got.Session.State(); state.RetakeNumber != 1 {
		t.Errorf("retake_number defaults to %d, want 1", state.RetakeNumber)
	}
	if got.Posting.Language != "en" || got.Posting.TechStack == nil || len(got.Posting.TechStack) != 0 {
		t.Errorf("language defaults to %q and a NULL stack reads %v", got.Posting.Language, got.Posting.TechStack)
	}
}

func refusesSecond(t *testing.T, db Database) {
	user := db.mustInsert(t, "users", db.user())
	posting := db.mustInsert(t, "job_postings", db.posting(user))
	session := db.mustInsert(t, "interview_sessions", db.session(posting))
	attempt := func() row {
		r := db.session(posting)
		r["original_session_id"], r["retake_number"] = session["id"], 2
		return r
	}
	message := func() row {
		r := db.message(session)
		r["seq"] = 1
		return r
	}
	for table, make := range map[string]func() row{
		"resumes":             func() row { return db.resume(user) },
		"interview_feedbacks": func() row { return db.feedback(session) },
		"interview_sessions":  attempt,
		"session_messages":    message,
	} {
		db.mustInsert(t, table, make())
		db.wants(t, "a second in "+table, db.insert(table, make()), sqlstore.Duplicate)
	}
}

func refusesAnothersSession(t *testing.T, db Database) {
	owner, thief := db.mustInsert(t, "users", db.user()), db.mustInsert(t, "users", db.user())
	session := db.mustInsert(t, "interview_sessions", db.session(db.mustInsert(t, "job_postings", db.posting(owner))))
	for table, r := range map[string]row{
		"session_messages":    db.message(session),
		"operations":          db.operation(session),
		"interview_feedbacks": db.feedback(session),
	} {
		r["user_id"] = thief["id"]
		db.wants(t, table, db.insert(table, r), sqlstore.MissingParent)
	}
}

func refusesAnothersPosting(t *testing.T, db Database) {
	owner, thief := db.mustInsert(t, "users", db.user()), db.mustInsert(t, "users", db.user())
	session := db.session(db.mustInsert(t, "job_postings", db.posting(owner)))
	session["user_id"] = thief["id"]
	db.wants(t, "insert", db.insert("interview_sessions", session), sqlstore.MissingParent)
}

func refusesAnothersOriginal(t *testing.T, db Database) {
	owner, thief := db.mustInsert(t, "users", db.user()), db.mustInsert(t, "users", db.user())
	original := db.mustInsert(t, "interview_sessions", db.session(db.mustInsert(t, "job_postings", db.posting(owner))))
	retake := db.session(db.mustInsert(t, "job_postings", db.posting(thief)))
	retake["original_session_id"], retake["retake_number"] = original["id"], 2
	db.wants(t, "insert", db.insert("interview_sessions", retake), sqlstore.MissingParent)
}

func refusesDeleteInUse(t *testing.T, db Database) {
	user := db.mustInsert(t, "users", db.user())
	posting := db.mustInsert(t, "job_postings", db.posting(user))
	db.mustInsert(t, "interview_sessions", db.session(posting))
	_, err := db.Exec("DELETE FROM job_postings WHERE user_id = $1 AND id = $2", user["id"], posting["id"])
	db.wants(t, "delete", err, sqlstore.MissingParent)
}

func deletesAllOfUser(t *testing.T, db Database) {
	gone, stays := db.mustInsert(t, "users", db.user()), db.mustInsert(t, "users", db.user())
	for _, user := range []row{gone, stays} {
		posting := db.mustInsert(t, "job_postings", db.posting(user))
		original := db.mustInsert(t, "interview_sessions", db.session(posting))
		retake := db.session(posting)
		retake["original_session_id"], retake["retake_number"] = original["id"], 2
		db.mustInsert(t, "interview_sessions", retake)
		db.mustInsert(t, "resumes", db.resume(user))
		db.mustInsert(t, "session_messages", db.message(original))
		db.mustInsert(t, "interview_feedbacks", db.feedback(original))
		retried := db.operation(original)
		retried["parent_operation_id"] = db.mustInsert(t, "operations", db.operation(original))["id"]
		db.mustInsert(t, "operations", retried)
	}
	if _, err := db.Exec("DELETE FROM users WHERE id = $1", gone["id"]); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"job_postings": 1, "interview_sessions": 2, "resumes": 1, "session_messages": 1,
		"interview_feedbacks": 1, "operations": 2} {
		if n := db.count(t, table, gone); n != 0 {
			t.Errorf("%d rows of the deleted user are left in %s", n, table)
		}
		if n := db.count(t, table, stays); n != want {
			t.Errorf("the other user has %d rows in %s, want %d", n, table, want)
		}
	}
}

func refusesValues(t *testing.T, db Database) {
	user := db.mustInsert(t, "users", db.user())
	posting := db.mustInsert(t, "job_postings", db.posting(user))
	session := db.mustInsert(t, "interview_sessions", db.session(posting))
	for _, bad := range []struct {
		table, column string
		value         any
	}{
		{"users", "email", strings.Repeat("é", 255)},
		{"job_postings", "title", ""},
		{"job_postings", "title", strings.Repeat("é", 256)},
		{"job_postings", "company", strings.Repeat("é", 256)},
		{"job_postings", "description", ""},
		{"job_postings", "description", strings.Repeat("é", 10_001)},
		{"job_postings", "experience_level", strings.Repeat("é", 51)},
		{"job_postings", "tech_stack", "not JSON"},
		{"job_postings", "language", "fr"},
		{"interview_sessions", "status", "started"},
		{"interview_sessions", "status", ""},
		{"interview_sessions", "current_question_number", -1},
		{"interview_sessions", "retake_number", 0},
		{"interview_sessions", "message_seq", -1},
		{"resumes", "content", ""},
		{"resumes", "content", strings.Repeat("é", 50_001)},
		{"session_messages", "seq", 0},
		{"session_messages", "message_type", "remark"},
		{"session_messages", "question_type", "easy"},
		{"operations", "operation_type", "guess"},
		{"operations", "status", "lost"},
		{"operations", "status", "completed"}, // without a result
		{"operations", "result", "not JSON"},
		{"operations", "retry_count", -1},
		{"operations", "attempts", -1},
		{"interview_feedbacks", "overall_score", 101},
		{"interview_feedbacks", "relevance_score", -1},
		{"interview_feedbacks", "knowledge_gaps", "not JSON"},
	} {
		r := map[string]func() row{
			"users":               db.user,
			"job_postings":        func() row { return db.posting(user) },
			"interview_sessions":  func() row { return db.session(posting) },
			"resumes":             func() row { return db.resume(user) },
			"session_messages":    func() row { return db.message(session) },
			"operations":          func() row { return db.operation(session) },
			"interview_feedbacks": func() row { return db.feedback(session) },
		}[bad.table]()
		r[bad.column] = bad.value
		db.wants(t, fmt.Sprintf("%s.%s", bad.table, bad.column), db.insert(bad.table, r), sqlstore.Other)
	}
	limit := db.posting(user)
	limit["title"], limit["company"] = strings.Repeat("é", 255), strings.Repeat("é", 255)
	limit["description"], limit["experience_level"] = strings.Repeat("é", 10_000), strings.Repeat("é", 50)
	db.mustInsert(t, "job_postings", limit)
}

func refusesSameEmail(t *testing.T, db Database) {
	second := db.user()
	second["email"] = db.mustInsert(t, "users", db.user())["email"]
	db.wants(t, "insert", db.insert("users", second), sqlstore.Duplicate)
}
