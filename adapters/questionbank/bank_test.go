package questionbank

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// TestBank checks the files of the folder bank, and names all that is wrong
// with them. With -v it says how many questions there are of which kind.
func TestBank(t *testing.T) {
	for _, err := range checkSchema(t, bankFiles) {
		t.Error(err)
	}
	errs := checkBank(bankFiles)
	bank, err := New()
	if err != nil {
		t.Fatal(errors.Join(append(errs, err)...))
	}
	errs = append(errs, checkTerms(bank.questions)...)
	errs = append(errs, checkSimilarity(bank.questions)...)
	for _, err := range errs {
		t.Error(err)
	}
	t.Log("\n" + counts(bank.questions))
}

// checkSchema checks each file against the schema, which is what an editor
// shows while one types.
func checkSchema(t *testing.T, files fs.FS) (errs []error) {
	t.Helper()
	unmarshal := func(name string) any {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		content, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		return content
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaFile, unmarshal(schemaFile)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "bank/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content := unmarshal(name)
		if name == schemaFile || content == nil {
			continue
		}
		if broken := (*jsonschema.ValidationError)(nil); errors.As(schema.Validate(content), &broken) {
			for _, text := range leaves(broken, content) {
				errs = append(errs, fmt.Errorf("%s: %s, says schema.json", name, text))
			}
		}
	}
	return errs
}

// leaves returns the reasons of the error, each with its place in the content.
func leaves(broken *jsonschema.ValidationError, content any) (texts []string) {
	if len(broken.Causes) > 0 {
		for _, cause := range broken.Causes {
			texts = append(texts, leaves(cause, content)...)
		}
		return texts
	}
	place := broken.InstanceLocation
	var where []string
	if len(place) > 1 && place[0] == "questions" {
		i, _ := strconv.Atoi(place[1])
		id := any(nil)
		if q, ok := content.(map[string]any)["questions"].([]any)[i].(map[string]any); ok {
			id = q["id"]
		}
		where, place = append(where, fmt.Sprintf("question %d, %q", i+1, fmt.Sprint(id))), place[2:]
	}
	if len(place) > 1 && place[0] == "points" {
		i, _ := strconv.Atoi(place[1])
		where, place = append(where, fmt.Sprintf("point %d", i+1)), place[2:]
	}
	where = append(where, place...)
	what := broken.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	return []string{strings.Join(append(where, what), ": ")}
}

// checkTerms finds words that would touch two points of a question, since one
// of them begins with the other. A phrase may hold the word of another point.
func checkTerms(questions []*question) (errs []error) {
	for _, q := range questions {
		terms := q.terms()
		for i, p := range q.Points {
			for _, term := range p.Terms {
				word := words(term)
				for _, m := range terms.find(word) {
					if m.group != i && len(word) == 1 {
						errs = append(errs, fmt.Errorf("bank/%s-%s.json: %q: the term %q of point %d also shows point %d",
							q.Language, q.Topic, q.ID, term, i+1, m.group+1))
					}
				}
			}
		}
	}
	return errs
}

// maxSimilarity is how much alike two questions of a language may be.
const maxSimilarity = 0.6

func checkSimilarity(questions []*question) (errs []error) {
	grams := make([]map[string]bool, len(questions))
	for i, q := range questions {
		grams[i] = trigrams(q.Text)
		for j, other := range questions[:i] {
			if s := similarity(grams[i], grams[j]); q.Language == other.Language && s > maxSimilarity {
				errs = append(errs, fmt.Errorf("bank/%s-%s.json: %q is too much like %q of %s-%s.json: similarity %.2f, at most %.1f",
					q.Language, q.Topic, q.ID, other.ID, other.Language, other.Topic, s, maxSimilarity))
			}
		}
	}
	return errs
}

// trigrams are the trigrams of a text as PostgreSQL's pg_trgm defines them: of
// each word in lower case, with two blanks before it and one after it.
func trigrams(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range words(text) {
		padded := []rune("  " + word + " ")
		for i := range len(padded) - 2 {
			set[string(padded[i:i+3])] = true
		}
	}
	return set
}

// similarity is, as in pg_trgm, how many trigrams two texts share, of all that
// they have.
func similarity(a, b map[string]bool) float64 {
	shared := 0
	for gram := range a {
		if b[gram] {
			shared++
		}
	}
	return float64(shared) / float64(max(1, len(a)+len(b)-shared))
}

func TestTheSchemaNamesFileQuestionAndFault(t *testing.T) {
	schema, err := fs.ReadFile(bankFiles, schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	errs := checkSchema(t, folder(map[string]string{
		"schema.json": string(schema),
		"en-a.json":   `{"$schema": "./schema.json", "topic": "A", "language": "en", "questions": [{"id": "x", "levels": ["guru"], "text": " T?"}]}`,
		"en-b.json":   `{"topic": }`,
	}))
	for _, want := range []string{
		"bank/en-a.json: topic: ",
		`bank/en-a.json: question 1, "x": missing properties`,
		`bank/en-a.json: question 1, "x": levels: 0: value must be one of`,
		`bank/en-a.json: question 1, "x": text: ' T?' does not match`,
		"bank/en-b.json: invalid character",
	} {
		if !slices.ContainsFunc(errs, func(err error) bool { return strings.HasPrefix(err.Error(), want) }) {
			t.Errorf("%v do not hold %q", errs, want)
		}
	}
	if len(errs) != 5 {
		t.Errorf("%d faults: %v", len(errs), errs)
	}
}

func TestSimilarityIsThatOfPostgres(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want string
	}{
		{"word", "two words", "0.36"}, // of PostgreSQL's documentation
		{"Same!", "same", "1.00"},
		{"abc", "xyz", "0.00"},
		{"", "", "0.00"},
	} {
		if got := fmt.Sprintf("%.2f", similarity(trigrams(tc.a), trigrams(tc.b))); got != tc.want {
			t.Errorf("%q and %q: %s, not %s", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestQuestionsThatAreMuchAlikeAreFound(t *testing.T) {
	of := func(language domain.Language, text string) *question {
		return &question{Language: language, Text: text}
	}
	a, b := "How do you find a slow query in production?", "How would you find a slow query in production?"
	if errs := checkSimilarity([]*question{of("en", a), of("en", b)}); len(errs) != 1 {
		t.Errorf("found %v", errs)
	}
	if errs := checkSimilarity([]*question{of("en", a), of("ua", b)}); errs != nil {
		t.Errorf("found %v between languages", errs)
	}
}

// counts tells in a few lines how many questions there are of which kind.
func counts(questions []*question) string {
	var b strings.Builder
	line := func(kind string, of func(*question) []string) {
		n := make(map[string]int)
		for _, q := range questions {
			for _, value := range of(q) {
				n[value]++
			}
		}
		fmt.Fprintf(&b, "by %s:", kind)
		for _, value := range slices.SortedFunc(maps.Keys(n), func(x, y string) int {
			return cmp.Or(cmp.Compare(n[y], n[x]), cmp.Compare(x, y))
		}) {
			fmt.Fprintf(&b, " %s %d,", value, n[value])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d questions\n", len(questions))
	line("language", func(q *question) []string { return []string{string(q.Language)} })
	line("type", func(q *question) []string { return []string{fmt.Sprintf("%s-%s", q.Language, q.Type)} })
	line("level", func(q *question) []string {
		if len(q.Levels) == 0 {
			return []string{fmt.Sprintf("%s-any", q.Language)}
		}
		var levels []string
		for _, level := range q.Levels {
			levels = append(levels, fmt.Sprintf("%s-%s", q.Language, level))
		}
		return levels
	})
	line("topic", func(q *question) []string { return []string{fmt.Sprintf("%s-%s", q.Language, q.Topic)} })
	return strings.ReplaceAll(b.String(), ",\n", "\n")
}
