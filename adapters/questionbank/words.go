package questionbank

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// prefixLength is from how many letters on a word of a phrase stands for all
// words that begin with it.
const prefixLength = 4

var apostrophes = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'")

// words returns the words of a text in lower case. Letters, digits and
// apostrophes within a word belong to it.
func words(text string) []string {
	fields := strings.FieldsFunc(apostrophes.Replace(strings.ToLower(text)), func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	found := fields[:0]
	for _, field := range fields {
		if word := strings.Trim(field, "'"); word != "" {
			found = append(found, word)
		}
	}
	return found
}

// phrase is one or more words, each of which matches as bank/README.md says.
type phrase []string

func phrases(texts ...string) []phrase {
	list := make([]phrase, len(texts))
	for i, text := range texts {
		list[i] = words(text)
	}
	return list
}

// in reports whether the phrase, which has a word, occurs in the text.
func (p phrase) in(text []string) bool {
	for i := 0; i+len(p) <= len(text); i++ {
		if p.begins(text[i:]) {
			return true
		}
	}
	return false
}

func (p phrase) begins(text []string) bool {
	for i, word := range p {
		if !strings.HasPrefix(text[i], word) {
			return false
		}
		if len(text[i]) > len(word) && utf8.RuneCountInString(word) < prefixLength {
			return false
		}
	}
	return true
}

// count returns how many of the phrases occur in the text.
func count(list []phrase, text []string) int {
	n := 0
	for _, p := range list {
		if p.in(text) {
			n++
		}
	}
	return n
}

// stemLength is how many letters of a word count when words are compared in
// spite of their endings.
const stemLength = 6

// stems returns the set of beginnings of the words that carry meaning.
func stems(text []string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range text {
		if !functionWords[word] {
			set[stem(word)] = true
		}
	}
	return set
}

func stem(word string) string {
	letters := 0
	for i := range word {
		if letters == stemLength {
			return word[:i]
		}
		letters++
	}
	return word
}
