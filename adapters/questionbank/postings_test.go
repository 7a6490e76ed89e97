package questionbank

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var update = flag.Bool("update", false, "write the questions that the postings of testdata/postings.md draw")

const postingsFile = "testdata/postings.md"

// perPosting is how many questions a posting draws.
const perPosting = 9

// TestPostings checks testdata/postings.md, which is for reading.
func TestPostings(t *testing.T) {
	before, err := os.ReadFile(postingsFile)
	if err != nil {
		t.Fatal(err)
	}
	preface, rest, _ := strings.Cut(string(before), "\n## ")
	sections := strings.Split(rest, "\n## ")
	if len(sections) != 30 {
		t.Errorf("there are %d postings, not 30", len(sections))
	}
	bank := newBank(t)
	after := []string{preface}
	for i, section := range sections {
		text, _, _ := strings.Cut(section, "\n1. ")
		text = strings.TrimSpace(text)
		text += "\n\n" + drawn(t, bank, i+1, parsePosting(t, text))
		if text != section && !*update {
			t.Errorf("%s changed; write it with -update, then read it:\n%s", postingsFile, text)
		}
		after = append(after, text)
	}
	if *update {
		if err := os.WriteFile(postingsFile, []byte(strings.Join(after, "\n## ")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// parsePosting reads a section of the file: the title, a list, the
// description.
func parsePosting(t *testing.T, text string) (p domain.JobPosting) {
	t.Helper()
	head, description, _ := strings.Cut(text, "\n\n")
	p.Description = strings.TrimSpace(description)
	for i, line := range strings.Split(head, "\n") {
		if i == 0 {
			p.Title = line
			continue
		}
		key, value, _ := strings.Cut(strings.TrimPrefix(line, "- "), ":")
		switch value = strings.TrimSpace(value); key {
		case "company":
			p.Company = value
		case "level":
			p.ExperienceLevel = value
		case "stack":
			if value != "" {
				p.TechStack = strings.Split(value, ", ")
			}
		case "language":
			p.Language = domain.Language(value)
		default:
			t.Fatalf("%s: %q is not known", p.Title, line)
		}
	}
	if _, err := (domain.JobPostingDraft{Title: p.Title, Company: p.Company, Description: p.Description,
		ExperienceLevel: p.ExperienceLevel, TechStack: p.TechStack, Language: p.Language}).Normalize(); err != nil {
		t.Fatalf("%s: %v", p.Title, err)
	}
	return p
}

// drawn lists what a session, numbered, of the posting asks.
func drawn(t *testing.T, bank *Bank, session int, posting domain.JobPosting) string {
	t.Helper()
	var b strings.Builder
	interview := interviewOf(session, posting)
	for number := range perPosting {
		q := ask(t, bank, &interview)
		levels, stacks := "any", "any job"
		if len(q.Levels) > 0 {
			levels = strings.Join(q.Levels, "/")
		}
		if len(q.Stacks) > 0 {
			stacks = strings.Join(q.Stacks, ", ")
		}
		fmt.Fprintf(&b, "%d. %c `%s` (%s; %s) %s\n", number+1, q.Type[0], q.ID, levels, stacks, beginningOf(q.Text))
	}
	return b.String()
}

// beginningOf is the first words of a text.
func beginningOf(text string) string {
	const most = 14
	fields := strings.Fields(text)
	if len(fields) <= most {
		return text
	}
	return strings.Join(slices.Clip(fields[:most]), " ") + " …"
}
