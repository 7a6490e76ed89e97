package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

type growthCommand struct {
	windowSetting
	Others int `default:"10000000" placeholder:"N" help:"How many sessions of other users there are in the end (${default})."`
	Own    int `default:"10000" placeholder:"N" help:"How many sessions each user has who creates (${default})."`
	Listed int `default:"100000" placeholder:"N" help:"How many sessions the user has of whom a page is listed (${default})."`
}

const (
	growthConnections = 16
	// growthUsers create, 16 of them, so that many own sessions are not many rows
	// besides.
	growthUsers = 16
	// otherUsers share the sessions of others.
	otherUsers = 10_000
	page       = 50
	pageCalls  = 300
)

// state is what a create costs on tables of some size.
type state struct {
	Name       string
	Runs       []measured
	Statements float64 // a create
	// SelectBuffers and InsertBuffers are pages of 8 KiB that one statement looks
	// at, in memory or not; those of its foreign keys included.
	SelectBuffers, InsertBuffers float64
}

func (s state) cpu() float64 {
	return median(s.Runs, func(m measured) float64 { return m.ServerCPU + m.DatabaseCPU })
}

// listed is what a page of 50 costs whose user has so many sessions.
type listed struct {
	Own       int
	P50       float64 // milliseconds, over HTTP
	Buffers   float64
	Statement float64 // statements a page
}

// grown is what was measured of growth.
type grown struct {
	Setup
	Others, Own, Listed int
	States              []state
	Pages               []listed
}

func (c *growthCommand) measure(ctx context.Context) (*grown, error) {
	all := &grown{Setup: c.setup(), Others: c.Others, Own: c.Own, Listed: c.Listed}
	return all, inWorkshop(ctx, func(binary string) error {
		db, err := startPostgreSQL(ctx, binary, "shared_preload_libraries=pg_stat_statements")
		if err != nil {
			return err
		}
		defer db.remove(context.WithoutCancel(ctx))
		if err := db.exec(ctx, "CREATE EXTENSION pg_stat_statements"); err != nil {
			return err
		}
		if err := db.db.QueryRow(ctx, "SHOW server_version").Scan(&all.PostgreSQLVersion); err != nil {
			return err
		}
		for _, s := range []struct {
			name string
			fill func() error
		}{
			{"empty", func() error { return nil }},
			{fmt.Sprintf("%d own sessions of each user", c.Own), func() error { return db.fillOwn(ctx, growthUsers, c.Own) }},
			{fmt.Sprintf("%d sessions of others", c.Others), func() error { return db.fillOthers(ctx, c.Others) }},
		} {
			fmt.Println("filling:", s.name)
			measured, err := c.state(ctx, db, binary, s.name, s.fill)
			if err != nil {
				return err
			}
			all.States = append(all.States, measured)
		}
		// Others are still there: the page is one of a large table.
		all.Pages, err = c.pages(ctx, db, binary)
		return err
	})
}

// state measures creates on tables that are filled anew. What a round creates is
// there in the next, which is little beside what was filled in; only the empty
// table is emptied again.
func (c *growthCommand) state(ctx context.Context, db *postgreSQL, binary, name string, fill func() error) (state, error) {
	s := state{Name: name}
	prepare := func() error {
		return errors.Join(db.clear(ctx), fill(), db.exec(ctx, "VACUUM ANALYZE", "CHECKPOINT"))
	}
	if err := prepare(); err != nil {
		return s, err
	}
	for round := range c.Rounds {
		if round > 0 && name == "empty" {
			if err := prepare(); err != nil {
				return s, err
			}
		}
		if err := db.exec(ctx, "SELECT pg_stat_statements_reset()"); err != nil {
			return s, err
		}
		m, err := measureService(ctx, c.window(), binary, db.url, db.PID(), growthConnections, growthUsers, db.count)
		if err != nil {
			return s, err
		}
		fmt.Printf("round %d, %s: %s\n", round+1, name, m)
		s.Runs = append(s.Runs, m)
	}
	selects, selectBuffers, err := db.statements(ctx, "%FROM job_postings WHERE user_id = $1 AND id = $2%")
	if err != nil {
		return s, err
	}
	inserts, insertBuffers, err := db.statements(ctx, "%INSERT INTO interview_sessions%VALUES%")
	if err != nil {
		return s, err
	}
	s.SelectBuffers, s.InsertBuffers = selectBuffers/selects, insertBuffers/inserts
	var all float64
	// All that is not of this program: checks at start and what sweeps are little
	// beside the creates, but a third statement of each would be seen.
	if err := db.db.QueryRow(ctx, `SELECT sum(calls)::float8 FROM pg_stat_statements
 WHERE query ~ '^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)' AND query !~ 'pg_stat_|^SELECT count\(\*\) FROM interview_sessions$'`).Scan(&all); err != nil {
		return s, err
	}
	s.Statements = all / inserts
	return s, nil
}

// statements returns how often statements of a form were run since the last
// reset, and how many pages they looked at.
func (p *postgreSQL) statements(ctx context.Context, form string) (calls, buffers float64, err error) {
	err = p.db.QueryRow(ctx, `SELECT coalesce(sum(calls), 0)::float8, coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8
  FROM pg_stat_statements WHERE query LIKE $1 AND query NOT LIKE '%generate_series%'`, form).Scan(&calls, &buffers)
	if err == nil && calls == 0 {
		err = fmt.Errorf("no statement like %q was seen", form)
	}
	return calls, buffers, err
}

// fillOwn gives each of the first users so many sessions, one an hour.
func (p *postgreSQL) fillOwn(ctx context.Context, users, each int) error {
	return p.fillSessions(ctx, 0, users, each)
}

func (p *postgreSQL) fillSessions(ctx context.Context, first, users, each int) error {
	return p.exec(ctx, "SET session_replication_role = replica", // no foreign keys: they hold by themselves
		fmt.Sprintf(`INSERT INTO interview_sessions (user_id, id, job_posting_id, status, current_question_number, retake_number, created_at, updated_at)
SELECT ('00000000-0000-4000-8000-' || %d + u)::uuid, gen_random_uuid(), ('00000000-0000-4000-9000-' || %[1]d + %d * u)::uuid,
       'completed', 5, 1, now() - s * interval '1 hour', now()
  FROM generate_series(1, %d) s, generate_series(%d, %d) u`, firstNumber, postingsPerUser, each, first, first+users-1),
		"SET session_replication_role = DEFAULT")
}

// fillOthers gives users who take no part so many sessions in all.
func (p *postgreSQL) fillOthers(ctx context.Context, sessions int) error {
	err := p.exec(ctx,
		fmt.Sprintf(`INSERT INTO users (id, email, hashed_password, created_at, updated_at)
SELECT ('00000000-0000-4000-8000-' || %d + u)::uuid, u || '@example.com', '', now(), now() FROM generate_series(%d, %d) u`,
			firstNumber, users, users+otherUsers-1),
		fmt.Sprintf(`INSERT INTO job_postings (user_id, id, title, description, created_at, updated_at)
SELECT ('00000000-0000-4000-8000-' || %d + u)::uuid, ('00000000-0000-4000-9000-' || %[1]d + %d * u)::uuid, 'Backend engineer', 'We look for somebody.', now(), now()
  FROM generate_series(%d, %d) u`, firstNumber, postingsPerUser, users, users+otherUsers-1))
	return errors.Join(err, p.fillSessions(ctx, users, otherUsers, sessions/otherUsers))
}

// pages lists the newest 50 sessions of a user who has 50, and of one who has
// many, in turn.
func (c *growthCommand) pages(ctx context.Context, db *postgreSQL, binary string) ([]listed, error) {
	few, many := growthUsers, growthUsers+1
	all := []listed{{Own: page}, {Own: c.Listed}}
	if err := errors.Join(db.fillSessions(ctx, few, 1, page), db.fillSessions(ctx, many, 1, c.Listed), db.exec(ctx, "VACUUM ANALYZE", "CHECKPOINT")); err != nil {
		return nil, err
	}
	s, err := startService(ctx, binary, db.url, defaultRequests)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	l, err := newLoad(s.base, 1, users)
	if err != nil {
		return nil, err
	}
	defer l.close()
	took := make([][]time.Duration, len(all))
	for range pageCalls {
		for i, user := range []int{few, many} {
			begin := time.Now()
			if err := l.list(ctx, user); err != nil {
				return nil, err
			}
			took[i] = append(took[i], time.Since(begin))
		}
	}
	for i, user := range []int{few, many} {
		slices.Sort(took[i])
		all[i].P50 = milliseconds(took[i][len(took[i])/2])
		if err := db.exec(ctx, "SELECT pg_stat_statements_reset()"); err != nil {
			return nil, err
		}
		for range pageCalls {
			if err := l.list(ctx, user); err != nil {
				return nil, err
			}
		}
		calls, buffers, err := db.statements(ctx, "%FROM interview_sessions s%")
		if err != nil {
			return nil, err
		}
		all[i].Buffers, all[i].Statement = buffers/calls, calls/pageCalls
		fmt.Printf("a page of %d of %d: %.2f ms, %.1f buffers\n", page, all[i].Own, all[i].P50, all[i].Buffers)
	}
	return all, nil
}

// list asks for the newest sessions of a user.
func (l *load) list(ctx context.Context, user int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprint(l.url, "?limit=", page), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", l.tokens[user])
	response, err := l.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("list: %s", response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
