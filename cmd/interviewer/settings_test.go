package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestREADMEListsEverySetting compares the table of README with the settings,
// their defaults included.
func TestREADMEListsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## Settings\n")
	section, _, _ = strings.Cut(section, "\n## ")
	quoted := regexp.MustCompile("`([^`]+)`")
	inQuotes := func(cell string) (texts []string) {
		for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
			texts = append(texts, match[1])
		}
		return texts
	}
	listed := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\| ([^|]+) \\|").FindAllStringSubmatch(section, -1) {
		names, defaults := inQuotes(row[1]), inQuotes(row[2])
		for i, name := range names {
			listed[name] = ""
			if len(defaults) > 0 { // else words, for one that has no default
				listed[name] = defaults[min(i, len(defaults)-1)]
			}
		}
	}

	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	var settings []string
	for _, command := range parser.Model.Children {
		for _, flag := range command.Flags {
			for _, name := range flag.Envs {
				if flag.Hidden || slices.Contains(settings, name) {
					continue
				}
				settings = append(settings, name)
				if value, has := listed[name]; !has || value != flag.Default {
					t.Errorf("%s: README lists it: %t, with the default %q; it is %q", name, has, value, flag.Default)
				}
			}
		}
	}
	for name := range listed {
		if !slices.Contains(settings, name) {
			t.Errorf("README lists %s, which is no setting", name)
		}
	}
	if len(settings) < 15 {
		t.Errorf("only %d settings were found", len(settings))
	}
}
