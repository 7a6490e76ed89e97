package torture

import (
	"net/http"
	"slices"
	"sync"
	"testing"
)

// marks finds, for each kind of create, the mark in each row, and its id.
var marks = map[string]string{
	"posting":  `SELECT title, id FROM job_postings`,
	"session":  `SELECT job_posting_id, id FROM interview_sessions WHERE job_posting_id IS NOT NULL AND original_session_id IS NULL`,
	"answer":   `SELECT content, id FROM session_messages WHERE message_type = 'answer'`,
	"question": `SELECT session_id, id FROM operations WHERE operation_type = 'question_generation' AND parent_operation_id IS NULL`,
}

// rows reads the ids of the rows of a kind, by their marks, from the database
// itself.
func (d database) rows(t testing.TB, kind string) map[string][]string {
	t.Helper()
	rows, err := d.open(t).Query(marks[kind])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	ids := map[string][]string{}
	for rows.Next() {
		var mark, id string
		if err := rows.Scan(&mark, &id); err != nil {
			t.Fatal(err)
		}
		ids[mark] = append(ids[mark], id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// counts is what became of the creates of a record.
type counts struct {
	acknowledged, found, duplicated, lost int
	// stored is how many rows there are of what was refused: none, if a refusal
	// can be trusted.
	stored int
}

// count looks each create up in the database.
func (r *record) count(t testing.TB, db database) (n counts) {
	t.Helper()
	all := map[string]map[string][]string{}
	for kind := range marks {
		all[kind] = db.rows(t, kind)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.creates {
		ids := all[c.kind][c.mark]
		if len(ids) > 1 {
			n.duplicated++
		}
		switch {
		case c.fate == acknowledged:
			n.acknowledged++
			if slices.Contains(ids, c.id) {
				n.found++
			} else {
				n.lost++
			}
		case c.fate == refused && c.tries == 1:
			n.stored += len(ids)
		}
	}
	return n
}

// check holds a record against the database and the API of a service: nothing
// that was acknowledged is lost, nothing is there twice, nothing that was
// refused was done, and no client saw what none may see. It returns a row for
// the table.
func (r *record) check(t testing.TB, db database, s *service, token string) result {
	t.Helper()
	n := r.count(t, db)
	if n.acknowledged == 0 {
		t.Error("nothing was acknowledged: nothing was tested")
	}
	if n.lost > 0 || n.duplicated > 0 || n.stored > 0 {
		t.Errorf("of %d acknowledged %d are lost; %d are there twice; %d were refused and yet stored",
			n.acknowledged, n.lost, n.duplicated, n.stored)
	}
	for problem, times := range r.problems {
		t.Errorf("%d times: %s", times, problem)
	}
	checkOperations(t, db)
	if missing := r.missingInAPI(t, s, token); missing > 0 {
		t.Errorf("%d acknowledged sessions are not in the API", missing)
	}
	return result{acknowledged: n.acknowledged, found: n.found, duplicated: n.duplicated, lost: n.lost}
}

// checkOperations waits until the service, or another, is done with every
// operation, and wants each question once.
func checkOperations(t testing.TB, db database) {
	t.Helper()
	conn := db.open(t)
	number := func(query string) (n int) {
		t.Helper()
		if err := conn.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	eventually(t, func() bool {
		return number(`SELECT count(*) FROM operations WHERE status IN ('pending', 'processing')`) == 0
	})
	if n := number(`SELECT count(*) FROM operations WHERE status = 'failed'`); n > 0 {
		t.Errorf("%d operations failed", n)
	}
	var asked, completed int // in one statement, since more may come
	if err := conn.QueryRow(`SELECT (SELECT count(*) FROM session_messages WHERE message_type = 'question'),
		(SELECT count(*) FROM operations WHERE status = 'completed' AND operation_type = 'question_generation')`).Scan(&asked, &completed); err != nil {
		t.Fatal(err)
	}
	if asked != completed {
		t.Errorf("%d operations are completed, %d questions are there", completed, asked)
	}
}

// missingInAPI asks the service for the acknowledged sessions, at most 1000.
func (r *record) missingInAPI(t testing.TB, s *service, token string) (missing int) {
	t.Helper()
	var ids []string
	for _, c := range r.creates {
		if c.kind == "session" && c.fate == acknowledged {
			ids = append(ids, c.id)
		}
	}
	var (
		mu      sync.Mutex
		working sync.WaitGroup
	)
	for part := range slices.Chunk(ids[:min(len(ids), 1000)], 125) {
		working.Go(func() {
			for _, id := range part {
				req, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/api/v1/sessions/"+id, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					mu.Lock()
					missing++
					mu.Unlock()
				}
			}
		})
	}
	working.Wait()
	return missing
}
