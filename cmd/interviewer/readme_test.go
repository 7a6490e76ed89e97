package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestREADMEWalk does what README tells a newcomer to do, on a fresh start
// without settings, and compares what comes back with what README shows.
func TestREADMEWalk(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := startProcess(t) // only the address differs from `go run ./cmd/interviewer`
	const shown = "127.0.0.1:8000"
	var script, want strings.Builder
	blocks := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllSubmatch(readme, -1)
	for _, block := range blocks {
		for _, line := range strings.SplitAfter(string(block[1]), "\n") {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				script.WriteString(strings.ReplaceAll(command, shown, strings.TrimPrefix(p.base, "http://")))
			} else {
				want.WriteString(line)
			}
		}
	}
	if strings.Count(script.String(), "curl") < 4 {
		t.Fatalf("README's walk was not found: %s", script.String())
	}
	cmd := exec.Command("bash", "-eu", "-o", "pipefail", "-c", script.String())
	var got bytes.Buffer
	cmd.Stdout, cmd.Stderr = &got, &got // in the order in which a terminal shows them
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, got.String())
	}
	if got, want := alike(got.String()), alike(want.String()); got != want {
		t.Errorf("the walk gives\n%s\nREADME shows\n%s", got, want)
	}
}

// alike replaces what differs each time.
func alike(s string) string {
	for _, change := range []struct{ pattern, name string }{
		{`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "ID"},
		{`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`, "TIME"},
		{`(?m)^Q: .*$`, "Q: QUESTION"},
		{`"technical_feedback":"([^"\\]|\\.)*"`, `"technical_feedback":"FEEDBACK"`},
		{`"question_text":"([^"\\]|\\.)*"`, `"question_text":"QUESTION"`},
		{`"(overall|average)_score":[0-9.]+`, `"SCORE"`},
		{`eyJ[\w-]+\.[\w-]+\.[\w-]+`, "TOKEN"},
	} {
		s = regexp.MustCompile(change.pattern).ReplaceAllString(s, change.name)
	}
	return s
}
