package torture

import (
	"strings"
	"testing"
)

// TestCountFindsWhatIsWrong takes a row away and doubles another behind the
// back of the service: a check that cannot fail proves nothing.
func TestCountFindsWhatIsWrong(t *testing.T) {
	db := newSQLite(t)
	s := newService(t, db.env())
	s.start(t)
	traffic := load{base: s.base, token: s.signUp(t), clients: 2}.begin(t)
	awaitWork(t, traffic, 20)
	record := traffic.stop()
	n := record.count(t, db)
	if want := record.acknowledged(); n != (counts{acknowledged: want, found: want}) {
		t.Errorf("before: %+v, %d acknowledged", n, want)
	}

	var postings []create
	for _, c := range record.creates {
		if c.kind == "posting" {
			postings = append(postings, c)
		}
	}
	lost, doubled, refusal := postings[0], postings[1], postings[2]
	conn := db.open(t)
	for _, statement := range []string{
		`UPDATE job_postings SET title = 'another' WHERE title = '` + lost.mark + `'`,
		`INSERT INTO job_postings (user_id, id, title, description, created_at, updated_at)
		 SELECT user_id, 'a copy', title, description, created_at, updated_at FROM job_postings WHERE title = '` + doubled.mark + `'`,
	} {
		if result, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		} else if changed, _ := result.RowsAffected(); changed != 1 {
			t.Fatalf("%d rows changed", changed)
		}
	}
	for i, c := range record.creates {
		if c.mark == refusal.mark {
			record.creates[i].fate = refused
		}
	}
	want := counts{acknowledged: n.acknowledged - 1, found: n.found - 2, duplicated: 1, lost: 1, stored: 1}
	if got := record.count(t, db); got != want {
		t.Errorf("after: %+v, want %+v", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	got := markdown([][]string{{"a", "long head"}, {"längst", "b"}})
	want := "| a      | long head |\n| ------ | --------- |\n| längst | b         |\n"
	if got != want {
		t.Errorf("the table is\n%s, want\n%s", strings.ReplaceAll(got, "\n", "·\n"), want)
	}
}
