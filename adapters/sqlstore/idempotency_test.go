package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var (
	errLost = errors.New("the connection broke")
	errDown = errors.New("the server is down")
)

// failing is a database that takes every statement. What its transactions come
// to is said beforehand: a begin takes the next of begins, a commit the next
// of commits; without one, they go well.
type failing struct{ begins, commits []error }

func (f *failing) next(list *[]error) (err error) {
	if len(*list) > 0 {
		err, *list = (*list)[0], (*list)[1:]
	}
	return err
}

func (f *failing) Connect(context.Context) (driver.Conn, error) { return f, nil }
func (f *failing) Driver() driver.Driver                        { return nil }
func (f *failing) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("not prepared for that")
}
func (f *failing) Close() error              { return nil }
func (f *failing) Begin() (driver.Tx, error) { return f, f.next(&f.begins) }
func (f *failing) Commit() error             { return f.next(&f.commits) }
func (f *failing) Rollback() error           { return nil }

func (f *failing) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(1), nil
}

func TestRunOnceKnowsWhatItDoesNotKnow(t *testing.T) {
	refused := domain.ErrSessionNotFound
	for _, test := range []struct {
		name     string
		database failing
		work     []error // what it comes to each time
		want     error
	}{
		{"a lost commit, then a good one", failing{commits: []error{errLost}}, []error{nil, nil}, nil},
		{"a lost commit, then no server", failing{begins: []error{nil, errDown}, commits: []error{errLost}}, []error{nil}, domain.ErrOutcomeUnknown},
		{"nothing but lost commits", failing{commits: []error{errLost, errLost, errLost, errLost, errLost, errLost}},
			[]error{nil, nil, nil, nil, nil, nil}, domain.ErrOutcomeUnknown},
		{"a lost commit, then refused work: the key was still free", failing{commits: []error{errLost}}, []error{nil, refused}, refused},
		{"no server", failing{begins: []error{errDown}}, nil, domain.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := sqlx.NewDb(sql.OpenDB(&test.database), "failing")
			defer db.Close()
			s := New(Engine{Write: db, Read: db, EncodeTime: func(t time.Time) any { return t }, Classify: func(err error) Class {
				switch {
				case errors.Is(err, errLost):
					return Lost
				case errors.Is(err, errDown):
					return Unavailable
				}
				return Other
			}})
			calls := 0
			_, _, err := s.RunOnce(t.Context(), domain.IdempotencyKey{}, time.Now(), time.Now(), func(context.Context) (domain.Reply, error) {
				calls++
				return domain.Reply{Status: 201}, test.work[calls-1]
			})
			if !errors.Is(err, test.want) || test.want == domain.ErrUnavailable && errors.Is(err, domain.ErrOutcomeUnknown) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
			if calls != len(test.work) {
				t.Errorf("the work was done %d times, want %d", calls, len(test.work))
			}
		})
	}
}
