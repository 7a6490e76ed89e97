package questionbank

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func newBank(t *testing.T) *Bank {
	t.Helper()
	bank, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

// valid has a question of each type, in English.
const valid = `{"$schema": "./schema.json", "topic": "x", "language": "en", "questions": [
 {"id": "a", "type": "technical", "stacks": ["go"], "levels": ["junior"], "text": "First?", "learn": "Read.", "points": [
  {"point": "P1.", "terms": ["one"], "follow_up": "F1?"}, {"point": "P2.", "terms": ["two"], "follow_up": "F2?"},
  {"point": "P3.", "terms": ["three"], "follow_up": "F3?"}]},
 {"id": "b", "type": "behavioral", "stacks": [], "levels": [], "text": "Second?", "learn": "Read.", "points": [
  {"point": "P1.", "terms": ["one"], "follow_up": "F1?"}, {"point": "P2.", "terms": ["two"], "follow_up": "F2?"},
  {"point": "P3.", "terms": ["three"], "follow_up": "F3?"}]},
 {"id": "c", "type": "situational", "text": "Third?", "learn": "Read.", "points": [
  {"point": "P1.", "terms": ["one"], "follow_up": "F1?"}, {"point": "P2.", "terms": ["two"], "follow_up": "F2?"},
  {"point": "P3.", "terms": ["three"], "follow_up": "F3?"}]}]}`

func folder(files map[string]string) fs.FS {
	dir := fstest.MapFS{}
	for name, content := range files {
		dir["bank/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return dir
}

func TestBrokenDataIsRefused(t *testing.T) {
	if _, err := load(folder(map[string]string{"en-x.json": valid})); err != nil {
		t.Fatalf("the valid data: %v", err)
	}
	for _, tc := range []struct{ name, old, new, want string }{
		{"no object", valid, `[]`, "unmarshal JSON array"},
		{"no JSON", valid, `{`, "unexpected EOF"},
		{"more after the object", valid, valid + ` []`, "after top-level value"},
		{"an unknown member", `"id": "a"`, `"name": "x", "id": "a"`, `unknown object member name`},
		{"a null", `"questions": [`, `"questions": [null,`, "question 1 is null"},
		{"another topic than the name", `"topic": "x"`, `"topic": "y"`, "named en-y.json"},
		{"a topic with blanks", `"topic": "x"`, `"topic": "X x"`, `the topic "X x"`},
		{"another language than the name", `"language": "en"`, `"language": "ua"`, "named ua-x.json"},
		{"an unknown language", `"language": "en"`, `"language": "uk"`, `unknown language "uk"`},
		{"no questions", valid, `{"topic": "x", "language": "en", "questions": []}`, "no questions"},
		{"no English", valid, `{"topic": "x", "language": "en", "questions": []}`, `no technical question in the language "en"`},
		{"an id twice", `"id": "b"`, `"id": "a"`, `two questions have the id "a"`},
		{"an id with blanks", `"id": "a"`, `"id": "A b"`, "kebab-case"},
		{"no id", `"id": "a"`, `"id": ""`, "kebab-case"},
		{"a Ukrainian id in an English file", `"id": "a"`, `"id": "ua-a"`, "begin with ua-"},
		{"an unknown type", `"technical"`, `"trivia"`, `unknown type "trivia"`},
		{"an unknown level", `"junior"`, `"guru"`, `unknown level "guru"`},
		{"a stack in capitals", `"go"`, `"Go"`, `the stack "Go"`},
		{"a blank stack", `"go"`, `" "`, `the stack " "`},
		{"a blank text", `"First?"`, `" "`, "the text is blank"},
		{"a text twice", `"Second?"`, `"first ?"`, `"b" has the text of "a"`},
		{"nothing to learn", `"Read."`, `""`, "learn is blank"},
		{"two points", `{"point": "P1.", "terms": ["one"], "follow_up": "F1?"}, `, ``, "2 points"},
		{"seven points", `{"point": "P1.", "terms": ["one"], "follow_up": "F1?"}, `, `{"point": "P1.", "terms": ["one"], "follow_up": "F?"},
			{"point": "P4.", "terms": ["four"], "follow_up": "F?"}, {"point": "P5.", "terms": ["five"], "follow_up": "F?"},
			{"point": "P6.", "terms": ["six"], "follow_up": "F?"}, {"point": "P7.", "terms": ["seven"], "follow_up": "F?"}, `, "7 points"},
		{"a blank point", `"P1."`, `""`, "point 1 is blank"},
		{"a point without terms", `["one"]`, `[]`, "point 1 has no terms"},
		{"a term in capitals", `"one"`, `"One"`, `the term "One"`},
		{"a term without a word", `"one"`, `"..."`, `the term "..."`},
		{"a term twice", `"two"`, `"one"`, `the term "one" was there before`},
		{"a term of the question", `"one"`, `"first"`, `the term "first" stands in the question`},
		{"no follow-up", `, "follow_up": "F1?"`, ``, "point 1: the follow_up has blanks around it or no question mark"},
		{"a follow-up that asks nothing", `"F1?"`, `"F1."`, "no question mark"},
		{"a follow-up that gives the point away", `"F1?"`, `"One?"`, `point 1: the follow_up gives the term "one" away`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			broken := strings.Replace(valid, tc.old, tc.new, 1)
			if broken == valid {
				t.Fatal("nothing was replaced")
			}
			bank, err := load(folder(map[string]string{"en-x.json": broken}))
			if err == nil || !strings.Contains(err.Error(), tc.want) || bank != nil {
				t.Errorf("the error is %v, not of %q", err, tc.want)
			}
		})
	}
}

func TestAllThatIsWrongIsNamedAtOnce(t *testing.T) {
	broken := strings.NewReplacer(`"junior"`, `"guru"`, `"Second?"`, `""`).Replace(valid)
	_, err := load(folder(map[string]string{"en-a.json": `[`, "en-x.json": broken}))
	for _, want := range []string{"bank/en-a.json", `bank/en-x.json: question 1, "a": unknown level "guru"`,
		`bank/en-x.json: question 2, "b": the text is blank`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %q", err, want)
		}
	}
}

func TestPhrasesMatchStems(t *testing.T) {
	for _, tc := range []struct {
		term, text string
		want       bool
	}{
		{"idempot", "Make it IDEMPOTENT!", true},
		{"go", "a good goal", false},
		{"go", "Go, please", true},
		{"n+1", "the N+1 problem", true},
		{"roll back", "we rolled back", true},
		{"roll back", "Roll back, then look", true},
		{"roll back", "back to roll", false},
		{"транзакц", "Відкрию транзакцію", true},
		{"рев'ю", "запровадили рев’ю", true},
		{"лог", "логіка", false},
		{"retry", "", false},
	} {
		if got := phrases(tc.term)[0].in(words(tc.text)); got != tc.want {
			t.Errorf("%q in %q: %v", tc.term, tc.text, got)
		}
	}
	if got := words("’Don’t’ — 'stop' 👍 'n'"); !slices.Equal(got, []string{"don't", "stop", "n"}) {
		t.Errorf("words are %q", got)
	}
}
