package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLookCountsTheWindowAlone(t *testing.T) {
	m, all, err := look(window{length: 50 * time.Millisecond}, 0, 0, func(_ time.Duration, begun func()) ([]sample, error) {
		early := sample{time.Now().Add(-time.Hour), time.Second}
		begun()
		// Whenever the window is, it holds some of these.
		samples := []sample{early}
		for ends := time.Now().Add(-time.Second); ends.Before(time.Now().Add(10 * time.Second)); ends = ends.Add(time.Millisecond) {
			samples = append(samples, sample{ends, time.Duration(len(samples)%2+1) * time.Millisecond})
		}
		return samples, nil
	})
	if err != nil || all < 11_000 {
		t.Fatalf("%d in all, %v", all, err)
	}
	if m.P99 != 2 || m.Rate < 900 || m.Rate > 1100 {
		t.Errorf("p99 is %v ms, %v/s; want 2 ms, 1,000/s", m.P99, m.Rate)
	}
	if _, _, err := look(window{}, 0, 0, func(_ time.Duration, begun func()) ([]sample, error) {
		begun()
		return []sample{{time.Now().Add(-time.Hour), time.Second}}, nil
	}); err == nil {
		t.Error("a load that ends too soon is measured")
	}
	broken := errors.New("broken")
	if _, _, err := look(window{}, 0, 0, func(time.Duration, func()) ([]sample, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a load that does not begin: %v", err)
	}
}

func TestCPUCountsTheProcessAndItsChildren(t *testing.T) {
	before, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for cpu := before; cpu < before+0.05; { // ends when the accounts say so
		for i := range 1_000_000 {
			sum += i
		}
		if cpu, err = cpuOf(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	if megabytes, err := residentOf(os.Getpid()); err != nil || megabytes < 1 || megabytes > 10_000 {
		t.Errorf("resident: %v MB, %v", megabytes, err)
	}
}

func TestParseLogged(t *testing.T) {
	s, err := parseLogged("3 199 2241 0 1175850568 995598")
	if want := time.Unix(1175850568, 995598000); err != nil || s.took != 2241*time.Microsecond || !s.ended.Equal(want) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"", "3 199 2241 0 1175850568", "3 199 failed 0 1175850568 995598"} {
		if _, err := parseLogged(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// someResults has a ratio of 0.5 in each of the rounds but one.
func someResults() results {
	pairs := func(lost int) (all []pair) {
		for round := range 3 {
			for _, n := range []int{16, 64, 256} {
				alone, service := measured{Rate: 1000, P99: 10, DatabaseCPU: 1}, measured{Rate: 500, P99: 15, ServerCPU: 0.5, DatabaseCPU: 1, Resident: 30, FirstCreate: 100}
				if round == 1 {
					service.Rate, service.Lost = 900, lost
				}
				all = append(all, pair{n, alone, service})
			}
		}
		return all
	}
	states := []state{{Name: "empty", Runs: []measured{{DatabaseCPU: 1}}}, {Name: "own", Runs: []measured{{DatabaseCPU: 1.04}}},
		{Name: "others", Runs: []measured{{DatabaseCPU: 1.3}}, Statements: 2}}
	return results{
		Create: &created{PostgreSQL: pairs(0), SQLite: pairs(1), Binary: 25},
		Growth: &grown{States: states, Pages: []listed{{Own: 50, P50: 1, Buffers: 10}, {Own: 100, P50: 1.1, Buffers: 11}}},
	}
}

func TestTargetsJudgeMedians(t *testing.T) {
	all := someResults()
	met := map[string]string{}
	for _, target := range append(all.Create.Targets(), all.Growth.Targets()...) {
		met[target.What] += target.Met
	}
	for beginning, want := range map[string]string{
		"PostgreSQL, 16 connections: creates/s": "no", // 0.5, though one round has 0.9
		"PostgreSQL, 16 connections: CPU":       "yes",
		"PostgreSQL, 64 connections: p99":       "yes",
		"256 connections":                       "yes",
		"SQLite, 64 connections: refused":       "no", // one lost in one round
		"PostgreSQL, all runs":                  "yes",
		"0 sessions of others: CPU":             "no",
		"0 own sessions: CPU":                   "yes",
		"statements a create":                   "yes",
	} {
		found := false
		for what, got := range met {
			if strings.HasPrefix(what, beginning) {
				found = true
				if got != want {
					t.Errorf("%s: met is %q, want %q", what, got, want)
				}
			}
		}
		if !found {
			t.Errorf("no target begins with %q", beginning)
		}
	}
}

func TestReportIsTheSameFromItsFigures(t *testing.T) {
	docs := t.TempDir()
	if err := someResults().write(docs); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(docs, "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := readResults(docs)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.write(docs); err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(docs, "performance.md"))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("%v\n%s\nwas\n%s", err, second, first)
	}
	for _, plot := range []string{"rate.svg", "p99.svg", "cpu.svg"} {
		if svg, err := os.ReadFile(filepath.Join(docs, "performance", plot)); err != nil || !bytes.Contains(svg, []byte("<svg")) {
			t.Errorf("%s: %v", plot, err)
		}
		if !bytes.Contains(first, []byte("performance/"+plot)) {
			t.Errorf("the page does not show %s", plot)
		}
	}
	for _, target := range (&created{}).Targets()[:10] { // the last is of the binary
		if target.Met != "not measured" {
			t.Errorf("of nothing, %q is met: %s", target.What, target.Met)
		}
	}
	empty := t.TempDir()
	if err := (results{}).write(empty); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(empty, "performance.md"))
	if err != nil || strings.Count(string(page), "Not measured yet") != 2 {
		t.Errorf("%v\n%s", err, page)
	}
}
